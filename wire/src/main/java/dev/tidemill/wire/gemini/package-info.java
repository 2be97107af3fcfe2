/** Google's Gemini: requests, streams as events and as a JSON array, usage, errors. */
@NullMarked
package dev.tidemill.wire.gemini;

import org.jspecify.annotations.NullMarked;
