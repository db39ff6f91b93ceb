"""Text tables: comma, semicolon, tab or bar between the cells; UTF-8, GB18030 or UTF-16. Read strictly.

A quote that nothing closes makes a loose reader put the following people's cases into one cell: the line it stands in is
turned back and the next one read anew.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from xinfang_cli.errors import Unusable
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.sheet import MarkedRow, Reading, Row, Sheet, SheetFile

DELIMITERS = ",;\t|"
_OTHER_KINDS = (
    (b"%PDF", "，是 PDF"),
    (b"{\\rtf", "，是 RTF 文档"),
    (b"\x89PNG", "，是图片"),
    (b"\xff\xd8\xff", "，是图片"),
    (b"GIF8", "，是图片"),
    (b"Rar!", "，是压缩包"),
    (b"7z\xbc\xaf", "，是压缩包"),
    (b"\x1f\x8b", "，是压缩包"),
    (b"SQLite format 3", "，是数据库"),
    (b"\0\1\0\0Standard ", "，是 Access 数据库"),
    (b"Return-Path:", "，是邮件"),
    (b"Received:", "，是邮件"),
    (b"Delivered-To:", "，是邮件"),
    (b"[{", "，是 JSON 数据"),
    (b'{"', "，是 JSON 数据"),
)


def recognises(path: Path, head: bytes) -> bool:
    """Whatever no other reader takes; Unusable for kinds of files that hold no text table."""
    for magic, what in _OTHER_KINDS:
        if head.startswith(magic):
            raise guard.not_a_sheet(path, what)
    if head[:1] in _DBF and len(head) > _DBF_HEAD and 0 < head[2] <= 12 and 0 < head[3] <= 31 and b"\0" in head[:32]:
        raise Unusable(f"文件 {path.name} 是 dBase、FoxPro 的数据表（dbf），不是电子表格", guard.SAVE_AS)
    return True


_DBF = tuple(bytes([kind]) for kind in (0x02, 0x03, 0x30, 0x31, 0x32, 0x83, 0x8B, 0xF5))
"""How data tables of dBase and FoxPro begin; month and day of their last change follow."""
_DBF_HEAD = 32


def read(path: Path, head: bytes) -> SheetFile:
    """One sheet, to be read with each delimiter. Unusable for what is no text."""
    text = _text_of(path, head)

    def readings() -> Iterator[Reading]:
        for delimiter in DELIMITERS:
            yield Reading(partial(_rows, path, text, delimiter), text.lines)

    return SheetFile([Sheet(path.stem, readings)], is_text=True)


# --- rows --------------------------------------------------------------------------------------------------------------


def _rows(path: Path, text: _Text, delimiter: str, header_row: int = 0, width: int = 0) -> Iterator[tuple[int, Row]]:
    """The rows; below a header row of so many headings those that are not as wide are looked at too."""
    records = _Records(delimiter, header_row, width, may_be_odd=text.errors != "strict")
    size = _FIRST_BLOCK
    try:
        with path.open(encoding=text.encoding, errors=text.errors, newline="") as file:
            while block := file.readlines(size):
                if plain := records.plain(block):
                    yield from enumerate(plain, records.number - len(plain) + 1)
                else:
                    yield from map(_told, records.of(block))
                size = _BLOCK
            yield from map(_told, records.of(None))
    except UnicodeDecodeError:
        raise Unusable(f"文件 {path.name} 在读的时候变了", "请关掉正在写它的程序，再导入") from None


def _told(record: _Record) -> tuple[int, Row]:
    number, line, cells, fault = record
    if not fault:
        return number, cells
    where = "" if line == number else f"（用记事本打开是第 {line} 行）"
    return number, MarkedRow(cells, fault=f"这一行{where}{fault}")


_FIRST_BLOCK, _BLOCK = 1 << 13, 1 << 15
_ODD = "[\udc80-\udcff]"
"""What bytes that cannot be read are decoded to."""
_LOST = "\ufffd"
"""Stands for such a byte in what is shown and written."""
_UNREADABLE = "有认不出的字节，文字不全。请在原系统里核对这一行，改好再导入"
_UNPAIRED = '的引号没有配对，分不清哪里是一格的头尾。请把这一行的半角引号 " 去掉或配对，再导入'
_AFTER_UNPAIRED = "在没有配对的引号之后，格数与表头不符，多半是上面哪一格里的文字。请改好上面的引号，再导入"
_SHIFTED = "的内容比表头多出格来，多半是某格里有没加引号的分隔符，后面的都错了位。请给那一格加上引号，再导入"
_BROKEN_LINE = "在格子中间断了行。请把断开的几行接上，或给那一格加上引号，再导入"
_DAY_LIKE = r"[0-9]{4}(?:[-/.年][0-9]|[01][0-9][0-3][0-9]$)"
_WIDTH_SAYS_MUCH = 4
"""A line of free text hardly has as many cells as a header of this width."""


class _Record(NamedTuple):
    """One record: number, first line, cells, fault."""

    number: int
    line: int
    cells: list[str]
    fault: str = ""


class _Records:
    """The records of a text in blocks; where strict reading fails, the line at fault."""

    def __init__(self, delimiter: str, header_row: int, width: int, *, may_be_odd: bool) -> None:
        self.delimiter = delimiter
        self.header_row = header_row
        self.width = width
        self.may_be_odd = may_be_odd
        self.number = 0
        self.line = 0
        """Of the lines that went before those at hand."""
        self.left: list[str] = []
        """Lines of a record that goes on in the next block."""
        self.doubtful_to = 0
        """Lines to here were once taken for one record: what is not as wide as the header may be a piece of a cell."""
        self.pieces: list[_Record] = []
        """Short records, of which the next may be the rest."""
        self.leaves_out = not width
        """The file leaves out empty cells at the end of its lines: short records are nothing to wonder at."""

    def plain(self, block: list[str]) -> list[list[str]]:
        """The records of a block of which there is nothing to tell, each a line as wide as the header; or nothing."""
        if self.left or self.pieces or self.line < self.doubtful_to or not self.header_row <= self.number:
            return []
        text = "".join(block)
        if '="' in text or self._is_odd(text):
            return []
        try:
            rows = list(csv.reader(block, delimiter=self.delimiter, strict=True))
        except csv.Error:
            return []
        if len(rows) != len(block) or set(map(len, rows)) != {self.width}:
            return []
        self.number += len(rows)
        self.line += len(rows)
        return rows

    def of(self, block: list[str] | None) -> Iterator[_Record]:
        """The records of a block; None: of what is left at the end."""
        lines, self.left = [*self.left, *(block or ())], []
        for record in self._read(lines, last=block is None):
            if self.leaves_out or record.number <= self.header_row:
                yield record
            else:
                yield from self._joined_up(record)
        if block is None:
            yield from self.pieces

    def _read(self, lines: list[str], *, last: bool) -> Iterator[_Record]:
        begins = 0
        while begins < len(lines):
            start = begins
            reader = csv.reader(islice(lines, start, None), delimiter=self.delimiter, strict=True)
            try:
                for cells in reader:
                    ends = start + reader.line_num
                    if ends - begins > 1 and self._swallowed(lines[begins:ends]):
                        break
                    yield self._record(cells, lines[begins:ends], self.line + begins + 1)
                    begins = ends
            except csv.Error as error:
                ends = start + reader.line_num
                if ends == len(lines) and not last and str(error).startswith("unexpected end"):
                    break
            if begins < len(lines):
                self.doubtful_to = max(self.doubtful_to, self.line + ends)
                yield self._broken(lines[begins], self.line + begins + 1)
                begins += 1
        self.line += begins
        self.left = lines[begins:]

    def _record(self, cells: list[str], lines: list[str], line: int) -> _Record:
        self.number += 1
        if '="' in lines[0]:
            cells = [_without_armour(cell) for cell in cells]
        if "'" in lines[0] and _all_with_apostrophes(cells):
            cells = [cell[1:] for cell in cells]
        fault = self._fault(cells, lines, line)
        if fault is _UNREADABLE:
            cells = [re.sub(_ODD, _LOST, cell) for cell in cells]
        return _Record(self.number, line, cells, fault)

    def _fault(self, cells: list[str], lines: list[str], line: int) -> str:
        if any(map(self._is_odd, lines)):
            return _UNREADABLE
        if self.number <= self.header_row or not self.width or len(cells) == self.width:
            return ""
        if any(cell.strip() for cell in cells[self.width :]):
            return _SHIFTED
        if cells and len(cells) < self.width and line <= self.doubtful_to:
            quoted = any('"' in text for text in lines)
            return _AFTER_UNPAIRED if quoted or len(cells) * 2 <= self.width else ""
        return ""

    def _is_odd(self, text: str) -> bool:
        return self.may_be_odd and not text.isascii() and re.search(_ODD, text) is not None

    def _broken(self, text: str, line: int) -> _Record:
        self.number += 1
        plain = re.sub(_ODD, _LOST, text.strip("\0\r\n"))
        return _Record(self.number, line, plain.split(self.delimiter), _UNPAIRED if plain else "")

    def _joined_up(self, record: _Record) -> Iterator[_Record]:
        """Mark consecutive short records that together have the width of the header: one record cut by line breaks."""
        filled = any(map(str.strip, record.cells))
        if record.fault or len(record.cells) >= self.width or not (filled or self.pieces):
            self.leaves_out = bool(self.pieces)
            yield from self.pieces
            yield record
            self.pieces = []
            return
        self.pieces.append(record)
        wide = sum(max(len(piece.cells), 1) for piece in self.pieces) - len(self.pieces) + 1
        if wide < self.width:
            return
        fault = _BROKEN_LINE if wide == self.width else ""
        self.leaves_out = not fault
        yield from (piece._replace(fault=fault) for piece in self.pieces)
        self.pieces = []

    def _swallowed(self, lines: list[str]) -> bool:
        """Whether a record of several lines is rather several records, the first with a quote that nothing closes: a
        later line alone has as many cells as the header, and days where the first has them."""
        if self.number < self.header_row or self.width < _WIDTH_SAYS_MUCH:
            return False
        first, *others = lines
        before = next(csv.reader([first], delimiter=self.delimiter), [])[:-1]
        days = [column for column, cell in enumerate(before) if re.match(_DAY_LIKE, cell.strip())]
        if not before:  # the last line of a cell that comes first is as wide as the header anyway
            others.pop()
        alone = [next(csv.reader([line], delimiter=self.delimiter), []) for line in others]
        if days:
            alone += [line.split(self.delimiter) for line in others]
        return any(
            len(cells) == self.width and all(re.match(_DAY_LIKE, cells[column].strip()) for column in days)
            for cells in alone
        )


def _all_with_apostrophes(cells: list[str]) -> bool:
    """Whether each filled cell begins with the sign by which a spreadsheet keeps a text; alone it may belong to one."""
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and all(cell[0] == "'" and cell.count("'") == 1 for cell in filled)


def _without_armour(cell: str) -> str:
    """`="00123"`, by which systems keep a spreadsheet from making a number of a text."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 else cell


