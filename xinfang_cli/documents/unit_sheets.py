"""A unit's sheet as a workbook to fill in: known cells grey and locked, empty ones yellow, with drop-downs and checks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinfang_cli.errors import BadValue
from xinfang_cli.files import make_folder, whole_file
from xinfang_cli.formats.cells import ABOUT_FORMAT, PLAIN_TEXT, safe_text
from xinfang_cli.law import terms
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.exchange.unit_sheets import KEPT_SHEET, KEPT_SIGNS, MARK, UnitSheet, UnitSheetRow

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

COLUMNS = {
    "case_no": (LABELS["case_no"], 17),
    "received_on": (LABELS["received_on"], 11),
    "title": (LABELS["title"], 30),
    "content": (LABELS["content"], 36),
    "kind": (LABELS["kind"], 10),
    "name": (LABELS["name"], 9),
    "phone": (LABELS["phone"], 13),
    "address": (LABELS["address"], 18),
    "assigned_on": (LABELS["assigned_on"], 11),
    "stage": (LABELS["stage"], 9),
    "clock": (LABELS["clock"], 10),
    "due_on": (LABELS["due_on"], 11),
    "days_left": (LABELS["days_left"], 9),
    "signed_on": (LABELS["signed_on"], 12),
    "accepted_on": (LABELS["accepted_on"], 12),
    "closed_on": (LABELS["closed_on"], 12),
    "outcome": (LABELS["outcome"], 14),
    "delivered_on": (LABELS["delivered_on"], 12),
    "note": (LABELS["remark"], 26),
}
_FILL_FROM = list(COLUMNS).index("signed_on")
_HEAD_ROW = 2
_LONGEST = 4000
_HOW = (
    "只填黄色的格：签收、受理、办结、送达写日期（如 2023-07-18），处理意见从下拉表里选，备注写办理情况。"
    "灰色的格不要改，改了也不收。填好直接保存，原样发回。"
)


def file_name(sheet: UnitSheet) -> str:
    """教育局-20230717.xlsx"""
    plain = "".join("_" if sign in '\\/:*?"<>|' else sign for sign in sheet.unit)
    return f"{plain}-{sheet.issued_on:%Y%m%d}.xlsx"


def write_all(sheets: Sequence[UnitSheet], folder: Path, *, force: bool) -> list[Path]:
    """One workbook a unit; none where one of the names is taken, unless `force`."""
    if folder.exists() and not folder.is_dir():
        raise BadValue("-o", folder, "不是文件夹", "请写一个文件夹，没有会新建")
    paths = [folder / file_name(sheet) for sheet in sheets]
    taken = next((path for path in paths if path.exists()), None)
    if taken is not None and not force:
        raise BadValue("文件", taken, "已经有了", "单位可能正在填；换个文件夹，或加 ⟦.force⟧ 覆盖")
    make_folder(folder)
    for sheet, path in zip(sheets, paths, strict=True):
        with whole_file(path, "w+b") as file:
            _write(file, sheet)
    return paths


class _Looks:
    def __init__(self, book: Workbook) -> None:
        line = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter", "font_size": 10}
        day = {"num_format": "yyyy-mm-dd", "align": "center"}
        known, waits = {"bg_color": "#F2F2F2"}, {"bg_color": "#FFF9DB", "locked": False}
        add = book.add_format
        self.title: Format = add({"bold": True, "font_size": 14, "valign": "vcenter"})
        self.how: Format = add({"font_size": 10, "text_wrap": True, "valign": "vcenter", "font_color": "#7F6000"})
        self.head: Format = add({**line, "bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "align": "center"})
        self.head_fill: Format = add(
            {**line, "bold": True, "bg_color": "#FFE699", "text_wrap": True, "align": "center"}
        )
        self.text: Format = add({**line, **known, "text_wrap": True})
        self.day: Format = add({**line, **known, **day})
        self.number: Format = add({**line, **known, "align": "center"})
        self.fill_text: Format = add({**line, **waits, "text_wrap": True, "num_format": "@"})
        self.fill_word: Format = add({**line, **waits, "align": "center"})
        self.fill_day: Format = add({**line, **waits, **day})
        colours = {"over": ("#F8B4B4", "#9C0006"), "near": ("#FFD9A0", "#7F3F00"), "soon": ("#FFF2AB", "#7F6000")}
        guess = {"num_format": ABOUT_FORMAT, "align": "center"}
        self.due: dict[str, tuple[Format, Format]] = {}
        self.about: dict[str, Format] = {"": add({**line, **known, **guess})}  # of a day that is a guess
        for name, (ground, ink) in colours.items():
            paint = {"bg_color": ground, "font_color": ink, "bold": name == "over"}
            self.due[name] = add({**line, **day, **paint}), add({**line, "align": "center", **paint})
            self.about[name] = add({**line, **guess, **paint})
        self.due[""] = self.day, self.number


def _write(file: Any, sheet: UnitSheet) -> None:
    from xlsxwriter import Workbook

    book = Workbook(file, dict(PLAIN_TEXT))
    book.set_size(2400, 1200)
    looks = _Looks(book)
    page = book.add_worksheet("办理情况")
    kept = book.add_worksheet(KEPT_SHEET)
    kept.very_hidden()
    day = f"{sheet.issued_on.year}年{sheet.issued_on.month}月{sheet.issued_on.day}日"
    over = sum(1 for row in sheet.rows if (row.cells["days_left"] or 0) < 0)
    title = f"{sheet.bureau}　{sheet.unit}信访事项办理情况表（截至{day}，{len(sheet.rows)}件"
    page.merge_range(0, 0, 0, _FILL_FROM - 1, f"{title}，超期{over}件）" if over else f"{title}）", looks.title)
    page.merge_range(1, 0, 1, len(COLUMNS) - 1, _HOW, looks.how)
    page.set_row(0, 26)
    page.set_row(1, 22)
    page.set_row(_HEAD_ROW, 20)
    for place, (key, (heading, width)) in enumerate(COLUMNS.items()):
        page.set_column(place, place, width, None, {"hidden": key == "content" and not _any(sheet, key)})
        page.write_string(_HEAD_ROW, place, heading, looks.head if place < _FILL_FROM else looks.head_fill)
    for n, (key, value) in enumerate(
        (("mark", MARK), ("unit", sheet.unit), ("issued_on", sheet.issued_on.isoformat()), ("book", sheet.book))
    ):
        kept.write_row(n, 0, (key, value))
    kept.write_row(4, 0, (LABELS["case_no"], LABELS["seq"], "发出时", "可填"))
    for n, row in enumerate(sheet.rows):
        shown = _write_row(page, _HEAD_ROW + 1 + n, row, looks)
        kept.write_string(5 + n, 0, row.case_no)
        kept.write_number(5 + n, 1, row.seq)
        kept.write_string(5 + n, 2, dumps(shown, ensure_ascii=False))
        kept.write_string(5 + n, 3, dumps(sorted(row.open)))
    last = _HEAD_ROW + max(len(sheet.rows), 1)
    page.autofilter(_HEAD_ROW, 0, last, len(COLUMNS) - 1)
    page.freeze_panes(_HEAD_ROW + 1, 1)
    page.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEAD_ROW)
    page.set_margins(0.4, 0.4, 0.5, 0.5)
    page.set_footer("&C第 &P 页，共 &N 页")
    book.close()


def _any(sheet: UnitSheet, key: str) -> bool:
    return any(row.cells[key] for row in sheet.rows)


def _write_row(page: Worksheet, at: int, row: UnitSheetRow, looks: _Looks) -> dict[str, str]:
    """Write one case; what each column shows, for the hidden sheet."""
    left = row.cells["days_left"]
    colour = "" if left is None else "over" if left < 0 else "near" if left <= 2 else "soon" if left <= 5 else ""
    due_look, left_look = looks.due[colour]
    if row.cells["guessed"]:
        due_look = looks.about[colour]
    shown: dict[str, str] = {}
    for place, key in enumerate(COLUMNS):
        value = row.case_no if key == "case_no" else row.cells[key]
        if key in row.open:
            _write_open(page, at, place, key, row, looks)
            continue
        if isinstance(value, date):
            page.write_datetime(at, place, value, due_look if key == "due_on" else looks.day)
            shown[key] = value.isoformat()
        elif isinstance(value, int):
            page.write_number(at, place, value, left_look if key == "days_left" else looks.number)
            shown[key] = str(value)
        elif value:
            page.write_string(at, place, safe_text(str(value)[:_LONGEST]), looks.text)
            shown[key] = str(value)[:KEPT_SIGNS]
        else:
            page.write_blank(at, place, None, looks.text)
            shown[key] = ""
    return shown


def _write_open(page: Worksheet, at: int, place: int, key: str, row: UnitSheetRow, looks: _Looks) -> None:
    if key == "note":
        page.write_blank(at, place, None, looks.fill_text)
        return
    if key == "outcome":
        page.write_blank(at, place, None, looks.fill_word)
        check = {"validate": "list", "source": [*terms.OUTCOME.sayable.values()], "error_message": "请从下拉表里选"}
    else:
        page.write_blank(at, place, None, looks.fill_day)
        least = row.cells["assigned_on"] or row.cells["received_on"]
        check = {
            "validate": "date",
            "criteria": "between",
            "minimum": least,
            "maximum": "=TODAY()",
            "error_message": f"请填日期，不早于 {least.isoformat()}，不晚于今天",
        }
    heading = COLUMNS[key][0]
    page.data_validation(at, place, at, place, {**check, "error_type": "warning", "error_title": heading})
