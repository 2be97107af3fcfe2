/** Goes on with an answer that broke, from a second one: what the client has is compared, swallowed, and continued. */
@NullMarked
package dev.tidemill.wire.splice;

import org.jspecify.annotations.NullMarked;
