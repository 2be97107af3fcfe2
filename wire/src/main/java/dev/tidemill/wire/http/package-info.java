/** HTTP/1.1 as the live path reads it: heads and bodies parsed in place, out of the bytes they came in. */
@NullMarked
package dev.tidemill.wire.http;

import org.jspecify.annotations.NullMarked;
