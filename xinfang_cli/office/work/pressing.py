"""Pressing: what is to be pressed today, by unit, with text ready to send; recorded once a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from xinfang_cli.book.face import Book
from xinfang_cli.errors import Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.law.event import Event
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.events.registry import EVENTS
from xinfang_cli.law.fold import fold
from xinfang_cli.law.redaction import redact
from xinfang_cli.law.rules import Rules
from xinfang_cli.office.find.morning import unit_filter
from xinfang_cli.office.find.redacting import known_of
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import DeadlineLine
from xinfang_cli.office.work import acting

LEVELS = ("supervision", "warning", "notice")


def level_of(days_left: int, rules: Rules, clock: str = "") -> str | None:
    """supervision when overdue; warning and notice by the days left, the office's own numbers; else None."""
    if days_left < 0:
        return "supervision"
    steps = rules.reminders
    if days_left <= steps.get(f"{clock}.warning", steps["warning"]):
        return "warning"
    return "notice" if days_left <= steps.get(f"{clock}.notice", steps["notice"]) else None


class PressedClock(NamedTuple):
    """A clock to be pressed today. `subject`: what the matter is about, as a unit may read it; `already`: it was pressed
    today before."""

    case_no: str
    title: str
    clock: str
    start: str
    due_on: str
    days_left: int
    stage: str
    lead: str | None
    guessed: bool
    level: str
    already: bool
    case_id: int
    subject: str


class PressedUnit(NamedTuple):
    """One unit's pressing, with the text to send. Not `addressed`: ourselves, or a superior."""

    unit: str
    items: tuple[PressedClock, ...]
    text: str
    addressed: bool


class Reminders(NamedTuple):
    """Today's pressing by unit; `hidden`: the number of accusation clocks left out (art. 30). `letters`: the letter
    file by unit, None if none was requested.
    """

    today: date
    units: tuple[PressedUnit, ...]
    hidden: int
    recorded: int = 0
    dry_run: bool = False
    letters: Mapping[str, str] | None = None


def remind(session: Session, numbers: Sequence[str], unit: str | None = None, *, dry_run: bool = False) -> Reminders:
    """Today's pressing by unit; recorded unless `dry_run`. A second run on the day adds nothing."""
    if dry_run:
        with session.reading() as book:
            return _gather(book, session, numbers, unit)._replace(dry_run=True)
    with session.writing("remind") as (book, pen):
        found = _gather(book, session, numbers, unit)
        fresh = [item for group in found.units for item in group.items if not item.already]
        for item in fresh:
            data = {"clock": item.clock, "level": item.level, "clock_due": date.fromisoformat(item.due_on)}
            acting.append(
                book,
                pen,
                session,
                item.case_id,
                item.case_no,
                lambda case, data=data: Event("remind", session.today, data),  # type: ignore[misc]
            )
        return found._replace(recorded=len(fresh))


