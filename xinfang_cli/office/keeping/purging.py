"""Purge of expired texts: first the plan of removals and exceptions, then the removal with its event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

from xinfang_cli.book.chain import Pen
from xinfang_cli.book.engine import Copy
from xinfang_cli.book.face import Book, copies_in, copies_of, holding, wipe
from xinfang_cli.book.kept import Given, Taken, Text
from xinfang_cli.book.looks import ranges
from xinfang_cli.errors import BadValue, Refused, Unusable, next_step
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.event import Event
from xinfang_cli.law.fold import fold
from xinfang_cli.law.purging import KEPT, MARK, remains
from xinfang_cli.law.redaction import known_in, names_in
from xinfang_cli.office.find.attached import folder_of
from xinfang_cli.office.find.redacting import of_anybody
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned
from xinfang_cli.office.work import drafts

KINDS = {
    "person": "信访人",
    "title": "概况、内容",
    "notes": "办理中写下的",
    "extras": "其他列",
    "files": "附件",
    "looks": "查阅记录里提到的",
}
"""Kinds of texts, as they are counted."""
_PERSON = ("name", "id_no", "phone", "address", "complained_unit", "complained_person")
_LEAST = 2
"""Of a name, so many characters tell one from a word."""


class Kept(NamedTuple):
    """Cases that keep their texts, and why (law.purging.KEPT)."""

    why: str
    cases: tuple[str, ...]


class Staying(NamedTuple):
    """An event's field that a purge cannot reach, by their labels, and the cases with it."""

    what: str
    cases: tuple[str, ...]


class PurgePlan(NamedTuple):
    """A planned purge: cases, texts by kind, attached files; copies and drafts with such texts; exempt cases."""

    closed_before: date | None
    ids: tuple[int, ...]
    cases: tuple[str, ...]
    events: tuple[int, ...]
    """Single events that were taken back, of cases that stand."""
    texts: Mapping[str, int]
    kept: tuple[Kept, ...]
    copies: tuple[str, ...]
    drafts: tuple[str, ...]
    left_over: bool
    """Whether an earlier purge still has to be finished in the file."""
    given: tuple[Given, ...] = ()
    """The files in which such texts stand outside the book."""
    stays: tuple[Staying, ...] = ()
    """What earlier versions wrote where the chain holds it."""

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to purge."""
        return not self.ids and not self.events and not self.left_over


class Purged(NamedTuple):
    """A purge done: removals, copies still holding the texts, files not removable."""

    cases: tuple[str, ...]
    texts: Mapping[str, int]
    files: int
    drafts: tuple[str, ...]
    copies: tuple[str, ...]
    events: int
    head: str
    warnings: tuple[Warned, ...]
    stays: tuple[Staying, ...] = ()


def plan(session: Session, closed_before: date | None, undone: bool) -> PurgePlan:
    """Plan a purge of cases ended before a day, or of undone registrations."""
    if (closed_before is None) == (not undone):
        raise BadValue(
            "清除的范围", None, "要写一个，只写一个", "按日期写 ⟦.closed_before⟧ 2020-01-01，已撤销的写 ⟦.undone⟧"
        )
    if closed_before is not None and closed_before > session.today:
        raise BadValue("⟦.closed_before⟧", closed_before.isoformat(), f"晚于今天 {session.today}", "请写以前的日期")
    with session.reading() as book:
        going = _going(session, book, closed_before)
        return PurgePlan(
            closed_before,
            tuple(going.numbers),
            tuple(going.numbers.values()),
            tuple(going.events),
            going.counted(book),
            tuple(Kept(why, tuple(going.kept[why])) for why in KEPT.labels if why in going.kept),
            _still_held(session, book, going.numbers, going.events),
            tuple(map(str, _drafts_of(session, going.texts))),
            book.purging.left_over(),
            _given(session, book, going.numbers),
            _staying(book, going.numbers, going.events),
        )


def _staying(book: Book, case_ids: Iterable[int], event_ids: Iterable[int]) -> tuple[Staying, ...]:
    """Fields out of a purge's reach, with their cases."""
    from xinfang_cli.law.events.registry import EVENTS

    cases: dict[str, dict[str, None]] = {}
    for case_no, kind, name in book.purging.staying(case_ids, event_ids):
        label = next((field.label for field in EVENTS[kind].fields if field.name == name), name)
        cases.setdefault(f"{EVENTS[kind].label}（{label}）", {})[case_no] = None
    return tuple(Staying(what, tuple(numbers)) for what, numbers in cases.items())


def _given(session: Session, book: Book, case_ids: Iterable[int]) -> tuple[Given, ...]:
    """The files outside the book, by names that the screen may show."""
    found = book.purging.given(case_ids, backups=bool(session.place.address))
    shown = of_anybody(book, [one.file for one in found])
    return tuple(one._replace(file=shown(one.file)) for one in found)


