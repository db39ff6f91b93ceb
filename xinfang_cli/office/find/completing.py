"""Completions from the book: numbers, units, the office's own words. Read only."""

from __future__ import annotations

from xinfang_cli.law.terms import half_width
from xinfang_cli.office.session import Session

MOST = 40
Offer = tuple[str, str]
"""What could be written, and a few words about it."""


def numbers(session: Session, typed: str) -> list[Offer]:
    """Completions of case numbers in the typed form: whole, 23-123, or 123; open cases first."""
    plain = half_width(typed).upper()
    with session.reading() as book:
        if not plain:
            return book.completing.pressing_numbers(MOST)
        year, dash, serial = plain.rpartition("-")
        if plain.isdigit() or (dash and year.isdigit() and len(year) in (2, 4) and (serial.isdigit() or not serial)):
            full = None if not dash else int(year) if len(year) == 4 else 2000 + int(year)
            found = book.completing.serials_from(serial if dash else plain, full, MOST)
            return [(f"{year}-{number}" if dash else str(number), about) for number, about in found]
        return book.completing.numbers_from(plain, MOST)


def units(session: Session, typed: str) -> list[Offer]:
    """Unit names that a word could become: by the name's beginning, or by code, alias or pinyin initials."""

    key = half_width(typed).strip().lower()
    with session.reading() as book:
        listed = book.units.all()
    begun = [
        unit for unit in listed if any(word.lower().startswith(key) for word in (*unit.names(), *unit.initials.split()))
    ]
    return [(unit.name, unit.group) for unit in begun]


def listed(session: Session, what: str, typed: str) -> list[Offer]:
    """The office's own topics, regions, leads, batches, tags or kept lists that begin as typed."""

    with session.reading() as book:
        if what == "topic":
            found = book.units.topics()
        elif what == "region":
            found = [*book.units.regions(), *(unit.name for unit in book.units.all() if unit.group == "镇街")]
        elif what == "view":
            found = [view.name for view in book.views.kept()]
        else:
            found = book.completing.words_in_use(what)
    return [(word, "") for word in dict.fromkeys(found) if word.startswith(typed)]
