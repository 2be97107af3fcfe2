/** What the relay asks of a protocol, and what it learns: the seam between the live path and the protocols it carries. */
@NullMarked
package dev.tidemill.wire.dialect;

import org.jspecify.annotations.NullMarked;
