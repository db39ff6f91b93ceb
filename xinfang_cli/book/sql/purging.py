"""Purged texts: cases due for a purge, the replacement of each text, and past purges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from json import dumps, loads
from typing import Any

from xinfang_cli.book import sealing
from xinfang_cli.book.chain import Pen, encode
from xinfang_cli.book.engine import Conn
from xinfang_cli.book.kept import Given, Stays, Taken, Text
from xinfang_cli.book.looks import any_among, numbers_in
from xinfang_cli.book.part import Part
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.event import REWORDING
from xinfang_cli.law.terms import OPEN_STAGES, WINDOWS

_LISTED = "(SELECT value FROM json_each(?))"
_BUSY_STAGES = ",".join(f"'{stage}'" for stage in (*OPEN_STAGES, "in_review", "in_recheck"))
_WINDOWS = ",".join(f"'{kind}'" for kind in sorted(WINDOWS))
THERE = "t.salt <> x''"
"""Of a text: it was not purged. What stands in its place has no salt, for nothing need be hidden of it."""


class Purged(NamedTuple):
    """Past purges: the last one of each case and each single event, with its day."""

    cases: Mapping[int, int]
    events: Mapping[int, int]
    days: Mapping[int, str]

    def by(self, event_id: int, case_id: int | None) -> int | None:
        """The purge that took an event's text."""
        found = self.events.get(event_id)
        if found is None and case_id is not None:
            found = self.cases.get(case_id)
        return None if found is None or found < event_id else found


def purged_in(conn: Conn) -> Purged:
    """The purges recorded in a book."""
    cases: dict[int, int] = {}
    events: dict[int, int] = {}
    days: dict[int, str] = {}
    for id, on, body in conn.execute(
        "SELECT id, on_day, body FROM events WHERE case_id IS NULL AND kind = 'purge' ORDER BY id"
    ):
        said = loads(body)
        days[id] = on
        cases |= dict.fromkeys(numbers_in(said.get("of_cases", "")), id)
        events |= dict.fromkeys(numbers_in(said.get("of_events", "")), id)
    return Purged(cases, events, days)


def taken_in(conn: Conn) -> Taken:
    """The purged parts of a book, for recognition in a copy."""
    purged = purged_in(conn)
    first = conn.execute(
        f"SELECT case_id, id, prev FROM events WHERE seq = 1 AND case_id IN {_LISTED}", (dumps(sorted(purged.cases)),)
    )
    cases = {case_id: (id, prev) for case_id, id, prev in first}
    single = conn.execute(f"SELECT id, prev FROM events WHERE id IN {_LISTED}", (dumps(sorted(purged.events)),))
    return Taken(cases, dict(single.fetchall()))


