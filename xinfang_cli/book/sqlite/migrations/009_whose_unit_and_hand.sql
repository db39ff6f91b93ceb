-- What a unit is part of, who leads it, and whether it may take an accusation of nobody known (art. 30).
ALTER TABLE units ADD COLUMN parent_id INTEGER REFERENCES units(id);
-- JSON: the names of its leaders.
ALTER TABLE units ADD COLUMN leaders TEXT NOT NULL DEFAULT '[]';
ALTER TABLE units ADD COLUMN role TEXT NOT NULL DEFAULT 'ordinary';
-- Who was logged in on what machine, beside the name that was given.
ALTER TABLE commands ADD COLUMN os_user TEXT;
ALTER TABLE commands ADD COLUMN host TEXT;
