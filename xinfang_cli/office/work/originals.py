"""Repeats and their originals: what may be one, and whether its matter was ended for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.errors import Refused, next_step
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.registry import EVENTS
from xinfang_cli.law.finality import Ended, ended_for_good
from xinfang_cli.law.fold import fold, in_force
from xinfang_cli.law.rules import ground_article
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned
from xinfang_cli.office.work.acting import act_within
from xinfang_cli.office.work.done import ChangedCase, Done, NoLonger


def link(session: Session, numbers: Sequence[str], original: str, on: date, keep_going: bool = False) -> Done:
    """Say that cases repeat an earlier one; refused: itself, a cycle, an original received later."""
    with session.writing("link") as (book, pen):
        target, target_no = book.cases.find(original)

        def make(case: Case) -> Event:
            check_original(book, case.case_no, case.received_on, target, target_no)
            return Event("link", on, {"repeat_of": target})

        done = act_within(book, pen, session, numbers, make, keep_going=keep_going)
        told = [about_original(book, changed, target, target_no) for changed in done.cases]
        warnings = (*done.warnings, *(warned for _, said in told for warned in said))
        return done._replace(cases=tuple(changed for changed, _ in told), warnings=warnings)


def check_original(book: Book, case_no: str, received_on: date, target: int, target_no: str) -> None:
    """Refuse an original that cannot be one."""
    if case_no == target_no:
        raise Refused(f"{case_no} 不能是自己的重复件", "请写原来那件的编号", code="self")
    came = book.cases.received_on(target)
    if came > received_on:
        raise Refused(
            f"{case_no} 收到于 {received_on.isoformat()}，早于 {target_no} 的 {came.isoformat()}",
            "重复件不能早于原件；两件写反了请对调",
            code="order",
        )
    seen, current = {target}, target
    while True:
        found = book.cases.original_of(current)
        if found is None:
            return
        if found[1] == case_no:
            raise Refused(f"{target_no} 已是 {case_no} 的重复件，不能互为重复", "请核对哪一件在先", code="cycle")
        current = found[0]
        if current in seen:
            return
        seen.add(current)


def about_original(
    book: Book, changed: ChangedCase, target: int, target_no: str
) -> tuple[ChangedCase, tuple[Warned, ...]]:
    """Notes on the named original; if its matter had ended for good, NoLonger, for the refusal (不再受理)."""
    case_no = changed.case.case_no
    case_id, _ = book.cases.find(case_no)
    mine, theirs = book.people.of(case_id)["name"], book.people.of(target)["name"]
    warnings = []
    either = book.cases.accusations_among((case_id, target))  # where no warning came, a guess would be confirmed
    if mine and theirs and mine != theirs and not either:
        warnings.append(Warned(case_no, f"与 {target_no} 的信访人姓名不同，请核对", "other_name"))
    found = no_longer(book, date.fromisoformat(changed.case.received_on), target)
    if found is not None and changed.case.stage in EVENTS["refuse"].stages:
        changed = changed.beside(found)
        text = f"{found.why}；同一事实和理由的不再受理（{found.article}）：{refusal(case_no, found)}"
        warnings.append(Warned(case_no, text, "no_longer"))
    return changed, tuple(warnings)


def refusal(case_no: str, found: NoLonger) -> str:
    """The command that records 不再受理."""
    return f'{next_step("refuse")} {case_no} {next_step(".ground")} {terms.GROUND.label(found.ground)} {next_step(".reason")} "{found.why}"'


def no_longer(book: Book, received_on: date, case_id: int) -> NoLonger | None:
    """The case, or the one it repeats, that had ended the matter for good by the day a new petition came: number, day,
    by whom, under what article."""
    seen: set[int] = set()
    current: int | None = case_id
    while current is not None and current not in seen:
        seen.add(current)
        events = book.events.of(current)
        case = fold(events, book.code)
        if case is None:
            return None
        ended = ended_for_good(case, received_on)
        if ended is not None:
            return _ending(book, book.cases.number_of(current), ended, in_force(events), received_on)
        current = case.repeat_of
    return None


def _ending(book: Book, number: str, ended: Ended, events: Sequence[Event], received_on: date) -> NoLonger:
    def latest(kind: str) -> dict[str, Any]:
        return next((event.data for event in reversed(events) if event.kind == kind), {})

    rechecked = ended.ground == "rechecked"
    result = latest("recheck_result") if rechecked else {}
    body = latest("recheck").get("where") if rechecked else None
    cited = book.settings.current().get("local_finality", (None, ""))[1]
    said = "，".join(
        word
        for word in (
            f"{number} 于 {ended.on.isoformat()} {ended.why}",
            f"复核机关 {body}" if body else "",
            f"复核意见 {result['reply_no']}" if result.get("reply_no") else "",
            f"结果{terms.RESULT.label(result['result'])}" if result else "",
        )
        if word
    )
    return NoLonger(
        case_no=number,
        on=ended.on,
        ground=ended.ground,
        why=said,
        body=body,
        reply_no=result.get("reply_no"),
        result=result.get("result"),
        article=cited if cited and not rechecked else ground_article(ended.ground, received_on),
    )
