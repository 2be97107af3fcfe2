/** What goes over the wire: SSE, JSON scanning and splicing, HTTP/1.1 heads and chunks, usage, errors. No I/O. */
@NullMarked
package dev.tidemill.wire;

import org.jspecify.annotations.NullMarked;
