"""Sealing a period's figures, and later changes: by cell and case, with their authors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from json import loads
from typing import Any

from xinfang_cli.book import projection
from xinfang_cli.book.as_of import Told
from xinfang_cli.book.counting import Counting
from xinfang_cli.book.face import Book
from xinfang_cli.errors import NotFound, Refused, Unusable, next_step
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import periods
from xinfang_cli.law.event import Event
from xinfang_cli.law.figures.definitions import DEFINITIONS, VOLUMES, WITHOUT_ACCEPTANCE_OF, Figures
from xinfang_cli.law.fold import fold
from xinfang_cli.law.periods import Period
from xinfang_cli.law.terms import NO_UNIT
from xinfang_cli.office.figures import moved_parts, recount
from xinfang_cli.office.figures.bulletin import Bulletin, complete, gather
from xinfang_cli.office.figures.checking import Doubt, check
from xinfang_cli.office.figures.recount import Span
from xinfang_cli.office.figures.relisted import About
from xinfang_cli.office.figures.stats import TOTAL, cells, day_asked, figures
from xinfang_cli.office.session import Session

_LEFT_OUT = ("excluded", "excluded_missed", "acceptance_missing")
Cells = Mapping[str, Mapping[str, Mapping[str, Sequence[int]]]]
"""Span (now, so_far) → row → figure → its numbers: numerator and denominator, or one."""


class Seal(NamedTuple):
    """A publication: the figures, and the event head they were taken at."""

    period: Period
    as_of: date
    published_on: date
    recorded_at: str
    actor: str
    events: int
    head: str
    cells: Cells
    starts: dict[str, date]  # now/so_far → from which day on they were counted
    parts: moved_parts.Parts | None  # None: published by an earlier program, which sealed rates and volumes alone


class ChangedCell(NamedTuple):
    """A published figure that is another by now; None: it was not there, or is no more."""

    span: str
    row: str
    figure: str
    before: Sequence[int] | None
    after: Sequence[int] | None


class CellMove(NamedTuple):
    """By how much something would move a published figure."""

    span: str
    row: str
    figure: str
    published: Sequence[int] | None
    change: tuple[int, ...]


class MovedPublication(NamedTuple):
    """A publication affected by a command, with its affected figures."""

    period: Period
    published_on: date
    as_of: date
    cells: tuple[CellMove, ...]


class CountedAs(NamedTuple):
    """A case's part in a figure: unit, part of the rate, number of people for volumes."""

    unit: str
    part: str | None
    headcount: int | None


class RecordedSince(NamedTuple):
    """An event recorded for a case after a publication: kind, effective day, moment, author."""

    case_no: str
    kind: str
    on: str
    recorded_at: str
    actor: str


class MovedCase(NamedTuple):
    """A case that counts otherwise in a figure than when it was published."""

    span: str
    figure: str
    case_no: str
    before: tuple[CountedAs, ...]
    after: tuple[CountedAs, ...]
    changes: tuple[RecordedSince, ...]


class Changes(NamedTuple):
    """Changes since a period was published. `head_matches`: the chain still contains the published head."""

    seal: Seal
    head_matches: bool
    cells: tuple[ChangedCell, ...]
    cases: tuple[MovedCase, ...]


class Prepared(NamedTuple):
    """A bulletin to be read before it is sealed, and what to read first."""

    bulletin: Bulletin
    doubts: tuple[Doubt, ...]


def prepare(session: Session, period: Period, *, as_of: date | None = None, number: str = "") -> Prepared:
    """The bulletin as it would be sealed, every number counted a second time; refused where the two do not agree."""
    with session.reading() as book:
        made = complete(session, gather(book, period, day_asked(session, as_of), session.today, number))
        doubts = check(book, made)
        problems = book.keeping.glance()
    wrong = [doubt for doubt in doubts if doubt.code == "differs"]
    if wrong:
        raise Refused(
            f"{period.label}有 {len(wrong)} 个数与逐件再数的不一致（{wrong[0].row}，{wrong[0].figure}），没有发布",
            "请先核对案件簿：⟦doctor⟧",
            code="differs",
        )
    if problems:
        raise Unusable(
            f"案件簿自检发现 {len(problems)} 处问题（{problems[0]}），没有发布",
            "请先检查：⟦doctor⟧",
            code="damaged",
        )
    return Prepared(made, doubts)


