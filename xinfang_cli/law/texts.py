"""The texts of a case, and the search for words in them: blanks, width and letter case make no difference."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.terms import PLACED

if TYPE_CHECKING:
    from xinfang_cli.law.event import Event


ASIDE = "\ue000"
"""Stands before a whole number in the index; no text keeps it."""
# Full-width letters and digits as ordinary ones; ordinary signs as full-width ones, so that a sign is a character like
# any other and none has a meaning in a query.
_SAME: dict[int, int | None] = dict.fromkeys((*range(32), 127))
_SAME |= {code: code + 0xFEE0 for code in range(0x21, 0x7F) if not chr(code).isalnum()}
_SAME |= {code + 0xFEE0: code for code in range(0x21, 0x7F) if chr(code).isalnum()}


_CHANGED = frozenset(map(chr, _SAME))


def normal(text: str) -> str:
    """A text as it is compared."""
    if text.isascii() and text.isalnum():
        return text.lower()
    plain = "".join(text.split()).casefold()
    return plain if _CHANGED.isdisjoint(plain) else plain.translate(_SAME)


class Texts(NamedTuple):
    """The standing texts of a case, and the facts that decide their visibility."""

    received_on: date
    title: str
    content: str
    notes: tuple[str, ...]
    name: str
    phones: tuple[str, ...]
    accusation: bool
    said: tuple[Mapping[str, Any], ...] = ()
    """What was taken down of the petitioner, and every change of it, for the gate (law.redaction)."""


def texts_of(events: Sequence[Event]) -> Texts | None:
    """The texts of a case as its events now stand; None when its registration was taken back."""
    from xinfang_cli.law.events.registry import NOTES, TIMELESS

    if events and events[0].kind == "register" and TIMELESS.isdisjoint([event.kind for event in events]):
        first = events[0]  # nothing was set right: all of it stands, and in what order makes no difference
        return written(first.on, first.data.get("kind"), [event.data for event in events], NOTES)
    from xinfang_cli.law.fold import in_force

    standing = in_force(events)
    if not standing or standing[0].kind != "register":
        return None
    register = standing[0].data
    changed = tuple(event.data for event in events if event.kind in ("register", "edit", "correct"))
    return written(standing[0].on, register.get("kind"), [event.data for event in standing], NOTES)._replace(
        said=changed
    )


def written(
    received_on: date, kind: str | None, said: Sequence[Mapping[str, Any]], kept: frozenset[str] | None = None
) -> Texts:
    """The texts in the standing events' data, registration first. `kept`: the note fields, if more than private texts
    are passed.
    """
    register = said[0]
    extras = register.get("extras")
    notes = [str(value) for value in extras.values()] if extras else []
    for data in said:
        if kept is None:
            names = [name for name in data if name not in PLACED]
        elif kept.isdisjoint(data):
            continue
        else:
            names = [*kept.intersection(data)]
        names.sort()
        notes += [data[name] for name in names if data[name] and isinstance(data[name], str)]
    return Texts(
        received_on,
        register.get("title") or "",
        register.get("content") or "",
        tuple(notes),
        register.get("name") or "",
        tuple((register.get("phone") or "").split("、")),
        kind == "accusation",
        (register,),
    )


_SIGNS = r"[\W_]+"  # compiled when first used (re keeps it): a list that compares no titles does not wait for it
_FILLERS = "反映|关于|要求|请求|投诉|举报|咨询|建议|再次|多次|尽快|问题|情况|事宜|一事|[的了等之其]"


def title_key(title: str) -> str:
    """A key equal for titles with the same words in any order; empty for a very short title."""
    plain = normal(title)
    if not plain.isalnum():
        plain = re.sub(_SIGNS, "", plain)
    plain = re.sub(_FILLERS, "", plain)
    return "".join(sorted(plain)) if len(plain) >= 4 else ""


def phone_words(phone: str) -> tuple[str, ...]:
    """The search words of a phone: the whole number and its last four digits, visible in a masked one."""
    plain = normal(phone)
    return (plain, plain[-4:]) if len(plain) >= 7 else ()


_MASKS = frozenset("*＊×●○■□█")


def is_masked(text: str) -> bool:
    """Whether something of a name or number was covered up (测**, 138****0000): it names nobody."""
    return not _MASKS.isdisjoint(text) or "xx" in text.lower()


def is_telling(id_no: str | None) -> bool:
    """Whether two cases with this ID number are of one person: it is whole, and not rounded by a spreadsheet."""
    return id_no is not None and id_no.isalnum() and not id_no.endswith("000") and not is_masked(id_no)


def is_telling_phone(phone: str | None) -> bool:
    """Whether a name and this phone are of one person: whole numbers, none as a spreadsheet shortens it (1.38E+10)."""
    numbers = phone.split("、") if phone else []
    return bool(numbers) and all(len(one) >= _FEWEST_OF_PHONE and one.replace("转", "").isdecimal() for one in numbers)


_FEWEST_OF_PHONE = 7


def is_phone_word(word: str) -> bool:
    """Whether a compared word could name a phone."""
    return word.isascii() and word.isdigit() and (len(word) == 4 or len(word) >= 7)


def phone_meant(word: str) -> str:
    """The phone that a compared word could name, however it was typed (＋86－138－0000－0001): its digits, or nothing."""
    if is_phone_word(word):
        return word
    digits = word.translate(_AMONG_DIGITS)
    if len(digits) < 10 or not digits.isdecimal() or not digits.isascii():
        return ""
    digits = re.sub("^(?:0086|86)(?=1[3-9][0-9]{9}$)", "", digits)
    return digits if re.fullmatch("1[3-9][0-9]{9}|0[0-9]{9,11}|[48]00[0-9]{7}", digits) else ""


_AMONG_DIGITS = dict.fromkeys(map(ord, "－–—−‐‑＋（）．＇"))


def places(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """The positions of compared words in the original text: (start, end) of each, in order, none overlapping."""
    letters: list[str] = []
    at: list[int] = []
    for place, char in enumerate(text):
        for letter in normal(char):
            letters.append(letter)
            at.append(place)
    compared = "".join(letters)
    found: list[tuple[int, int]] = []
    for word in words:
        start = compared.find(word) if word else -1
        while start >= 0:
            found.append((at[start], at[start + len(word) - 1] + 1))
            start = compared.find(word, start + len(word))
    merged: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz@＠ \t\n\r\u3000\xa0·•.．")
_LETTERS |= {sign.upper() for sign in _LETTERS} | {chr(ord(sign) + 0xFEE0) for sign in "abcdefghijklmnopqrstuvwxyz"}
_LETTERS |= {chr(ord(sign) + 0xFEE0) for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_DIGITS = frozenset("0123456789０１２３４５６７８９")
_PARTS_A_NAME = frozenset("、，,;；/／和与及等（(人先生女士同志")
_FEWEST_SIGNS = 5
"""Of a number that the gate looks for."""


def names_nobody(title: str, name: str | None, id_no: str | None, phone: str | None, address: str | None) -> bool:
    """Whether a title surely holds nothing of its petitioner, at a glance; where it is not sure, the gate looks closely."""
    if not _LETTERS.isdisjoint(title) or (id_no and not id_no.isascii()):
        return False
    if name and (name in title or not _PARTS_A_NAME.isdisjoint(name) or not _LETTERS.isdisjoint(name)):
        return False
    if _DIGITS.isdisjoint(title):
        return not address or address not in title
    if len([sign for sign in title if sign in _DIGITS]) >= _FEWEST_SIGNS:
        return False
    if phone and not phone.replace("、", "").isdecimal():
        return False
    return not address or all(address[place : place + 4] not in title for place in range(max(len(address) - 3, 1)))
