/** The choice of a target for one attempt, among those of a model, by health, weight, load and affinity. */
@NullMarked
package dev.tidemill.core.choice;

import org.jspecify.annotations.NullMarked;
