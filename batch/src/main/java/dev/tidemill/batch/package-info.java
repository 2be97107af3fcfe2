/** Files, intake and validation, running lines through the Exchange, output, deadlines. */
@NullMarked
package dev.tidemill.batch;

import org.jspecify.annotations.NullMarked;
