/** OpenAI Chat Completions and Responses, and what calls itself compatible: requests, stream events, usage, errors. */
@NullMarked
package dev.tidemill.wire.openai;

import org.jspecify.annotations.NullMarked;
