"""Text tables: comma, semicolon or tab between the cells; UTF-8, GB18030 or UTF-16."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from xinfang_cli.errors import Unusable
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.sheet import Reading, Row, Sheet, SheetFile

DELIMITERS = ",;\t"
_OTHER_KINDS = (
    (b"%PDF", "，是 PDF"),
    (b"{\\rtf", "，是 RTF 文档"),
    (b"\x89PNG", "，是图片"),
    (b"\xff\xd8\xff", "，是图片"),
)


def recognises(path: Path, head: bytes) -> bool:
    """Whatever no other reader takes; Unusable for kinds of files that hold no text table."""
    for magic, what in _OTHER_KINDS:
        if head.startswith(magic):
            raise guard.not_a_sheet(path, what)
    return True


def read(path: Path, head: bytes) -> SheetFile:
    """One sheet, to be read with each delimiter. Unusable for what is no text."""
    encoding, lines = _encoding(path, head)

    def readings() -> Iterator[Reading]:
        for delimiter in DELIMITERS:
            yield Reading(partial(_rows, path, encoding, delimiter), lines + 1)

    return SheetFile([Sheet(path.stem, readings)], is_text=True)


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, Row]]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        try:
            yield from enumerate(reader, 1)
        except csv.Error:
            raise Unusable(
                f"文件 {path.name} 第 {reader.line_num} 行附近读不下去：引号没有配对，或一格超过 {csv.field_size_limit()} 字",
                guard.SAVE_AS,
            ) from None
        except UnicodeDecodeError:
            raise Unusable(f"文件 {path.name} 在读的时候变了", "请关掉正在写它的程序，再导入") from None


def _encoding(path: Path, head: bytes) -> tuple[str, int]:
    """The encoding that the whole file obeys, and its number of lines."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried = ["utf-16"]
    elif b"\0" in head and head.count(b"\0") * 50 > len(head):
        raise guard.not_a_sheet(path)
    else:
        tried = ["utf-8-sig", "gb18030"]
    for encoding in tried:
        decoder = codecs.getincrementaldecoder(encoding)()
        lines = 0
        try:
            with path.open("rb") as file:
                while chunk := file.read(guard.CHUNK):
                    decoder.decode(chunk)
                    lines += chunk.count(b"\n")
                decoder.decode(b"", True)
        except UnicodeDecodeError:
            continue
        return encoding, lines
    raise Unusable(f"文件 {path.name} 不是工作簿，也不是 UTF-8 或 GB18030 编码的文本", guard.SAVE_AS)
