/** Batches: files, intake and validation, running lines through the Exchange, output, deadlines. Storage behind ports. */
@NullMarked
package dev.tidemill.batch;

import org.jspecify.annotations.NullMarked;
