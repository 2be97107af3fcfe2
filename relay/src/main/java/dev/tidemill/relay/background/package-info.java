/** Responses that are made while nobody listens: their events are kept, and read by the response's id. */
@NullMarked
package dev.tidemill.relay.background;

import org.jspecify.annotations.NullMarked;
