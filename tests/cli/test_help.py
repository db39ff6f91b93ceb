"""Help pages: Chinese, with examples that the program itself understands; the list of commands is the commands."""

from __future__ import annotations

import shlex
from importlib import import_module
from inspect import getdoc

import pytest

from tests.cli.conftest import Counter, tree
from xinfang_cli.cli import app, parser
from xinfang_cli.present.width import cells

COMMANDS = tree()
IDS = [" ".join(words) or "xinfang" for words, _, _ in COMMANDS]


def examples(command: parser.Command) -> list[str]:
    """The lines after 例：."""
    lines = (command.help or "").split("\n")
    start = next((place for place, line in enumerate(lines) if line.strip().startswith("例：")), None)
    if start is None:
        return []
    return [line.strip().removeprefix("例：").strip() for line in lines[start:] if line.strip()]


def parse(line: str) -> None:
    """Parse a command line as the program would, without running it."""
    words = shlex.split(line.partition(">")[0])
    assert words[0] == "xinfang", line
    root, ctx = COMMANDS[0][1], None
    command, args = root, words[1:]
    while True:
        ctx = command.make_context(command.name or "xinfang", list(args), parent=ctx)
        rest = [*ctx._protected_args, *ctx.args]
        if not isinstance(command, parser.Group) or not rest:
            return
        _, found, args = command.resolve_command(ctx, rest)
        assert found is not None, line
        command = found


@pytest.mark.parametrize(("words", "command", "ctx"), COMMANDS, ids=IDS)
def test_help(counter: Counter, words: tuple[str, ...], command: parser.Command, ctx: parser.Context) -> None:
    ran = counter.raw(*words, "--help")
    assert ran.code == 0
    assert ran.err == ""
    assert ran.out.startswith("用法：xinfang")
    assert ran.out.count("用法：") == 1
    first = (command.help or "").split("\n")[0]
    assert any("\u4e00" <= char <= "\u9fff" for char in first)
    for english in ("Usage", "Options", "Show this message", "default:", "[required]", "TEXT", "INTEGER", "Commands"):
        assert english not in ran.out
    for param in command.params:
        if isinstance(param, parser.Option):
            if param.hidden:
                continue
            assert max(param.opts, key=len) in ran.out
            assert any("\u4e00" <= char <= "\u9fff" for char in param.help or ""), param.name
        else:  # the argument's line on the page: its name, then what it is
            lines = ran.out.partition("\n参数：\n")[2].partition("\n\n")[0].split("\n")
            said = next(line.strip() for line in lines if line.strip().startswith(str(param.metavar)))
            assert any("\u4e00" <= char <= "\u9fff" for char in said.removeprefix(str(param.metavar))), said
    for line in ran.out.split("\n"):
        assert cells(line) <= 120 or "xinfang" in line


@pytest.mark.parametrize(("words", "command", "ctx"), COMMANDS, ids=IDS)
def test_examples_are_understood(words: tuple[str, ...], command: parser.Command, ctx: parser.Context) -> None:
    found = examples(command)
    assert found, "no example"
    assert any(line.startswith(f"xinfang {' '.join(words)}".strip()) or " ".join(words) in line for line in found)
    for line in found:
        parse(line)


def test_an_example_with_a_wrong_option_would_be_noticed() -> None:
    for line in ("xinfang list --bogus", "xinfang bogus", "xinfang show", "xinfang unit bogus"):
        with pytest.raises(parser.UsageError):
            parse(line)


def test_the_list_of_commands_is_the_commands() -> None:
    modules = {entry[0] for entry in app.COMMANDS.values()}
    registered: dict[str, str] = {}
    for module in modules:
        desk = import_module(f"xinfang_cli.cli.{module}")
        for name in [*(info.name for info in desk.desk.registered_commands), *desk.GROUPS]:
            assert name not in registered
            registered[name] = module
    assert registered == {name: entry[0] for name, entry in app.COMMANDS.items()}
    assert len(app.COMMANDS) == sum(len(desk) for desk in app.DESKS.values())


def characters(text: str) -> set[str]:
    return {char for char in text if "\u4e00" <= char <= "\u9fff"}


def test_the_list_says_what_the_commands_say() -> None:
    """The words of the list are (nearly all) in the first line of the command's own help."""
    for words, command, _ in COMMANDS:
        if len(words) == 1:
            listed, own = app.COMMANDS[words[0]][1], command.help or ""
            missing = characters(listed) - characters(own)
            assert len(missing) <= len(characters(listed)) * 0.5, (words, missing)


def test_the_list_shows_every_command(counter: Counter) -> None:
    page = counter.raw("--help").out
    for name, (_, line) in app.COMMANDS.items():
        assert any(shown.split()[:1] == [name] and line in shown for shown in page.split("\n")), name


def test_docstrings_are_the_help() -> None:
    for words, command, _ in COMMANDS:
        if command.callback is not None and words:
            assert (getdoc(command.callback) or "").split("\n")[0] == (command.help or "").split("\n")[0]


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_help_fits_the_window(counter: Counter, columns: str) -> None:
    for words in ((), ("add",), ("list",), ("stats",)):
        page = counter.raw(*words, "--help", env={"COLUMNS": columns}).out
        for line in page.split("\n"):
            assert cells(line) <= max(int(columns), 60) or "xinfang" in line or "--" in line