class Purging(Part):
    """Texts of cases due for a purge, and past purges."""

    def any_done(self) -> bool:
        """Whether texts of cases were ever purged."""
        sql = "SELECT 1 FROM events WHERE case_id IS NULL AND kind = 'purge' LIMIT 1"
        return self.conn.execute(sql).fetchone() is not None

    def ended_before(self, day: date) -> dict[int, str]:
        """Case → number, of those that ended before a day and have texts: by their closing in force, else by the last
        thing that happened."""
        rows = self.conn.execute(
            f"SELECT id, case_no FROM cases WHERE stage NOT IN ({_BUSY_STAGES}) AND coalesce(closed_on, last_on) < ? "
            "AND EXISTS (SELECT 1 FROM events e JOIN texts t ON t.event_id = e.id "
            f"WHERE e.case_id = cases.id AND {THERE}) ORDER BY id",
            (day.isoformat(),),
        )
        return dict(rows.fetchall())

    def running(self, before: date) -> dict[int, str]:
        """Case → number, of those that came before a day and are being handled, or reviewed."""
        sql = f"SELECT id, case_no FROM cases WHERE stage IN ({_BUSY_STAGES}) AND received_on < ? ORDER BY id"
        return dict(self.conn.execute(sql, (before.isoformat(),)).fetchall())

    def busy(self, today: date) -> dict[int, str]:
        """Case → why something may still be done on it, of those that are (law.purging.KEPT)."""
        day = today.isoformat()
        found: dict[int, str] = {}
        for why, sql, given in (
            ("backlog", "SELECT DISTINCT case_id FROM backlog WHERE resolved_on IS NULL", ()),
            (
                "clock",
                "SELECT DISTINCT case_id FROM clocks WHERE void = 0 AND (stop_on IS NULL OR stop_on > ?1) "
                f"AND (kind NOT IN ({_WINDOWS}) OR due_on >= ?1)",
                (day,),
            ),
            (
                "window",
                "SELECT DISTINCT case_id FROM clocks WHERE void = 0 AND stop_on IS NULL AND due_on >= ? "
                "AND kind IN ('review_window', 'recheck_window')",
                (day,),
            ),
            ("running", f"SELECT id FROM cases WHERE stage IN ({_BUSY_STAGES})", ()),
        ):
            found |= {case_id: why for (case_id,) in self.conn.execute(sql, given)}
        return found

    def kin(self) -> Iterator[tuple[int, int]]:
        """Pairs of cases of which one names the other: as its original, or as of the same matter."""
        yield from self.conn.execute("SELECT id, repeat_of FROM cases WHERE repeat_of IS NOT NULL").fetchall()
        yield from self.conn.execute(
            "SELECT case_id, json_extract(body, '$.to') FROM events WHERE kind = 'relate'"
        ).fetchall()

    def undone(self) -> dict[int, str]:
        """Case → number, for undone registrations with texts left."""
        rows = self.conn.execute(
            "SELECT d.id, d.case_no FROM docket d WHERE d.id NOT IN (SELECT id FROM cases) AND EXISTS (SELECT 1 FROM events e "
            f"JOIN texts t ON t.event_id = e.id WHERE e.case_id = d.id AND {THERE}) ORDER BY d.id"
        )
        return dict(rows.fetchall())

    def taken_back(self) -> list[int]:
        """Undone single events with a text, of cases that stand. Changes of the registration are kept: the gate needs
        the petitioner's former names.
        """
        rows = self.conn.execute(
            "SELECT DISTINCT e.id FROM events r JOIN events e ON e.case_id = r.case_id "
            "AND e.seq = json_extract(r.body, '$.event') JOIN texts t ON t.event_id = e.id "
            f"WHERE r.kind = 'revoke' AND e.kind NOT IN {REWORDING} AND {THERE} "
            "AND e.case_id IN (SELECT id FROM cases) ORDER BY e.id"
        )
        return [row[0] for row in rows]

    def texts(self, case_ids: Iterable[int], event_ids: Iterable[int] = ()) -> Iterator[Text]:
        """The texts of cases, and of single events, that were not purged."""
        for column, ids in (("case_id", case_ids), ("id", event_ids)):
            yield from (
                Text(id, kind, loads(body))
                for id, kind, body in self.conn.execute(
                    "SELECT e.id, e.kind, t.body FROM events e JOIN texts t ON t.event_id = e.id "
                    f"WHERE e.{column} IN {_LISTED} AND {THERE} ORDER BY e.id",
                    (dumps(sorted(ids)),),
                ).fetchall()
            )

    def cases_of(self, event_ids: Iterable[int]) -> set[int]:
        """The cases of single events."""
        sql = f"SELECT DISTINCT case_id FROM events WHERE case_id IS NOT NULL AND id IN {_LISTED}"
        return {row[0] for row in self.conn.execute(sql, (dumps(sorted(event_ids)),))}

    def people_but_of(self, case_ids: Iterable[int]) -> tuple[list[str], list[str]]:
        """(names, ID numbers and phones) of the petitioners of all other cases."""
        rows = self.conn.execute(
            f"SELECT name, id_no, phone FROM people WHERE case_id NOT IN {_LISTED}", (dumps(sorted(case_ids)),)
        ).fetchall()
        return [row[0] for row in rows if row[0]], [one for row in rows for one in row[1:] if one]

    def same_as(self, taken: Taken) -> tuple[list[int], list[int]]:
        """(cases, single events) of this book purged by another book, or carried over from it without text."""
        wanted = dict((*taken.cases.values(), *taken.events.items()))
        sql = f"SELECT id, prev FROM events WHERE id IN {_LISTED}"
        same = {id for id, prev in self.conn.execute(sql, (dumps(sorted(wanted)),)) if prev == wanted[id]}
        cases = [case_id for case_id, (id, _) in taken.cases.items() if id in same]
        single = same & taken.events.keys()
        sql = (
            "SELECT e.case_id, e.id FROM events e JOIN texts t ON t.event_id = e.id "
            f"WHERE ({THERE} AND (e.case_id IN {_LISTED} OR e.id IN {_LISTED})) OR t.salt = x''"
        )
        known = purged_in(self.conn)
        there = [
            (case_id, id)
            for case_id, id in self.conn.execute(sql, (dumps(cases), dumps(sorted(single))))
            if known.by(id, case_id) is None
        ]
        found = {case_id for case_id, _ in there if case_id in taken.cases}
        return sorted(found), sorted({id for case_id, id in there if case_id not in found})

    def looks(self) -> list[Text]:
        """The looks at personal data with what they say in words."""
        return [
            Text(id, "access", loads(body))
            for id, body in self.conn.execute(
                "SELECT e.id, t.body FROM events e JOIN texts t ON t.event_id = e.id "
                f"WHERE e.case_id IS NULL AND e.kind = 'access' AND {THERE}"
            )
        ]

    def given(self, case_ids: Iterable[int], *, backups: bool = False) -> list[Given]:
        """Files outside the book with some cases in them: imported sheets, rejects, exports and other written files; with
        `backups` copies of the book too."""
        ids = sorted(case_ids)
        found = [
            Given(what, file, at[:10])
            for file, at, rejected in self.conn.execute(
                "SELECT c.source_name, c.recorded_at, json_extract(r.body, '$.receipt.turned_back') FROM commands c "
                "LEFT JOIN receipts r ON r.command_id = c.id WHERE c.source_name IS NOT NULL AND c.name <> 'add' AND c.id IN "
                f"(SELECT command_id FROM events WHERE case_id IN {_LISTED}) ORDER BY c.id",
                (dumps(ids),),
            )
            for what in (("source", "rejected") if rejected else ("source",))
        ]
        for on, body, text in self.conn.execute(
            "SELECT e.on_day, e.body, t.body FROM events e JOIN texts t ON t.event_id = e.id "
            f"WHERE e.case_id IS NULL AND e.kind = 'access' AND {THERE} ORDER BY e.id"
        ):
            said = loads(body) | loads(text)
            if said.get("file") and (backups or said["what"] != "backup") and any_among(ids, said.get("cases") or ""):
                found.append(Given(said["what"], said["file"], on))
        return list(dict.fromkeys(found))

    def staying(self, case_ids: Iterable[int], event_ids: Iterable[int] = ()) -> list[Stays]:
        """Private fields that earlier versions wrote into the open part of events, of cases and of single events."""
        from xinfang_cli.law.events.registry import PRIVATE_FIELDS

        found: dict[Stays, None] = {}
        for column, ids in (("case_id", case_ids), ("id", event_ids)):
            for case_no, kind, body in self.conn.execute(
                "SELECT d.case_no, e.kind, e.body FROM events e JOIN docket d ON d.id = e.case_id "
                f"WHERE e.{column} IN {_LISTED} ORDER BY e.id",
                (dumps(sorted(ids)),),
            ):
                said = loads(body)
                found |= {
                    Stays(case_no, kind, field): None for field in said if field in PRIVATE_FIELDS and said[field]
                }
        return list(found)

    def replace(self, left: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
        """Replace texts by their remainder: (event, rest)."""
        self.conn.executemany(
            "UPDATE texts SET salt = x'', body = ?2 WHERE event_id = ?1", [(id, encode(said)) for id, said in left]
        )

    def replace_old_looks(self, pen: Pen, words: Iterable[str], mark: str) -> None:
        """The same for looks recorded before they joined the chain."""
        wanted = list(words)
        hit = [
            (mark, id)
            for id, what in self.conn.execute("SELECT id, what FROM access_log")
            if any(word in what for word in wanted)
        ]
        if not hit:
            return
        self.conn.executemany("UPDATE access_log SET what = substr(what, 1, instr(what, ' ')) || ? WHERE id = ?", hit)
        sealing.seal_looks(self.conn, pen)

    def files(self) -> tuple[set[str], set[str]]:
        """The SHA-256 of (files attached only by purged events, files attached by others)."""
        gone: set[str] = set()
        live: set[str] = set()
        for digest, there in self.conn.execute(
            f"SELECT json_extract(e.body, '$.sha256'), {THERE} FROM events e JOIN texts t ON t.event_id = e.id "
            "WHERE e.kind = 'attach'"
        ):
            (live if there else gone).add(digest)
        return gone - live, live

    def left_over(self) -> bool:
        """Whether what was purged may still stand in the file's free places: nothing was said of its end yet."""
        sql = (
            "SELECT json_extract(body, '$.finished') FROM events WHERE case_id IS NULL AND kind = 'purge' "
            "ORDER BY id DESC LIMIT 1"
        )
        last = self.conn.execute(sql).fetchone()
        return last is not None and not last[0]
