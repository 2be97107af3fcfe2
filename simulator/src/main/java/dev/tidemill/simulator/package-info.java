/** A scripted provider: latency, token speed, usage and every fault of the catalogue. */
@NullMarked
package dev.tidemill.simulator;

import org.jspecify.annotations.NullMarked;
