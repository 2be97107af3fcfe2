/** What the admin port answers to those who hold the data directory's token: keys, and the state of the configuration. */
@NullMarked
package dev.tidemill.server.admin;

import org.jspecify.annotations.NullMarked;
