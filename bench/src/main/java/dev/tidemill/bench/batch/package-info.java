/** How many lines a second the batch engine carries. */
@NullMarked
package dev.tidemill.bench.batch;

import org.jspecify.annotations.NullMarked;
