"""Questions to the clerk, on stderr, when somebody sits at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import click

from xinfang_cli.errors import Refused
from xinfang_cli.law import terms
from xinfang_cli.terminal import screen

Shown = TypeVar("Shown")
Done = TypeVar("Done")


def somebody_there() -> bool:
    """Whether a question can be answered."""
    return sys.stdin.isatty()


def ask(question: str, default: str = "") -> str:
    """One line from the clerk; Ctrl-C or the end of input leave without writing."""
    from xinfang_cli.cli.app import readable

    line = _line(f"{question} [{default}]：" if default else f"{question}：")
    return readable(line.strip()) or default


def _line(prompt: str) -> str:
    """A line that can be edited with the arrow keys where the system has the means (Windows has them by itself); the
    question goes to the terminal, never into a file that takes stdout."""
    if sys.stdout.isatty():
        with suppress(ImportError):
            import readline

            readline.set_auto_history(False)  # no answer comes up again at another question
            readline.parse_and_bind("set enable-bracketed-paste off")
        try:
            return input(prompt)
        except EOFError:
            raise click.exceptions.Abort from None
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise click.exceptions.Abort
    return line


def yes(question: str) -> bool:
    """A yes or no; anything but y, yes, 是 is no."""
    return ask(f"{question}（y/N）").lower() in ("y", "yes", "是", "好")


def confirm(question: str, otherwise: str, *, sure: bool) -> None:
    """Go on when the clerk says yes, is `sure`, or cannot be asked; else Refused: `otherwise` says what was not done."""
    if not sure and somebody_there() and not yes(question):
        raise Refused(otherwise, "未确认", code="not_confirmed")


def first_shown(
    do: Callable[[Callable[[Shown], bool]], Done], show: Callable[[Shown], bool], question: str, *, sure: bool
) -> Done:
    """Show what a change would do, ask, then do it: nothing is locked while the clerk thinks.

    `do` is told by its `confirm` whether to keep what it did; `show` says whether there is anything to ask about.
    """
    if sure or not somebody_there():
        return do(lambda found: show(found) or True)
    asked = False

    def only_look(found: Shown) -> bool:
        nonlocal asked
        asked = show(found)
        return not asked

    try:
        return do(only_look)
    except Refused:
        if not asked or not yes(question):
            raise
    return do(lambda found: True)


def show_correction(moved: Sequence[dict[str, Any]], published: Sequence[dict[str, Any]]) -> bool:
    """Show which clocks and which publications a correction would move; a correction is always asked about."""
    from xinfang_cli.terminal import changes

    for clock in moved:
        said = [
            f"{name} {clock[f'{field}_before'] or '—'} → {clock[f'{field}_after'] or '—'}"
            for field, name in (("start", "起算日"), ("due", "到期日"), ("stop", "完成日"))
            if clock[f"{field}_before"] != clock[f"{field}_after"]
        ]
        before, after = (terms.CLOCK_STATE.label(clock[f"state_{when}"]) or "无" for when in ("before", "after"))
        said.append(f"{before} → {after}" if before != after else f"仍为{after}")
        screen.tell(f"  {terms.CLOCK.label(clock['clock'])}：{'，'.join(said)}")
    if not moved:
        screen.tell("  时限不变")
    changes.tell_moved(published)
    return True
