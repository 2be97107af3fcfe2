/** Client connections: the door, HTTP/1.1, and the calls that are served rather than relayed. */
@NullMarked
package dev.tidemill.relay.downstream;

import org.jspecify.annotations.NullMarked;
