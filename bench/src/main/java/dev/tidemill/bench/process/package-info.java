/** Child processes: started, watched through /proc, and ended with everything they started. Linux only. */
@NullMarked
package dev.tidemill.bench.process;

import org.jspecify.annotations.NullMarked;
