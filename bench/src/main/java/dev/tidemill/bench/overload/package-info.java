/** A relay on one core that is asked for three times what it can do: {@code ./dev prove overload}. */
@NullMarked
package dev.tidemill.bench.overload;

import org.jspecify.annotations.NullMarked;
