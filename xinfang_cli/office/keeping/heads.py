"""The chain's head kept outside the book, a line a day: a cut tail, a lost log and a rewritten chain show against it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, Unusable, system_says
from xinfang_cli.files import placed, read_text
from xinfang_cli.frozen import NamedTuple

LEAST = 16
"""So many hexadecimal digits of a head at least name it."""


class Head(NamedTuple):
    """The chain as it was at the end of a day: how many events, the hash of the last."""

    day: date
    events: int
    head: str


def read(path: Path) -> list[Head]:
    """The heads of a file: day, events, head; Unusable for one that cannot be read, BadValue for another line."""
    try:
        lines = read_text(path).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(
            f"链头文件 {path} 读不了（{system_says(error)}）", "请看它所在的磁盘是否连着，文件是否还在", code="no_file"
        ) from error
    return [_line(text, number, path) for number, text in enumerate(lines, 1) if text.strip()]


def _line(text: str, number: int, path: Path) -> Head:
    parts = text.strip().split(",")
    try:
        day, events, head = parts
        found = Head(date.fromisoformat(day), int(events), whole_head(head))
        if found.events >= 0 and len(found.head) == 64:
            return found
    except (ValueError, BadValue):
        pass
    raise BadValue(
        f"链头文件 {path.name} 第 {number} 行", text, "不是链头", "每行是 日期,事件数,链头，如 2023-07-17,63,c969…"
    )


def whole_head(word: str) -> str:
    """A head as somebody noted it down: 64 hexadecimal digits, or the first of them."""
    plain = word.strip().lower()
    if not LEAST <= len(plain) <= 64 or set(plain) - set("0123456789abcdef"):
        raise BadValue("链头", word, "不是链头", f"请抄 ⟦~backup⟧ 或 ⟦~doctor⟧ 给出的 64 位，至少写前 {LEAST} 位")
    return plain


def against(book: Book, heads: Sequence[Head]) -> list[str]:
    """Contradictions between the chain and heads noted outside, in words."""
    found = []
    count = book.events.head()[0]
    for kept in heads:
        there = book.events.head_at(kept.events)
        if there is None:
            found.append(f"{kept.day} 记下 {kept.events} 个事件，簿里只有 {count} 个：末尾被截了，或日志文件丢了")
        elif there != kept.head:
            found.append(f"{kept.day} 记下的链头与第 {kept.events} 号事件不符：此前有事件被改写，或是另一本案件簿")
    return found


def keep(book: Book, path: Path, day: date) -> list[str]:
    """Write today's head into the file, replacing an earlier one of today; nothing for a damaged book."""
    heads = read(path) if path.exists() else []
    if problems := against(book, heads):
        return problems
    events, head = book.events.head()
    now = Head(day, events, head)
    kept = [line for line in heads if line.day != day or line.events > events]
    if now not in heads:
        text = "".join(f"{line.day},{line.events},{line.head}\n" for line in (*kept, now))
        try:
            with placed(path) as made:
                made.write_text(text, "utf-8")
        except OSError as error:
            raise Unusable(
                f"链头文件 {path} 写不下来（{system_says(error)}）", "请看它所在的磁盘是否连着、能否写入", code="output"
            ) from error
    return []
