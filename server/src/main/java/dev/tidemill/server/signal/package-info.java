/** Signals from the operating system. */
@NullMarked
package dev.tidemill.server.signal;

import org.jspecify.annotations.NullMarked;
