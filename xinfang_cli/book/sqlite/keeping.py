"""Keeping the book: backups, checks, rebuilding."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from xinfang_cli.book import checking, projection, sealing
from xinfang_cli.book.engine import Copy, Examined
from xinfang_cli.book.part import Part
from xinfang_cli.book.sqlite import copying, text_index
from xinfang_cli.book.sqlite.connecting import connect
from xinfang_cli.book.sqlite.connection import Connection
from xinfang_cli.book.sqlite.schema import VERSION, schema_of_version, steps
from xinfang_cli.book.sqlite.settling import DERIVED, differences, schema_in, settle
from xinfang_cli.errors import system_says
from xinfang_cli.law.fold import fold

LAST_ID = (1 << 63) - 1
RECORD = ("commands", "docket", "events", "texts", "head", "units")
"""Tables that are made anew from nothing."""
GLANCED_EVENTS, GLANCED_CASES = 2000, 200
"""Of a check of a moment."""
MENDABLE = frozenset({"cases", "case_numbers", "schema", "numbers", "units", "words", "lists", "search", "undone"})
"""Checks of which what they find is mended by writing again what the chain proves."""


def _tried(name: str, check: Callable[[], Iterable[str]]) -> list[str]:
    """Run a check; an exception becomes a finding."""
    try:
        return list(check())
    except sqlite3.OperationalError as error:
        if str(error).startswith("no such table"):  # which `schema` or `tables` names
            return []
        return [f"检查 {name} 做不下去：{system_says(error)}"]
    except Exception as error:  # a damaged book makes anything go wrong; the doctor goes on
        return [f"检查 {name} 做不下去：{type(error).__name__} {' '.join(str(error).split())[:100]}"]


def _mended(name: str, type: str, how: str) -> bool:
    """Whether a repair remakes that part of the schema. Foreign parts that act or hide data are kept for inspection."""
    if how == "extra":
        return type == "index"
    return type != "table" or (name in DERIVED if how == "other" else name not in RECORD)


def _by_case(rows: Iterator[tuple[Any, ...]]) -> Callable[[int], list[tuple[Any, ...]]]:
    """Take the rows of one case after the other from a cursor in the order of their case."""
    groups = ((case_id, list(found)) for case_id, found in groupby(rows, itemgetter(0)))
    none: tuple[int, list[tuple[Any, ...]]] = (LAST_ID + 1, [])
    waiting = next(groups, none)

    def take(case_id: int) -> list[tuple[Any, ...]]:
        nonlocal waiting
        taken: list[tuple[Any, ...]] = []
        while waiting[0] <= case_id:
            taken = [*taken, *waiting[1]] if taken else waiting[1]
            waiting = next(groups, none)
        return taken

    return take


TEXTS = (checking.check_texts, checking.check_no_text_is_gone, checking.check_purged)


class Keeping(Part):
    """Backups, checks and repairs of the file."""

    conn: Connection

    def backup(self, target: Path) -> tuple[int, str]:
        """Copy the book as it stands; OSError when the copy cannot be written, or the book not read."""
        try:
            return copying.backup(self.conn, target)
        except sqlite3.OperationalError as error:
            raise OSError(str(error)) from error

    def set_aside(self, what: str, moment: str, folder: Path | None = None, *, sound: bool = True) -> Copy:
        """Copy the book, as others see it now, under the name of the moment; OSError when that cannot be written, or the
        copy is to be `sound` and is not."""
        from xinfang_cli.book.sqlite import copies

        path = self.book.place.file
        try:
            with closing(copying.reading(path)) as conn:  # also while this connection is writing
                return copies.set_aside(conn, path, what, moment, folder, sound=sound)
        except sqlite3.Error as error:
            raise OSError(str(error)) from error

    def copy_for_trial(self, target: Path) -> None:
        """Copy the book to where something is tried; not for keeping: nothing is brought to the disk."""
        with closing(connect(target, isolation_level=None)) as copy:
            self.conn.backup(copy)
            copy.execute("PRAGMA synchronous=OFF")

    def rotate(self, what: str, keep: int | None = None, folder: Path | None = None) -> list[Path]:
        """Remove the oldest copies of one kind beyond so many; those removed."""
        from xinfang_cli.book.sqlite import copies

        return copies.rotate(self.book.place.file, what, keep or copies.ASIDE, folder)

    def examine(self, rebuild: bool = True, progress: Callable[[int, int], None] | None = None) -> Examined:
        """Check everything that can be checked.

        SQLite's own check and the references, the chain from the first event to the head, the texts against their hashes,
        tables, indexes and triggers against this version's, numbers, units, lists and what was taken back against the
        events, and every case folded again from its events and compared with what is stored.
        """
        events, head = 0, ""
        checked, differing, count = 0, list[str](), 0

        def chain_holds() -> Iterator[str]:
            nonlocal events, head
            events, head, broken = checking.walk_chain(self.conn)
            return (f"第 {place.event_id} 号事件：{place.why}" for place in broken)

        def texts_hold() -> Iterator[str]:
            for check in TEXTS:
                yield from (f"第 {place.event_id} 号事件：{place.why}" for place in islice(check(self.conn), 20))

        def cases_are_what_their_events_say() -> Iterator[str]:
            nonlocal checked, differing, count
            count = self.book.cases.count()
            if not rebuild:
                return
            tally = text_index.Tally()
            checked, differing = self._compare(progress, tally)
            yield from (f"{case_no} 与按事件重算的结果不一致" for case_no in differing[:20])
            yield from tally.problems(self.conn)

        otherwise = cache(self._otherwise)
        checks: dict[str, Callable[[], Iterable[str]]] = {
            "sqlite": self._sqlite,
            "chain": chain_holds,
            "texts": texts_hold,
            "commands": lambda: checking.check_commands(self.conn),
            "docket": lambda: checking.check_docket(self.conn),
            "case_numbers": lambda: sealing.check_case_numbers(self.conn),
            "cases": cases_are_what_their_events_say,
            "schema": lambda: otherwise()[True],
            "tables": lambda: otherwise()[False],
            "numbers": lambda: sealing.check_numbers_given(self.conn),
            "units": lambda: checking.check_units(self.conn),
            "words": self.book.units.words_otherwise,
            "lists": lambda: checking.check_lists(self.conn),
            "undone": lambda: checking.check_undone(self.conn),
            "access": lambda: sealing.check_old_looks(self.conn),
            "kept": lambda: (*checking.check_kept(self.conn), *sealing.check_kept_rows(self.conn)),
            "external_no": lambda: checking.check_doubles(self.conn),
        }
        if rebuild:
            checks["search"] = lambda: text_index.check_form(self.conn, self.book.place.file)
        with self._as_of_now():
            found = {name: _tried(name, check) for name, check in checks.items()}
        return Examined(
            events,
            head,
            count,
            checked,
            tuple(differing[:100]),
            tuple(problem for listed in found.values() for problem in listed),
            {name: len(listed) for name, listed in found.items()},
            MENDABLE,
        )

    @contextmanager
    def _as_of_now(self) -> Iterator[None]:
        """All checks see the book at one moment, whatever others write meanwhile."""
        if self.conn.in_transaction:
            yield
            return
        self.conn.execute("BEGIN")
        try:
            yield
        finally:
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK")

    def _sqlite(self) -> Iterator[str]:
        yield from (f"SQLite：{row[0]}" for row in self.conn.execute("PRAGMA integrity_check(20)") if row[0] != "ok")
        for table, rowid, parent, _ in self.conn.execute("PRAGMA foreign_key_check").fetchmany(20):
            yield f"{table} 第 {rowid} 行指向的 {parent} 不存在"

    def _otherwise(self) -> dict[bool, list[str]]:
        """What of the tables, indexes, triggers and views is not as in this version, by whether it can be made anew."""
        how_said = {"missing": "缺", "other": "不是本版本的", "extra": "多出"}
        type_said = {"table": "表", "index": "索引", "trigger": "触发器", "view": "视图"}
        wanted, there = schema_of_version(VERSION), schema_in(self.conn)
        found: dict[bool, list[str]] = {True: [], False: []}
        for name, how in differences(self.conn, wanted):
            type = (wanted.get(name) or there[name]).type
            found[_mended(name, type, how)].append(f"结构：{how_said[how]}{type_said[type]} {name}")
        done = {row[0] for row in self.conn.execute("SELECT name FROM _sqlite_migrations").fetchall()}
        known = {f"m{name}" for name, _ in steps()}
        found[False] += [f"结构：没有记下升级步骤 {name[1:]}" for name in sorted(known - done)]
        found[False] += [f"结构：多出升级步骤 {name}" for name in sorted(done - known)]
        return found

    def _compare(self, progress: Callable[[int, int], None] | None, tally: text_index.Tally) -> tuple[int, list[str]]:
        """Fold every case again and compare its rows with the stored ones: (cases, numbers that differ)."""
        code = self.book.code
        total = self.conn.execute("SELECT count(*) FROM docket").fetchone()[0]
        numbers = self.conn.execute("SELECT id, case_no FROM docket ORDER BY id")
        stored_cases = _by_case(self.conn.execute("SELECT * FROM cases ORDER BY id"))
        stored_people = _by_case(self.conn.execute("SELECT * FROM people ORDER BY case_id"))
        stored_clocks = _by_case(self.conn.execute("SELECT * FROM clocks ORDER BY case_id, n"))
        stored_backlog = _by_case(self.conn.execute("SELECT case_id, * FROM backlog ORDER BY case_id, batch"))
        differing: list[str] = []
        done = 0
        names = iter(numbers)
        current: tuple[int, str] = (0, "")
        for case_id, listed in self.book.events.by_case():
            while current[0] < case_id:
                current = next(names)
            case = fold(listed, code)
            tally.add(case_id, listed)
            kept = (stored_cases(case_id), stored_people(case_id), stored_clocks(case_id), stored_backlog(case_id))
            if case is None:
                same = kept == ([], [], [], [])
            else:
                rows = projection.CaseRows(case_id, current[1], case, self.book.canonical)
                entries = [(case_id, *entry) for entry in sorted(rows.backlog)]
                same = kept == ([rows.case], [rows.person] if rows.person else [], rows.clocks, entries)
            if not same:
                differing.append(current[1])
            done += 1
            if progress is not None and done % 5000 == 0:
                progress(done, total)
        for stored in (stored_cases, stored_people, stored_clocks, stored_backlog):
            if left := stored(LAST_ID):
                differing.append(f"第 {left[0][0]} 号（没有登记）")
        return done, differing

    def glance(self) -> list[str]:
        """A check of a moment, for once a day and before a publish: the end of the chain, the tables and indexes, the
        numbers, what was taken back, and some cases taken at random folded again; in words what is wrong."""
        checks: dict[str, Callable[[], Iterable[str]]] = {
            "chain": lambda: (broken.why for broken in checking.walk_chain(self.conn, GLANCED_EVENTS)[2]),
            "schema": lambda: [line for listed in self._otherwise().values() for line in listed],
            "numbers": lambda: sealing.check_numbers_given(self.conn),
            "units": lambda: checking.check_units(self.conn),
            "undone": lambda: checking.check_undone(self.conn),
            "cases": self._some_cases,
        }
        with self._as_of_now():
            return [problem for name, check in checks.items() for problem in _tried(name, check)]

    def _some_cases(self) -> Iterator[str]:
        """Of cases taken at random, those that are stored otherwise than their events say."""
        from random import sample

        numbers = dict(self.conn.execute("SELECT id, case_no FROM docket").fetchall())
        for case_id in sorted(sample(sorted(numbers), min(GLANCED_CASES, len(numbers)))):
            case = fold(self.book.events.of(case_id), self.book.code)
            kept = [
                [tuple(row) for row in self.conn.execute(sql, (case_id,))]
                for sql in (
                    "SELECT * FROM cases WHERE id = ?",
                    "SELECT * FROM people WHERE case_id = ?",
                    "SELECT * FROM clocks WHERE case_id = ? ORDER BY n",
                )
            ]
            if case is None:
                same = kept == [[], [], []]
            else:
                rows = projection.CaseRows(case_id, numbers[case_id], case, self.book.canonical)
                same = kept == [[rows.case], [rows.person] if rows.person else [], rows.clocks]
            if not same:
                yield f"{numbers[case_id]} 与按事件重算的结果不一致"

    def provable(self) -> list[str]:
        """What keeps the book from being written again from its events, in words; empty when the chain proves them."""
        checks: dict[str, Callable[[], Iterable[str]]] = {
            "chain": lambda: (broken.why for broken in checking.walk_chain(self.conn)[2]),
            "texts": lambda: (broken.why for check in TEXTS for broken in check(self.conn)),
            "docket": lambda: checking.check_docket(self.conn),
        }
        return [problem for name, check in checks.items() for problem in _tried(name, check)]

    def repair(self) -> int:
        """`rebuild`, and remove what no event supports: unknown indexes, list entries, undo records."""
        wanted = schema_of_version(VERSION)
        there = schema_in(self.conn)
        for name, how in differences(self.conn, wanted):
            if how == "extra" and there[name].type == "index":
                self.conn.execute(f'DROP INDEX IF EXISTS "{name}"')
        self.conn.execute("DROP TABLE IF EXISTS search")  # which may be damaged in itself
        sealing.put_numbers_right(self.conn)
        count = self.rebuild()
        self.conn.execute("REINDEX")
        self.book.units.remove_strangers(checking.proven_units(self.conn))
        pairs = checking.undone_pairs(self.conn)
        self.conn.execute("DELETE FROM undone WHERE by_command NOT IN (SELECT id FROM commands WHERE name = 'undo')")
        self.conn.executemany("DELETE FROM undone WHERE by_command = ?", [(by,) for _, by in pairs])
        self.conn.executemany("INSERT OR IGNORE INTO undone VALUES (?, ?)", sorted(pairs))
        self.book.units.put_lists_right()
        return count

    def rebuild(self) -> int:
        """Write every case, clock and backlog entry again from the events; how many cases there are.

        An index, a trigger or a table of these rows that is missing or otherwise than in this version is made again first.
        """
        settle(self.conn, schema_of_version(VERSION), copying=False)
        self.conn.execute(
            "INSERT INTO serials SELECT year, max(serial) FROM docket WHERE true GROUP BY year "
            "ON CONFLICT(year) DO UPDATE SET last = max(last, excluded.last)"
        )
        self.book.units.put_right(checking.proven_units(self.conn))
        for table in ("clocks", "backlog", "people", "cases"):
            self.conn.execute(f"DELETE FROM {table}")
        numbers = dict(self.conn.execute("SELECT id, case_no FROM docket").fetchall())
        made: list[projection.CaseRows] = []
        count = 0
        code = self.book.code
        for case_id, listed in self.book.events.by_case():
            case = fold(listed, code)
            if case is None:
                continue
            made.append(projection.CaseRows(case_id, numbers[case_id], case, self.book.canonical))
            count += 1
            if len(made) >= 2000:
                self.book.cases.put_many(made)
                made = []
        self.book.cases.put_many(made)
        self.book.search.rebuild()
        return count

    def copied_since(self, what: str, moment: str, folder: Path) -> bool:
        """Whether a folder has a copy of one kind that was made from a moment on, by its name."""
        from xinfang_cli.book.sqlite import copies

        return copies.made_since(self.book.place.file, what, moment, folder)

    def leave_no_trace(self) -> None:
        """Overwrite what is deleted from now on with zeros."""
        self.conn.execute("PRAGMA secure_delete=ON")
