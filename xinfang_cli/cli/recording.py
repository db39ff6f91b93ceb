"""Commands made of the events they record: an option for each field, a page of help from what is declared of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from inspect import Parameter
from typing import Any

import typer

from xinfang_cli.cli import forms, options, output, parser
from xinfang_cli.cli.forms import Reader, flag_of, read, value_of
from xinfang_cli.cli.moving import Watch
from xinfang_cli.errors import BadValue, Missing, marked
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.events.article30 import goes_somewhere
from xinfang_cli.law.events.base import EventType
from xinfang_cli.law.events.fields import Field
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned
from xinfang_cli.office.work import acting
from xinfang_cli.office.work.done import Done
from xinfang_cli.present import steps

_AN_EXAMPLE = "123"


class Said(NamedTuple):
    """The clerk's input for an event: cases, day (`dated`: given, not assumed), fields."""

    kind: str
    numbers: list[str]
    on: date
    dated: bool
    keep_going: bool
    new_unit: bool
    fields: dict[str, Any]


class CommandForm(NamedTuple):
    """The unusual parts of an event's command."""

    run: Callable[[Session, Said], Done] | None = None  # none: the event is appended as it was said
    fields: tuple[Field, ...] = ()  # none: those of the event
    reads: Mapping[str, Reader] = {}  # how a field is read, where its nature does not say it
    on: Any = options.On
    new_unit: bool = True  # whether a unit that it names may be a new one
    after: Callable[[Session, Done], None] | None = None  # once it is shown on a screen


def finish(done: Done, numbers: Sequence[str], json: bool) -> None:
    """Show what became of the cases; exit 1 when some were refused."""
    output.show(done._replace(several=len(numbers) > 1 or "-" in numbers), json)
    if done.failed:
        raise typer.Exit(1)


def record(session: Session, said: Said) -> Done:
    """One event on each of the cases named."""
    make = acting.simple(said.kind, said.on, **said.fields)
    return acting.act(session, said.kind, said.numbers, make, keep_going=said.keep_going)


_Run = Callable[[Session, list[str], Mapping[str, Any]], Done]
_RUNS: dict[str, _Run] = {}
"""What each made command does, by its name: (session, case numbers, what was typed) → what became of them."""


def _with_the_next(ctx: typer.Context, kind: str, named: list[str], run: _Run, typed: Mapping[str, Any]) -> Done:
    """Enter a missed event together with the missed ones after it: one command, confirmed once at its end."""
    session: Session = ctx.obj
    if not session.late_entry or typed["keep_going"]:
        raise Missing("--then 只和 --late-entry 一起写，不和 --keep-going 一起写", f"看用法：{ctx.command_path} --help")
    following = [_next_of(ctx, line, named) for line in typed["then"]]
    warnings: list[Warned] = []
    with session.together(kind):
        session.more = True
        done = run(session, named, typed)
        for place, (its_run, its_typed) in enumerate(following, 1):
            warnings += done.warnings
            session.more = place < len(following)
            done = its_run(session, named, its_typed)
    return done._replace(warnings=(*warnings, *done.warnings))


def _next_of(ctx: typer.Context, line: str, named: list[str]) -> tuple[_Run, Mapping[str, Any]]:
    """A step as it is typed after --then: the command, and its options without the case's number."""
    import shlex

    try:
        name, *words = shlex.split(line)
    except ValueError:
        raise BadValue("--then", line, "引号没有配对，或是空的", '例：--then "uphold --on 2023-07-08"') from None
    root = ctx.find_root()
    assert isinstance(root.command, parser.Group)
    command = root.command.get_command(root, name)
    if command is None or name not in _RUNS or "late_entry" not in {param.name for param in command.params}:
        raise BadValue("--then", name, "不是可以补记的命令", "可写 uphold、overrule、review、return、accept 等")
    return _RUNS[name], command.make_context(name, [*named, *words], parent=root).params


def _with_moves(session: Session, done: Done) -> Done:
    """The result of a late entry with its consequences."""
    moved = {one.case_no: one for one in session.watch.told} if isinstance(session.watch, Watch) else {}
    return done._replace(
        cases=tuple(
            changed.beside(moved[changed.case.case_no]) if changed.case.case_no in moved else changed
            for changed in done.cases
        )
    )


def command_of(declared: EventType, form: CommandForm) -> Callable[..., None]:
    """The command that records this event."""
    asked = form.fields or tuple(field for field in declared.fields if field.asked)

    def said_of(session: Session, named: list[str], typed: Mapping[str, Any]) -> Said:
        fields = {field.name: read(session, field, typed[field.name], form.reads.get(field.name)) for field in asked}
        on, new_unit = typed["on"], typed.get("new_unit", False)
        day = options.on_day(session, on)
        return Said(declared.kind, named, day, on is not None, typed["keep_going"], new_unit, fields)

    def run(session: Session, named: list[str], typed: Mapping[str, Any]) -> Done:
        return (form.run or record)(session, said_of(session, named, typed))

    def command(ctx: typer.Context, numbers: list[str], *, json: bool, **typed: Any) -> None:
        session: Session = ctx.obj
        named = options.read_numbers(numbers)
        if typed.get("then"):
            done = _with_the_next(ctx, declared.kind, named, run, typed)
        else:
            done = run(session, named, typed)
        if session.late_entry:
            done = _with_moves(session, done)
        finish(done, numbers, json)
        if form.after is not None and not json:
            form.after(session, done)

    _RUNS[steps.command(declared.kind)] = run

    shape: forms.Shape = {"ctx": (typer.Context, Parameter.empty), "numbers": (options.Numbers, Parameter.empty)}
    shape |= {field.name: forms.option(field) for field in asked}
    shape["on"] = (form.on, None)
    if form.new_unit and any(field.nature == "unit" for field in asked):
        shape["new_unit"] = (options.NewUnit, False)
    if goes_somewhere(declared):
        shape["not_the_accused"] = (options.NotTheAccused, None)
    if declared.moves or declared.replaces:
        shape["anyway"] = (options.Anyway, False)
    if declared.missable:
        shape |= options.LATE_ENTRY
    shape |= {"keep_going": (options.KeepGoing, False), "json": (options.Json, False)}
    return forms.shaped(command, shape, _help(declared, asked))


def _help(declared: EventType, asked: Sequence[Field]) -> str:
    """An event's description and usage."""
    lines = [_typed(declared, asked, example) for example in declared.examples]
    return "\n".join(
        [steps.worded(marked(declared.about)), "", f"例：{lines[0]}", *(f"    {line}" for line in lines[1:])]
    )


def _typed(declared: EventType, asked: Sequence[Field], example: Mapping[str, str | bool]) -> str:
    """An example as it is typed; free text in quotes."""
    by_name = {field.name: field for field in asked}
    words = [steps.command(declared.kind), str(example.get("cases", _AN_EXAMPLE))]
    for name, value in example.items():
        field = by_name.get(name)
        if name == "cases":
            continue
        words.append(steps.flag(name) if field is None else flag_of(field))
        if value is not True:
            words.append(f'"{value}"' if field is not None and value_of(field) == "文字" else str(value))
    return f"xinfang {' '.join(words)}"
