/** How much may pass: rates, permits, what providers can bear, the line of those who wait, and shedding. No I/O; time is handed in. */
@NullMarked
package dev.tidemill.core.limit;

import org.jspecify.annotations.NullMarked;
