"""Article 30 as a relation: names in comparable form, and who is kept from what is said of whom."""

from __future__ import annotations

import pytest

from xinfang_cli.law.accused import Body, Complained, Relations, areas_of, by_name, parts, plain

AREAS = areas_of("测试省 安测市 玄测区", "玄测区信访局")
BODIES = {
    1: Body(("测试委",)),
    2: Body(("测试局",), 1),
    3: Body(("测试所",), 2, ("甲测试",), "ordinary"),
    4: Body(("环甲",), 5),  # a ring, which only a damaged book has
    5: Body(("环乙",), 4),
    6: Body(("旁的单位",)),
    7: Body(("教育体育局", "教体", "教育局"), None, ("局长王测试",)),
    8: Body(("纪委监委",), None, (), "discipline"),
    9: Body(("教育体育局办公室",)),
    10: Body(("玄测实验幼教集团",), 7),
    11: Body(("测试新局",), 12),
    12: Body(("测试新委",)),
}
LIST = Relations(BODIES, {}, AREAS)


@pytest.mark.parametrize(
    ("said", "unit", "relation"),
    [
        ("玄测区教育局", "教育局", "same"),
        ("安测市玄测区教育局", "教育局", "same"),
        ("玄测教育局", "区教育局", "same"),
        ("我区教育局", "教育局", "same"),
        ("教育局（机关）", "教育局", "same"),
        ("区教育局局长张某", "教育局", "same"),
        ("教育局长", "教育局", "same"),
        ("教育局王局长", "教育局", "same"),
        ("教育局党组书记、局长王某", "教育局", "same"),
        ("城测镇人民政府", "城测镇", "same"),
        ("东测街道办事处", "东测街道", "same"),
        ("教育局党组", "教育局", "parent"),
        ("教育局人事科", "教育局", "parent"),
        ("城测镇派出所", "城测镇", "parent"),
        ("教育局实验小学", "教育局", "parent"),
        ("教育局", "教育局办公室", "child"),
        ("公安局", "公安局交警大队", "child"),
        ("教体局", "教育体育局", "near"),
        ("住建局", "住房和城乡建设局", "near"),
        ("旁测市教育局", "教育局", "near"),
        ("市场监督管理局", "教育局", None),
        ("教育局", "教育考试中心", "near"),
        ("区委教育工委", "教育局", "near"),
        ("教育局", "玄测区委教育工作委员会", "near"),
        ("民政办", "民政局", "near"),
        ("公安局", "区委办公室", None),
        ("财政局", "玄测区委财经工委", None),
        ("局", "局教育中心", None),
        ("财政局", "教育局", None),
        ("第一中学", "教育局", None),
        ("局", "教育局", None),
    ],
)
def test_names_are_compared_in_one_form(said: str, unit: str, relation: str | None) -> None:
    assert by_name(parts(said, AREAS).body, plain(unit, AREAS)) == relation


def test_a_word_that_begins_like_an_area_is_none() -> None:
    assert plain("市场监督管理局", AREAS) == "市场监督管理局"
    assert plain("区市场监督管理局", AREAS) == "市场监督管理局"
    assert plain("区域发展局", AREAS) == "区域发展局"


@pytest.mark.parametrize(
    ("of", "unit", "relation"),
    [
        (Complained("测试所", 3), 3, "same"),
        (Complained("测试所", 3), 2, "parent"),
        (Complained("测试所", 3), 1, "parent"),
        (Complained("测试委", 1), 3, "child"),
        (Complained("测试局", 2), 6, None),
        (Complained("甲测试所长"), 3, "leader"),
        (Complained(None, None, "甲测试"), 3, "leader"),
        (Complained(None, None, "甲所长"), 3, "leader"),  # by surname, where the post is of that body
        (Complained(None, None, "甲局长"), 3, None),
        (Complained(None, None, "乙所长"), 3, None),
        (Complained(None, None, "王局长"), 7, "leader"),
        (Complained("教育局"), 7, "same"),  # by alias
        (Complained("教育局人事科科长李某"), 7, "parent"),
        (
            Complained("教育局"),
            9,
            "near",
        ),  # 教育局 is not called that, but it is 教育体育局 by alias, and in its field
        (Complained("教育体育局"), 9, "child"),
        (Complained("教育和体育局"), 7, "near"),
        (Complained("教育和体育局"), 10, "near"),  # below one that may be the same
        (Complained("测试新的局"), 11, "near"),
        (Complained("测试新的局"), 12, "near"),  # above one
        (Complained("环甲", 4), 5, "parent"),
        (Complained("环甲", 4), 6, None),
        (Complained(unsaid="unknown"), 7, None),
        (Complained(), 7, None),
    ],
)
def test_who_is_kept_from_it(of: Complained, unit: int, relation: str | None) -> None:
    assert LIST.of_unit(of, unit) == relation


def test_merged_units_are_the_one_that_took_them_over() -> None:
    joined = Relations({unit: body for unit, body in BODIES.items() if unit != 2}, {2: 6}, AREAS)
    assert joined.of_unit(Complained("测试局", 2), 6) == "same"
    assert joined.of_unit(Complained(None, 6), 2) == "same"
    assert joined.of_unit(Complained(None, 3), 6) == "parent"


@pytest.mark.parametrize(
    ("of", "name", "relation"),
    [
        (Complained("测试局", 2), "玄测区测试局", "same"),
        (Complained("测试局", 2), "测试委", "parent"),  # one of ours, by the list
        (Complained("测试局", 2), "测试局纪检组", "near"),
        (Complained("测试局", 2), "旁测市纪委", None),
    ],
)
def test_a_body_of_which_there_is_only_a_name(of: Complained, name: str, relation: str | None) -> None:
    assert LIST.of_name(of, name) == relation


@pytest.mark.parametrize(
    ("of", "leader", "relation"),
    [
        (Complained("局长王测试"), "王测试", "same"),
        (Complained(None, None, "王测试"), "王测试局长", "same"),
        (Complained("教育局"), "王测试", "same"),  # who leads the unit complained of
        (Complained("教育局人事科"), "王测试", "parent"),
        (Complained(None, None, "王测试"), "李测试", None),
        (Complained("财政局"), "王测试", None),
    ],
)
def test_a_leader(of: Complained, leader: str, relation: str | None) -> None:
    assert LIST.of_leader(of, leader) == relation


def test_the_units_that_a_text_names() -> None:
    assert LIST.mentioned("反映教育体育局乱收费") == (7,)
    assert LIST.mentioned("反映乱收费") == ()


def test_what_counts_as_an_answer() -> None:
    assert Complained(unsaid="unknown").answered
    assert not Complained(unsaid="unstated").answered
    assert not Complained().answered
    assert Complained(None, None, "甲").answered
