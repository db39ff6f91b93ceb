"""Web pages under the name of a workbook, as many systems export them: bare tables, whole pages, Excel's own, MHT."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xinfang_cli.errors import Unusable, system_says
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.sheet import MarkedRow, Reading, Row, Sheet, SheetFile, row_with

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BEGINS = re.compile(
    rb"(?:<!--.*?-->\s*|<\?xml[^>]*\?>\s*)*"
    rb"<(?:html|!doctype\s+html|table|meta|head|style|body|center|div|font|title|script|form|thead|tr|td|caption)\b",
    re.DOTALL | re.IGNORECASE,
)
_MHT = (b"mime-version:", b"from: <saved by", b"content-type: multipart/related")
LARGEST = 256 << 20
"""A page is held in memory as a tree of many times its size."""
_MOST_SPANNED = 16_384
_MARKS = (b"\xff\xfe", b"\xfe\xff")


def recognises(path: Path, head: bytes) -> bool:
    """By its first tag, or the first line of a saved page."""
    start = _plain(head[:8192]).lstrip(b"\xef\xbb\xbf \r\n\t\0")
    return _BEGINS.match(start) is not None or start.lower().startswith(_MHT)


def _plain(head: bytes) -> bytes:
    """Tags as ASCII, of UTF-16 too."""
    return head.decode("utf-16", "replace").encode("utf-8") if head.startswith(_MARKS) else head


def read(path: Path, head: bytes) -> SheetFile:
    """Each outermost table is a sheet; adjacent tables of equal width are one, since pages often put the header in its
    own table. Unusable without any.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise Unusable(f"文件 {path.name} 是网页，超过 {LARGEST >> 20} MiB，没有读取", guard.SAVE_AS)
        raw = path.read_bytes()
    except OSError as error:
        raise Unusable(f"文件 {path.name} 打不开（{system_says(error)}）", "请看它是否正被别的程序打开") from None
    is_mht = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_MHT)
    pages = _pages_of_mht(raw) if is_mht else iter([_page(_text(raw))])
    joined: list[tuple[str, _Grid]] = []
    for page in pages:
        for place, grid in enumerate(_grids(page.text, hidden=page.hidden)):
            if place and (joined[-1][1].width, joined[-1][1].hidden) == (grid.width, grid.hidden):
                joined[-1][1].add(grid)
            else:
                joined.append((page.name, grid))
    if not joined:
        raise Unusable(
            f"文件 {path.name} 其实是网页，里面没有表格（可能是登录页、错误页，或表格在另一个文件里）",
            "请在系统里重新导出；能用 Excel 或 WPS 打开的，另存为 .xlsx 再导入",
        )
    if len(joined) == 1:
        return SheetFile([Sheet(path.stem, partial(_reading, joined[0][1]), joined[0][1].hidden)])
    taken = [name for name, _ in joined]
    names = [name if name and taken.count(name) == 1 else f"表{n}" for n, name in enumerate(taken, 1)]
    return SheetFile(
        [Sheet(name, partial(_reading, grid), grid.hidden) for name, (_, grid) in zip(names, joined, strict=True)]
    )


def _reading(grid: _Grid) -> Iterator[Reading]:
    def rows(header_row: int = 0, width: int = 0) -> Iterator[tuple[int, Row]]:
        return enumerate(grid.rows, 1)

    yield Reading(rows, len(grid.rows), tuple(grid.merged), hidden_columns=grid.hidden_columns)


# --- text --------------------------------------------------------------------------------------------------------------


def _text(raw: bytes, said: str | None = None) -> str:
    """Decode by byte-order mark, by declaration, or by trial. A wrong declaration is common and is ignored."""
    if raw.startswith(_MARKS):
        return raw.decode("utf-16", "replace")
    found = re.search(rb"charset\s*=\s*[\"']?\s*([\w-]+)", raw[:4096], re.IGNORECASE)
    named = said or (found[1].decode() if found else "")
    for encoding in ("utf-8-sig", "gb18030", named):
        if encoding and (text := _decoded(raw, encoding)) is not None:
            return text
    wide = raw[1:200:2].count(0) > 50
    return raw.decode("utf-16-le" if wide else "gb18030", "replace")


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


class _Page(NamedTuple):
    """A page; its sheet's name, and whether that sheet is hidden in the workbook."""

    text: str
    hidden: bool = False
    name: str = ""


def _page(text: str) -> _Page:
    return _Page(text, len(re.findall(_LISTED, text, re.DOTALL)) < 2 and re.search(_HIDDEN, text) is not None)


