/** The proof of hedging: the slow tail with and without a second request. */
@NullMarked
package dev.tidemill.bench.hedge;

import org.jspecify.annotations.NullMarked;
