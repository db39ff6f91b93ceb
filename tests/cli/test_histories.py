"""Histories that once came out wrong, as a clerk types them, each with exactly the right answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Counter

AT = "2023-12-31"
NO = "1"


class Clerk:
    """Commands on one case, under a late day."""

    def __init__(self, counter: Counter, today: str = AT) -> None:
        self.counter = counter
        self.today = today

    def add(self, received: str, **fields: str) -> None:
        self.counter.add(received, topic="其他", address="某街", today=self.today, **fields)

    def __call__(self, *words: str) -> Any:
        return self.counter.ok(*words, today=self.today)

    def refused(self, *words: str) -> dict[str, str]:
        ran = self.counter(*words, "--json", today=self.today)
        assert ran.code == 1, ran
        return ran.error()

    def clock(self, kind: str) -> dict[str, Any]:
        found = [clock for clock in self("show", NO)["clocks"] if clock["kind"] == kind]
        return dict(found[-1])

    def states(self, kind: str) -> list[str]:
        return [clock["state"] for clock in self("show", NO)["clocks"] if clock["kind"] == kind]


@pytest.fixture
def clerk(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    def add(self: Counter, received: str, today: str | None = None, **fields: str) -> str:
        said = {"channel": "来信", "kind": "申诉求决", "title": "t", "name": "测试甲"} | fields
        words = [word for key, value in said.items() for word in (f"--{key.replace('_', '-')}", value)]
        return str(self.ok("add", "--received", received, *words, today=today)["case_no"])

    monkeypatch.setattr(Counter, "add", add)
    return Clerk(counter)


def moved_twice(clerk: Clerk) -> None:
    clerk.add("2023-08-26")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-08-27")
    clerk("accept", NO, "--on", "2023-09-15")
    clerk("assign", NO, "--to", "测试乙局", "--new-unit", "--on", "2023-09-16")


def test_a_sign_does_not_rewrite_an_earlier_units_turn(clerk: Clerk) -> None:
    moved_twice(clerk)
    error = clerk.refused("sign", NO, "--on", "2023-09-15")
    assert error["code"] == "order"
    assert "2023-09-16" in error["message"]
    assert clerk.states("acceptance") == ["late", "overdue"]
    clerk("sign", NO, "--on", "2023-09-16")


@pytest.mark.parametrize(
    "words",
    [
        ("accept",),
        ("object", "--reason", "不属本单位"),
        ("extend", "--days", "5", "--approved-by", "测试", "--reason", "复杂"),
        ("assist", "--unit", "测试丙局", "--new-unit", "--answer-by", "2023-10-01"),
    ],
    ids=lambda words: words[0],
)
def test_nothing_of_a_units_turn_lies_before_it(clerk: Clerk, words: tuple[str, ...]) -> None:
    moved_twice(clerk)
    assert clerk.refused(words[0], NO, *words[1:], "--on", "2023-09-15")["code"] in ("order", "stage")


def ordered_twice(clerk: Clerk) -> None:
    clerk.add("2023-08-26")
    task = ("--new-unit", "--mode", "task", "--feedback-by")
    clerk("assign", NO, "--to", "测试甲局", *task, "2023-09-10", "--on", "2023-08-27")
    clerk("assign", NO, "--to", "测试乙局", *task, "2023-10-10", "--on", "2023-09-16")


def test_a_report_does_not_answer_for_an_earlier_unit(clerk: Clerk) -> None:
    ordered_twice(clerk)
    assert clerk.refused("note", NO, "--report", "--text", "报告", "--on", "2023-09-05")["code"] == "order"
    assert clerk.states("feedback") == ["late", "overdue"]
    clerk("note", NO, "--text", "约见信访人", "--on", "2023-09-05")  # the bureau's own note moves nothing
    clerk("note", NO, "--report", "--text", "报告", "--on", "2023-09-16")
    assert clerk.states("feedback") == ["late", "met"]


def test_a_report_that_was_missed_is_entered_in_its_place(clerk: Clerk) -> None:
    ordered_twice(clerk)
    clerk("note", NO, "--report", "--text", "报告", "--on", "2023-09-05", "--late-entry")
    assert clerk.states("feedback") == ["met", "overdue"]


def test_a_sign_that_was_missed_is_entered_in_its_place(clerk: Clerk) -> None:
    ordered_twice(clerk)
    clerk("sign", NO, "--on", "2023-09-02", "--late-entry")
    assert [
        (clock["start"], clock["state"]) for clock in clerk("show", NO)["clocks"] if clock["kind"] == "acceptance"
    ] == [
        ("2023-09-02", "void"),
        ("2023-09-16", "overdue"),
    ]


def test_a_correction_does_not_put_a_sign_into_an_earlier_units_turn(clerk: Clerk) -> None:
    moved_twice(clerk)
    clerk("sign", NO, "--on", "2023-09-17")
    error = clerk.refused("correct", NO, "--event", "5", "--on", "2023-09-15", "--reason", "r")
    assert error["code"] == "order"


def test_a_returned_closing_goes_back_to_where_it_came_from(clerk: Clerk) -> None:
    clerk("config", "set", "check_closings", "true")
    clerk.add("2023-05-01")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-05-02")
    clerk("close", NO, "--outcome", "解释说明", "--on", "2023-05-05")
    assert clerk("return", NO, "--reason", "r", "--on", "2023-05-06")["stage"] == "assigned"
    assert clerk("accept", NO, "--on", "2023-05-08")["stage"] == "accepted"
    assert clerk.clock("acceptance")["state"] == "met"
    completion = clerk.clock("completion")
    assert (completion["start"], completion["due"]) == ("2023-05-08", "2023-07-07")


def test_the_bureaus_own_closing_goes_back_to_the_bureau(clerk: Clerk) -> None:
    clerk("config", "set", "check_closings", "true")
    clerk.add("2023-05-01")
    clerk("close", NO, "--outcome", "解释说明", "--on", "2023-05-05")
    assert clerk("return", NO, "--reason", "r", "--on", "2023-05-06")["stage"] == "registered"
    assert clerk.clock("dispatch")["state"] == "overdue"


def accepted_late(clerk: Clerk) -> None:
    clerk.add("2023-08-01")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-08-02")
    clerk("accept", NO, "--on", "2023-09-05", "--told", "2023-09-05")


def test_a_told_day_that_was_said_stays_when_the_acceptance_is_corrected(clerk: Clerk) -> None:
    accepted_late(clerk)
    clerk("correct", NO, "--event", "3", "--on", "2023-08-10", "--reason", "r", "--yes")
    clock = clerk.clock("acceptance")
    assert (clock["stop"], clock["state"]) == ("2023-09-05", "late")
    assert clerk.clock("completion")["start"] == "2023-08-10"


def test_a_told_day_is_not_crossed_by_a_correction(clerk: Clerk) -> None:
    accepted_late(clerk)
    clerk("correct", NO, "--event", "3", "--on", "2023-08-08", "--told", "2023-08-09", "--reason", "r", "--yes")
    error = clerk.refused("correct", NO, "--event", "3", "--on", "2023-08-13", "--reason", "r", "--yes")
    assert error["code"] == "order"
    assert "2023-08-09" in error["message"]


def test_a_told_day_that_nobody_said_follows_the_acceptance(clerk: Clerk) -> None:
    clerk.add("2023-08-01")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-08-02")
    clerk("accept", NO, "--on", "2023-09-05")
    clerk("correct", NO, "--event", "3", "--on", "2023-08-10", "--reason", "r", "--yes")
    assert (clerk.clock("acceptance")["stop"], clerk.clock("acceptance")["state"]) == ("2023-08-10", "met")


def closed_in_march(clerk: Clerk) -> None:
    clerk.add("2023-02-01")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-02-01")
    clerk("accept", NO, "--on", "2023-02-02")
    clerk("close", NO, "--outcome", "解释说明", "--on", "2023-03-01")


@pytest.mark.parametrize(
    "ending",
    [
        ("withdraw", NO, "--reason", "r", "--on", "2023-03-12"),
        ("review", NO, "--result", "declined", "--reason", "r", "--on", "2023-03-12"),
    ],
    ids=["withdrawn", "declined"],
)
def test_a_request_that_came_to_nothing_leaves_the_right_to_review(clerk: Clerk, ending: tuple[str, ...]) -> None:
    closed_in_march(clerk)
    clerk("review", NO, "--on", "2023-03-10")
    clerk(*ending)
    clerk("deliver", NO, "--on", "2023-04-20")
    window = clerk.clock("review_window")
    assert (window["start"], window["due"]) == ("2023-04-20", "2023-05-20")
    assert "2023-05-20" in clerk.refused("review", NO, "--on", "2023-05-21")["message"]
    assert clerk("review", NO, "--on", "2023-05-10")["stage"] == "in_review"


def test_the_last_day_of_a_recounted_window_is_taken(clerk: Clerk) -> None:
    closed_in_march(clerk)
    clerk("review", NO, "--on", "2023-03-10")
    clerk("withdraw", NO, "--reason", "r", "--on", "2023-03-12")
    clerk("deliver", NO, "--on", "2023-04-20")
    assert clerk("review", NO, "--on", "2023-05-20")["stage"] == "in_review"


def test_a_second_earlier_delivery_is_refused(clerk: Clerk) -> None:
    closed_in_march(clerk)
    clerk("deliver", NO, "--on", "2023-03-20")
    assert clerk.refused("deliver", NO, "--on", "2023-03-10")["code"] == "delivered"
    assert clerk.clock("review_window")["start"] == "2023-03-20"


def test_signing_late_does_not_wash_an_overdue_acceptance(clerk: Clerk) -> None:
    clerk.add("2023-08-01")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-08-02")
    said = clerk("sign", NO, "--on", "2023-10-30")
    assert any("逾期签收" in warning for warning in said["warnings"])
    assert (clerk.clock("acceptance")["due"], clerk.clock("acceptance")["state"]) == ("2023-08-17", "overdue")


@pytest.mark.parametrize(("signed", "due"), [("2023-08-17", "2023-09-01"), ("2023-08-18", "2023-08-17")])
def test_signing_in_time_moves_the_acceptance(clerk: Clerk, signed: str, due: str) -> None:
    clerk.add("2023-08-01")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-08-02")
    clerk("sign", NO, "--on", signed)
    assert clerk.clock("acceptance")["due"] == due


def test_a_missed_acceptance_is_entered_in_its_place(clerk: Clerk) -> None:
    clerk.add("2023-08-01")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-08-02")
    clerk("close", NO, "--outcome", "解释说明", "--delivered", "2023-09-01", "--on", "2023-09-01")
    assert "completion" not in [clock["kind"] for clock in clerk("show", NO)["clocks"]]
    assert clerk("review", NO, "--on", "2023-09-10")["stage"] == "in_review"  # taken as an opinion's
    assert clerk("doctor")["acceptance_missing"] == {"count": 1, "cases": ["XF2023-000001"]}
    assert any("缺受理" in doubt for doubt in clerk("show", NO)["doubts"])
    assert clerk.refused("accept", NO, "--on", "2023-08-10")["code"] in ("stage", "order")
    clerk("accept", NO, "--late-entry", "--on", "2023-08-10")
    case = clerk("show", NO)
    assert (case["stage"], case["accepted_on"]) == ("in_review", "2023-08-10")
    assert clerk("doctor")["acceptance_missing"]["count"] == 0
    assert not any("缺受理" in doubt for doubt in clerk("show", NO)["doubts"])
    assert (clerk.clock("acceptance")["stop"], clerk.clock("acceptance")["state"]) == ("2023-08-10", "met")
    assert (clerk.clock("completion")["stop"], clerk.clock("completion")["state"]) == ("2023-09-01", "met")


def test_a_relapsed_backlog_case_is_resolved_again(clerk: Clerk) -> None:
    clerk.add("2023-01-10")
    clerk("backlog", "join", NO, "--batch", "测试批次", "--on", "2023-02-01")
    clerk("backlog", "resolve", NO, "--how", "诉求解决", "--on", "2023-03-01")
    assert clerk.refused("backlog", "resolve", NO, "--how", "诉求解决", "--on", "2023-03-20")["code"] == "batch"
    clerk.add("2023-04-01", repeat_of=NO)
    clerk("backlog", "resolve", NO, "--how", "签订息访协议", "--on", "2023-06-01")
    status = clerk("backlog", "status", "--batch", "测试批次", "--as-of", "2023-06-30")
    assert (status["resolved"], status["total"]) == (1, 1)
    before = clerk("backlog", "status", "--batch", "测试批次", "--as-of", "2023-05-01")
    assert before["resolved"] == 0


def accepted_suggestion(clerk: Clerk) -> None:
    clerk.add("2023-08-01", kind="建议意见")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-08-02")
    clerk("accept", NO, "--on", "2023-08-10")


def test_a_suggestion_that_becomes_an_appeal_asks_its_pathway(clerk: Clerk) -> None:
    accepted_suggestion(clerk)
    error = clerk.refused("edit", NO, "--kind", "申诉求决")
    assert error["code"] == "pathway"
    assert "--pathway" in error["hint"]
    clerk("edit", NO, "--kind", "申诉求决", "--pathway", "opinion")
    completion = clerk.clock("completion")
    assert (completion["start"], completion["due"]) == ("2023-08-10", "2023-10-09")


def test_an_appeal_on_a_path_without_a_clock_needs_a_reason(clerk: Clerk) -> None:
    clerk.add("2023-08-01")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-08-02")
    assert clerk.refused("accept", NO, "--pathway", "answer", "--on", "2023-08-10")["code"] == "missing"
    clerk("accept", NO, "--pathway", "answer", "--reason", "只问政策", "--on", "2023-08-10")


def test_a_link_on_the_day_of_a_simple_acceptance(clerk: Clerk) -> None:
    clerk.add("2023-07-01")
    clerk.add("2023-08-01")
    clerk("assign", "2", "--to", "测试甲局", "--new-unit", "--on", "2023-08-02")
    clerk("accept", "2", "--pathway", "simple", "--on", "2023-08-03")
    clerk("note", "2", "--text", "已联系", "--on", "2023-08-04")
    assert clerk("link", "2", "--repeat-of", NO, "--on", "2023-08-03")["first"] is False


@pytest.mark.parametrize(
    ("channel", "procedure", "how"),
    [("来信", "诉讼", "forwarded"), ("来访", "诉讼", "guided"), ("来电", "纪检监察", "forwarded")],
)
def test_how_a_procedure_is_taken_unless_said(clerk: Clerk, channel: str, procedure: str, how: str) -> None:
    clerk.add("2023-08-01", channel=channel)
    clerk("redirect", NO, "--to", procedure, "--where", "测试机关", "--on", "2023-08-02")
    assert clerk("show", NO)["events"][-1]["how"] == how


def test_rechecked_asks_which_recheck(clerk: Clerk) -> None:
    clerk.add("2023-08-01")
    clerk.add("2023-09-01")
    error = clerk.refused("refuse", "2", "--ground", "已经复核", "--reason", "r", "--on", "2023-09-02")
    assert (error["code"], "--of" in error["hint"]) == ("missing", True)
    said = ("refuse", "2", "--ground", "已经复核", "--reason", "r", "--of", NO, "--on", "2023-09-02")
    assert clerk.refused(*said)["code"] == "ground"  # it has no recheck


def test_a_hearing_may_be_set_ahead(clerk: Clerk) -> None:
    closed_in_march(clerk)
    clerk("review", NO, "--on", "2023-03-20")
    clerk("review", NO, "--result", "upheld", "--on", "2023-04-01", "--delivered", "2023-04-01")
    clerk("recheck", NO, "--on", "2023-04-10")
    clerk.today = "2023-04-12"
    clerk("hearing", NO, "--from", "2023-04-20", "--to", "2023-04-21")
    clerk.today = AT
    assert clerk.clock("recheck")["due"] == "2023-05-12"


def test_a_due_day_counted_in_an_unknown_year_is_a_guess_until_the_year_comes(clerk: Clerk, tmp_path: Path) -> None:
    clerk.today = "2027-03-31"
    clerk.add("2027-01-20")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2027-01-21")
    clerk("accept", NO, "--pathway", "simple", "--on", "2027-01-28")
    clerk("close", NO, "--outcome", "解释说明", "--on", "2027-02-12")
    before = clerk.clock("completion")
    # 05..08 February are the holidays that the law fixes (01-29, 02-01..04, 02-09..12, 02-15 count).
    assert (before["due"], before["state"], before["guessed"]) == ("2027-02-15", "met", True)
    off = [f"2027-02-{day:02},off,春节" for day in range(5, 12)]
    work = ["2027-01-31,work,春节调休上班", "2027-02-14,work,春节调休上班"]
    sheet = tmp_path / "2027.csv"
    sheet.write_text("\n".join(["day,kind,name", *off, *work]) + "\n", encoding="utf-8")
    done = clerk("workdays", "import", str(sheet), "--yes")
    after = clerk.clock("completion")
    # 01-29, 01-31, 02-01..04, 02-12, 02-14, 02-15, 02-16
    assert (after["due"], after["state"], after["guessed"]) == ("2027-02-16", "met", False)
    moved = [(clock["clock"], clock["before"], clock["after"]) for clock in done["moved"]]
    assert ("completion", "2027-02-15", "2027-02-16") in moved
    assert clerk.counter("doctor", today=clerk.today).code == 0


@pytest.mark.parametrize(("address", "taken"), [(None, True), ("某街", False)])
def test_no_notice_is_owed_to_an_unclear_name_or_address(clerk: Clerk, address: str | None, taken: bool) -> None:
    said = {} if address is None else {"address": address}
    clerk.counter.ok(
        *(
            "add",
            "--channel",
            "来信",
            "--kind",
            "申诉求决",
            "--title",
            "t",
            "--name",
            "测试甲",
            "--received",
            "2023-08-01",
        ),
        *(word for key, value in said.items() for word in (f"--{key}", value)),
        today=AT,
    )
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-08-02")
    words = ("accept", NO, "--no-notice", "--on", "2023-08-30")
    if not taken:
        assert clerk.refused(*words)["code"] == "notice"
        return
    clerk(*words)
    assert clerk.clock("acceptance")["state"] == "void"  # after its last day, and nothing was late
    assert clerk.clock("completion")["start"] == "2023-08-30"


def rates_of(clerk: Clerk, *words: str) -> dict[str, tuple[int, int, int]]:
    rates = clerk("stats", *words)["rates"]
    shown = ("numerator", "denominator", "acceptance_missing")
    return {key: tuple(rates[key][name] for name in shown) for key in ("acceptance", "completion")}


def test_a_sheet_without_an_acceptance_makes_no_figure_of_it(clerk: Clerk, tmp_path: Path) -> None:
    """Closed in time, closed late, and one that was accepted; one closed by hand stays in time, as the law counts it."""
    heads = "收到日期,信访形式,信访目的,内容分类,概况,姓名,住址,责任单位,转办日期,受理日期,办结日期,处理意见,送达日期,复查日期"
    said = (
        ("", "2023-08-10,解释说明,2023-08-10,2023-08-20"),
        ("", "2023-10-20,解释说明,,"),
        ("2023-08-05", "2023-09-20,,,"),
    )
    sheet = tmp_path / "台账.csv"

    def write(acceptances: dict[int, str]) -> str:
        rows = [
            f"2023-08-01,来信,申诉求决,其他,测试{n},测试甲{n},某街,测试甲局,2023-08-02,{acceptances.get(n, accepted)},{closed}"
            for n, (accepted, closed) in enumerate(said)
        ]
        sheet.write_text("\n".join([heads, *rows]), "utf-8-sig")
        return str(sheet)

    receipt = clerk("import", write({}))
    assert [(one["kind"], one["count"]) for one in receipt["warnings"] if one["kind"] == "acceptance_missing"] == [
        ("acceptance_missing", 2)
    ]
    clerk.add("2023-08-01")
    clerk("assign", "4", "--to", "测试甲局", "--on", "2023-08-02")
    clerk("close", "4", "--outcome", "解释说明", "--on", "2023-08-10")
    assert clerk("doctor")["acceptance_missing"]["count"] == 3
    assert (clerk("show", NO)["stage"], clerk.states("acceptance")) == ("in_review", ["void"])
    assert any("都不计" in doubt for doubt in clerk("show", NO)["doubts"])
    august = {"acceptance": (2, 2, 2), "completion": (0, 0, 2)}
    assert rates_of(clerk, "--month", "2023-08") == august
    assert rates_of(clerk, "--month", "2023-10") == {"acceptance": (0, 0, 0), "completion": (1, 1, 1)}
    assert rates_of(clerk, "--month", "2023-08", "--basis", "received")["completion"] == (1, 1, 3)
    assert rates_of(clerk, "--month", "2023-08", "--as-of", "2023-08-31")["acceptance"] == (2, 2, 2)  # nor overdue then
    listed = clerk("stats", "--month", "2023-08", "--cases", "责任单位及时受理率:缺受理")
    assert [row["case_no"] for row in listed] == ["XF2023-000001", "XF2023-000002"]
    listed = clerk("stats", "--month", "2023-08", "--cases", "按期办结率:缺受理")
    assert [row["case_no"] for row in listed] == ["XF2023-000001", "XF2023-000004"]
    out = clerk.counter("stats", "--month", "2023-08", today=AT).out
    assert "不计：责任单位及时受理率 2 件，按期办结率 2 件" in out
    clerk("import", write({1: "2023-08-30"}), "--update")
    assert rates_of(clerk, "--month", "2023-08")["acceptance"] == (2, 3, 1)  # told late, and known
    assert rates_of(clerk, "--month", "2023-10") == {"acceptance": (0, 0, 0), "completion": (2, 2, 0)}
    clerk("exclude", NO, "--reason", "r", "--approved-by", "局长")
    assert rates_of(clerk, "--month", "2023-08")["acceptance"] == (2, 3, 0)


@pytest.mark.parametrize(
    ("signed", "start", "due", "said"),
    [("2023-08-07", "2023-08-07", "2023-10-07", "单位签收"), (None, "2023-08-01", "2023-10-01", "没有签收日期")],
)
def test_two_months_of_duty_run_from_the_units_receipt(
    clerk: Clerk, signed: str | None, start: str, due: str, said: str
) -> None:
    """行政诉讼法第四十七条: from the authority's receipt where the book knows it, and which of the two is told."""
    clerk.add("2023-08-01")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-08-02")
    if signed:
        clerk("sign", NO, "--on", signed)
    clerk("accept", NO, "--on", "2023-08-10", "--pathway", "duty")
    assert (clerk.clock("duty")["start"], clerk.clock("duty")["due"]) == (start, due)
    out = clerk.counter("explain", NO, "--clock", "duty", today=AT).out
    assert f"{start} " in out
    assert said in out


def test_another_kind_takes_no_running_limit_away(clerk: Clerk) -> None:
    """Accepted as an appeal, then put down as an inquiry: the 60 days run on, and that is told; the pathway is corrected."""
    clerk.add("2023-08-01")
    clerk("assign", NO, "--to", "测试甲局", "--new-unit", "--on", "2023-08-02")
    clerk("accept", NO, "--on", "2023-08-05")
    said = clerk.counter("edit", NO, "--kind", "咨询", today=AT).err
    assert "仍按受理时的「信访处理意见」办理，期限不变" in said
    assert clerk.clock("completion")["due"] == "2023-10-04"
    clerk("correct", NO, "--event", "3", "--pathway", "answer", "--reason", "r", "--yes")
    assert clerk.states("completion") == []
