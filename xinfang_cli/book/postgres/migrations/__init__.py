"""The steps that bring an office on a server to a later version, one file each under the number and name of the step of
book/sqlite/migrations; a step that has landed never changes.

`NNN_what.sql` is run statement by statement as PostgreSQL takes it; `NNN_what.py` has `step(conn)`, for what moves data.
The first line, a comment, is the Chinese sentence by which `server upgrade` says what it does. Functions, triggers, views and
indexes need no step: they are made again as this version has them (book.postgres.upgrading). A program of the version before
goes on working on what a step leaves (new columns last and with a default), unless the rows made from the events are written
again (REBUILT_AT).
"""
