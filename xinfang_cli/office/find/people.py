"""Petitioners: one person with all cases, and cases that may be the same matter twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xinfang_cli.book.face import Book
from xinfang_cli.book.matching import PersonEntry
from xinfang_cli.errors import NotFound
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake import cleaning
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.law.terms import OPEN_STAGES
from xinfang_cli.law.texts import is_masked, is_telling
from xinfang_cli.office.find.lists import CasesAsked, resolved
from xinfang_cli.office.find.redacting import titles_for, with_accusations
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import CaseInBrief, CaseLine


class Volumes(NamedTuple):
    """A petitioner's number of cases by state."""

    cases: int
    first: int
    repeat: int
    open: int


class Petitioner(NamedTuple):
    """One person: what is known of him, as written, and his cases, newest first; `sure` False: a name and nothing else."""

    names: tuple[str, ...]
    id_nos: tuple[str, ...]
    phones: tuple[str, ...]
    addresses: tuple[str, ...]
    sure: bool
    volumes: Volumes
    cases: tuple[CaseLine, ...]


class Petitioners(NamedTuple):
    """The persons that a word leads to; whether they may be shown unmasked, and whether accusations are among them."""

    people: tuple[Petitioner, ...]
    revealed: bool
    with_accusations: bool


class Duplicate(NamedTuple):
    """A case that may repeat an earlier one, and the grounds."""

    case: CaseLine
    earlier: CaseInBrief
    grounds: tuple[str, ...]


class Duplicates(NamedTuple):
    """Likely duplicates that are not linked, newest first."""

    found: tuple[Duplicate, ...]
    limit: int = 0


def person(session: Session, word: str, *, reveal: bool, accusation: bool) -> Petitioners:
    """The persons that an ID number, a phone (or its last four digits) or a whole name leads to.

    Cases belong to one person by ID number, or by name and phone; of one name several persons come apart, and those of
    whom there is nothing but the name come together. Accusations are left out unless `accusation`. Who asked for whom is
    written to the access log.
    """
    with session.reading() as book:
        id_no, phone, name = cleaning.normalise_id(word), cleaning.normalise_phone(word), cleaning.clean_name(word)
        found = (
            book.people.with_id_no(id_no, accusation)
            or book.people.with_phone(phone, accusation)
            or book.people.with_name(name, accusation)
        )
        persons = []
        for entries in apart(book.people.of_the_same(found, accusation)):
            ids = tuple(entry.case_id for entry in entries)
            chosen = ListFilter(ids=ids, accusation=accusation)
            with session.as_today_stands(book, chosen=chosen):
                lines = book.lists.matching(chosen, session.today)
            if not lines:  # he came later than today
                continue
            theirs = with_accusations(book, lines) if accusation else [line for _, line in lines]
            there = {case_id for case_id, _ in lines}
            persons.append(_petitioner([entry for entry in entries if entry.case_id in there], theirs))
        if not persons:
            purged = "（文字已按期清除的件不再按人找得到）" if book.purging.any_done() else ""
            raise NotFound(
                f"没有信访人「{word}」{purged}",
                "写完整的姓名、证件号码，或电话（末四位也行）；在文字里找用 ⟦search⟧；检举控告件要加 ⟦.accusation⟧",
            )
        persons.sort(key=lambda person: person.cases[0].received_on, reverse=True)
        seen = [book.cases.find(case.case_no)[0] for person in persons for case in person.cases]
        session.look(book, "person", word, ids=seen, accusation=accusation, revealed=reveal)
        return Petitioners(tuple(persons), reveal, accusation)


def apart(entries: Sequence[PersonEntry]) -> list[list[PersonEntry]]:
    """Entries by person: the same ID number, or the same name and phone."""
    parents = list(range(len(entries)))

    def root(place: int) -> int:
        while parents[place] != place:
            place = parents[place]
        return place

    seen: dict[tuple[str, ...], int] = {}
    for place, entry in enumerate(entries):
        keys: list[tuple[str, ...]] = []
        if entry.id_no and is_telling(entry.id_no):
            keys.append(("id", entry.id_no))
        if entry.name_and_phone:
            keys.append(("phone", *entry.name_and_phone))
        if not keys:
            doubtful = entry.id_no or is_masked(f"{entry.name}{entry.phone}")
            keys.append(("case", str(entry.case_id)) if doubtful else ("name", entry.name or ""))
        for key in keys:
            other = seen.setdefault(key, place)
            parents[root(place)] = root(other)
    groups: dict[int, list[PersonEntry]] = {}
    for place, entry in enumerate(entries):
        groups.setdefault(root(place), []).append(entry)
    return list(groups.values())


def _with_accusations(book: Book, listed: Sequence[Duplicate]) -> list[Duplicate]:
    """Both cases of each pair by their own titles."""
    ids = {
        case_no: book.cases.find(case_no)[0] for one in listed for case_no in (one.case.case_no, one.earlier.case_no)
    }
    titles = titles_for(book, ids.values(), "screen", accusations=True)
    return [
        one._replace(
            case=one.case._replace(title=titles[ids[one.case.case_no]]),
            earlier=one.earlier._replace(title=titles[ids[one.earlier.case_no]]),
        )
        for one in listed
    ]


def _petitioner(entries: Sequence[PersonEntry], theirs: Sequence[CaseLine]) -> Petitioner:
    def every(values: Iterable[str | None]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for value in values if value))

    latest_first = entries[::-1]
    return Petitioner(
        names=every(entry.name for entry in latest_first),
        id_nos=every(entry.id_no for entry in latest_first),
        phones=every(part for entry in latest_first for part in (entry.phone or "").split("、")),
        addresses=every(entry.address for entry in latest_first),
        sure=any(entry.id_no or entry.phone for entry in entries),
        volumes=Volumes(
            cases=len(theirs),
            first=sum(case.first for case in theirs),
            repeat=sum(not case.first for case in theirs),
            open=sum(case.stage in OPEN_STAGES for case in theirs),
        ),
        cases=tuple(theirs),
    )


def likely_duplicates(
    session: Session, asked: CasesAsked, grounds: Sequence[str] | None, limit: int = 0, accusation: bool = False
) -> Duplicates:
    """Cases that may repeat an earlier one and are not linked to it: newest first, each with the earlier one and why."""
    with session.reading() as book:
        pairs: dict[tuple[int, int], list[str]] = {}
        for found in book.duplicates.everywhere(accusations=accusation):
            if grounds is None or found.ground in grounds:
                pairs.setdefault((found.case_id, found.earlier_id), []).append(found.ground)
        chosen = resolved(book, asked._replace(accusation=accusation))._replace(
            ids=tuple({case_id for case_id, _ in pairs})
        )
        with session.as_today_stands(book, chosen=chosen):
            shown = dict(book.lists.matching(chosen, session.today))
        order = {case_id: place for place, case_id in enumerate(shown)}
        listed = []
        for case_id, earlier in sorted(
            (pair for pair in pairs if pair[0] in shown), key=lambda pair: (order[pair[0]], -pair[1])
        ):
            if book.duplicates.are_related(case_id, earlier):
                continue
            grounds_of_it = tuple(pairs[case_id, earlier])
            listed.append(Duplicate(shown[case_id], book.duplicates.briefly(earlier), grounds_of_it))
            if limit and len(listed) >= limit:
                break
        if accusation:
            ids = [book.cases.find(case)[0] for one in listed for case in (one.case.case_no, one.earlier.case_no)]
            listed = _with_accusations(book, listed)
            session.look(book, "search", "duplicates", ids=ids, accusation=True)
        return Duplicates(tuple(listed), limit)
