/** OpenAI's protocols: Chat Completions, Completions, Responses, Embeddings, Models. */
@NullMarked
package dev.tidemill.simulator.openai;

import org.jspecify.annotations.NullMarked;