class _Going(NamedTuple):
    numbers: Mapping[int, str]
    events: tuple[int, ...]
    kept: Mapping[str, list[str]]
    texts: tuple[Text, ...]

    def counted(self, book: Book) -> dict[str, int]:
        """The number of texts to purge, by kind."""
        counts = _counted(self.texts) | {"looks": len(_looks_at(book, self.texts, self.numbers))}
        return {kind: count for kind, count in counts.items() if count}


def _going(session: Session, book: Book, before: date | None) -> _Going:
    """The texts eligible for purging now."""
    kept: dict[str, list[str]] = {}
    if before is None:
        numbers, events = book.purging.undone(), book.purging.taken_back()
    else:
        numbers, events = book.purging.ended_before(before), []
        why = _why_kept(session, book, numbers, before)
        for case_id, number in {**book.purging.running(before), **numbers}.items():
            if case_id in why:
                kept.setdefault(why[case_id], []).append(number)
                numbers.pop(case_id, None)
    return _Going(numbers, tuple(events), kept, tuple(book.purging.texts(numbers, events)))


def _why_kept(session: Session, book: Book, numbers: Mapping[int, str], before: date) -> dict[int, str]:
    """Case → why it keeps its texts, of those that do."""
    busy = book.purging.busy(session.today)
    why = dict.fromkeys(book.purging.running(before), "running")
    for one, other in book.purging.kin():
        for case_id, kin in ((one, other), (other, one)):
            if case_id in numbers and kin in busy:
                why[case_id] = "named"
    by_number = {number: case_id for case_id, number in numbers.items()}
    for number in _disputed(session, book):
        if number in by_number:
            why[by_number[number]] = "dispute"
    return why | {case_id: busy[case_id] for case_id in numbers if case_id in busy}


def _disputed(session: Session, book: Book) -> set[str]:
    """The numbers of the cases by which a published figure is another by now."""
    from xinfang_cli.office.figures import sealing

    periods = {seal.period for seal in sealing.seals(book)}
    return {case.case_no for period in periods for case in sealing.changes(session, period).cases}


def _counted(texts: Iterable[Text]) -> dict[str, int]:
    counts = dict.fromkeys(KINDS, 0)
    for text in texts:
        said = {key: value for key, value in text.said.items() if value}
        inner = {key for part in said.values() if isinstance(part, Mapping) for key in part}
        keys = {*said, *inner} if "extras" not in said else set(said)
        counts["person"] += not keys.isdisjoint(_PERSON)
        counts["title"] += not keys.isdisjoint(("title", "content"))
        counts["extras"] += "extras" in said
        counts["files"] += text.kind == "attach"
        others = keys - {*_PERSON, "title", "content", "extras", "changes", "changed_from"}
        counts["notes"] += bool(others) and text.kind != "attach"
    return counts


def _words(book: Book, texts: Iterable[Text], going: Iterable[int]) -> frozenset[str]:
    """Known names and numbers of the petitioners, except those of remaining cases."""
    known = known_in(text.said for text in texts)
    found = _parts(known.names, (*known.id_nos, *known.phones))
    if not found:
        return frozenset()
    names, numbers = book.purging.people_but_of(going)
    return frozenset(word for word in found - _parts(names, numbers) if len(word) >= _LEAST)


def _parts(names: Iterable[str], numbers: Iterable[str]) -> set[str]:
    found = {one for whole in names for one in (whole, *names_in(whole))}
    return found | {one for whole in numbers for one in whole.split("、")}


def _looks_at(book: Book, texts: Iterable[Text], going: Iterable[int]) -> list[Text]:
    """Looks with a purged petitioner's name in their words."""
    words = _words(book, texts, going)
    return [look for look in book.purging.looks() if _mentions(look, words)] if words else []


def _mentions(look: Text, words: Iterable[str]) -> bool:
    said = [str(value) for key, value in look.said.items() if key != "cases" and value]
    return any(word in one for one in said for word in words)


def _still_held(session: Session, book: Book, numbers: Iterable[int], events: Iterable[int]) -> tuple[str, ...]:
    """The copies that hold such texts."""
    return tuple(str(copy.file) for copy in holding(_copies(session, book), numbers, events))


def _copies(session: Session, book: Book) -> list[Copy]:
    """The copies of this book beside it and where it is copied every day."""
    if session.place.address:  # its backups are where they were put: `given` names them
        return []
    found = copies_of(session.place)
    daily = book.code.now.rules.settings.get("backup_folder")
    folder = Path(daily) if daily else None
    if folder is not None and folder.is_dir() and not folder.samefile(session.place.file.parent):
        found += copies_in(folder, session.place)
    return [copy for copy in found if copy.head is None or book.events.knows_head(copy.head)]


def _drafts_of(session: Session, texts: Iterable[Text]) -> list[Path]:
    """Drafts already entered for purged cases: same person, same title."""
    entered = {(text.said.get("name"), text.said.get("title")) for text in texts if text.kind == "register"}
    found = []
    for file in drafts.kept(session):
        with suppress(Unusable):  # cannot be read, or is another's
            fields = drafts.read(file).fields
            if (fields.get("name"), fields.get("title")) in entered:
                found.append(file)
    return found


