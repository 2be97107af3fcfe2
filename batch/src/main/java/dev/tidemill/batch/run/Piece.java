package dev.tidemill.batch.run;

import dev.tidemill.batch.intake.Plan;

/** A chunk that this process has leased. */
record Piece(int chunk, int firstLine, Plan plan) {}
