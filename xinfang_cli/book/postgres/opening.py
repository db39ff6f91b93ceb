"""Opening an office's book on a server: its schema, its transactions, and what to say when it cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2

from xinfang_cli.book.engine import AlreadyThereError
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres.address import Address, address_of
from xinfang_cli.book.postgres.connection import Connection
from xinfang_cli.book.postgres.schema import make, version
from xinfang_cli.book.sql.predicates import OFFICE_STANDS
from xinfang_cli.errors import Unusable

CONNECT_S = 10
TELL_MS = 1000
BUSY_MS = 15_000


def unusable(error: Exception, place: Place) -> Unusable:
    """An error of the server as one Chinese line that says what to do."""
    code = getattr(error, "pgcode", None) or ""
    said = " ".join(str(error).split())
    if code == "55P03":
        return Unusable(f"案件簿 {place} 正被另一个操作占用", "请稍候再试", code="locked")
    if code in ("40001", "40P01"):
        return Unusable("案件簿刚才被另一个操作改动，这一次没有写入", "请再试一次", code="locked")
    if code == "53100":
        return Unusable("服务器磁盘已满，没有写入", "请告诉管理服务器的人", code="disk_full")
    if code in ("42501", "28000", "28P01"):
        return Unusable(f"这个登录名没有权限：{said[:120]}", "请告诉管理服务器的人", code="permission")
    if code in ("3D000", "3F000"):
        return Unusable(f"服务器上没有案件簿 {place}", "请核对数据库名和局名", code="no_file")
    if code in ("42P01", "42703", "42883"):
        return Unusable(f"案件簿 {place} 与本版本的结构不符（{said[:120]}）", "请管理员升级案件簿", code="schema")
    if not code or code.startswith(("08", "57")):
        return Unusable(f"连不上服务器上的案件簿（{said[:160]}）", "请看网络和服务器是否正常，再试一次", code="io")
    return Unusable(f"案件簿 {place} 出错：{said[:200]}", "请告诉管理服务器的人", code="database")


class PostgresStore:
    """An office's book on a server."""

    errors: tuple[type[Exception], ...] = (psycopg2.Error,)

    def __init__(self, place: Place, conn: Connection) -> None:
        self.place = place
        self.conn = conn

    def begin(self, waits: Callable[[], None] | None) -> None:
        """Take the office for writing: one row lock, no advisory ones."""
        at_most = BUSY_MS if waits is None else TELL_MS
        try:
            self._lock(at_most)
        except psycopg2.errors.LockNotAvailable:
            self.conn.rollback()
            if waits is None:
                raise
            waits()
            self._lock(BUSY_MS - TELL_MS)

    def _lock(self, at_most: int) -> None:
        self.conn.begin(f"; SET LOCAL lock_timeout = {at_most}")
        self.conn.execute("SELECT held FROM meta WHERE one = 1 FOR UPDATE")

    def commit(self) -> None:
        self.conn.commit()

    def rollback(self) -> None:
        self.conn.rollback()

    def unusable(self, error: Exception) -> Unusable:
        return unusable(error, self.place)

    def close(self) -> None:
        self.conn.close()


def connect(place: Place, address: Address) -> Connection:
    """A connection to the office's server; it does not wait for ever."""
    try:
        raw = psycopg2.connect(connect_timeout=CONNECT_S, application_name="xinfang", **dict(address.told))
    except psycopg2.Error as error:
        raise unusable(error, place) from error
    return Connection(raw, address.office)


def _version(conn: Connection) -> int | None:
    """The version of the office's tables; None where there is no such office."""
    found = conn.execute("SELECT 1 FROM pg_namespace WHERE nspname = ?", (conn.office,)).fetchone()
    return None if found is None else int(conn.execute("SELECT version FROM main.meta").fetchone()[0])


def exists(place: Place) -> bool:
    conn = connect(place, address_of(place.address))
    try:
        return _version(conn) is not None
    finally:
        conn.close()


def open_store(place: Place) -> PostgresStore:
    conn = connect(place, address_of(place.address))
    try:
        there = _version(conn)
    except psycopg2.Error as error:
        conn.close()
        raise unusable(error, place) from error
    if there is None:
        conn.close()
        raise Unusable(f"服务器上没有「{conn.office}」的案件簿", "请核对局名；新建用 ⟦init⟧", code="no_file")
    if there != version():
        conn.close()
        newer = there > version()
        raise Unusable(
            f"服务器上的案件簿是第 {there} 版，本程序是第 {version()} 版",
            "请升级 xinfang 后再用" if newer else "请管理员升级案件簿",
            code="newer" if newer else "schema",
        )
    return PostgresStore(place, conn)


def peek_setting(place: Place, key: str) -> str | None:
    """What a setting of a book says; None where nothing says it or it cannot be read."""
    try:
        store = open_store(place)
    except Unusable:
        return None
    try:
        found = store.conn.execute(
            "SELECT json_extract(body, '$.value') FROM events WHERE case_id IS NULL AND kind = 'setting' "
            f"AND json_extract(body, '$.key') = ? AND {OFFICE_STANDS} ORDER BY id DESC LIMIT 1",
            (key,),
        ).fetchone()
    except psycopg2.Error:
        return None
    finally:
        store.close()
    return None if found is None or found[0] is None else str(found[0])


@contextmanager
def new_store(place: Place) -> Iterator[PostgresStore]:
    """A new office to be filled; AlreadyThereError if one is there. It is taken out again when filling fails."""
    conn = connect(place, address_of(place.address))
    store = PostgresStore(place, conn)
    try:
        try:
            conn.begin()
            make(conn.raw, conn.quoted)
            conn.commit()
        except psycopg2.errors.DuplicateSchema:
            conn.rollback()
            raise AlreadyThereError from None
        except psycopg2.Error as error:
            raise unusable(error, place) from error
        try:
            yield store
        except BaseException:
            if conn.in_transaction:
                conn.rollback()
            conn.execute(f"DROP SCHEMA {conn.quoted} CASCADE")
            conn.end_reading()
            raise
    finally:
        conn.close()
