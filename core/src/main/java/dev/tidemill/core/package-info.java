/** What decides: failures, keys, routes and policies. No I/O; what must be stored is stated as a port. */
@NullMarked
package dev.tidemill.core;

import org.jspecify.annotations.NullMarked;
