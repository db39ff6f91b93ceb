"""Tables on a terminal with Rich, plain text in a pipe; what people wrote is never read as markup."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.present.steps import worded
from xinfang_cli.present.width import cells, fold, window

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

GAP = 2
ALIGNED = 60  # in plain text a longer value of a column that is not fixed pushes its own row only

# Control characters, marks that turn the writing direction and lone surrogates: never sent to a terminal.
_UNSEEN = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)], " "
) | {0x0A: "\n"}


class Column(NamedTuple):
    """One column of a table. A `fixed` one (numbers, days) neither wraps nor shrinks, and is never cut."""

    heading: str
    fixed: bool = True
    right: bool = False
    least: int = 12  # cells that one that is not fixed keeps
    drop: int = 0  # left out of a narrow window, the highest first; 0 stays
    joined: bool = False  # stays beside the column before it when the table is split
    lines: int = 0  # most lines of a value on a terminal; 0 for all


def numbers(*headings: str) -> list[Column]:
    """Columns of numbers."""
    return [Column(heading, right=True) for heading in headings]


def sanitised(text: str) -> str:
    """Text that cannot play tricks on a terminal, its next steps in words."""
    return text if text.isprintable() else worded(text).translate(_UNSEEN).encode("utf-8", "replace").decode()


def print_line(text: str = "") -> None:
    """A line of plain text on stdout."""
    sys.stdout.write(sanitised(text) + "\n")


def print_notice(text: str) -> None:
    """A line on stderr: progress and warnings; folded on a terminal, days, numbers and words kept whole."""
    line = sanitised(text)
    if sys.stderr.isatty():
        line = "\n".join(fold(line, window(80).columns))
    sys.stderr.write(line + "\n")


def print_wrapped(text: str) -> None:
    """A sentence on stdout: folded on a terminal, days and words kept whole, further lines as far in as the first."""
    if not sys.stdout.isatty():
        print_line(text)
        return
    for line in text.split("\n"):
        for part in fold(sanitised(line), window(80).columns) or [""]:
            print_line(part)


def folded_question(text: str) -> tuple[str, str]:
    """A question laid out for a terminal: the lines above, and the last line with the cursor."""
    line = sanitised(text)
    if not (sys.stdout.isatty() or sys.stderr.isatty()):
        return "", line
    *above, last = fold(line, max(window(80).columns - _ROOM_TO_TYPE, _ROOM_TO_TYPE)) or [""]
    return "".join(f"{part}\n" for part in above), last


_ROOM_TO_TYPE = 16


class _Page(io.StringIO):
    """Captured terminal output, to measure its length."""

    def isatty(self) -> bool:
        return True


def _a_real_terminal() -> bool:
    try:
        return os.isatty(sys.stdout.fileno())
    except OSError:  # somebody else's stand-in for one
        return False


@contextmanager
def paged(wanted: bool = True) -> Iterator[None]:
    """Send stdout through the user's pager ($PAGER, else less) if it exceeds the terminal; elsewhere directly."""
    if not (wanted and _a_real_terminal()):
        yield
        return
    import shlex
    from shutil import which

    terminal, page = sys.stdout, _Page()
    sys.stdout = page
    try:
        yield
    finally:
        sys.stdout = terminal
    text = page.getvalue()
    pager = shlex.split(os.environ.get("PAGER") or "") or (["less"] if which("less") else ["more"])
    if text.count("\n") < window(80).lines or not which(pager[0]):
        sys.stdout.write(text)
        return
    import subprocess

    sys.stdout.flush()
    # Colours as they are, nothing kept on the screen that was there, Chinese in whatever locale.
    settings = {"LESS": "-RX", "LESSCHARSET": "utf-8"} | os.environ
    # From the pager no file is written and no program started, and nothing that was looked for is kept.
    settings |= {"LESSSECURE": "1", "LESSHISTFILE": "-"}
    running = subprocess.Popen(pager, stdin=subprocess.PIPE, env=settings)
    with suppress(BrokenPipeError):  # left before the end
        running.communicate(text.encode(sys.stdout.encoding or "utf-8", "replace"))
    running.wait()


