/** What decides: keys, routes, policies, failures; ports for what must be stored. */
@NullMarked
package dev.tidemill.core;

import org.jspecify.annotations.NullMarked;
