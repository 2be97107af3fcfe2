/** The program's own log, configured without files. */
@NullMarked
package dev.tidemill.cli.log;

import org.jspecify.annotations.NullMarked;