def _pages_of_mht(raw: bytes) -> Iterator[_Page]:
    """The pages of a saved one that hold a table: Excel puts each sheet into a page of its own, and says in the first
    which of them are hidden, or in the page itself."""
    from email import message_from_bytes

    sheets: dict[str, tuple[bool, str]] = {}
    parts = list(message_from_bytes(raw.lstrip(b"\xef\xbb\xbf \r\n\t")).walk())
    styles = [part.get_payload(decode=True) for part in parts if part.get_content_type() == "text/css"]
    beside = "".join(f"<style>{_text(css)}</style>" for css in styles if isinstance(css, bytes))
    for part in parts:
        content = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if not isinstance(content, bytes):
            continue
        text = _text(content, part.get_content_charset())
        listed = re.findall(_LISTED, text, re.DOTALL)
        for one in listed:
            name = re.search("<x:Name>([^<]*)</x:Name>", one)
            said = re.search(_HIDDEN, one) is not None, name[1].strip() if name else ""
            sheets |= {_file_of(file): said for file in re.findall(_SOURCE, one)}
        if "<t" in text.lower():
            hidden, name_of_it = sheets.get(_file_of(str(part.get("Content-Location") or "")), (False, ""))
            page = _page(text)
            yield page._replace(text=beside + text, hidden=hidden or page.hidden, name=name_of_it)


def _file_of(address: str) -> str:
    return address.replace("\\", "/").rpartition("/")[2].lower()


_LISTED = "<x:ExcelWorksheet>(.*?)</x:ExcelWorksheet>"
_SOURCE = "HRef=3?[\"']?([^\"'/>]*(?:/[^\"'/>]+)*)"
_HIDDEN = r"<x:Visible>\s*Sheet(?:Very)?Hidden"


# --- tables ------------------------------------------------------------------------------------------------------------


class _Grid:
    """A table laid out in rows and columns."""

    def __init__(self, *, hidden: bool = False) -> None:
        self.rows: list[Row] = []
        self.merged: list[tuple[int, int, int]] = []
        self.hidden = hidden
        self.hidden_columns: set[int] = set()
        self.gone: dict[int, list[int]] = {}
        """Row → columns, both from 0, of the cells that are filled and not displayed."""

    @property
    def width(self) -> int:
        """Cells of the widest row."""
        return max(map(len, self.rows), default=0)

    def add(self, other: _Grid) -> None:
        """Put another one below."""
        above = len(self.rows)
        self.rows += other.rows
        self.merged += [(first + above, last + above, column) for first, last, column in other.merged]
        self.hidden_columns |= other.hidden_columns

    def tell_gone(self) -> None:
        """A column of which no cell is displayed is hidden; else the rows tell of theirs."""
        for column in {column for columns in self.gone.values() for column in columns}:
            filled = [number for number, cells in enumerate(self.rows) if column < len(cells) and cells[column]]
            if all(column in self.gone.get(number, ()) for number in filled):
                self.hidden_columns.add(column)
        for number, columns in self.gone.items():
            if not self.hidden_columns.issuperset(columns):
                row = self.rows[number]
                self.rows[number] = row = row if isinstance(row, MarkedRow) else MarkedRow(row)
                row.unseen = True


def _grids(page: str, *, hidden: bool = False) -> Iterator[_Grid]:
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    page = re.sub(r"^\s*<\?xml[^>]*\?>", "", page.strip("\0\ufeff \r\n\t"))
    if re.match(r"<(?:thead|tr|td)\b", page, re.IGNORECASE):
        page = f"<table>{page}</table>"
    try:
        root = html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return
    _write_out_styles(root)
    whitens = re.search(r"color\s*[:=]\s*[\"']?\s*(?:white|#fff|rgb\(255)", page, re.IGNORECASE) is not None
    for table in root.iter("table"):
        if next(table.iterancestors("table"), None) is None:
            for grid in _grid_of(table, whitens=whitens):
                grid.hidden = grid.hidden or hidden
                yield grid


def _grid_of(table: HtmlElement, *, whitens: bool) -> Iterator[_Grid]:
    """The table; of one that only lays out others, those."""
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table]
    inner = list(table.iter("table"))[1:]
    if inner and all(len(list(row.iterchildren("td", "th"))) < _COLUMNS_OF_DATA for row in rows):
        for one in inner:
            if next(one.iterancestors("table"), None) is table:
                yield from _grid_of(one, whitens=whitens)
        return
    grid = _Grid(hidden=_is_hidden(table) or any(map(_is_hidden, table.iterancestors())))
    grid.hidden_columns.update(_hidden_columns(table))
    below: dict[int, int] = {}
    """Column → rows that a cell above still reaches down."""
    on_white = whitens and not any(map(_is_filled, (table, *table.iterancestors())))
    for row in rows:
        grid.rows.append(_row_of(row, grid, below, on_white=on_white and not _is_filled(row)))
    grid.tell_gone()
    if grid.rows:
        yield grid


