/** Everything durable: the data directory, the embedded database, blobs on disk. */
@NullMarked
package dev.tidemill.store;

import org.jspecify.annotations.NullMarked;
