/** The composition root: configuration, endpoints, administration, start, ready, drain, stop. */
@NullMarked
package dev.tidemill.server;

import org.jspecify.annotations.NullMarked;
