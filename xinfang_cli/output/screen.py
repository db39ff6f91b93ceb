"""Tables on a terminal with Rich, plain text in a pipe; what people wrote is never read as markup."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from xinfang_cli.output.width import cells

if TYPE_CHECKING:
    from rich.console import Console


class Column(NamedTuple):
    """One column of a table. A `fixed` one (numbers, days) neither wraps nor shrinks."""

    heading: str
    fixed: bool = True
    right: bool = False


def say(text: str = "") -> None:
    """A line of plain text on stdout."""
    sys.stdout.write(text + "\n")


def tell(text: str) -> None:
    """A line on stderr: progress and warnings."""
    sys.stderr.write(text + "\n")


def on_terminal() -> bool:
    """Whether people look at it: a terminal, and no wish for plain text."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def console() -> Console:
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False)


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    title: str = "",
    styles: Sequence[str] | None = None,
    rules_after: frozenset[int] = frozenset(),
) -> None:
    """A table: Rich on a terminal (days and numbers never cut), aligned text elsewhere (nothing cut at all)."""
    listed = [[_text(value) for value in row] for row in rows]
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        _plain_table(columns, listed, title)
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(
        title=Text(title) if title else None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for column in columns:
        drawn.add_column(
            Text(column.heading),
            no_wrap=column.fixed,
            overflow="fold",
            justify="right" if column.right else "left",
            min_width=_least(column, listed, columns.index(column)),
        )
    for number, row in enumerate(listed):
        style = styles[number] if styles else ""
        drawn.add_row(*(Text(value) for value in row), style=style, end_section=number in rules_after)
    console().print(drawn)


def _least(column: Column, rows: list[list[str]], place: int) -> int | None:
    """A fixed column is never narrower than its widest value."""
    if not column.fixed:
        return 8
    return max([cells(column.heading), *(cells(row[place]) for row in rows)])


def _plain_table(columns: Sequence[Column], rows: list[list[str]], title: str) -> None:
    if title:
        say(title)
    widths = [
        max([cells(column.heading), *(cells(row[place].replace("\n", " ")) for row in rows)])
        for place, column in enumerate(columns)
    ]

    def line(values: Sequence[str]) -> str:
        parts = []
        for value, column, width in zip(values, columns, widths, strict=True):
            value = value.replace("\n", " ")
            gap = " " * (width - cells(value))
            parts.append(gap + value if column.right else value + gap)
        return "  ".join(parts).rstrip()

    say(line([column.heading for column in columns]))
    for row in rows:
        say(line(row))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else ""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in str(value))


def percent(value: float | None) -> str:
    """Two decimals, or — for a zero denominator."""
    return "—" if value is None else f"{value:.2f}%"


def days_left(left: int) -> str:
    """还有 3 天, 今天到期, 超 2 天."""
    if left < 0:
        return f"超 {-left} 天"
    return "今天到期" if left == 0 else f"还有 {left} 天"
