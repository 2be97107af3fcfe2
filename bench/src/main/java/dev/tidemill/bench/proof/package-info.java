/** The long proofs: real processes, real kills, and a table of what came of it. */
@NullMarked
package dev.tidemill.bench.proof;

import org.jspecify.annotations.NullMarked;
