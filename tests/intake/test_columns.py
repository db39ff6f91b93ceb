"""Headings and the rows below them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfang_cli.intake.headings import CANONICAL, COLUMNS, Layout, field_of, normalise_heading, suggest

# contract.md, "Import columns", read again by hand: first is canonical, aliases after the slash
CONTRACT = """
登记编号/信访件编号, 外部编号/国家编号/系统编号, 收到日期, 登记日期, 信访日期, 信访形式/形式, 信访目的, 内容分类/一级内容分类, 问题属地/属地,
概况/标题/概况信息, 内容/主要诉求, 姓名/信访人, 证件号码/身份证号, 联系电话/手机, 住址, 信访人数/人数, 涉及人数, 初重件/是否初次, 原登记编号/重复件编号,
责任单位/办理单位/承办单位, 办理方式, 转办日期/转送日期/交办日期, 反馈期限, 受理日期, 告知日期/受理告知日期, 延期天数, 办结日期/答复日期,
处理意见/办理结果, 单位满意度/满意度, 部门满意度, 评价日期, 复查日期, 复查结果, 积案批次, 包案领导, 化解日期, 签收日期, 送达日期, 复查答复日期
"""


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("办结日期(应)", "outside_completion_due"),
        ("（应）受理日期", "outside_acceptance_due"),
        ("办结时间（要求）", "outside_completion_due"),
        ("办结日期（复查）", None),
        ("日期（办结）", "closed_on"),
        ("姓名（被反映人）", "complained_person"),
        ("姓名（承办人）", None),
        ("姓名（信访人）", "name"),
        ("联系电话（承办人）", None),
        ("证件号码（被反映人）", None),
        ("满意度（信访部门）", "bureau_rating"),
        ("满意度（责任单位）", "unit_rating"),
        ("满意度（二次）", None),
        ("责任单位（协办）", None),
        ("责任单位（要求填全称）", "unit"),
        ("办理单位（主办）", "unit"),
        ("登记编号（国家）", None),
        ("编号（原）", None),
        ("概况（限200字）", "title"),
        ("受理日期（限2023年）", "accepted_on"),
        ("收到日期（来信/来访）", "received_on"),
        ("信访局满意度", "bureau_rating"),
        ("对有权处理机关满意度", "unit_rating"),
    ],
)
def test_what_stands_in_brackets_may_make_another_of_a_heading(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        *((heading, None) for heading in ("复查办结日期", "复核日期", "终结日期", "审核日期", "督办日期", "上报日期")),
        *((heading, None) for heading in ("初次信访时间", "回访日期", "离访时间", "接谈时间", "办理时间", "批示日期")),
        *((heading, None) for heading in ("交办单位", "来文单位", "转来单位", "登记单位", "协办单位", "复查单位")),
        *(
            (heading, None)
            for heading in ("承办人姓名", "被反映人电话", "责任人", "责任领导", "包案领导电话", "联系人")
        ),
        *((heading, None) for heading in ("信访次数", "信访部位", "接访领导", "来文编号", "随访人员", "登记人")),
        ("录入时间", "registered_on"),
        ("结案日期", "closed_on"),
        ("到访时间", "petitioned_on"),
        ("户籍地址", "address"),
        ("集体访人数", "headcount"),
        ("联系人电话", "phone"),
        ("部门评价", "bureau_rating"),
        ("评价结果", "unit_rating"),
    ],
)
def test_a_heading_is_like_nothing_of_another_person_unit_or_step(heading: str, field: str | None) -> None:
    assert field_of(heading) is None
    assert suggest(heading, ()) == field


def test_the_columns_are_the_contract() -> None:
    promised = {
        tuple(entry.split("/")) for line in CONTRACT.strip().splitlines() for entry in line.strip(", ").split(", ")
    }
    ours = [column for column in COLUMNS if column.ours and column.field != "history"]  # what `export --full` adds
    assert {next(p for p in promised if p[0] == column.headings[0]) for column in ours} == promised
    assert all(any(column.headings[: len(p)] == p for p in promised) for column in ours)


def test_no_heading_means_two_things() -> None:
    headings = [heading for column in COLUMNS for heading in column.headings]
    assert len(headings) == len(set(headings))
    assert len(CANONICAL) == len(COLUMNS)
    assert all(normalise_heading(heading) == heading for heading in headings)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("登记编号", "case_no"),
        (" 登记 编号\n", "case_no"),
        ("登记\r\n编号*", "case_no"),
        ("*登记编号", "case_no"),
        ("登记编号（必填）", "case_no"),
        ("登记编号(必填)*", "case_no"),
        ("收到日期【yyyy-mm-dd】", "received_on"),
        ("信访人数（人）", "headcount"),
        ("信访人：", "name"),
        ("部门满意度", "bureau_rating"),
        ("满意度", "unit_rating"),
        ("备注", None),
        ("退回原因", None),
        ("", None),
        (None, None),
        (3.0, None),
        ("（必填）", None),
        ("*收到日期（必填）", "received_on"),
        ("＊收到日期\n（年/月/日）（必填）", "received_on"),
        ("（必填）收到日期", "received_on"),
        ("【责任单位】", "unit"),
        ("〔概 况〕：", "title"),
        ("1、登记编号", "case_no"),
        ("（2）收到日期", "received_on"),
        ("③姓名", "name"),
        ("12.联系电话", "phone"),
        ("★办结日期﹡", "closed_on"),
        ("概况。", "title"),
    ],
)
def test_heading(heading: object, field: str | None) -> None:
    assert field_of(heading) == field


def test_a_heading_in_several_lines_is_said_in_one() -> None:
    layout = Layout.of(["* 收到日期\r\n（必填）", "随便\n什么"])
    assert layout.heading_of("received_on") == "* 收到日期 （必填）"
    assert layout.unknown() == ["随便 什么"]


def read(headings: list[object], cells: list[object]) -> tuple[dict[str, object], dict[str, str]] | None:
    return Layout.of(headings).read(cells)


def test_values_and_extras() -> None:
    got = read(
        ["序号", "登记 编号", "收到日期", "联系电话", "信访人数", "备注", "备注", "", "退回原因"],
        [1.0, " A1 ", 45090.0, 13000000001.0, 6.0, "甲\x00", "乙", "丙", "上次退回"],
    )
    assert got == (
        {"case_no": "A1", "received_on": 45090.0, "phone": "13000000001", "headcount": "6"},
        {"序号": "1", "备注": "甲", "备注(2)": "乙", "第8列": "丙"},
    )


@pytest.mark.parametrize("empty", [None, "", " ", "\u3000", "-", " - ", "－", "—", "/", "无", "\\N"])
def test_empty_cells_are_not_there(empty: object) -> None:
    assert read(["登记编号", "收到日期", "备注"], ["A1", empty, empty]) == ({"case_no": "A1"}, {})
    assert read(["登记编号", "收到日期", "备注"], [empty, empty, empty]) is None


def test_zero_and_false_are_something() -> None:
    assert read(["登记编号", "收到日期", "延期天数"], ["A1", 0.0, 0]) == (
        {"case_no": "A1", "received_on": 0.0, "extended_days": "0"},
        {},
    )


@pytest.mark.parametrize(
    ("headings", "cells", "unit", "extras"),
    [
        (["责任单位", "承办单位"], ["甲局", "乙局"], "甲局", {"承办单位": "乙局"}),
        (["承办单位", "责任单位"], ["乙局", "甲局"], "甲局", {"承办单位": "乙局"}),
        (["承办单位", "责任单位"], ["乙局", "-"], "乙局", {}),
        (["承办单位", "办理单位"], ["丙局", "乙局"], "乙局", {"承办单位": "丙局"}),
        (["责任单位", "承办单位"], ["甲局", "甲局"], "甲局", {}),
        (["责任单位", "责任单位"], ["甲局", "乙局"], "甲局", {"责任单位": "乙局"}),
        (["责任单位", "责任单位"], ["", "乙局"], "乙局", {}),
    ],
)
def test_first_filled_heading_in_the_contracts_order(
    headings: list[object], cells: list[object], unit: str, extras: dict[str, str]
) -> None:
    assert read(["登记编号", *headings], ["A1", *cells]) == ({"case_no": "A1", "unit": unit}, extras)


def test_the_typed_day_of_a_second_heading_stays_typed() -> None:
    day = datetime.date(2023, 6, 5)
    assert read(["转办日期", "转送日期"], ["", day]) == ({"assigned_on": day}, {})
    assert read(["转办日期", "转送日期"], [day, 45090.0]) == ({"assigned_on": day}, {"转送日期": "45090"})


def test_received_stand_ins_are_all_kept() -> None:
    got = read(["收到日期", "登记日期", "信访日期"], ["2023-06-03", "2023-06-02", "2023-06-01"])
    assert got == (
        {"received_on": "2023-06-03", "registered_on": "2023-06-02", "petitioned_on": "2023-06-01"},
        {},
    )


HEADINGS: list[object] = ["序号", "登记编号", "登记日期", "概况", "备注"]


@pytest.mark.parametrize(
    ("cells", "passed_over"),
    [
        (["", "", "", "", ""], True),
        ([], True),
        ([7.0, "", "", "", ""], True),
        (["", "", "", "", "只有备注"], True),
        (["合计", "", "", "7件", ""], True),
        (["合 计", "", "", "7件", ""], True),
        (["总计：", "", "", "7件", ""], True),
        (["", "小计", "", "7件", ""], True),
        (["", "", "", "注：本表由系统导出", ""], True),
        (["", "", "", "备注：无", ""], True),
        (["", "", "", "说明", ""], True),
        (["", "", "", "填表人：测试甲", ""], True),
        (["-", "合计", "", "", ""], True),
        (["合计", "", "2023-06-01", "7件", ""], False),
        ([1.0, "", "", "合计有误的投诉", ""], False),
        (["", "", "", "反映注水问题", ""], False),
        ([8.0, "A1", "", "没有收到日期", ""], False),
    ],
)
def test_passed_over(cells: list[object], passed_over: bool) -> None:
    assert (read(HEADINGS, cells) is None) is passed_over


def test_a_rejected_row_is_data_again() -> None:
    assert read(["登记编号", "退回原因"], ["", "缺收到日期"]) is None
    assert read(["登记编号", "退回原因"], ["A1", "缺收到日期"]) == ({"case_no": "A1"}, {})


def test_names_of_columns_for_messages() -> None:
    layout = Layout.of(["系统编号", "登记日期(必填)"])
    assert layout.heading_of("external_no") == "系统编号"
    assert layout.heading_of("registered_on") == "登记日期(必填)"
    assert layout.heading_of("unit") == "责任单位"
    assert layout.has("external_no")
    assert not layout.has("unit")


CELLS = st.one_of(st.none(), st.text(max_size=8), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes())


@given(
    st.lists(st.one_of(st.sampled_from([h for c in COLUMNS for h in c.headings]), CELLS), max_size=12),
    st.lists(CELLS, max_size=14),
)
def test_any_row_under_any_headings(headings: list[object], cells: list[object]) -> None:
    values = read(headings, cells)
    if values is not None:
        assert values[0]
        assert all(isinstance(text, str) and text for text in values[1].values())
