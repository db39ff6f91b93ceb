"""Bars and lines for a terminal, in characters also in GBK; coloured for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.present.width import cells, fold, window
from xinfang_cli.terminal import screen

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEIGHTS = " ▁▂▃▄▅▆▇█"
_COLOURS = ("cyan", "green", "yellow", "magenta", "blue")


class Measure(NamedTuple):
    """One set of numbers to draw: its name, the values (None: nothing to show), where a full bar ends, and the texts."""

    name: str
    values: Sequence[float | None]
    full: float
    texts: Sequence[str]


def page_width() -> int:
    return window(100).columns if sys.stdout.isatty() else 120


def bar(value: float, full: float, width: int) -> str:
    """A bar of at most `width` cells, to an eighth of a cell; something is always seen of what is not zero."""
    eighths = round(value / full * width * 8) if full else 0
    eighths = max(min(eighths, width * 8), 1 if value else 0)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def _paint(parts: Sequence[tuple[str, str]]) -> None:
    """One line; each part with its colour on a terminal."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        screen.print_line("".join(text for text, _ in parts).rstrip())
        return
    from rich.text import Text

    line = Text()
    for text, colour in parts:
        line.append(text, style=colour)
    screen.console().print(line, no_wrap=True, overflow="ignore", crop=False)


def _padded(text: str, width: int, right: bool = False) -> str:
    gap = " " * max(width - cells(text), 0)
    return gap + text if right else text + gap


def bars(names: Sequence[str], measures: Sequence[Measure]) -> None:
    """A row of bars a name, one bar a measure; as many measures side by side as the page holds."""
    if not names:
        screen.print_line("没有可画的数（分母都为零）")
        return
    column = min(max((cells(name) for name in names), default=0), 24)
    number = max((cells(text) for measure in measures for text in measure.texts), default=0)
    room = page_width() - column
    beside = max(min(len(measures), room // (number + 12)), 1)
    width = min(room // beside - number - 3, 40)
    for start in range(0, len(measures), beside):
        shown = measures[start : start + beside]
        heading = _padded("", column) + "".join("  " + _padded(m.name, width + number + 1) for m in shown)
        _paint([(heading, "bold")])
        for place, name in enumerate(names):
            short = (fold(name, column) or [""])[0]
            parts = [(_padded(short, column), "")]
            for at, measure in enumerate(shown):
                value = measure.values[place]
                drawn = "" if value is None else bar(value, measure.full, width)
                parts.append(("  " + _padded(drawn, width), _COLOURS[(start + at) % len(_COLOURS)]))
                parts.append((" " + _padded(measure.texts[place], number, right=True), ""))
            _paint(parts)
        screen.print_line()


def _along(labels: Sequence[str], texts: Sequence[str], indent: int) -> tuple[int, list[str]]:
    """Cells a point, and the lines under a chart: the numbers where they fit, as many labels as fit."""
    number, name = max(map(cells, texts), default=1), max(map(cells, labels), default=1)
    step = max(min(max(number, name) + 2, (page_width() - indent + 1) // max(len(labels), 1)), 2)
    lines = []
    if number < step:
        lines.append("".join(_padded(text, step) for text in texts))
    every = -(-(name + 1) // step)
    lines.append("".join(_padded(label, step * every) for label in labels[::every]))
    return step, [line.rstrip() for line in lines]


def columns(labels: Sequence[str], measure: Measure, colour: str = "cyan", height: int = 5) -> None:
    """Upright bars over labels, from zero."""
    step, under = _along(labels, measure.texts, 2)
    wide = max(step - 2, 1)
    _paint([(measure.name, "bold")])
    rows = []
    for level in range(height, 0, -1):
        line = ""
        for value in measure.values:
            eighths = 0 if not value else max(round(value / measure.full * height * 8), 1)
            filled = min(max(eighths - (level - 1) * 8, 0), 8)
            line += _padded(_HEIGHTS[filled] * wide, step)
        rows.append(line)
    for line in rows:
        _paint([("  " + line, colour)])
    for said in under:
        _paint([("  " + said, "dim")])
    screen.print_line()


def line(labels: Sequence[str], measure: Measure, colour: str = "green", height: int = 6) -> None:
    """A line over labels: points at the values, dots between them; the scale stands at the left."""
    known = [value for value in measure.values if value is not None]
    _paint([(measure.name, "bold")])
    if not known:
        screen.print_line("  没有可画的数（分母都为零）")
        screen.print_line()
        return
    top, bottom = max(known), min(known)
    if top - bottom < 1:
        top, bottom = min(top + 0.5, 100.0), max(bottom - 0.5, 0.0)
    span = top - bottom
    scale = [f"{top - span * level / (height - 1):.1f}" for level in range(height)]
    wide = max(map(len, scale))
    step, under = _along(labels, measure.texts, wide + 4)
    grid = [[" "] * (step * len(labels)) for _ in range(height)]

    def row(value: float) -> int:
        return round((top - value) / span * (height - 1))

    points = [(place * step + step // 2 - 1, value) for place, value in enumerate(measure.values)]
    for (x, value), (next_x, following) in pairwise(points):
        if value is None or following is None:
            continue
        for at in range(x + 1, next_x):
            grid[row(value + (following - value) * (at - x) / (next_x - x))][at] = "·"
    for x, value in points:
        if value is not None:
            grid[row(value)][x] = "●"
    for label, cells_ in zip(scale, grid, strict=True):
        _paint([(f"  {label:>{wide}} ┤", "dim"), ("".join(cells_).rstrip(), colour)])
    for said in under:
        _paint([(" " * (wide + 4) + said, "dim")])
    screen.print_line()
