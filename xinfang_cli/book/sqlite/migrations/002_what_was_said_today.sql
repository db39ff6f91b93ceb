-- What is to be said once a day and on what day it was said last; no part of the record.
CREATE TABLE IF NOT EXISTS said (what TEXT PRIMARY KEY, on_day TEXT NOT NULL) STRICT, WITHOUT ROWID;
