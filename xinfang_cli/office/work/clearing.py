"""Article 30 in commands: clearances, and forbidden links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from xinfang_cli.book.face import Book
from xinfang_cli.errors import Refused
from xinfang_cli.law.case import Case
from xinfang_cli.law.decide import decide
from xinfang_cli.law.event import Event
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.article30 import Target
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.events.registry import EVENTS
from xinfang_cli.law.fold import fold
from xinfang_cli.office.session import Session

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen

LINKS = {"link": "repeat_of", "relate": "to"}
GUARDS = ("complained_unit", "complained_person")
"""Fields that keep an accusation from whom it complains of."""


def lay_open(session: Session, book: Book, cases: Sequence[int], about: str) -> None:
    """Log why accusations lose the protection of art. 30; refused without a reason."""
    if not cases:
        return
    if not session.why:
        raise Refused(
            f"{book.cases.number_of(cases[0])} 是检举控告件，{about}要写事由",
            "请加 ⟦.why⟧ 事由（记入查阅记录）",
            code="missing",
            field="why",
        )
    session.look(book, "reveal", about, ids=cases, accusation=True)


def first(session: Session, case: Case, event: Event, asked: CheckContext) -> list[Event]:
    """Record the clearances given by the clerk before an event's recipients receive the accusation."""
    if not session.not_the_accused:
        return []
    found = article30.clearance(case, event, EVENTS[event.kind], asked)
    for cleared in found:
        cleared.data["reason"] = session.not_the_accused
    return found


def clear_of_units(session: Session, units: Sequence[str], leaders: Sequence[str] = ()) -> tuple[str, ...]:
    """Before a list, sheet or file of these units: if the clerk gave a reason, record the clearance in every accusation
    hidden from them; returns the numbers.
    """
    return _clear(session, lambda book: _kept_from_lists(book, units, leaders))


def clear_of_holders(
    session: Session, numbers: Sequence[str], bodies: Sequence[str] = (), leaders: Sequence[str] = ()
) -> tuple[str, ...]:
    """The same for the holders of these cases, and for other recipients and leaders."""

    def found(book: Book) -> Iterator[tuple[int, Target]]:
        for number in numbers:
            case_id = book.cases.find(number)[0]
            case = fold(book.events.of(case_id), book.code)
            if case is not None:
                yield from ((case_id, target) for target in article30.holders(case) if target.unit is not None)
                yield from ((case_id, Target("where", body=body)) for body in bodies)
                yield from ((case_id, Target("lead", leader=leader)) for leader in leaders)

    return _clear(session, found)


def _kept_from_lists(book: Book, units: Sequence[str], leaders: Sequence[str]) -> Iterator[tuple[int, Target]]:
    for word in units:
        unit = book.units.find(word).id
        yield from ((case_id, Target("unit", unit=unit)) for case_id in sorted(book.cases.hidden_from((unit,))))
    for name in leaders:
        hidden = book.cases.hidden_from_leader(name)
        yield from ((case_id, Target("lead", leader=name)) for case_id in sorted(hidden))


def _clear(session: Session, found: Callable[[Book], Iterable[tuple[int, Target]]]) -> tuple[str, ...]:
    if not session.not_the_accused:
        return ()
    cleared: dict[str, None] = {}
    with session.writing("not_the_accused", begins=False) as (book, pen):
        asked = CheckContext(session.today, merged=book.canonical, related=book.units.relations)
        for case_id, target in list(found(book)):
            if put_down(book, pen, session, case_id, target, asked):
                cleared[book.cases.number_of(case_id)] = None
    return tuple(cleared)


def put_down(book: Book, pen: Pen, session: Session, case_id: int, target: Target, asked: CheckContext) -> bool:
    """Record a clearance in an accusation; False if none was needed."""
    pen.flush()
    events = book.events.of(case_id)
    case = fold(events, book.code)
    relation = None if case is None else article30.kept(case, target, asked)
    if case is None or relation is None:
        return False
    said = {"unit": target.unit, "where": target.body or None, "person": target.leader or None}
    data = {key: value for key, value in said.items() if value is not None}
    event = Event("not_the_accused", session.today, data | {"reason": session.not_the_accused})
    event.seq = events[-1].seq + 1
    number = book.cases.number_of(case_id)
    decision = decide(events, event, book.code, asked, case_no=number)
    pen.append(case_id, event)
    book.cases.put(case_id, number, decision.case)
    return True


