"""Keeping the book: backups, checks, rebuilding."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from itertools import islice
from pathlib import Path

from xinfang_cli.book import checking, comparing, refilling, sealing
from xinfang_cli.book.engine import Along, Copy, Examined
from xinfang_cli.book.part import Part
from xinfang_cli.book.sqlite import copying, text_index
from xinfang_cli.book.sqlite.connecting import empty_like
from xinfang_cli.book.sqlite.connection import Connection
from xinfang_cli.book.sqlite.schema import VERSION, schema_of_version, steps
from xinfang_cli.book.sqlite.settling import DERIVED, differences, schema_in, settle
from xinfang_cli.errors import system_says

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


TEXTS = (checking.check_texts, checking.check_no_text_is_gone, checking.check_purged)


class Keeping(Part):
    """Backups, checks and repairs of the file."""

    conn: Connection

    def backup(self, target: Path, along: Along | None = None) -> tuple[int, str]:
        """Copy the book as it stands; OSError when the copy cannot be written, or the book not read."""
        try:
            return copying.backup(self.conn, target, along=along)
        except sqlite3.OperationalError as error:
            raise OSError(str(error)) from error

    def set_aside(
        self, what: str, moment: str, folder: Path | None = None, *, sound: bool = True, along: Along | None = None
    ) -> Copy:
        """Copy the book, as others see it now, under the name of the moment; OSError when that cannot be written, or the
        copy is to be `sound` and is not."""
        from xinfang_cli.book.sqlite import copies

        path = self.book.place.file
        try:
            with closing(copying.reading(path)) as conn:  # also while this connection is writing
                return copies.set_aside(conn, path, what, moment, folder, sound=sound, along=along)
        except sqlite3.Error as error:
            raise OSError(str(error)) from error

    def copy_for_trial(self, target: Path) -> None:
        """Copy the book to where something is tried; not for keeping: nothing is brought to the disk."""
        with closing(empty_like(self.conn, target, isolation_level=None)) as copy:
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
            checked, differing = comparing.compare(self.book, progress=progress, each=tally.add)
            yield from comparing.told(differing)
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
        """Tables, indexes, triggers and views that differ from this version, by whether they can be remade."""
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

    def glance(self) -> list[str]:
        """A check of a moment, for once a day and before a publish: the end of the chain, the tables and indexes, the
        numbers, what was taken back, and some cases taken at random folded again; in words what is wrong."""
        checks: dict[str, Callable[[], Iterable[str]]] = {
            "chain": lambda: (broken.why for broken in checking.walk_chain(self.conn, GLANCED_EVENTS)[2]),
            "schema": lambda: [line for listed in self._otherwise().values() for line in listed],
            "numbers": lambda: sealing.check_numbers_given(self.conn),
            "units": lambda: checking.check_units(self.conn),
            "undone": lambda: checking.check_undone(self.conn),
            "cases": lambda: comparing.otherwise(self.book, GLANCED_CASES),
        }
        with self._as_of_now():
            return [problem for name, check in checks.items() for problem in _tried(name, check)]

    def provable(self) -> list[str]:
        """Obstacles to rewriting the book from its events, in words; empty if the chain proves them."""
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
        refilling.take_out_strangers(self.book)
        return count

    def rebuild(self) -> int:
        """Write every case, clock and backlog entry again from the events; how many cases there are.

        An index, a trigger or a table of these rows that is missing or otherwise than in this version is made again first.
        """
        settle(self.conn, schema_of_version(VERSION), copying=False)
        return refilling.write_again(self.book)

    def copied_since(self, what: str, moment: str, folder: Path) -> bool:
        """Whether a folder has a copy of one kind that was made from a moment on, by its name."""
        from xinfang_cli.book.sqlite import copies

        return copies.made_since(self.book.place.file, what, moment, folder)

    @contextmanager
    def taking_texts(self) -> Iterator[None]:
        """Overwrite what is deleted with zeros; the trigger that keeps the looks of earlier versions is out of the way."""
        self.conn.execute("PRAGMA secure_delete=ON")
        name = "access_never_changes"
        (sql,) = self.conn.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        self.conn.execute(f"DROP TRIGGER {name}")
        yield
        self.conn.execute(sql)
