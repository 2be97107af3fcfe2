/** What a client behind a relay must see of each fault, and a raw client that looks. */
@NullMarked
package dev.tidemill.simulator.relayed;

import org.jspecify.annotations.NullMarked;
