/** The live path: downstream connections, upstream pools, the Exchange and its phases. */
@NullMarked
package dev.tidemill.relay;

import org.jspecify.annotations.NullMarked;
