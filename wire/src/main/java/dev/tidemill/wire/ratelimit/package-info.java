/** What providers say about their limits: how much is left, when there is more, and when to ask again. */
@NullMarked
package dev.tidemill.wire.ratelimit;

import org.jspecify.annotations.NullMarked;
