"""The results of `search` on the screen: each case with the passages found."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from xinfang_cli.law import terms
from xinfang_cli.law.texts import places
from xinfang_cli.office.find.search import Found, SearchResult
from xinfang_cli.present.cases import about
from xinfang_cli.present.search import hit_line
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.cases import foot


def draw(view: SearchResult) -> None:
    """Found cases as blocks of lines; the words stand out on a terminal."""
    if not view.found:
        screen.print_line(f"没有找到；{_instead(view.words)}")
        return
    for found in view.found:
        _block(found, view.words)
    foot(len(view.found), view.limit, "件")


def _instead(words: Sequence[str]) -> str:
    """Suggestions after an empty result."""
    for word in words:
        if re.fullmatch("[0-9]{17}[0-9x]", word):
            return "证件号码用 xinfang person 找"
        if re.fullmatch("(?:[a-z]*[0-9]{2,4}－)?[0-9]{1,6}", word):
            return "按编号看用 xinfang show"
        if re.search("[、，；／|｜]", word):
            return "几个词之间用空格隔开"
    return "几个词要都有才算，可以少写一个" if len(words) > 1 else "可以换个说法，或只写其中一两个字"


def _block(found: Found, words: Sequence[str]) -> None:
    case = found.case
    parts = [
        case.case_no,
        case.received_on,
        terms.STAGE.label(case.stage),
        case.unit or terms.no_unit(case.stage, case.closed_on is not None),
    ]
    if case.due_on:
        parts.append(f"{about(case)} 到期")
    lines: list[tuple[str, bool]] = [(case.title, True)]
    lines += [(hit_line(hit), hit.field not in ("name", "phone")) for hit in found.hits if hit.field != "title"]
    if not sys.stdout.isatty():
        screen.print_line("  ".join(parts))
        for text, _ in lines:
            screen.print_line("    " + " ".join(text.split()))
        return
    from rich.padding import Padding
    from rich.text import Text

    page = screen.console()
    page.print(Text("  ".join(map(screen.sanitised, parts)), style="cyan"))
    for text, marked in lines:
        drawn = Text(screen.sanitised(" ".join(text.split())))
        for first, last in places(drawn.plain, words) if marked else ():
            drawn.stylize("bold red", first, last)
        page.print(Padding(drawn, (0, 0, 0, 4)))
