"""Masks: enough to tell two people apart at the counter, not enough to find one."""

from __future__ import annotations

import pytest

from xinfang_cli.law import redaction

WHO: dict[str, str | None] = {
    "name": "测试甲",
    "id_no": "11010119900307803X",
    "phone": "13900001234",
    "address": "某某区望禾街道一号院二单元",
    "other": "一",
}


def test_each_field() -> None:
    assert redaction.person(WHO, reveal=False) == {
        "name": "测**",
        "id_no": "110**************X",
        "phone": "139****1234",
        "address": "某某区望禾街****",
        "other": "一",
    }
    assert redaction.person(WHO, reveal=True) == WHO


@pytest.mark.parametrize("mask", [redaction.name, redaction.id_no, redaction.phone, redaction.address])
def test_nothing_stays_nothing(mask: object) -> None:
    assert mask(None) is None  # type: ignore[operator]
    assert mask("") == ""  # type: ignore[operator]


@pytest.mark.parametrize("name", ["甲", "测试", "欧阳测试", "Al", "測"])
def test_a_name_shows_one_character(name: str) -> None:
    masked = redaction.name(name)
    assert masked is not None
    assert masked[0] == name[0]
    assert set(masked[1:]) == {"*"}


@pytest.mark.parametrize("number", ["1", "123456", "1234567", "12345678"])
def test_short_numbers_show_little(number: str) -> None:
    for mask in (redaction.id_no, redaction.phone):
        masked = mask(number)
        assert masked is not None
        assert masked.count("*") >= min(len(number), 4)
        assert len(masked) == len(number)


@pytest.mark.parametrize("address", ["一号", "望禾街道一号", "望禾街道望禾路一号院二单元三零一"])
def test_an_address_hides_the_door(address: str) -> None:
    masked = redaction.address(address)
    assert masked is not None
    assert address not in masked
    assert masked.endswith("****")


def test_two_phones_in_one_field() -> None:
    masked = redaction.phone("13900001234、13700005678")
    assert masked is not None
    assert masked == "139****1234、137****5678"