def publish(
    session: Session,
    period: Period,
    *,
    as_of: date | None = None,
    number: str = "",
    deliver: Callable[[Bulletin], None] = lambda made: None,
    read: Bulletin | None = None,
) -> Bulletin:
    """Publish a period's bulletin and seal its figures in the chain. Not sealed if it cannot be delivered, or differs
    from the `read` one.
    """
    with session.writing("publish") as (book, pen):
        made = complete(session, gather(book, period, day_asked(session, as_of), session.today, number))
        if read is not None and (cells(read.now), cells(read.total)) != (cells(made.now), cells(made.total)):
            raise Refused("刚才又有人改了案件簿，没有发布", "请再看一遍，再发布", code="moved")
        events, head = book.events.head()
        body = {
            "kind": period.kind,
            "first": period.first,
            "last": period.last,
            "as_of": made.as_of,
            "events": events,
            "head": head,
            "starts": {"now": made.now.first, "so_far": made.total.first},
            "cells": {"now": _cells(made.now), "so_far": _cells(made.total)},
            "parts": [[*key, number] for key, number in sorted(moved_parts.said(made).items())],
        }
        pen.append(None, Event("publish", session.today, body))
        made = made._replace(head=(events, head))
        deliver(made)
    return made


def seals(book: Book) -> list[Seal]:
    """The latest publication of every period that was published, in the order of the periods."""
    latest = {}
    for id, _, on, body in book.settings.office_events("publish"):
        said = loads(body)
        latest[said["first"], said["last"], said["kind"]] = (id, on, said)
    return [_seal(book, id, on, said) for _, (id, on, said) in sorted(latest.items(), key=lambda one: one[0])]


def _seal(book: Book, id: int, on: str, said: Mapping[str, Any]) -> Seal:
    written = book.events.command_of(id)
    period = Period(said["kind"], date.fromisoformat(said["first"]), date.fromisoformat(said["last"]))
    whole = {"now": period.first, "so_far": periods.so_far(period).first}
    starts = {span: date.fromisoformat(first) for span, first in said.get("starts", {}).items()}
    return Seal(
        period,
        date.fromisoformat(said["as_of"]),
        date.fromisoformat(on),
        written.recorded_at,
        written.actor,
        said["events"],
        said["head"],
        said["cells"],
        whole | starts,
        {(span, row, what): n for span, row, what, n in said["parts"]} if "parts" in said else None,
    )


def last_seal(book: Book, period: Period) -> Seal | None:
    """The latest publication of that period."""
    return next((seal for seal in seals(book) if seal.period == period), None)


def _asked(seal: Seal, span: str) -> Counting:
    sealed = {key for row in seal.cells[span].values() for key in row}
    more = tuple(key for key, row in DEFINITIONS.items() if row.optional and key in sealed)
    return Counting(seal.starts[span], seal.period.last, seal.as_of, by=("unit",), more=more)


def _cells(one: Figures) -> dict[str, dict[str, Sequence[int]]]:
    """The sealed numbers: every row, and the total exclusions (剔除) of each rate."""
    found: dict[str, dict[str, Sequence[int]]] = {row: {**numbers} for row, numbers in cells(one).items()}
    whole = found.setdefault(TOTAL, {})
    for key, rate in one.rates.items():
        whole[f"excluded:{key}"], whole[f"excluded_missed:{key}"] = [rate.excluded.cases], [rate.excluded.missed]
        if key in WITHOUT_ACCEPTANCE_OF:
            whole[f"acceptance_missing:{key}"] = [rate.acceptance_missing]
    return found


def _differing(seal: Seal, now: Cells) -> list[ChangedCell]:
    found = []
    for span, sealed in seal.cells.items():
        present = now[span]
        for name in dict.fromkeys([*sealed, *present]):
            before, after = sealed.get(name, {}), present.get(name, {})
            for key in dict.fromkeys([*before, *after]):
                if name == TOTAL and key not in before and key.partition(":")[0] in _LEFT_OUT:
                    continue  # an earlier program did not seal what is left out
                if before.get(key) != after.get(key) and (any(before.get(key, ())) or any(after.get(key, ()))):
                    found.append(ChangedCell(span, name, key, before.get(key), after.get(key)))
    return found


def _about(seal: Seal, numbers: Mapping[int, str]) -> About:
    now, far = (Span(seal.starts[span], seal.period.last, seal.as_of) for span in ("now", "so_far"))
    return About(seal.period, now, far, seal.published_on, numbers)


def _parts_now(book: Book, seal: Seal) -> moved_parts.Parts:
    """The other published numbers as of now."""
    first = min(seal.period.first, periods.so_far(seal.period).first)
    known = recount.told(book, first, seal.period.last, seal.as_of, named_on=_named_on(book, seal))
    return moved_parts.now(book, _about(seal, book.cases.numbers()), known)


