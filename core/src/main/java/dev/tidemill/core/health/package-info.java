/** How well targets, credentials and hosts do: breakers, retry budgets, and what is told about them. */
@NullMarked
package dev.tidemill.core.health;

import org.jspecify.annotations.NullMarked;
