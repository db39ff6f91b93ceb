"""The one gate: no canary gets through, whatever it is dressed in; what is no person's stays."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from xinfang_cli.law.redaction import Known, Purpose, known_in, names_in, redact

KNOWN = Known(
    ("测试甲、测试乙等5人", "旧名字"),
    ("110101199001010001",),
    ("13900000001、0539-8000001",),
    ("测试区某街道测试路12号3栋402室",),
)
EVERYBODY: tuple[Purpose, ...] = ("public", "research")


@pytest.mark.parametrize("purpose", EVERYBODY)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("测试甲反映供水", "信访人反映供水"),
        ("测 试 乙、测试甲反映供水", "信访人反映供水"),
        ("旧名字的房子", "信访人的房子"),
        ("住测试区某街道测试路12号3栋402室", "住＊＊＊"),
        ("测试路12号3栋402室漏水", "＊＊＊漏水"),
        ("电话13900000001", "电话＊＊＊"),
        ("电话+86 139-0000-0002", "电话＊＊＊"),
        ("电话１３９００００００１２，", "电话＊＊＊，"),
        ("电话139 0000 0003、139 0000 0004", "电话＊＊＊、＊＊＊"),
        ("座机0539-8000009", "座机＊＊＊"),
        ("座机（0539）8000009", "座机＊＊＊"),
        ("座机010 80000009", "座机＊＊＊"),
        ("证件110101 1990 0101 001X", "证件＊＊＊"),
        ("证件11010119900101001ｘ", "证件＊＊＊"),
        ("旧证件110101900101001", "旧证件＊＊＊"),
        ("卡号6222 0000 0000 0000 001", "卡号＊＊＊"),
        ("鲁Q00001撞人", "＊＊＊撞人"),
        ("鲁Q·D00001撞人", "＊＊＊撞人"),
        ("写信到 a.b-c@example.com", "写信到 ＊＊＊"),
        ("写信到ａｂ１＠example.com", "写信到＊＊＊"),
    ],
)
def test_what_gives_a_person_away_is_gone(text: str, said: str, purpose: Purpose) -> None:
    assert redact(text, KNOWN, purpose) == said


@pytest.mark.parametrize(
    "text",
    [
        "XF2023-000123 于 2023-06-05 收到",
        "2023年1月1日至2023年12月31日",
        "2023-01-02 13:45:30 记录",
        "涉及 1200 户 138000 元",
        "澄信联办〔2023〕12号",
        "12345 热线转来",
        "苏Q小区",
        "云栈街道3号楼",
        "",
    ],
)
@pytest.mark.parametrize("purpose", get_args(Purpose))
def test_what_is_no_persons_stays(text: str, purpose: Purpose) -> None:
    assert redact(text, KNOWN, purpose) == text


def test_by_whom_it_is_read() -> None:
    text = "测试甲（13900000001）在测试路12号3栋402室"
    said = {purpose: redact(text, KNOWN, purpose) for purpose in get_args(Purpose)}
    assert said == {
        "screen": "测**（139****0001）在测试路12号****",
        "unit": "测某（尾号0001）在测试路12号3栋402室",
        "public": "信访人（＊＊＊）在＊＊＊",
        "research": "信访人（＊＊＊）在＊＊＊",
        "petitioner": text,
    }


def test_none_is_an_empty_text() -> None:
    assert redact(None, Known(), "public") == ""


def test_words_of_an_edit_and_a_correction_are_known_for_good() -> None:
    said: list[dict[str, Any]] = [
        {"name": "旧名字", "phone": "13900000001", "title": "测试件"},
        {"set": {"name": "新名字"}, "was": {"name": "旧名字"}},
        {"changes": {"id_no": "110101199001010001"}, "changed_from": {"id_no": "110101199001010002"}},
    ]
    known = known_in(said)
    assert known.names == ("旧名字", "新名字")
    assert known.phones == ("13900000001",)
    assert known.id_nos == ("110101199001010001", "110101199001010002")
    assert redact("旧名字、新名字来访", known, "public") == "信访人来访"


def test_names_of_several() -> None:
    assert names_in("测试甲、测试乙等5人") == ["测试甲", "测试乙"]
    assert set(names_in("测试甲和测试乙")) >= {"测试甲", "测试乙"}
    assert names_in("测 试") == ["测试"]
    assert names_in("测试丁（代）") == ["测试丁"]
