"""The one gate for words leaving the book: users' text redacted for a purpose.

`field` takes a person's field, `redact` free text, `data` the whole data of an event or registration. They remove every
present and former name, number and address of the case, and anything shaped like a phone, ID, card, plate or e-mail
address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NewType

from xinfang_cli.frozen import NamedTuple

Purpose = Literal["screen", "unit", "public", "research", "petitioner"]
"""Who will read it: the clerk, a unit, everybody, researchers, the petitioner himself."""
Redacted = NewType("Redacted", str)
"""Free text as one purpose may see it; only this module makes it."""
ACCUSATION = Redacted("检举控告件")
"""All that lists and titles say of an accusation (art. 30)."""
FILE_OF_ACCUSATION = Redacted("检举控告件的附件")
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


def person(people: Mapping[str, str | None], reveal: bool) -> dict[str, str | None]:
    """A petitioner with every field masked, or as written."""
    if reveal:
        return dict(people)
    return {key: MASKS[key](value) if key in MASKS else value for key, value in people.items()}


# ---- what is known of a case's petitioner -----------------------------------------------------------------------


class Known(NamedTuple):
    """The words by which a case's petitioners can be known, present and former."""

    names: tuple[str, ...] = ()
    id_nos: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def without_addresses(self) -> Known:
        """For texts with the place of the matter, needed by their reader."""
        return self._replace(addresses=())


_FIELDS = {"name": "names", "id_no": "id_nos", "phone": "phones", "address": "addresses"}
_INSIDE = ("set", "was", "changes", "changed_from")  # an edit's and a correction's new and old values
# Another office's column that says who somebody is: its words are known as the petitioner's are.
_PERSONAL_HEADINGS = {
    "id_no": "证件|身份证|护照",
    "phone": "电话|手机|联系方式|座机",
    "address": "住址|地址|住所",
    "name": "姓名|名单|联名|联系人|代理人|代表人|亲属|家属|监护|来信人|来访人|信访人",
}


def heading_field(heading: str) -> str:
    """name, id_no, phone or address where a column of another office is about one; else empty."""
    return next((key for key, signs in _PERSONAL_HEADINGS.items() if re.search(signs, heading)), "")


def known_in(said: Iterable[Mapping[str, Any]]) -> Known:
    """Every name, ID number, phone and address in what a case's events say: those since corrected too."""
    found: dict[str, dict[str, None]] = {name: {} for name in Known._fields}
    for data in said:
        for part in (data, *(data[key] for key in _INSIDE if isinstance(data.get(key), Mapping))):
            for key, name in _FIELDS.items():
                if part.get(key):
                    found[name][str(part[key])] = None
            for heading, value in (part.get("extras") or {}).items():
                if value and (key := heading_field(heading)):
                    found[_FIELDS[key]][str(value)] = None
    return Known(**{name: tuple(values) for name, values in found.items()})


# ---- free text --------------------------------------------------------------------------------------------------


def redact(text: str | None, known: Known, purpose: Purpose, *, named: bool = False) -> Redacted:
    """A text without the petitioner's identity, as far as the purpose requires; the petitioner sees it whole.

    `named`: for a unit entitled by the office's setting to an ordinary petitioner's name and phone.
    """
    if not text or purpose == "petitioner":
        return Redacted(text or "")
    marks = _MARKS["named_unit" if named and purpose == "unit" else purpose]
    if not _may_tell(text, known):
        return Redacted(text)
    signs = _signs(text)
    for kind, values in (("id_no", known.id_nos), ("phone", known.phones), ("address", known.addresses)):
        mark = marks[kind]
        for value in values:
            if _may_stand(kind, value, text, signs) and (pattern := _looked_for(kind, value)):
                text = re.sub(pattern, lambda found, mark=mark: mark(found.group()), text, flags=re.IGNORECASE)  # type: ignore[misc]
    for whole in known.names:
        for one in names_in(whole):
            text = _without(text, one, marks["name"](one))
    if re.search(_MAY_HOLD, text):
        text = re.sub(_PATTERN, lambda found: marks[_kind_of(found)](found.group()), text)
    if PETITIONER in text:
        text = re.sub(_AGAIN, PETITIONER, text)
    return Redacted(text)


