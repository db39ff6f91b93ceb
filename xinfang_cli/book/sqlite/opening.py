"""Opening the one SQLite file: pragmas, migrations, transactions, and what to say when it cannot be used."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinfang_cli.book import chain
from xinfang_cli.book.sqlite.schema import APPLICATION_ID, VERSION
from xinfang_cli.errors import Unusable, system_says

if TYPE_CHECKING:
    from xinfang_cli.law.clocks import Code

BUSY_MS = 15_000
TELL_MS = 1000
"""So long a book that another command is writing is waited for before that is said; BUSY_MS altogether."""
PAGE_SIZE = 16 * 1024
"""Of a new book, in bytes: writing many cases takes a twentieth less than with SQLite's 4 KiB, and no command more."""

# Of every value that is no number and no text, sqlite3 asks whether it can be adapted, and finds out by an exception.
# For nothing and for bytes it is told here that they stay what they are: writing many rows takes a quarter less.
sqlite3.register_adapter(type(None), {}.get)  # type: ignore[arg-type]
sqlite3.register_adapter(bytes, bytes)


def unusable(error: sqlite3.Error, path: Path) -> Unusable:
    """A SQLite error as one Chinese line that says what to do."""
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
            "请用 xinfang restore 恢复最近的备份",
            code="damaged",
        )
    return Unusable(f"案件簿 {path} 出错：{text}", "请用 xinfang doctor 检查", code="database")


class Book:
    """An open book. Reads anywhere; writes inside `writing()`, one BEGIN IMMEDIATE transaction a command."""

    def __init__(self, path: Path, conn: sqlite3.Connection) -> None:
        self.path = path
        self.conn = conn
        self._code: Code | None = None
        self.canonical: dict[int, int] = {}
        self.waits: Callable[[], None] | None = None

    @property
    def code(self) -> Code:
        """The law through time as this book's settings and calendar have it."""
        if self._code is None:
            from xinfang_cli.book.sql import settings

            self._code = settings.load_code(self.conn)
            self.canonical = dict(
                self.conn.execute("SELECT id, merged_into FROM units WHERE merged_into IS NOT NULL").fetchall()
            )
        return self._code

    def forget_code(self) -> None:
        """After a setting, the calendar or a unit's identity changed."""
        self._code = None

    @contextmanager
    def writing(
        self, name: str, actor: str, recorded_at: str, source: tuple[str, str] | None = None
    ) -> Iterator[chain.Pen]:
        """One command's transaction: all of it or nothing."""
        try:
            self._begin()
        except sqlite3.Error as error:
            raise unusable(error, self.path) from error
        self.forget_code()
        try:
            pen = chain.Pen(self.conn, name, actor, recorded_at, source)
            yield pen
            pen.flush()
            if pen.registered_from is not None or pen.reworded:
                from xinfang_cli.book.sqlite import text_index

                text_index.keep_up(self.conn, pen)
            self.conn.execute("COMMIT")
        except BaseException as error:
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK")
            self.forget_code()
            if isinstance(error, sqlite3.Error):
                raise unusable(error, self.path) from error
            raise

    def _begin(self) -> None:
        """Take the book for writing; tells, by `waits`, when another command keeps it for long."""
        try:
            self.conn.execute(f"PRAGMA busy_timeout={min(TELL_MS, BUSY_MS)}")
            self.conn.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or BUSY_MS <= TELL_MS:
                raise
            if self.waits is not None:
                self.waits()
            self.conn.execute(f"PRAGMA busy_timeout={BUSY_MS - TELL_MS}")
            self.conn.execute("BEGIN IMMEDIATE")
        finally:
            self.conn.execute(f"PRAGMA busy_timeout={BUSY_MS}")

    def close(self) -> None:
        self.conn.close()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()


def _connect(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None, cached_statements=256)
    conn.execute("PRAGMA foreign_keys=ON")
    return conn


def open_book(path: Path) -> Book:
    """Open a book that is there; Unusable (exit 3) when it is missing, damaged, newer than this program, or no book."""
    if not path.exists():
        raise Unusable(
            f"案件簿 {path} 不存在",
            "先登记第一件（xinfang add）或导入台账（xinfang import），会自动建立",
            code="no_file",
        )
    if path.is_dir():
        raise Unusable(f"{path} 是文件夹，不是案件簿文件", "请用 --db 指定文件", code="not_a_book")
    try:
        conn = _connect(path)
        version = conn.execute("PRAGMA user_version").fetchone()[0]
        if version != VERSION or conn.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            _bring_up_to_date(conn, path, version)
    except sqlite3.Error as error:
        raise unusable(error, path) from error
    return Book(path, conn)


