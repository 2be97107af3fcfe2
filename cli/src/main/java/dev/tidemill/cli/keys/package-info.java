/** {@code tidemill keys}: create, list, revoke, whether the server runs or not. */
@NullMarked
package dev.tidemill.cli.keys;

import org.jspecify.annotations.NullMarked;
