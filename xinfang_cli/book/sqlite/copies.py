"""Copies of a book beside it or in a folder: names, contents, rotation."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from xinfang_cli.book import chain, checking
from xinfang_cli.book.engine import Along, Copy
from xinfang_cli.book.sqlite.connection import Connection
from xinfang_cli.book.sqlite.copying import backup, reading
from xinfang_cli.book.sqlite.schema import APPLICATION_ID
from xinfang_cli.errors import Unusable, system_says

ASIDE = 3
"""So many copies of one kind that the program made by itself stay beside the book."""
KINDS = ("backup", "before-import", "before-upgrade", "before-repair", "before-restore")


def name_of(path: Path, what: str, moment: str) -> str:
    """信访.db → 信访.before-import-20230717T103000.db, by this machine's clock."""
    local = datetime.fromisoformat(moment).astimezone().strftime("%Y%m%dT%H%M%S")
    return f"{path.stem}.{what}-{local}{path.suffix}"


def set_aside(
    conn: Connection,
    path: Path,
    what: str,
    moment: str,
    folder: Path | None = None,
    *,
    sound: bool = True,
    along: Along | None = None,
) -> Copy:
    """Copy a book under the name of the moment, beside itself or into a folder; OSError when it cannot be written."""
    folder = folder or path.parent
    wanted = folder / name_of(path, what, moment)
    target, n = wanted, 2
    while target.exists():
        target = wanted.with_stem(f"{wanted.stem}-{n}")
        n += 1
    try:
        backup(conn, target, sound=sound, along=along)
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from error
    found = look(target)
    if found is None or (sound and not found.verified):
        raise OSError(f"写完再读，与原件不符：{'' if found is None else found.why}")
    return found


def before_upgrade(path: Path) -> Path:
    """Copy a book as an earlier version left it; Unusable when that cannot be done, and then it stays as it is."""
    try:
        with closing(reading(path)) as conn:
            made = set_aside(conn, path, "before-upgrade", datetime.now(UTC).isoformat(timespec="seconds")).file
    except (OSError, sqlite3.Error) as error:
        raise Unusable(
            f"案件簿 {path} 是旧版本的，升级前的副本写不下来（{system_says(error)}），没有升级",
            "请看文件夹能否写入、磁盘是否已满",
            code="backup",
        ) from error
    rotate(path, "before-upgrade", ASIDE)
    return made


def rotate(path: Path, what: str, keep: int, folder: Path | None = None) -> list[Path]:
    """Remove the oldest copies of one kind beyond `keep`; those removed.

    Only copies of what this very book still holds: after a loss, or beside another book, the others stay.
    """
    pattern = _pattern(path, what)
    named = [file for file in _files(folder or path.parent) if pattern.fullmatch(file.name)]
    ours: list[tuple[int, str, Path]] = []
    with closing(reading(path)) as book:
        for file in named:
            with suppress(sqlite3.Error), closing(reading(file, still=True)) as conn:
                events, head = chain.head(conn)
                if chain.head_at(book, events) == head:
                    ours.append((events, file.stem, file))  # the oldest is the one that holds least
    gone: list[Path] = []
    for *_, file in sorted(ours)[: max(0, len(ours) - keep)]:
        with suppress(OSError):  # somebody reads it: next time
            file.unlink()
            gone.append(file)
            Path(f"{file}.key").unlink(missing_ok=True)
    return gone


def made_since(path: Path, what: str, moment: str, folder: Path) -> bool:
    """Whether a folder has a copy of one kind dated by its name at or after that moment."""
    first = name_of(path, what, moment).removesuffix(path.suffix)
    pattern = _pattern(path, what)
    return any(pattern.fullmatch(file.name) and file.name[: len(first)] >= first for file in _files(folder))


def _pattern(path: Path, what: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(path.stem)}\.{what}-\d{{8}}T\d{{6}}(?:-\d+)?{re.escape(path.suffix)}")


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.is_file())
    except OSError:
        return []


def beside(path: Path) -> list[Copy]:
    """The copies that the program, or a restore, put beside a book."""
    pattern = re.compile(rf"{re.escape(path.stem)}\.(?:{'|'.join(KINDS)})-[\dT]+(?:-\d+)?{re.escape(path.suffix)}")
    return _looked(file for file in _files(path.parent) if pattern.fullmatch(file.name))


def within(folder: Path, path: Path) -> list[Copy]:
    """The books in a folder, but for the one at `path`."""
    return _looked(file for file in _files(folder) if not (path.exists() and file.samefile(path)))


def _looked(files: Iterable[Path]) -> list[Copy]:
    found = [look(file) for file in files]
    return [copy for copy in found if copy is not None]


def look(file: Path) -> Copy | None:
    """The contents and soundness of a copy, read in place; None for a file that is no book."""
    made_at = datetime.fromtimestamp(file.stat().st_mtime).astimezone().isoformat(timespec="seconds")
    try:
        if file.stat().st_size < 512 or not _is_database(file):
            return None
        with closing(reading(file, still=True)) as conn:
            if conn.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                return None
            return _held(conn, file, made_at)
    except (sqlite3.Error, OSError, ValueError) as error:
        return Copy(file, made_at, None, None, None, None, False, system_says(error))


def _is_database(file: Path) -> bool:
    with file.open("rb") as head:
        return head.read(16) == b"SQLite format 3\0" or Path(f"{file}.key").exists()


def _held(conn: Connection, file: Path, made_at: str) -> Copy:
    problem = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    events, head, broken = checking.walk_chain(conn)
    why = "" if problem == "ok" else f"SQLite：{problem}"
    if broken:
        why = f"第 {broken[0].event_id} 号事件：{broken[0].why}"
    cases = conn.execute("SELECT count(*) FROM cases").fetchone()[0]
    last = conn.execute(
        "SELECT c.recorded_at FROM events e JOIN commands c ON c.id = e.command_id ORDER BY e.id DESC LIMIT 1"
    ).fetchone()
    return Copy(file, made_at, cases, events, last[0] if last else None, head, not why, why)


def holds_texts(file: Path, case_ids: list[int], event_ids: list[int]) -> bool:
    """Whether texts of some cases, or of single events, stand in a copy; one that cannot be read is taken to hold them."""
    try:
        with closing(reading(file, still=True)) as conn:
            return any(
                conn.execute(
                    "SELECT 1 FROM events e JOIN texts t ON t.event_id = e.id "
                    f"WHERE e.{column} IN (SELECT value FROM json_each(?)) AND t.salt <> x'' LIMIT 1",
                    (json.dumps(ids),),
                ).fetchone()
                for column, ids in (("case_id", case_ids), ("id", event_ids))
            )
    except sqlite3.Error:
        return True
