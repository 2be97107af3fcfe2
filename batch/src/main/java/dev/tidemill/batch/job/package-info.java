/** A batch as clients and the store see it: its object, its states, its routes and the port that keeps it. */
@NullMarked
package dev.tidemill.batch.job;

import org.jspecify.annotations.NullMarked;
