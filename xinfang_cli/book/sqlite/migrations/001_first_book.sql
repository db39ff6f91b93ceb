-- The book of the first day. Days are ISO text, moments UTC ISO text; 0/1 for yes and no. The words of a CHECK are a chain of
-- OR: for a list SQLite 3.40 builds a table of its own anew with every row that is written.

CREATE TABLE commands (               -- one row a command that wrote; append-only
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  actor TEXT NOT NULL,
  recorded_at TEXT NOT NULL,          -- the machine's clock, UTC
  source_name TEXT,                   -- the file an import or a collected sheet came from
  source_sha256 TEXT
) STRICT;

CREATE TABLE docket (                 -- every number ever given; a number stays spent when its case is taken back
  id INTEGER PRIMARY KEY,
  case_no TEXT NOT NULL UNIQUE,
  year INTEGER NOT NULL,
  serial INTEGER NOT NULL,
  sheet_no TEXT,                      -- another office's number the case came in with, findable
  fingerprint BLOB                    -- of the intake fields of a row that had no number at all
) STRICT;
CREATE INDEX docket_serial ON docket(serial);
CREATE INDEX docket_sheet_no ON docket(sheet_no) WHERE sheet_no IS NOT NULL;
CREATE INDEX docket_fingerprint ON docket(fingerprint) WHERE fingerprint IS NOT NULL;

