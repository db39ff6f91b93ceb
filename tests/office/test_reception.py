"""Leaders' reception through the office: roster, visits, orders as clocks, the loop, the counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Matter
from tests.office.test_act import everything, whole
from xinfang_cli.errors import BadValue, NotFound, Refused, XinfangError
from xinfang_cli.law.backlog import Fixed
from xinfang_cli.office.amend import undoing
from xinfang_cli.office.campaigns import reception_status, roster, visits
from xinfang_cli.office.campaigns.reception_status import MattersAsked
from xinfang_cli.office.campaigns.roster import RosterRequest
from xinfang_cli.office.campaigns.visits import NewOrder, Visit
from xinfang_cli.office.find import morning
from xinfang_cli.office.keeping import units
from xinfang_cli.office.session import Session
from xinfang_cli.present.casework import record

pytestmark = pytest.mark.usefixtures("engine")

Make = Callable[..., Matter]
Open = Callable[..., Session]
JULY = (date(2023, 7, 1), date(2023, 7, 31))
FRIDAY = date(2023, 7, 21)


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def at(session: Open) -> Session:
    """A clerk on Monday 31 July 2023."""
    return session("2023-07-31")


@pytest.fixture
def matter(case: Make, at: Session) -> Matter:
    return case("2023-07-03", ("assign", "2023-07-04"), at=at, channel="visit", headcount=2)


def log(at: Session, on: str, *numbers: str, leaders: tuple[str, ...] = ("测试领导甲",), **more: Any) -> Any:
    return visits.log(at, Visit(d(on), more.pop("form", "open"), leaders, numbers=numbers, **more), new_unit=True)


def overdue(at: Session) -> list[tuple[str, str, str]]:
    rows = morning.deadlines(at, kinds=("order",)).lines
    return [(row.case_no, row.unit or "", row.due_on) for row in rows]


def test_attendances_parties_and_people(at: Session, matter: Matter, case: Make) -> None:
    """Worked out by hand: two leaders over one party of two; the same leader twice on a day; one sitting alone."""
    other = case("2023-07-03", at=at, channel="visit")
    log(at, "2023-07-05", matter.no, leaders=("测试领导甲", "测试领导乙"))  # 2 times, 1 party, 2 people (headcount)
    log(at, "2023-07-05", other.no, people=3)  # the same leader on the same day: no more times
    log(at, "2023-07-05", other.no, form="video")  # another form: 1 time
    log(at, "2023-07-06", matter.no, other.no, people=4)  # one party about two matters
    visits.attend(at, d("2023-07-07"), "open", ["测试领导丙"], [matter.no])
    found = reception_status.status(at, *JULY)
    assert (found.leader_times, found.groups, found.people) == (5, 4, 2 + 3 + 1 + 4)
    assert (found.matters, found.days_on_duty) == (5, 3)
    assert (found.days_without_visitor, found.days_invited, found.invited) == (1, 1, (matter.no,))
    assert next(one for one in found.by_form if one.form == "video") == ("video", 1, 1, 1)
    # Wednesday 5 to Friday 28 July: nothing was arranged, today is not over; before the first day in the book all is dark
    assert found.days_missing == 18 - 3
    assert reception_status.status(at, d("2023-01-01"), d("2023-07-30")).days_missing == 18 - 3
    assert reception_status.status(at, d("2023-01-01"), d("2023-06-30")).days_missing == 0
    assert not any(day.missing for day in roster.show(at, d("2023-06-01"), d("2023-07-04")).days)
    assert reception_status.status(at, d("2023-07-06"), d("2023-07-06")).people == 4
    assert reception_status.status(at, *JULY, as_of=d("2023-07-05")).leader_times == 3
    whole(at)


def test_an_order_is_a_clock_until_it_is_carried_out(at: Session, matter: Matter) -> None:
    log(at, "2023-07-05", matter.no, to="乙局", answer_by=d("2023-07-20"), order="限期解决")
    assert matter.clock("order") == {"start": "2023-07-05", "due": "2023-07-20", "stop": None, "void": 0}
    assert overdue(at) == [(matter.no, "乙局", "2023-07-20")]
    matter.close("2023-07-21")
    assert overdue(at) == [(matter.no, "乙局", "2023-07-20")]  # a closing is not what was ordered
    assert reception_status.status(at, *JULY).orders_overdue == 1
    visits.follow(at, [matter.no], "carried_out", d("2023-07-22"), text=None)
    assert overdue(at) == []
    assert matter.clock("order")["stop"] == "2023-07-22"
    whole(at)


def test_the_loop_step_by_step(at: Session, matter: Matter) -> None:
    def state() -> str:
        (row,) = reception_status.matters(at, MattersAsked(*JULY)).matters
        return row.state

    log(at, "2023-07-05", matter.no)
    assert state() == "received"
    visits.order(at, [matter.no], d("2023-07-06"), NewOrder(d("2023-07-20"), text="限期解决"))
    assert state() == "ordered"
    with pytest.raises(Refused, match="还没有落实"):
        visits.follow(at, [matter.no], "fed_back", d("2023-07-10"), text=None)
    for step, on in (("carried_out", "2023-07-10"), ("fed_back", "2023-07-12"), ("followed_up", "2023-07-20")):
        assert reception_status.status(at, *JULY).open_matters == 1
        visits.follow(at, [matter.no], step, d(on), text="已办")
        assert state() == ("done" if step == "followed_up" else step)
    assert reception_status.status(at, *JULY).open_matters == 0
    with pytest.raises(Refused, match="已于 2023-07-10 落实"):
        visits.follow(at, [matter.no], "carried_out", d("2023-07-21"), text=None)
    (row,) = reception_status.matters(at, MattersAsked(*JULY, leader="测试领导甲", unit="测试局")).matters
    (done,) = row.orders
    assert (done.unit, done.leader, done.answer_by) == ("测试局", "测试领导甲", d("2023-07-20"))
    assert [getattr(done, step) for step in ("carried_out", "fed_back", "followed_up")] == [
        d("2023-07-10"),
        d("2023-07-12"),
        d("2023-07-20"),
    ]
    undoing.undo(at)
    assert state() == "fed_back"
    whole(at)


def test_two_orders_on_one_matter(at: Session, matter: Matter) -> None:
    log(at, "2023-07-05", matter.no, to="乙局", answer_by=d("2023-07-20"))
    visits.order(at, [matter.no], d("2023-07-05"), NewOrder(d("2023-07-25"), to="测试局"))
    with pytest.raises(Refused, match="2 项交办"):
        visits.follow(at, [matter.no], "carried_out", d("2023-07-10"), text=None)
    visits.follow(at, [matter.no], "carried_out", d("2023-07-10"), to="测试局", text=None)
    assert overdue(at) == [(matter.no, "乙局", "2023-07-20")]
    assert reception_status.matters(at, MattersAsked(*JULY, open_only=True, unit="乙局")).matters[0].state == "ordered"


def test_settled_on_the_spot_needs_no_order(at: Session, matter: Matter) -> None:
    log(at, "2023-07-05", matter.no, settled=True)
    assert reception_status.status(at, *JULY).open_matters == 0


def test_intake_on_the_spot_is_one_command(at: Session) -> None:
    units.add(at, units.NewUnit("测试局"))
    visit = Visit(
        d("2023-07-05"),
        "video",
        ("测试领导甲",),
        people=6,
        intake={"kind": "appeal", "title": "测试事项", "name": "测试甲"},
        to="测试局",
        answer_by=d("2023-07-20"),
    )
    case = record(visits.log(at, visit).cases[0])
    assert (case["channel"], case["headcount"], case["received_on"]) == ("video", 6, "2023-07-05")
    assert case["next_clock"] == "order" or case["due_on"] == "2023-07-20"
    whole(at)
    undoing.undo(at)
    assert reception_status.status(at, *JULY).groups == 0
    whole(at)


@pytest.mark.parametrize(
    ("visit", "says"),
    [
        (Visit(d("2023-07-05"), "open", (), numbers=("1",)), "领导"),
        (Visit(d("2023-07-05"), "open", ("测试领导甲",)), "信访事项"),
        (Visit(d("2023-07-02"), "open", ("测试领导甲",), numbers=("1",)), "早于收到日期"),
        (Visit(d("2023-08-05"), "open", ("测试领导甲",), numbers=("1",)), "晚于今天"),
        (Visit(d("2023-07-05"), "open", ("测试领导甲",), numbers=("1",), answer_by=d("2023-07-04")), "早于"),
        (Visit(d("2023-07-05"), "open", ("测试领导甲",), numbers=("1",), to="没有的局", answer_by=FRIDAY), "没有单位"),
    ],
)
def test_what_is_refused_writes_nothing(at: Session, matter: Matter, visit: Visit, says: str) -> None:
    before = everything(at)
    with pytest.raises(XinfangError, match=says):
        visits.log(at, visit)
    assert everything(at) == before


def test_art30_no_order_to_the_accused_nor_by_him(at: Session, case: Make) -> None:
    units.add(at, units.NewUnit("甲局"))
    accusation = case("2023-07-03", at=at, kind="accusation", complained_unit="甲局")
    with pytest.raises(Refused) as caught:
        log(at, "2023-07-05", accusation.no, to="甲局", answer_by=FRIDAY)
    assert caught.value.code == "accused"
    personal = case("2023-07-03", at=at, kind="accusation", complained_unit="测试领导乙")
    with pytest.raises(Refused) as caught:
        log(at, "2023-07-05", personal.no, leaders=("测试领导乙",))
    assert caught.value.code == "accused"


# ---- the roster -------------------------------------------------------------------------------------------------


def test_roster_swap_and_who_is_missing(at: Session, matter: Matter) -> None:
    found = roster.make(at, RosterRequest(("甲", "乙", "丙"), d("2023-07-17"), d("2023-07-31")))
    assert [day.leaders for day in found.days[:4]] == [("甲",), ("乙",), ("丙",), ("甲",)]
    with pytest.raises(Refused, match="已经排过"):
        roster.make(at, RosterRequest(("甲",), d("2023-07-31"), d("2023-08-04")))
    roster.swap(at, d("2023-07-17"), d("2023-07-18"), None)
    roster.swap(at, d("2023-07-19"), None, "丁")
    log(at, "2023-07-17", matter.no, leaders=("乙",))
    log(at, "2023-07-18", matter.no, leaders=("丙",))  # somebody else came
    visits.attend(at, d("2023-07-19"), "open", ["丁"])
    days = {day.day.day: day for day in roster.show(at, d("2023-07-17"), d("2023-07-31")).days}
    assert [(days[n].leaders, days[n].attended, days[n].missing) for n in (17, 18, 19, 20, 31)] == [
        (("乙",), ("乙",), False),
        (("甲",), ("丙",), False),
        (("丁",), ("丁",), False),
        (("甲",), (), True),
        (("乙",), (), False),  # today is not over
    ]
    status = reception_status.status(at, d("2023-07-17"), d("2023-07-31"))
    assert (status.days_on_duty, status.days_missing) == (3, 7)
    assert status.missing[0] == (d("2023-07-20"), ("甲",))
    assert roster.on_duty(at, d("2023-07-19")) == ("丁",)


def test_the_rotation_goes_on_where_it_ended(at: Session) -> None:
    roster.make(at, RosterRequest(("甲", "乙", "丙"), d("2023-07-17"), d("2023-07-18")))
    found = roster.make(at, RosterRequest(("甲", "乙", "丙"), d("2023-07-19"), d("2023-07-20")))
    assert [day.leaders for day in found.days if day.leaders] == [("丙",), ("甲",)]
    found = roster.make(at, RosterRequest(("乙",), d("2023-07-17"), d("2023-07-18"), replace=True))
    assert [day.leaders for day in found.days] == [("乙",), ("乙",)]


def test_holidays_for_a_major_event(at: Session) -> None:
    found = roster.make(
        at,
        RosterRequest(
            ("甲",),
            d("2023-09-28"),
            d("2023-10-02"),
            include_holidays=((d("2023-10-01"), d("2023-10-01")),),
            fixed=(Fixed("书记", weekday=4),),
        ),
    )
    assert [day.day.isoformat()[5:] for day in found.days] == ["09-28", "10-01"]
    assert found.passed_over == ((d("2023-09-29"), "书记"),)


def test_a_sitting_recorded_by_mistake(at: Session) -> None:
    made = visits.attend(at, d("2023-07-19"), "open", ["甲"])
    assert [row.id for row in reception_status.sittings(at, *JULY).sittings] == [made.id]
    visits.cancel(at, made.id)
    assert reception_status.sittings(at, *JULY).sittings == ()
    with pytest.raises(NotFound):
        visits.cancel(at, made.id)
    with pytest.raises(Refused, match="晚于今天"):
        visits.attend(at, d("2023-08-19"), "open", ["甲"])


def test_a_list_of_receptions(at: Session, matter: Matter, tmp_path: Path) -> None:
    file = tmp_path / "接访.csv"
    file.write_text(
        "接访台账\n日期,形式,接访领导,人数,登记编号,约访,交办单位,交办期限,落实日期\n"
        f"2023-07-05,接访,甲、乙,3人,{matter.no},,测试局,2023-07-20,2023-07-15\n"
        f"2023年7月6日,,丙,,,{matter.no},,,\n",
        encoding="utf-8",
    )
    assert visits.log_file(at, file) == (2, 1, 1)
    found = reception_status.status(at, *JULY)
    assert (found.leader_times, found.groups, found.people, found.carried_out) == (3, 1, 3, 1)
    before = everything(at)
    file.write_text(f"日期,接访领导,登记编号\n2023-07-05,甲,{matter.no}\n2023-07-06,,{matter.no}\n", encoding="utf-8")
    with pytest.raises(BadValue, match="第 3 行"):
        visits.log_file(at, file)
    assert everything(at) == before
