/** What a provider's protocol is to the simulator: requests read into one form, and one form of answer written out. */
@NullMarked
package dev.tidemill.simulator.protocol;

import org.jspecify.annotations.NullMarked;
