-- 约: the due day was counted over working days of a year whose arrangement was not known yet.
ALTER TABLE clocks ADD COLUMN guessed INTEGER NOT NULL DEFAULT 0 CHECK (guessed = 0 OR guessed = 1);
CREATE INDEX clocks_guessed ON clocks(case_id, kind, due_on) WHERE guessed = 1;
-- From this day on the rows tell how the case stood on any day: nothing after it overwrote what was there before.
ALTER TABLE cases ADD COLUMN overwritten_on TEXT;
