/** What one event loop owns and shares with nobody: deadlines, scratch arrays, the digest; and the bound over all memory. */
@NullMarked
package dev.tidemill.relay.loop;

import org.jspecify.annotations.NullMarked;
