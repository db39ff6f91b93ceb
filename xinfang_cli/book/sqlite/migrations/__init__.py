"""The steps that make a book's tables, one file each, in the order of their numbers; a step that has landed never changes.

`NNN_what.sql` is run statement by statement; `NNN_what.py` has `step(conn)`, for what moves data. Step N makes version N.
"""