def _bring_up_to_date(conn: sqlite3.Connection, path: Path, version: int) -> None:
    application = conn.execute("PRAGMA application_id").fetchone()[0]
    if application != APPLICATION_ID:
        raise Unusable(f"{path} 不是本程序的案件簿", "请检查 --db 指的文件", code="not_a_book")
    if version > VERSION:
        raise Unusable(f"案件簿 {path} 由更新的版本写成", "请升级 xinfang 后再用", code="newer")
    _migrate(conn)


def _migrate(conn: sqlite3.Connection) -> None:
    import sqlite_utils

    from xinfang_cli.book.sqlite.schema import migrations

    # transform() inside a transaction refuses while foreign keys are on and another table cascades.
    conn.execute("PRAGMA foreign_keys=OFF")
    migrations().apply(sqlite_utils.Database(conn))
    conn.execute(f"PRAGMA user_version={VERSION}")
    conn.execute("PRAGMA foreign_keys=ON")


def create_book(path: Path, actor: str, recorded_at: str) -> bool:
    """Make a new book; False when one was already there, or another process was first."""
    if path.exists():
        return False
    try:
        with new_book(path, actor, recorded_at):
            pass
    except AlreadyThereError:
        return False
    return True


class AlreadyThereError(Exception):
    """Another process made the book while this one was still at it."""


@contextmanager
def new_book(path: Path, actor: str, recorded_at: str) -> Iterator[Book]:
    """A new book to be filled, which is moved to its path whole when that went well; AlreadyThereError if one is there.

    Built under another name: a process killed half-way, or a second one at the same moment, leaves no half book. So
    nothing need be kept on the disk for taking a transaction back, which saves every page's second writing.
    """
    if sqlite3.sqlite_version_info < (3, 37):
        raise Unusable(f"本机 Python 自带的 SQLite 太旧（{sqlite3.sqlite_version}）", "需要 3.37 以上", code="sqlite")
    from xinfang_cli.book.sql import settings

    made = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with _making(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _clear_away(path, made)
            conn = _connect(made)
        with closing(conn):
            with _making(path):
                conn.execute(f"PRAGMA page_size={PAGE_SIZE}")
                conn.execute("PRAGMA journal_mode=MEMORY")
                conn.execute("PRAGMA synchronous=OFF")
                conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
                _migrate(conn)
            book = Book(path, conn)
            with book.writing("init", actor, recorded_at) as pen:
                settings.begin(pen)
            yield book
            with _making(path):
                conn.execute("PRAGMA synchronous=FULL")
                conn.execute("PRAGMA journal_mode=WAL")  # brings everything to the disk, too
        with _making(path):
            _move(made, path)
    finally:
        for leftover in (made, Path(f"{made}-wal"), Path(f"{made}-shm")):
            leftover.unlink(missing_ok=True)


@contextmanager
def _making(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise unusable(error, path) from error
    except OSError as error:
        raise Unusable(
            f"案件簿 {path} 建不起来（{system_says(error)}）", "请检查文件夹的读写权限", code="permission"
        ) from error


def _move(made: Path, path: Path) -> None:
    try:
        os.link(made, path)  # fails when another process was first, where rename would overwrite
    except FileExistsError:
        raise AlreadyThereError from None
    except OSError:
        if path.exists():
            raise AlreadyThereError from None
        made.rename(path)


def _clear_away(path: Path, made: Path) -> None:
    """What processes that were killed left of a book they were making, this one's number among theirs."""
    for leftover in path.parent.iterdir():
        begins, _, rest = leftover.name.rpartition(".")[0].rpartition(".")
        if begins != f".{path.name}" or leftover.suffix != ".new" or not rest.isdigit():
            continue
        if leftover != made and os.name == "posix" and _is_running(int(rest)):
            continue
        with suppress(OSError):  # on Windows: still open
            leftover.unlink()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        pass
    return True
