ALTER TABLE keys ADD COLUMN priority TEXT NOT NULL DEFAULT 'high';     -- the highest it may ask for: high, normal, low
ALTER TABLE keys ADD COLUMN resumable INTEGER NOT NULL DEFAULT 0;      -- whether its streams are kept without its asking
