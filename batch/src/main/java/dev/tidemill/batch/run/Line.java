package dev.tidemill.batch.run;

import dev.tidemill.batch.job.Intent;
import java.time.Instant;

/** One line that has no result yet. Used by the conductor's thread alone. */
final class Line {
    final Run run;
    final Piece piece;

    /** Inside its piece, from 0. */
    final int index;

    /** Finished tries that count. */
    int tries;

    /** Times it was turned away in a row. */
    int waits;

    /** When it may be sent again. */
    Instant due = Instant.MIN;

    /** The JSON string with its quotes, as it is in the input; read when the line is sent. */
    byte[] customId = {};

    Line(Run run, Piece piece, int index) {
        this.run = run;
        this.piece = piece;
        this.index = index;
    }

    /** 0-based among the batch's requests. */
    int number() {
        return piece.firstLine() + index;
    }

    /** In the input file, 1-based: how people know it. */
    int physical() {
        return piece.plan().number(index);
    }

    Intent intent() {
        return new Intent(run.number(), piece.chunk(), number(), tries);
    }

    /** The same for every try, also by another process. */
    String idempotencyKey() {
        return run.batch().id() + "-" + number();
    }

    int bodyLength() {
        return piece.plan().bodyLength(index);
    }
}
