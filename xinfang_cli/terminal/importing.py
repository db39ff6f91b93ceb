"""The result and progress of an import."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from xinfang_cli.law import terms
from xinfang_cli.office.exchange.importing.report import Imported, ImportReport
from xinfang_cli.present import importing as words
from xinfang_cli.terminal import screen

Step = Callable[[str, int, int], None]
PHASES = {"rows": "导入", "indexes": "整理索引", "writing": "写入案件簿"}
MOST_REASONS, MOST_ROWS = 15, 8


@contextmanager
def progress(name: str, quiet: bool) -> Iterator[Step | None]:
    """A bar on the terminal once the work has taken more than a second; nothing in a pipe."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    began: float | None = None  # at the first row: questions take their time
    task = bar.add_task(name, total=None)
    started = False

    def step(phase: str, done: int, total: int) -> None:
        nonlocal started, began
        began = time.monotonic() if began is None else began
        if not started and time.monotonic() - began > 1:
            bar.start()
            started = True
        bar.update(task, description=PHASES[phase], completed=done, total=total or None)

    try:
        yield step
    finally:
        if started:
            bar.stop()


def draw(view: Imported) -> None:
    """The result of an import, and the rejects file. Afterwards the first day of complete data is asked for, or stated
    by `assumed`.
    """
    _say(view.report, view.rejects_file)


def assumed(day: date) -> None:
    """The assumed first day of complete data, without an answer."""
    screen.print_notice(f"注意：{words.book_from_line(day)}")


def _say(report: ImportReport, rejects_file: Path | None) -> None:
    write = screen.print_wrapped
    if report.profile:
        screen.print_notice(f"列标题按「{report.profile}」对照")
    trial = "试运行，什么也没有写：" if report.dry_run else ""
    write(
        f"{trial}{report.rows} 行：导入 {report.imported} 件，已有 {report.already_there} 件，退回 {report.rejected} 行"
    )
    if report.receipt.lines != report.rows:
        write(f"回执：{words.receipt_line(report.receipt)}")
    if noticed := words.noticed_line(report.noticed):
        write(noticed)
    if report.noticed.outside_differs:
        write(words.differs_line(report.noticed))
    if report.updated and not report.dry_run:
        write(f"按表更新 {report.updated} 件")
    if report.linked:
        write(f"关联重复件 {report.linked} 件")
    if report.withheld:
        write(f"有退回的行，按 --all-or-nothing 全部没有导入（其中 {report.withheld} 行本身可以导入）")
    _say_new(report)
    _say_rejected(report, rejects_file)
    _say_differing(report)
    _say_likely(report)
    for warning in report.warnings:
        screen.print_notice(f"注意：{words.warning_line(warning)}")
    if report.backup:
        write(f"导入前已备份到 {report.backup.file}")


def _say_new(report: ImportReport) -> None:
    """New list entries, and columns without a field."""
    for label, names in (("单位", report.new_units), ("分类", report.new_topics), ("属地", report.new_regions)):
        if names:
            more = f" 等 {len(names)} 个" if len(names) > 12 else ""
            screen.print_wrapped(f"新增{label}：{'、'.join(names[:12])}{more}")
    if report.kept_columns and report.imported:
        screen.print_wrapped(words.kept_line(report.kept_columns))


def _say_rejected(report: ImportReport, rejects_file: Path | None) -> None:
    write = screen.print_wrapped
    told = _by_reason(report)
    for (sheet, column, why), (count, first) in list(told.items())[:MOST_REASONS]:
        more = f" 等 {count}" if count > len(first) else ""
        write(f"  {words.sheet_of(sheet)}第 {'、'.join(map(str, first))}{more} 行 {words.in_a_line(column, why)}")
    if len(told) > MOST_REASONS:
        write("  ……")
    if rejects_file is not None:
        write(f"退回的行在 {rejects_file}，改好后再导入")


def _say_differing(report: ImportReport) -> None:
    write = screen.print_wrapped
    if report.dry_run and report.updated:
        write(f"会按表更新 {report.updated} 件：")
        for found in [found for found in report.differs if found.updated][:10]:
            write(f"  {words.sheet_of(found.sheet)}第 {found.row} 行 {found.case_no}：{'；'.join(found.says)}")
    differing = [found for found in report.differs if not found.updated]
    if differing:
        write(f"有 {len(differing)} 件表里比簿里多：")
        for found in differing[:10]:
            write(f"  {words.sheet_of(found.sheet)}第 {found.row} 行 {found.case_no}：{'；'.join(found.says)}")
        write("要补进去，加 --update 再导一次")


def _say_likely(report: ImportReport) -> None:
    write = screen.print_wrapped
    if report.likely:
        write(f"有 {report.likely} 件可能是重复件，没有关联：")
        for pair in report.likely_first[:5]:
            write(f"  {pair.case_no} 与 {pair.earlier}：{terms.DUPLICATE.label(pair.ground)}")
        write("全部看 xinfang duplicates；确认后 xinfang link 编号 --repeat-of 原件")


def _by_reason(report: ImportReport) -> dict[tuple[str, str, str], tuple[int, list[int]]]:
    """Sheet (of several), column and reason → how many rows, and the first of them: what is wrong in fifty rows is told
    once."""
    told: dict[tuple[str, str, str], tuple[int, list[int]]] = {}
    several = len(report.sheets) > 1
    for found in report.reasons():
        key = found.sheet if several else "", found.column, found.reason
        if key in told or len(told) <= MOST_REASONS:
            count, rows = told.get(key, (0, []))
            told[key] = count + 1, rows if len(rows) >= MOST_ROWS else [*rows, found.row]
    return told
