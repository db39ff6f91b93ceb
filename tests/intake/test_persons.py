"""Names, numbers and counts as people write them; doubts are sentences, never refusals."""

from __future__ import annotations

import datetime
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfang_cli.errors import BadValue, typed
from xinfang_cli.intake.cleaning import (
    cell_text,
    clean_name,
    clean_text,
    doubts,
    headcount,
    normalise_id,
    normalise_phone,
    yes_no,
)
from xinfang_cli.intake.names import People, clean_names, may_be_several, people_of

GOOD_ID = "110101199003070003"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  反映[入学]问题=SUM(1)  ", "反映[入学]问题=SUM(1)"),
        ("第一段\r\n第二段\r第三段\t末", "第一段\n第二段\n第三段\t末"),
        ("甲\x00乙\x07丙\x1b[31m\x7f\x85丁", "甲乙丙[31m丁"),
        ("\ufeff标题\u3000", "标题"),
        ("２０２３年　测试", "２０２３年　测试"),
        ("😀\ud800x", "😀x"),
        ("e\u0301", "e\u0301"),
        (None, ""),
        (3.0, "3"),
        ("字" * 10_000, "字" * 10_000),
    ],
)
def test_clean_text(cell: object, text: str) -> None:
    assert clean_text(cell) == text


@given(st.text())
def test_clean_text_leaves_nothing_that_cannot_be_kept(text: str) -> None:
    clean = clean_text(text)
    clean.encode()
    assert "\0" not in clean
    assert "\r" not in clean
    assert clean_text(clean) == clean


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("测试甲", "测试甲"),
        ("测 试 甲", "测试甲"),
        ("测\u3000试\u3000甲", "测试甲"),
        (" 测试甲\n", "测试甲"),
        ("Test  Person", "Test Person"),
        ("测试·甲 乙", "测试·甲乙"),
        ("测试甲 Test", "测试甲 Test"),
        ("\u202a测试甲\u202c", "测试甲"),
        ("测试甲\u200d", "测试甲"),
        ("测\u2060试\ufeff甲\xad", "测试甲"),
        ("⼥测试", "女测试"),
        ("测试甲\ufffe", "测试甲"),
        ("", ""),
        (None, ""),
    ],
)
def test_clean_name(cell: object, name: str) -> None:
    assert clean_name(cell) == name


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (45090.0, "45090"),
        (45090, "45090"),
        (0.5, "0.5"),
        (13000000001.0, "13000000001"),
        (1.10101199003070e17, "110101199003070000"),
        (True, "是"),
        (False, "否"),
        (datetime.date(2023, 6, 1), "2023-06-01"),
        (datetime.datetime.fromisoformat("2023-06-01"), "2023-06-01"),
        (datetime.datetime.fromisoformat("2023-06-01 08:30"), "2023-06-01 08:30:00"),
        (float("nan"), "nan"),
        (None, ""),
        ("x", "x"),
    ],
)
def test_cell_text(cell: object, text: str) -> None:
    assert cell_text(cell) == text


