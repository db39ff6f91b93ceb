"""The desk of casework: one command an event of the workflow, made of what is declared of the event."""

from __future__ import annotations

from typing import Annotated

import typer

from xinfang_cli.cli import options
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.recording import CommandForm, Said, command_of, record
from xinfang_cli.errors import BadValue, Missing
from xinfang_cli.law import terms
from xinfang_cli.law.events.fields import Field
from xinfang_cli.law.events.registry import EVENTS
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework, originals, responsible
from xinfang_cli.office.work.done import Done
from xinfang_cli.present import steps

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}


def _fields(kind: str, *names: str) -> tuple[Field, ...]:
    """These fields of an event, in this order."""
    by_name = {field.name: field for field in EVENTS[kind].fields}
    return tuple(by_name[name] for name in names)


def _assign(session: Session, said: Said) -> Done:
    return casework.assign(
        session,
        said.numbers,
        said.fields["unit"],
        mode=said.fields["mode"],
        feedback_by=said.fields["feedback_by"],
        on=said.on,
        new_unit=said.new_unit,
        keep_going=said.keep_going,
    )


def _accept(session: Session, said: Said) -> Done:
    fields = said.fields
    accepted = casework.Acceptance(
        said.on,
        fields["told_on"],
        fields["pathway"],
        fields["due_on"],
        fields["reason"],
        bool(fields["no_notice"]),
    )
    return casework.accept(session, said.numbers, accepted, keep_going=said.keep_going)


def _refuse(session: Session, said: Said) -> Done:
    fields = said.fields
    return casework.refuse(
        session,
        said.numbers,
        fields["ground"],
        fields["reason"],
        on=said.on,
        of=fields["of"],
        keep_going=said.keep_going,
    )


def _redirect(session: Session, said: Said) -> Done:
    fields = said.fields
    return casework.redirect(
        session,
        said.numbers,
        fields["procedure"],
        fields["where"],
        fields["how"],
        on=said.on,
        keep_going=said.keep_going,
    )


def _extend(session: Session, said: Said) -> Done:
    return casework.extend(session, said.numbers, said.on, keep_going=said.keep_going, **said.fields)


def _extendable(word: str, flag: str) -> str:
    chosen = terms.CLOCK.parse(word, flag)
    if chosen not in ("completion", "feedback"):
        raise BadValue(flag, word, "不能延期", "可用：completion 办结、feedback 反馈")
    return chosen


def _note(session: Session, said: Said) -> Done:
    if not said.fields["report"] and not said.fields["text"]:
        raise Missing("缺少选项 --text", "看用法：xinfang note --help")
    return record(session, said)


def _either(said: Said, asking: str) -> bool:
    """Whether the answer is recorded; Missing unless the clerk says one thing of the two."""
    answered = bool(said.fields["answered"])
    if answered == (said.fields["answer_by"] is not None):
        raise Missing(
            f"要写 --answer-by 日期（{asking}）或 --answered（已答复），只写一个", f"看用法：xinfang {said.kind} --help"
        )
    return answered


def _assist(session: Session, said: Said) -> Done:
    _either(said, "请协办")
    return casework.assist(
        session,
        said.numbers,
        options.required(said.fields["unit"], "--unit"),
        answer_by=said.fields["answer_by"],
        on=said.on,
        new_unit=said.new_unit,
        keep_going=said.keep_going,
    )


def _supervise(session: Session, said: Said) -> Done:
    kind = "supervise_answered" if _either(said, "督办") else "supervise"
    fields = {name: value for name, value in said.fields.items() if name != "answered"}
    return record(session, said._replace(kind=kind, fields=fields))


def _co_handle(session: Session, said: Said) -> Done:
    fields = said.fields
    wanted = responsible.CoHandling(fields["unit"], said.on, fields["agreed"], fields["where"], bool(fields["ended"]))
    return responsible.co_handle(session, said.numbers, wanted, new_unit=said.new_unit, keep_going=said.keep_going)


def _recuse(session: Session, said: Said) -> Done:
    return responsible.recuse(session, said.numbers, on=said.on, keep_going=said.keep_going, **said.fields)


def _not_the_accused(session: Session, said: Said) -> Done:
    return responsible.not_the_accused(session, said.numbers, on=said.on, keep_going=said.keep_going, **said.fields)


