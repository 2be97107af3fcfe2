/** Recorded streams, cut at every place: what a client must see of each, said without the relay's own reading of them. */
@NullMarked
package dev.tidemill.simulator.cut;

import org.jspecify.annotations.NullMarked;
