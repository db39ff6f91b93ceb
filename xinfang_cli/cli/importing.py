"""A whole ledger carried in, and what is remembered of the sheets of others: their headings, words, years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinfang_cli.cli import asking, options, output, parser
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Json
from xinfang_cli.terminal import screen

if TYPE_CHECKING:
    from xinfang_cli.intake.closed_words import Sense
    from xinfang_cli.office.exchange.headings import Headings, Like, UnknownWord
    from xinfang_cli.office.session import Session

DayOrder = Annotated[
    str | None,
    typer.Option("--day-order", metavar="顺序", help="年份不在最前的日期怎么读：日月年、月日年；年份两位的 年月日"),
]
Code = Annotated[
    list[str] | None,
    typer.Option("--code", metavar="列=格式", help="编号丢了前面的 0 时补上，如 登记编号=00000，可写几次"),
]

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}


@desk.command("template")
def template(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="文件", help="xlsx 或 csv")],
    force: options.Force = False,
    json: Json = False,
) -> None:
    """生成导入模板：各列标题、下拉选项和填表说明。

    例：xinfang template 台账模板.xlsx
    """
    from xinfang_cli.documents import import_template as sheets
    from xinfang_cli.errors import BadValue

    path = Path(file).expanduser()
    if path.exists() and not force:
        raise BadValue("文件", file, "已经有了", "换个名字，或加 --force 覆盖")
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise BadValue("文件", file, "不是 xlsx 或 csv", "请用 .xlsx 或 .csv 结尾的文件名")
    sheets.write_template(path)
    output.show(sheets.ImportTemplate(path), json)


@desk.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="文件", help="xlsx、xls 或 csv")],
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="工作表", help="哪个工作表；all 为全部；默认第一个有标题行的")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="全部检查一遍，什么也不写")] = False,
    update: Annotated[bool, typer.Option("--update", help="已有的件按表补上新的进展")] = False,
    all_or_nothing: Annotated[bool, typer.Option("--all-or-nothing", help="有一行不能用就一行也不导")] = False,
    assign_on_receipt: Annotated[
        bool, typer.Option("--assign-on-receipt", help="有责任单位没有转办日期的，按收到当天转送")
    ] = False,
    rejects: Annotated[
        str | None, typer.Option("--rejects", metavar="文件", help="不能用的行写到哪里，默认在原文件旁边")
    ] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="列=列", help="表里的列当作哪一列，如 概要=概况，可写几次；几列是一项的，先写的优先"
        ),
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option("--mapping", metavar="名称", help="同 --profile"),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option("--profile", metavar="名称", help="对照方案：列、词、年份存在这个名字下，下次同样的表自动用"),
    ] = None,
    word: Annotated[
        list[str] | None,
        typer.Option("--word", metavar="词=词", help="表里的词当作哪个词，如 手机信访=网上信访，可写几次"),
    ] = None,
    year: Annotated[int | None, typer.Option("--year", metavar="年份", help="只写了月日的日期是哪一年")] = None,
    default: Annotated[
        list[str] | None,
        typer.Option(
            "--default",
            metavar="列=值",
            help="没有这一列或空着时当作什么，如 信访形式=来信、责任单位=分段标题，可写几次",
        ),
    ] = None,
    day_order: DayOrder = None,
    code: Code = None,
    json: Json = False,
) -> None:
    """导入台账：一行一件，连同办理经过；不能用的行另存一份、注明原因，改好再导。

    同一份文件导两次不会重复。列标题见 xinfang template 生成的模板，顺序不限，多出的列照存。

    例：xinfang import 台账.xlsx --dry-run
        xinfang import 台账.xlsx
        xinfang import 台账7月.xlsx --update
        xinfang import 国家系统导出.xls --map 概要=概况 --word 手机信访=网上信访 --profile 国家系统
    """
    from xinfang_cli.office.exchange.importing import run
    from xinfang_cli.office.exchange.importing.report import Imported
    from xinfang_cli.terminal import importing

    path = Path(file).expanduser()
    said = _said(maps or [], options.clean(profile) or options.clean(mapping), not json)
    said.sense = _sense(word or [], year, default or [], day_order, code or [])
    with importing.progress(path.name, quiet=json) as step:
        report = run.import_ledger(
            ctx.obj,
            path,
            run.Choices(sheet, dry_run, update, all_or_nothing, assign_on_receipt),
            progress=step,
            headings=said,
        )
    rejects_file: Path | None = None
    if report.rejects is not None and len(report.rejects) and not report.dry_run:
        from xinfang_cli.documents.rejects import write_rejects

        rejects_file = write_rejects(report, path, None if rejects is None else Path(rejects).expanduser())
    output.show(Imported(report, rejects_file), json)
    if report.book_from is not None and report.written and not json:
        _ask_book_from(ctx.obj, report.book_from)
    raise typer.Exit(1 if report.rejected else 0)


def _ask_book_from(session: Session, assumed: date) -> None:
    """After a book's first import: from which day its data are complete. Nobody there, or no answer: it stays assumed."""
    from xinfang_cli.errors import BadValue
    from xinfang_cli.office.keeping import settings
    from xinfang_cli.terminal import importing

    while asking.somebody_there():
        try:
            said = asking.ask("本簿的数据从哪天起是全的（更早的统计注明不全、不作对比）", assumed.isoformat())
            settings.change(session, settings.Wanted("book_from", said))
        except parser.Abort:
            break
        except BadValue as error:
            screen.print_notice(error.line())
        else:
            return
    importing.assumed(assumed)


