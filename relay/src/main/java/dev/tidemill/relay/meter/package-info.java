/** What is counted and logged: plain longs written by one loop, access lines formatted off the hot path. */
@NullMarked
package dev.tidemill.relay.meter;

import org.jspecify.annotations.NullMarked;
