"""Commands made of the events they record: an option for each field, a page of help from what is declared of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from inspect import Parameter
from typing import Any, NamedTuple

import typer

from xinfang_cli.cli import forms, options, output
from xinfang_cli.cli.forms import Reader, flag_of, read, value_of
from xinfang_cli.errors import marked
from xinfang_cli.law.events.article30 import goes_somewhere
from xinfang_cli.law.events.base import EventType
from xinfang_cli.law.events.fields import Field
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting
from xinfang_cli.office.work.done import Done
from xinfang_cli.present import steps

_AN_EXAMPLE = "123"


class Said(NamedTuple):
    """What a clerk said of an event: on which cases, when (`dated`: said, not supposed), and the value of each field."""

    kind: str
    numbers: list[str]
    on: date
    dated: bool
    keep_going: bool
    new_unit: bool
    fields: dict[str, Any]


class Form(NamedTuple):
    """What is unusual about the command of an event."""

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


def command_of(declared: EventType, form: Form) -> Callable[..., None]:
    """The command that records this event."""
    asked = form.fields or tuple(field for field in declared.fields if field.asked)

    def command(
        ctx: typer.Context,
        numbers: list[str],
        *,
        on: str | None,
        keep_going: bool,
        json: bool,
        new_unit: bool = False,
        not_the_accused: str | None = None,  # goes into the session
        **typed: Any,
    ) -> None:
        session: Session = ctx.obj
        fields = {field.name: read(session, field, typed[field.name], form.reads.get(field.name)) for field in asked}
        day = options.on_day(session, on)
        named = options.read_numbers(numbers)
        said = Said(declared.kind, named, day, on is not None, keep_going, new_unit, fields)
        done = (form.run or record)(session, said)
        finish(done, numbers, json)
        if form.after is not None and not json:
            form.after(session, done)

    shape: forms.Shape = {"ctx": (typer.Context, Parameter.empty), "numbers": (options.Numbers, Parameter.empty)}
    shape |= {field.name: forms.option(field) for field in asked}
    shape["on"] = (form.on, None)
    if form.new_unit and any(field.nature == "unit" for field in asked):
        shape["new_unit"] = (options.NewUnit, False)
    if goes_somewhere(declared):
        shape["not_the_accused"] = (options.NotTheAccused, None)
    shape |= {"keep_going": (options.KeepGoing, False), "json": (options.Json, False)}
    return forms.shaped(command, shape, _help(declared, asked))


def _help(declared: EventType, asked: Sequence[Field]) -> str:
    """What the event is, and how it is typed."""
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
