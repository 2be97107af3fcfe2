/** Anthropic's protocol: Messages, the count of their tokens, Models. */
@NullMarked
package dev.tidemill.simulator.anthropic;

import org.jspecify.annotations.NullMarked;
