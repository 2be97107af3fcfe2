/** Server-sent events: a pull reader that tolerates any cut and keeps the exact bytes, and a writer. */
@NullMarked
package dev.tidemill.wire.sse;

import org.jspecify.annotations.NullMarked;