def _close(session: Session, said: Said) -> Done:
    return casework.close(session, said.numbers, said.on, said.keep_going, **said.fields)


_REQUEST = ("where", "late_reason")


def _second_look(session: Session, said: Said) -> Done:
    """The request for a review or recheck, or with its result the result."""
    fields = said.fields
    if fields["result"] is None:
        return record(session, said._replace(fields={name: fields[name] for name in _REQUEST}))
    found = {name: value for name, value in fields.items() if name not in _REQUEST}
    if found.get("back_to") == "unit":  # where it goes unless something else is said
        del found["back_to"]
    return record(session, said._replace(kind=f"{said.kind}_result", fields=found))


def _back_to(word: str, flag: str) -> str:
    words = {"unit": "unit", "责任单位": "unit", "reviewer": "reviewer", "复查机关": "reviewer"}
    if word not in words:
        raise BadValue(flag, word, "不在规定的词语里", "可用：unit 责任单位、reviewer 复查机关")
    return words[word]


def _hearing(session: Session, said: Said) -> Done:
    # Recorded later, perhaps with the result that came after it, it still happened on its own days.
    # One that is set ahead stands on today.
    on = said.on if said.dated else min(said.fields["to_on"], session.today)
    return record(session, said._replace(on=on))


def _rating(word: str, flag: str) -> str:
    found = terms.RATING.parse(word, flag)
    if found == "none":
        raise BadValue(flag, word, "不是一次评价", "可用：满意、基本满意、不满意")
    return found


def _link(session: Session, said: Said) -> Done:
    return originals.link(session, said.numbers, said.fields["repeat_of"], said.on, said.keep_going)


def _offer_no_longer(session: Session, done: Done) -> None:
    if len(done.cases) == 1:
        from xinfang_cli.cli import adding, asking

        if asking.somebody_there():
            adding.offer_no_longer(session, done.cases[0])


def _relate(session: Session, said: Said) -> Done:
    return casework.relate(session, said.numbers, said.fields["to"], said.on, said.keep_going)


def _tag(session: Session, said: Said) -> Done:
    if not said.fields["add"] and not said.fields["remove"]:
        raise Missing("缺少选项 --add 或 --remove", "看用法：xinfang tag --help")
    return record(session, said)


HearingOn = Annotated[
    str | None, typer.Option("--on", metavar="日期", help="记在哪一天，默认听证结束日；还没到的记在今天")
]
_RESULT = ("delivered_on", "redo_by", "reply_no", "reason")
UNUSUAL: dict[str, CommandForm] = {
    "assign": CommandForm(_assign),
    "accept": CommandForm(_accept),
    "refuse": CommandForm(_refuse),
    "redirect": CommandForm(_redirect),
    "extend": CommandForm(_extend, reads={"clock": _extendable}),
    "note": CommandForm(_note),
    "assist": CommandForm(
        _assist,
        (
            *_fields("assist", "unit", "answer_by"),
            Field("answered", nature="flag", about="协办单位已答复"),
        ),
    ),
    "supervise": CommandForm(
        _supervise,
        (
            *_fields("supervise", "answer_by"),
            Field("answered", nature="flag", about="单位已答复督办"),
            *_fields("supervise", "text"),
        ),
    ),
    "co_handle": CommandForm(_co_handle),
    "not_the_accused": CommandForm(_not_the_accused, new_unit=False),
    "recuse": CommandForm(_recuse, new_unit=False),
    "close": CommandForm(_close),
    "review": CommandForm(_second_look, (*_fields("review", *_REQUEST), *_fields("review_result", "result", *_RESULT))),
    "recheck": CommandForm(
        _second_look,
        (*_fields("recheck", *_REQUEST), *_fields("recheck_result", "result", "back_to", *_RESULT)),
        {"back_to": _back_to},
    ),
    "hearing": CommandForm(_hearing, on=HearingOn),
    "rate": CommandForm(reads={"unit_rating": _rating, "bureau_rating": _rating}),
    "link": CommandForm(_link, after=_offer_no_longer),
    "relate": CommandForm(_relate),
    "tag": CommandForm(_tag),
}
"""The commands that do more than append their event as it was said."""

for declared in EVENTS.values():
    if declared.about:
        form = UNUSUAL.get(declared.kind) or CommandForm()
        desk.command(steps.command(declared.kind))(command_of(declared, form))
