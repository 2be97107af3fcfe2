CREATE TABLE responses (
    number         INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order in which they came, so the oldest go first
    organization   TEXT NOT NULL,
    project        TEXT NOT NULL,
    id             TEXT NOT NULL,              -- the provider's
    model          TEXT NOT NULL,              -- as asked for
    provider       TEXT NOT NULL,
    upstream_model TEXT NOT NULL,
    credential     TEXT NOT NULL,              -- fingerprint; empty: none
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    UNIQUE (organization, project, id)
) STRICT;
