"""The book's tables, made and changed only through sqlite_utils.migrations.

`m001` is the book of the first day. Later changes are added below it as `mNNN_what`, importing no application code.
STRICT tables; days are ISO text, moments UTC ISO text; 0/1 for yes and no.
"""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from xinfang_cli.book.sql.predicates import due_counted, either, running, stopped_counted

VERSION = 6
APPLICATION_ID = 0x58464231  # "XFB1"

TABLES = """
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
  kind TEXT NOT NULL CHECK (kind IN (
    'register', 'assign', 'accept', 'close', 'rate', 'sign', 'object', 'uphold', 'overrule', 'convert', 'refuse',
    'redirect', 'file', 'return_up', 'extend', 'note', 'attach', 'assist', 'answered', 'deliver', 'approve', 'return',
    'fulfil', 'withdraw', 'review', 'review_result', 'recheck', 'recheck_result', 'hearing', 'report_up', 'link',
    'relate', 'lead', 'tag', 'join', 'resolve', 'recognise', 'exclude', 'include', 'remind', 'supervise',
    'supervise_answered', 'step', 'receive', 'order', 'follow', 'edit', 'revoke', 'correct', 'unit', 'topic',
    'setting', 'workdays', 'publish', 'advise', 'reception', 'standing', 'batch')),
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
  grp TEXT NOT NULL CHECK (grp IN ('镇街','区直部门','国企','驻区单位')),
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
  stage TEXT NOT NULL CHECK (stage IN (
    'closed', 'registered', 'assigned', 'accepted', 'reported', 'objected', 'in_review', 'reviewed',
    'in_recheck', 'finalised', 'refused', 'redirected', 'filed', 'withdrawn', 'returned_up')),
  channel TEXT NOT NULL CHECK (channel IN (
    'letter', 'fax', 'visit', 'video', 'web', 'mailbox', 'phone', 'other')),
  kind TEXT NOT NULL CHECK (kind IN ('suggestion','accusation','appeal','inquiry','other')),
  topic TEXT,
  region TEXT,
  source TEXT NOT NULL CHECK (source IN ('own','forwarded','tasked')),
  level TEXT CHECK (level IN ('district','city','province','beijing')),
  priority TEXT NOT NULL CHECK (priority IN ('normal','key','urgent')),
  received_on TEXT NOT NULL,
  unit_id INTEGER REFERENCES units(id),
  assigned_on TEXT,
  accepted_on TEXT,
  closed_on TEXT,                     -- the closing in force
  first_closed_on TEXT,               -- the first closing, kept when a revoked result reopens the case
  outcome TEXT,
  pathway TEXT,
  repeat INTEGER NOT NULL CHECK (repeat IN (0, 1)),
  repeat_of INTEGER REFERENCES docket(id),
  repeat_of_no TEXT,                  -- the number of an original not in the book yet
  headcount INTEGER NOT NULL,
  lead TEXT,
  tags TEXT,
  excluded INTEGER NOT NULL CHECK (excluded IN (0, 1)),
  ratable INTEGER NOT NULL CHECK (ratable IN (0, 1)),  -- closed, first-time, no accusation, not gone another way
  reviewed_on TEXT,                   -- the first request for review
  unit_rating TEXT,
  unit_rated_on TEXT,
  bureau_rating TEXT,
  bureau_rated_on TEXT,
  complained_unit_id INTEGER,
  next_clock TEXT,                    -- the earliest unfinished clock that is no window
  next_due_on TEXT,
  returned_times INTEGER NOT NULL,    -- how often a unit sent it back
  supervised INTEGER NOT NULL CHECK (supervised IN (0, 1)),
  last_on TEXT NOT NULL               -- the latest effective day of its events
) STRICT;

CREATE TABLE people (case_id INTEGER PRIMARY KEY REFERENCES docket(id), name TEXT, id_no TEXT, phone TEXT, address TEXT)
  STRICT;
CREATE TABLE clocks (
  case_id INTEGER NOT NULL REFERENCES docket(id),
  n INTEGER NOT NULL,                 -- in the order they started
  kind TEXT NOT NULL CHECK (kind IN (
    'dispatch', 'objection', 'acceptance', 'completion', 'review_window', 'rating', 'redispatch', 'decision',
    'report_up', 'duty', 'office', 'feedback', 'assistance', 'fulfilment', 'redo', 'recheck_window',
    'review', 'recheck', 'supervision', 'order')),
  owner TEXT NOT NULL CHECK (owner IN ('bureau','unit','assisting_unit','petitioner','body')),
  unit_id INTEGER REFERENCES units(id),
  start_on TEXT NOT NULL,
  due_on TEXT NOT NULL,
  base_due_on TEXT,                   -- without extensions, where they differ
  stop_on TEXT,
  void INTEGER NOT NULL CHECK (void IN (0, 1)),
  why TEXT,                           -- why it fell away
  counted INTEGER NOT NULL CHECK (counted IN (0, 1)),  -- not void, its case not excluded; a rating: ratable
  first INTEGER NOT NULL CHECK (first IN (0, 1)),      -- of a first-time case
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
"""


