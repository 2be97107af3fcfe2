package dev.tidemill.batch;

import java.time.Instant;

/**
 * A place in a list ordered by (created, id). It names a moment and not a row number, so a list that is read page by page
 * while others write neither repeats nor skips what was there when reading began.
 */
public record Cursor(Instant created, String id) {}