def _office_now(book: Book, seal: Seal) -> moved_parts.Parts:
    return moved_parts.of_office(book, _about(seal, {}))


def _parts_differing(before: moved_parts.Parts, after: moved_parts.Parts) -> list[ChangedCell]:
    """The parts that are others, as cells of one number."""
    return [
        ChangedCell(*key, _one(before, key), _one(after, key))
        for key in dict.fromkeys([*before, *after])
        if before.get(key, 0) != after.get(key, 0) and key != moved_parts.HOLDS_LEADS
    ]


def _one(parts: moved_parts.Parts, key: tuple[str, str, str]) -> list[int] | None:
    return [parts[key]] if key in parts else None


def _changed(book: Book, seal: Seal) -> list[ChangedCell]:
    """Every published number that is another by now."""
    found = _differing(seal, _present(book, seal))
    if seal.parts is None:
        return found
    now = _parts_now(book, seal)
    if moved_parts.HOLDS_LEADS not in seal.parts:
        now = {key: number for key, number in now.items() if not key[2].startswith("lead:")}
    return found + _parts_differing(seal.parts, now)


def _present(book: Book, seal: Seal) -> Cells:
    """The sealed figures as the book has them today, as of the same day."""
    tables = book.counts.as_of(seal.as_of)
    return {
        span: _cells(figures(book, tables, _asked(seal, span), named_on=_named_on(book, seal))) for span in seal.cells
    }


def _named_on(book: Book, seal: Seal) -> date:
    """The day by whose names of units it was published: the period's end, or by an earlier program the day itself."""
    end = min(seal.period.last, seal.as_of)
    names = {name for name, *_ in book.units.places(end).values()}
    return (
        end if names.issuperset(row for row in seal.cells["now"] if row not in (NO_UNIT, TOTAL)) else seal.published_on
    )


class Held(NamedTuple):
    """A publication as the book has it before a command: figures (None: no case is touched); further numbers, of all cases
    or of the office alone; the last event, if what cases contribute is told by their events."""

    seal: Seal
    cells: Cells | None
    parts: moved_parts.Parts
    upto: int | None = None


def sealed_now(book: Book, *, office: bool = False, cases: bool = False) -> tuple[Held, ...]:
    """Every publication as the book has it now. `office`: numbers without cases alone; `cases`: before a command that
    moves cases by their events, the law or the batches, and no unit."""
    if office:
        return tuple(Held(seal, None, _office_now(book, seal)) for seal in seals(book))
    if cases:
        upto = book.events.head()[0]
        return tuple(Held(seal, _present(book, seal), _office_now(book, seal), upto) for seal in seals(book))
    return tuple(Held(seal, _present(book, seal), _parts_now(book, seal)) for seal in seals(book))


def moved_since(book: Book, before: Sequence[Held]) -> tuple[MovedPublication, ...]:
    """The publications of which a number is another than it was before."""
    found = []
    for held in before:
        seal = held.seal
        moved = [] if held.cells is None else _differing(seal._replace(cells=held.cells), _present(book, seal))
        if held.cells is None or held.upto is not None:
            moved += _parts_differing(held.parts, _office_now(book, seal))
        else:
            moved += _parts_differing(held.parts, _parts_now(book, seal))
        if held.upto is not None:
            moved += _parts_of_cases(book, seal, held.upto)
        if moved:
            found.append(_moved_publication(seal, moved))
    return tuple(found)


def _parts_of_cases(book: Book, seal: Seal, upto: int) -> list[ChangedCell]:
    """The parts moved by what was recorded of cases since an event."""
    about = _about(seal, book.cases.numbers())
    old, new, changed = moved_parts.between(book, about, upto)
    moved = _parts_differing(moved_parts.of_told(book, about, old), moved_parts.of_told(book, about, new))
    return _without_named(book, about, moved, changed)


def _without_named(book: Book, about: About, moved: list[ChangedCell], changed: Iterable[int]) -> list[ChangedCell]:
    """Without the leaders who are named all the same, for another case."""
    ids = set(changed)
    return [
        cell
        for cell in moved
        if not (cell.figure.startswith("lead:") and moved_parts.still_named(book, about, cell.row, cell.figure, ids))
    ]


def _moved_publication(seal: Seal, moved: Sequence[ChangedCell]) -> MovedPublication:
    cells = tuple(_by_how_much(seal, cell) for cell in moved)
    return MovedPublication(seal.period, seal.published_on, seal.as_of, cells)


