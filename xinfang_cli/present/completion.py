"""What a shell is told when it completes: the words that could stand there, or the script that asks for them."""

from __future__ import annotations

from typing import Any

from xinfang_cli.frozen import NamedTuple

Offer = tuple[str, str]
"""What could be written, and a few words about it."""
FILES = ":files"
"""Said instead of answers: the shell's own file names."""


class Offers(NamedTuple):
    """What could stand in the place of the word that is being typed."""

    offers: tuple[Offer, ...]


class Script(NamedTuple):
    """What a shell reads to be able to ask."""

    shell: str
    script: str


def document(view: Offers | Script) -> Any:
    """The JSON of the views of completion."""
    if isinstance(view, Script):
        return view._asdict()
    return [{"word": word, "about": about} for word, about in view.offers]