# Dropped before a large import and built again after it: building once costs a third of keeping them row by row.
INDEXES = {
    "cases_received": "cases(received_on, unit_id, repeat, excluded, stage, first_closed_on, channel, kind, headcount,"
    " topic, region, level, source)",
    "cases_unit": "cases(unit_id, received_on)",
    "cases_stage": "cases(stage, received_on) WHERE closed_on IS NULL",
    "cases_external": "cases(external_no) WHERE external_no IS NOT NULL",
    "cases_repeat_of": "cases(repeat_of, received_on) WHERE repeat_of IS NOT NULL",
    "cases_repeat_of_no": "cases(repeat_of_no) WHERE repeat_of_no IS NOT NULL",
    "cases_first_closed": "cases(first_closed_on, repeat, excluded, reviewed_on, unit_id, accepted_on, closed_on)"
    " WHERE first_closed_on IS NOT NULL",
    "cases_unit_rated": "cases(unit_rated_on, unit_id, unit_rating, ratable, excluded, repeat)"
    " WHERE unit_rated_on IS NOT NULL",
    "cases_bureau_rated": "cases(bureau_rated_on, unit_id, bureau_rating, ratable, excluded, repeat)"
    " WHERE bureau_rated_on IS NOT NULL",
    "cases_supervised": "cases(supervised) WHERE supervised = 1",
    "cases_lead": "cases(lead) WHERE lead IS NOT NULL",
    "cases_region": "cases(region, received_on) WHERE region IS NOT NULL",
    "cases_last": "cases(last_on)",
    "people_name": "people(name) WHERE name IS NOT NULL",
    "people_id_no": "people(id_no) WHERE id_no IS NOT NULL",
    "people_phone": "people(phone) WHERE phone IS NOT NULL",
    "clocks_running": f"clocks(due_on, case_id, kind, unit_id, start_on, owner, stop_on, void) WHERE {running()}",
    "clocks_due": f"clocks(kind, due_on, unit_id, case_unit_id, stop_on, first, counted) WHERE {due_counted()}",
    "clocks_stopped": f"clocks(kind, stop_on, unit_id, case_unit_id, due_on, first, counted) WHERE {stopped_counted()}",
}


def migrations() -> Any:
    """The migrations of a book, in order."""
    from sqlite_utils.migrations import Migrations

    steps = Migrations("xinfang")

    @steps()
    def m001_first_book(db: Any) -> None:
        run_script(db.conn, one_by_one(TABLES))
        for name, what in INDEXES.items():
            db.conn.execute(f"CREATE INDEX {name} ON {what}")

    @steps()
    def m002_what_was_said_today(db: Any) -> None:
        # What is to be said once a day and on what day it was said last; no part of the record.
        db.conn.execute(
            "CREATE TABLE IF NOT EXISTS said (what TEXT PRIMARY KEY, on_day TEXT NOT NULL) STRICT, WITHOUT ROWID"
        )

    @steps()
    def m003_steps_by_index(db: Any) -> None:
        # The few cases somebody was called in for (list --where 措施:约谈) are found without reading every event.
        db.conn.execute("CREATE INDEX IF NOT EXISTS events_steps ON events(case_id) WHERE kind = 'step'")

    @steps()
    def m004_parts_of_a_command(db: Any) -> None:
        # Several files collected at once: each event knows its own file, and undo takes all of them back together.
        db.conn.execute("ALTER TABLE commands ADD COLUMN part_of INTEGER REFERENCES commands(id)")

    @steps()
    def m005_initials_of_the_whole_name_too(db: Any) -> None:
        # A unit with a short name was found by the initials of that alone.
        named = db.conn.execute("SELECT id, name, short FROM units WHERE short IS NOT NULL").fetchall()
        if not named:
            return
        from pypinyin import Style, lazy_pinyin

        for id, *names in named:
            letters = ("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower() for name in names)
            db.conn.execute("UPDATE units SET initials = ? WHERE id = ?", (" ".join(dict.fromkeys(letters)), id))

    @steps()
    def m006_conditions_without_lists(db: Any) -> None:
        # A list in an index's condition cost a table of its own with every row that was written.
        counted = "(kind = 'dispatch' OR kind = 'acceptance' OR kind = 'completion'"
        for name, what in (
            (
                "clocks_running",
                "clocks(due_on, case_id, kind, unit_id, start_on, owner, stop_on, void) WHERE stop_on IS NULL AND void = 0"
                " AND kind <> 'objection' AND kind <> 'review_window' AND kind <> 'recheck_window' AND kind <> 'rating'",
            ),
            (
                "clocks_due",
                "clocks(kind, due_on, unit_id, case_unit_id, stop_on, first, counted)"
                f" WHERE counted = 1 AND {counted} OR kind = 'rating')",
            ),
            (
                "clocks_stopped",
                "clocks(kind, stop_on, unit_id, case_unit_id, due_on, first, counted)"
                f" WHERE counted = 1 AND stop_on IS NOT NULL AND {counted})",
            ),
        ):
            (sql,) = db.conn.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
            if sql != f"CREATE INDEX {name} ON {what}":
                db.conn.execute(f"DROP INDEX {name}")
                db.conn.execute(f"CREATE INDEX {name} ON {what}")

    return steps


def one_by_one(script: str) -> str:
    """`CHECK (x IN (…))` as `CHECK (x = … OR x = …)`.

    For a list SQLite 3.40 builds a table of its own anew with every row that is written: the insert of an event, a case
    or a clock took four times as long.
    """

    def chain(found: re.Match[str]) -> str:
        column, words = found.groups()
        return f"CHECK {either(column, map(str.strip, words.split(',')))}"

    return re.sub(r"CHECK \((\w+) IN \(([^)]*)\)\)", chain, script)


def run_script(conn: sqlite3.Connection, script: str) -> None:
    """Run statements one by one inside the caller's transaction (executescript would commit it)."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            conn.execute(statement)
            statement = ""