def moved_by(
    book: Book, case_id: int, case_no: str, before: Sequence[Event], after: Sequence[Event]
) -> tuple[MovedPublication, ...]:
    """The publications whose numbers this change would alter, and by how much.

    Every figure is a sum over cases, in which a case counts by itself, with its repeats, or as another's repeat: what
    it moves is the difference between the figures of these few, told one way and the other.
    """
    published = seals(book)
    kin = book.cases.kin(case_id) if published else []
    around = [Told(other, number, book.events.of(other)) for other, number in kin]
    found = []
    for seal in published:
        days = {seal.as_of, min(seal.as_of, seal.period.last)}
        moved = []
        if any(_told(book, case_id, case_no, before, day) != _told(book, case_id, case_no, after, day) for day in days):
            old, new = (_counted(book, seal, [Told(case_id, case_no, one), *around]) for one in (before, after))
            moved = _differing(seal._replace(cells=old), new)
        moved += _parts_moved(book, seal, (case_id, case_no), (before, after), around)
        if moved:
            found.append(_moved_publication(seal, moved))
    return tuple(found)


def _parts_moved(
    book: Book, seal: Seal, named: tuple[int, str], told: tuple[Sequence[Event], Sequence[Event]], around: list[Told]
) -> list[ChangedCell]:
    """The parts moved by a case told in two ways."""
    about = _about(seal, {one.case_id: one.case_no for one in around} | {named[0]: named[1]})
    ways = [Told(*named, events) for events in told]
    old, new = (moved_parts.of_case(book, about, way, around) for way in ways)
    moved = _without_named(book, about, _parts_differing(old, new), [named[0]])
    if moved_parts.hears(book, about, ways[0]) != moved_parts.hears(book, about, ways[1]):
        old, new = (moved_parts.of_reception(book, about, way) for way in ways)
        moved += _parts_differing(old, new)
    return moved


def _told(book: Book, case_id: int, case_no: str, events: Sequence[Event], day: date) -> object:
    """The rows that a case's events add up to as of a day."""
    case = fold(events, book.code, until=day)
    if case is None:
        return None
    rows = projection.CaseRows(case_id, case_no, case, book.canonical)
    return rows.case, rows.clocks, rows.backlog


def _counted(book: Book, seal: Seal, told: list[Told]) -> Cells:
    tables = book.counts.of_cases(told, seal.as_of)
    return {
        span: _cells(figures(book, tables, _asked(seal, span), named_on=_named_on(book, seal))) for span in seal.cells
    }


def _by_how_much(seal: Seal, cell: ChangedCell) -> CellMove:
    before, after = cell.before, cell.after
    nothing = [0] * len(before or after or ())
    change = tuple(new - old for old, new in zip(before or nothing, after or nothing, strict=True))
    published = seal.cells[cell.span].get(cell.row, {}).get(cell.figure)
    if published is None and seal.parts is not None:
        published = _one(seal.parts, (cell.span, cell.row, cell.figure))
    return CellMove(cell.span, cell.row, cell.figure, published, change)


def notice(session: Session, period: Period) -> tuple[str, ...]:
    """The note on a report of a published period whose figures have changed since."""
    with session.reading() as book:
        seal = last_seal(book, period)
        if seal is None:
            return ()
        number = len(_changed(book, seal))
    if not number:
        return ()
    return (
        f"本期已于 {seal.published_on.isoformat()} 发布（截至 {seal.as_of.isoformat()}），此后补记、更正使其中 {number} 个数有变，"
        f"逐项见 {next_step('report')} {next_step('.changes')}",
    )


def changes(session: Session, period: Period) -> Changes:
    """Changes since a period was published: cells, cases, authors."""
    with session.reading() as book:
        seal = last_seal(book, period)
        if seal is None:
            raise NotFound(f"{period.label}没有发布过", "发布用 ⟦report⟧ … ⟦.publish⟧")
        differing = _changed(book, seal)
        following = book.events.prev_of(seal.events + 1)
        matches = following is not None and following.hex() == seal.head
        cases = (*_moved(book, seal, differing), *_moved_in_parts(book, seal, differing))
        return Changes(seal, matches, tuple(differing), cases)


