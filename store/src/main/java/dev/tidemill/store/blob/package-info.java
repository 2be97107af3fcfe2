/** Bytes of files, one file each in the data directory. */
@NullMarked
package dev.tidemill.store.blob;

import org.jspecify.annotations.NullMarked;