@pytest.mark.parametrize(
    ("text", "id_no"),
    [
        (GOOD_ID, GOOD_ID),
        ("110101 19900307 0003", GOOD_ID),
        ("１１０１０１１９９００３０７０００３", GOOD_ID),
        ("'110101199003070003", GOOD_ID),
        ("11010119900307000x", "11010119900307000X"),
        ("11010119900307000ｘ", "11010119900307000X"),
        (110101900307000.0, "110101900307000"),
        ("", ""),
        (None, ""),
    ],
)
def test_normalise_id(text: object, id_no: str) -> None:
    assert normalise_id(text) == id_no


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("13000000001", "13000000001"),
        ("130 0000 0001", "13000000001"),
        ("130-0000-0001", "13000000001"),
        ("１３０００００００００１"[:11], "13000000000"),
        ("+86 130 0000 0001", "13000000001"),
        ("+8613000000001", "13000000001"),
        ("008613000000001", "13000000001"),
        ("8613000000001", "13000000001"),
        ("86000000", "86000000"),
        (13000000001.0, "13000000001"),
        ("0539-0000000", "05390000000"),
        ("(0539)0000000", "05390000000"),
        ("13000000001/13000000002", "13000000001、13000000002"),
        ("13000000001、 0539-0000000", "13000000001、05390000000"),
        ("-", ""),
        ("", ""),
        ("\u202d13000000001\u202c", "13000000001"),
        ("130\u200b0000\u200b0001", "13000000001"),
        ("\u2060 13000000001", "13000000001"),
        ("13000000001\u2028", "13000000001"),
        ("\xa013000000001\xa0", "13000000001"),
        ("13000000001.0", "13000000001"),
        ("１３０－００００－０００１", "13000000001"),
        ("８６－１３０００００００１"[:-1] + "０１", "13000000001"),
        ("13000000001 13000000002", "13000000001、13000000002"),
        ("130 0000 0001 130 0000 0002", "13000000001、13000000002"),
        ("+86 130 0000 0001 +86 130 0000 0002", "13000000001、13000000002"),
        ("1300000000113000000002", "13000000001、13000000002"),
        ("13000000001\n13000000001", "13000000001"),
        ("(0539) 1234567 13000000001", "05391234567、13000000001"),
        ("妻子13000000001", "13000000001"),
        ("手机：13000000001", "13000000001"),
        ("妻13000000001，子13000000002", "13000000001、13000000002"),
        ("13000000001或13000000002", "13000000001、13000000002"),
        ("0539-1234567-801", "05391234567转801"),
        ("0539-1234567转801", "05391234567转801"),
        ("010-12345678 分机 12", "01012345678转12"),
        ("130****0001", "130****0001"),
        ("130O0000001", "130O0000001"),
        ("1.38E+10", "1.38E+10"),
        ("138.0000.0000", "13800000000"),
        ("没有", "没有"),
    ],
)
def test_normalise_phone(text: object, phone: str) -> None:
    assert normalise_phone(text) == phone


@pytest.mark.parametrize(
    ("phone", "doubtful"),
    [
        ("13000000001", False),
        ("1300000001", True),
        ("130000000011", True),
        ("000000", True),
        ("0000000", True),
        ("6000000", False),
        ("60000000", False),
        ("600000000", True),
        ("010600000", True),
        ("0106000000", False),
        ("01060000000", False),
        ("053900000000", False),
        ("0539000000000", True),
        ("4000000000", False),
        ("5000000000", True),
        ("13000000001、05390000000", False),
        ("13000000001、1300", True),
        ("没有", True),
        ("05391234567转801", False),
        ("130O0000001", True),
        ("1.38E+10", True),
        ("", False),
    ],
)
def test_phone_length(phone: str, doubtful: bool) -> None:
    kinds = [kind for kind, _ in doubts("测试甲", "", phone, "测试路1号")]
    assert kinds == (["phone_length"] if doubtful else [])


@pytest.mark.parametrize(
    ("id_no", "doubtful"),
    [
        (GOOD_ID, False),
        ("110101199003070004", True),
        ("11010119900307000X", True),
        ("11010119900307000", True),
        ("1101011990030700033", True),
        ("110101900307000", False),
        ("110101901307000", True),
        ("110101900229000", True),
        ("000000000000000000", True),
        ("E00000000", False),
        ("H0000000000", False),
        ("测试", True),
        ("1", True),
        ("²²", False),
        ("", False),
    ],
)
def test_id_checksum(id_no: str, doubtful: bool) -> None:
    kinds = [kind for kind, _ in doubts("测试甲", id_no, "", "测试路1号")]
    assert kinds == (["id_checksum"] if doubtful else [])


def test_checksum_right_but_birthday_impossible() -> None:
    from stdnum.cn import ric

    number = "11010119900230000"
    number += ric.calc_check_digit(number + "0")
    [(kind, sentence)] = doubts("测试甲", number, "", "测试路1号")
    assert kind == "id_checksum"
    assert "出生日期" in sentence


def test_a_case_without_anything_is_only_doubtful() -> None:
    assert [kind for kind, _ in doubts("", "", "", "")] == ["no_name", "no_address"]


@given(st.text(), st.text(), st.text(), st.text())
def test_doubts_never_refuse(name: str, id_no: str, phone: str, address: str) -> None:
    for kind, sentence in doubts(clean_name(name), normalise_id(id_no), normalise_phone(phone), clean_text(address)):
        assert kind in {"id_checksum", "phone_length", "no_name", "no_address", "masked"}
        assert sentence


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("6", 6),
        ("6.0", 6),
        (6.0, 6),
        (6, 6),
        ("６人", 6),
        ("共3人", 3),
        ("6人次", 6),
        (" 12 人 ", 12),
        ("共６名", 6),
        (1, 1),
    ],
)
def test_headcount(cell: object, count: int) -> None:
    assert headcount(cell) == count


