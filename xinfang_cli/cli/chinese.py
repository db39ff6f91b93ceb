"""Click and Typer in Chinese: help pages, and usage errors as one line."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from xinfang_cli.cli import parser
from xinfang_cli.present.width import cells, fold, window


def page_width() -> int:
    """The width of a page of help, at most 110 cells."""
    return min(window(96).columns, 110)


def _pairs(title: str, pairs: list[tuple[str, str]]) -> list[str]:
    if not pairs:
        return []
    column = min(max(cells(left) for left, _ in pairs), 30) + 2
    lines = ["", title]
    for left, right in pairs:
        folded = fold(right, max(page_width() - column - 2, 24)) or [""]
        if cells(left) + 2 > column:
            lines.append(f"  {left}")
        else:
            lines.append(f"  {left}{' ' * (column - cells(left))}{folded.pop(0)}")
        lines += [f"  {' ' * column}{part}" for part in folded]
    return lines


def _usage(command: parser.Command, ctx: parser.Context) -> str:
    pieces = [ctx.command_path]
    if any(isinstance(p, parser.Option) and not p.hidden for p in command.params):
        pieces.append("[选项]")
    for param in command.params:
        if isinstance(param, parser.Argument):
            shown = str(param.metavar)
            pieces.append(shown if param.required or shown.startswith("[") else f"[{shown}]")
    if isinstance(command, parser.Group):
        pieces.append("命令 …")
    return "用法：" + " ".join(pieces)


def _options(command: parser.Command, ctx: parser.Context) -> list[tuple[str, str]]:
    listed = []
    for param in command.get_params(ctx):
        if isinstance(param, parser.Option) and not param.hidden:
            names = ", ".join(sorted([*param.opts, *param.secondary_opts], key=len))
            if not param.is_flag and not param.count:
                names += f" {param.metavar or '值'}"
            listed.append((names, param.help or ""))
    return listed


def _arguments(command: parser.Command) -> list[tuple[str, str]]:
    """The arguments and their help, from their declarations: Click 8.5 drops Typer's."""
    listed = [param for param in command.params if isinstance(param, parser.Argument)]
    if not listed or command.callback is None:
        return []
    from typer.utils import get_params_from_function

    declared = get_params_from_function(command.callback)
    return [(str(param.metavar), declared[str(param.name)].default.help or "") for param in listed]


def write_help(command: parser.Command, ctx: parser.Context, formatter: parser.HelpFormatter) -> None:
    """A help page: usage, what it does with an example, arguments, options."""
    lines = [_usage(command, ctx), ""]
    for line in (command.help or "").split("\n"):
        lines += fold(line, page_width()) or [""]
    lines += _pairs("参数：", _arguments(command))
    if isinstance(command, parser.Group):
        lines += _sub_commands(command, ctx)
    lines += _pairs("选项：", _options(command, ctx))
    formatter.write("\n".join(lines) + "\n")


def _sub_commands(group: parser.Group, ctx: parser.Context) -> list[str]:
    listing = getattr(group, "listing", None)
    if listing is not None:
        lines: list[str] = []
        for title, pairs in listing():
            lines += _pairs(title, pairs)
        return lines
    found = [(name, group.get_command(ctx, name)) for name in group.list_commands(ctx)]
    return _pairs("命令：", [(name, _first_line(found_)) for name, found_ in found if found_ is not None])


def _first_line(command: parser.Command) -> str:
    return (command.help or "").split("\n", 1)[0]


def check_values(command: parser.Command, args: list[str]) -> None:
    """An option whose value was forgotten must not swallow the next one: `--to --json` is no unit."""
    takes_value: dict[str, bool] = {}
    for param in command.params:
        if isinstance(param, parser.Option):
            takes_value |= dict.fromkeys(param.opts, not (param.is_flag or param.count))
    for word, following in pairwise(args):
        if word == "--" or (isinstance(command, parser.Group) and not word.startswith("-")):
            return
        if takes_value.get(word) and (following in takes_value or following == "--help"):
            raise WrongWords(f"选项 {word} 要跟一个值")


