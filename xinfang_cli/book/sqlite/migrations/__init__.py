"""The steps of the schema, one file each, in the order of their numbers; a landed step never changes.

`NNN_what.sql` is run statement by statement; `NNN_what.py` has `step(conn)` for moving data. Step N makes version N.
"""
