"""The second count before a bulletin is sealed: it agrees over a whole district, and every number put wrong is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.office.test_bulletin_truth import PERIODS, demo  # noqa: F401
from xinfang_cli.law.periods import Period
from xinfang_cli.office.figures import bulletin, checking
from xinfang_cli.office.figures.bulletin import Bulletin
from xinfang_cli.office.figures.checking import Doubt
from xinfang_cli.office.keeping import settings
from xinfang_cli.office.session import Session
from xinfang_cli.present.checking import sentence


def differing(clerk: Session, made: Bulletin) -> list[Doubt]:
    with clerk.reading() as book:
        return [doubt for doubt in checking.check(book, made) if doubt.code == "differs"]


@pytest.mark.parametrize("name", ["first", "running", "half a year", "old week"])
def test_both_counts_agree(demo: Session, name: str) -> None:  # noqa: F811
    assert differing(demo, bulletin.bulletin(demo, PERIODS[name])) == []


def _more(numbers: dict[Any, int]) -> None:
    numbers[next(iter(numbers))] += 1


def _rate(made: Bulletin) -> Bulletin:
    made.now.rates["acceptance"].numerator -= 1
    return made


def _before(made: Bulletin) -> Bulletin:
    _more(made.now.against["previous"].volumes)
    return made


def _trend(made: Bulletin) -> Bulletin:
    made.now.trend[0].volumes["people"] += 1
    return made


def _topic(made: Bulletin) -> Bulletin:
    _more(made.now.breakdown.by["topic"])
    return made


def _days(made: Bulletin) -> Bulletin:
    breakdown = made.total.breakdown
    made.total.breakdown = breakdown._replace(durations=breakdown.durations._replace(longest=1))
    return made


def _problem(made: Bulletin) -> Bulletin:
    return made._replace(problems={**made.problems, "completion": made.problems["completion"][1:]})


def _resolved(made: Bulletin) -> Bulletin:
    first, *rest = made.backlog
    return made._replace(backlog=(first._replace(now=first.now + 1), *rest))


def _reception(made: Bulletin) -> Bulletin:
    assert made.reception is not None
    return made._replace(reception=made.reception._replace(people=made.reception.people + 1))


def _doing(made: Bulletin) -> Bulletin:
    return made._replace(doings={**made.doings, "forward": made.doings["forward"] - 1})


WRONG: dict[str, Callable[[Bulletin], Bulletin]] = {
    "本期合计责任单位及时受理率": _rate,
    "上期合计": _before,
    "走势合计": _trend,
    "内容分类": _topic,
    "累计合计最长天数": _days,
    "超期未办": lambda made: made._replace(overdue=made.overdue[:-1]),
    "不列名的件": lambda made: made._replace(hidden_overdue={**made.hidden_overdue, "测试局": 1}),
    "通报的件": _problem,
    "化解": _resolved,
    "领导接访": _reception,
    "本期转送做的事": _doing,
}


def test_every_number_put_wrong_is_found_and_named(demo: Session) -> None:  # noqa: F811
    made = bulletin.bulletin(demo, PERIODS["full"])
    for put_wrong in WRONG.values():
        made = put_wrong(made)
    said = [sentence(doubt) for doubt in differing(demo, made)]
    assert all("逐件再数是" in line for line in said)
    for where in WRONG:
        assert any(where in line for line in said), (where, said)
    assert len(said) == len(WRONG) + 1  # the rate is also held against the list that opens behind it


def test_a_closing_that_waits_to_be_checked_is_no_closing(case: Callable[..., Any]) -> None:
    """The bureau's own, and the second one of a reopened case: neither is in force, in either count."""
    again = case("2023-04-03").walk(
        ("assign", "2023-04-04"),
        ("accept", "2023-04-05"),
        ("close", "2023-04-06"),
        ("review", "2023-04-10"),
        ("review_result", "2023-04-12", {"result": "revoked", "redo_by": date(2023, 4, 28)}),
    )
    own = case("2023-04-03")
    settings.change(own.session, settings.Wanted("check_closings", "是"))
    for matter in (again, own):
        matter.do("close", "2023-04-20", checked=True)
    at = Session(own.session.place, date(2023, 5, 10), "测试员")
    made = bulletin.bulletin(at, Period("month", date(2023, 4, 1), date(2023, 4, 30)))
    assert made.no_unit.stages == (("reported", 1),)
    assert made.now.breakdown.durations.later_closings == 0
    assert differing(at, made) == []
