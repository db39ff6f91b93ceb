"""Keeping an office's book on a server: checks and rows written again. Copies are the business of who keeps the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from xinfang_cli.book import checking, comparing, refilling, sealing
from xinfang_cli.book.chain import GENESIS
from xinfang_cli.book.checking import Broken
from xinfang_cli.book.engine import Along, Conn, Copy, Examined
from xinfang_cli.book.part import Part
from xinfang_cli.book.postgres import schema, upgrading
from xinfang_cli.book.postgres.connection import Connection
from xinfang_cli.book.postgres.refusals import not_here
from xinfang_cli.book.postgres.search import Tally
from xinfang_cli.book.sql.purging import THERE
from xinfang_cli.errors import Unusable

GLANCED_EVENTS, GLANCED_CASES = 2000, 200
"""Of a check of a moment."""
MENDABLE = frozenset({"cases", "case_numbers", "schema", "numbers", "units", "words", "lists", "search", "undone"})
"""Checks of which what they find is mended by writing again what the chain proves."""


# book.chain.link, as the trigger has it (schema.LINKED); the breaks, and the last event.
_WALK = f"""WITH linked AS ({schema.linked("events", "LEFT JOIN")}),
walked AS (SELECT id, prev, hash, lag(hash) OVER (ORDER BY id) AS before, coalesce(lag(id) OVER (ORDER BY id), 0) + 1 AS expected
  FROM linked),
judged AS (SELECT id, hash, prev IS DISTINCT FROM coalesce(before, decode(repeat('00', 32), 'hex')) AS forged,
  id <> expected AS skipped, expected FROM walked)
(SELECT * FROM judged WHERE forged OR skipped ORDER BY id LIMIT 20)
UNION SELECT * FROM judged WHERE id = (SELECT max(id) FROM events) ORDER BY 1"""
_TEXTS = f"""SELECT e.id FROM texts t JOIN events e ON e.id = t.event_id
WHERE {THERE} AND sha256(t.salt || convert_to(t.body, 'UTF8')) IS DISTINCT FROM e.text_hash ORDER BY e.id LIMIT 20"""


def check_texts(conn: Conn) -> Iterator[Broken]:
    """Find personal texts that do not match their hash."""
    yield from (Broken(id, "文字与哈希不符") for (id,) in conn.execute(_TEXTS).fetchall())


_KEPT_BY = {"texts": "texts_never", "access_log": "access_never", "files": "files_never"}
TEXTS = (check_texts, checking.check_no_text_is_gone, checking.check_purged)


class Keeping(Part):
    """Checks, and rows written again; copies are the business of who keeps the server."""

    conn: Connection

    def backup(self, target: Path, along: Along | None = None) -> tuple[int, str]:
        raise not_here("备份（backup）")

    def set_aside(
        self, what: str, moment: str, folder: Path | None = None, *, sound: bool = True, along: Along | None = None
    ) -> Copy:
        raise not_here("存成副本")

    def copy_for_trial(self, target: Path) -> None:
        raise not_here("存成副本")

    @contextmanager
    def taking_texts(self) -> Iterator[None]:
        """The triggers that keep texts, old looks and files are out of the way, for the owner, within his transaction; what
        is left of them on the server's disk `wipe` takes."""
        if not self.conn.execute("SELECT is_owner()").fetchone()[0]:
            raise Unusable("只有管理员能清除文字，没有清除", "请管理员用自己的登录名做", code="permission")
        for table, trigger in _KEPT_BY.items():
            self.conn.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        yield
        for table, trigger in _KEPT_BY.items():
            self.conn.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")

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
        index = Tally(self.conn)

        def chain_holds() -> Iterator[str]:
            nonlocal events, head
            events, head, broken = self._walk_chain()
            return (f"第 {place.event_id} 号事件：{place.why}" for place in broken)

        def texts_hold() -> Iterator[str]:
            for check in TEXTS:
                yield from (f"第 {place.event_id} 号事件：{place.why}" for place in islice(check(self.conn), 20))

        def cases_hold() -> Iterator[str]:
            nonlocal checked, differing
            if rebuild:
                checked, differing = comparing.compare(self.book, progress=progress, each=index.add)
                yield from comparing.told(differing)

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
            "schema": self._schema,
            "access": lambda: sealing.check_old_looks(self.conn),
            "kept": lambda: (*checking.check_kept(self.conn), *sealing.check_kept_rows(self.conn)),
            "external_no": lambda: checking.check_doubles(self.conn),
        }
        if rebuild:
            checks["search"] = index.problems  # compared with the cases
        found = {name: self._tried(name, check) for name, check in checks.items()}
        return Examined(
            events,
            head,
            self.book.cases.count(),
            checked,
            tuple(differing[:100]),
            tuple(problem for listed in found.values() for problem in listed),
            {name: len(listed) for name, listed in found.items()},
            MENDABLE,
        )

    def _walk_chain(self) -> tuple[int, str, list[Broken]]:
        """Walk the whole chain (book.checking.walk_chain) where it stands: (events, head, breaks)."""
        count, head, broken = 0, GENESIS, list[Broken]()
        for id, hash, forged, skipped, expected in self.conn.execute(_WALK).fetchall():
            if forged:
                broken.append(Broken(id, "与前一事件的哈希不符"))
            if skipped:
                broken.append(Broken(id, f"编号不连续，应为 {expected}"))
            count, head = id, hash
        if not broken and (count, head.hex()) != self.book.events.head():
            broken.append(Broken(count, "链尾与记录的链头不符，末尾可能被截"))
        return count, head.hex(), broken

    def glance(self) -> list[str]:
        checks: dict[str, Callable[[], Iterable[str]]] = {
            "chain": lambda: (broken.why for broken in checking.walk_chain(self.conn, GLANCED_EVENTS)[2]),
            "schema": self._schema,
            "numbers": lambda: sealing.check_numbers_given(self.conn),
            "units": lambda: checking.check_units(self.conn),
            "undone": lambda: checking.check_undone(self.conn),
            "cases": lambda: comparing.otherwise(self.book, GLANCED_CASES),
        }
        return [problem for name, check in checks.items() for problem in self._tried(name, check)]

    def _schema(self) -> list[str]:
        """Of an office of the next version this program does not know how it should be; `server check` of that one does."""
        return [] if self.conn.ahead else schema.otherwise(self.conn)

    def provable(self) -> list[str]:
        checks: dict[str, Callable[[], Iterable[str]]] = {
            "chain": lambda: (broken.why for broken in self._walk_chain()[2]),
            "texts": lambda: (broken.why for check in TEXTS for broken in check(self.conn)),
            "docket": lambda: checking.check_docket(self.conn),
        }
        return [problem for name, check in checks.items() for problem in self._tried(name, check)]

    def repair(self) -> int:
        """`rebuild`, with what no event knows of taken out, functions and triggers as this version has them: the owner's."""
        if not self.conn.execute("SELECT is_owner()").fetchone()[0]:
            raise Unusable("只有管理员能按事件链补写，没有补写", "请管理员用自己的登录名做", code="permission")
        self.conn.execute("SET LOCAL statement_timeout = 0")
        upgrading.settle(self.conn)
        sealing.put_numbers_right(self.conn)
        count = self.rebuild()
        refilling.take_out_strangers(self.book)
        return count

    def rebuild(self) -> int:
        return refilling.write_again(self.book)
