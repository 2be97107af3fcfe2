/** Thousands of slow streams, held open at once: {@code ./dev prove held}. */
@NullMarked
package dev.tidemill.bench.held;

import org.jspecify.annotations.NullMarked;
