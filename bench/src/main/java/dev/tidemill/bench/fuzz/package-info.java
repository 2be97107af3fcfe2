/** What must hold of the parsers whatever bytes come in, and the fuzzer that looks for bytes of which it does not. */
@NullMarked
package dev.tidemill.bench.fuzz;

import org.jspecify.annotations.NullMarked;
