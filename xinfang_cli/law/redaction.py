"""The one gate for words that leave the book: what people wrote, as it may be seen for a purpose.

Fields of a person are masked by `MASKS`; free text goes through `redact`, which knows every name, number and address
that the case ever had, and what phones, IDs, cards, plates and e-mail addresses look like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NamedTuple, NewType

Purpose = Literal["screen", "unit", "public", "research", "petitioner"]
"""Who will read it: the clerk, a unit, everybody, researchers, the petitioner himself."""
Redacted = NewType("Redacted", str)
"""Free text as one purpose may see it; only `redact` makes it."""
PETITIONER = "信访人"
_GONE = "＊＊＊"


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


# ---- free text --------------------------------------------------------------------------------------------------


class Known(NamedTuple):
    """The words by which a case's petitioner can be known, present and former."""

    names: tuple[str, ...] = ()
    id_nos: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


_FIELDS = {"name": "names", "id_no": "id_nos", "phone": "phones", "address": "addresses"}
_INSIDE = ("set", "was", "changes", "changed_from")  # an edit's and a correction's new and old values


def known_in(said: Iterable[Mapping[str, Any]]) -> Known:
    """Every name, ID number, phone and address in what a case's events say: those since corrected too."""
    found: dict[str, dict[str, None]] = {name: {} for name in Known._fields}
    for data in said:
        for part in (data, *(data[key] for key in _INSIDE if isinstance(data.get(key), Mapping))):
            for field, name in _FIELDS.items():
                if part.get(field):
                    found[name][str(part[field])] = None
    return Known(**{name: tuple(values) for name, values in found.items()})


def redact(text: str | None, known: Known, purpose: Purpose) -> Redacted:
    """A text without what tells who the petitioner is, as far as the purpose asks; to himself all is said."""
    if not text or purpose == "petitioner":
        return Redacted(text or "")
    marks = _MARKS[purpose]
    for kind, values in (("id_no", known.id_nos), ("phone", known.phones), ("address", known.addresses)):
        for value in values:
            for part in _parts(kind, value):
                if part in text:
                    text = text.replace(part, marks[kind](part))
    for whole in known.names:
        for one in names_in(whole):
            text = _without(text, one, marks["name"](one))
    if _MAY_HOLD.search(text):
        text = _PATTERN.sub(lambda found: marks[_kind_of(found)](found.group()), text)
    if PETITIONER in text:
        text = _AGAIN.sub(PETITIONER, text)
    return Redacted(text)


def _masked_digits(text: str) -> str:
    """Each digit but the first three and the last four."""
    digits = [place for place, char in enumerate(text) if char.isdigit()]
    hidden = set(digits[3:-4] if len(digits) >= 11 else digits[:-2])
    return "".join("*" if place in hidden else char for place, char in enumerate(text))


def _tail(text: str) -> str:
    """尾号0001."""
    return f"尾号{''.join(char for char in text if char.isdigit())[-4:]}"


def _gone(text: str) -> str:
    return _GONE


def _everything_gone() -> dict[str, Callable[[str], str]]:
    return {
        **dict.fromkeys(("id_no", "phone", "address", "card", "plate", "mail"), _gone),
        "name": lambda _: PETITIONER,
    }


_MARKS: dict[str, dict[str, Callable[[str], str]]] = {
    "screen": {
        **_everything_gone(),
        "name": lambda text: name(text) or "",
        "phone": _masked_digits,
        "id_no": lambda text: id_no(text) or "",
        "address": lambda text: address(text) or "",
    },
    # where the matter lies, a unit has to know
    "unit": {**_everything_gone(), "name": lambda text: f"{text[0]}某", "phone": _tail, "address": lambda text: text},
    "public": _everything_gone(),
    "research": _everything_gone(),
}
_BETWEEN_NAMES = re.compile(r"[、，,;；/／\s和与及]+")
_AFTER_NAME = re.compile(r"等?(\d+人|[一二三四五六七八九十]+人)?$|[（(].*?[)）]$|(先生|女士|同志)$")


def names_in(whole: str) -> list[str]:
    """The names in what stands for one: 测试甲、测试乙等5人; of a name that holds 和 the whole too."""
    parts = [_AFTER_NAME.sub("", part) for part in (*re.split(r"[、，,;；/／]+", whole), *_BETWEEN_NAMES.split(whole))]
    parts = ["".join(part.split()) for part in parts]
    return _longest_first(part for part in parts if len(part) >= 2)


def _longest_first(parts: Iterable[str]) -> list[str]:
    """Each once; a longer one before one that it may hold."""
    return sorted(dict.fromkeys(parts), key=len, reverse=True)


def _without(text: str, one: str, instead: str) -> str:
    """The text without a name, blanks inside it or not."""
    text = text.replace(one, instead)
    if all(char in text for char in one):
        text = re.sub(r"\s*".join(map(re.escape, one)), instead, text)
    return text


_TO_THE_DOOR = re.compile(r"[^省市区县镇乡村道社]*[0-9０-９][^省市区县镇]*$")


def _parts(kind: str, value: str) -> list[str]:
    """What of a known value is looked for: the whole; each of several phones; of an address the street and door too."""
    parts = [value]
    if kind == "phone":
        parts = value.split("、")
    elif kind == "address" and (door := _TO_THE_DOOR.search(value)):
        parts.append(door.group().strip())
    return _longest_first(part for part in parts if len(part) >= 4)


# ---- what gives a person away in any text -------------------------------------------------------------------------

_D, _GAP = "[0-9０-９]", r"[\s\-－—‐]?"
_PATTERNS = {
    "mail": r"[A-Za-z0-9Ａ-Ｚａ-ｚ０-９._%+\-]+[@＠][A-Za-z0-9\-]+(?:[.．][A-Za-z0-9\-]+)+",
    "plate": "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    r"[A-HJ-NP-Za-hj-np-z][·•.\s]?(?=[A-Za-z0-9]*[0-9])[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳]",
    # a resident ID has 15 or 18 signs, a bank card 16 to 19
    "card": rf"(?<!{_D}){_D}(?:{_GAP}{_D}){{13,17}}{_GAP}(?:{_D}|[XxＸｘ])(?!{_D})",
    "phone": rf"(?<!{_D})(?:(?:[+＋]|00|００)?[8８][6６]{_GAP})?[1１][3-9３-９](?:{_GAP}{_D}){{9}}(?!{_D})"
    rf"|(?<!{_D})[(（]?[0０]{_D}{{2,3}}[)）]?{_GAP}[1-9１-９](?:{_GAP}{_D}){{6,7}}(?!{_D})",
}
_PATTERN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
_MAY_HOLD = re.compile("[0-9０-９@＠]")
_AGAIN = re.compile(f"(?:{PETITIONER}[、，和与]?)*{PETITIONER}")


def _kind_of(found: re.Match[str]) -> str:
    """What a pattern found: phone, card, plate, mail."""
    return str(found.lastgroup)
