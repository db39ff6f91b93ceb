"""The oracle's own arithmetic against examples worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from . import histories, plain

FEBRUARY = (date(2024, 2, 1), date(2024, 2, 29))
MARCH = (date(2024, 3, 1), date(2024, 3, 31))
LATER = date(2024, 7, 17)


def row(**cells: object) -> histories.Row:
    known = dict.fromkeys(histories.COLUMNS, "")
    assert set(cells) <= set(known)
    given = {"登记编号": "XF2024-000001", "收到日期": date(2024, 2, 1), "信访形式": "来信", "信访目的": "求决"}
    return {**known, **given, **cells}


def accepted(**cells: object) -> histories.Row:
    """Received, sent and accepted on 1 March 2024 unless told otherwise: dispatch and acceptance on time."""
    first = date(2024, 3, 1)
    days = {"收到日期": first, "责任单位": "测试镇", "办理方式": "转送", "转办日期": first, "受理日期": first}
    return row(**{**days, **cells})


def rate(key: str, *rows: histories.Row, period: tuple[date, date] = MARCH, day: date = LATER, **how: object) -> str:
    """The rate as `numerator/denominator`, and for clocks `on_time late overdue pending`."""
    doings = how.pop("doings", ())
    total, _ = plain.stats(plain.read(rows, doings), *period, day, **how)  # type: ignore[arg-type]
    found = total.rate(key)
    parts = [str(found[part]) for part in ("on_time", "late", "overdue", "pending") if part in found]
    return " ".join([f"{found['numerator']}/{found['denominator']}", *parts])


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (96, 167, "57.49"),
        (7839, 8307, "94.37"),
        (638, 1876, "34.01"),
        (8, 121, "6.61"),
        (1, 8, "12.5"),
        (1, 800, "0.13"),  # 0.125 goes up
        (2, 3, "66.67"),
        (5, 5, "100"),
        (0, 5, "0"),
    ],
)
def test_percent_is_half_up(numerator: int, denominator: int, expected: str) -> None:
    assert plain.percent(numerator, denominator) == Decimal(expected)


def test_percent_of_nothing_is_nothing() -> None:
    assert plain.percent(0, 0) is None


@pytest.mark.parametrize(
    ("sent", "day", "expected"),
    [
        # received 1 February 2024: the fifteenth day is the 16th
        (date(2024, 2, 16), LATER, "1/1 1 0 0 0"),
        (date(2024, 2, 17), LATER, "0/1 0 1 0 0"),
        (date(2024, 2, 16), date(2024, 2, 15), "0/0 0 0 0 1"),
        (date(2024, 2, 17), date(2024, 2, 16), "0/0 0 0 0 1"),
        (date(2024, 2, 18), date(2024, 2, 17), "0/1 0 0 1 0"),
        ("", date(2024, 2, 16), "0/0 0 0 0 1"),
        ("", date(2024, 2, 17), "0/1 0 0 1 0"),
    ],
)
def test_dispatch(sent: object, day: date, expected: str) -> None:
    unit = {"责任单位": "测试镇", "办理方式": "转送"} if sent else {}
    assert rate("dispatch", row(转办日期=sent, **unit), period=FEBRUARY, day=day) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"办理方式": "直接回复", "办结日期": date(2024, 2, 16)}, "1/1 1 0 0 0"),
        ({"办理方式": "直接回复", "办结日期": date(2024, 2, 17)}, "0/1 0 1 0 0"),
        ({"办理方式": "存", "转办日期": date(2024, 2, 17)}, "0/1 0 1 0 0"),
        ({"办理方式": "存"}, "1/1 1 0 0 0"),
        ({"办理方式": "不予受理", "告知日期": date(2024, 2, 16)}, "1/1 1 0 0 0"),
        ({"办理方式": "不再受理", "办结日期": date(2024, 2, 17)}, "0/1 0 1 0 0"),
    ],
)
def test_dispatch_without_a_unit(cells: dict[str, object], expected: str) -> None:
    assert rate("dispatch", row(**cells), period=FEBRUARY) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # sent on 1 February: the fifteenth day is the 16th; signed on the 5th: the 20th
        ({"受理日期": date(2024, 2, 16)}, "1/1 1 0 0 0"),
        ({"受理日期": date(2024, 2, 17)}, "0/1 0 1 0 0"),
        ({"受理日期": date(2024, 2, 2), "告知日期": date(2024, 2, 17)}, "0/1 0 1 0 0"),
        ({"告知日期": date(2024, 2, 16)}, "1/1 1 0 0 0"),
        ({"签收日期": date(2024, 2, 5), "受理日期": date(2024, 2, 20)}, "1/1 1 0 0 0"),
        ({"签收日期": date(2024, 2, 5), "受理日期": date(2024, 2, 21)}, "0/1 0 1 0 0"),
        ({"办结日期": date(2024, 2, 16)}, "0/0 0 0 0 0"),  # 缺受理: neither in time nor late
        ({"办结日期": date(2024, 2, 17)}, "0/0 0 0 0 0"),
        ({"受理日期": date(2024, 2, 2), "告知日期": date(2024, 2, 19), "办结日期": date(2024, 2, 16)}, "1/1 1 0 0 0"),
        ({"办理方式": "不予受理", "告知日期": date(2024, 2, 16)}, "1/1 1 0 0 0"),
        ({"办理方式": "不予受理", "办结日期": date(2024, 2, 17)}, "0/1 0 1 0 0"),
        ({}, "0/1 0 0 1 0"),
    ],
)
def test_acceptance(cells: dict[str, object], expected: str) -> None:
    sent = {"责任单位": "测试镇", "办理方式": "转送", "转办日期": date(2024, 2, 1)}
    assert rate("acceptance", row(**{**sent, **cells}), period=FEBRUARY) == expected


def test_acceptance_as_of_a_day_before_signing_runs_from_sending() -> None:
    case = accepted(签收日期=date(2024, 3, 10), 受理日期=date(2024, 3, 25))
    april = (date(2024, 3, 16), date(2024, 3, 16))  # the due day as long as nobody has signed
    assert rate("acceptance", case, period=april, day=date(2024, 3, 9)) == "0/0 0 0 0 1"
    assert rate("acceptance", case, period=april, day=date(2024, 3, 10)) == "0/0 0 0 0 0"
    assert rate("acceptance", case, day=LATER) == "1/1 1 0 0 0"


@pytest.mark.parametrize(
    ("extension", "closed", "day", "expected"),
    [
        # accepted 1 March 2024: the sixtieth day is 30 April, the ninetieth 30 May
        ("", date(2024, 4, 30), LATER, "1/1 1 0 0 0"),
        ("", date(2024, 5, 1), LATER, "0/1 0 1 0 0"),
        ("", date(2024, 5, 1), date(2024, 4, 30), "0/0 0 0 0 1"),
        ("", "", date(2024, 5, 1), "0/1 0 0 1 0"),
        (1, date(2024, 5, 1), LATER, "1/1 1 0 0 0"),
        (1, date(2024, 5, 2), LATER, "0/1 0 1 0 0"),
        (30, date(2024, 5, 30), LATER, "1/1 1 0 0 0"),
        (30, date(2024, 5, 31), LATER, "0/1 0 1 0 0"),
    ],
)
def test_completion(extension: object, closed: object, day: date, expected: str) -> None:
    case = accepted(延期天数=extension, 办结日期=closed)
    assert rate("completion", case, period=(date(2024, 4, 1), date(2024, 5, 31)), day=day) == expected


def test_only_appeals_have_a_completion_clock() -> None:
    for kind in ("建议意见", "检举控告", "咨询", "其他", ""):
        assert rate("completion", accepted(信访目的=kind), period=(date(2024, 1, 1), LATER)) == "0/0 0 0 0 0"


def test_the_basis_chooses_the_month() -> None:
    case = accepted(收到日期=date(2024, 2, 29), 受理日期=date(2024, 3, 1), 办结日期=date(2024, 5, 3))
    april, may = (date(2024, 4, 1), date(2024, 4, 30)), (date(2024, 5, 1), date(2024, 5, 31))
    assert rate("completion", case, period=april) == "0/1 0 1 0 0"
    assert rate("completion", case, period=FEBRUARY, basis="received") == "0/1 0 1 0 0"
    assert rate("completion", case, period=may, basis="stopped") == "0/1 0 1 0 0"
    assert rate("completion", case, period=april, basis="stopped") == "0/0 0 0 0 0"
    assert rate("completion", case, period=FEBRUARY, basis="received", day=date(2024, 4, 1)) == "0/0 0 0 0 1"


def test_closure_leaves_out_what_was_set_aside() -> None:
    closed = accepted(登记编号="XF2024-000001", 办结日期=date(2024, 4, 1))
    waiting = accepted(登记编号="XF2024-000002")
    filed = row(登记编号="XF2024-000003", 收到日期=date(2024, 3, 1), 办理方式="存", 转办日期=date(2024, 3, 5))
    assert rate("closure", closed, waiting, filed) == "1/2"
    assert rate("closure", closed, waiting, filed, day=date(2024, 3, 31)) == "0/2"
    assert rate("closure", closed, waiting, filed, day=date(2024, 3, 4)) == "0/3"


@pytest.mark.parametrize(
    ("again", "day", "expected"),
    [
        (date(2024, 3, 19), LATER, "1/1"),  # before it was closed
        (date(2024, 3, 20), LATER, "0/1"),  # on the day itself
        (date(2024, 4, 2), LATER, "0/1"),
        (date(2024, 4, 2), date(2024, 4, 1), "1/1"),
    ],
)
def test_one_time(again: date, day: date, expected: str) -> None:
    first = accepted(办结日期=date(2024, 3, 20))
    second = row(登记编号="XF2024-000002", 收到日期=again, 初重件="重复", 原登记编号="XF2024-000001")
    assert rate("one_time", first, second, day=day) == expected


def test_a_review_spoils_one_time_from_its_day() -> None:
    case = accepted(办结日期=date(2024, 3, 20), 复查日期=date(2024, 4, 10))
    assert rate("one_time", case, day=date(2024, 4, 9)) == "1/1"
    assert rate("one_time", case, day=date(2024, 4, 10)) == "0/1"


@pytest.mark.parametrize(
    ("rated", "day", "expected"),
    [
        # closed 1 March: the window ends on the 31st
        (date(2024, 3, 31), LATER, "1/1"),
        (date(2024, 4, 1), LATER, "1/1"),  # late counts as rated
        (date(2024, 4, 2), date(2024, 4, 1), "0/1"),
        (date(2024, 4, 2), date(2024, 3, 31), "0/0"),
        ("", LATER, "1/1"),  # without a day of its own: the close day
    ],
)
def test_participation(rated: object, day: date, expected: str) -> None:
    case = accepted(办结日期=date(2024, 3, 1), 单位满意度="不满意", 评价日期=rated)
    assert rate("participation", case, day=day) == expected


def test_participation_lapses_after_the_window() -> None:
    case = accepted(办结日期=date(2024, 3, 1), 单位满意度="未评价", 部门满意度="满意", 评价日期=date(2024, 3, 5))
    assert rate("participation", case, day=date(2024, 3, 31)) == "0/0"
    assert rate("participation", case, day=date(2024, 4, 1)) == "0/1"


@pytest.mark.parametrize("cells", [{"信访目的": "检举控告"}, {"初重件": "重复"}])
def test_what_is_not_ratable_counts_in_no_rating(cells: dict[str, object]) -> None:
    case = accepted(办结日期=date(2024, 3, 1), 单位满意度="满意", 部门满意度="满意", **cells)
    for key in ("participation", "satisfaction", "bureau_satisfaction"):
        assert rate(key, case) == "0/0"


def test_satisfaction_counts_by_the_day_of_the_rating() -> None:
    case = accepted(办结日期=date(2024, 3, 1), 单位满意度="基本满意", 部门满意度="不满意", 评价日期=date(2024, 4, 2))
    april = (date(2024, 4, 1), date(2024, 4, 30))
    assert rate("satisfaction", case) == "0/0"
    assert rate("satisfaction", case, period=april) == "1/1"
    assert rate("satisfaction", case, period=april, day=date(2024, 4, 1)) == "0/0"
    assert rate("bureau_satisfaction", case, period=april) == "0/1"


@pytest.mark.parametrize(
    ("again", "day", "expected"),
    [
        (date(2024, 4, 1), LATER, "1/1"),  # the resolve day itself is no relapse
        (date(2024, 4, 2), LATER, "0/1"),
        (date(2024, 4, 2), date(2024, 4, 1), "1/1"),
        (date(2024, 4, 2), date(2024, 3, 31), "0/1"),  # not resolved yet
    ],
)
def test_backlog(again: date, day: date, expected: str) -> None:
    case = accepted(办结日期=date(2024, 3, 20), 积案批次="一批", 化解日期=date(2024, 4, 1))
    second = row(登记编号="XF2024-000002", 收到日期=again, 初重件="重复", 原登记编号="XF2024-000001")
    assert rate("backlog", case, second, day=day, period=(MARCH[0], LATER)) == expected


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (date(2024, 2, 29), "0/0"),  # the case itself came a day later
        (date(2024, 3, 31), "0/1"),  # resolved a day later
        (date(2024, 4, 1), "1/1"),
        (date(2024, 4, 2), "0/1"),  # came again that day
    ],
)
def test_backlog_is_never_later_than_its_period(end: date, expected: str) -> None:
    case = accepted(办结日期=date(2024, 3, 20), 积案批次="一批", 化解日期=date(2024, 4, 1))
    second = row(登记编号="XF2024-000002", 收到日期=date(2024, 4, 2), 初重件="重复", 原登记编号="XF2024-000001")
    assert rate("backlog", case, second, period=(FEBRUARY[0], end)) == expected


def test_a_relapsed_case_can_be_resolved_again() -> None:
    case = accepted(办结日期=date(2024, 3, 20), 积案批次="一批", 化解日期=date(2024, 4, 1))
    second = row(登记编号="XF2024-000002", 收到日期=date(2024, 4, 2), 初重件="重复", 原登记编号="XF2024-000001")
    again = {"do": "resolve", "case_no": "XF2024-000001", "on": date(2024, 6, 1)}
    for day, expected in ((date(2024, 5, 31), "0/1"), (date(2024, 6, 1), "1/1")):
        assert rate("backlog", case, second, doings=[again], day=day, period=(MARCH[0], LATER)) == expected


def test_a_case_received_later_does_not_exist() -> None:
    total, _ = plain.stats(plain.read([accepted()]), *MARCH, date(2024, 2, 29))
    assert not any(total.cases.values())


def test_volumes() -> None:
    rows = [
        row(登记编号="XF2024-000001", 收到日期=date(2024, 2, 29), 信访形式="走访", 信访人数=5),
        row(登记编号="XF2024-000002", 收到日期=date(2024, 2, 29), 信访形式="视频", 信访人数=4),
        row(登记编号="XF2024-000003", 收到日期=date(2024, 2, 1), 信访形式="来信", 信访人数=7, 初重件="重复"),
        row(登记编号="XF2024-000004", 收到日期=date(2024, 3, 1), 信访形式="来访", 信访人数=9),
    ]
    total, by_channel = plain.stats(plain.read(rows), *FEBRUARY, LATER, by=("channel",))
    people = {"people": 16, "visit_people": 9, "group_visit_people": 5}
    counts = {"cases": 3, "groups": 2, "group_visits": 1, "joint_letters": 1, "first": 2, "repeat": 1}
    found = total.volumes()
    assert found.items() >= {**counts, **people}.items()
    assert found["by_channel"] == {"visit": 1, "video": 1, "letter": 1}
    assert by_channel["video",].volumes()["visit_people"] == 4
    assert total.rate("repeat")["percent"] == Decimal("33.33")
    first_only, _ = plain.stats(plain.read(rows), *FEBRUARY, LATER, first_only=True)
    assert (first_only.volumes()["cases"], first_only.rate("repeat")["denominator"]) == (2, 2)


@pytest.mark.parametrize(
    ("moved", "expected"),
    [(date(2024, 3, 16), "0/0 0 0 0 0"), (date(2024, 3, 17), "0/1 0 1 0 0")],
)
@pytest.mark.parametrize("how", ["assign", "withdraw"])
def test_moving_a_case_washes_nothing_away(how: str, moved: date, expected: str) -> None:
    case = accepted(受理日期="")
    doing = {"do": how, "case_no": "XF2024-000001", "on": moved, "unit": "区测试局"}
    cases = plain.read([case], [doing])
    due_day = date(2024, 3, 16)
    total, rows = plain.stats(cases, due_day, due_day, LATER, by=("unit",))
    found = total.rate("acceptance")
    counts = [found[part] for part in ("on_time", "late", "overdue", "pending")]
    assert f"{found['numerator']}/{found['denominator']} {' '.join(map(str, counts))}" == expected
    if counts[1]:
        assert rows["测试镇",].rate("acceptance")["denominator"] == 1
        # the bureau's clock goes with the case, the unit's stays where it ran
        assert rows["区测试局" if how == "assign" else "测试镇",].rate("dispatch")["denominator"] == 1
        assert ("区测试局",) not in rows or rows["区测试局",].rate("acceptance")["denominator"] == 0


def test_a_revoked_result_keeps_the_first_close_day() -> None:
    case = accepted(办结日期=date(2024, 3, 20))
    doings = [
        {"do": "review", "case_no": "XF2024-000001", "on": date(2024, 4, 1)},
        {"do": "revoked", "case_no": "XF2024-000001", "on": date(2024, 4, 20)},
        {"do": "close", "case_no": "XF2024-000001", "on": date(2024, 5, 20)},
    ]
    for day in (date(2024, 4, 25), LATER):
        assert rate("closure", case, doings=doings, day=day) == "1/1"
        assert rate("one_time", case, doings=doings, day=day) == "0/1"
        assert rate("completion", case, doings=doings, day=day, basis="received") == "1/1 1 0 0 0"


def test_competition_ranking() -> None:
    shown = {"甲": Decimal(90), "乙": Decimal("80.5"), "丙": Decimal("80.50"), "丁": Decimal(10)}
    assert plain.competition(shown) == {"甲": 1, "乙": 2, "丙": 2, "丁": 4}
    assert plain.competition(shown, highest_first=False) == {"丁": 1, "乙": 2, "丙": 2, "甲": 4}


def test_units_rank_within_their_group_and_overall_only_with_all_four() -> None:
    def tally(on_time: int, late: int, *, rated: bool = True) -> plain.Tally:
        made = plain.Tally()
        for key in ("acceptance", "completion"):
            made.cases[key]["on_time"] = ["x"] * on_time
            made.cases[key]["late"] = ["x"] * late
        for key in ("participation", "satisfaction") if rated else ():
            made.cases[key]["yes"] = ["x"]
        return made

    rows = {
        "测试镇": tally(9, 1),
        "东河镇": tally(18, 2),
        "高桥乡": tally(1, 1),
        "测试街道": tally(5, 0, rated=False),
        "区测试局": tally(0, 1),
        "未转送": tally(1, 0),
    }
    ranks, overall = plain.ranks(rows)
    accepted_ranks = {name: found["acceptance"] for name, found in ranks.items()}
    towns = {"测试街道": 1, "测试镇": 2, "东河镇": 2, "高桥乡": 4}
    assert accepted_ranks == {**towns, "区测试局": 1, "未转送": None}
    assert overall == {"测试镇": 1, "东河镇": 1, "高桥乡": 3, "测试街道": None, "区测试局": 1, "未转送": None}


def test_random_rows_keep_the_order_the_law_asks_for() -> None:
    rows = histories.make_rows(7, 2000)
    received = {}
    for made in rows:
        days = {name: cell for name, cell in made.items() if isinstance(cell, date) and name != "反馈期限"}
        assert all(day <= histories.TODAY for day in days.values())
        steps = [days[name] for name in ("收到日期", "转办日期", "签收日期", "受理日期", "办结日期") if name in days]
        assert steps == sorted(steps)
        for later, earlier in (("送达日期", "办结日期"), ("复查日期", "送达日期"), ("告知日期", "受理日期")):
            if later in days and earlier in days:
                assert days[later] >= days[earlier]
        if "送达日期" in days and "复查日期" in days:
            assert days["复查日期"] - days["送达日期"] <= timedelta(days=30)
        received[made["登记编号"]] = received[made["外部编号"] or made["登记编号"]] = days["收到日期"]
    assert len({made["登记编号"] for made in rows}) == len(rows)
    for made in rows:
        original = made["原登记编号"]
        if original in received:
            assert received[original] <= received[made["登记编号"]]
