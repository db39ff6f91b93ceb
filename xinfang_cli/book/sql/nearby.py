"""The cases that could explain why another office counts otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from xinfang_cli.book.nearness import NEAR, Compared, Near, Reason
from xinfang_cli.book.part import Part

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted


class Nearby(Part):
    """Cases that could explain why a superior's count differs from ours."""

    def clocks_near(self, kind: str, unit: int | None, period: Compared, more: bool) -> Iterator[Near]:
        """Clocks by due day: with `more` those left out by ours, else those counted by ours and perhaps not by others."""
        rows = self._clocks(kind, unit, period)
        for number, title, due, void, why, excluded, its, present, repeat, recorded in rows:
            inside = period.first.isoformat() <= due <= period.last.isoformat()
            mine = unit is None or its == unit
            counted = inside and mine and not void and not excluded
            near = period.near(due)
            if more and not counted:
                if excluded:
                    yield Near(number, title, Reason("excluded"))
                elif void and inside:
                    yield Near(number, title, Reason("void", other=why or ""))
                elif not mine and inside:
                    yield Near(number, title, Reason("former_unit"))
                elif near and not void and mine:
                    yield Near(number, title, Reason("due", due, near))
            elif not more and counted:
                if present != its:
                    yield Near(number, title, Reason("left_unit"))
                elif near:
                    yield Near(number, title, Reason("due", due, near))
                elif repeat:
                    yield Near(number, title, Reason("repeat"), 1)
                elif recorded > period.last.isoformat():
                    yield Near(number, title, Reason("recorded_late", recorded), 2)

    def _clocks(
        self, kind: str, unit: int | None, period: Compared
    ) -> Iterator[tuple[str, Redacted, str, int, str | None, int, int | None, int | None, int, str]]:
        margin = timedelta(days=NEAR)
        whose = "" if unit is None else " AND (k.unit_id = :u OR c.unit_id = :u)"
        yield from self.conn.execute(
            "SELECT c.case_no, c.title, k.due_on, k.void, k.why, c.excluded, coalesce(k.unit_id, c.unit_id), c.unit_id, "
            "c.repeat, (SELECT substr(m.recorded_at, 1, 10) FROM events e JOIN commands m ON m.id = e.command_id "
            "WHERE e.case_id = c.id AND e.seq = 1) FROM clocks k JOIN cases c ON c.id = k.case_id "
            f"WHERE k.kind = :k AND k.due_on BETWEEN :p AND :q{whose} ORDER BY k.due_on, c.case_no",
            {
                "k": kind,
                "u": unit,
                "p": (period.first - margin).isoformat(),
                "q": (period.last + margin).isoformat(),
            },
        )

    def clocks_judged(self, kind: str, unit: int | None, period: Compared, more: bool) -> Iterator[Near]:
        """Clocks due in the period: `more` those that ours counts as missed, else those met on the last days."""
        day = period.as_of.isoformat()
        whose = "" if unit is None else " AND k.unit_id = :u"
        rows = self.conn.execute(
            "SELECT c.case_no, c.title, k.due_on, k.stop_on FROM clocks k JOIN cases c ON c.id = k.case_id "
            f"WHERE k.kind = :k AND k.counted = 1 AND k.due_on BETWEEN :p AND :q{whose} ORDER BY k.due_on, c.case_no",
            {"k": kind, "u": unit, "p": period.first.isoformat(), "q": period.last.isoformat()},
        )
        for number, title, due, stop in rows:
            stopped = stop if stop is not None and stop <= day else None
            if more:
                if stopped is not None and stopped > due:
                    yield Near(number, title, Reason("done_late", due, other=stopped))
                elif stopped is None and due < day:
                    yield Near(number, title, Reason("undone", due))
            elif stopped is not None and stopped <= due:
                left = (date.fromisoformat(due) - date.fromisoformat(stopped)).days
                if left <= 1:
                    yield Near(number, title, Reason("on_the_day" if left == 0 else "day_before"))

    def received_near(self, unit: int | None, period: Compared, more: bool, only: str) -> Iterator[Near]:
        """Cases by received day; `only` first, repeat or all."""
        margin = timedelta(days=NEAR)
        whose = "" if unit is None else " AND c.unit_id = :u"
        rows = self.conn.execute(
            "SELECT c.case_no, c.title, c.received_on, c.excluded, c.repeat, c.stage FROM cases c "
            f"WHERE c.received_on BETWEEN :p AND :q{whose} ORDER BY c.received_on, c.case_no",
            {"u": unit, "p": (period.first - margin).isoformat(), "q": (period.last + margin).isoformat()},
        )
        for number, title, on, excluded, repeat, stage in rows:
            inside = period.first.isoformat() <= on <= period.last.isoformat()
            wanted = only == "all" or bool(repeat) == (only == "repeat")
            near = period.near(on)
            if more:
                if inside and excluded:
                    yield Near(number, title, Reason("excluded"))
                elif inside and not wanted:
                    yield Near(number, title, Reason("repeat_here" if repeat else "first_here"))
                elif near and not inside and wanted:
                    yield Near(number, title, Reason("received", on, near))
            elif inside and wanted and not excluded:
                if stage in ("refused", "redirected", "filed", "withdrawn", "returned_up"):
                    yield Near(number, title, Reason("stage", other=stage))
                elif near:
                    yield Near(number, title, Reason("received", on, near))

    def rated(self, unit: int | None, period: Compared, who: str, more: bool) -> Iterator[Near]:
        """Ratings given in the period: `more` those that were not good, else the good ones."""
        whose = "" if unit is None else " AND c.unit_id = :u"
        rows = self.conn.execute(
            f"SELECT c.case_no, c.title, c.{who}_rating, c.{who}_rated_on FROM cases c WHERE c.excluded = 0 "
            f"AND c.{who}_rated_on BETWEEN :p AND :q{whose} ORDER BY c.{who}_rated_on, c.case_no",
            {"u": unit, "p": period.first.isoformat(), "q": period.last.isoformat()},
        )
        for number, title, rating, on in rows:
            if (rating == "dissatisfied") == more:
                yield Near(number, title, Reason("rated", on, other=rating))

    def closed_once(self, unit: int | None, period: Compared, more: bool, judged: bool) -> Iterator[Near]:
        """First-time cases closed for the first time in the period: `judged` by whether they came back, else by the edge."""
        margin = timedelta(days=NEAR)
        whose = "" if unit is None else " AND c.unit_id = :u"
        rows = self.conn.execute(
            "SELECT c.case_no, c.title, c.first_closed_on, c.excluded, c.repeat, c.reviewed_on, (SELECT min(r.case_no) "
            "FROM cases r WHERE r.repeat_of = c.id AND r.received_on >= c.first_closed_on AND r.excluded = 0) "
            f"FROM cases c WHERE c.first_closed_on BETWEEN :p AND :q{whose} ORDER BY c.first_closed_on, c.case_no",
            {"u": unit, "p": (period.first - margin).isoformat(), "q": (period.last + margin).isoformat()},
        )
        for number, title, on, excluded, repeat, reviewed, again in rows:
            inside = period.first.isoformat() <= on <= period.last.isoformat()
            near = period.near(on)
            if judged:
                if more and inside and not repeat and not excluded and (again or reviewed):
                    yield Near(
                        number, title, Reason("came_back", other=again) if again else Reason("reviewed", reviewed)
                    )
            elif more:
                if inside and (excluded or repeat):
                    yield Near(number, title, Reason("excluded" if excluded else "repeat_here"))
                elif near and not inside:
                    yield Near(number, title, Reason("closed", on, near))
            elif inside and near and not repeat and not excluded:
                yield Near(number, title, Reason("closed", on, near))