def _said(maps: Sequence[str], name: str | None, may_ask: bool) -> Headings:
    """The mapping given by flags, and the dialogue for the rest."""
    from xinfang_cli.office.exchange import headings

    ask = headings.Asking(_ask_columns, _ask_which, _ask_name, _ask_words, _ask_year, _ask_same, _ask_sections)
    return headings.Headings(headings.parse_given(maps), name, ask if may_ask and asking.somebody_there() else None)


def _sense(
    words: Sequence[str], year: int | None, defaults: Sequence[str], order: str | None, codes: Sequence[str]
) -> Sense:
    from xinfang_cli.errors import BadValue
    from xinfang_cli.intake.closed_words import Sense
    from xinfang_cli.office.exchange import profiles

    if year is not None and not 1950 <= year <= 2100:
        raise BadValue("--year", str(year), "不是年份", "写四位数的年份，如 2023")
    return Sense(
        profiles.parse_words(words),
        year,
        profiles.parse_defaults(defaults),
        profiles.parse_order(order),
        profiles.parse_codes(codes),
    )


def _ask_columns(like: Mapping[str, Like]) -> dict[str, str]:
    """Ask about each similar column, showing sample values."""
    from xinfang_cli.present.importing import column_is_like

    found: dict[str, str] = {}
    for heading, field in like.items():
        shown = f"（如 {'、'.join(field.samples)}）" if field.samples else ""
        if asking.yes(f"{column_is_like(heading, field)}{shown}，这样认吗"):
            found[heading] = field
    return found


def _ask_words(words: Sequence[UnknownWord]) -> dict[str, str]:
    """Ask once what each unknown word of a closed column stands for; unanswered ones turn their rows back."""
    found: dict[str, str] = {}
    for heading, word, rows, labels in words[:_MOST_WORDS]:
        offered = "、".join(f"{place} {label}" for place, label in enumerate(labels, 1))
        screen.print_notice(f"{heading}里的「{word}」（{rows} 行）不认得。可以当作：{offered}")
        while said := asking.ask("当作哪一个（写序号或词，都不是就回车）"):
            by_place = dict(enumerate(labels, 1)).get(int(said)) if said.isascii() and said.isdigit() else None
            meant = by_place or (said if said in labels else None)
            if meant is not None:
                found[f"{heading}:{word}"] = meant
                break
            screen.print_notice("  请写上面的序号或词")
    return found


_MOST_WORDS = 30


def _ask_year(year: int) -> bool:
    return asking.yes(f"表的标题里有 {year} 年，只写了月日的日期都算 {year} 年吗")


def _ask_same(groups: Sequence[tuple[int, ...]]) -> bool:
    """Whether rows without a number that are the same throughout are one case written twice."""
    named = "；".join("、".join(map(str, rows)) for rows in groups[:5]) + ("…" if len(groups) > 5 else "")
    screen.print_notice(f"第 {named} 行没有编号，登记的内容完全相同")
    return asking.yes("各是同一件写了几遍吗（不是就各算一件）")


def _ask_sections(heading: str, words: Sequence[str]) -> bool:
    named = "、".join(words[:5]) + ("……" if len(words) > 5 else "")
    return asking.yes(f"表里没有「{heading}」这一列，分段标题（{named}）就是下面各行的「{heading}」吗")


def _ask_which(missing: Sequence[str], left: Sequence[str]) -> dict[str, str]:
    """Ask for the missing obligatory column among the remaining ones, by name or position."""
    from xinfang_cli.intake.headings import CANONICAL, normalise_heading

    found: dict[str, str] = {}
    for field in missing:
        listed = [heading for heading in left if normalise_heading(heading) not in found]
        if not listed:
            break
        offered = "、".join(f"{place} {heading}" for place, heading in enumerate(listed, 1))
        screen.print_notice(f"没有「{CANONICAL[field]}」这一列。还没有认出的列：{offered}")
        while word := asking.ask(f"哪一列是「{CANONICAL[field]}」（写序号或列名，没有就回车）"):
            by_place = dict(enumerate(listed, 1)).get(int(word)) if word.isascii() and word.isdigit() else None
            heading = by_place or next(
                (one for one in listed if normalise_heading(one) == normalise_heading(word)), None
            )
            if heading is not None:
                found[normalise_heading(heading)] = field
                break
            screen.print_notice("  没有这一列")
    return found


