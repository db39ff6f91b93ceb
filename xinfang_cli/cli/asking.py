"""Questions to the clerk, on stderr, when somebody sits at the terminal."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TypeVar

from xinfang_cli import login
from xinfang_cli.cli import parser
from xinfang_cli.cli.encoding import readable
from xinfang_cli.errors import Refused

Shown = TypeVar("Shown")
Done = TypeVar("Done")


heard: list[str] = []
"""Whether anything was read from stdin: then the same words do not do the same once more."""


def somebody_there() -> bool:
    """Whether a question can be answered."""
    return login.answers()


def ask(question: str, default: str = "") -> str:
    """One line from the clerk; Ctrl-C or the end of input leave without writing."""
    line = _line(f"{question} [{default}]：" if default else f"{question}：")
    return readable(line.strip()) or default


def _line(prompt: str) -> str:
    """Read a line with arrow-key editing if readline is available (Windows edits by itself); the prompt goes to the
    terminal, never into redirected stdout.
    """
    from xinfang_cli.terminal.screen import folded_question

    above, prompt = folded_question(prompt)
    heard[:] = ["line"]
    if sys.stdout.isatty():
        sys.stdout.write(above)
        with suppress(ImportError):
            import readline

            readline.set_auto_history(False)  # no answer comes up again at another question
            readline.parse_and_bind("set enable-bracketed-paste off")
        try:
            return input(prompt)
        except EOFError:
            raise parser.Abort from None
    sys.stderr.write(above + prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise parser.Abort
    return line


def yes(question: str) -> bool:
    """A yes or no; anything but y, yes, 是 is no."""
    return means_yes(ask(f"{question}（y/N）"))


def means_yes(word: str) -> bool:
    """Whether a typed answer means yes."""
    return word.lower() in ("y", "yes", "是", "好")


def confirm(question: str, otherwise: str, *, sure: bool) -> None:
    """Go on when the clerk says yes, is `sure`, or cannot be asked; else Refused: `otherwise` says what was not done."""
    if not sure and somebody_there() and not yes(question):
        raise Refused(otherwise, "未确认", code="not_confirmed")
