/** {@code tidemill batch}: submit, watch, fetch, list, cancel. */
@NullMarked
package dev.tidemill.cli.batch;

import org.jspecify.annotations.NullMarked;
