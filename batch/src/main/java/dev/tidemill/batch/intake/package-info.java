/** From an uploaded file to a plan: physical lines, their faults, and where each request lies. */
@NullMarked
package dev.tidemill.batch.intake;

import org.jspecify.annotations.NullMarked;
