/** What the relay costs beside nginx for the same work on the same machine in the same run. */
@NullMarked
package dev.tidemill.bench.overhead;

import org.jspecify.annotations.NullMarked;
