"""Matters ended for good (不再受理), and decisions without review (art. 35, 36)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.clocks import Clock
from xinfang_cli.law.rules import cited, in_brackets


class Ended(NamedTuple):
    """A matter ended for good (不再受理): since which day, on which ground, by which event."""

    on: date
    ground: str
    why: str


def ended_for_good(case: Case, today: date) -> Ended | None:
    """Whether a petition of that day on the same facts is 不再受理: after a recheck (art. 36), or by a local rule, if set:
    no review or recheck requested in time, a settlement, or the death of the sole petitioner.
    """
    ends = []
    if case.stage == "finalised":
        ends = [Ended(case.stage_since, "rechecked", "已复核终结")]
    elif case.code.now.rules.settings["local_finality"]:
        ends = [Ended(on, "ended_locally", why) for on, why in _local_ends(case, today)]
    return min((end for end in ends if end.on <= today), default=None)


def _local_ends(case: Case, today: date) -> Iterator[tuple[date, str]]:
    if case.stage == "closed" and case.outcome == "settled":
        yield case.stage_since, "已达成和解"
    if case.stage in ("closed", "reviewed", "withdrawn") and case.deceased_on is not None and case.headcount == 1:
        yield max(case.deceased_on, case.stage_since), "信访人已去世"
    kind, what = ("review_window", "复查") if case.stage == "closed" else ("recheck_window", "复核")
    clock = _unused_window(case, kind) if case.stage in ("closed", "reviewed") else None
    if clock is not None and today > clock.due:
        yield clock.due, f"逾期未申请{what}"


def _unused_window(case: Case, kind: str) -> Clock | None:
    return next((c for c in reversed(case.clocks) if c.kind == kind and not c.ended), None)


def why_no_review(case: Case) -> str:
    """Why this closed case has no review (不适用复查), or an empty text."""
    if case.reviewable:
        return ""
    if case.redirected_on is not None:
        return f"已导入法定途径，不出具信访处理意见书{in_brackets('other_ways', case.received_on)}"
    if case.pathway is None:
        return "没有出具信访处理意见书（未经受理直接办结）"
    article = cited("review", case.received_on)
    return f"按「{terms.PATHWAY.label(case.pathway)}」办理，不出具信访处理意见书（{article}只对处理意见书）"