def check_goes_to(book: Book, case: Case, target: Target, asked: CheckContext, what: str) -> None:
    """Refuse to take an accusation by other means than an event of its own to who it complains of, or to anybody before
    that is answered."""
    if case.kind != "accusation":
        return
    if not article30.complained_of(case).answered:
        raise Refused(
            f"{case.called} 是检举控告件，没有写反映的是谁，不能{what}",
            "先写：⟦edit⟧ 编号 ⟦.complained_unit⟧ 单位，或 ⟦.complained_person⟧ 姓名；问过仍不明的写 ⟦.complained_unknown⟧（条例第三十条）",
            code="unanswered",
        )
    if article30.kept(case, target, asked) is not None:
        raise Refused(
            f"{case.called} 是检举控告件，不能{what}被检举的单位、人或与它有牵连的",
            "请换一个（条例第三十条）；确不是被反映对象的，加 ⟦.not_the_accused⟧ 理由",
            code="accused",
        )


def check_linked(
    book: Book, pen: Pen, session: Session, case: tuple[int, Case], other_id: int, asked: CheckContext
) -> None:
    """Refuse a link, in either direction, between an accusation and a case held by its target; with a clearance by the
    clerk, record that first.
    """
    case_id, mine = case
    other = fold(book.events.of(other_id), book.code)
    if other is None:
        return
    for accusation_id, accusation, holder in ((case_id, mine, other.unit), (other_id, other, mine.unit)):
        if holder is not None and session.not_the_accused:
            put_down(book, pen, session, accusation_id, Target("unit", unit=holder), asked)
            continue
        bound = None if holder is None else article30.keeps_from(accusation, holder, asked)
        if bound is not None:
            raise Refused(
                f"{mine.called} 不能和 {book.cases.number_of(other_id)} 关联",
                "一件是检举控告件，关联会让另一件的单位找到它（条例第三十条）；确不是被反映对象的，加 ⟦.not_the_accused⟧ 理由",
                code="accused",
            )


def check_kin(
    book: Book, pen: Pen, session: Session, case: tuple[int, Case], event: Event, asked: CheckContext
) -> None:
    """Refuse to send a case to the target of a linked accusation."""
    case_id, mine = case
    targets = [target for target in article30.targets(mine, event, EVENTS[event.kind]) if target.unit is not None]
    if not targets:
        return
    linked = dict.fromkeys((*(other for other, _ in book.cases.kin(case_id)), *mine.related))
    for other_id in book.cases.accusations_among(linked):
        other = fold(book.events.of(other_id), book.code)
        for target in targets:
            if other is None or article30.kept(other, target, asked) is None:
                continue
            if not session.not_the_accused:
                raise Refused(
                    f"{mine.called} 有关联的件，不能{EVENTS[event.kind].label}到这个单位",
                    "请换一个单位，或先撤销关联（条例第三十条）；确不是被反映对象的，加 ⟦.not_the_accused⟧ 理由",
                    code="accused",
                )
            put_down(book, pen, session, other_id, target, asked)


def stand_anew(book: Book, session: Session, case_no: str, before: Sequence[Event], after: Sequence[Event]) -> None:
    """Refuse a change of the record that leaves an accusation with its target, unless the clerk is sure."""
    if session.sure:
        return
    now = fold(after, book.code)
    if now is None or now.kind != "accusation":
        return
    asked = CheckContext(session.today, merged=book.canonical, related=book.units.relations)
    found = article30.stands_against(now, asked)
    was = fold(before, book.code)
    stood = set() if was is None else {one.target for one in article30.stands_against(was, asked)}
    if any(one.target not in stood for one in found):
        new = [one for one in found if one.target not in stood]
        held = "、".join(dict.fromkeys(_HELD[one.target.field] for one in new))
        unknown = all(one.relation == "unknown" for one in new)
        why = "不是纪检监察、组织部门，反映的是谁又不明" if unknown else "就是被检举的单位、人，或与它有牵连"
        raise Refused(
            f"这样改以后，{case_no} 就违反条例第三十条：{held}{why}",
            "请先改派；确要改加 ⟦.yes⟧（⟦~doctor⟧ 会列出这一件）",
            code="accused",
            subject=case_no,
        )


_HELD = {
    "unit": "责任单位",
    "assist": "协办、督办单位",
    "order": "领导交办的单位",
    "batch": "化解、稳控单位",
    "lead": "包案领导",
}
