"""The cases that could explain why another office counts otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from xinfang_cli.book.nearness import NEAR, Compared, Near
from xinfang_cli.book.part import Part
from xinfang_cli.law.terms import RATING, STAGE

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted


class Nearby(Part):
    def clocks_near(self, kind: str, unit: int | None, period: Compared, more: bool) -> Iterator[Near]:
        """Clocks by due day: `more` those that ours leaves out, else those that ours counts and another might not."""
        rows = self._clocks(kind, unit, period)
        for number, title, due, void, why, excluded, its, present, repeat, recorded in rows:
            inside = period.first.isoformat() <= due <= period.last.isoformat()
            mine = unit is None or its == unit
            counted = inside and mine and not void and not excluded
            near = period.near(due)
            if more and not counted:
                if excluded:
                    yield Near(number, title, "已剔除")
                elif void and inside:
                    yield Near(number, title, f"时限失效：{why or '办理情况变了'}")
                elif not mine and inside:
                    yield Near(number, title, "时限记在前一单位")
                elif near and not void and mine:
                    yield Near(number, title, f"到期日 {due}，{near}")
            elif not more and counted:
                if present != its:
                    yield Near(number, title, "现已不在这个单位")
                elif near:
                    yield Near(number, title, f"到期日 {due}，{near}")
                elif repeat:
                    yield Near(number, title, "重复件", 1)
                elif recorded > period.last.isoformat():
                    yield Near(number, title, f"期后（{recorded}）才录入", 2)

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
                    yield Near(number, title, f"逾期完成：到期 {due}，完成 {stopped}")
                elif stopped is None and due < day:
                    yield Near(number, title, f"超期未完成：到期 {due}")
            elif stopped is not None and stopped <= due:
                left = (date.fromisoformat(due) - date.fromisoformat(stopped)).days
                if left <= 1:
                    yield Near(number, title, "到期当天完成" if left == 0 else "到期前一天完成")

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
                    yield Near(number, title, "已剔除")
                elif inside and not wanted:
                    yield Near(number, title, "本局记作重复件" if repeat else "本局记作初次件")
                elif near and not inside and wanted:
                    yield Near(number, title, f"收到日期 {on}，{near}")
            elif inside and wanted and not excluded:
                if stage in ("refused", "redirected", "filed", "withdrawn", "returned_up"):
                    yield Near(number, title, f"{STAGE.label(stage)}，别处可能不计")
                elif near:
                    yield Near(number, title, f"收到日期 {on}，{near}")

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
                yield Near(number, title, f"{on} 评价{RATING.label(rating)}")

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
                    yield Near(number, title, f"又有重复件 {again}" if again else f"{reviewed} 申请复查")
            elif more:
                if inside and (excluded or repeat):
                    yield Near(number, title, "已剔除" if excluded else "本局记作重复件")
                elif near and not inside:
                    yield Near(number, title, f"办结日期 {on}，{near}")
            elif inside and near and not repeat and not excluded:
                yield Near(number, title, f"办结日期 {on}，{near}")
