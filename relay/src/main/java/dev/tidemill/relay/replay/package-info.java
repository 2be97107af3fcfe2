/** Streams that a client can come back to: the log of what was sent, who writes it, and who reads it again. */
@NullMarked
package dev.tidemill.relay.replay;

import org.jspecify.annotations.NullMarked;
