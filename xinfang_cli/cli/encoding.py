"""Words whose bytes were not in the terminal's encoding."""

from __future__ import annotations


def readable(word: str) -> str:
    """A word whose bytes were not in the terminal's encoding, read as UTF-8 or GB18030 instead."""
    if word.isprintable():
        return word  # a byte that could not be read is a lone surrogate, which is not printable
    try:
        raw = word.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = word.encode("utf-8", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
