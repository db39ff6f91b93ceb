"""Opening an office's book on a server: its schema, its transactions, and what to say when it cannot be used."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2

from xinfang_cli.book.engine import AlreadyThereError, Store, Waits
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres.address import Address, address_of, server_of, with_defaults
from xinfang_cli.book.postgres.connection import AWAY, STATEMENT_MS, Connection, waiting
from xinfang_cli.book.postgres.schema import make, version
from xinfang_cli.book.sql.predicates import OFFICE_STANDS
from xinfang_cli.errors import Again, Unusable, system_says

CONNECT_S = 10
UNANSWERED_MS = 30_000
TELL_MS = 1000
BUSY_MS = 15_000
MOVED = "moved to "
"""What an office says of itself that went elsewhere."""
KEEPER = "请告诉管理服务器的人"
NEWER = "请升级本程序：pip install -U 'xinfang[server]'"
UPGRADE = "请管理员升级案件簿：⟦server.upgrade⟧"
ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": UNANSWERED_MS}

OF_CONNECTING: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (
        ("root certificate file",),
        "连服务器要核对它的证书，这台机器上没有根证书",
        "请把管理员给的根证书放到 ~/.postgresql/root.crt，或在服务文件里写 sslrootcert=",
        "tls",
    ),
    (
        ("certificate verify failed", "does not match host name", "certificate authentication failed"),
        "服务器的证书核对不上，没有连接",
        "请核对地址里的主机名和根证书；不要改成不核对",
        "tls",
    ),
    (
        ("does not support ssl",),
        "服务器没有开加密连接，没有连接",
        "请管理员给服务器开 TLS；同一台机器上请用 localhost",
        "tls",
    ),
    (
        ("no password supplied", "password authentication failed", "fe_sendauth"),
        "登录名或密码不对，没有连接",
        "请核对 ~/.pgpass（每行：主机:端口:数据库:登录名:密码，权限 0600）",
        "permission",
    ),
    (("no pg_hba.conf entry",), "服务器不让这台机器或这个登录名连接", KEEPER, "permission"),
    (
        ("role ", "does not exist"),
        "服务器上没有这个登录名",
        "请在地址或服务文件里写 user=，或请管理员增加",
        "permission",
    ),
    (("database ", "does not exist"), "服务器上没有这个数据库", "请核对地址里的数据库名", "no_file"),
    (("translate host name",), "找不到服务器的主机名", "请核对地址里的主机名和网络", "io"),
    (("timeout expired",), f"服务器 {CONNECT_S} 秒没有应答", "请看网络是否通，再试一次", "io"),
    (
        ("connection refused", "no such file or directory"),
        "服务器没有开，或不在这个地址和端口上",
        f"请核对地址；{KEEPER}",
        "io",
    ),
    (("too many clients", "remaining connection slots"), "连服务器的人太多", "请稍候再试", "locked"),
    (("starting up", "shutting down", "recovery mode"), "服务器正在启动或关闭", "请稍候再试", "io"),
)
"""What libpq says, without a code, when there is no connection; what it is, what to do, our own code."""


def unconnected(error: Exception) -> Unusable:
    """Why there is no connection, as one Chinese line."""
    said = " ".join(str(error).split())
    low = said.lower()
    for signs, fact, remedy, code in OF_CONNECTING:
        found = all(sign in low for sign in signs) if signs[-1] == "does not exist" else any(s in low for s in signs)
        if found:
            return Unusable(fact, remedy, code=code)
    return Unusable(f"连不上服务器（{said[:160]}）", "请看网络和服务器是否正常，再试一次", code="io")


def unusable(error: Exception, place: Place) -> Unusable:
    """A server's error as one Chinese line with its remedy."""
    code = getattr(error, "pgcode", None) or ""
    said = " ".join(system_says(error).split())
    if code == "55P03":
        return Unusable("案件簿正被另一个操作占用", "请稍候再试", code="locked")
    if code in ("40001", "40P01"):
        return Unusable("案件簿刚才被另一个操作改动，这一次没有写入", "请再试一次", code="locked")
    if code == "57014":
        return Unusable(
            f"服务器 {STATEMENT_MS // 1000} 秒没有算完，已停下", "请缩小范围（时间、单位）再试", code="timeout"
        )
    if code in ("53100", "53200"):
        return Unusable("服务器磁盘或内存已满，没有写入", KEEPER, code="disk_full")
    if code == "25006":
        return Unusable("服务器只能读（备用机，或管理员设了只读），没有写入", KEEPER, code="permission")
    if code in ("42501", "28000", "28P01"):
        return Unusable("这个登录名没有做这一步的权限，没有写入", "请换有权的人做，或请管理员授权", code="permission")
    if code in ("3D000", "3F000"):
        return Unusable(f"服务器上没有案件簿 {place}", "请核对数据库名和局名", code="no_file")
    if code in ("42P01", "42703", "42883"):
        return Unusable(
            f"案件簿与本版本的结构不符（{said[:120]}）", "请管理员用 ⟦server.check⟧ 看缺什么", code="schema"
        )
    if not code or code.startswith(("08", "57P")):
        return Unusable("和服务器的连接断了，这一次没有写入", "请看网络和服务器是否正常，再试一次", code="io")
    return Unusable(f"服务器不接受这一步（{said[:160]}），没有写入", KEEPER, code="database")


