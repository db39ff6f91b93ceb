"""Widths in a terminal: a Chinese character takes two cells."""

from __future__ import annotations

from unicodedata import combining, east_asian_width


def cells(text: str) -> int:
    """How many terminal cells a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


NOT_AT_START = "，。；：、！？）】」》”’…%"


def fold(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells; words stay whole, Chinese may break anywhere but before punctuation."""
    if cells(text) <= width:
        return [text] if text else []
    indent = " " * (len(text) - len(text.lstrip(" ")))
    pieces: list[str] = []
    for char in text.strip(" "):
        if (pieces and char.isascii() and char != " " and pieces[-1][-1].isascii() and pieces[-1][-1] != " ") or (
            pieces and char in NOT_AT_START
        ):
            pieces[-1] += char
        else:
            pieces.append(char)
    lines, line = [], indent
    for piece in pieces:
        if cells(line) + cells(piece) > width and line.strip():
            lines.append(line.rstrip())
            line = indent + piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]
