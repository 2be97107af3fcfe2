/** JSON without a tree: a validating scan that finds top-level fields, and edits laid beside an untouched body. */
@NullMarked
package dev.tidemill.wire.json;

import org.jspecify.annotations.NullMarked;
