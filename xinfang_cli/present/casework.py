"""Results of case commands: JSON, and a sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from xinfang_cli.law import terms
from xinfang_cli.office.work import done as views
from xinfang_cli.office.work.done import ChangedCase, Done
from xinfang_cli.present.cases import about, days_left

if TYPE_CHECKING:
    from xinfang_cli.office.figures.moving import Moves

_BESIDE: dict[type, tuple[str, Callable[[Any], Any]]] = {
    views.ObjectionWindow: ("objection_due_on", lambda one: one.due_on),
    views.Extended: ("extended", lambda one: one._asdict()),
    views.RefusedAs: ("refused_as", lambda one: one.word),
    views.NoLonger: ("no_longer", lambda one: one._asdict()),
    views.Earlier: ("earlier", lambda one: [{**found.case._asdict(), "ground": found.ground} for found in one.cases]),
    views.Attached: ("attachments", lambda one: [file._asdict() for file in one.files]),
    views.LoopStep: ("loop", lambda one: one.step),
    views.BatchPlaces: ("batches", lambda one: [place._asdict() for place in one.places]),
    views.Before: ("before", lambda one: one.case._asdict()),
    views.RegistrationRevoked: ("revoked", lambda one: True),
}


def record(changed: ChangedCase) -> dict[str, Any]:
    """A case with what the command has to say beside it."""
    found = changed.case._asdict()
    for one in changed.also:
        if type(one) in _BESIDE:
            key, value = _BESIDE[type(one)]
            found[key] = value(one)
        else:
            from xinfang_cli.present.correcting import moves_record

            found |= moves_record(cast("Moves", one))
    return found


def document(view: Done) -> Any:
    """The JSON of an event: an object for one case, a list for several; those refused carry their error."""
    listed = []
    for changed in view.cases:
        mine = [warned.text for warned in view.warnings if warned.case_no == changed.case.case_no]
        listed.append({**record(changed), **({"warnings": mine} if mine else {})})
    for number, error in view.failed:
        what = {"code": error.code, "message": error.message, "hint": error.hint}
        listed.append({"case_no": number, "error": what})
    return listed if view.several or len(listed) != 1 else listed[0]


def notices(view: Done) -> Iterator[str]:
    """Warnings, and the cases that were refused."""
    for warned in view.warnings:
        yield f"注意：{warned}"
    for number, error in view.failed:
        yield f"出错：{number}：{error.line()}"


def sentence(changed: ChangedCase) -> str:
    """One case in a line: number, stage, unit, next deadline."""
    case = changed.case
    refused = changed.get(views.RefusedAs)
    parts = [case.case_no, refused.word if refused else terms.STAGE.label(case.stage)]
    if case.unit:
        parts.append(case.unit)
    elif case.group_visit:
        parts.append(f"集体访 {case.headcount} 人")
    if case.next_clock and case.days_left is not None:
        parts.append(f"{terms.CLOCK.label(case.next_clock)}最后一天 {about(case)}（{days_left(case.days_left)}）")
    if loop := changed.get(views.LoopStep):
        parts.append(f"这一项交办{terms.LOOP_STATES[loop.step]}")
    if (extended := changed.get(views.Extended)) and extended.clock != case.next_clock:
        parts.append(f"{terms.CLOCK.label(extended.clock)}延到 {about(extended)}")
    if batches := changed.get(views.BatchPlaces):
        parts += [f"「{place.batch}」{terms.BACKLOG_STATE.label(place.state)}" for place in batches.places]
    if (window := changed.get(views.ObjectionWindow)) and window.due_on:
        parts.append(f"提出异议最后一天 {about(window)}")
    return "  ".join(parts)


def entered(view: Any) -> str:
    """The numbers of the cases that a command wrote, for when its output cannot be."""
    return "、".join(changed.case.case_no for changed in view.cases) if isinstance(view, Done) else ""
