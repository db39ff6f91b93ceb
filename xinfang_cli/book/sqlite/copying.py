"""A book copied and brought back: a copy is checked where it stands, and nobody writes between the two halves."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from xinfang_cli.book import chain, sealing
from xinfang_cli.book.engine import Along, Lacking, Restored, Waits
from xinfang_cli.book.sqlite.connecting import connect, copy
from xinfang_cli.book.sqlite.connection import Connection
from xinfang_cli.book.sqlite.opening import BUSY_MS, SQLiteStore, making, open_store, unusable
from xinfang_cli.book.sqlite.placing import locked, publish_new, publish_over, write_ahead
from xinfang_cli.book.sqlite.schema import APPLICATION_ID
from xinfang_cli.errors import Unusable
from xinfang_cli.files import BESIDE, make_folder, placed, without_overwriting
from xinfang_cli.login import os_user


def backup(conn: Connection, target: Path, *, sound: bool = True, along: Along | None = None) -> tuple[int, str]:
    """Copy the book as it stands, through SQLite's backup API; (number of events, head) of the copy, read back from it.

    Readable by its owner only. Appears under its name when it is whole, its key and what else goes `along` beside it
    already; OSError or sqlite3.Error when it cannot, or when a copy that is to be `sound` is not.
    """
    with placed(target, publish=publish_over) as made:
        found = _copy(conn, made)
        if along is not None:
            along(target)
        _key_along(conn, target)
    with closing(reading(target, still=True)) as copy:
        problem = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if (sound and problem != "ok") or chain.head(copy) != found:
            raise OSError(f"写完再读，与原件不符：{problem}")
    return found


def _copy(conn: Connection, made: Path) -> tuple[int, str]:
    with closing(connect(made)) as target:
        conn.execute("BEGIN")  # a snapshot: waits for a lock no longer than a command does
        try:
            conn.execute("SELECT 1 FROM sqlite_master").fetchone()
            copy(conn, target, made)
        finally:
            conn.execute("COMMIT")
    with closing(connect(made)) as target:
        target.execute("PRAGMA journal_mode=DELETE")  # so that it can be read from a folder that cannot be written
        return chain.head(target)


def _key_along(conn: Connection, target: Path) -> None:
    """Beside a copy of an encrypted book stands its key too."""
    (_, _, source) = conn.execute("PRAGMA database_list").fetchone()
    key = Path(f"{source}.key")
    if not isinstance(conn, sqlite3.Connection) and key.exists():
        with placed(Path(f"{target}.key")) as made:
            made.write_bytes(key.read_bytes())


def reading(path: Path, *, still: bool = False) -> Connection:
    """A read-only book. With `still`, one without writers: nothing is made beside it, so that a read-only folder or
    disk will do.
    """
    alone = still and not any(Path(f"{path}{end}").exists() for end in BESIDE)
    options = "immutable=1" if alone else "mode=ro"
    return connect(path, options, timeout=BUSY_MS / 1000, isolation_level=None)


def lacking(path: Path, source: Path) -> Lacking:
    """Content of the book at this path missing in a backup; Unusable if either cannot be read."""
    try:
        with closing(reading(path)) as old, closing(reading(source, still=True)) as new:
            return _lacking(old, new)
    except sqlite3.Error as error:
        raise unusable(error, path) from error


def _lacking(old: Connection, new: Connection) -> Lacking:
    there = chain.head(old)
    first = _beginning(old, new)
    same = new.execute("SELECT 1 FROM events WHERE id > ? AND kind <> 'kept'", (first,)).fetchone() is None
    first = first if same else 0
    cases, publications, looks = old.execute(  # a look, that of the backup itself too, is nothing to be entered again
        "SELECT count(*) FILTER (WHERE kind = 'register'), count(*) FILTER (WHERE kind = 'publish'), "
        "count(*) FILTER (WHERE kind IN ('access', 'kept')) FROM events WHERE id > ?",
        (first,),
    ).fetchone()
    since = old.execute(
        "SELECT c.recorded_at FROM events e JOIN commands c ON c.id = e.command_id WHERE e.id > ? "
        "AND e.kind NOT IN ('access', 'kept') ORDER BY e.id LIMIT 1",
        (first,),
    ).fetchone()
    return Lacking(same, cases, there[0] - first - looks, publications, None if since is None else since[0])


def restore(
    source: Path,
    path: Path,
    check: Callable[[SQLiteStore], None],
    refill: Callable[[SQLiteStore], object],
    waits: Waits | None,
    carry: Callable[[SQLiteStore, Connection, int, Callable[[], chain.Pen]], object] | None = None,
    anew: Callable[[SQLiteStore, Connection, Callable[[], chain.Pen]], object] | None = None,
) -> Restored:
    """Put a copy of a backup where the book is, once `check` found nothing wrong with it; the backup itself stays as it is.

    What was there stays beside it under another name. A whole book is locked from before it is copied aside until it is
    overwritten, through SQLite: what another terminal was told is done stands in one or the other. Numbers that it spent
    stay spent; `carry` may take over what it recorded since, `anew` does again what it did to what both have. A damaged one is moved aside as it is.
    """
    kept: Path | None = None
    lost: Lacking | None = None

    def publish(made: Path, _: Path) -> None:
        nonlocal kept, lost
        if path.exists():
            kept = _free_name(path)
            try:
                lost = _overwrite(made, path, kept, waits, carry, anew)
                return
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                kept.unlink(missing_ok=True)
                path.replace(kept)
                for end in BESIDE:
                    if Path(f"{path}{end}").exists():
                        Path(f"{path}{end}").replace(f"{kept}{end}")
        publish_new(made, path)

    with making(path):
        make_folder(path.parent)
        if path.exists():
            connect(path).close()  # of an encrypted one the key: what takes its place is encrypted with it
    with making(path), placed(path, publish=publish) as made:
        try:
            with closing(reading(source, still=True)) as conn:
                if path.exists() and isinstance(conn, sqlite3.Connection) < is_plain(path):
                    raise Unusable(
                        f"备份 {source} 是加密的，案件簿没有加密",
                        "请先加密案件簿：⟦encrypt⟧；或用 ⟦.db⟧ 恢复到别处",
                        code="encrypted",
                    )
                if conn.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                    raise Unusable(f"{source} 不是本程序的案件簿", "请核对备份的文件名", code="not_a_book")
                _copy(conn, made)
                if not path.exists():
                    _key_along(conn, path)
        except sqlite3.Error as error:
            raise unusable(error, source) from error
        with closing(open_store(made, refill)) as store:
            check(store)
            store.conn.execute("PRAGMA journal_mode=DELETE")
    write_ahead(path)
    with closing(reading(path)) as conn:
        events, head = chain.head(conn)
    return Restored(events, head, kept, lost)


def is_plain(path: Path) -> bool:
    """Whether a file is an ordinary SQLite database."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def _overwrite(
    made: Path,
    path: Path,
    kept: Path,
    waits: Waits | None,
    carry: Callable[[SQLiteStore, Connection, int, Callable[[], chain.Pen]], object] | None,
    anew: Callable[[SQLiteStore, Connection, Callable[[], chain.Pen]], object] | None,
) -> Lacking:
    connected = connect(made, isolation_level=None)
    with locked(path, waits) as old, closing(connected) as new:
        with placed(kept, publish=without_overwriting) as aside:
            _copy(old, aside)
        _key_along(old, kept)
        lost = _lacking(old, new)
        new.execute("BEGIN")
        if carry is not None and lost.same and lost.events:
            carry(SQLiteStore(path, new), old, _beginning(old, new), _restoring(new))
        if anew is not None:
            anew(SQLiteStore(path, new), old, _restoring(new))
        new.executemany(
            "INSERT INTO serials VALUES (?, ?) ON CONFLICT(year) DO UPDATE SET last = max(last, excluded.last)",
            old.execute("SELECT year, last FROM serials").fetchall(),
        )
        pen = _restoring(new)()
        sealing.seal_serials(new, pen)
        pen.flush()
        new.execute("COMMIT")
        new.backup(old)
    return lost