# --- text --------------------------------------------------------------------------------------------------------------


class _Text(NamedTuple):
    """The decoding of a file."""

    encoding: str
    errors: str
    lines: int


def _text_of(path: Path, head: bytes) -> _Text:
    """The encoding that the whole file obeys, or all but a few bytes of it."""
    if wide := _utf16(head):
        tried = [(wide, "strict")]
    elif b"\0" in head and head.rstrip(b"\0").count(b"\0") * 50 > len(head):
        raise guard.not_a_sheet(path)
    else:
        tried = [("utf-8-sig", "strict"), ("utf-8-sig", "surrogateescape")]
        tried += [("gb18030", "strict"), ("gb18030", "surrogateescape")]
    for encoding, errors in tried:
        if (encoding, errors) == ("gb18030", "strict"):
            _check_one_encoding(path, head)
        lines = _lines_of(path, encoding, errors)
        if lines is not None:
            return _Text(encoding, errors, lines)
    raise Unusable(f"文件 {path.name} 不是工作簿，也不是 UTF-8 或 GB18030 编码的文本", guard.SAVE_AS)


def _check_one_encoding(path: Path, head: bytes) -> None:
    """Unusable for a text of which some lines are UTF-8 and others GB18030, as two files put together are: read as one
    of both, the others would be taken for other characters."""
    wide = first = 0
    lines = head.splitlines()
    for number, line in enumerate(lines[:-1] if len(head) == guard.CHUNK else lines, 1):
        if line.isascii():
            continue
        text = _decoded(line, "utf-8")
        if text is None:
            first = first or number
        elif len(re.findall(_HANZI, text)) >= _TELLS_UTF8:
            wide = wide or number
        if wide and first and _decoded(lines[first - 1], "gb18030") is not None:
            raise Unusable(
                f"文件 {path.name} 有两种编码：第 {wide} 行是 UTF-8，第 {first} 行是 GB18030（多半是两份文件拼成的）",
                "请把两份分开导入，或在原系统里重新导出",
            )


