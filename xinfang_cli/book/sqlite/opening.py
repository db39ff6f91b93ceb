"""Opening the one SQLite file: pragmas, migrations, transactions, and what to say when it cannot be used."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from xinfang_cli.book.place import Place
from xinfang_cli.book.sql.predicates import OFFICE_STANDS
from xinfang_cli.book.sqlite.connecting import connect
from xinfang_cli.book.sqlite.connection import Connection
from xinfang_cli.book.sqlite.schema import APPLICATION_ID, MOVED_ID, REBUILT_AT, VERSION, migrate
from xinfang_cli.errors import Unusable, system_says

if TYPE_CHECKING:
    from xinfang_cli.book.engine import Waits

BUSY_MS = 15_000
TELL_MS = 1000
"""Milliseconds to wait for another writer before telling the user; BUSY_MS altogether."""
PAGE_SIZE = 16 * 1024
"""Of a new book, in bytes: writing many cases takes a twentieth less than with SQLite's 4 KiB, and no command more."""


def unusable(error: Exception, path: Path) -> Unusable:
    """A SQLite error as one Chinese line with its remedy."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return Unusable(f"案件簿 {path} 正被另一个程序占用", "请稍候再试，或关闭占用它的程序", code="locked")
    if "disk" in text and "full" in text:
        return Unusable(f"磁盘已满，案件簿 {path} 没有写入", "请腾出空间后再试", code="disk_full")
    if "readonly" in text or "unable to open" in text or "permission" in text:
        return Unusable(f"案件簿 {path} 打不开或不能写", "请检查文件夹是否存在、是否有读写权限", code="permission")
    if "disk I/O" in text:  # the disk or the network, which a restored backup would not mend
        return Unusable(f"案件簿 {path} 读写出错", "请看磁盘、U 盘或网络盘是否还连着，再试一次", code="io")
    if "malformed" in text or "not a database" in text or "corrupt" in text:
        return Unusable(
            f"案件簿 {path} 已损坏或不是案件簿（{system_says(error)}）",
            "请用 ⟦restore⟧ 恢复最近的备份",
            code="damaged",
        )
    if text.startswith("no such"):  # something that every book of this version has
        return Unusable(
            f"案件簿 {path} 与本版本的结构不符（{text}）",
            "请用 ⟦doctor⟧ 看缺什么，⟦doctor⟧ ⟦.repair⟧ 补上",
            code="schema",
        )
    if text.startswith("UNIQUE constraint failed: docket"):  # a number that was given already
        return Unusable(
            f"案件簿 {path} 记的末号比已用的小，下一个编号已经给过别的件",
            "请用 ⟦doctor⟧ ⟦.repair⟧ 改正",
            code="numbers",
        )
    return Unusable(f"案件簿 {path} 出错：{text}", "请用 ⟦doctor⟧ 检查", code="database")


class SQLiteStore:
    """A book in one SQLite file."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, path: Path, conn: Connection, still: _Stand | None = None) -> None:
        self.place = Place(path)
        self.conn = conn
        self._still = still
        self.share: str | None = None
        self.newly_shared = False

    def begin(self, waits: Waits | None) -> None:
        """Take the book for writing; tells, by `waits`, when another command keeps it for long."""
        if self._still is not None:
            raise sqlite3.OperationalError("attempt to write a readonly database")
        from xinfang_cli.book.sqlite.waiting import take

        try:
            self._choose_journal()
            take(self.conn, "BEGIN IMMEDIATE", waits, tell_s=TELL_MS / 1000, most_s=BUSY_MS / 1000)
        finally:
            self.conn.execute(f"PRAGMA busy_timeout={BUSY_MS}")

    def _choose_journal(self) -> None:
        """Choose WAL, so that readers never wait; on a share, without shared memory, a rollback journal."""
        if self.share is None:
            from xinfang_cli.book.sqlite.network import share_of

            self.share = share_of(self.place.file)
        wanted = "delete" if self.share else "wal"
        (mode,) = self.conn.execute("PRAGMA journal_mode").fetchone()
        if mode != wanted and mode in ("wal", "delete"):  # a backup, placed a moment ago, or carried onto a share
            self.conn.execute(f"PRAGMA journal_mode={wanted}")
            self.newly_shared = bool(self.share)

    def commit(self) -> None:
        """End the transaction and keep what it wrote."""
        self.conn.execute("COMMIT")

    def rollback(self) -> None:
        """End the transaction and drop what it wrote."""
        self.conn.execute("ROLLBACK")

    def unusable(self, error: Exception) -> Unusable:
        """The error of the database in the clerk's words."""
        return unusable(error, self.place.file)

    def close(self) -> None:
        """Close the file; Unusable where a file read as it stands was changed meanwhile."""
        self.conn.close()
        if self._still is not None and self._still != _stand_of(self.place.file):
            raise Unusable(f"案件簿 {self.place} 刚才被改动", "请再试一次", code="locked")


_Stand = tuple[int, int]
"""A file's moment of change and its size."""


def _stand_of(path: Path) -> _Stand:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _read_only(path: Path) -> bool:
    """Whether we may not write a book, or nothing beside it, and nobody keeps a log beside it: then it is read as it
    stands. With a log somebody is at it, and SQLite itself sees what he wrote."""
    own = {"effective_ids": True} if os.access in os.supports_effective_ids else {}
    if os.access(path, os.W_OK, **own) and os.access(path.parent, os.W_OK, **own):
        return False
    from xinfang_cli.files import BESIDE

    return not any(Path(f"{path}{end}").exists() for end in BESIDE)


def _connect(path: Path) -> Connection:
    conn = connect(path, timeout=BUSY_MS / 1000, isolation_level=None, cached_statements=256)
    conn.execute("PRAGMA foreign_keys=ON")
    return conn


