/** The embedded database: one writer with group commit, a few readers, and the repositories on top. */
@NullMarked
package dev.tidemill.store.sqlite;

import org.jspecify.annotations.NullMarked;
