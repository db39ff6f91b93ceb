"""The answers of completion as a shell reads them: whatever stands in a name, putting it in never runs it."""

from __future__ import annotations

import sys
from collections.abc import Callable

from xinfang_cli.present.completion import FILES, Offers, Script
from xinfang_cli.terminal.screen import sanitised

_BARE = frozenset("-_./:=@+,")
"""Beside letters and figures of any script: what no shell gives a meaning inside a word."""
_BARE_IN_POWERSHELL = frozenset("-_./:=+")
_SINGLE = "'‘’‚‛"
"""PowerShell ends a quoted text at any of these."""


def bash(word: str) -> str:
    """A backslash before each character that bash could give a meaning."""
    return "".join(char if char.isalnum() or char in _BARE else f"\\{char}" for char in word)


def powershell(word: str) -> str:
    """In single quotes, in which PowerShell reads nothing but the quotes themselves, unless it is a plain word."""
    bare = _BARE_IN_POWERSHELL - set(".:") if word.startswith("-") else _BARE_IN_POWERSHELL  # it cuts a parameter there
    if word.lstrip("-")[:1].isalnum() and all(char.isalnum() or char in bare for char in word):
        return word
    return "'" + "".join(char * 2 if char in _SINGLE else char for char in word) + "'"


QUOTED: dict[str, Callable[[str], str]] = {"bash": bash, "powershell": powershell}
"""The shells whose scripts put in an answer as it is; zsh and fish quote by themselves."""


def draw(view: Offers | Script, typed: str = "", shell: str | None = None) -> None:
    """A script; or the candidates, one a line, quoted for that shell. `typed`: the text already before them."""
    if isinstance(view, Script):
        sys.stdout.write(view.script)
        return
    quote = QUOTED.get(shell or "", str)
    for word, about in view.offers:
        said = word if word == FILES else quote(word.removeprefix(typed))
        line = sanitised(" ".join(about.split()))[:40]
        sys.stdout.write(f"{said}\t{line}\n" if line else f"{said}\n")
