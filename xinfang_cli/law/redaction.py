"""Personal data as it may be seen: masked unless someone asks by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def name(text: str | None) -> str | None:
    """测试甲 → 测**."""
    return text if not text else text[0] + "*" * max(len(text) - 1, 1)


def id_no(text: str | None) -> str | None:
    """The place it was issued and the last character stay."""
    if not text or len(text) < 8:
        return text and "*" * len(text)
    return text[:3] + "*" * (len(text) - 4) + text[-1]


def phone(text: str | None) -> str | None:
    """13000000001 → 130****0001; of a short number the last two digits. Several are joined with 、."""
    return text and "、".join(_one_phone(part) for part in text.split("、"))


def _one_phone(text: str) -> str:
    if len(text) >= 11:
        return text[:3] + "*" * (len(text) - 7) + text[-4:]
    hidden = len(text) - (2 if len(text) > 6 else 0)
    return "*" * hidden + text[hidden:]


def address(text: str | None) -> str | None:
    """The first six characters stay, of a short one no more than half."""
    return text if not text else text[: min(6, len(text) // 2)] + "****"


MASKS = {"name": name, "id_no": id_no, "phone": phone, "address": address}


def person(people: Mapping[str, Any], reveal: bool) -> dict[str, Any]:
    """A petitioner with every field masked, or as written."""
    if reveal:
        return dict(people)
    return {key: MASKS[key](value) if key in MASKS else value for key, value in people.items()}
