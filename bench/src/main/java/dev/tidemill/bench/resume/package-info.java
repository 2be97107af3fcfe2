/** The proof that a stream that is cut anywhere can be gone on with, byte for byte. */
@NullMarked
package dev.tidemill.bench.resume;

import org.jspecify.annotations.NullMarked;
