"""The desk of amendments: what was taken down wrong, and the last command taken back."""

from __future__ import annotations

from inspect import Parameter
from typing import Annotated, Any

import typer

from xinfang_cli.cli import asking, forms, options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Csv, Json, On
from xinfang_cli.cli.recording import finish
from xinfang_cli.errors import Missing
from xinfang_cli.law.events.fields import Field
from xinfang_cli.law.events.registry import EVENTS
from xinfang_cli.office.work import casework

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}
_NONE = Parameter.empty


def edit(
    ctx: typer.Context,
    numbers: list[str],
    *,
    complained_unknown: bool,
    pathway: str | None,
    new_topic: bool,
    new_region: bool,
    yes: bool,  # goes into the session
    anyway: bool,  # goes into the session
    why: str | None,  # goes into the session
    on: str | None,
    keep_going: bool,
    json: bool,
    **typed: Any,
) -> None:
    """改正登记内容；旧值新值都留在经过里。收到日期用 correct 更正。

    例：xinfang edit 123 --phone 13000000001 --headcount 6
    """
    from xinfang_cli.cli.adding import intake_fields

    changes = intake_fields(ctx.obj, **typed) | ({"complained": "unknown"} if complained_unknown else {})
    if not changes:
        raise Missing("没有写要改的内容", "看用法：xinfang edit --help")
    on_day = options.on_day(ctx.obj, on)
    way = forms.read(ctx.obj, _PATHWAY, pathway)
    done = casework.edit(
        ctx.obj, options.read_numbers(numbers), changes, new_topic, new_region, keep_going, on_day, pathway=way
    )
    finish(done, numbers, json)


_PATHWAY = next(field for field in EVENTS["edit"].fields if field.name == "pathway")


def _edit_shape() -> forms.Shape:
    from xinfang_cli.cli.adding import FIELDS

    return {
        "ctx": (typer.Context, _NONE),
        "numbers": (options.Numbers, _NONE),
        **{name: forms.option(field, field.mended or field.label) for name, field in FIELDS.items()},
        **options.UNKNOWN,
        "pathway": forms.option(_PATHWAY),
        **options.NEW_WORDS,
        "yes": (options.Sure, False),
        "anyway": (options.Anyway, False),
        "why": (options.Why, None),
        "on": (On, None),
        "keep_going": (options.KeepGoing, False),
        "json": (Json, False),
    }


desk.command("edit")(forms.shaped(edit, _edit_shape()))


def _mendable() -> dict[str, Field]:
    """Correctable fields by name; events name some differently."""
    found = {field.name: field for declared in EVENTS.values() for field in declared.fields if field.correctable}
    return {name: found[name] for name in dict.fromkeys((*_ORDER, *found))}


_ORDER = (
    *("told_on", "pathway", "due_on", "mode", "feedback_by", "days", "answer_by", "delivered_on"),
    *("outcome", "fulfil_by", "redo_by", "from_on", "to_on", "text"),
)
"""How the page of help lists them; what is not named comes after."""
_MENDABLE = {name: field._replace(required=False, usual="") for name, field in _mendable().items()}


def correct(
    ctx: typer.Context,
    number: str,
    *,
    event: str | None,
    on: str | None,
    reason: str | None,
    yes: bool,
    json: bool,
    **typed: Any,
) -> None:
    """更正一条经过：先显示哪些时限、哪些已发布的通报会变，确认后重新推算；法规不允许的会被拒绝。

    例：xinfang correct 123 --event 3 --on 2023-06-12 --reason "日期录错"
    """
    session = ctx.obj
    said = {name: forms.read(session, field, typed[name]) for name, field in _MENDABLE.items()}
    changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    seq = options.whole_number(options.required(event, "--event"), "--event", 1)
    why = options.clean(options.required(reason, "--reason")) or ""
    assert seq is not None
    from xinfang_cli.office.amend import correcting
    from xinfang_cli.terminal.correcting import tell_plan

    request = correcting.CorrectionRequest(number, seq, options.day(session, on, "--on"), why, changes)
    plan = correcting.plan(session, request)
    tell_plan(plan)
    asking.confirm("确认更正吗", "没有更正", sure=yes or json)
    finish(correcting.commit(session, plan), [number], json)


_CORRECT: forms.Shape = {
    "ctx": (typer.Context, _NONE),
    "number": (options.Number, _NONE),
    "event": (Annotated[str | None, typer.Option("--event", metavar="序号", help="show 里经过的序号")], None),
    "on": (Annotated[str | None, typer.Option("--on", metavar="日期", help="更正后的日期")], None),
    **{name: forms.option(field, field.mended or f"更正{field.label}") for name, field in _MENDABLE.items()},
    "reason": (options.Reason, None),
    "yes": (Annotated[bool, typer.Option("--yes", help="不再询问", callback=options.sure)], False),
    "json": (Json, False),
}
desk.command("correct")(forms.shaped(correct, _CORRECT))


@desk.command("undo")
def undo(
    ctx: typer.Context,
    on: On = None,
    listing: Annotated[bool, typer.Option("--list", help="只列出自己可撤销的操作")] = False,
    yes: options.Sure = False,
    why: options.Why = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """撤销自己的上一个操作（涉及的各件一起撤）；之后又有别的操作的不能撤。

    积案批次、接访排班、三项建议、上级排名、设置、单位、发布的通报也一样撤。

    例：xinfang undo
        xinfang undo --list
    """
    from xinfang_cli.office.amend import undoing

    found = undoing.undoable(ctx.obj) if listing else undoing.undo(ctx.obj, options.day(ctx.obj, on, "--on"))
    output.show(found, json, csv and listing)
