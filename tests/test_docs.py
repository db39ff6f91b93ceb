"""The README tells the truth: its blocks, its commands, its examples."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def test_first_two_blocks_are_sh_of_one_line() -> None:
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.M | re.S)
    assert [language for language, _ in blocks[:2]] == ["sh", "sh"]
    assert all(body.count("\n") == 1 for _, body in blocks[:2])
    assert "xinfang demo" in blocks[0][1]
    assert "pytest" in blocks[1][1]


def test_every_command_is_in_the_readme() -> None:
    from xinfang_cli.cli.app import COMMANDS

    words = set(re.findall(r"[a-z][a-z-]+", README))
    assert not COMMANDS.keys() - words


def _examples() -> list[str]:
    lines = re.findall(r"^ {4}(xinfang.*?)(?: {2,}.*)?$", README, re.M) + re.findall(r"`(xinfang [^`]+)`", README)
    return [command for line in lines if "…" not in line for command in line.split(" | ")]


@pytest.mark.parametrize("line", _examples())
def test_every_example_uses_commands_and_options_that_exist(line: str) -> None:
    from typer.main import get_group

    from xinfang_cli.cli import parser
    from xinfang_cli.cli.app import app

    words = shlex.split(line)[1:]
    group = get_group(app)
    ctx = parser.Context(group, info_name="xinfang")
    command: parser.Command = group
    while words and isinstance(command, parser.Group) and not words[0].startswith("-"):
        found = command.get_command(ctx, words.pop(0))
        assert found is not None, line
        command = found
    if command.context_settings.get("ignore_unknown_options"):  # `view save` keeps the words of another command
        return
    known = {name for param in command.params for name in [*param.opts, *param.secondary_opts]} | {"--help"}
    assert not {word for word in words if word.startswith("--")} - known, line


def test_nothing_of_a_workplace_is_in_the_project() -> None:
    top = Path(__file__).parent.parent
    forbidden = ("/wo" + "rk/", "/ro" + "ot/", "py" + "pi.org", "deb." + "debian")
    for path in top.rglob("*"):
        inside = path.relative_to(top).parts
        if (inside[0].startswith(".") and inside[0] != ".ci") or not path.is_file():
            continue
        if path.suffix in (".py", ".md", ".toml", ".csv", ".html") or inside[0] == ".ci":
            text = path.read_text("utf-8", errors="replace")  # office files are often GB18030
            assert not [word for word in forbidden if word in text], path