class PostgresStore:
    """An office's book on a server."""

    errors: tuple[type[Exception], ...] = (psycopg2.Error,)
    share = ""
    """No file on a network share."""
    newly_shared = False

    def __init__(self, place: Place, conn: Connection) -> None:
        self.place = place
        self.conn = conn
        self._receipt = ""
        self._writing = False

    def begin(self, waits: Waits | None) -> None:
        """Take the office for writing: one row lock, no advisory ones."""
        self._writing = True
        at_most = BUSY_MS if waits is None else TELL_MS
        try:
            self._lock(at_most)
        except psycopg2.errors.LockNotAvailable:
            self.conn.rollback()
            if waits is None:
                raise
            waits(True)
            self._lock(BUSY_MS - TELL_MS)
        self._receipt = str(uuid.uuid4())

    def _lock(self, at_most: int) -> None:
        self.conn.begin(f"; SET LOCAL lock_timeout = {at_most}")
        found = _told(self.conn, self.conn.execute(f"{_META} WHERE one = 1 FOR UPDATE").fetchone())
        if self.conn.works_as:  # while this one waited it may have been moved, or upgraded
            _check_version(self.conn, *found)

    def commit(self) -> None:
        """Write for good. Where the answer is lost with the line, the receipt says whether it was written."""
        try:
            self.conn.commit_with(self._receipt)
            self._writing = False
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            if not self.conn.raw.closed:
                raise
            if not self._was_written(error):
                raise
            self._writing = False

    def _was_written(self, lost: Exception) -> bool:
        """Ask, over another line, once the server has let go of the office: until then both may still come true."""
        try:
            conn = connect(self.place)
            try:
                conn.begin(f"; SET LOCAL lock_timeout = {UNANSWERED_MS}")
                conn.execute("SELECT held FROM meta WHERE one = 1 FOR UPDATE")
                found = conn.execute("SELECT 1 FROM written WHERE token = ?", (self._receipt,)).fetchone()
                conn.rollback()
            except BaseException:
                conn.close()
                raise
            self.conn.go_on_over(conn)  # what is still to be read is read over that line
            return found is not None
        except (Unusable, psycopg2.Error):
            raise Unusable(
                "写入时和服务器的连接断了，不知道是否已经写入",
                "连上以后先用 ⟦undo⟧ ⟦.list⟧ 看，没有写入再做一次",
                code="unknown",
            ) from lost

    def rollback(self) -> None:
        self.conn.rollback()

    def unusable(self, error: Exception) -> Unusable:
        """In words; of what was being written and passes, Again."""
        said = unusable(error, self.place)
        code = getattr(error, "pgcode", None) or ""
        passes = code in ("40001", "40P01", "23505") or code.startswith(("08", "57P")) or bool(self.conn.raw.closed)
        return Again(said.message, said.hint, code=said.code) if self._writing and passes else said

    def close(self) -> None:
        self.conn.close()


def reached(place: Place) -> bool:
    """Whether the server has the database of an address."""
    try:
        connect(place).close()
    except Unusable as error:
        if error.code == "no_file":
            return False
        raise
    return True


def connect(place: Place, **instead: str) -> Connection:
    """A connection to the office's server; it does not wait for ever."""
    if not instead and (kept := waiting(place.address)) is not None:
        return kept
    if place.address in AWAY:
        raise AWAY[place.address]
    try:
        conn = connected(address_of(place.address), **instead)
    except Unusable as error:
        if error.code == "io":
            AWAY[place.address] = error
        raise
    conn.kept_as = "" if instead else place.address
    return conn


