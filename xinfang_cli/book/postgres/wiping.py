"""The tables of an office written anew after a purge, so that nothing replaced is left in them."""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING

import psycopg2

from xinfang_cli.book.postgres.opening import BUSY_MS, TELL_MS, connect, meta_of, unusable
from xinfang_cli.errors import Unusable

if TYPE_CHECKING:
    from xinfang_cli.book.engine import Waits
    from xinfang_cli.book.place import Place
    from xinfang_cli.book.postgres.connection import Connection

HELD = ("texts", "search", "people", "cases", "clocks", "backlog", "access_log", "files")
"""Tables in which a purge replaces rows or takes them out."""
# A table written anew still takes along what somebody may see who began to read before.
_READING = """SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
AND backend_xmin IS NOT NULL LIMIT 1"""


def wipe(place: Place, waits: Waits | None) -> None:
    """Write the tables anew, so that no replaced row stands in their files; Unusable while somebody reads on."""
    conn = connect(place)
    try:
        meta_of(conn)
        conn.end_reading()
        _until_nobody_reads(conn, waits)
        with conn.raw.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {BUSY_MS}")
            try:
                for table in HELD:
                    cursor.execute(f"VACUUM (FULL, ANALYZE) {conn.quoted}.{table}")
            finally:
                cursor.execute("RESET lock_timeout")
    except psycopg2.Error as error:
        raise unusable(error, place) from error
    finally:
        conn.close()


def _until_nobody_reads(conn: Connection, waits: Waits | None) -> None:
    began = monotonic()
    told = False
    while True:
        with conn.raw.cursor() as cursor:
            cursor.execute(_READING)
            if cursor.fetchone() is None:
                return
        waited = (monotonic() - began) * 1000
        if waited > BUSY_MS:
            raise Unusable("还有人在读案件簿", "请等别的程序做完", code="locked")
        if waited > TELL_MS and not told and waits is not None:
            waits(True)
            told = True
        sleep(0.1)