_HANZI = "[\u4e00-\u9fff]"
_TELLS_UTF8 = 3
"""So many characters of three bytes each are no accident in a line of GB18030."""


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def misread(path: Path, known: Callable[[str], bool]) -> Unusable | None:
    """Why no line of a text is a header, where its characters are to blame: in another encoding, or spoilt when it was
    saved. `known`: whether a word is a heading that we know."""
    head = guard.beginning(path)
    lines = re.split(rb"\r\n|\r|\n", head)[:_LOOKED_AT]
    for line in lines:
        text = _decoded(line.removeprefix(codecs.BOM_UTF8), "utf-8") or _decoded(line, "gb18030") or ""
        for parted, what in _OTHER_SEPARATORS:
            cells = [cell.strip(_QUOTES) for cell in re.split(parted, text) if parted != _OURS or not known(cell)]
            if sum(map(known, cells)) >= _TELLS_HEADER:
                return Unusable(f"文件 {path.name} {what}", guard.SAVE_AS)
    for encoding, how, remedy in _SPOILT:
        for line in lines:
            if len([cell for cell in re.split("[,;\t|]", _respelt(line, encoding)) if known(cell)]) >= _TELLS_HEADER:
                return Unusable(f"文件 {path.name} {how}", remedy)
    return None


def _respelt(line: bytes, encoding: tuple[str, ...]) -> str:
    """A line decoded, re-encoding its damaged parts; empty if impossible."""
    try:
        text = line.removeprefix(codecs.BOM_UTF8).decode(encoding[0])
        for back, again in zip(encoding[1::2], encoding[2::2], strict=True):
            text = text.encode(back, "replace").decode(again, "replace")
    except (UnicodeDecodeError, UnicodeEncodeError, LookupError):
        return ""
    return text