def _may_tell(text: str, known: Known) -> bool:
    """Quickly, whether anything in a text could tell who somebody is: most titles name nobody."""
    signs = _signs(text)
    if any(map(str.isdigit, signs)) and (
        sum(map(str.isdigit, signs)) >= _FEWEST_DIGITS or re.search("[A-Za-zＡ-Ｚａ-ｚ]", text)
    ):
        return True
    if "@" in text or "＠" in text:
        return True
    if any(name in text for name in known.names):
        return True
    if known.names:
        plain = _squeezed(text)
        for name in map(_squeezed, known.names):
            if any(name[place : place + 2] in plain for place in range(len(name) - 1)):
                return True
    return (
        any(_may_stand("id_no", value, text, signs) for value in known.id_nos)
        or any(_may_stand("phone", value, text, signs) for value in known.phones)
        or any(_may_stand("address", value, text, signs) for value in known.addresses)
    )


_FEWEST_DIGITS = 10
"""Of a phone with its area code; of an ID or a card there are more."""


def field(key: str, value: str | None, purpose: Purpose, *, named: bool = False) -> Redacted:
    """A field of a person (name, id_no, phone, address) for a purpose; nothing for everybody's eyes."""
    if not value or purpose == "petitioner":
        return Redacted(value or "")
    if purpose == "screen":
        return Redacted(MASKS[key](value) or "")
    if purpose != "unit" or key == "id_no":
        return Redacted("")
    if named or key == "address":
        return Redacted(value)
    if key == "phone":
        return Redacted("、".join(map(_tail, filter(None, re.split(_PHONES, value)))))
    return redact(value, Known(names=(value,)), purpose) if names_in(value) else Redacted(f"{value[0]}某")


def data(said: Mapping[str, Any], known: Known, purpose: Purpose) -> dict[str, Any]:
    """An event's data redacted: texts through `redact`, a person's fields masked (`screen`) or removed."""
    return {key: _value(key, value, known, purpose) for key, value in said.items() if _stays(key, purpose)}


def _stays(key: str, purpose: Purpose) -> bool:
    if key == "extras":  # a place of work, who lives next door: no gate knows whom that tells of
        return purpose != "public"
    return key not in MASKS or purpose in ("screen", "petitioner")


_NO_TEXT = frozenset(
    {"sha256", "path", "unit", "kind", "case_no", "recorded_at", "batch", "lead", "leader", "leaders", "approved_by"}
)
"""No free text: numbers, and officials, who are named by their office."""


def _value(key: str, value: Any, known: Known, purpose: Purpose) -> Any:
    if key in MASKS:
        return field(key, None if value is None else str(value), purpose) or None
    if key == "extras":
        return extras(value, known, purpose)
    if key in _NO_TEXT:
        return value
    if isinstance(value, str):
        return redact(value, known, purpose)
    if isinstance(value, Mapping):
        return data(value, known, purpose)
    if isinstance(value, list | tuple):
        return [_value(key, one, known, purpose) for one in value]
    return value


def extras(said: Mapping[str, str] | None, known: Known, purpose: Purpose) -> dict[str, str]:
    """Another office's columns: those about a person as his own fields, the others as free text."""
    made: dict[str, str] = {}
    for heading, value in (said or {}).items():
        key = heading_field(heading)
        made[heading] = field(key, str(value), purpose) if key else redact(str(value), known, purpose)
    return made


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


def _as_it_is(text: str) -> str:
    return text


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
    "unit": {**_everything_gone(), "name": lambda text: f"{text[0]}某", "phone": _tail, "address": _as_it_is},
    "named_unit": {**_everything_gone(), "name": _as_it_is, "phone": _as_it_is, "address": _as_it_is},
    "public": _everything_gone(),
    "research": _everything_gone(),
}
# Patterns are made when they are first used (re keeps them): most commands meet no text with a name or a number.
_BETWEEN_NAMES = r"[、，,;；/／\s和与及]+"
_SIGNS_BETWEEN = r"[、，,;；/／]+"
_AFTER_NAME = r"等?(\d+人|[一二三四五六七八九十]+人)?$|[（(].*?[)）]$|(先生|女士|同志)$"


def names_in(whole: str) -> list[str]:
    """The names in a joint one: 测试甲、测试乙等5人; a name containing 和 also as a whole."""
    split = (*re.split(_SIGNS_BETWEEN, whole), *re.split(_BETWEEN_NAMES, whole))
    parts = [re.sub(_AFTER_NAME, "", part) for part in split]
    parts = ["".join(part.split()) for part in parts]
    return _longest_first(part for part in parts if len(part) >= 2)


def _longest_first(parts: Iterable[str]) -> list[str]:
    """Each once; a longer one before one that it may hold."""
    return sorted(dict.fromkeys(parts), key=len, reverse=True)


