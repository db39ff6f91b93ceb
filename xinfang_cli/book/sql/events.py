"""The events as they were recorded, and the commands that recorded them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import groupby
from json import JSONDecoder, loads
from operator import itemgetter
from typing import Any

from xinfang_cli.book import chain
from xinfang_cli.book.chain import COMMAND_COLUMNS, Command, login_of
from xinfang_cli.book.part import Part
from xinfang_cli.book.sql.predicates import OFFICE_STANDS, numbered, running
from xinfang_cli.law.event import Event


@cache
def _day_fields() -> frozenset[str]:
    from xinfang_cli.law.events.registry import DAY_FIELDS

    return DAY_FIELDS


def _days(data: dict[str, Any]) -> dict[str, Any]:
    for key in _day_fields().intersection(data):
        if data[key] is not None:  # of an edit or a correction: there was nothing, or nothing is left
            data[key] = date.fromisoformat(data[key])
    for key in ("set", "was"):
        if key in data:
            _days(data[key])
    if "new_on" in data:
        data["new_on"] = date.fromisoformat(data["new_on"])
    return data


_read = JSONDecoder().raw_decode


def _said(text: str) -> dict[str, Any]:
    """JSON as an event has it, without blanks around it: read in two thirds of the time that `loads` takes."""
    said, end = _read(text)
    return loads(text) if end != len(text) else said  # type: ignore[no-any-return]


def decode(kind: str, on: str, body: str, text: str | None, seq: int, id: int) -> Event:
    """An event as the law knows it."""
    data = _said(body) if body != "{}" else {}
    if text is not None:
        data.update(_said(text))
    if kind == "register":
        data.pop("case_no", None)  # which the book keeps of each case, and no law asks for
    return Event(kind, date.fromisoformat(on), _days(data), seq, id)


_OF_CASE = """SELECT e.kind, e.on_day, e.body, t.body, e.seq, e.id FROM events e
LEFT JOIN texts t ON t.event_id = e.id WHERE e.case_id = ? ORDER BY e.seq"""
_WHOLE = "coalesce(c.part_of, c.id)"
_PARTS = "(SELECT id FROM commands WHERE id >= ?1 AND (id = ?1 OR part_of = ?1))"
_STANDING = f"c.actor = ? AND coalesce(c.os_user, ?) = ? AND c.name NOT IN ('undo', 'init', 'look', 'upgrade', 'restore', 'view', 'profile') AND {_WHOLE} NOT IN (SELECT command_id FROM undone)"
_OF_HOUSE = """SELECT e.kind, e.on_day, e.body, t.body, e.seq, e.id FROM events e LEFT JOIN texts t ON t.event_id = e.id
WHERE e.case_id IS NULL AND e.kind NOT IN ('revoke', 'kept') AND e."""


_BY_CASE = (
    "SELECT e.case_id, e.kind, e.on_day, e.body, t.body, e.seq, e.id FROM events e "
    "LEFT JOIN texts t ON t.event_id = e.id WHERE {} ORDER BY e.case_id, e.seq"
)


def _by_case(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, list[Event]]]:
    for case_id, found in groupby(rows, itemgetter(0)):
        yield case_id, [decode(*row[1:]) for row in found]


class Events(Part):
    """The events of the cases and of the office, as the chain keeps them."""

    def last_written(self) -> tuple[int, str] | None:
        """The number of the last command, and when it was recorded (UTC)."""
        row = self.conn.execute("SELECT id, recorded_at FROM commands ORDER BY id DESC LIMIT 1").fetchone()
        return None if row is None else (row[0], str(row[1]))

    def first_since(self, moment: str, upto: int) -> bool:
        """Whether nothing was recorded from a moment on, up to a command; looks and the beginning of the book aside."""
        sql = "SELECT recorded_at FROM commands WHERE id <= ? AND name NOT IN ('look', 'init') ORDER BY id DESC LIMIT 1"
        last = self.conn.execute(sql, (upto,)).fetchone()
        return last is None or last[0] < moment

    def head_at(self, events: int) -> str | None:
        """The hash of the chain after so many events; None where it has not so many."""
        return chain.head_at(self.conn, events)

    def knows_head(self, digits: str) -> bool:
        """Whether the chain ever had a head that begins with these hexadecimal digits."""
        if self.head()[1].startswith(digits):
            return True
        low = bytes.fromhex(digits.ljust(64, "0"))
        high = bytes.fromhex(digits.ljust(64, "f"))
        sql = "SELECT 1 FROM events WHERE prev BETWEEN ? AND ? LIMIT 1"
        return self.conn.execute(sql, (low, high)).fetchone() is not None

    def head(self) -> tuple[int, str]:
        """(number of events, hex hash of the last): what a backup prints."""
        return chain.head(self.conn)

    def of(self, case_id: int) -> list[Event]:
        """All events of a case in the order they were recorded."""
        return [decode(*row) for row in self.conn.execute(_OF_CASE, (case_id,))]

    def lately(self, case_id: int, since: str, after: int | None) -> list[tuple[int, Command]]:
        """The events of a case by id, with their commands: recorded since a moment (UTC), or after the event `after`."""
        rows = self.conn.execute(
            f"SELECT e.id, c.id, {COMMAND_COLUMNS} FROM events e JOIN commands c ON c.id = e.command_id WHERE e.case_id = ? "
            + ("AND c.recorded_at >= ?" if after is None else "AND e.id > ?")
            + " ORDER BY e.seq",
            (case_id, since if after is None else after),
        )
        return [(id, Command(*command)) for id, *command in rows]

    def timeline(self, case_id: int) -> list[tuple[Event, Command]]:
        """The events of a case, each with the command that recorded it."""
        commands: dict[int, Command] = {}
        listed: list[tuple[Event, Command]] = []
        for *row, command_id in self.conn.execute(_OF_CASE.replace("e.id FROM", "e.id, e.command_id FROM"), (case_id,)):
            if command_id not in commands:
                commands[command_id] = self.command(command_id)
            listed.append((decode(*row), commands[command_id]))
        return listed

    def command(self, command_id: int) -> Command:
        """A command by its id: moment, author, means."""
        return Command(
            *self.conn.execute(f"SELECT id, {COMMAND_COLUMNS} FROM commands WHERE id = ?", (command_id,)).fetchone()
        )

    def touched(self, first: date, last: date) -> list[int]:
        """Cases with an event in the span, directly or by correction, batch or repeat, and with a clock running or
        moved since; and their repeats.
        """
        rows = self.conn.execute(
            "WITH there AS (SELECT case_id FROM events WHERE case_id IS NOT NULL AND "
            "(on_day BETWEEN ?1 AND ?2 OR kind = 'correct') UNION SELECT case_id FROM backlog "
            f"UNION SELECT case_id FROM clocks WHERE {running()} "
            "UNION SELECT e.case_id FROM events e JOIN cases c ON c.id = e.case_id "
            "WHERE e.on_day > ?2 AND c.received_on < ?1) "
            "SELECT case_id FROM there UNION SELECT id FROM cases WHERE repeat_of IN (SELECT case_id FROM there) ORDER BY 1",
            (first.isoformat(), last.isoformat()),
        )
        return [row[0] for row in rows]

    def cases_after(self, event_id: int) -> list[int]:
        """The cases with anything recorded after an event."""
        sql = "SELECT DISTINCT case_id FROM events WHERE id > ? AND case_id IS NOT NULL ORDER BY case_id"
        return [row[0] for row in self.conn.execute(sql, (event_id,))]

    def by_case(self, case_ids: Iterable[int] | None = None) -> Iterator[tuple[int, list[Event]]]:
        """(case id, its events) for every case, or for the given ones, in the order of their ids."""
        if case_ids is None:
            yield from _by_case(self.conn.stream(_BY_CASE.format("e.case_id IS NOT NULL")))
            return
        wanted = sorted(case_ids)
        for start in range(0, len(wanted), 400):
            wanted_ids = numbered("e.case_id", wanted[start : start + 400])
            yield from _by_case(self.conn.execute(_BY_CASE.format(wanted_ids)))

    def last_command(self, actor: str) -> tuple[int, str] | None:
        """(id, name) of the last command that still stands of this actor, logged in as now: on cases or on the office."""
        found: tuple[int, str] | None = self.conn.execute(
            f"SELECT {_WHOLE}, c.name FROM commands c WHERE {_STANDING} ORDER BY c.id DESC LIMIT 1",
            (actor, login_of(self.conn), login_of(self.conn)),
        ).fetchone()
        return found

    def standing_commands(self, actor: str, limit: int) -> list[tuple[int, str, str, int, str | None]]:
        """(id, name, recorded at, cases, number of the first) of the actor's commands that still stand, latest first."""
        return self.conn.execute(
            f"SELECT {_WHOLE}, min(c.name), min(c.recorded_at), count(DISTINCT e.case_id), min(d.case_no) FROM commands c "
            f"JOIN events e ON e.command_id = c.id LEFT JOIN docket d ON d.id = e.case_id WHERE {_STANDING} "
            "GROUP BY 1 ORDER BY 1 DESC LIMIT ?",
            (actor, login_of(self.conn), login_of(self.conn), limit),
        ).fetchall()

    def of_office(self, command_id: int) -> list[Event]:
        """A command's standing office events, in order."""
        rows = self.conn.execute(
            f"{_OF_HOUSE}{OFFICE_STANDS} AND e.command_id IN {_PARTS} ORDER BY e.id", (command_id,)
        )
        return [decode(*row) for row in rows]

    def of_office_since(self, event_id: int, kind: str) -> list[Event]:
        """The standing events of the office of one kind that came after an event."""
        rows = self.conn.execute(
            f"{_OF_HOUSE}{OFFICE_STANDS} AND e.kind = ? AND e.id > ? ORDER BY e.id", (kind, event_id)
        )
        return [decode(*row) for row in rows]

    def written_by(self, command_id: int) -> list[tuple[int, set[int]]]:
        """(case id, places of the events in the case) of what a command wrote, all its parts."""
        rows = self.conn.execute(
            f"SELECT case_id, group_concat(seq) FROM events WHERE case_id IS NOT NULL AND command_id IN {_PARTS} "
            "GROUP BY case_id ORDER BY case_id",
            (command_id,),
        ).fetchall()
        return [(case_id, {int(seq) for seq in written.split(",")}) for case_id, written in rows]

    def mark_undone(self, command_id: int, by_command: int) -> None:
        """Note that a command was undone by another."""
        self.conn.execute("INSERT INTO undone VALUES (?, ?)", (command_id, by_command))

    def command_of(self, event_id: int) -> Command:
        """The command that recorded an event."""
        return self.command(self.conn.execute("SELECT command_id FROM events WHERE id = ?", (event_id,)).fetchone()[0])

    def prev_of(self, event_id: int) -> bytes | None:
        """The previous hash stored in an event; None for an unknown event."""
        row = self.conn.execute("SELECT prev FROM events WHERE id = ?", (event_id,)).fetchone()
        return None if row is None else bytes(row[0])

    def since(self, event_id: int, case_id: int) -> list[tuple[str, str, str, str, str]]:
        """(number, kind, day, recorded at, actor) of what was recorded after an event, of a case and of its repeats."""
        return self.conn.execute(
            """SELECT d.case_no, e.kind, e.on_day, m.recorded_at, m.actor FROM events e
    JOIN commands m ON m.id = e.command_id JOIN docket d ON d.id = e.case_id
    WHERE e.id > ?1 AND (e.case_id = ?2 OR e.case_id IN (SELECT id FROM cases WHERE repeat_of = ?2)) ORDER BY e.id""",
            (event_id, case_id),
        ).fetchall()

    def on_days(self, first: date, last: date) -> list[tuple[int, int]]:
        """(case id, place of the event in the case) of what stands on a day of the span, an import's steps too; of a
        correction the day that it sets."""
        return self.conn.execute(
            "SELECT case_id, seq FROM events WHERE case_id IS NOT NULL AND kind NOT IN ('revoke', 'edit') AND "
            "(kind <> 'correct' AND on_day BETWEEN ?1 AND ?2 OR "
            "kind = 'correct' AND json_extract(body, '$.new_on') BETWEEN ?1 AND ?2) "
            "ORDER BY case_id, seq",
            (first.isoformat(), last.isoformat()),
        ).fetchall()

    def reminded_on(self, day: date) -> set[tuple[int, str]]:
        """(case id, clock) of the reminders of a day that still stand."""
        return set(
            self.conn.execute(
                "SELECT case_id, json_extract(body, '$.clock') FROM events e WHERE kind = 'remind' AND on_day = ? "
                "AND NOT EXISTS (SELECT 1 FROM events r WHERE r.case_id = e.case_id AND r.kind = 'revoke' "
                "AND json_extract(r.body, '$.event') = e.seq)",
                (day.isoformat(),),
            )
        )