def _connect_still(path: Path) -> Connection:
    """To a book that is read as it stands: nothing is locked, nothing made beside it."""
    return connect(path, "immutable=1", isolation_level=None, cached_statements=256)


def open_store(
    path: Path, refill: Callable[[SQLiteStore], object], aside: Callable[[SQLiteStore], object] | None = None
) -> SQLiteStore:
    """Open a book that is there; Unusable (exit 3) when it is missing, damaged, newer than this program, or no book.

    `refill` writes the rows that are made from the events again, in a book of a version that had them otherwise; `aside`
    copies such a book before anything in it is changed.
    """
    if not path.exists():
        raise Unusable(
            f"案件簿 {path} 不存在",
            "先登记第一件（⟦add⟧）或导入台账（⟦import⟧），会自动建立",
            code="no_file",
        )
    if not path.is_file():
        from xinfang_cli.files import no_file

        raise Unusable(f"{path} 是{no_file(path)}，不是案件簿文件", "请用 ⟦.db⟧ 指定文件", code="not_a_book")
    try:
        still = _stand_of(path) if _read_only(path) else None
        conn = _connect(path) if still is None else _connect_still(path)
        version = conn.execute("PRAGMA user_version").fetchone()[0]
        if version != VERSION or conn.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            _bring_up_to_date(SQLiteStore(path, conn, still), refill, aside)
    except sqlite3.Error as error:
        raise unusable(error, path) from error
    return SQLiteStore(path, conn, still)


def peek_setting(path: Path, key: str) -> str | None:
    """One setting, read without opening the book for work; None if unset or unreadable."""
    if not path.is_file():
        return None
    try:
        # One that may only read could not take away, as the last to close, the log that it made.
        how = "immutable=1" if _read_only(path) else "mode=rw"
        conn = connect(path, how, timeout=0)
        try:
            found = conn.execute(
                "SELECT json_extract(body, '$.value') FROM events WHERE case_id IS NULL AND kind = 'setting' "
                f"AND json_extract(body, '$.key') = ? AND {OFFICE_STANDS} ORDER BY id DESC LIMIT 1",
                (key,),
            ).fetchone()
        finally:
            conn.close()
    except (sqlite3.Error, Unusable):
        return None
    return None if found is None or found[0] is None else str(found[0])


def _bring_up_to_date(
    store: SQLiteStore, refill: Callable[[SQLiteStore], object], aside: Callable[[SQLiteStore], object] | None
) -> None:
    """All of it in one transaction: a process killed half-way leaves the book of the old version."""
    conn, place = store.conn, store.place
    application = conn.execute("PRAGMA application_id").fetchone()[0]
    if application == MOVED_ID:
        (where,) = conn.execute("SELECT where_to FROM moved").fetchone()
        raise Unusable(f"案件簿 {place} 已搬到 {where}", "请用 ⟦.db⟧ 写那个地址", code="moved")
    if application != APPLICATION_ID:
        raise Unusable(f"{place} 不是本程序的案件簿", "请检查 ⟦.db⟧ 指的文件", code="not_a_book")
    with _without_references(conn):
        store.begin(None)
        try:
            version = conn.execute("PRAGMA user_version").fetchone()[0]  # another process may have been first
            if version > VERSION:
                raise Unusable(f"案件簿 {place} 由更新的版本写成", "请升级 xinfang 后再用", code="newer")
            if version < VERSION:
                if aside is not None and conn.execute("SELECT 1 FROM docket LIMIT 1").fetchone():
                    aside(store)
                migrate(conn)
                if version < REBUILT_AT:
                    refill(store)
            store.commit()
        except BaseException:
            if conn.in_transaction:
                store.rollback()
            raise


@contextmanager
def _without_references(conn: Connection) -> Iterator[None]:
    """A table that others refer to is dropped and made again only while foreign keys are off."""
    conn.execute("PRAGMA foreign_keys=OFF")
    yield
    conn.execute("PRAGMA foreign_keys=ON")


@contextmanager
def new_store(path: Path) -> Iterator[SQLiteStore]:
    """A new book, filled under a temporary name and moved to its path on success; AlreadyThereError if one is there.

    A killed process or a second one at the same moment leaves no partial book; so it needs no rollback journal, and
    every page is written once.
    """
    if sqlite3.sqlite_version_info < (3, 37):
        raise Unusable(f"本机 Python 自带的 SQLite 太旧（{sqlite3.sqlite_version}）", "需要 3.37 以上", code="sqlite")
    from xinfang_cli.book.sqlite.placing import publish_new, write_ahead
    from xinfang_cli.files import make_folder, placed

    placing = placed(path, publish=publish_new)
    with making(path):
        make_folder(path.parent)
        made = placing.__enter__()
    try:
        with making(path):
            conn = _connect(made)
        with closing(conn):
            with making(path):
                conn.execute(f"PRAGMA page_size={PAGE_SIZE}")
                conn.execute("PRAGMA journal_mode=MEMORY")
                conn.execute("PRAGMA synchronous=OFF")
                conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
                with _without_references(conn):
                    conn.execute("BEGIN")
                    migrate(conn)
                    conn.execute("COMMIT")
            yield SQLiteStore(path, conn)
    except BaseException:
        placing.__exit__(*sys.exc_info())
        raise
    with making(path):
        placing.__exit__(None, None, None)
        write_ahead(path)


@contextmanager
def making(path: Path) -> Iterator[None]:
    """Turn errors while placing a book into Unusable."""
    try:
        yield
    except sqlite3.Error as error:
        raise unusable(error, path) from error
    except OSError as error:
        raise Unusable(
            f"案件簿 {path} 建不起来（{system_says(error)}）", "请检查文件夹的读写权限", code="permission"
        ) from error
