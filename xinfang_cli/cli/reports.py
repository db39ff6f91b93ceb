"""The desk of reports: bulletins, the annual report, what a unit may see of its own figures."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinfang_cli.cli import options
from xinfang_cli.cli import output as out
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Json
from xinfang_cli.errors import BadValue, Missing, Refused
from xinfang_cli.intake import days
from xinfang_cli.law import terms
from xinfang_cli.law.periods import Period
from xinfang_cli.office.session import Session
from xinfang_cli.terminal import screen

if TYPE_CHECKING:
    from xinfang_cli.formats.word_forms import WordForm
    from xinfang_cli.office.figures.bulletin import Bulletin
    from xinfang_cli.office.figures.sealing import Prepared

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}


def named_period(session: Session, kind: str, word: str) -> Period:
    """The week, month, quarter or year that a word names."""
    read = {
        "week": lambda: days.week_period(days.parse_day(word, session.today, "日期")),
        "month": lambda: days.month_period(word, session.today),
        "quarter": lambda: days.quarter_period(word, session.today),
        "year": lambda: days.year_period(word, session.today),
    }
    return Period(kind, *read[kind]())


def any_period(session: Session, word: str) -> Period:
    """The period that a word names by its form: 2023-06, 2023Q2, 2023; a day, its week."""
    for kind in ("year", "quarter", "month", "week"):
        try:
            return named_period(session, kind, word)
        except BadValue:
            continue
    raise BadValue("时期", word, "看不懂", "可写 2023-06、2023Q2、2023，或某周里的一天 2023-05-21")


@desk.command("report")
def report(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="种类 时期",
            help="week 周、month 月、quarter 季度、year 年 加时期；unit 单位 时期 是申诉材料；access 月份 是查阅情况",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="文件", help=".docx、.xlsx、.html、.md、.json；不写就显示出来"),
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="日期", help="截至日，默认今天")] = None,
    number: Annotated[str, typer.Option("--number", metavar="文号", help="文号，如 澄信联办〔2023〕7号")] = "",
    force: options.Force = False,
    publish: Annotated[bool, typer.Option("--publish", help="发布：把这一期的数封存进案件簿")] = False,
    fields: Annotated[
        bool, typer.Option("--fields", help="列出某种通报的模板可用的字段：report --fields month")
    ] = False,
    export_template: Annotated[
        bool, typer.Option("--export-template", help="把模板另存出来修改：report --export-template month 文件")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="发布前的核对结果已经读过，不再询问")] = False,
    changes: Annotated[
        str | None, typer.Option("--changes", metavar="时期", help="发布以后哪些数、哪些件变了，谁改的")
    ] = None,
    not_the_accused: options.NotTheAccused = None,
    json: Json = False,
) -> None:
    """通报和年度报告：周、月、季、年。

    各种格式出自同一份数据；不写信访人姓名，检举控告件只计数。
    Word 文档可以用本局的模板：另存出来用 Word 或 WPS 修改，再 xinfang config set template.month 文件。

    例：xinfang report month 2023-06 -o 六月通报.docx
        xinfang report week 2023-05-21 -o 周通报.html
        xinfang report year 2022 -o 年报.xlsx
        xinfang report month 2023-06 --publish --yes -o 六月通报.docx
        xinfang report --changes 2023-06
        xinfang report unit 教育局 2023-06 -o 教育局六月.xlsx
        xinfang report access 2023-06
        xinfang report --fields month
        xinfang report --export-template month 月通报模板.docx
    """
    from xinfang_cli.office.figures import bulletin as office
    from xinfang_cli.office.figures import sealing

    session = ctx.obj
    if changes is not None:
        if words or publish or output or yes:
            raise BadValue("--changes", changes, "不和别的同用", "如 xinfang report --changes 2023-06")
        out.show(sealing.changes(session, any_period(session, changes)), json)
        return
    if fields or export_template:
        _templates(session, words or [], export_template, force, json)
        return
    if not words:
        raise Missing("种类和时期没有写", "如 xinfang report month 2023-06 -o 通报.docx")
    if words[0] in ("access", "查阅"):
        _accesses(session, words, output, json)
        return
    kind = "unit" if words[0] in ("unit", "单位") else report_kind(words[0])
    day = options.day(session, as_of, "--as-of")
    if kind == "unit":
        _unit_file(session, words, output, force, day, json)
        return
    if len(words) != 2:
        raise Missing("种类和时期没有写全", "如 xinfang report month 2023-06 -o 通报.docx")
    target = options.target_of(output, force)
    period = named_period(session, kind, words[1])
    number = options.clean(number) or ""
    form = _own_form(session, kind) if target is not None and target.suffix.lower() == ".docx" else None
    _tell_first_day(session, period)
    if publish:
        prepared = sealing.prepare(session, period, as_of=day, number=number)
        _read_first(prepared, yes, json)
        found = sealing.publish(
            session,
            period,
            as_of=day,
            number=number,
            deliver=lambda made: _write(made, target, form),
            read=prepared.bulletin,
        )
    else:
        found = office.bulletin(session, period, as_of=day, number=number)
        found = found._replace(sealed=sealing.notice(session, period))
        _write(found, target, form)
    _show(found, target, json)
    if publish:
        if target is not None:
            _seal(session, target)
        screen.print_notice(f"已发布：{period.label}，截至 {found.as_of.isoformat()}")


def _seal(session: Session, target: Path) -> None:
    """The seal of a published report, where the office signs."""
    from xinfang_cli.office.keeping import signing

    with session.reading() as book:
        for line in signing.carried(session, book, target):
            screen.print_notice(f"注意：{line}")


def _accesses(session: Session, words: list[str], output: str | None, json: bool) -> None:
    """查阅情况 of a month: who looked at personal data."""
    from xinfang_cli.office.find.access_month import access_month

    if output is not None:
        raise BadValue("-o", output, "不用于查阅情况", "显示在屏幕上，或加 --json；存档用 > 文件")
    if len(words) != 2:
        raise Missing("查阅情况没有写月份", "如 xinfang report access 2023-06")
    out.show(access_month(session, named_period(session, "month", words[1])), json)


def _tell_first_day(session: Session, period: Period) -> None:
    """On a Monday, note that the current week is one day old and offer the last one."""
    if period.kind == "week" and period.first == session.today:
        last = session.today - timedelta(days=1)
        screen.print_notice(
            f"注意：今天是星期一，本周才开始，只有今天一天的数；上周的写 xinfang report week {last.isoformat()}"
        )


def _read_first(prepared: Prepared, yes: bool, json: bool) -> None:
    """Show the findings of the self-check; sealing waits for the confirmation."""
    from xinfang_cli.cli import asking
    from xinfang_cli.present import checking

    made = prepared.bulletin
    screen.print_notice(f"发布前核对：{made.period.label}（截至 {made.as_of.isoformat()}）各数逐件再数一遍，都一致")
    for doubt in prepared.doubts:
        screen.print_notice(f"  {checking.sentence(doubt)}")
    if yes:
        return
    if json or not asking.somebody_there():
        raise Refused("核对结果还没有人读过，没有发布", "读过以后加 --yes 再发布", code="unread")
    if not asking.yes("以上已读，通报正文也已看过，发布并封存吗"):
        raise Refused("没有发布", "再看：去掉 --publish", code="unread")


def _unit_file(
    session: Session, words: list[str], output: str | None, force: bool, day: date | None, json: bool
) -> None:
    """The appeal file: `report unit 单位 时期 -o FILE.xlsx`."""
    from xinfang_cli.documents import appeal as workbook
    from xinfang_cli.office.figures import appeal as office

    if len(words) != 3:
        raise Missing("单位和时期没有写全", "如 xinfang report unit 教育局 2023-06 -o 教育局六月.xlsx")
    target = options.target_of(output, force, (".xlsx",))
    if target is None and not json:
        raise Missing("缺少选项 -o", "如 -o 教育局六月.xlsx")
    options.not_the_accused(session, words[1])
    found = office.appeal(session, words[1], any_period(session, words[2]), as_of=day)
    if target is not None:
        workbook.write(found, target)
        numbers = {row.case_no for rows in found.behind.values() for row in rows if row.case_no is not None}
        session.gave("report", target, f"{found.unit} {found.period.label}", numbers=numbers)
    out.show(workbook.AppealFile(found, target), json)


def _own_form(session: Session, kind: str) -> WordForm | None:
    """The office's own template of that kind of bulletin, read and tried out; None for the program's form."""
    from xinfang_cli.office.figures import bulletin as office

    path, four_rates = office.template_of(session, kind)
    if path is None:
        return None
    from xinfang_cli.documents.bulletin import template

    return template.form(kind, path, four_rates)


def _templates(session: Session, words: list[str], export: bool, force: bool, json: bool) -> None:
    """The fields of a kind of bulletin, or the template to start from."""
    from xinfang_cli.documents.bulletin import template
    from xinfang_cli.office.figures import bulletin as office

    if not words:
        raise Missing("没有写哪种通报", "可用：week、month、quarter、year，如 xinfang report --fields month")
    kind = report_kind(words[0])
    _, four_rates = office.template_of(session, kind)
    if not export:
        out.show(template.listed(kind, four_rates), json)
        return
    if len(words) != 2:
        raise Missing("没有写另存到哪个文件", f"xinfang report --export-template {kind} 文件.docx")
    target = options.target_of(words[1], force, (".docx",), "文件")
    assert target is not None
    from xinfang_cli import formats

    formats.write(template.starting_document(kind, four_rates), target)
    out.show(office.TemplateSaved(kind, target), json)


def report_kind(word: str) -> str:
    """The kind of bulletin that a word names."""
    try:
        return terms.REPORT.parse(word, "种类")
    except BadValue:
        hint = "可用：week 周、month 月、quarter 季度、year 年；一个单位的用 unit"
        raise BadValue("种类", word, "没有这种通报", hint) from None


def _write(made: Bulletin, target: Path | None, form: WordForm | None) -> None:
    """Write it to its file, if it has one."""
    from xinfang_cli import formats
    from xinfang_cli.documents import bulletin as bulletins

    if target is None:
        return
    document = bulletins.document(made)
    if form is None:
        formats.write(document, target)
        return
    from xinfang_cli.documents.bulletin import template
    from xinfang_cli.files import write_bytes

    write_bytes(form.fill(template.context(made, document)), target)


def _show(made: Bulletin, target: Path | None, json: bool) -> None:
    """Show it, or say where it is."""
    from xinfang_cli.documents import bulletin as bulletins
    from xinfang_cli.documents.report import Report

    out.show(Report(bulletins.document(made), target), json)
