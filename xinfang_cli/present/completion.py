"""The answer to a shell's completion: candidate words, or the script."""

from __future__ import annotations

from typing import Any

from xinfang_cli.frozen import NamedTuple

Offer = tuple[str, str]
"""What could be written, and a few words about it."""
FILES = ":files"
"""Said instead of answers: the shell's own file names."""


class Offers(NamedTuple):
    """Candidates for the word being typed."""

    offers: tuple[Offer, ...]


class Script(NamedTuple):
    """A shell's completion script."""

    shell: str
    script: str


def document(view: Offers | Script) -> Any:
    """The JSON of the views of completion."""
    if isinstance(view, Script):
        return view._asdict()
    return [{"word": word, "about": about} for word, about in view.offers]
