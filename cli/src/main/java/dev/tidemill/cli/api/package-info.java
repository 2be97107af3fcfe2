/** A client of a running relay, over HTTP. */
@NullMarked
package dev.tidemill.cli.api;

import org.jspecify.annotations.NullMarked;
