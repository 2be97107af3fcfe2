/** Which target holds an answer that callers go on from, and the port behind which that is stored. */
@NullMarked
package dev.tidemill.core.response;

import org.jspecify.annotations.NullMarked;