def _moved(book: Book, seal: Seal, differing: Sequence[ChangedCell]) -> tuple[MovedCase, ...]:
    """Cases counted differently now, each with the events recorded since."""
    counted = [cell for cell in differing if cell.figure in DEFINITIONS or cell.figure in VOLUMES]
    asked = {(cell.span, cell.figure if cell.figure in DEFINITIONS else "cases") for cell in counted}
    # what moved in the period moved in the year so far too: it is said once
    asked = {(span, key) for span, key in asked if span == "now" or ("now", key) not in asked}
    was = _listed(book, seal, asked, seal.events)
    now = _listed(book, seal, asked, None)
    secret = book.cases.accusations()
    found = []
    for span, key in sorted(asked):
        old, new = was[span, key], now[span, key]
        for case_id in sorted(old.keys() | new.keys()):
            if old.get(case_id) != new.get(case_id):
                before, after = (_shown(each.get(case_id, ()), case_id in secret) for each in (old, new))
                number, since = book.cases.number_of(case_id), _since(book, case_id, seal.events)
                found.append(MovedCase(span, key, number, before, after, since))
    return tuple(found)


def _moved_in_parts(book: Book, seal: Seal, differing: Sequence[ChangedCell]) -> Iterator[MovedCase]:
    """The cases behind the further numbers and behind what the figures leave out; of an accusation nothing but that it is
    among those not named (art. 30)."""
    wanted = {cell.figure for cell in differing if cell.figure not in DEFINITIONS and cell.figure not in VOLUMES}
    if not wanted:
        return
    about = _about(seal, book.cases.numbers())
    *told, _ = moved_parts.between(book, about, seal.events)
    old, new = (_contributions(book, about, known) for known in told)
    secret = book.cases.accusations()
    for case_id in sorted(old.keys() | new.keys()):
        was, now = old.get(case_id, {}), new.get(case_id, {})
        moved = {key for key in was.keys() | now.keys() if was.get(key, 0) != now.get(key, 0)}
        for span, figure in sorted({(span, figure) for span, _, figure in moved if figure in wanted}):
            if case_id in secret and figure.partition(":")[0] not in ("hidden", *_LEFT_OUT):
                continue
            if span == "so_far" and ("now", figure) in {(one, what) for one, _, what in moved}:
                continue  # it is said once
            before, after = (
                tuple(
                    CountedAs(row, None, None) for where, row, what in sorted(each) if (where, what) == (span, figure)
                )
                for each in (was, now)
            )
            since = _since(book, case_id, seal.events)
            yield MovedCase(span, figure, about.numbers[case_id], before, after, since)


def _contributions(book: Book, about: About, known: recount.Told) -> dict[int, moved_parts.Parts]:
    """The further numbers by case, and the figures that leave a case out."""
    found = {case_id: Counter(parts) for case_id, parts in moved_parts.by_case(book, about, known).items()}
    for case_id, case in known.cases.items():
        mine = found.setdefault(case_id, Counter())
        for span, days in (("now", about.now), ("so_far", about.far)):
            mine.update((span, TOTAL, figure) for figure in recount.left_out(case, days, known.again.get(case_id, ())))
            if case.receptions:
                mine.update((span, TOTAL, figure) for figure in recount.heard(case, days))
    batches = known.batches
    for case_id, case in known.ended.items():
        if case.excluded and case.batches:
            for _, _, good, _ in recount.of_batches(case, batches, about.end, known.ended_again.get(case_id, ())):
                found[case_id].update(("now", TOTAL, f"excluded{part}:backlog") for part in ("", *("_missed",)[good:]))
    return {case_id: +parts for case_id, parts in found.items()}


def _shown(counted: Iterable[CountedAs], secret: bool) -> tuple[CountedAs, ...]:
    """Cases as counted; for accusations without the number of accusers (art. 30)."""
    return tuple(one._replace(headcount=None) if secret else one for one in counted)


Listed = dict[tuple[str, str], dict[int, list[CountedAs]]]


def _listed(book: Book, seal: Seal, asked: set[tuple[str, str]], known_until: int | None) -> Listed:
    """Each case's part in each figure, as known at an event or now."""
    tables = book.counts.as_of(seal.as_of, known_until)
    found: Listed = {}
    for span, key in asked:
        listed: dict[int, list[CountedAs]] = {}
        for part in (None, "pending") if key in DEFINITIONS and DEFINITIONS[key].timed else (None,):
            for row in book.counts.behind(tables, _asked(seal, span)._replace(by=()), key, part):
                unit = row.unit or NO_UNIT
                counted = CountedAs(unit, None, row.headcount) if key == "cases" else CountedAs(unit, row.part, None)
                listed.setdefault(row.case_id, []).append(counted)
        found[span, key] = listed
    return found


def _since(book: Book, case_id: int, events: int) -> tuple[RecordedSince, ...]:
    """Events recorded since for the case and its repeats: kind, moment, author."""
    return tuple(RecordedSince(*row) for row in book.events.since(events, case_id))
