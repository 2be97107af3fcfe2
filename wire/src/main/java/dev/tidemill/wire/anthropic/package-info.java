/** Anthropic's Messages: requests, stream events, usage, errors. */
@NullMarked
package dev.tidemill.wire.anthropic;

import org.jspecify.annotations.NullMarked;
