"""Article 30 at the counter: putting down that somebody is not who is complained of, and what may not be linked."""

from __future__ import annotations

from collections.abc import Sequence

from xinfang_cli.book.face import Book
from xinfang_cli.errors import Refused
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.base import Asked
from xinfang_cli.law.events.registry import EVENTS
from xinfang_cli.law.fold import fold
from xinfang_cli.office.session import Session

LINKS = {"link": "repeat_of", "relate": "to"}


def first(session: Session, case: Case, event: Event, asked: Asked) -> list[Event]:
    """What goes into the book before an event where the clerk says that whom it goes to is not who is complained of."""
    if not session.not_the_accused:
        return []
    found = article30.clearance(case, event, EVENTS[event.kind], asked)
    for cleared in found:
        cleared.data["reason"] = session.not_the_accused
    return found


def check_linked(book: Book, case: Case, other_id: int, asked: Asked) -> None:
    """Refuse to link an accusation with a case that is in the hands of who it complains of, whichever is linked to which."""
    other = fold(book.events.of(other_id), book.code)
    if other is None:
        return
    for accusation, holder in ((case, other.unit), (other, case.unit)):
        bound = None if holder is None else article30.keeps_from(accusation, holder, asked)
        if bound is not None:
            raise Refused(
                f"{case.called} 不能和 {book.cases.number_of(other_id)} 关联：一件是检举控告件，另一件在与被反映对象有牵连的"
                f"单位手里（{terms.ACCUSED.label(bound)}）",
                "关联会让那个单位的件指到检举件（条例第三十条）；确不是被反映对象的先写明：⟦not_the_accused⟧",
                code="accused",
            )


def stand_anew(book: Book, session: Session, case_no: str, before: Sequence[Event], after: Sequence[Event]) -> None:
    """Refuse a change of what is recorded after which an accusation is with who it complains of, unless the clerk is sure."""
    if session.sure:
        return
    now = fold(after, book.code)
    if now is None or now.kind != "accusation":
        return
    asked = Asked(session.today, merged=book.canonical, related=book.units.relations)
    found = article30.against(now, asked)
    was = fold(before, book.code)
    stood = set() if was is None else {one.target for one in article30.against(was, asked)}
    if any(one.target not in stood for one in found):
        held = "、".join(dict.fromkeys(_HELD[one.target.field] for one in found if one.target not in stood))
        raise Refused(
            f"这样改以后，{case_no} 就违反条例第三十条：{held}就是被检举的单位、人或其上下级",
            "请先改派；确要改加 --yes（doctor 会列出这一件）",
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
