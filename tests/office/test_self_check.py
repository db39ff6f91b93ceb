"""The second count before a bulletin is sealed: it agrees over a whole district, and every number put wrong is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.office.test_bulletin_truth import PERIODS, demo  # noqa: F401
from xinfang_cli.documents.bulletin import sentences as said_by
from xinfang_cli.law import terms
from xinfang_cli.law.periods import Period
from xinfang_cli.office.campaigns import advice
from xinfang_cli.office.campaigns.advice import Advice, Standing
from xinfang_cli.office.campaigns.reception_status import ReceptionStatus
from xinfang_cli.office.figures import bulletin, checking
from xinfang_cli.office.figures.bulletin import Bulletin
from xinfang_cli.office.figures.checking import Doubt
from xinfang_cli.office.keeping import settings
from xinfang_cli.office.session import Session
from xinfang_cli.present.checking import sentence

pytestmark = pytest.mark.long


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


def _duty(made: Bulletin) -> Bulletin:
    assert made.reception is not None
    return made._replace(
        reception=made.reception._replace(days_without_visitor=made.reception.days_without_visitor + 1)
    )


def _missing(made: Bulletin) -> Bulletin:
    assert made.reception_so_far is not None
    return made._replace(reception_so_far=made.reception_so_far._replace(missing=made.reception_so_far.missing[1:]))


def _doing(made: Bulletin) -> Bulletin:
    return made._replace(doings={**made.doings, "forward": made.doings["forward"] - 1})


def _standing(made: Bulletin) -> Bulletin:
    rank = Standing("测试指标", None, 1, 9, date(2023, 6, 1), None, None)
    return made._replace(standings=(*made.standings, rank))


def _advice(made: Bulletin) -> Bulletin:
    to = "测试局"
    given = Advice(9, "improve", to, date(2023, 6, 1), None, None, (), None, None, None, None, None)
    return made._replace(advices=(*made.advices, given))


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
    "本期领导接访人数": _reception,
    "本期领导接访无访天数": _duty,
    "领导接访缺访天数": _missing,
    "本期转送做的事": _doing,
    "上级名次": _standing,
    "三项建议": _advice,
}


def test_every_number_put_wrong_is_found_and_named(demo: Session) -> None:  # noqa: F811
    made = bulletin.bulletin(demo, PERIODS["full"])
    for put_wrong in WRONG.values():
        made = put_wrong(made)
    said = [sentence(doubt) for doubt in differing(demo, made)]
    assert all("逐件再数是" in line for line in said)
    for where in WRONG:
        assert any(where in line for line in said), (where, said)
    assert (
        len(said) == len(WRONG) + 2
    )  # of the advice also to whom; the rate is also held against the list that opens behind it


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


def test_an_acceptance_that_nobody_recorded_is_told_before_it_is_published(case: Callable[..., Any]) -> None:
    """Two closings end the acceptance clock, one too late; who was told when, the book does not say."""
    for accepted, closed in ((None, "2023-04-10"), (None, "2023-05-30"), ("2023-04-06", "2023-05-30")):
        matter = case("2023-04-03").walk(("assign", "2023-04-04"))
        if accepted:
            matter.walk(("accept", accepted))
        matter.walk(("close", closed))
    at = Session(matter.session.place, date(2023, 6, 10), "测试员")
    made = bulletin.bulletin(at, Period("month", date(2023, 4, 1), date(2023, 4, 30)))
    assert (made.now.rates["acceptance"].numerator, made.now.rates["acceptance"].denominator) == (2, 3)
    with at.reading() as book:
        told = [doubt for doubt in checking.check(book, made) if doubt.code == "acceptance_missing"]
    assert [(doubt.span, doubt.said) for doubt in told] == [("now", (2, 1)), ("so_far", (2, 1))]
    assert sentence(told[0]).startswith("本期责任单位及时受理率里有 2 件缺受理")


def test_a_relapse_that_was_excluded_after_the_period_is_one_at_its_end(case: Callable[..., Any]) -> None:
    """Nothing in a report is later than its period, in either count: the trend looks at such days."""
    first = case("2023-04-03").walk(("join", "2023-04-03"), ("resolve", "2023-04-10"))
    again = case("2023-04-20", repeat_of=first.no)
    again.do("exclude", "2023-05-10", reason="测试", approved_by="测试局长")
    at = Session(first.session.place, date(2023, 6, 10), "测试员")
    made = bulletin.bulletin(at, Period("month", date(2023, 4, 1), date(2023, 4, 30)))
    assert (made.now.rates["backlog"].numerator, made.now.rates["backlog"].denominator) == (0, 1)
    assert differing(at, made) == []


# Every sentence of a bulletin, by the function that writes it: what of its numbers the second count is of.
SENTENCES = {
    "volume_paragraphs": "volumes, form, kind, topic, no_unit, appeals, days",
    "level_paragraphs": "level",
    "rate_sentences": "rates",
    "rate_changes": "rates of the periods against",
    "volume_changes": "volumes of the periods against",
    "places": "rates by unit",
    "places_in": "rates by unit",
    "backlog_paragraph": "backlog, resolved",
    "backlog_sentences": "backlog, resolved",
    "reception_paragraphs": "reception",
    "standing_paragraph": "standing",
    "advice_paragraphs": "advice",
    "problem_paragraphs": "problem, hidden, overdue",
}
WORDS_ONLY = {
    *(
        "until",
        "day_in",
        "when",
        "so_far_in_words",
        "year_in_words",
        "fraction",
        "left_out",
        "named",
        "most",
        "compared",
    ),
    *("without_data", "changes", "target_words", "rate_of", "overdue_in_words"),
}
COUNTED_AGAIN = {
    *("now", "total", "backlog", "overdue", "hidden_overdue", "excluded_overdue", "problems", "hidden_problems"),
    *("no_unit", "no_unit_so_far", "complained_of", "doings", "reception", "reception_so_far", "advices", "standings"),
}
NO_NUMBERS = {
    "set_later",
    "period",
    "so_far",
    "as_of",
    "made_on",
    "bureau",
    "area",
    "number",
    "targets",
    "target_sources",
    "sealed",
    "beside",
}
RECEPTION_AGAIN = {
    *("leader_times", "groups", "people", "by_form", "matters", "orders", "carried_out", "orders_overdue"),
    *("open_matters", "days_on_duty", "missing", "days_without_visitor", "days_invited", "roster_entered_on"),
}
RECEPTION_ONCE = {"first", "last", "as_of", "by_leader", "states", "invited"}  # what only the desk shows


def test_nothing_new_is_said_without_a_second_count() -> None:
    """A new sentence or a new part of a bulletin stops here until somebody says how it is counted again."""
    written = {
        name
        for name, one in vars(said_by).items()
        if callable(one) and not name.startswith("_") and getattr(one, "__module__", "") == said_by.__name__
    }
    assert written == set(SENTENCES) | WORDS_ONLY
    assert set(Bulletin._fields) - {"head"} == COUNTED_AGAIN | NO_NUMBERS
    assert set(ReceptionStatus._fields) == RECEPTION_AGAIN | RECEPTION_ONCE


def test_suggestions_and_their_answers_are_counted_again_as_of_the_end(session: Callable[..., Session]) -> None:
    """A second answer after the period hides nothing of the first."""
    at = session("2024-03-01")
    kind = next(iter(terms.ADVICE.labels))
    for on in (date(2023, 4, 3), date(2023, 5, 3)):
        advice.advise(at, advice.NewAdvice(kind, "测试局", on))
    advice.answer(at, 1, adopted=True, on=date(2023, 6, 1), text=None)
    advice.answer(at, 1, adopted=False, on=date(2024, 2, 1), text=None)
    made = bulletin.bulletin(at, Period("year", date(2023, 1, 1), date(2023, 12, 31)))
    assert [(one.answered_on, one.adopted) for one in made.advices] == [(date(2023, 6, 1), True), (None, None)]
    assert differing(at, made) == []
