"""三项建议 and a superior's ranks, through the office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import Matter
from xinfang_cli.errors import BadValue, NotFound, Refused
from xinfang_cli.office.campaigns import advice
from xinfang_cli.office.campaigns.advice import NewAdvice, NewStanding
from xinfang_cli.office.session import Session

pytestmark = pytest.mark.usefixtures("engine")

Open = Callable[..., Session]


def d(text: str) -> date:
    return date.fromisoformat(text)


def test_a_suggestion_and_its_answer(session: Open, case: Callable[..., Matter]) -> None:
    at = session("2023-07-31")
    matter = case("2023-07-03", at=at)
    made = advice.advise(
        at,
        NewAdvice(
            "improve_work",
            "测试局",
            d("2023-07-10"),
            "限期整改",
            d("2023-07-30"),
            (matter.no,),
            "区信建〔2023〕1号",
        ),
    )
    assert (made.number, made.cases, made.days_left, made.adopted) == (1, (matter.no,), -1, None)
    advice.advise(at, NewAdvice("complete_policy", "区政府", d("2023-07-11")))
    assert [row.number for row in advice.advices(at, open_only=True).advices] == [1, 2]
    done = advice.answer(at, 1, adopted=True, on=d("2023-07-25"), text="已整改")
    assert (done.answered_on, done.adopted, done.days_left, done.answer) == (
        d("2023-07-25"),
        True,
        None,
        "已整改",
    )
    assert [row.number for row in advice.advices(at, open_only=True).advices] == [2]
    (then,) = advice.advices(at, d("2023-07-10"), d("2023-07-10"), as_of=d("2023-07-24")).advices
    assert (then.answered_on, then.adopted, then.days_left) == (None, None, 6)
    assert advice.answer(at, 1, adopted=False, on=d("2023-07-26"), text=None).adopted is False


def test_refused(session: Open) -> None:
    at = session("2023-07-31")
    with pytest.raises(Refused, match="晚于今天"):
        advice.advise(at, NewAdvice("improve_work", "测试局", d("2023-08-10")))
    with pytest.raises(Refused, match="早于建议日期"):
        advice.advise(at, NewAdvice("improve_work", "测试局", d("2023-07-10"), answer_by=d("2023-07-09")))
    with pytest.raises(NotFound):
        advice.answer(at, 1, adopted=True, on=d("2023-07-10"), text=None)
    with pytest.raises(BadValue):
        advice.standing_add(at, NewStanding("积案化解率", 13, 12, d("2023-07-17")))


def test_standings(session: Open, tmp_path: Path) -> None:
    at = session("2023-07-31")
    advice.standing_add(at, NewStanding("积案化解率", 7, 12, d("2023-06-17")))
    advice.standing_add(at, NewStanding("backlog", 5, 12, d("2023-07-17")))
    advice.standing_add(at, NewStanding("积案化解率", 6, 12, d("2023-07-17"), value="57.49%"))  # set right
    file = tmp_path / "排名.csv"
    file.write_text("指标,名次,共几个,日期\n积案化解数,2,12,2023-07-17\n", encoding="utf-8")
    assert advice.standings_from_file(at, file).added == 1
    rows = advice.standings(at).standings
    assert [(row.indicator, row.key, row.rank) for row in rows] == [
        ("积案化解率", "backlog", 7),
        ("积案化解率", "backlog", 6),
        ("积案化解数", None, 2),
    ]
    assert [row.rank for row in advice.standings(at, latest=True).standings] == [6, 2]
    assert [row.rank for row in advice.standings(at, indicator="backlog", as_of=d("2023-06-30")).standings] == [7]
