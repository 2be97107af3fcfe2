-- Times are milliseconds since 1970, UTC.

CREATE TABLE keys (
    id           TEXT PRIMARY KEY,              -- the 8 public characters
    name         TEXT NOT NULL,
    organization TEXT NOT NULL,
    project      TEXT NOT NULL,
    digest       TEXT NOT NULL UNIQUE,          -- SHA-256 of the whole key, lower-case hex
    models       TEXT NOT NULL,                 -- one a line; empty: all
    rpm          INTEGER NOT NULL,
    tpm          INTEGER NOT NULL,
    concurrency  INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    revoked_at   INTEGER
) STRICT;

CREATE INDEX keys_by_name ON keys (name);

CREATE TABLE files (
    id           TEXT PRIMARY KEY,              -- also the name of its blob
    organization TEXT NOT NULL,
    project      TEXT NOT NULL,
    filename     TEXT NOT NULL,
    purpose      TEXT NOT NULL,
    bytes        INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER
) STRICT;

CREATE INDEX files_by_owner ON files (organization, project, created_at, id);
CREATE INDEX files_by_expiry ON files (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE batches (
    number                  INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, since it names lines and chunks
    id                      TEXT NOT NULL UNIQUE,
    organization            TEXT NOT NULL,
    project                 TEXT NOT NULL,
    key_id                  TEXT NOT NULL,
    endpoint                TEXT NOT NULL,
    input_file_id           TEXT NOT NULL,
    input_blob              TEXT,               -- pinned while open = 1
    completion_window       TEXT NOT NULL,
    metadata                TEXT NOT NULL,      -- JSON
    output_expires_after    INTEGER,            -- seconds
    status                  TEXT NOT NULL,
    open                    INTEGER NOT NULL,   -- 0: ended
    rows                    INTEGER NOT NULL,   -- 0: it has no chunks, intents or results any more
    model                   TEXT,
    total                   INTEGER NOT NULL,
    completed               INTEGER NOT NULL,
    failed                  INTEGER NOT NULL,
    uncached_input          INTEGER NOT NULL,
    cache_read              INTEGER NOT NULL,
    cache_write_5m          INTEGER NOT NULL,
    cache_write_1h          INTEGER NOT NULL,
    output                  INTEGER NOT NULL,
    reasoning               INTEGER NOT NULL,
    without_usage           INTEGER NOT NULL,
    possibly_charged_twice  INTEGER NOT NULL,
    faults                  TEXT NOT NULL,      -- JSON
    output_file_id          TEXT,
    error_file_id           TEXT,
    created_at              INTEGER NOT NULL,
    expires_at              INTEGER NOT NULL,
    in_progress_at          INTEGER,
    finalizing_at           INTEGER,
    completed_at            INTEGER,
    failed_at               INTEGER,
    expired_at              INTEGER,
    cancelling_at           INTEGER,
    cancelled_at            INTEGER
) STRICT;

CREATE INDEX batches_by_owner ON batches (organization, project, created_at, id);
CREATE INDEX batches_open ON batches (expires_at, number) WHERE open = 1;
CREATE INDEX batches_ended_with_rows ON batches (number) WHERE open = 0 AND rows = 1;
CREATE INDEX batches_pins ON batches (input_blob) WHERE open = 1;

CREATE TABLE batch_chunks (
    batch       INTEGER NOT NULL REFERENCES batches (number),
    chunk       INTEGER NOT NULL,
    first_line  INTEGER NOT NULL,               -- 0-based among the batch's requests
    lines       INTEGER NOT NULL,
    done        INTEGER NOT NULL,               -- lines with a result
    plan        BLOB NOT NULL,                  -- where the lines are in the input
    lease_owner TEXT,
    lease_until INTEGER,
    PRIMARY KEY (batch, chunk)
) STRICT;

CREATE INDEX batch_chunks_leased ON batch_chunks (lease_owner) WHERE lease_owner IS NOT NULL;

-- A line that was sent, or is about to be, and has no result yet.
CREATE TABLE line_intents (
    batch   INTEGER NOT NULL,
    line    INTEGER NOT NULL,
    chunk   INTEGER NOT NULL,
    tries   INTEGER NOT NULL,                   -- finished before this one
    counted INTEGER NOT NULL,                   -- 1: is in possibly_charged_twice
    PRIMARY KEY (batch, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE line_results (
    batch INTEGER NOT NULL,
    line  INTEGER NOT NULL,
    ok    INTEGER NOT NULL,                     -- 1: output file, 0: error file
    entry BLOB NOT NULL,                        -- the line as it will be written
    PRIMARY KEY (batch, line)
) STRICT;
