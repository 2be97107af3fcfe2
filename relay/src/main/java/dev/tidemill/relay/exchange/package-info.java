/** The life of one request: the ordered phases, the attempt and its answer, and the face of whoever asked. */
@NullMarked
package dev.tidemill.relay.exchange;

import org.jspecify.annotations.NullMarked;
