"""What `search` found: each case with the places where the words stand."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any

from xinfang_cli.law import redaction, terms
from xinfang_cli.law.texts import places
from xinfang_cli.present import machine
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.cases import LIST_COLUMNS, foot, in_words

FIELDS = {"title": "概况", "content": "内容", "note": "记录", "name": "信访人", "phone": "电话"}


def masked(row: dict[str, Any]) -> dict[str, Any]:
    """A found case, names and phones among its hits masked."""
    hide = {"name": redaction.name, "phone": redaction.phone}
    hits = [{**hit, "text": hide[hit["field"]](hit["text"])} if hit["field"] in hide else hit for hit in row["hits"]]
    return {**row, "hits": hits}


def show(rows: Sequence[dict[str, Any]], words: Sequence[str], as_json: bool, as_csv: bool, limit: int) -> None:
    """Found cases as blocks of lines, JSON or CSV; the words stand out on a terminal."""
    hidden = [masked(row) for row in rows]
    if as_json:
        machine.print_json(hidden)
        return
    if as_csv:
        said = [{**in_words(row), "hits": "；".join(map(_said, row["hits"]))} for row in hidden]
        machine.print_csv(said, LIST_COLUMNS | {"hits": "命中"})
        return
    if not rows:
        screen.say(f"没有找到；{_instead(words)}")
        return
    for row in hidden:
        _block(row, words)
    foot(len(rows), limit, "件")


def _instead(words: Sequence[str]) -> str:
    """What else to try where nothing was found."""
    for word in words:
        if re.fullmatch("[0-9]{17}[0-9x]", word):
            return "证件号码用 xinfang person 找"
        if re.fullmatch("(?:[a-z]*[0-9]{2,4}－)?[0-9]{1,6}", word):
            return "按编号看用 xinfang show"
        if re.search("[、，；／|｜]", word):
            return "几个词之间用空格隔开"
    return "几个词要都有才算，可以少写一个" if len(words) > 1 else "可以换个说法，或只写其中一两个字"


def _said(hit: dict[str, str]) -> str:
    return f"{FIELDS[hit['field']]}：{hit['text']}"


def _block(row: dict[str, Any], words: Sequence[str]) -> None:
    parts = [row["case_no"], row["received_on"], terms.STAGE.label(row["stage"]), row["unit"] or terms.NO_UNIT]
    if row["due_on"]:
        parts.append(f"{row['due_on']} 到期")
    lines = [(row["title"], True)]
    lines += [(_said(hit), hit["field"] not in ("name", "phone")) for hit in row["hits"] if hit["field"] != "title"]
    if not sys.stdout.isatty():
        screen.say("  ".join(parts))
        for text, _ in lines:
            screen.say("    " + " ".join(text.split()))
        return
    from rich.padding import Padding
    from rich.text import Text

    page = screen.console()
    page.print(Text("  ".join(map(screen.seen, parts)), style="cyan"))
    for text, marked in lines:
        drawn = Text(screen.seen(" ".join(text.split())))
        for first, last in places(drawn.plain, words) if marked else ():
            drawn.stylize("bold red", first, last)
        page.print(Padding(drawn, (0, 0, 0, 4)))
