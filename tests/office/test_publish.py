"""Sealed figures: nothing has changed, then what was done since shows, cell by cell, case by case, by whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.conftest import correct, shown_case
from xinfang_cli.errors import NotFound
from xinfang_cli.law.periods import Period, period_of
from xinfang_cli.office.amend.correcting import CorrectionPlan
from xinfang_cli.office.figures import appeal, bulletin, sealing, stats
from xinfang_cli.office.figures.stats import HIDDEN, FiguresRequest
from xinfang_cli.office.keeping import health, settings
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting, casework, registering
from xinfang_cli.present import changes
from xinfang_cli.present.casework import record
from xinfang_cli.present.figures import document

pytestmark = pytest.mark.long


def changes_of(clerk: Session, period: Period) -> dict[str, Any]:
    """What has changed since a publication, as its JSON has it."""
    return changes.document(sealing.changes(clerk, period))


def behind(at: Session, request: FiguresRequest, key: str, part: str | None = None) -> list[dict[str, Any]]:
    """The cases behind a number as their JSON has them."""
    return list(document(stats.cases_behind(at, request, key, part)))


JUNE = period_of(date(2023, 6, 1), date(2023, 6, 30))


def by_figure(found: dict[str, Any], span: str, row: str) -> dict[str, tuple[Any, Any]]:
    return {
        cell["figure"]: (cell["before"], cell["after"])
        for cell in found["cells"]
        if (cell["span"], cell["row"]) == (span, row)
    }


def test_what_changed_since_it_was_published(own_district: Callable[..., Session]) -> None:
    clerk = own_district()
    with pytest.raises(NotFound):
        sealing.changes(clerk, JUNE)
    sealed = sealing.publish(clerk, JUNE)
    assert sealing.notice(clerk, JUNE) == ()
    same = changes_of(clerk, JUNE)
    assert (same["differs"], same["cells"], same["cases"], same["head_matches"]) == (0, [], [], True)

    # weeks later somebody finds the closing of an overdue case, back-dated to its last day, and excludes a late one
    later = own_district(date(2023, 8, 20), "测试改")
    later.anyway = True  # in the book it is the same minute
    overdue = behind(clerk, FiguresRequest(*JUNE[1:]), "completion", "overdue")[0]
    late = behind(clerk, FiguresRequest(*JUNE[1:]), "completion", "late")[0]
    casework.close(later, [overdue["case_no"]], date.fromisoformat(overdue["due_on"]), outcome="explained")
    acting.act(
        later,
        "exclude",
        [late["case_no"]],
        acting.simple("exclude", date(2023, 7, 17), reason="测试", approved_by="测试甲"),
    )
    # and what happens after the as-of day is no change of it
    registering.add(
        later, date(2023, 8, 19), {"channel": "letter", "kind": "appeal", "title": "后来的", "name": "测试丙"}
    )

    found = changes_of(later, JUNE)
    rate = sealed.now.rates["completion"]
    assert by_figure(found, "now", "合计")["completion"] == (
        [rate.numerator, rate.denominator],
        [rate.numerator + 1, rate.denominator - 1],
    )
    moved = {
        case["case_no"]: case for case in found["cases"] if (case["span"], case["figure"]) == ("now", "completion")
    }
    assert set(moved) == {overdue["case_no"], late["case_no"]}
    assert moved[overdue["case_no"]]["before"] == [{"unit": overdue["unit"], "part": "overdue"}]
    assert moved[overdue["case_no"]]["after"] == [{"unit": overdue["unit"], "part": "on_time"}]
    assert moved[late["case_no"]]["after"] == []
    assert [(c["kind"], c["actor"]) for c in moved[late["case_no"]]["changes"]] == [("exclude", "测试改")]
    assert len(sealing.notice(later, JUNE)) == 1
    assert (
        bulletin.bulletin(later, JUNE, as_of=date(2023, 7, 17)).now.rates["completion"].numerator == rate.numerator + 1
    )


def test_the_book_can_say_what_it_knew_then(own_district: Callable[..., Session]) -> None:
    """Every sealed cell comes out of the rows again, whatever has been done since: also undone and settings changed."""
    clerk = own_district()
    sealing.publish(clerk, JUNE)
    later = own_district(date(2023, 9, 1), "测试改")
    later.anyway = True
    for row in behind(clerk, FiguresRequest(JUNE.first, date(2023, 7, 31)), "completion", "overdue")[:4]:
        casework.close(later, [row["case_no"]], date(2023, 7, 10), outcome="explained")
    settings.change(later, settings.Wanted("clocks.completion", "45", "测试文〔2023〕1号"))

    with later.reading() as book:
        seal = sealing.last_seal(book, JUNE)
        assert seal is not None
        tables = book.counts.as_of(seal.as_of, seal.events)
        for span in seal.cells:
            then = sealing._cells(stats.figures(book, tables, sealing._asked(seal, span)))
            assert then == seal.cells[span]
    assert changes_of(later, JUNE)["differs"] > 4


def test_a_second_publication_is_the_one_that_counts(own_district: Callable[..., Session]) -> None:
    clerk = own_district()
    sealing.publish(clerk, JUNE)
    overdue = behind(clerk, FiguresRequest(*JUNE[1:]), "completion", "overdue")[0]
    casework.close(clerk, [overdue["case_no"]], date.fromisoformat(overdue["due_on"]), outcome="explained")
    assert changes_of(clerk, JUNE)["differs"] > 0
    sealing.publish(clerk, JUNE)
    assert changes_of(clerk, JUNE)["differs"] == 0
    assert health.check(clerk, True).ok


# ---- what a correction would move -----------------------------------------------------------------------------------


def _set_right(
    clerk: Session, number: str, seq: int, on: date | None = None, **changes: Any
) -> tuple[CorrectionPlan, dict[str, Any]]:
    """Correct; what it said it would move, and the case as it then is."""
    done, found = correct(clerk, number, seq, on=on, reason="录错", changes=changes)
    return found, record(done.cases[0])


def _event(clerk: Session, number: str, kind: str) -> tuple[int, date]:
    return next((e["seq"], e["on"]) for e in shown_case(clerk, number, False)["events"] if e["kind"] == kind)


def test_a_correction_says_what_it_moves_of_what_was_published(own_district: Callable[..., Session]) -> None:
    """Each announced change is the change that `report --changes` then finds, number by number; nothing is left out."""
    periods = {
        one: period_of(first, last)
        for one, first, last in (
            ("may", date(2023, 5, 1), date(2023, 5, 31)),
            ("june", date(2023, 6, 1), date(2023, 6, 30)),
            ("quarter", date(2023, 4, 1), date(2023, 6, 30)),
            ("week", date(2023, 6, 26), date(2023, 7, 2)),
        )
    }
    clerk = own_district(date(2023, 8, 20))
    repeat = behind(clerk, FiguresRequest(*JUNE[1:]), "repeat", "numerator")
    linked = next(row["case_no"] for row in repeat if shown_case(clerk, row["case_no"], False)["repeat_of"])
    late = behind(clerk, FiguresRequest(*JUNE[1:]), "completion", "late")[0]
    rated = behind(clerk, FiguresRequest(*JUNE[1:]), "satisfaction", "numerator")[0]
    asked = behind(clerk, FiguresRequest(*JUNE[1:]), "acceptance", "on_time")[0]
    resolved = behind(clerk, FiguresRequest(*JUNE[1:]), "backlog", "numerator")[0]
    for number, kind, on in (
        (late["case_no"], "close", date.fromisoformat(late["due_on"])),  # in time after all
        (rated["case_no"], "rate", date(2023, 7, 10)),  # into the next month
        (asked["case_no"], "accept", date.fromisoformat(asked["due_on"]) + timedelta(days=1)),
        (linked, "register", date(2023, 5, 1)),  # a repeat that came before the closing of its original
        (resolved["case_no"], "resolve", date(2023, 7, 16)),
    ):
        for period in periods.values():
            sealing.publish(clerk, period, as_of=date(2023, 7, 15))
        found, _ = _set_right(clerk, number, _event(clerk, number, kind)[0], on)
        announced = {
            (one.period.label, cell.span, cell.row, cell.figure): (
                cell.published,
                [old + by for old, by in zip(cell.published or [0] * 9, cell.change, strict=False)],
            )
            for one in found.published
            for cell in one.cells
        }
        made = {
            (period.label, cell["span"], cell["row"], cell["figure"]): (cell["before"], cell["after"])
            for period in periods.values()
            for cell in changes_of(clerk, period)["cells"]
        }
        assert announced == made
        assert made, kind
    assert health.check(clerk).ok


def test_a_correction_of_what_was_not_published_moves_nothing(own_district: Callable[..., Session]) -> None:
    clerk = own_district(date(2023, 8, 20))
    closed = behind(clerk, FiguresRequest(*JUNE[1:]), "completion", "late")[0]
    seq, on = _event(clerk, closed["case_no"], "close")
    assert _set_right(clerk, closed["case_no"], seq, on.replace(day=1))[0].published == ()
    sealing.publish(clerk, period_of(date(2023, 1, 1), date(2023, 1, 31)), as_of=date(2023, 2, 1))
    assert _set_right(clerk, closed["case_no"], seq, on)[0].published == ()  # after the as-of day


# ---- the appeal file ----------------------------------------------------------------------------------------------


def test_the_appeal_file_has_the_cases_behind_each_figure(district: Session) -> None:
    found = appeal.appeal(district, "柳笛镇", JUNE)
    table = stats.stats(district, FiguresRequest(*JUNE[1:], by=("unit",)), ranked=True)
    mine = next(row for row in table.rows if row.name == "柳笛镇")
    assert (found.row.rates, found.row.ranks, found.row.overall_rank) == (
        mine.rates,
        mine.ranks,
        mine.overall_rank,
    )
    for key in mine.rates:
        listed = [row for row in found.behind[key] if row.part != "pending"]
        assert len(listed) == mine.rates[key].denominator, key
        good = {"on_time", "numerator"}
        assert sum(row.part in good for row in listed) == mine.rates[key].numerator, key
        assert {row.unit for row in listed} <= {"柳笛镇", None}
    assert {row.name for row in found.peers} == {row.name for row in table.rows if row.group == "镇街"}


def test_the_appeal_file_hides_accusations_against_the_unit(case: Callable[..., Any]) -> None:
    matter = case("2024-03-01", kind="accusation", complained_unit="别的局", title="不该让他看见的话")
    matter.assign("2024-03-02", to="测试局")
    matter.session.sure = True  # as if an old sheet had sent it to a part of the accused
    casework.edit(matter.session, [matter.no], {"complained_unit": "测试局办公室"})
    found = appeal.appeal(matter.session, "测试局", period_of(date(2024, 3, 1), date(2024, 3, 31)))
    titles = [(row.case_no, row.title) for rows in found.behind.values() for row in rows]
    assert titles
    assert set(titles) == {(None, HIDDEN)}