class _Chinese(parser.Command):
    """A command with a Chinese help page; an option never takes the next option for its value."""

    def parse_args(self, ctx: parser.Context, args: list[str]) -> list[str]:
        check_values(self, args)
        return super().parse_args(ctx, args)

    def get_help(self, ctx: parser.Context) -> str:
        page = parser.HelpFormatter(width=page_width())
        self.format_help(ctx, page)
        return page.getvalue().rstrip("\n")

    def format_help(self, ctx: parser.Context, formatter: parser.HelpFormatter) -> None:
        write_help(self, ctx, formatter)

    def get_help_option(self, ctx: parser.Context) -> parser.Option | None:
        """In our words. Click's own would be looked up in its translations on the disk at every start."""
        if parser.IS_CLICK and self._help_option is None and self.add_help_option:
            names = [*self.get_help_option_names(ctx), "_help"]
            given: dict[str, Any] = {"is_flag": True, "is_eager": True, "expose_value": False, "callback": _show_help}
            self._help_option = parser.Option(names, **given) if len(names) > 1 else None
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这一页"
        return option


def _show_help(ctx: parser.Context, param: parser.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        sys.stdout.write(ctx.get_help() + "\n")
        ctx.exit()


class ChineseCommand(_Chinese, TyperCommand):
    """A command."""


class ChineseGroup(_Chinese, TyperGroup):
    """A group of commands."""

    def resolve_command(
        self, ctx: parser.Context, args: list[str]
    ) -> tuple[str | None, parser.Command | None, list[str]]:
        """Find the typed command; an unknown name lists similar ones."""
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None:
            from difflib import get_close_matches

            near = get_close_matches(name, self.list_commands(ctx), n=3, cutoff=0.5)
            hint = f"相近的有：{'、'.join(near)}" if near else f"看有哪些命令：{ctx.command_path} --help"
            raise WrongWords(f"没有命令「{name}」", hint)
        return name, command, args[1:]


class WrongWords(parser.UsageError):
    """A usage error already in Chinese."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Desk(typer.Typer):
    """The commands of one desk."""

    def __init__(self, help: str = "") -> None:
        super().__init__(cls=ChineseGroup, help=help, add_completion=False, rich_markup_mode=None, no_args_is_help=True)

    def command(self, name: str | None = None, **given: Any) -> Callable[[Any], Any]:
        """Register a command whose help and errors are in Chinese."""
        given.setdefault("cls", ChineseCommand)
        return super().command(name, **given)


def said_in_chinese(error: parser.ClickException) -> tuple[str, str, int]:
    """(message, hint, exit code) of what Click complains about: 2 for words it does not know, 1 for a wrong value."""
    ctx = getattr(error, "ctx", None)
    help_hint = f"看用法：{ctx.command_path} --help" if ctx is not None else "看用法：xinfang --help"
    if isinstance(error, WrongWords):
        return error.message, error.hint or help_hint, 2
    if isinstance(error, parser.NoArgsIsHelpError):
        assert isinstance(ctx, parser.Context)
        assert isinstance(ctx.command, parser.Group)
        return "没有写要做什么", f"可用：{'、'.join(ctx.command.list_commands(ctx))}；{help_hint}", 2
    if isinstance(error, parser.NoSuchOption):
        near = f"相近的有：{'、'.join(error.possibilities)}；" if error.possibilities else ""
        return f"没有选项「{error.option_name}」", near + help_hint, 2
    if isinstance(error, parser.MissingParameter):
        param = error.param
        if isinstance(param, parser.Option):
            return f"缺少选项 {max(param.opts, key=len)}", help_hint, 2
        name = (param.metavar or param.name) if param is not None else ""
        return f"缺少参数 {name}", help_hint, 2
    if isinstance(error, parser.BadParameter):
        param = error.param
        name = max(param.opts, key=len) if isinstance(param, parser.Option) else (param.name if param else "")
        quoted = re.search(r"'([^']*)'", error.message)
        value = quoted.group(1) if quoted else ""
        return f"{name}「{value}」不能用", help_hint, 1
    if isinstance(error, parser.BadOptionUsage):
        return f"选项 {error.option_name} 要跟一个值", help_hint, 2
    extra = re.search(r"extra arguments?(?:\(s\))? \((.*)\)", error.message)
    if extra:
        return f"多出来的参数「{extra.group(1)}」", help_hint, 2
    return error.message, help_hint, 2
