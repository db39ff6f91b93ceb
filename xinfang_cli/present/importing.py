"""An import's report in words, and its JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from xinfang_cli.errors import typed
from xinfang_cli.intake import cleaning
from xinfang_cli.intake.closed_words import BY_SECTION
from xinfang_cli.intake.headings import CANONICAL, KNOWN, normalise_heading
from xinfang_cli.intake.no_cases import GROUNDS
from xinfang_cli.intake.sections import GROUP_HEADING
from xinfang_cli.law import terms
from xinfang_cli.office.exchange.importing.report import Imported, ImportWarning, Noticed, Receipt
from xinfang_cli.present.steps import worded

_EFFECTS = {"no_channel": "记作「其他」", "no_kind": "记作「其他」，不计办结期限"}
"""What follows for a case that lacks a value, or for each case of a sheet without the column."""
MESSAGES = {
    **cleaning.DOUBTS,
    "id_digits": "证件号码在表里存成了数字，第 16 位起已经丢了，请照原件改",
    "no_title": "没有概况",
    "no_channel": f"没有信访形式，{_EFFECTS['no_channel']}",
    "no_kind": f"没有信访目的，{_EFFECTS['no_kind']}",
    "not_used": "与办理方式不合的格没有用，随登记保存",
    "assigned_on_receipt": "没有转办日期，按收到日期转送",
    "no_outcome": "办结没有处理意见",
    "redo_without_day": "撤销原意见没有重办期限，不计重办时限",
    "direct_not_closed": "直接回复没有办结日期，未办结",
    "task_without_feedback": "交办没有反馈期限，不计反馈时限",
    "feedback_after_report": "反馈期限不早于上级限报日期",
    "unusual_outcome": "处理意见与信访目的不常相配",
    "unusual_pathway": "办理途径与信访目的不常相配",
    "not_ratable": "不列入满意度评价，照记不计",
    "late_review": "申请复查已过期限，照记",
    "acceptance_missing": terms.ACCEPTANCE_UNSTATED,
    "closed_unaccepted": terms.ACCEPTANCE_MISSING,
    "late_sign": "逾期签收：从转送日起算的受理期限已过，照记，期限不变",
    "representatives": "代表超过 5 人",
    "complained_unsaid": "检举控告件没有写反映的是谁（表中未载）：已有的经过照记，写明以前不能转出去，doctor 列出（条例第三十条）",
    "original_unknown": "原件不在案件簿里，原编号留着，等它来了再关联",
    "original_later": "等这个原件的重复件收到更早，没有关联",
    "identical_rows": "没有编号，登记的内容又完全相同，各算一件；其实是一件的请撤回本次导入，删去重复的行再导",
    "identical_left_out": "与前面的行完全相同，照回答没有再算一件",
    "accusation_known": "检举控告件簿中已有，信访人、文字、分类、属地等与簿中同不同，不核对也不提示（条例第三十条）",
    "example": "像是填表示例，没有导入",
    "struck_out": "整行划掉了，没有导入；要导入请去掉删除线",
    "hidden_sheet": "在隐藏的工作表里，没有导入；要导入请用 --sheet 写它的名称",
    "purged": "这些件的文字已按期清除，表中的没有再收进来",
    "hidden_sheet_taken": "这张工作表在文件里是隐藏的，照样导入了，请核对",
    "before_midnight": "有日期离半夜零点不到半秒，照格里存的记成前一天；电子表格里看到的可能是后一天，请核对",
    "hidden_row": "这一行在表里是隐藏的（多半被筛选掉了），照样导入了，请核对",
    "unseen": "这一行里有的格在表里多半看不见（白底白字、不显示的格式或隐藏的格），照样导入了，请核对",
    "partly_struck": "这一行里有的格或字划掉了，照没有划掉的导入了，请核对",
    "said_twice": "表头里有两列同名，两格写的不一样，照前一列导入了；两张表并排的，请分成两张再导入",
    "columns_differ": "有两列说的是同一项，写的不一样，照前面的那一列（--map 写的优先）记了，另一列的随登记保存",
    "lost_signs": "有的字在文件里已经坏了（显示为 �），照有的导入了，请对照原件",
    "covered_text": "合并单元格下面还盖着别的字，照看得见的导入了，请核对",
    "cell_full": "有一格正好 32767 字，多半是导出时截断了，照有的导入了，请对照原文",
    "group_without_count": "写的是集体或联名，没有人数，暂记 1 人，请核对后用 xinfang edit --headcount 补上",
    "name_unclear": "姓名一格像是几个人，或带着别的话，照一个姓名记了，请核对",
    "ordinary_is_fair": "满意度写的是「一般」，按基本满意计；要另算加 --word 一般=不满意",
    "assist_without_day": "写了协办单位，已记协办；表里没有协办的答复期限，不计期限",
    "fewer_than_named": "写的人数比列出的姓名少，请核对",
}


def message(warning: ImportWarning) -> str:
    """The text of a warning."""
    about = warning.about
    if warning.kind == "missing_column":
        heading, lacks = about
        effect = _EFFECTS.get(lacks)
        return f"表中没有「{heading}」这一列" + (f"，各件{effect}" if effect else "")
    if warning.kind == "unknown_column":
        return unknown_column(*about)
    if warning.kind == "sections":
        heading, listed = about
        what = "单位的分组" if heading == GROUP_HEADING else f"「{heading}」，表里没有这一列"
        return f"分段标题（{listed}）像是{what}；要用它加 --default {typed(heading)}={BY_SECTION}"
    if warning.kind == "cut_at":
        of = _HOLDS[int(about[0])]
        return f"表正好写满 {about[0]} 行，{of}一张表只有这么多行，多半是导出时截断了；请分批导出，或导出成 csv"
    if warning.kind == "hidden_columns":
        return f"这些列在表里是隐藏的，照样导入了，请核对：{about[0]}"
    if warning.kind == "like_unit":
        name, other = about
        return f"新单位「{name}」像是「{other}」；是同一单位的，并进去：xinfang unit merge {typed(name)} --into {typed(other)}"
    return about[0] if about else MESSAGES[warning.kind]


_HOLDS = {16_384: "Excel 97 以前的 xls ", 65_536: "xls ", 1_048_576: "xlsx "}


def unknown_column(heading: str, field: str) -> str:
    """The note on an unknown column resembling one of ours."""
    name = CANONICAL[field]
    return f"{column_is_like(heading, field)}；要这样认加 --map {typed(f'{heading}={name}')}"


def column_is_like(heading: str, field: str) -> str:
    """The note on a column resembling one of ours by heading or cells."""
    if field == "reply" and normalise_heading(heading) in KNOWN:
        return f"「{heading}」这一列写的不是规定的词语，像「{CANONICAL[field]}」"
    return f"没有认出「{heading}」这一列，像「{CANONICAL[field]}」"


def ground(word: str) -> str:
    """On what ground a line was passed over."""
    return GROUNDS.get(word, word)


def receipt_line(receipt: Receipt) -> str:
    """The destination of every line of the file, in one line with matching sums."""
    parts = [f"导入 {receipt.cases}", f"已有 {receipt.already_there}", f"退回 {receipt.turned_back}"]
    if receipt.passed_over:
        listed = "、".join(f"{ground(word)} {count}" for word, count in receipt.passed_over.items())
        parts.append(f"略过 {sum(receipt.passed_over.values())}（{listed}）")
    for count, word in ((receipt.identical, "重复"), (receipt.struck_out, "划掉"), (receipt.hidden, "隐藏表")):
        if count:
            parts.append(f"{word} {count}")
    return f"表头以下 {receipt.lines} 行 = " + " + ".join(parts)


def noticed_line(noticed: Noticed) -> str:
    """The notes on the rows in one line; empty without any."""
    parts = [f"{label} {count} 行" for label, count in zip(_NOTICED, noticed[:-1], strict=True) if count]
    return f"其中{'、'.join(parts)}" if parts else ""


def kept_line(headings: Sequence[str]) -> str:
    """The columns kept beside our fields, and how to see them."""
    named = "、".join(headings[:8]) + (f" 等 {len(headings)} 列" if len(headings) > 8 else "")
    return f"没有对应栏的列随登记保存，用 xinfang show、list --where 看：{named}"


def differs_line(noticed: Noticed) -> str:
    """The number of cases with a different due day in another system."""
    return f"有 {noticed.outside_differs} 件的上级期限与本局算的不是一天，逐件看 xinfang due --differs"


def book_from_line(day: date) -> str:
    """The first day of complete data, and the command to change it."""
    return f"本簿的数据暂当作从 {day.isoformat()} 起是全的，更早的统计注明不全、不作对比；不是这一天，用 xinfang config set book_from 日期"


_NOTICED = ("有存疑", "号码被表格软件取整", "有合并单元格的值", "隐藏")


def sheet_of(sheet: str) -> str:
    """Before what is said of rows: the sheet they stand in, of several."""
    return f"「{sheet}」" if sheet else ""


def warning_line(warning: ImportWarning) -> str:
    """A warning with the rows it is about."""
    rows = "、".join(map(str, warning.rows)) + ("…" if warning.count > len(warning.rows) else "")
    where = "" if warning.kind in OF_SHEET else f"（{warning.count} 行：{rows}）"
    return f"{sheet_of(warning.sheet)}{message(warning)}{where}"


OF_SHEET = (
    *("cut_at", "hidden_columns", "hidden_sheet_taken"),
    *("sections", "missing_column", "unknown_column", "like_unit"),
)
"""Warnings about the header, not about rows."""


def warning_document(warning: ImportWarning) -> dict[str, Any]:
    """The JSON of a warning."""
    said = {"kind": warning.kind, "message": message(warning), "count": warning.count, "rows": list(warning.rows)}
    return {**said, **_in_sheet(warning.sheet)}


def _in_sheet(sheet: str) -> dict[str, str]:
    return {"sheet": sheet} if sheet else {}


def receipt_document(receipt: Receipt) -> dict[str, Any]:
    """The JSON of a receipt, whose parts add up to its lines."""
    return {**receipt._asdict(), "passed_over": dict(receipt.passed_over)}


def notices(view: Imported) -> Iterator[str]:
    """The sheets not read."""
    if view.report.other_sheets:
        names = "、".join(view.report.other_sheets)
        yield f"注意：还有工作表没有导入：{names}；要导入加 --sheet 名称 或 --sheet all"


def document(view: Imported) -> dict[str, Any]:
    """The JSON of `import`."""
    report = view.report
    backup = report.backup
    several = len(report.sheets) > 1
    reasons: list[dict[str, Any]] = [
        {"row": found.row, "column": found.column, "reason": found.reason, **_in_sheet(found.sheet if several else "")}
        for found in report.reasons()
    ]
    return {
        "rows": report.rows,
        "imported": report.imported,
        "already_there": report.already_there,
        "rejected": report.rejected,
        "rejects_file": None if view.rejects_file is None else str(view.rejects_file),
        "reasons": reasons,
        "warnings": [warning_document(found) for found in report.warnings],
        "new_units": list(report.new_units),
        "new_topics": list(report.new_topics),
        "new_regions": list(report.new_regions),
        "updated": report.updated,
        "linked": report.linked,
        "withheld": report.withheld,
        "passed_over": report.passed_over,
        "differs": [
            {
                "row": found.row,
                "case_no": found.case_no,
                "says": list(found.says),
                "updated": found.updated,
                **_in_sheet(found.sheet),
            }
            for found in report.differs
        ],
        "likely_duplicates": {"count": report.likely, "first": [found._asdict() for found in report.likely_first]},
        "other_sheets": list(report.other_sheets),
        "file": report.file,
        "sha256": report.sha256,
        "dry_run": report.dry_run,
        "written": report.written,
        "backup": str(backup.file) if backup else None,
        "backup_head": backup.head if backup else None,
        "mapping": report.profile,
        "profile": report.profile,
        "learnt": [{"said": said, "meant": meant} for said, meant in report.learnt],
        "kept_columns": list(report.kept_columns),
        "receipt": receipt_document(report.receipt),
        "noticed": report.noticed._asdict(),
        "book_from": None if report.book_from is None else report.book_from.isoformat(),
    }


def in_a_line(column: str, why: str) -> str:
    """Why a row was turned back: the column first, unless the reason begins with it."""
    said = worded(why)
    return said if said.startswith(column) else f"{column}：{said}"