@pytest.mark.parametrize(
    "cell", ["0", 0, "-1", -1, "6.5", 6.5, "六人", "约6人", "6-8人", "", None, True, "1234567", float("nan"), "²"]
)
def test_headcount_refused(cell: object) -> None:
    with pytest.raises(BadValue) as caught:
        headcount(cell)
    assert caught.value.message.startswith("信访人数「")


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("是", True),
        ("√", True),
        ("Y", True),
        ("ｙ", True),
        ("Yes", True),
        (True, True),
        (1.0, True),
        ("否", False),
        ("×", False),
        ("N", False),
        (False, False),
        ("", None),
        (None, None),
        ("-", None),
        ("－", None),
        ("无", None),
    ],
)
def test_yes_no(cell: object, answer: bool | None) -> None:
    assert yes_no(cell) is answer


def test_yes_no_refused() -> None:
    with pytest.raises(BadValue):
        yes_no("也许", "是否初次")


@pytest.mark.parametrize(
    ("name", "id_no", "phone", "masked"),
    [
        ("测**", "", "", True),
        ("测试甲", "371311**********11", "", True),
        ("测试甲", "3713XXXXXXXXXXXX11", "", True),
        ("测试甲", "", "13000000001、138****0000", True),
        ("测试甲", GOOD_ID, "13000000001", False),
    ],
)
def test_what_is_covered_up_is_a_doubt_of_its_own(name: str, id_no: str, phone: str, masked: bool) -> None:
    kinds = [kind for kind, _ in doubts(name, id_no, phone, "测试路1号")]
    assert kinds == (["masked"] if masked else [])


@pytest.mark.parametrize(
    ("cell", "out"),
    [
        ("测试甲", ("测试甲",)),
        ("测 试 甲", ("测试甲",)),
        ("测试庚等12人", ("测试庚", 12, "speaks")),
        ("测试庚等人联名", ("测试庚", "more", "speaks")),
        ("测试庚等村民代表", ("测试庚", "more", "speaks")),
        ("测试庚等２０余名群众", ("测试庚", 20, "speaks")),
        ("测试庚一行5人", ("测试庚", 5, "speaks")),
        ("测试庚（代表12人）", ("测试庚", 12, "speaks")),
        ("测试庚等3名代表", ("测试庚", 3)),
        ("测试庚及其家属", ("测试庚", "more", "speaks")),
        ("测试庚夫妇", ("测试庚", 2)),
        ("测试庚父子", ("测试庚", 2)),
        ("测试小区业主（30人）", ("测试小区业主", 30)),
        ("全体业主", ("全体业主", "more")),
        ("测试村村民", ("测试村村民", "more")),
        ("等12人", ("", 12)),
        ("测试庚 测试辛", ("测试庚", "测试辛")),
        ("测试 甲乙 丙丁", ("测试", "甲乙", "丙丁")),
        ("欧阳 测试", ("欧阳测试",)),
        ("测试 测试测试", ("测试测试测试", "unclear")),
        ("测试庚和测试辛", ("测试庚和测试辛", "unclear")),
        ("测和平", ("测和平",)),
        ("测试庚，女，45岁", ("测试庚，女，45岁", "unclear")),
        ("测试庚 13000000000", ("测试庚 13000000000", "unclear")),
        ("阿测·试庚", ("阿测·试庚",)),
        ("Test Person", ("Test Person",)),
        ("测民", ("测民",)),
        ("王代表", ("王代表",)),
    ],
)
def test_who_is_named_in_a_cell(cell: str, out: tuple[object, ...]) -> None:
    name = clean_names(cell)
    found = people_of(name) if may_be_several(name) else People(name)
    said = [found.first, *found.others, *([found.number] if found.number else [])]
    assert (*said, *(word for word in ("more", "speaks", "unclear") if getattr(found, word))) == out


@pytest.mark.parametrize(
    ("word", "typed_so"),
    [
        ("教育局", "教育局"),
        ("教育局、卫健委", "教育局、卫健委"),
        ("教育局 卫健委", '"教育局 卫健委"'),
        ("教育局|卫健委", '"教育局|卫健委"'),
        ("教育局&卫健委", '"教育局&卫健委"'),
        ("教育局?", '"教育局?"'),
        ("a$b", "'a$b'"),
        ('a"b', "'a\"b'"),
    ],
)
def test_words_as_they_are_typed_in_a_shell(word: str, typed_so: str) -> None:
    assert typed(word) == typed_so
    assert shlex.split(typed_so) == [word]
