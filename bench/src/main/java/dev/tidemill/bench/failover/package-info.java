/** The proof of failover: half of the targets are killed and brought back under load. */
@NullMarked
package dev.tidemill.bench.failover;

import org.jspecify.annotations.NullMarked;