def _gather(book: Book, session: Session, numbers: Sequence[str], unit: str | None) -> Reminders:
    rules = book.code.now.rules
    widest = max(number for key, number in rules.reminders.items() if key.rpartition(".")[2] in ("notice", "warning"))
    chosen = ListFilter(units=unit_filter(book, unit))
    with session.as_today_stands(book):
        rows = book.lists.clocks_due(session.today, chosen=chosen)
        rows += book.lists.clocks_due(session.today, within=widest, chosen=chosen)
    if numbers:
        wanted = [book.cases.find(number) for number in numbers]
        ids = {case_id for case_id, _ in wanted}
        rows = [row for row in rows if row.case_id in ids]
        idle = [case_no for case_id, case_no in wanted if case_id not in {row.case_id for row in rows}]
        if idle:
            _refuse_idle(book, idle[0])
    done = book.events.reminded_on(session.today)
    groups: dict[str, list[PressedClock]] = {}
    addressed: set[str] = set()  # the units among those pressed: the others are ourselves, or above the unit
    hidden = 0
    for row in rows:
        level = level_of(row.days_left, rules, row.clock)
        if level is None:
            continue
        if row.kind == "accusation" and row.owner in ("unit", "assisting_unit") and _kept_from(book, session, row):
            hidden += 1  # never to the unit complained of (art. 30)
            continue
        pressed = terms.OWNER.label("bureau") if row.owner == "bureau" else row.unit or terms.NO_UNIT
        if row.owner == "body":
            pressed = terms.OWNER.label("body")
        elif row.owner != "bureau" and row.unit:
            addressed.add(pressed)
        item = PressedClock(
            row.case_no,
            row.title,
            row.clock,
            row.start,
            row.due_on,
            row.days_left,
            row.stage,
            row.lead,
            row.guessed,
            level,
            (row.case_id, row.clock) in done,
            row.case_id,
            _subject(book, row),
        )
        groups.setdefault(pressed, []).append(item)
    order = {u.name: place for place, u in enumerate(book.units.all())}
    listed = []
    for name in sorted(groups, key=lambda group: (order.get(group, -1), group)):
        items = sorted(groups[name], key=lambda item: (item.due_on, item.case_no))
        text = text_for(name, items, session.today, str(rules.settings["bureau"]))
        listed.append(PressedUnit(name, tuple(items), text, name in addressed))
    return Reminders(session.today, tuple(listed), hidden)


def _subject(book: Book, row: DeadlineLine) -> str:
    """The matter for a unit's eyes: without the petitioner, and without an accuser."""
    known = known_of(book, [row.case_id])[row.case_id].without_addresses()
    return redact(book.cases.written_titles([row.case_id])[row.case_id], known, "public")


def _kept_from(book: Book, session: Session, row: DeadlineLine) -> bool:
    case = fold(book.events.of(row.case_id), book.code)
    asked = CheckContext(session.today, merged=book.canonical, related=book.units.relations)
    return case is not None and article30.why_not_to(case, row.unit_id, asked) is not None


def _refuse_idle(book: Book, case_no: str) -> None:
    """Say why a case that was named is not to be pressed."""
    case_id, _ = book.cases.find(case_no)
    case: Case | None = fold(book.events.of(case_id), book.code)
    assert case is not None
    stage = terms.STAGE.label(case.stage)
    if case.stage not in EVENTS["remind"].stages:
        raise Refused(f"{case_no} 现为「{stage}」，不必催办", "已了结的件没有在走的时限", code="stage")
    clock = case.next_clock()
    if clock is None:
        raise Refused(f"{case_no} 没有在走的时限，不必催办", "看一看：⟦show⟧ " + case_no, code="clock")
    raise Refused(
        f"{case_no} 的{terms.CLOCK.label(clock.kind)}到 {clock.due.isoformat()} 才满，还不到催办的时候",
        "要提前督办，用 ⟦supervise⟧",
        code="early",
    )


def state_of(left: int) -> str:
    """已超期3天, 今天到期, 还有3天."""
    return f"已超期{-left}天" if left < 0 else "今天到期" if left == 0 else f"还有{left}天"


def text_for(unit: str, items: Sequence[PressedClock], today: date, bureau: str) -> str:
    """The message to a unit, ready to paste: no petitioner is named."""
    day = f"{today.year}年{today.month}月{today.day}日"
    lines = [f"【{bureau}】{unit}：截至{day}，以下信访事项请抓紧办理。"]
    for level in LEVELS:
        chosen = [item for item in items if item.level == level]
        if not chosen:
            continue
        lines.append(f"{terms.REMINDER.label(level)}（{len(chosen)}件）：")
        for number, item in enumerate(chosen, 1):
            due = date.fromisoformat(item.due_on)
            state = state_of(item.days_left)
            lines.append(
                f"{number}. {item.case_no}「{item.subject}」{terms.CLOCK.label(item.clock)}"
                f"期限{due.month}月{due.day}日{'（约）' if item.guessed else ''}，{state}。"
            )
    return "\n".join(lines)