def _without(text: str, one: str, instead: str) -> str:
    """The text without a name, blanks and dots inside it or not, in whatever case."""
    text = text.replace(one, instead)
    if _squeezed(one) in _squeezed(text):
        text = re.sub(r"[\s·•.．]*".join(map(re.escape, one)), instead, text, flags=re.IGNORECASE)
    return text


def _squeezed(text: str) -> str:
    return re.sub(r"[\s·•.．]+", "", text).lower()


# ---- the parts of what is known ---------------------------------------------------------------------------------

_TO_THE_DOOR = r"[^省市区县镇乡村道社]*[0-9０-９][^省市区县镇]*$"
_STEPS_OF_ADDRESS = r"[^路街巷弄号栋幢座楼层单元室户组队]*(?:单元|[路街巷弄号栋幢座楼层室户组队])|.+$"
_PHONES = r"[、，,;；/／]|\s{2,}"
_D, _GAP = "[0-9０-９]", r"[\s\-－—‐]?"


def _looked_for(kind: str, value: str) -> str:
    """A pattern of what of a known value is looked for, the longest first; empty for one too short to tell. Numbers in
    whatever width, with gaps or without."""
    if kind == "address":
        return "|".join(map(re.escape, _longest_first(part for part in (value, *_steps_of(value)) if len(part) >= 4)))
    values = re.split(_PHONES, value) if kind == "phone" else [value]
    return "|".join(_spaced(one) for one in _longest_first(values) if sum(char.isalnum() for char in one) >= 5)


def _signs(text: str) -> str:
    """The letters and digits of a text, one way of writing them."""
    return "".join(filter(str.isalnum, text.translate(_HALF))).lower()


def _may_stand(kind: str, value: str, text: str, signs: str) -> bool:
    """Whether a pattern for a value is worth making: making one costs as much as reading a hundred texts."""
    if kind == "address":  # the whole of it, or four signs one after the other of which one is a digit
        plain, mine = text.lower(), value.lower()
        fours = (mine[place : place + 4] for place in range(len(mine) - 3))
        return mine in plain or any(four in plain and any(map(str.isdigit, four)) for four in fours)
    return any(_signs(one) in signs for one in re.split(_PHONES, value))


def _steps_of(value: str) -> list[str]:
    """The door-level parts of an address: 测试路12号3栋402室, 3栋402室, 测试路12号 …, each with a number."""
    door = re.search(_TO_THE_DOOR, value)
    if not door:
        return []
    steps = re.findall(_STEPS_OF_ADDRESS, door.group().strip())
    runs = ("".join(steps[first:last]) for first in range(len(steps)) for last in range(first + 1, len(steps) + 1))
    return [run for run in runs if any(char.isdigit() for char in run)]


def _spaced(value: str) -> str:
    """A number as people write it: full-width, with blanks or hyphens between its signs."""
    signs = [char for char in value.translate(_HALF) if char.isalnum()]
    wide = [f"[{char}{chr(ord(char) + 0xFEE0)}]" if char.isascii() else re.escape(char) for char in signs]
    return f"(?<!{_D}){_GAP.join(wide)}(?!{_D})"


_HALF = {code + 0xFEE0: code for code in range(0x21, 0x7F)}


# ---- what gives a person away in any text -------------------------------------------------------------------------

_PATTERNS = {
    "mail": r"[A-Za-z0-9Ａ-Ｚａ-ｚ０-９._%+\-]+[@＠][A-Za-z0-9\-]+(?:[.．][A-Za-z0-9\-]+)+",
    "plate": "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    r"[A-HJ-NP-Za-hj-np-z][·•.\s]?(?=[A-Za-z0-9]*[0-9])[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳]",
    # a resident ID has 15 or 18 signs, a bank card 16 to 19
    "card": rf"(?<!{_D}){_D}(?:{_GAP}{_D}){{13,17}}{_GAP}(?:{_D}|[XxＸｘ])(?!{_D})",
    "phone": rf"(?<!{_D})(?:(?:[+＋]|00|００)?[8８][6６]{_GAP})?[1１][3-9３-９](?:{_GAP}{_D}){{9}}(?!{_D})"
    rf"|(?<!{_D})[(（]?[0０]{_D}{{2,3}}[)）]?{_GAP}[1-9１-９](?:{_GAP}{_D}){{6,7}}(?!{_D})",
}


_PATTERN = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items())
_MAY_HOLD = "[0-9０-９@＠]"
_AGAIN = f"(?:{PETITIONER}[、，和与]?)*{PETITIONER}"


def _kind_of(found: re.Match[str]) -> str:
    """The kind of a matched pattern: phone, card, plate, mail."""
    return str(found.lastgroup)
