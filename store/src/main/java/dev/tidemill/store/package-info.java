/** Everything durable: SQLite repositories behind the ports of core and batch, migrations, blobs on disk. */
@NullMarked
package dev.tidemill.store;

import org.jspecify.annotations.NullMarked;
