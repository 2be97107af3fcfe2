/** What all loops share to decide who may come in, and in which order: keys' limits, what targets bear, our own overload. */
@NullMarked
package dev.tidemill.relay.admission;

import org.jspecify.annotations.NullMarked;
