/** JMH benchmarks of the parts that every request passes, with allocation per operation. */
@NullMarked
package dev.tidemill.bench.micro;

import org.jspecify.annotations.NullMarked;
