/** The relay as a client sees it: HTTP alone, nothing of its classes. */
@NullMarked
package dev.tidemill.bench.caller;

import org.jspecify.annotations.NullMarked;