_COLUMNS_OF_DATA = 3


def _write_out_styles(root: HtmlElement) -> None:
    """Put what the classes of the page hide, strike out or colour into the elements themselves."""
    found: dict[str, str] = {}
    for sheet in root.iter("style"):
        for selectors, said in re.findall(r"([^{}]*)\{([^{}]*)\}", sheet.text or ""):
            if re.search("display|visibility|line-through|color|background", said, re.IGNORECASE):
                for name in re.findall(r"\.([\w-]+)\s*(?:,|$)", selectors):
                    found[name] = f"{found.get(name, '')}{said.strip()};"
    if not any(re.search("none|hidden|line-through|white|#fff", said, re.IGNORECASE) for said in found.values()):
        return
    for element in root.iter():
        if (names := element.get("class")) and (said := "".join(found.get(name, "") for name in names.split())):
            element.set("style", f"{said}{element.get('style') or ''}")


def _hidden_columns(table: HtmlElement) -> Iterator[int]:
    at = 0
    for column in table.iter("col", "colgroup"):
        if column.tag == "colgroup" and column.find("col") is not None:
            continue
        span = _span(column, "span")
        if _is_hidden(column) or column.get("width") == "0" or re.search(r"(?:^|;)width:0(?:;|p|$)", _style(column)):
            yield from range(at, at + span)
        at += span


def _row_of(row: HtmlElement, grid: _Grid, below: dict[int, int], *, on_white: bool) -> Row:
    cells: list[str] = []
    struck: list[bool | None] = []
    blank: list[bool] = []

    def spanned() -> None:
        while below.get(len(cells), 0) > 0:
            below[len(cells)] -= 1
            cells.append("")

    for cell in row.iterchildren("td", "th"):
        spanned()
        text = _shown(cell)
        if text:
            struck.append(_is_struck(cell, text))
            blank.append(on_white and _is_white(cell, text))
            if _is_hidden(cell):
                grid.gone.setdefault(len(grid.rows), []).append(len(cells))
        down, across = _span(cell, "rowspan"), _span(cell, "colspan")
        if down > 1:
            grid.merged.append((len(grid.rows) + 1, len(grid.rows) + down, len(cells)))
            below |= {len(cells) + n: down - 1 for n in range(across)}
        cells += [text, *[""] * (across - 1)]
    spanned()
    return row_with(cells, struck, blank, hidden=_is_hidden(row))


def _shown(cell: HtmlElement) -> str:
    """A cell's text as a browser shows it: line breaks where it says so, else blanks."""
    parts = [cell.text or ""]
    for inner in cell.iterdescendants():
        if inner.tag in ("script", "style"):
            parts.append(inner.tail or "")
            continue
        if inner.tag in ("br", "p", "div", "li"):
            parts.append("\x01")
        parts += [inner.text or "", inner.tail or ""]
    text = re.sub(r"[ \t\r\n]+", " ", "".join(parts))
    return re.sub(" ?\x01 ?", "\n", text).strip()


def _style(element: HtmlElement) -> str:
    return "".join((element.get("style") or "").lower().split())


def _is_hidden(element: HtmlElement) -> bool:
    style = _style(element)
    return "display:none" in style or "visibility:hidden" in style or element.get("hidden") is not None


def _is_struck(cell: HtmlElement, text: str) -> bool | None:
    """Whether one element strikes out all that the cell says; None: some of it."""
    struck = [
        _shown(inner)
        for inner in cell.iter("s", "del", "strike", "span", "font", "td", "th")
        if inner.tag in ("s", "del", "strike") or "line-through" in _style(inner)
    ]
    return text in struck or (None if any(struck) else False)


def _is_white(cell: HtmlElement, text: str) -> bool:
    """Whether one element writes all that the cell says in white on nothing."""
    return any(
        _WHITE.search(f"{_style(inner)};color:{(inner.get('color') or '').lower()};") is not None
        and _shown(inner) == text
        and not any(map(_is_filled, (cell, inner)))
        for inner in cell.iter("td", "th", "font", "span")
    )


_WHITE = re.compile("(?:^|;)color:(?:white|#fff|#ffffff|rgb\\(255,255,255\\));")


def _is_filled(element: HtmlElement) -> bool:
    return "background" in _style(element) or element.get("bgcolor") is not None


def _span(cell: HtmlElement, name: str) -> int:
    said = (cell.get(name) or "").strip()
    return min(max(int(said), 1), _MOST_SPANNED) if said.isascii() and said.isdigit() and len(said) < 7 else 1
