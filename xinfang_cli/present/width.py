"""Widths in half-width cells: a Chinese character takes two cells."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from unicodedata import combining, east_asian_width


def window(columns: int, lines: int = 24) -> os.terminal_size:
    """The size of the terminal, else the given one; shutil.get_terminal_size without importing shutil's archive
    modules.
    """
    said = [int(word) if word.isdecimal() else 0 for word in map(os.environ.get, ("COLUMNS", "LINES"), ("", ""))]
    if not all(said):
        with suppress(AttributeError, ValueError, OSError):  # no stdout, or no terminal
            real = os.get_terminal_size(sys.__stdout__.fileno())  # type: ignore[union-attr]
            said = [mine or its for mine, its in zip(said, real, strict=True)]
    return os.terminal_size((said[0] or columns, said[1] or lines))


def cells(text: str) -> int:
    """The width of a text in terminal cells."""
    if text.isascii():
        return len(text)
    return sum(map(_CELLS.__getitem__, text))


class _Cells(dict[str, int]):
    """The cells of a character, found once."""

    def __missing__(self, char: str) -> int:
        wide = 2 if east_asian_width(char) in "WF" else 0 if combining(char) or char in NO_WIDTH else 1
        self[char] = wide
        return wide


_CELLS = _Cells()
NO_WIDTH = "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff"
NOT_AT_START = "，。；：、！？）】」》〉〕”’…%"
NOT_AT_END = "（【「《〈“‘〔"


def fold(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells; words stay whole, Chinese may break anywhere but before closing and after opening
    punctuation, and not between a number and what it counts (3 天)."""
    if cells(text) <= width:
        return [text] if text else []
    indent = " " * min(len(text) - len(text.lstrip(" ")), max(width // 2 - 1, 0))
    pieces: list[str] = []
    core = text.strip(" ")
    for place, char in enumerate(core):
        last = pieces[-1][-1] if pieces else ""
        if last and (
            char in NOT_AT_START
            or last in NOT_AT_END
            or (char != " " and char.isascii() and last != " " and last.isascii())
            or (char == " " and pieces[-1].isdigit() and not core[place + 1].isascii())
            or (last == " " and len(pieces[-1]) > 1)
        ):
            pieces[-1] += char
        else:
            pieces.append(char)
    lines, line = [], indent
    for piece in (part for whole in pieces for part in _chopped(whole, width - len(indent))):
        if cells(line) + cells(piece) > width and line.strip():
            lines.append(line.rstrip())
            line = indent + piece.lstrip()
        elif cells(line) + cells(piece) > width:  # nothing but blanks before it
            line = indent + piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def _chopped(piece: str, width: int) -> list[str]:
    """Cut an overlong word into parts that fit a line."""
    if cells(piece) <= width:
        return [piece]
    parts = [""]
    for char in piece:
        if parts[-1] and cells(parts[-1]) + cells(char) > width:
            parts.append("")
        parts[-1] += char
    return parts