def console() -> Console:
    from rich.console import Console

    plain = bool(os.environ.get("NO_COLOR"))
    return Console(markup=False, highlight=False, emoji=False, color_system=None if plain else "auto")


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    title: str = "",
    styles: Sequence[str] | None = None,
    rules_after: frozenset[int] = frozenset(),
) -> None:
    """A table: fitted to a terminal (days and numbers never cut), aligned text elsewhere (nothing cut at all)."""
    listed = [[_text(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        _plain_table(columns, listed, title)
        return
    width = _plain_width() if plain_letters([title, *(column.heading for column in columns)], *listed) else None
    page = console() if width is None else None
    blocks, left_out = fit(columns, _natural(columns, listed), page.width if page else width or 0)
    for number, block in enumerate(blocks):
        heading = title if not number else "（续）"
        if page is None and block and sum(block.values()) + GAP * (len(block) - 1) <= (width or 0) >= cells(heading):
            sys.stdout.write(_lined(columns, listed, block, styles, rules_after, heading))
            continue
        from rich.text import Text

        page = page or console()
        if heading:
            page.print(Text(heading, style="bold"))
        page.print(_drawn(columns, listed, block, styles, rules_after))
        print_line()
    if left_out:
        print_line(f"（窗口较窄，没有显示：{'、'.join(columns[place].heading for place in left_out)}）")


_CODES = {"": "", "bold": "1", "red": "31", "yellow": "33"}
_LETTERS = [" \u02ff", "\u2010\u2027", "\u2030\u205e", "\u20a0\u20cf", "\u2100\u25ff", "\u2e80\u3029", "\u3030\u3098"]
_LETTERS += ["\u309b\u3163", "\u3165\u4dbf", "\u4e00\ua4cf", "\uf900\ufaff", "\uff00\uff9f", "\U00020000\U0003ffff"]


def plain_letters(*rows: Sequence[str]) -> bool:
    """Whether each character is one of those whose width nobody disputes: no marks upon letters, no joined emoji."""
    used = {char for row in rows for value in row for char in value} - {"\n"}
    return all(any(pair[0] <= char <= pair[1] for pair in _LETTERS) for char in used)


def _plain_width() -> int | None:
    """The width of a terminal known to support the common codes; None: let Rich detect it."""
    asked = {"TTY_COMPATIBLE", "FORCE_COLOR", "JUPYTER_COLUMNS", "JUPYTER_LINES"} & os.environ.keys()
    odd = asked or os.environ.get("TERM", "").lower() in ("dumb", "unknown") or sys.platform == "win32"
    return None if odd or not (sys.stdout.encoding or "utf-8").lower().startswith("utf") else window(80).columns


def _lined(
    columns: Sequence[Column],
    rows: list[list[str]],
    block: dict[int, int],
    styles: Sequence[str] | None,
    rules_after: frozenset[int],
    title: str,
) -> str:
    """The same bytes as Rich's output of `_drawn` if everything fits, in a tenth of the time."""
    colours, last = not os.environ.get("NO_COLOR"), list(block)[-1]

    def dressed(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if code else text

    def row(values: Sequence[str], style: str) -> Iterator[str]:
        code = _CODES[style] if colours else ""
        folded = {place: _folded(values[place], size, columns[place]).split("\n") for place, size in block.items()}
        for line in range(max(map(len, folded.values()))):
            parts = []
            for place, size in block.items():
                margin = "" if place == last else " "
                if line < len(folded[place]):
                    text = folded[place][line]
                    text = text.rstrip() if columns[place].right else text
                    gap = " " * (size - cells(text))
                    parts.append(dressed(gap + text if columns[place].right else text + gap, code))
                    parts[-1] += dressed(margin, code) if margin else ""
                else:
                    parts.append(dressed(" " * size + margin, code))
            yield " ".join(parts) + "\n"

    whole = sum(block.values()) + GAP * (len(block) - 1)
    drawn = [dressed(title, "1" if colours else "") + "\n"] if title else []
    drawn += [*row([column.heading for column in columns], "bold"), "─" * whole + "\n"]
    for number, values in enumerate(rows):
        drawn += row(values, styles[number] if styles else "")
        if number in rules_after and number + 1 < len(rows):
            drawn.append(" " * whole + "\n")
    return "".join(drawn) + "\n"


def _drawn(
    columns: Sequence[Column],
    rows: list[list[str]],
    block: dict[int, int],
    styles: Sequence[str] | None,
    rules_after: frozenset[int],
) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for place, width in block.items():
        column = columns[place]
        drawn.add_column(
            Text(column.heading),
            no_wrap=True,
            overflow="fold",
            justify="right" if column.right else "left",
            min_width=width,
            max_width=width,
        )
    for number, row in enumerate(rows):
        drawn.add_row(
            *(Text(_folded(row[place], width, columns[place])) for place, width in block.items()),
            style=styles[number] if styles else "",
            end_section=number in rules_after,
        )
    return drawn


def _folded(value: str, width: int, column: Column) -> str:
    lines = [part for line in value.split("\n") for part in fold(line, width) or [""]]
    if column.lines and len(lines) > column.lines:
        last = lines[column.lines - 1]
        while cells(last) + 2 > width:
            last = last[:-1]
        lines = [*lines[: column.lines - 1], last + "…"]
    return "\n".join(lines)


def _natural(columns: Sequence[Column], rows: list[list[str]]) -> list[int]:
    """The width of each column if there were room."""

    def widest(value: str) -> int:
        return max(map(cells, value.split("\n"))) if "\n" in value else cells(value)

    return [max([cells(column.heading), *(widest(row[place]) for row in rows)]) for place, column in enumerate(columns)]


def fit(columns: Sequence[Column], natural: Sequence[int], width: int) -> tuple[list[dict[int, int]], list[int]]:
    """The layout of a table in a window: blocks of {column: width}, one below the other, and the columns left out.

    First flexible columns shrink to their `least`, then those with a `drop` go, then the table is split into blocks,
    each starting with the first column.
    """
    least = [
        size if column.fixed else min(size, max(column.least, cells(column.heading)))
        for column, size in zip(columns, natural, strict=True)
    ]

    def needed(places: Sequence[int]) -> int:
        return sum(least[place] for place in places) + GAP * (len(places) - 1)

    shown = list(range(len(columns)))
    left_out: list[int] = []
    for place in sorted((p for p in shown if columns[p].drop), key=lambda p: -columns[p].drop):
        if needed(shown) <= width:
            break
        shown.remove(place)
        left_out.append(place)
    blocks: list[list[int]] = [shown[:1]]
    for place in shown[1:]:
        if columns[place].joined and len(blocks[-1]) > 1:
            blocks[-1].append(place)
            continue
        company = [place]
        while company[-1] + 1 in shown and columns[company[-1] + 1].joined:
            company.append(company[-1] + 1)
        if len(blocks[-1]) > 1 and needed([*blocks[-1], *company]) > width:
            blocks.append(shown[:1])
        blocks[-1].append(place)
    fitted = []
    for block in blocks:
        sizes = {place: least[place] for place in block}
        spare = width - needed(block)
        while spare > 0 and (hungry := [place for place in block if sizes[place] < natural[place]]):
            share = max(spare // len(hungry), 1)
            for place in hungry:
                more = min(share, natural[place] - sizes[place], spare)
                sizes[place] += more
                spare -= more
        fitted.append(sizes)
    return fitted, sorted(left_out)


def _plain_table(columns: Sequence[Column], rows: list[list[str]], title: str) -> None:
    if title:
        print_line(title)
    rows = [[value.replace("\n", " ") for value in row] for row in rows]
    widths = [
        size if column.fixed else min(size, max(ALIGNED, cells(column.heading)))
        for column, size in zip(columns, _natural(columns, rows), strict=True)
    ]

    def line(values: Sequence[str]) -> str:
        parts = []
        for value, column, width in zip(values, columns, widths, strict=True):
            gap = " " * (width - cells(value))
            parts.append(gap + value if column.right else value + gap)
        return "  ".join(parts).rstrip()

    print_line(line([column.heading for column in columns]))
    for row in rows:
        print_line(line(row))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else ""
    return sanitised(str(value))