def _ask_name() -> str:
    return options.clean(asking.ask("这套对照存个名字，下次自动用（不存就回车）")) or ""


mapping_desk = Desk(
    "列标题对照：列出、删去。对照在导入时用 --map、--mapping 存下。\n\n"
    "例：xinfang mapping list\n    xinfang mapping remove 国家系统"
)
GROUPS["mapping"] = mapping_desk


@mapping_desk.command("list")
def mapping_list(ctx: typer.Context, json: Json = False, csv: options.Csv = False) -> None:
    """列出存下的列标题对照。

    例：xinfang mapping list
    """
    from xinfang_cli.office.exchange import profiles

    output.show(profiles.mappings(ctx.obj), json, csv)


@mapping_desk.command("remove")
def mapping_remove(
    ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="名称", help="对照的名字")], json: Json = False
) -> None:
    """删去一套列标题对照。

    例：xinfang mapping remove 国家系统
    """
    from xinfang_cli.office.exchange import profiles

    output.show(profiles.remove(ctx.obj, name), json)


profile_desk = Desk(
    "对照方案：本局各种表的列、词、年份怎么认。在导入时用 --profile 名称 存下，下次同样的表自动用。\n\n"
    "例：xinfang profile list\n    xinfang profile show 国家系统\n    xinfang profile edit 国家系统 --word 手机信访=网上信访"
)
GROUPS["profile"] = profile_desk
Name = Annotated[str, typer.Argument(metavar="名称", help="对照方案的名字")]


@profile_desk.command("list")
def profile_list(ctx: typer.Context, json: Json = False, csv: options.Csv = False) -> None:
    """列出存下的对照方案。

    例：xinfang profile list
    """
    from xinfang_cli.office.exchange import profiles

    output.show(profiles.kept(ctx.obj), json, csv)


@profile_desk.command("show")
def profile_show(ctx: typer.Context, name: Name, json: Json = False) -> None:
    """一套对照方案的全部内容。

    例：xinfang profile show 国家系统
    """
    from xinfang_cli.office.exchange import profiles

    output.show(profiles.shown(profiles.one(ctx.obj, name)), json)


@profile_desk.command("edit")
def profile_edit(
    ctx: typer.Context,
    name: Name,
    maps: Annotated[list[str] | None, typer.Option("--map", metavar="列=列", help="加一列对照")] = None,
    word: Annotated[list[str] | None, typer.Option("--word", metavar="词=词", help="加一个词")] = None,
    year: Annotated[int | None, typer.Option("--year", metavar="年份", help="只写月日的日期的年份")] = None,
    default: Annotated[list[str] | None, typer.Option("--default", metavar="列=值", help="空着时当作什么")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="工作表", help="哪个工作表")] = None,
    day_order: DayOrder = None,
    code: Code = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="词", help="去掉一列、一个词，或 年份、工作表、日期顺序")
    ] = None,
    json: Json = False,
) -> None:
    """改一套对照方案。

    例：xinfang profile edit 国家系统 --word 手机信访=网上信访 --remove 年份
    """
    from xinfang_cli.office.exchange import headings, profiles

    sense = _sense(word or [], year, default or [], day_order, code or [])
    change = profiles.Change(
        headings.parse_given(maps or []),
        sense.words,
        sense.defaults,
        year,
        options.clean(sheet),
        tuple(remove or ()),
        sense.day_order,
        sense.codes,
    )
    output.show(profiles.shown(profiles.edit(ctx.obj, name, change)), json)


@profile_desk.command("export")
def profile_export(
    ctx: typer.Context,
    name: Name,
    output: Annotated[str, typer.Option("-o", "--output", metavar="文件", help="写到哪个文件（.json）")],
    force: options.Force = False,
    json: Json = False,
) -> None:
    """把一套对照方案写成文件，给别的局用；里面没有个人信息。

    例：xinfang profile export 国家系统 -o 国家系统.json
    """
    from xinfang_cli.cli import output as out
    from xinfang_cli.errors import BadValue
    from xinfang_cli.office.exchange import profiles

    path = Path(output).expanduser()
    if path.exists() and not force:
        raise BadValue("-o", output, "已经有了", "换个名字，或加 --force 覆盖")
    out.show(profiles.write_file(ctx.obj, name, path), json)


@profile_desk.command("import")
def profile_import(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="文件", help="xinfang profile export 写出的文件")],
    force: Annotated[bool, typer.Option("--force", help="同名的换成文件里的")] = False,
    json: Json = False,
) -> None:
    """收下别的局的对照方案。

    例：xinfang profile import 国家系统.json
    """
    from xinfang_cli.office.exchange import profiles

    output.show(profiles.shown(profiles.read_file(ctx.obj, Path(file).expanduser(), force=force)), json)


@profile_desk.command("remove")
def profile_remove(ctx: typer.Context, name: Name, json: Json = False) -> None:
    """删去一套对照方案。

    例：xinfang profile remove 国家系统
    """
    mapping_remove(ctx, name, json)
