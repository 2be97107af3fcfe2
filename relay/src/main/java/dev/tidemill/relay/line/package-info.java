/** The second downstream: a batch line runs through the same Exchange, with no socket and no HTTP text. */
@NullMarked
package dev.tidemill.relay.line;

import org.jspecify.annotations.NullMarked;
