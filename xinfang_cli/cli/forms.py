"""Commands with parameters declared elsewhere: fields as options, on a function of that shape."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xinfang_cli.cli import options
from xinfang_cli.errors import marked
from xinfang_cli.office.session import Session
from xinfang_cli.present import steps

if TYPE_CHECKING:
    from xinfang_cli.law.events.fields import Field

Reader = Callable[[str, str], Any]
"""(what was typed, its flag) → the value; BadValue."""
Shape = dict[str, tuple[Any, Any]]
"""The parameters of a command in their order: name → (type with its option, default)."""
_VALUES = {"day": "日期", "unit": "单位", "case": "编号"}


def shaped(command: Callable[..., None], shape: Shape, help: str = "") -> Callable[..., None]:
    """The function with these parameters, as Typer reads them."""
    parameters = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in shape.items()
    ]
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {name: annotation for name, (annotation, _) in shape.items()}
    command.__doc__ = help or command.__doc__
    return command


def flag_of(field: Field) -> str:
    """The option that says this field of its event."""
    return f"--{field.alias}" if field.alias else steps.flag(field.name)


def in_place_of(command: Callable[..., None], name: str, stands_for: Shape) -> Shape:
    """The parameters of a command, those that one of them stands for in its place."""
    shape: Shape = {}
    for parameter in signature(command, eval_str=True).parameters.values():
        if parameter.name == name:
            shape |= stands_for
        else:
            shape[parameter.name] = (parameter.annotation, parameter.default)
    return shape


def option(field: Field, about: str = "") -> tuple[Any, Any]:
    """The field as a parameter of a command: its type with its option, its default."""
    flag, shown = flag_of(field), steps.worded(marked(about or field.about or field.label))
    if field.nature == "flag":
        return Annotated[bool, typer.Option(flag, help=shown)], False
    kind: Any = list[str] | None if field.nature == "list" else str if field.usual else str | None
    offered = None if field.nature != "word" or field.words is None else options.words(field.words)
    told = typer.Option(flag, metavar=value_of(field), help=shown, autocompletion=offered)
    return Annotated[kind, told], field.usual or None


def value_of(field: Field) -> str:
    """The placeholder for a field's value in a usage line."""
    return field.value or _VALUES.get(field.nature) or ("文字" if field.private else field.label)


def read(session: Session, field: Field, typed: Any, reader: Reader | None = None) -> Any:
    """The value typed for a field; BadValue, or Missing for an obligatory one."""
    flag = flag_of(field)
    if field.required:
        typed = options.required(typed, flag)
    if not typed and field.nature == "flag":
        return None
    if typed is None:
        return None
    if reader is not None:
        return reader(typed, flag)
    if field.nature == "flag":
        return field.usual or True
    if field.nature == "list":
        return [word for word in map(options.clean, typed) if word] or None
    if field.nature == "day":
        return options.day(session, typed, flag)
    if field.nature == "number":
        return options.whole_number(typed, flag, 1)
    if field.words is not None:
        return field.words.parse(typed, flag)
    return typed if field.nature in ("unit", "case") else options.clean(typed)
