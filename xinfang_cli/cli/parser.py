"""The parser under Typer: Click up to Typer 0.25, since then a part of Typer itself; one name here for each of its classes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import typer
from typer import core

if TYPE_CHECKING:
    from click import Argument, Command, Context, Group, HelpFormatter, Option
    from click.exceptions import (
        BadOptionUsage,
        BadParameter,
        ClickException,
        MissingParameter,
        NoArgsIsHelpError,
        NoSuchOption,
        UsageError,
    )
    from click.globals import get_current_context
else:
    _home = core.TyperCommand.__mro__[1].__module__.removesuffix(".core")  # click, or typer._click
    _core, _errors = import_module(f"{_home}.core"), import_module(f"{_home}.exceptions")
    Command, Context, HelpFormatter = _core.Command, _core.Context, import_module(f"{_home}.formatting").HelpFormatter
    Group = getattr(_core, "Group", core.TyperGroup)
    Option = getattr(_core, "Option", core.TyperOption)
    Argument = getattr(_core, "Argument", core.TyperArgument)
    ClickException, UsageError, BadParameter = _errors.ClickException, _errors.UsageError, _errors.BadParameter
    BadOptionUsage, MissingParameter = _errors.BadOptionUsage, _errors.MissingParameter
    NoArgsIsHelpError, NoSuchOption = _errors.NoArgsIsHelpError, _errors.NoSuchOption
    get_current_context = import_module(f"{_home}.globals").get_current_context

Abort, Exit = typer.Abort, typer.Exit

__all__ = [
    "Abort",
    "Argument",
    "BadOptionUsage",
    "BadParameter",
    "ClickException",
    "Command",
    "Context",
    "Exit",
    "Group",
    "HelpFormatter",
    "MissingParameter",
    "NoArgsIsHelpError",
    "NoSuchOption",
    "Option",
    "UsageError",
    "get_current_context",
]
