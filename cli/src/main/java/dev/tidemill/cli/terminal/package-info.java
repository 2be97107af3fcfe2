/** Progress for people who look on, and for files that are read later. */
@NullMarked
package dev.tidemill.cli.terminal;

import org.jspecify.annotations.NullMarked;
