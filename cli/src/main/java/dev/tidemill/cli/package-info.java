/** The command line: serve, demo, chat, batch, keys, check, simulate, version. */
@NullMarked
package dev.tidemill.cli;

import org.jspecify.annotations.NullMarked;
