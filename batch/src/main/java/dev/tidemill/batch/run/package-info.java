/** Runs planned lines through the Exchange and writes what came of them. */
@NullMarked
package dev.tidemill.batch.run;

import org.jspecify.annotations.NullMarked;
