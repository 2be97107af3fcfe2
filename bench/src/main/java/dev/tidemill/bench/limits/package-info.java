/** The proof of limits: asked for more than they allow, and for what breaks. */
@NullMarked
package dev.tidemill.bench.limits;

import org.jspecify.annotations.NullMarked;
