-- two statements; a semicolon in a comment
ALTER TABLE one ADD COLUMN text TEXT;
CREATE INDEX one_by_text ON one (text);
