"""The day a step is said to have happened against the day on which it was recorded, by unit and clerk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import Matter, correct
from tests.office.test_unit_sheets import Filled, collect, issued
from xinfang_cli.office.figures.backdated import BackdatedSteps, Lags, backdated
from xinfang_cli.office.figures.stats import FiguresRequest
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework

pytestmark = pytest.mark.usefixtures("engine")

Make = Callable[..., Matter]
MAY = (date(2023, 5, 1), date(2023, 5, 31))


@pytest.fixture
def at(session: Callable[..., Session]) -> Session:
    return session("2023-07-17")


def at_moment(at: Session, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setattr(at, "now", lambda: moment)


def asked(at: Session, unit: str | None = None, span: tuple[date, date] = MAY) -> BackdatedSteps:
    return backdated(at, FiguresRequest(*span, only={"unit": unit}))


def test_lags_by_unit_and_clerk(case: Make, at: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the office's day: 16:00 in Greenwich is the next morning in China."""
    at_moment(at, monkeypatch, "2023-05-01T15:59:59+00:00")
    matter = case("2023-05-01", at=at)
    at_moment(at, monkeypatch, "2023-05-04T16:00:00+00:00")
    matter.assign("2023-05-02", "教育局")
    at_moment(at, monkeypatch, "2023-05-08T15:59:59+00:00")
    at._actor = "另一员"
    matter.do("sign", "2023-05-04")
    found = asked(at)
    assert found.total == Lags(steps=3, later=2, few=1, many=1, longest=4, saved=0)
    assert [(one.name, one.lags.later) for one in found.by_unit] == [("教育局", 1), ("未转送", 1)]
    assert {one.name: one.lags.longest for one in found.by_clerk} == {"另一员": 4, found.by_clerk[-1].name: 3}
    assert [(step.kind, step.days) for step in found.steps] == [("sign", 4), ("assign", 3)]
    assert asked(at, "教育局").total == Lags(1, 1, 0, 1, 4, 0)
    assert asked(at, span=(date(2023, 5, 4), date(2023, 5, 4))).total.steps == 1


@pytest.mark.parametrize(("moment", "saved"), [("2023-05-19T15:59:59+00:00", 0), ("2023-05-19T16:00:00+00:00", 1)])
def test_a_clock_met_by_the_written_day_alone(
    case: Make, at: Session, monkeypatch: pytest.MonkeyPatch, moment: str, saved: int
) -> None:
    at_moment(at, monkeypatch, "2023-05-04T01:00:00+00:00")
    matter = case("2023-05-01", ("assign", "2023-05-04", {"to": "教育局"}), at=at)
    assert matter.clock("acceptance")["due"] == "2023-05-19"
    at_moment(at, monkeypatch, moment)
    matter.do("accept", "2023-05-18", told_on=date(2023, 5, 18), pathway="opinion")
    found = asked(at)
    assert found.total.saved == saved
    assert [step.saved for step in found.steps if step.kind == "accept"] == ["acceptance" if saved else None]


def test_a_correction_is_as_old_as_the_day_it_sets(case: Make, at: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    at_moment(at, monkeypatch, "2023-05-25T01:00:00+00:00")
    matter = case("2023-05-01", ("assign", "2023-05-04", {"to": "教育局"}), ("accept", "2023-05-25"), at=at)
    at_moment(at, monkeypatch, "2023-06-20T01:00:00+00:00")
    accepted = next(event.seq for event in matter.events() if event.kind == "accept")
    correct(at, matter.no, accepted, on=date(2023, 5, 19), changes={"told_on": date(2023, 5, 19)})
    (step,) = [step for step in asked(at).steps if step.corrects]
    assert (step.kind, step.days, step.saved, step.due_on) == ("accept", 32, "acceptance", date(2023, 5, 19))


def test_what_was_taken_back_or_is_kept_from_the_unit_counts_nowhere(
    case: Make, at: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_moment(at, monkeypatch, "2023-07-01T01:00:00+00:00")
    matter = case("2023-05-01", ("assign", "2023-05-04", {"to": "教育局"}), ("sign", "2023-05-05"), at=at)
    assert asked(at, "教育局").total.later == 1
    at.sure = True
    casework.edit(at, [matter.no], {"kind": "accusation", "complained_unit": "教育局"})
    assert asked(at, "教育局").total.steps == 0
    assert asked(at).total.later == 3


def test_a_collected_sheet_that_backdates_is_told(case: Make, at: Session, tmp_path: Path) -> None:
    new = case("2023-06-20", ("assign", "2023-06-21", {"to": "教育局"}), at=at)
    late = new.clock("acceptance")["due"]
    back = Filled(issued(at, tmp_path)).fill(new.no, 签收日期="2023-06-25", 受理日期=late).save()
    assert late < "2023-07-17"
    (file,) = collect(at, back)["files"]
    said = file["backdated"]
    assert (said["steps"], said["earliest"]) == (2, "2023-06-25")
    assert [(one["case_no"], one["column"], one["clock"]) for one in said["saved"]] == [
        (new.no, "受理日期", "acceptance")
    ]


def test_a_sheet_of_today_backdates_nothing(case: Make, at: Session, tmp_path: Path) -> None:
    new = case("2023-07-10", ("assign", "2023-07-11", {"to": "教育局"}), at=at)
    back = Filled(issued(at, tmp_path)).fill(new.no, 签收日期="2023-07-17").save()
    (file,) = collect(at, back)["files"]
    assert file["backdated"] == {"steps": 0, "earliest": None, "saved": []}
