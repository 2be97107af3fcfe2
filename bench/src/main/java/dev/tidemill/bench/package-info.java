/** JMH, the load harness that prints the overhead table, and the long proofs. */
@NullMarked
package dev.tidemill.bench;

import org.jspecify.annotations.NullMarked;
