"""The parser under Typer: Click up to Typer 0.25, since then a part of Typer itself; one name here for each of its classes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, no_type_check

from xinfang_cli.later import put_off

# What Typer and Click import at their tops for what no command of ours asks of them.
UNUSED = {
    "ast": "",
    "difflib": "get_close_matches",
    "fnmatch": "",
    "gettext": "gettext ngettext",
    "linecache": "",
    "ntpath": "",
    "platform": "",
    "shellingham": "",
    "shutil": "get_terminal_size",
    "subprocess": "",
    "tokenize": "",
    "traceback": "FrameSummary StackSummary",
    "typer.completion": "get_completion_inspect_parameters",
    "urllib.parse": "quote_from_bytes",
    "uuid": "UUID",
}
with put_off(UNUSED):
    from inspect import get_annotations

    import typer
    from typer import core

IS_CLICK = core.TyperCommand.__mro__[1].__module__ == "click.core"

if TYPE_CHECKING:
    from click import Argument, Command, Context, Group, HelpFormatter, Option, Parameter
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
    Parameter = _core.Parameter
    ClickException, UsageError, BadParameter = _errors.ClickException, _errors.UsageError, _errors.BadParameter
    BadOptionUsage, MissingParameter = _errors.BadOptionUsage, _errors.MissingParameter
    NoArgsIsHelpError, NoSuchOption = _errors.NoArgsIsHelpError, _errors.NoSuchOption
    get_current_context = import_module(f"{_home}.globals").get_current_context


def settled(function: Any) -> Any:
    """A command with its annotations evaluated: Typer would do it anew each time it asks for the parameters, nine times."""
    function.__annotations__ = get_annotations(function, eval_str=True)
    return no_type_check(function)


Abort, Exit = typer.Abort, typer.Exit

__all__ = [
    "IS_CLICK",
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
    "Parameter",
    "UsageError",
    "get_current_context",
    "settled",
]