def purge(session: Session, planned: PurgePlan) -> Purged:
    """Carry out a plan; afterwards no byte of the texts is in the book's file. Refused if anything has changed since."""
    counts: Mapping[str, int] = {}
    within = 0
    if planned.ids or planned.events:
        with session.writing("purge") as (book, pen):
            now = _going(session, book, planned.closed_before)
            if not now.numbers.keys() >= set(planned.ids) or not set(now.events) >= set(planned.events):
                raise Refused("要清除的件刚才有变动，没有清除", "再运行一次：⟦purge⟧", code="moved")
            numbers = {case_id: now.numbers[case_id] for case_id in planned.ids}
            now = now._replace(numbers=numbers, texts=tuple(book.purging.texts(numbers, planned.events)))
            counts = now.counted(book)
            said = {"closed_before": planned.closed_before, "texts": len(now.texts), "files": counts.get("files")}
            taken, within = _take(book, pen, numbers, planned.events, session.today)
            pen.append(None, Event("purge", session.today, said | taken))
    warnings = [*_remove(map(Path, planned.drafts), "草稿"), *_finish(session)]
    with session.reading() as book:
        files, unremoved = _remove_files(book)
        events, head = book.events.head()
        copies = _still_held(session, book, planned.ids, planned.events)
    if session.place.address:
        warnings.append(Warned("", "管理服务器的人用 pg_dump 做的备份里还有这些文字，请换成清除以后的", "dumps"))
    warnings += unremoved
    return Purged(
        planned.cases, counts, files + within, planned.drafts, copies, events, head, tuple(warnings), planned.stays
    )


def _take(book: Book, pen: Pen, numbers: Iterable[int], events: Iterable[int], on: date) -> tuple[dict[str, str], int]:
    """Put what is left in the place of the texts of cases and of single events, inside a command's transaction; the lists
    and the text index follow. What the event of it says was taken."""
    cases, single = sorted(numbers), sorted(events)
    texts = list(book.purging.texts(cases, single))
    looks = _looks_at(book, texts, cases)
    before = dict(book.events.by_case({*cases, *book.purging.cases_of(single)}))
    with book.keeping.taking_texts():
        book.purging.replace_old_looks(pen, _words(book, texts, cases), MARK)
        book.purging.replace((text.event_id, remains(text.kind, text.said, on)) for text in (*texts, *looks))
        within = 0 if book.files is None else book.files.remove(book.purging.files()[0])
    book.code  # noqa: B018  (loads the merged units)
    for case_id, after in book.events.by_case(before):
        book.search.reword(case_id, before[case_id], after)
        case = fold(after, book.code)
        if case is not None:
            book.cases.put(case_id, book.cases.number_of(case_id), case)
    book.search.forget_for_good()
    said = {"of_cases": ranges(cases), "of_events": ranges((*single, *(look.event_id for look in looks)))}
    return {key: value for key, value in said.items() if value}, within


def _finish(session: Session) -> list[Warned]:
    """Rewrite the file and record it; returns an obstacle in words, and then the next purge repeats it."""
    try:
        wipe(session.place, session.waits)
        with session.writing("purge") as (_, pen):
            pen.append(None, Event("purge", session.today, {"finished": True}))
    except Unusable as error:
        text = f"文字已清除，案件簿的文件还没有整理（{error.line()}）；请关闭别的程序，再运行一次 {next_step('purge')}"
        return [Warned("", text, "not_written_anew")]
    return []


def _remove(files: Iterable[Path], what: str) -> list[Warned]:
    failed: list[Warned] = []
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError:
            failed.append(Warned("", f"{what} {file} 删不掉，请自己删去", "not_removed"))
    return failed


def _remove_files(book: Book) -> tuple[int, list[Warned]]:
    """Remove files attached only by purged events: count, and notes on kept ones."""
    if book.files is not None:  # taken out with the texts
        return 0, []
    gone, _ = book.purging.files()
    folder = folder_of(book.place.file)
    count, failed = 0, list[Warned]()
    for digest in sorted(gone):
        for file in (folder / digest[:2]).glob(f"{digest}*"):
            problems = _remove([file], "附件")
            failed += problems
            count += not problems
    return count, failed


def again(session: Session, book: Book, taken: Taken, pen_of: Callable[[], Pen]) -> int:
    """Before a backup replaces the book, repeat in it the purges done since, in the caller's transaction; returns the
    number of cases.

    Cases are the same if their registrations have the same place in the same chain.
    """
    cases, events = book.purging.same_as(taken)
    if cases or events:
        texts, pen = len(list(book.purging.texts(cases, events))), pen_of()
        said, _ = _take(book, pen, cases, events, session.today)
        pen.append(None, Event("purge", session.today, {"texts": texts} | said))
        pen.flush()
    return len(cases)


def finish(session: Session) -> list[Warned]:
    """After a backup took the book's place: the file written anew, the files of purged events removed."""
    warnings = _finish(session)
    with session.reading() as book:
        return warnings + _remove_files(book)[1]
