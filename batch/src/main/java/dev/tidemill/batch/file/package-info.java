/** Files that clients hand in and fetch: the routes, and the ports behind which rows and bytes are kept. */
@NullMarked
package dev.tidemill.batch.file;

import org.jspecify.annotations.NullMarked;
