"""Keeping an office's book on a server: checks and rows written again. Copies are the business of who keeps the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from xinfang_cli.book import checking, projection, sealing
from xinfang_cli.book.engine import Copy, Examined
from xinfang_cli.book.part import Part
from xinfang_cli.book.postgres import schema
from xinfang_cli.book.postgres.refusals import not_here
from xinfang_cli.law.fold import fold


class Keeping(Part):
    """Checks, and rows written again; copies are the business of who keeps the server."""

    def backup(self, target: Path) -> tuple[int, str]:
        raise not_here("备份（backup）")

    def set_aside(self, what: str, moment: str, folder: Path | None = None, *, sound: bool = True) -> Copy:
        raise not_here("存成副本")

    def copy_for_trial(self, target: Path) -> None:
        raise not_here("存成副本")

    def leave_no_trace(self) -> None:
        """The server's VACUUM does it."""

    def copied_since(self, what: str, moment: str, folder: Path) -> bool:
        return False

    def rotate(self, what: str, keep: int | None = None, folder: Path | None = None) -> list[Path]:
        return []

    def _tried(self, name: str, check: Callable[[], Iterable[str]]) -> list[str]:
        try:
            return list(check())
        except Exception as error:  # what was tampered with makes anything go wrong; the doctor goes on
            return [f"检查 {name} 做不下去：{type(error).__name__} {' '.join(str(error).split())[:100]}"]

    def examine(self, rebuild: bool = True, progress: Callable[[int, int], None] | None = None) -> Examined:
        """The chain from the first event to the head, the texts against their hashes, numbers, units, lists and what was
        taken back against the events, and every case folded again and compared with what is stored."""
        events, head, differing, checked = 0, "", list[str](), 0

        def chain_holds() -> Iterator[str]:
            nonlocal events, head
            events, head, broken = checking.walk_chain(self.conn)
            return (f"第 {place.event_id} 号事件：{place.why}" for place in broken)

        def texts_hold() -> Iterator[str]:
            for check in (checking.check_texts, checking.check_no_text_is_gone, checking.check_purged):
                yield from (f"第 {place.event_id} 号事件：{place.why}" for place in islice(check(self.conn), 20))

        def cases_hold() -> Iterator[str]:
            nonlocal checked, differing
            if rebuild:
                checked, differing = self._compare()
                yield from (f"{case_no} 与按事件重算的结果不一致" for case_no in differing[:20])

        checks: dict[str, Callable[[], Iterable[str]]] = {
            "chain": chain_holds,
            "texts": texts_hold,
            "commands": lambda: checking.check_commands(self.conn),
            "docket": lambda: checking.check_docket(self.conn),
            "case_numbers": lambda: sealing.check_case_numbers(self.conn),
            "cases": cases_hold,
            "numbers": lambda: sealing.check_numbers_given(self.conn),
            "units": lambda: checking.check_units(self.conn),
            "words": self.book.units.words_otherwise,
            "lists": lambda: checking.check_lists(self.conn),
            "undone": lambda: checking.check_undone(self.conn),
            "schema": lambda: schema.otherwise(self.conn),
            "access": lambda: sealing.check_old_looks(self.conn),
            "kept": lambda: (*checking.check_kept(self.conn), *sealing.check_kept_rows(self.conn)),
            "external_no": lambda: checking.check_doubles(self.conn),
        }
        if rebuild:
            checks["search"] = self._texts_otherwise
        found = {name: self._tried(name, check) for name, check in checks.items()}
        return Examined(
            events,
            head,
            self.book.cases.count(),
            checked,
            tuple(differing[:100]),
            tuple(problem for listed in found.values() for problem in listed),
            {name: len(listed) for name, listed in found.items()},
        )

    def _compare(self) -> tuple[int, list[str]]:
        numbers = self.book.cases.numbers()
        stored = {
            table: self._by_case(f"SELECT {key}, * FROM {table} ORDER BY {key}, {then}")
            for table, key, then in (
                ("cases", "id", "id"),
                ("people", "case_id", "case_id"),
                ("clocks", "case_id", "n"),
                ("backlog", "case_id", "batch"),
            )
        }
        differing, done = [], 0
        for case_id, events in self.book.events.by_case():
            case = fold(events, self.book.code)
            kept = tuple(stored[table].pop(case_id, []) for table in ("cases", "people", "clocks", "backlog"))
            wanted: tuple[list[Any], ...] = ([], [], [], [])
            if case is not None:
                rows = projection.CaseRows(case_id, numbers.get(case_id, ""), case, self.book.canonical)
                wanted = ([rows.case], [rows.person] if rows.person else [], rows.clocks, sorted(rows.backlog))
            if kept != wanted:
                differing.append(numbers.get(case_id, str(case_id)))
            done += 1
        differing += [f"第 {left} 号（没有登记）" for left in sorted({id for rows in stored.values() for id in rows})]
        return done, differing

    def _by_case(self, sql: str) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for case_id, *row in self.conn.execute(sql):
            found.setdefault(case_id, []).append(tuple(row))
        return found

    def _texts_otherwise(self) -> list[str]:
        """Whether the index holds what the cases say."""
        from xinfang_cli.book.postgres.search import row_of
        from xinfang_cli.law.texts import texts_of

        held = {row[0]: tuple(row[:9]) for row in self.conn.execute("SELECT * FROM search")}
        wrong = 0
        for case_id, events in self.book.events.by_case():
            texts = texts_of(events)
            wanted = None if texts is None else row_of(case_id, texts)[:9]
            wrong += held.pop(case_id, None) != wanted
        wrong += len(held)
        return [f"检索索引与案件的文字有 {wrong} 处对不上，要重建"] if wrong else []

    def glance(self) -> list[str]:
        checks: dict[str, Callable[[], Iterable[str]]] = {
            "chain": lambda: (broken.why for broken in checking.walk_chain(self.conn, 2000)[2]),
            "schema": lambda: schema.otherwise(self.conn),
            "numbers": lambda: sealing.check_numbers_given(self.conn),
            "units": lambda: checking.check_units(self.conn),
            "undone": lambda: checking.check_undone(self.conn),
        }
        return [problem for name, check in checks.items() for problem in self._tried(name, check)]

    def provable(self) -> list[str]:
        checks: dict[str, Callable[[], Iterable[str]]] = {
            "chain": lambda: (broken.why for broken in checking.walk_chain(self.conn)[2]),
            "texts": lambda: (
                broken.why
                for check in (checking.check_texts, checking.check_no_text_is_gone)
                for broken in check(self.conn)
            ),
            "docket": lambda: checking.check_docket(self.conn),
        }
        return [problem for name, check in checks.items() for problem in self._tried(name, check)]

    def repair(self) -> int:
        raise not_here("按事件链补写")

    def rebuild(self) -> int:
        raise not_here("按事件链补写")
