/**
 * The configuration file: each option declared once, read with every fault's line and column, and turned into one
 * immutable {@link dev.tidemill.server.config.Configuration}.
 */
@NullMarked
package dev.tidemill.server.config;

import org.jspecify.annotations.NullMarked;
