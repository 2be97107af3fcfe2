/** What the scripted provider says: tokens, seeded prose in English and Chinese, and labels for classification prompts. */
@NullMarked
package dev.tidemill.simulator.text;

import org.jspecify.annotations.NullMarked;