_LOOKED_AT, _TELLS_HEADER = 10, 2
_OURS = r"[,;\t|]"
_QUOTES = " \t\"'“”‘’[]{}:"
_OTHER_SEPARATORS = (
    (_OURS, "的引号不是成对围住每一格的（每行一整对、单引号、中文引号，或逗号后面有空格），分不开格子"),
    ("[，；、]", "的格子之间是全角的标点，分不开格子和句子"),
    (r"[\^~\x01-\x08\x1c-\x1f]|\s+", "的格子之间不是逗号、分号、制表符、竖线（如空格、^、~），分不开格子"),
)
"""What else parts the cells of a header; what is said."""
_SAVE_ANEW = "请用 Excel 或 WPS 打开，看字都对了，把来信、单位等词改成简体的，另存为 .xlsx 再导入"
_AGAIN = "请在原系统里重新导出（选 Excel，或 UTF-8、GBK 的 CSV），不要用已经转存过的"
_SPOILT = (
    (("big5hkscs",), "是繁体中文的 Big5 编码", _SAVE_ANEW),
    (("utf-8", "gb18030", "utf-8"), "的字在存的时候已经坏了（UTF-8 的当作 GBK 存过）", _AGAIN),
    (("utf-8", "latin-1", "gb18030"), "的字在存的时候已经坏了（GBK 的当作西文存过）", _AGAIN),
    (("utf-8", "cp1252", "gb18030"), "的字在存的时候已经坏了（GBK 的当作西文存过）", _AGAIN),
    (("utf-8", "cp1252", "utf-8"), "的字在存的时候已经坏了（UTF-8 的当作西文存过）", _AGAIN),
    (("utf-8", "latin-1", "utf-8"), "的字在存的时候已经坏了（UTF-8 的当作西文存过）", _AGAIN),
    (("utf-7",), "是 UTF-7 编码", guard.SAVE_AS),
)
"""How each came about: encoding, then pairs of how it was encoded again by mistake; what is said; the way out."""


def _utf16(head: bytes) -> str:
    """UTF-16 or 32 by its mark, or UTF-16 by the zeros in one half of its bytes."""
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    plain = head[: len(head) // 2 * 2]
    zeros = {"utf-16-be": plain[::2].count(0), "utf-16-le": plain[1::2].count(0)}
    some, other = sorted(zeros, key=lambda name: -zeros[name])
    if zeros[other] or zeros[some] * 40 < len(plain):
        return ""
    decoded = plain.decode(some, "replace")
    return some if re.search("[\r\n]", decoded) and any(mark in decoded for mark in DELIMITERS) else ""


def _lines_of(path: Path, encoding: str, errors: str) -> int | None:
    """The number of lines; None for another encoding, or too many odd characters."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    lines = odd = beyond_ascii = 0
    ended = True
    try:
        with path.open("rb") as file:
            while chunk := file.read(guard.CHUNK):
                text = decoder.decode(chunk)
                lines += chunk.count(b"\n")
                ended = chunk.rstrip(b"\0").endswith(b"\n")
                if errors != "strict":
                    odd += len(re.findall(_ODD, text))
                    beyond_ascii += len(chunk.translate(None, _ASCII))
            decoder.decode(b"", True)
    except UnicodeDecodeError:
        return None
    few = odd * 100 <= beyond_ascii or (odd <= _MOST_ODD and odd * 10 <= beyond_ascii)
    return lines + (not ended) if few else None


_ASCII = bytes(range(128))
_MOST_ODD = 6
