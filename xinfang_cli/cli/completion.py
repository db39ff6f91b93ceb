"""Completion in the shell: the scripts that a shell reads, and the answers it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from xinfang_cli.cli import options as choices
from xinfang_cli.cli import output, parser
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Json
from xinfang_cli.errors import BadValue, XinfangError
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.login import unasked
from xinfang_cli.office.session import Session
from xinfang_cli.present.completion import FILES, Offer, Offers, Script

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}

SHELLS = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "ps1"}

_LISTS = {"--topic": "topic", "--region": "region", "--lead": "lead", "--batch": "batch", "--tag": "tag"}
_LISTS |= {"--view": "view", "--remove": "tag"}
_UNITS = ("单位", "单位…", "原单位")


@desk.command("completion", context_settings={"ignore_unknown_options": True})
def completion(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="shell", help="bash、zsh、fish 或 powershell")],
    answer: Annotated[
        bool, typer.Option("--answer", help="脚本用：按 -- 之后已经打的词，给出最后一个词可以补成什么")
    ] = False,
    quoted: Annotated[str | None, typer.Option("--quoted", hidden=True, metavar="shell")] = None,
    typed: Annotated[str, typer.Option("--typed", hidden=True, metavar="文字")] = "",
    json: Json = False,
) -> None:
    """打印补全脚本：按 Tab 补全命令、选项、登记编号、单位和各种词语。写进 shell 的启动文件即可。

    bash：在 ~/.bashrc 末尾加 eval "$(xinfang completion bash)"；zsh 在 ~/.zshrc，同样写法。
    fish：xinfang completion fish > ~/.config/fish/completions/xinfang.fish
    PowerShell：在 $PROFILE 里加 xinfang completion powershell | Out-String | Invoke-Expression

    例：xinfang completion bash
    """
    if answer:
        offers = Offers(tuple((word, about) for word, about in answers(ctx, words) if word.isprintable()))
        output.show(offers, json, typed=typed, shell=quoted)
        return
    name = words[0].lower()
    if name not in SHELLS or len(words) > 1:
        raise BadValue("shell", " ".join(words), "没有补全脚本", f"可用：{'、'.join(SHELLS)}")
    from importlib.resources import files

    script = files("xinfang_cli.cli") / "shells" / f"xinfang.{SHELLS[name]}"
    output.show(Script(name, script.read_text("utf-8")), json)


def answers(ctx: typer.Context, words: Sequence[str]) -> list[Offer]:
    """Completions of the last word; empty if unknown or the book is unreadable."""
    *before, typed = [word for word in words if word != "="] or [""]
    try:
        with unasked():
            return _answers(ctx, list(before), typed)
    except (XinfangError, parser.ClickException):
        return []


class _Typed(NamedTuple):
    """The words before the last one, told apart."""

    command: parser.Command
    options: dict[str, parser.Option]
    name: str
    given: dict[str, str]
    places: int  # words of the command so far that belong to no option
    waiting: parser.Option | None


def _told_apart(root: parser.Context, before: list[str]) -> _Typed | None:
    command: parser.Command = root.command
    given: dict[str, str] = {}
    places = 0
    waiting: parser.Option | None = None
    options = _options(command)
    path: list[str] = []
    for word in before:
        if waiting is not None:
            given[max(waiting.opts, key=len)] = word
            waiting = None
        elif word.startswith("-") and word != "-":
            name, equals, value = word.partition("=")
            option = options.get(name)
            if option is not None and not option.is_flag:
                if equals:
                    given[name] = value
                else:
                    waiting = option
        elif isinstance(command, parser.Group):
            found = command.get_command(root, word)
            if found is None:
                return None
            command, options = found, _options(found)
            path.append(word)
        else:
            places += 1
    return _Typed(command, options, " ".join(path), given, places, waiting)


def _answers(ctx: typer.Context, before: list[str], typed: str) -> list[Offer]:
    root = ctx.find_root()
    told = _told_apart(root, before)
    if told is None:
        return []
    command, options, name, given, places, waiting = told
    session = _session(ctx, given)
    if waiting is not None:
        return _values(session, root, waiting, typed)
    if typed.startswith("--") and "=" in typed:
        flag, _, value = typed.partition("=")
        option = options.get(flag)
        if option is None or option.is_flag:
            return []
        return [(f"{flag}={word}", about) for word, about in _values(session, root, option, value)]
    if typed.startswith("-") and typed != "-":
        return [
            (flag, option.help or "")
            for flag, option in options.items()
            if flag.startswith(typed) and not option.hidden and flag.startswith("--")
        ]
    if isinstance(command, parser.Group):
        return [(word, about) for word, about in _commands(command, root) if word.startswith(typed)]
    if name == "list" and typed[:1] in ("@", "＠"):
        from xinfang_cli.office.find import completing

        return [(typed[0] + word, about) for word, about in completing.listed(session, "view", typed[1:])]
    return _arguments(session, command, places, typed)


def _session(ctx: typer.Context, given: dict[str, str]) -> Session:
    """The session of the line that is being typed: its --db, not ours."""
    if "--db" not in given:
        session: Session = ctx.obj
        return session
    from xinfang_cli.cli.options import open_session

    return open_session(given["--db"], None, None)


def _options(command: parser.Command) -> dict[str, parser.Option]:
    return {
        name: param
        for param in command.params
        if isinstance(param, parser.Option)
        for name in (*param.opts, *param.secondary_opts)
    }


def _commands(group: parser.Group, root: parser.Context) -> list[Offer]:
    listing = getattr(group, "listing", None)
    if listing is not None:
        return [pair for _, pairs in listing() for pair in pairs]
    found = [(name, group.get_command(root, name)) for name in group.list_commands(root)]
    return [(name, (command.help or "").split("\n", 1)[0]) for name, command in found if command is not None]


def _arguments(session: Session, command: parser.Command, places: int, typed: str) -> list[Offer]:
    listed = [param for param in command.params if isinstance(param, parser.Argument)]
    for param in listed:
        if param.nargs == -1 or places == 0:
            return _by_metavar(session, param.metavar or "", typed)
        places -= 1
    return []


def _by_metavar(session: Session, metavar: str, typed: str) -> list[Offer]:
    from xinfang_cli.office.find import completing

    if "编号" in metavar:
        return completing.numbers(session, typed)
    if metavar in _UNITS:
        return completing.units(session, typed)
    if metavar == "shell":
        return [(shell, "") for shell in SHELLS if shell.startswith(typed)]
    if metavar == "名字":
        return completing.listed(session, "view", typed)
    if metavar == "批次":
        return completing.listed(session, "batch", typed)
    if metavar == "步骤":
        return choices.words(terms.LOOP)(typed)
    if metavar == "[文书]":
        from xinfang_cli.law.letters import LETTER

        return choices.words(LETTER)(typed)
    if metavar == "设置项":
        from xinfang_cli.office.keeping.settings import registry

        return [(known.key, known.name) for known in registry().values() if known.key.startswith(typed)]
    return [(FILES, "")] if "文件" in metavar else []


def _values(session: Session, ctx: parser.Context, option: parser.Option, typed: str) -> list[Offer]:
    """Values of an option: its fixed words, or entries of the book of that kind."""
    if found := option.shell_complete(ctx, typed):
        return [(item.value, item.help or "") for item in found]
    name = max(option.opts, key=len)
    if name in _LISTS:
        from xinfang_cli.office.find import completing

        return completing.listed(session, _LISTS[name], typed)
    return _by_metavar(session, option.metavar or "", typed)