CREATE TABLE serials (year INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT;

CREATE TABLE events (                 -- append-only and chained; case_id is empty for events of the house
  id INTEGER PRIMARY KEY,
  case_id INTEGER REFERENCES docket(id),
  seq INTEGER NOT NULL,               -- within the case
  kind TEXT NOT NULL CHECK (kind = 'register' OR kind = 'assign' OR kind = 'accept' OR kind = 'close' OR kind = 'rate' OR kind = 'sign' OR kind = 'object' OR kind = 'uphold' OR kind = 'overrule' OR kind = 'convert' OR kind = 'refuse' OR kind = 'redirect' OR kind = 'file' OR kind = 'return_up' OR kind = 'extend' OR kind = 'note' OR kind = 'attach' OR kind = 'assist' OR kind = 'answered' OR kind = 'deliver' OR kind = 'approve' OR kind = 'return' OR kind = 'fulfil' OR kind = 'withdraw' OR kind = 'review' OR kind = 'review_result' OR kind = 'recheck' OR kind = 'recheck_result' OR kind = 'hearing' OR kind = 'report_up' OR kind = 'link' OR kind = 'relate' OR kind = 'lead' OR kind = 'tag' OR kind = 'join' OR kind = 'resolve' OR kind = 'recognise' OR kind = 'exclude' OR kind = 'include' OR kind = 'remind' OR kind = 'supervise' OR kind = 'supervise_answered' OR kind = 'step' OR kind = 'receive' OR kind = 'order' OR kind = 'follow' OR kind = 'edit' OR kind = 'revoke' OR kind = 'correct' OR kind = 'unit' OR kind = 'topic' OR kind = 'setting' OR kind = 'workdays' OR kind = 'publish' OR kind = 'advise' OR kind = 'reception' OR kind = 'standing' OR kind = 'batch'),
  on_day TEXT NOT NULL CHECK (on_day IS date(on_day)),
  command_id INTEGER NOT NULL REFERENCES commands(id),
  body TEXT NOT NULL,                 -- JSON without personal or free text
  text_hash BLOB,                     -- SHA-256 over salt and text of the row in `texts`
  prev BLOB NOT NULL                  -- SHA-256 of the event before
) STRICT;
CREATE UNIQUE INDEX events_of_case ON events(case_id, seq) WHERE case_id IS NOT NULL;
CREATE INDEX events_of_house ON events(kind) WHERE case_id IS NULL;
CREATE INDEX events_reminded ON events(on_day, case_id) WHERE kind = 'remind';
CREATE INDEX events_of_command ON events(command_id);
CREATE INDEX events_attached ON events(case_id) WHERE kind = 'attach';
CREATE INDEX events_received ON events(on_day, case_id) WHERE kind = 'receive';

CREATE TABLE texts (                  -- personal and free text of an event, apart so that it can be purged
  event_id INTEGER PRIMARY KEY REFERENCES events(id),
  salt BLOB NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), events INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TABLE undone (command_id INTEGER PRIMARY KEY REFERENCES commands(id),
  by_command INTEGER NOT NULL REFERENCES commands(id)) STRICT;
CREATE TABLE access_log (id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, what TEXT NOT NULL) STRICT;

CREATE TABLE units (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  short TEXT,
  code TEXT,
  grp TEXT NOT NULL CHECK (grp = '镇街' OR grp = '区直部门' OR grp = '国企' OR grp = '驻区单位'),
  ord INTEGER NOT NULL,
  initials TEXT NOT NULL,             -- pinyin, of the name and of the short name: czj cz
  aliases TEXT NOT NULL DEFAULT '[]',
  merged_into INTEGER REFERENCES units(id)
) STRICT;
CREATE TABLE unit_words (word TEXT NOT NULL, unit_id INTEGER NOT NULL REFERENCES units(id), PRIMARY KEY (word, unit_id))
  STRICT, WITHOUT ROWID;
CREATE TABLE topics (name TEXT PRIMARY KEY, parent TEXT, ord INTEGER NOT NULL) STRICT;
CREATE TABLE regions (name TEXT PRIMARY KEY, ord INTEGER NOT NULL) STRICT;

CREATE TABLE cases (                  -- what the events of each case add up to; can be rebuilt at any time
  id INTEGER PRIMARY KEY REFERENCES docket(id),
  case_no TEXT NOT NULL,
  external_no TEXT,
  title TEXT NOT NULL,
  stage TEXT NOT NULL CHECK (stage = 'closed' OR stage = 'registered' OR stage = 'assigned' OR stage = 'accepted' OR stage = 'reported' OR stage = 'objected' OR stage = 'in_review' OR stage = 'reviewed' OR stage = 'in_recheck' OR stage = 'finalised' OR stage = 'refused' OR stage = 'redirected' OR stage = 'filed' OR stage = 'withdrawn' OR stage = 'returned_up'),
  channel TEXT NOT NULL CHECK (channel = 'letter' OR channel = 'fax' OR channel = 'visit' OR channel = 'video' OR channel = 'web' OR channel = 'mailbox' OR channel = 'phone' OR channel = 'other'),
  kind TEXT NOT NULL CHECK (kind = 'suggestion' OR kind = 'accusation' OR kind = 'appeal' OR kind = 'inquiry' OR kind = 'other'),
  topic TEXT,
  region TEXT,
  source TEXT NOT NULL CHECK (source = 'own' OR source = 'forwarded' OR source = 'tasked'),
  level TEXT CHECK (level = 'district' OR level = 'city' OR level = 'province' OR level = 'beijing'),
  priority TEXT NOT NULL CHECK (priority = 'normal' OR priority = 'key' OR priority = 'urgent'),
  received_on TEXT NOT NULL,
  unit_id INTEGER REFERENCES units(id),
  assigned_on TEXT,
  accepted_on TEXT,
  closed_on TEXT,                     -- the closing in force
  first_closed_on TEXT,               -- the first closing, kept when a revoked result reopens the case
  outcome TEXT,
  pathway TEXT,
  repeat INTEGER NOT NULL CHECK (repeat = 0 OR repeat = 1),
  repeat_of INTEGER REFERENCES docket(id),
  repeat_of_no TEXT,                  -- the number of an original not in the book yet
  headcount INTEGER NOT NULL,
  lead TEXT,
  tags TEXT,
  excluded INTEGER NOT NULL CHECK (excluded = 0 OR excluded = 1),
  ratable INTEGER NOT NULL CHECK (ratable = 0 OR ratable = 1),  -- closed, first-time, no accusation, not gone another way
  reviewed_on TEXT,                   -- the first request for review
  unit_rating TEXT,
  unit_rated_on TEXT,
  bureau_rating TEXT,
  bureau_rated_on TEXT,
  complained_unit_id INTEGER,
  next_clock TEXT,                    -- the earliest unfinished clock that is no window
  next_due_on TEXT,
  returned_times INTEGER NOT NULL,    -- how often a unit sent it back
  supervised INTEGER NOT NULL CHECK (supervised = 0 OR supervised = 1),
  last_on TEXT NOT NULL               -- the latest effective day of its events
) STRICT;

CREATE TABLE people (case_id INTEGER PRIMARY KEY REFERENCES docket(id), name TEXT, id_no TEXT, phone TEXT, address TEXT)
  STRICT;
CREATE TABLE clocks (
  case_id INTEGER NOT NULL REFERENCES docket(id),
  n INTEGER NOT NULL,                 -- in the order they started
  kind TEXT NOT NULL CHECK (kind = 'dispatch' OR kind = 'objection' OR kind = 'acceptance' OR kind = 'completion' OR kind = 'review_window' OR kind = 'rating' OR kind = 'redispatch' OR kind = 'decision' OR kind = 'report_up' OR kind = 'duty' OR kind = 'office' OR kind = 'feedback' OR kind = 'assistance' OR kind = 'fulfilment' OR kind = 'redo' OR kind = 'recheck_window' OR kind = 'review' OR kind = 'recheck' OR kind = 'supervision' OR kind = 'order'),
  owner TEXT NOT NULL CHECK (owner = 'bureau' OR owner = 'unit' OR owner = 'assisting_unit' OR owner = 'petitioner' OR owner = 'body'),
  unit_id INTEGER REFERENCES units(id),
  start_on TEXT NOT NULL,
  due_on TEXT NOT NULL,
  base_due_on TEXT,                   -- without extensions, where they differ
  stop_on TEXT,
  void INTEGER NOT NULL CHECK (void = 0 OR void = 1),
  why TEXT,                           -- why it fell away
  counted INTEGER NOT NULL CHECK (counted = 0 OR counted = 1),  -- not void, its case not excluded; a rating: ratable
  first INTEGER NOT NULL CHECK (first = 0 OR first = 1),      -- of a first-time case
  case_unit_id INTEGER REFERENCES units(id),           -- the case's present unit, for clocks that run against nobody's
  PRIMARY KEY (case_id, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE backlog (
  batch TEXT NOT NULL,
  case_id INTEGER NOT NULL REFERENCES docket(id),
  joined_on TEXT NOT NULL,
  resolved_on TEXT,
  how TEXT,
  recognised_on TEXT,
  unit_id INTEGER REFERENCES units(id),        -- 化解单位, where it is not the case's own unit
  guard_unit_id INTEGER REFERENCES units(id),  -- 稳控单位
  PRIMARY KEY (batch, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX backlog_of_case ON backlog(case_id);
CREATE VIRTUAL TABLE search USING fts5( -- of each case one token a character; holds no text itself (book.search)
  title, content, notes, who, accuser, content='', tokenize='ascii', prefix='1');
CREATE TABLE views (                  -- lists that somebody keeps under a name: the words after `list`, as JSON
  name TEXT PRIMARY KEY,
  words TEXT NOT NULL,
  made_by TEXT NOT NULL
) STRICT;

CREATE TABLE mappings (               -- headings of other systems, by the name the office gave the set
  name TEXT PRIMARY KEY,
  headings TEXT NOT NULL,             -- JSON: every heading of the sheet it was made for
  fields TEXT NOT NULL,               -- JSON: heading to field
  kept_at TEXT NOT NULL
) STRICT;

CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER commands_never_change BEFORE UPDATE ON commands BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER commands_never_go BEFORE DELETE ON commands BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER access_never_changes BEFORE UPDATE ON access_log BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER access_never_goes BEFORE DELETE ON access_log BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- A query that is to use an index repeats its condition word for word (book/sql/predicates.py).
CREATE INDEX cases_received ON cases(received_on, unit_id, repeat, excluded, stage, first_closed_on, channel, kind, headcount, topic, region, level, source);
CREATE INDEX cases_unit ON cases(unit_id, received_on);
CREATE INDEX cases_stage ON cases(stage, received_on) WHERE closed_on IS NULL;
CREATE INDEX cases_external ON cases(external_no) WHERE external_no IS NOT NULL;
CREATE INDEX cases_repeat_of ON cases(repeat_of, received_on) WHERE repeat_of IS NOT NULL;
CREATE INDEX cases_repeat_of_no ON cases(repeat_of_no) WHERE repeat_of_no IS NOT NULL;
CREATE INDEX cases_first_closed ON cases(first_closed_on, repeat, excluded, reviewed_on, unit_id, accepted_on, closed_on) WHERE first_closed_on IS NOT NULL;
CREATE INDEX cases_unit_rated ON cases(unit_rated_on, unit_id, unit_rating, ratable, excluded, repeat) WHERE unit_rated_on IS NOT NULL;
CREATE INDEX cases_bureau_rated ON cases(bureau_rated_on, unit_id, bureau_rating, ratable, excluded, repeat) WHERE bureau_rated_on IS NOT NULL;
CREATE INDEX cases_supervised ON cases(supervised) WHERE supervised = 1;
CREATE INDEX cases_lead ON cases(lead) WHERE lead IS NOT NULL;
CREATE INDEX cases_region ON cases(region, received_on) WHERE region IS NOT NULL;
CREATE INDEX cases_last ON cases(last_on);
CREATE INDEX people_name ON people(name) WHERE name IS NOT NULL;
CREATE INDEX people_id_no ON people(id_no) WHERE id_no IS NOT NULL;
CREATE INDEX people_phone ON people(phone) WHERE phone IS NOT NULL;
CREATE INDEX clocks_running ON clocks(due_on, case_id, kind, unit_id, start_on, owner, stop_on, void) WHERE stop_on IS NULL AND void = 0 AND kind <> 'objection' AND kind <> 'review_window' AND kind <> 'recheck_window' AND kind <> 'rating';
CREATE INDEX clocks_due ON clocks(kind, due_on, unit_id, case_unit_id, stop_on, first, counted) WHERE counted = 1 AND (kind = 'dispatch' OR kind = 'acceptance' OR kind = 'completion' OR kind = 'rating');
CREATE INDEX clocks_stopped ON clocks(kind, stop_on, unit_id, case_unit_id, due_on, first, counted) WHERE counted = 1 AND stop_on IS NOT NULL AND (kind = 'dispatch' OR kind = 'acceptance' OR kind = 'completion');