def connected(address: Address, **instead: str) -> Connection:
    """A connection to what an address names, new and for this one use."""
    said = {"connect_timeout": CONNECT_S, **ALIVE, **with_defaults(address.told), **instead}
    try:
        raw = psycopg2.connect(**said, application_name="xinfang", client_encoding="UTF8")
    except (psycopg2.Error, UnicodeDecodeError) as error:
        raise unconnected(error) from error
    return Connection(raw, address.office or "pg_catalog")


def meta_of(conn: Connection) -> tuple[int, int]:
    """The version of the office's tables, and the oldest one whose programs may work on them; Unusable where there is no
    such office, or it went elsewhere."""
    if (found := _meta(conn)) is None:
        raise Unusable(f"服务器上没有「{conn.office}」的案件簿", "请核对局名；新建用 ⟦server.init⟧", code="no_file")
    return found


# The oldest is not named as a column: the first offices had none.
_META = "SELECT version, application, to_json(m)->>'oldest' FROM main.meta m"


def _meta(conn: Connection) -> tuple[int, int] | None:
    try:
        found = conn.execute(_META).fetchone()
    except (psycopg2.errors.UndefinedTable, psycopg2.errors.InvalidSchemaName):
        return None
    return _told(conn, found)


def _told(conn: Connection, found: tuple[int, str, str | None]) -> tuple[int, int]:
    version, application, oldest = found
    if application.startswith(MOVED):
        where = application.removeprefix(MOVED)
        raise Unusable(f"「{conn.office}」的案件簿已搬到 {where}", "请用 ⟦.db⟧ 写那里", code="moved")
    return int(version), int(oldest or version)


def exists(place: Place) -> bool:
    conn = connect(place)
    try:
        return _meta(conn) is not None
    except psycopg2.Error as error:
        raise unusable(error, place) from error
    finally:
        conn.close()


def open_store(place: Place) -> Store:
    conn = connect(place)
    try:
        if conn.works_as != version():
            _check_version(conn, *meta_of(conn))
    except psycopg2.Error as error:
        conn.close()
        raise unusable(error, place) from error
    except BaseException:
        conn.close()
        raise
    return PostgresStore(place, conn)


def _check_version(conn: Connection, there: int, oldest: int) -> None:
    """Unusable (exit 3) of an office of another version; the next one is worked on where it lets the programs before it."""
    here = version()
    conn.ahead = there == here + 1 and oldest <= here
    if there != here and not conn.ahead:
        raise Unusable(
            f"服务器上的案件簿是第 {there} 版，本程序是第 {here} 版",
            NEWER if there > here else UPGRADE,
            code="newer" if there > here else "schema",
        )
    conn.works_as = here


def peek_setting(place: Place, key: str) -> str | None:
    """One setting of a book; None if unset or unreadable, or if no office is named."""
    if not server_of(place.address).office:
        return None
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
def new_store(place: Place) -> Iterator[Store]:
    """A new office to be filled; AlreadyThereError if one is there. It is taken out again when filling fails."""
    conn = connect(place)
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


@contextmanager
def arriving(place: Place) -> Iterator[Store]:
    """A new office to be filled inside one transaction, its tables made in it too: killed at any moment, none is there."""
    conn = connect(place)
    store = PostgresStore(place, conn)
    try:
        conn.begin("; SET LOCAL statement_timeout = 0")
        make(conn.raw, conn.quoted)
        yield store
        conn.commit()
    except psycopg2.errors.DuplicateSchema:
        raise AlreadyThereError from None
    except psycopg2.Error as error:
        raise unusable(error, place) from error
    finally:
        conn.close()


@contextmanager
def leaving(place: Place, waits: Waits | None) -> Iterator[tuple[Store, Callable[[str], str]]]:
    """An office locked against other writers; after closing it stays in place and records where it moved."""
    store = open_store(place)
    assert isinstance(store, PostgresStore)
    try:
        store.begin(waits)
        if not store.conn.execute("SELECT is_owner()").fetchone()[0]:  # asked first: at the end it would be too late
            raise Unusable("只有管理员能把案件簿搬走，没有搬", "请管理员用自己的登录名做", code="permission")

        def close(where: str) -> str:
            store.conn.execute("UPDATE meta SET application = ?", (f"{MOVED}{where}",))
            store.commit()
            return str(place)

        yield store, close
    except psycopg2.Error as error:
        raise unusable(error, place) from error
    finally:
        store.close()
