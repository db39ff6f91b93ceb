"""Commands for spreadsheets going out and coming back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinfang_cli.cli import filters, options
from xinfang_cli.cli import output as out
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Csv, Json
from xinfang_cli.cli.periods import AsOf, FirstOnly, Span, spanned
from xinfang_cli.errors import BadValue, Missing
from xinfang_cli.office.find.lists import CasesAsked
from xinfang_cli.office.views import Warned
from xinfang_cli.terminal import screen

if TYPE_CHECKING:
    from xinfang_cli.office.session import Session

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}

Reveal = Annotated[bool, typer.Option("--reveal", help="不遮盖个人信息（会记入查阅记录）")]
Accusation = Annotated[bool, typer.Option("--accusation", help="连同检举控告件的信访人（要和 --reveal 同用）")]

_WHAT = {
    "cases": ("信访件", "件", "台账"),
    "clocks": ("时限", "期限"),
    "events": ("经过", "事件"),
    "units": ("单位", "责任单位"),
}


def _kind_of(word: str) -> str:
    for kind, words in _WHAT.items():
        if word.lower() == kind or word in words:
            return kind
    raise BadValue("导出什么", word, "不在可选的里", "可写 cases 信访件、clocks 时限、events 经过、units 单位")


@desk.command("export")
@filters.narrowed(*filters.UNSORTED)
def export(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="什么", help="cases 信访件（默认）、clocks 时限、events 经过、units 单位")
    ] = "cases",
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="文件", help=".xlsx、.csv 或 .json；不写就用 --csv 或 --json"),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="连同全部经过、单位、设置、接访值班和三项建议，可导入另一个空簿（只写 xlsx）")
    ] = False,
    asked: CasesAsked = filters.ALL,
    files: Annotated[
        str | None,
        typer.Option("--files", metavar="文件夹", help="连同附件，按编号放进这个文件夹（要和 --reveal 同用）"),
    ] = None,
    anonymous: Annotated[
        bool,
        typer.Option(
            "--anonymous",
            help="给局外人统计用：日期只到月，属地只到镇街，各列都相同的不到 5 件就合并，并说明合并了什么",
        ),
    ] = False,
    reveal: Reveal = False,
    accusation: Accusation = False,
    why: options.Why = None,
    force: options.Force = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """导出信访件、时限、经过或单位，筛选条件同 list；个人信息默认遮盖。

    --full 写出可导入另一个空簿的台账：各件、各时限、各项率都与原簿相同。

    例：xinfang export -o 信访件.xlsx --received 2023-06-01..2023-06-30
        xinfang export clocks --unit 教育局 --csv > 时限.csv
        xinfang export -o 供水.xlsx --where '供水 is:在办'
        xinfang export --full --reveal -o 全部.xlsx
        xinfang export --anonymous --received 2023-01-01..2023-12-31 -o 公开.csv
    """
    from xinfang_cli.documents import exports
    from xinfang_cli.office.exchange import export as office

    session = ctx.obj
    if accusation and not reveal:
        raise BadValue("--accusation", None, "要和 --reveal 同用", "请加 --reveal")
    if files is not None and not reveal:
        raise BadValue("--files", files, "要和 --reveal 同用", "附件遮盖不了个人信息，请加 --reveal（会记入查阅记录）")
    path = None if output is None else Path(output).expanduser()
    if path is None and (full or not (json or csv)):
        raise Missing("没有写导出到哪里", "请加 -o 文件.xlsx，或 --csv、--json 写到标准输出")
    if path is not None:
        exports.check_target(path, force, full)
    wanted = _kind_of(what)
    if anonymous and (reveal or full or wanted != "cases"):
        raise BadValue(
            "--anonymous", None, "不和 --reveal、--full 同用，只用于 cases", "如 xinfang export --anonymous -o 公开.csv"
        )
    how = "--full" if full else "--anonymous" if anonymous else ""
    session.typed = f"{how} {session.typed}".strip()
    request = office.ExportRequest(wanted, asked, reveal, accusation, full, path is not None, anonymous)
    rows = 0
    with office.export(session, request) as found:
        if path is None:
            out.pour(exports.Poured(found.what, found.tables[0], reveal, accusation), json)
        else:
            rows = exports.write(path, found.what, found.tables, reveal, accusation, beside=session.place.folder)
            told = tuple(found.warnings)
            out.show(office.ExportWritten(path, wanted, rows, told, not reveal, not accusation), json)
        if reveal and wanted == "cases" and (path.suffix.lower() == ".csv" if path is not None else not json):
            text = "Excel 直接打开 CSV 会丢掉证件号码的后三位；给人看请导出 .xlsx"
            found.warnings.append(Warned("", text, "opened_by_a_spreadsheet"))
        for warning in found.warnings:
            screen.print_notice(f"注意：{warning}")
    if path is not None:
        session.gave("export", path, found.about, ids=found.ids, rows=rows)
    if files is not None:
        _copy_files(session, asked, files, accusation)


def _copy_files(session: Session, asked: CasesAsked, folder: str, accusation: bool) -> None:
    from xinfang_cli.office.work import evidence

    copied = evidence.copy_out(session, asked, Path(folder).expanduser(), accusation)
    for warning in copied.warnings:
        screen.print_notice(f"注意：{warning}")
    screen.print_notice(f"附件 {copied.files} 个放进 {folder}")


@desk.command("sheet")
def sheet(
    ctx: typer.Context,
    units: Annotated[
        list[str] | None, typer.Argument(metavar="单位…", help="名称、简称、代码、别名或拼音首字母，可写几个")
    ] = None,
    output: Annotated[str | None, typer.Option("--output", "-o", metavar="文件夹", help="写到哪个文件夹")] = None,
    every: Annotated[bool, typer.Option("--all", help="有在办件的每个单位都出一份")] = False,
    not_the_accused: options.NotTheAccused = None,
    reveal: Reveal = False,
    accusation: Accusation = False,
    why: options.Why = None,
    force: options.Force = False,
    json: Json = False,
) -> None:
    """给没有账号的单位出办理表：在办的件、到期日，空着签收、受理、办结、处理意见、送达、备注给单位填。

    检举控告某单位的件不列入该单位的表（条例第三十条）。填好发回后用 xinfang collect 收。

    例：xinfang sheet 教育局 卫健局 -o 下发
        xinfang sheet --all -o 下发
    """
    from xinfang_cli.documents import unit_sheets as workbooks
    from xinfang_cli.office.exchange import unit_sheets as office

    if not units and not every:
        raise Missing("没有写单位", "写单位名称，一个或几个，或加 --all")
    if units and every:
        raise BadValue("--all", "、".join(units), "不和单位名称同用", "去掉一个")
    folder = Path(options.required(output, "-o")).expanduser()
    if accusation and not reveal:
        raise BadValue("--accusation", None, "要和 --reveal 同用", "请加 --reveal")
    options.not_the_accused(ctx.obj, *(units or ()))
    found = office.issue(ctx.obj, units or [], every=every, reveal=reveal, accusation=accusation)
    paths = workbooks.write_all(found, folder, force=force)
    given = zip(paths, found, strict=True)
    ctx.obj.gave_each("sheet", [(path, sheet.unit, [row.case_no for row in sheet.rows]) for path, sheet in given])
    out.show(office.Issued(tuple(found), tuple(paths)), json)


@desk.command("collect")
def collect(
    ctx: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="文件…", help="单位填好发回的办理表，可写几个")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会改什么，不写入")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    not_the_accused: options.NotTheAccused = None,
    json: Json = False,
) -> None:
    """收回单位填好的办理表：先列出每件会改什么，确认后一次写入；不合规定的行不收，说明哪行哪列为什么。

    每条记录都记着来自哪个文件（SHA-256），见 xinfang show 或 history。同一份收两次不会重复。

    例：xinfang collect 回收/*.xlsx --dry-run
        xinfang collect 回收/教育局-20230717.xlsx
    """
    from xinfang_cli.cli import asking
    from xinfang_cli.office.exchange import collecting as office

    paths = [Path(file).expanduser() for file in files]
    if not_the_accused is not None and not dry_run:
        options.not_the_accused(ctx.obj, *office.units_of(paths))
    plan = office.plan(ctx.obj, paths)
    found = plan.shown
    if dry_run or not found.events:
        out.show(found, json, dry_run=dry_run)
    else:
        out.before_asking(found, json)
        if yes or json or not asking.somebody_there() or asking.yes(f"写入 {found.cases} 件的变动吗"):
            found = office.commit(ctx.obj, plan)
        out.show(found, json, listed=False)
    if found.refused or (found.events and not found.written and not dry_run):
        raise typer.Exit(1)


@desk.command("reconcile")
@spanned
def reconcile(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="文件", help="上级的通报表：一行一个单位，一列一个指标")],
    span: Span,
    basis: Annotated[
        str, typer.Option("--basis", metavar="口径", help="due 应办口径（默认）、received 登记口径、stopped 办结口径")
    ] = "due",
    as_of: AsOf = None,
    first_only: FirstOnly = False,
    sheet_name: Annotated[str | None, typer.Option("--sheet", metavar="工作表", help="哪个工作表")] = None,
    maps: Annotated[
        list[str] | None, typer.Option("--map", metavar="列=指标", help="表里的列当作哪个指标，如 转交件=转送总数")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="一致的格也列出")] = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """上级的通报表和本局同期的数逐格对照：一致不一致、差多少、可能是哪几件。

    例：xinfang reconcile 市局6月通报.xlsx --month 2023-06
        xinfang reconcile 通报.xls --month 2023-06 --map 转交件=转送总数
    """
    from xinfang_cli.law.figures.definitions import BASES
    from xinfang_cli.office.figures import reconcile as office
    from xinfang_cli.office.figures.stats import FiguresRequest

    session = ctx.obj
    bases = dict.fromkeys(BASES) | {label: key for key, label in BASES.items()}
    if basis not in bases:
        raise BadValue("--basis", basis, "不在规定的词语里", "可用：due 应办口径、received 登记口径、stopped 办结口径")
    first, last = span
    day = options.day(session, as_of, "--as-of")
    found = office.reconcile(
        session,
        Path(file).expanduser(),
        FiguresRequest(first, last, day, bases[basis] or basis, first_only),
        sheet=sheet_name,
        given=office.parse_given(maps or []),
    )
    out.show(found, json, csv, every=every)
