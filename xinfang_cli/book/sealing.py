"""Seals for rows without an event: a `kept` event holds them or their digest.

A case's number stands in its registration; one event holds all numbers given by an import, or by versions that did not
record them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from json import dumps, loads
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.chain import sha256
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.event import Event

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen
    from xinfang_cli.book.engine import Conn

ROWS = {
    "view": ("保存的列表", "views", "name", "name, words, made_by"),
    "mapping": ("对照方案", "mappings", "name", "name, headings, fields, kept_at, more"),
    "receipt": ("导入回执", "receipts", "command_id", "command_id, body"),
}
"""What is kept row by row → what it is called, its table, its key, what its digest covers."""
_DOCKET = "SELECT id, case_no, year, serial, sheet_no, fingerprint FROM docket"
_KEPT = """SELECT e.body, t.body FROM events e LEFT JOIN texts t ON t.event_id = e.id
WHERE e.case_id IS NULL AND e.kind = 'kept' AND json_extract(e.body, '$.what') = ? ORDER BY e.id"""


class Run(NamedTuple):
    """Consecutive cases with consecutive numbers: id and number of the first, count."""

    first: int
    case_no: str
    many: int

    def numbers(self) -> Iterator[tuple[int, str]]:
        """(id, number) of each case of the run, in order."""
        head, dash, serial = self.case_no.rpartition("-")
        for n in range(self.many):
            yield self.first + n, f"{head}{dash}{int(serial) + n:0{len(serial)}d}"


def _append(pen: Pen, what: str, **said: Any) -> None:
    pen.append(None, Event("kept", date.fromisoformat(pen.recorded_at[:10]), {"what": what, **said}))


def _digest(rows: Iterable[Iterable[Any]]) -> str:
    made = sha256()(b"")
    for row in rows:
        made.update(dumps([value.hex() if isinstance(value, bytes) else value for value in row]).encode())
    return made.hexdigest()


def _runs(rows: Iterable[tuple[Any, ...]]) -> list[Run]:
    made: list[Run] = []
    first, first_no, many, next_id, next_no = 0, "", 0, 0, ""
    for id, case_no, *_ in rows:
        if id != next_id or case_no != next_no:
            if many:
                made.append(Run(first, first_no, many))
            first, first_no, many = id, case_no, 0
        many += 1
        head, dash, serial = case_no.rpartition("-")
        next_id, next_no = id + 1, f"{head}{dash}{int(serial) + 1:0{len(serial)}d}" if serial.isdigit() else ""
    if many:
        made.append(Run(first, first_no, many))
    return made


def seal_numbers(conn: Conn, pen: Pen, first: int) -> None:
    """Seal the numbers of the cases from an id on, and their fingerprints for later imports."""
    sql = f"{_DOCKET} WHERE id >= ? ORDER BY id"  # read twice: a million rows are not held
    runs = _runs(conn.execute(sql, (first,)))
    if runs:
        last, digest = runs[-1].first + runs[-1].many - 1, _digest(conn.execute(sql, (first,)))
        _append(pen, "docket", last=last, runs=[list(run) for run in runs], digest=digest)


def seal_row(conn: Conn, pen: Pen, what: str, key: str | int) -> None:
    """Seal the present content of a row, or its removal."""
    _, table, column, columns = ROWS[what]
    row = conn.execute(f"SELECT {columns} FROM {table} WHERE {column} = ?", (key,)).fetchone()
    _append(pen, what, name=str(key), row=None if row is None else _digest([row]))


def seal_serials(conn: Conn, pen: Pen) -> None:
    """Say the last number of each year, where more was spent than the cases and such an event tell."""
    known = spent(conn)
    more = {
        str(year): last for year, last in conn.execute("SELECT year, last FROM serials") if last > known.get(year, 0)
    }
    if more:
        _append(pen, "serials", last=more)


def seal_all(conn: Conn, pen: Pen) -> None:
    """Close a book of a version in which nothing of this was said: everything as it is now."""
    if conn.execute("SELECT 1 FROM events WHERE case_id IS NULL AND kind = 'kept' LIMIT 1").fetchone():
        return
    seal_numbers(conn, pen, 1)
    seal_serials(conn, pen)
    for what, (_, table, column, _) in ROWS.items():
        for (key,) in conn.execute(f"SELECT {column} FROM {table} ORDER BY {column}").fetchall():
            seal_row(conn, pen, what, key)
    seal_looks(conn, pen)


def seal_looks(conn: Conn, pen: Pen) -> None:
    """Say what the access log of earlier versions holds."""
    looks = conn.execute("SELECT * FROM access_log ORDER BY id").fetchall()
    if looks:
        _append(pen, "access_log", rows=len(looks), digest=_digest(looks))


def seal_rest(conn: Conn, pen: Pen, numbers_from: int | None = None) -> None:
    """Seal everything carried into a book without its event: numbers from a case on or not yet sealed, kept rows, spent
    numbers.
    """
    unsaid = [case_id for case_id, number in proven_numbers(conn) if number is None]
    first = min((id for id in (numbers_from, *unsaid[:1]) if id is not None), default=None)
    if first is not None:
        seal_numbers(conn, pen, first)
    pen.flush()
    for what, (_, table, column, columns) in ROWS.items():
        said = {one["name"]: one.get("row") for one in _said(conn, what)}
        for key, *row in conn.execute(f"SELECT {column}, {columns} FROM {table}").fetchall():
            if said.get(str(key)) != _digest([row]):
                seal_row(conn, pen, what, key)
    seal_serials(conn, pen)


# ---- held against what is stored --------------------------------------------------------------------------------


def _said(conn: Conn, what: str) -> Iterator[dict[str, Any]]:
    for body, text in conn.execute(_KEPT, (what,)).fetchall():
        yield loads(body) | (loads(text) if text else {})


def spent(conn: Conn) -> dict[int, int]:
    """The last number of each year, as the cases and the events tell it."""
    found: dict[int, int] = dict(
        conn.execute("SELECT year, max(serial) FROM docket GROUP BY year ORDER BY year").fetchall()
    )
    for said in _said(conn, "serials"):
        for year, last in said["last"].items():
            found[int(year)] = max(last, found.get(int(year), 0))
    return found


def check_numbers_given(conn: Conn) -> Iterator[str]:
    """Years with a next number already given, or with skipped numbers, in words."""
    kept, used = dict(conn.execute("SELECT year, last FROM serials").fetchall()), spent(conn)
    for year in sorted(kept.keys() | used.keys()):
        if kept.get(year, 0) != used.get(year, 0):
            yield f"{year} 年的末号记为 {kept.get(year, 0)}，实际已用到 {used.get(year, 0)}"


def proven_numbers(conn: Conn) -> Iterator[tuple[int, str | None]]:
    """(case id, its number as the events have it, None where none has it) of every registration, by case."""
    runs: list[Run] = sorted(Run(*run) for said in _said(conn, "docket") for run in said["runs"])
    of_runs = (pair for run in runs for pair in run.numbers())
    next_id, next_no = next(of_runs, (0, ""))
    for case_id, number in conn.execute(
        "SELECT case_id, json_extract(body, '$.case_no') FROM events WHERE kind = 'register' ORDER BY case_id"
    ):
        while next_no and next_id < case_id:
            next_id, next_no = next(of_runs, (0, ""))
        yield case_id, number or (next_no if next_id == case_id else None)


def check_case_numbers(conn: Conn) -> Iterator[str]:
    """Cases with another number than they were given, in words; also what an import knows them again by."""
    rows = conn.execute(f"{_DOCKET} ORDER BY id")
    row, shown = next(rows, None), 0
    for case_id, number in proven_numbers(conn):
        while row is not None and row[0] < case_id:
            row = next(rows, None)
        if row is None or row[0] != case_id or shown >= 20:  # without a row: `docket` names it
            continue
        if number is None:
            yield f"{row[1]} 的编号没有事件证明"
        elif row[1] != number:
            yield f"{row[1]} 登记时的编号是 {number}"
        shown += number != row[1]
    covered: list[tuple[int, int]] = []
    for said in _said(conn, "docket"):
        first, last = said["runs"][0][0], said["last"]
        covered.append((first, last))
        within = conn.execute(f"{_DOCKET} WHERE id BETWEEN ? AND ? ORDER BY id", (first, last))
        if not shown and _digest(within) != said["digest"]:
            yield f"第 {first} 至 {last} 号件（编号簿）的原表编号、导入标记或序号与记录时不符"
    free = " AND ".join(f"id NOT BETWEEN {first} AND {last}" for first, last in covered) or "true"
    for (number,) in conn.execute(
        f"SELECT case_no FROM docket WHERE (sheet_no IS NOT NULL OR fingerprint IS NOT NULL) AND {free} LIMIT 20"
    ):
        yield f"{number} 的原表编号或导入标记没有事件证明"


def check_kept_rows(conn: Conn) -> Iterator[str]:
    """Lists, profiles and receipts that are otherwise than the events say, in words."""
    for what, (called, table, column, columns) in ROWS.items():
        sealed = {said["name"]: said.get("row") for said in _said(conn, what)}
        there = {str(key): _digest([row]) for key, *row in conn.execute(f"SELECT {column}, {columns} FROM {table}")}
        for name in sorted(sealed.keys() | there.keys()):
            if sealed.get(name) != there.get(name):
                how = "没有登记过" if sealed.get(name) is None else "不见了" if name not in there else "与保存时不符"
                yield f"{called} {name} {how}"


def check_old_looks(conn: Conn) -> Iterator[str]:
    """The access log of earlier versions otherwise than it was when the book was brought to this one, or purged, in words."""
    looks = conn.execute("SELECT * FROM access_log ORDER BY id").fetchall()
    *_, said = ({"rows": 0, "digest": _digest(())}, *_said(conn, "access_log"))
    if (len(looks), _digest(looks)) != (said["rows"], said["digest"]):
        yield f"升级前的查阅记录应有 {said['rows']} 条，现有 {len(looks)} 条或内容不符"


def put_numbers_right(conn: Conn) -> None:
    """Give each case the number that the events prove."""
    stored = {id: tuple(row) for id, *row in conn.execute("SELECT id, case_no, year, serial FROM docket")}
    wrong = []
    for case_id, number in proven_numbers(conn):
        if number is not None and case_id in stored:
            head, _, serial = number.rpartition("-")
            right = (number, int(head[-4:]), int(serial))
            if stored[case_id] != right:
                wrong.append((*right, case_id))
    conn.executemany("UPDATE docket SET case_no = '?' || id WHERE id = ?", [(row[-1],) for row in wrong])
    conn.executemany("UPDATE docket SET case_no = ?, year = ?, serial = ? WHERE id = ?", wrong)
    conn.execute(
        "UPDATE docket SET sheet_no = NULL, fingerprint = NULL WHERE (sheet_no IS NOT NULL OR fingerprint IS NOT NULL) "
        "AND id IN (SELECT case_id FROM events WHERE kind = 'register' AND json_extract(body, '$.case_no') IS NOT NULL)"
    )
    used = spent(conn)
    conn.execute("DELETE FROM serials")
    conn.executemany("INSERT INTO serials VALUES (?, ?)", sorted(used.items()))
