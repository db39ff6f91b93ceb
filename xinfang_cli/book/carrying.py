"""Carry over what a book recorded after its backup into the restored copy: same texts, authors and moments; the law
checks each event of a case again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from json import dumps, loads
from typing import Any

from xinfang_cli.book import checking, sealing
from xinfang_cli.book.chain import COMMAND_COLUMNS, PUT_HEAD, Command, Pen, head, link, sha256
from xinfang_cli.book.engine import Conn
from xinfang_cli.book.face import Book
from xinfang_cli.book.sql.events import decode
from xinfang_cli.errors import Refused, XinfangError
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.decide import decide, replay_checked
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.events.registry import EVENT, OFFICE_EVENT
from xinfang_cli.law.fold import fold

_NEWER = """SELECT e.id, e.case_id, e.seq, e.kind, e.on_day, e.command_id, e.body, e.text_hash, e.prev, t.salt, t.body
FROM events e LEFT JOIN texts t ON t.event_id = e.id WHERE e.id > ? ORDER BY e.id"""
OF_SHEETS = frozenset({"import", "collect"})


class Left(NamedTuple):
    """An event that could not be carried over: case (empty: the office), kind, day, reason."""

    case_no: str
    what: str
    on: str
    why: str


class Carried(NamedTuple):
    """The result of carrying over: events, cases, and events left behind."""

    events: int
    cases: int
    left: tuple[Left, ...]


class _Stopped(Exception):
    pass


def carry(book: Book, old: Conn, after: int, today: date, pen_of: Callable[[], Pen]) -> Carried:
    """Append to a restored book everything its successor recorded after the first `after` events, in the caller's
    transaction.
    """
    return _Carrier(book, old, today).run(after, pen_of)


class _Carrier:
    def __init__(self, book: Book, old: Conn, today: date) -> None:
        self.book, self.conn, self.old, self.today = book, book.conn, old, today
        count, digest = head(self.conn)
        self.next_id, self.head = count + 1, bytes.fromhex(digest)
        self.numbers: dict[int, str] = dict(old.execute("SELECT id, case_no FROM docket").fetchall())
        self.ids: dict[int, int] = {}
        self.commands: dict[int, Command] = {}
        self.made: dict[int, Command] = {}
        self.events: dict[int, list[Event]] = {}
        self.left: list[Left] = []
        self.stopped: set[int] = set()
        self.seal_from: int | None = None
        self.carried = 0
        self.cases: set[int] = set()

    def run(self, after: int, pen_of: Callable[[], Pen]) -> Carried:
        last: tuple[Any, ...] | None = None
        try:
            for row in self._sound(after):
                last = row
                self._one(row)
        except _Stopped as stop:
            remaining = self.old.execute("SELECT count(*) FROM events WHERE id > ?", (last[0] if last else after,))
            self.left.append(Left("", f"其后 {remaining.fetchone()[0]} 个事件", "", str(stop)))
        self.conn.execute(PUT_HEAD, (self.next_id - 1, self.head))
        self._kept_rows()
        pen = pen_of()
        sealing.seal_rest(self.conn, pen, self.seal_from)
        pen.flush()
        self.book.forget_code()
        self.book.keeping.repair()
        return Carried(self.carried, len(self.cases), tuple(self.left))

    def _sound(self, after: int) -> Iterator[tuple[Any, ...]]:
        """The newer events as far as the chain proves them."""
        columns = checking.columns_of_commands(self.old)
        prev: bytes | None = None
        for row in self.old.execute(_NEWER, (after,)):
            id, case_id, seq, kind, on, command_id, body, text_hash, was, *_ = row
            if prev is not None and was != prev:
                raise _Stopped("事件链从这里断了")
            if command_id not in self.commands:
                found = self.old.execute(f"SELECT id, {columns} FROM commands WHERE id = ?", (command_id,)).fetchone()
                if found is None:
                    raise _Stopped("记下它的操作不见了")
                self.commands[command_id] = Command(*found)
            digest = self.commands[command_id].digest()
            prev = link(was, f"{id}\x1f{case_id}\x1f{seq}\x1f{kind}\x1f{on}\x1f{digest}\x1f{body}", text_hash)
            yield row
        if prev is not None and prev.hex() != head(self.old)[1]:
            raise _Stopped("链尾与记录的链头不符")

    def _one(self, row: Sequence[Any]) -> None:
        _id, case_id, seq, kind, on, command_id, body, text_hash, _, salt, text = row
        try:
            if case_id in self.stopped:
                raise Refused("前面有一条没有补", "", code="left")
            if text is not None and salt and sha256()(salt + text.encode()).digest() != text_hash:
                raise Refused("文字与哈希不符", "", code="text")
            event = decode(kind, on, body, text, seq, 0)
            if case_id is None:
                body = self._of_office(event, body, command_id)
                if body is None:
                    return
            else:
                self._of_case(case_id, event, self.commands[command_id])
        except (XinfangError, ValueError, KeyError, AssertionError) as error:
            label = (EVENT if case_id is not None else OFFICE_EVENT).labels.get(kind, kind)
            why = getattr(error, "said", "") or f"读不懂（{type(error).__name__}）"
            self.left.append(Left(self.numbers.get(case_id, ""), label, on, why))
            if case_id is not None:
                self.stopped.add(case_id)
            return
        self._append(row, body, event)

    def _append(self, row: Sequence[Any], body: str, event: Event) -> None:
        id, case_id, seq, kind, on, command_id, _, text_hash, _, salt, text = row
        new = self.next_id
        command, digest = self._command(command_id)
        self.conn.execute(
            "INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?)",
            (new, case_id, seq, kind, on, command, body, text_hash, self.head),
        )
        if text is not None:
            self.conn.execute("INSERT INTO texts VALUES (?, ?, ?)", (new, salt, text))
        self.head = link(self.head, f"{new}\x1f{case_id}\x1f{seq}\x1f{kind}\x1f{on}\x1f{digest}\x1f{body}", text_hash)
        self.ids[id], self.next_id = new, new + 1
        self.carried += 1
        if case_id is not None:
            event.id = new
            self.events[case_id].append(event)
            self.cases.add(case_id)
        elif kind in ("unit", "setting", "workdays", "revoke"):
            self.book.units.put_right(checking.proven_units(self.conn))
            self.book.forget_code()

    def _command(self, old_id: int) -> tuple[int, str]:
        """The new command of an old event: entered with its first event, under its old number if that is free."""
        command = self.commands[old_id]
        if self.ids.get(-old_id) is None:
            free = self.conn.execute("SELECT coalesce(max(id), 0) FROM commands").fetchone()[0] + 1
            part_of = None if command.part_of is None else self.ids.get(-command.part_of, command.part_of)
            command = command._replace(id=max(free, old_id), part_of=part_of)
            marks = ",".join("?" * len(command))
            self.conn.execute(f"INSERT INTO commands(id, {COMMAND_COLUMNS}) VALUES ({marks})", tuple(command))
            self.made[old_id], self.ids[-old_id] = command, command.id
        return self.made[old_id].id, self.made[old_id].digest()

    def _of_case(self, case_id: int, event: Event, command: Command) -> None:
        """Ask the law, as it was asked then: at the counter, of a sheet, or as one of several that were missed."""
        if event.kind == "register":
            self._number(case_id)
            self.events[case_id] = []
        events = self.events.setdefault(case_id, self.book.events.of(case_id) if event.kind != "register" else [])
        code, number = self.book.code, self.numbers[case_id]
        today = max(self.today, date.fromisoformat(command.recorded_at[:10]), event.on)
        asked = CheckContext(
            today, command.name in OF_SHEETS, merged=self.book.canonical, related=self.book.units.relations
        )
        if event.kind == "revoke":
            fold([*events, event], code)
        elif event.kind == "correct":
            replay_checked([*events, event], code, asked, case_no=number)
        else:
            try:
                decide(events, event, code, asked, case_no=number)
            except Refused:  # what came with it in the same command is not there yet, or a sheet did not say it
                decide(events, event, code, asked._replace(from_sheet=True, more=True), case_no=number)

    def _number(self, case_id: int) -> None:
        row = self.old.execute(
            "SELECT id, case_no, year, serial, sheet_no, fingerprint FROM docket WHERE id = ?", (case_id,)
        ).fetchone()
        if row is None:
            raise Refused("编号簿里没有它的编号", "", code="docket")
        if self.conn.execute("SELECT 1 FROM docket WHERE id = ? OR case_no = ?", (case_id, row[1])).fetchone():
            raise Refused(f"编号 {row[1]} 备份里已经给了别的件", "", code="docket")
        self.conn.execute("INSERT INTO docket VALUES (?,?,?,?,?,?)", row)

    def _of_office(self, event: Event, body: str, command_id: int) -> str | None:
        """The office event with its references renumbered for this book; None if it must be recorded by its own command
        instead.
        """
        data = loads(body)
        if event.kind == "purge":  # what of it is here is purged again, and said
            return None
        if event.kind == "kept" and data["what"] == "docket":
            first, last = data["runs"][0][0], data["last"]
            if any(first <= case_id <= last for case_id in self.stopped):
                self.seal_from = first if self.seal_from is None else min(first, self.seal_from)
                return None
        if event.kind == "kept" and data["what"] == "receipt" and self.ids.get(-command_id, command_id) != command_id:
            return None
        moved = {
            "event": self.ids.get(data.get("event", 0), data.get("event")),
            "command": self.ids.get(-data.get("command", 0), data.get("command")),
        }
        if event.kind in ("revoke", "reception") and any(
            data.get(key) not in (None, new) for key, new in moved.items()
        ):
            data |= {key: new for key, new in moved.items() if key in data}
            return dumps(data, ensure_ascii=False, separators=(",", ":"))
        return body

    def _kept_rows(self) -> None:
        """Carry over rows without an event of their own: lists, profiles, receipts, spent numbers, undone commands."""
        ids = self.ids
        for table in ("views", "mappings"):
            rows = self.old.execute(f"SELECT * FROM {table}").fetchall()
            self.conn.execute(f"DELETE FROM {table}")
            if rows:
                self.conn.insert_rows(table, rows)
        for table in ("receipts", "undone"):
            for command, other in self.old.execute(f"SELECT * FROM {table}").fetchall():
                if -command in ids or (table == "undone" and -other in ids):
                    row = (ids.get(-command, command), ids.get(-other, other) if table == "undone" else other)
                    self.conn.execute(f"INSERT INTO {table} VALUES (?, ?) ON CONFLICT DO NOTHING", row)
        self.conn.executemany(
            "INSERT INTO serials VALUES (?, ?) ON CONFLICT(year) DO UPDATE SET last = excluded.last "
            "WHERE excluded.last > serials.last",
            self.old.execute("SELECT year, last FROM serials").fetchall(),
        )
