/** Where a request may go: providers, models, targets and their policy, as one immutable snapshot. */
@NullMarked
package dev.tidemill.core.route;

import org.jspecify.annotations.NullMarked;
