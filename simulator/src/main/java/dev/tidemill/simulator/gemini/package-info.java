/** Gemini's protocol: generateContent whole and streamed, countTokens, embedContent, batchEmbedContents, models. */
@NullMarked
package dev.tidemill.simulator.gemini;

import org.jspecify.annotations.NullMarked;
