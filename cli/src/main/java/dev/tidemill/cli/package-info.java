/** The command line: one class a command, started only when it is asked for. */
@NullMarked
package dev.tidemill.cli;

import org.jspecify.annotations.NullMarked;
