/** Who may call: keys, the ring that finds them by digest, and the port behind which they are stored. */
@NullMarked
package dev.tidemill.core.key;

import org.jspecify.annotations.NullMarked;