def _restoring(conn: Connection) -> Callable[[], chain.Pen]:
    return lambda: chain.Pen(conn, "restore", os_user(), datetime.now(UTC).isoformat(timespec="seconds"))


def _beginning(old: Connection, new: Connection) -> int:
    """With how many events two books begin alike."""
    alike, more = 0, min(chain.head(new)[0], chain.head(old)[0])
    while alike < more:
        middle = (alike + more + 1) // 2
        if chain.head_at(new, middle) == chain.head_at(old, middle):
            alike = middle
        else:
            more = middle - 1
    return alike


def wipe(path: Path, waits: Waits | None) -> None:
    """Rewrite the whole book (VACUUM) to remove every deleted byte from it and its log; Unusable while another process
    uses it.
    """
    try:
        with locked(path, waits) as conn:
            clean(conn)
    except sqlite3.Error as error:
        raise unusable(error, path) from error
    write_ahead(path)


def clean(conn: sqlite3.Connection) -> None:
    """The same of an open book that keeps no write-ahead log."""
    conn.execute("PRAGMA secure_delete=ON")
    conn.execute("VACUUM")


def _free_name(path: Path) -> Path:
    number = 1
    while (kept := path.with_name(f"{path.stem}.before-restore-{number}{path.suffix}")).exists():
        number += 1
    return kept
