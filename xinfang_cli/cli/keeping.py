"""The desk of keeping: units, settings, working days, the file itself, the demonstration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xinfang_cli.cli import asking, options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Csv, Json
from xinfang_cli.errors import BadValue
from xinfang_cli.law import terms
from xinfang_cli.office.keeping import health, settings, units, workdays
from xinfang_cli.office.session import Session
from xinfang_cli.terminal import screen

desk = Desk()
unit_desk = Desk("责任单位：增加、列出、修改、合并。\n\n例：xinfang unit list")
config_desk = Desk("本局设置：查看、修改。\n\n例：xinfang config list\n    xinfang config set bureau 某某区信访局")
workdays_desk = Desk("工作日安排：查看、导入、更新。\n\n例：xinfang workdays list")
GROUPS: dict[str, typer.Typer] = {"unit": unit_desk, "config": config_desk, "workdays": workdays_desk}

Yes = Annotated[bool, typer.Option("--yes", help="不再询问")]


Short = Annotated[str | None, typer.Option("--short", metavar="简称", help="简称")]
Code = Annotated[str | None, typer.Option("--code", metavar="代码", help="代码")]
SettingKey = Annotated[
    str, typer.Argument(metavar="设置项", help="如 bureau、clocks.office；全部看 xinfang config list")
]
Group = Annotated[
    str | None,
    typer.Option(
        "--group", metavar="分组", help="镇街、区直部门、国企、驻区单位", autocompletion=options.words(terms.GROUP)
    ),
]
Order = Annotated[str | None, typer.Option("--order", metavar="序号", help="在本组里的排列顺序")]
Alias = Annotated[list[str] | None, typer.Option("--alias", metavar="别名", help="别名，可写几次")]


@unit_desk.command("add")
def unit_add(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="名称", help="单位名称")] = None,
    short: Short = None,
    code: Code = None,
    group: Group = None,
    order: Order = None,
    alias: Alias = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="文件", help="从名单导入：名称、简称、代码、分组、别名（顿号分开）")
    ] = None,
    json: Json = False,
) -> None:
    """增加单位；分组不写时按名称判断（街道、镇、乡为镇街）。

    例：xinfang unit add 教育局 --short 教育 --code 201 --alias 教体局
        xinfang unit add --file 单位名单.csv
    """
    if file is not None:
        output.show(units.add_all(ctx.obj, units.read_file(Path(file).expanduser())), json)
        return
    unit = units.NewUnit(
        options.clean(options.required(name, "名称")) or "",
        options.clean(short),
        options.clean(code),
        group,
        options.whole_number(order, "--order"),
        _words(alias),
    )
    output.show(units.add(ctx.obj, unit), json)


def _words(words: list[str] | None) -> tuple[str, ...]:
    return tuple(word for word in map(options.clean, words or []) if word)


@unit_desk.command("list")
def unit_list(ctx: typer.Context, json: Json = False, csv: Csv = False) -> None:
    """列出全部单位，按本局的顺序。

    例：xinfang unit list
    """
    output.show(units.listed(ctx.obj), json, csv)


@unit_desk.command("edit")
def unit_edit(
    ctx: typer.Context,
    unit: Annotated[str, typer.Argument(metavar="单位", help="名称、简称、代码、别名或拼音首字母")],
    name: Annotated[str | None, typer.Option("--name", metavar="名称", help="新名称，旧名称留作别名")] = None,
    short: Short = None,
    code: Code = None,
    group: Group = None,
    order: Order = None,
    alias: Alias = None,
    parent: Annotated[
        str | None,
        typer.Option("--parent", metavar="单位", help="上级单位；检举控告件不转给被检举单位的上下级；写 无 去掉"),
    ] = None,
    leader: Annotated[
        list[str] | None, typer.Option("--leader", metavar="姓名", help="领导，可写几次；检举他的件不转给本单位")
    ] = None,
    drop_leader: Annotated[
        list[str] | None, typer.Option("--drop-leader", metavar="姓名", help="不再是领导的，可写几次")
    ] = None,
    role: Annotated[str | None, typer.Option("--role", metavar="职能", help="纪检监察、组织、一般")] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """修改单位；会使检举控告件落在被检举单位或其上下级手里的，先列出来，确要改加 --yes（条例第三十条）。

    例：xinfang unit edit jyj --name 教育和体育局 --alias 教体局
        xinfang unit edit 教育局考试中心 --parent 教育局 --leader 测试领导甲
    """
    wanted = units.UnitEdit(
        options.clean(name),
        options.clean(short),
        options.clean(code),
        group,
        options.whole_number(order, "--order"),
        None if role is None else terms.UNIT_ROLE.parse(role, "--role"),
        "" if parent == "无" else parent,
        _words(alias),
        _words(leader),
        _words(drop_leader),
    )
    output.show(units.edit(ctx.obj, unit, wanted, sure=yes), json)


@unit_desk.command("merge")
def unit_merge(
    ctx: typer.Context,
    old: Annotated[str, typer.Argument(metavar="原单位", help="被并掉的单位")],
    into: Annotated[str, typer.Option("--into", metavar="单位", help="并入哪个单位")],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """合并单位：一个单位的全部件和时限归到另一个，旧名称留作别名。

    例：xinfang unit merge 旅游局 --into 文化和旅游局
    """
    if (
        asking.somebody_there()
        and not yes
        and not json
        and not asking.yes(f"把「{old}」的全部件并入「{into}」，确认吗")
    ):
        screen.print_notice("没有合并")
        raise typer.Exit(1)
    output.show(units.merge(ctx.obj, old, into, sure=yes), json)


@config_desk.command("list")
def config_list(ctx: typer.Context, json: Json = False, csv: Csv = False) -> None:
    """全部设置项：现值、是不是本局改过、依据。

    例：xinfang config list
    """
    output.show(settings.listed(ctx.obj), json, csv)


@config_desk.command("get")
def config_get(
    ctx: typer.Context,
    key: SettingKey,
    json: Json = False,
) -> None:
    """看一项设置。

    例：xinfang config get bureau
    """
    output.show(settings.line(ctx.obj, key), json)


@config_desk.command("set")
def config_set(
    ctx: typer.Context,
    key: SettingKey,
    value: Annotated[str | None, typer.Argument(metavar="值", help="不写值、加 --default 恢复默认")] = None,
    default: Annotated[bool, typer.Option("--default", help="恢复默认")] = False,
    citation: Annotated[str, typer.Option("--citation", metavar="依据", help="改期限时必写：文件名、文号")] = "",
    on: Annotated[str | None, typer.Option("--on", metavar="日期", help="目标从哪天起，默认今天")] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """改一项设置；改期限时先列出哪些在办件的日子会变，确认后才改。

    例：xinfang config set bureau 某某区信访局
        xinfang config set clocks.office 30 --citation 某信联办〔2023〕1号
        xinfang config set targets.one_time 90 --citation 某信联办〔2023〕1号 --on 2023-01-01
        xinfang config set template.letter.转送函 我局转送函.docx
        xinfang config set template.month 月通报模板.docx
    """
    if (value is None) != default:
        raise BadValue("值", value or "", "和 --default 只写一个", "看用法：xinfang config set --help")
    if key.startswith("template."):
        key, value = _template_checked(ctx.obj, key, value)

    ctx.obj.sure = yes
    plan = settings.plan(
        ctx.obj, settings.Wanted(key, value, options.clean(citation) or "", options.day(ctx.obj, on, "--on"))
    )
    output.before_asking(plan, json, planned=True)
    asking.confirm("确认修改吗", "没有改设置", sure=yes or json or not plan.moved)
    output.show(settings.commit(ctx.obj, plan), json)


def _template_checked(session: Session, key: str, value: str | None) -> tuple[str, str | None]:
    """The key with the identifier of its letter or bulletin, and a template that can be used: each field is known."""
    what = key.removeprefix("template.")
    if not what.startswith("letter."):
        from xinfang_cli.cli.reports import report_kind

        kind = report_kind(what)
        key = f"template.{kind}"
        if value is not None:
            from xinfang_cli.documents.bulletin import template
            from xinfang_cli.office.figures import bulletin

            value = str(settings.parse(key, value))
            template.form(kind, value, bulletin.template_of(session, kind)[1])
        return key, value
    from xinfang_cli.law.letters import LETTER

    kind = LETTER.parse(what.removeprefix("letter."), "文书")
    key = f"template.letter.{kind}"
    if value is not None:
        from xinfang_cli.documents.letters import LetterForm

        value = str(settings.parse(key, value))
        LetterForm(kind, value)
    return key, value


@workdays_desk.command("list")
def workdays_list(ctx: typer.Context, json: Json = False, csv: Csv = False) -> None:
    """案件簿里有哪些年份的放假安排。

    例：xinfang workdays list
    """
    output.show(workdays.known_years(ctx.obj), json, csv)


@workdays_desk.command("import")
def workdays_import(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="文件", help="CSV：day,kind,name；kind 写 off 放假或 work 上班")],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """导入某年的放假安排（国务院办公厅通知），列出因此变动的在走时限。

    文件里没写的日子按周一至周五上班计算。

    例：xinfang workdays import 2027放假安排.csv
    """
    path = Path(file).expanduser()
    _arrange(ctx.obj, workdays.of_list(ctx.obj, workdays.read_file(path), path.name), yes, json)


@workdays_desk.command("update")
def workdays_update(ctx: typer.Context, yes: Yes = False, json: Json = False) -> None:
    """升级程序后，把日历库新有的年份写进案件簿，列出因此变动的在走时限。

    例：xinfang workdays update
    """
    _arrange(ctx.obj, workdays.of_library(ctx.obj), yes, json)


def _arrange(session: Session, arrangement: workdays.Arrangement, yes: bool, json: bool) -> None:
    plan = workdays.plan(session, arrangement)
    output.before_asking(plan, False, planned=True)
    asking.confirm("确认导入吗", "没有导入", sure=yes or json or not plan.moved)
    output.show(workdays.commit(session, plan), json)


@desk.command("rules")
def rules(
    ctx: typer.Context,
    figures: Annotated[bool, typer.Option("--figures", help="各项率的定义")] = False,
    pathways: Annotated[bool, typer.Option("--pathways", help="各种办理途径及其后果")] = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """现行的期限，以及各从哪一条来；本局改过的注明依据。

    例：xinfang rules
        xinfang rules --figures
        xinfang rules --pathways
    """
    from xinfang_cli.office.keeping.rules import rules_in_force
    from xinfang_cli.present import rules as rulebook

    if figures:
        output.show(rulebook.figure_definitions(), json, csv)
    elif pathways:
        output.show(rulebook.pathways(), json, csv)
    else:
        output.show(rules_in_force(ctx.obj), json, csv)


@desk.command("doctor")
def doctor(
    ctx: typer.Context,
    rebuild_check: Annotated[
        bool, typer.Option("--rebuild-check/--no-rebuild-check", help="按事件重算每一件并比对（默认做）")
    ] = True,
    repair: Annotated[
        bool, typer.Option("--repair", "--rebuild", help="按事件链补写能补的，原来的簿另存；链断了的不补")
    ] = False,
    head: Annotated[
        str | None, typer.Option("--head", metavar="链头", help="以前抄下的链头在不在事件链里，至少写前 16 位")
    ] = None,
    heads: Annotated[
        str | None, typer.Option("--heads", metavar="文件", help="逐行核对记在外面的链头：日期,事件数,链头")
    ] = None,
    security: Annotated[
        bool, typer.Option("--security", help="保密检查，可存档的一页：文件权限、加密、查阅记录、检举控告件")
    ] = False,
    page: Annotated[str | None, typer.Option("-o", "--output", metavar="文件", help="保密检查存成 .md 或 .txt")] = None,
    force: options.Force = False,
    json: Json = False,
) -> None:
    """检查案件簿：文件完好、事件链未断、按事件重算的结果与存的一致。有问题退出码 1。

    末尾被截、日志文件丢失、整条链重写，簿里自己看不出来，要拿记在外面的链头核对：--head、--heads；
    设了 heads_file 的，每次写入后自动记，doctor 自动核对。

    例：xinfang doctor
        xinfang doctor --head 085fd86215a71c6a
        xinfang doctor --heads /另一块盘/链头.csv
        xinfang doctor --repair
        xinfang doctor --security -o 保密检查.md
    """
    if security or page is not None:
        _security_page(ctx.obj, options.target_of(page, force, (".md", ".txt")), json)
        return
    outside = health.Outside(head, None if heads is None else Path(heads).expanduser())
    repaired = health.repair(ctx.obj, outside) if repair else None
    found = health.check(ctx.obj, rebuild_check, outside=outside, repaired=repaired)
    output.show(found, json)
    if not found.ok:
        raise typer.Exit(1)


def _security_page(session: Session, path: Path | None, json: bool) -> None:
    """The page of the state of secrecy: shown, or kept in a file that nobody else can read."""
    from xinfang_cli.files import PRIVATE, written_whole
    from xinfang_cli.office.keeping.security import security
    from xinfang_cli.present.security import lines

    found = security(session)
    if path is None:
        output.show(found, json)
        return
    with written_whole(path, PRIVATE) as made:
        made.write_text("\n".join(lines(found)) + "\n", encoding="utf-8")
    screen.print_line(f"已写成 {path}")


@desk.command("backup")
def backup(
    ctx: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="文件或文件夹", help="备份到哪里；文件夹里按时刻取名")] = None,
    with_files: Annotated[bool, typer.Option("--with-files", help="连同附件，放在备份旁边的 .files 文件夹")] = False,
    keep: Annotated[
        str | None, typer.Option("--keep", metavar="份数", help="文件夹里本簿的备份只留最近几份，更早的删去")
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="列出已有的备份：几件、几个事件、到哪一天、链头、是否完好")
    ] = False,
    force: options.Force = False,
    json: Json = False,
) -> None:
    """备份案件簿，读回核对，并给出链头（抄下来，日后可以核对末尾有没有被截）。附件要加 --with-files 才一起备份。

    升级案件簿和导入上千行之前自动备份，放在案件簿旁边，各留三份。每天自动备份：config set backup_folder 文件夹。

    例：xinfang backup 备份/信访2023-07-17.db
        xinfang backup 备份 --keep 30
        xinfang backup --list 备份
    """
    from xinfang_cli.office.keeping import backup as copying

    target = None if file is None else Path(file).expanduser()
    if listing:
        output.show(copying.listed(ctx.obj, target), json)
        return
    if target is None:
        target = copying.daily_folder(ctx.obj)
        if target is None:
            target = Path(options.required(None, "文件或文件夹"))
    if keep is not None or target.is_dir():
        if target.exists() and not target.is_dir():
            raise BadValue("文件夹", str(target), "是文件", "--keep 要写文件夹，备份在里面按时刻取名")
        view = copying.backup_into(ctx.obj, target, options.whole_number(keep, "--keep", 1, 10_000), with_files)
    else:
        view = copying.backup(ctx.obj, target, force, with_files)
    output.show(view, json)


@desk.command("restore")
def restore(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="备份文件", help="从哪个备份恢复")],
    force: Annotated[bool, typer.Option("--force", help="替换现有的案件簿（现有的改名保存）")] = False,
    carry: Annotated[
        bool | None,
        typer.Option("--carry/--no-carry", help="把备份以后登记的也补进来，补不进来的逐条列出；终端上没写就问"),
    ] = None,
    json: Json = False,
) -> None:
    """从备份恢复：先检查备份完好，再放到案件簿的位置。备份以后用去的编号不再给别的件。

    例：xinfang restore 备份/信访2023-07-17.db --force
        xinfang restore 备份/信访2023-07-17.db --force --carry
    """
    from xinfang_cli.office.keeping.restore import newer_in_words
    from xinfang_cli.office.keeping.restore import restore as put_back

    source = Path(file).expanduser()
    if carry is None:
        asked = force and not json and asking.somebody_there()
        newer = newer_in_words(ctx.obj, source) if asked else ""
        carry = bool(newer) and asking.yes(f"{newer}；补进恢复的簿里吗")
    output.show(put_back(ctx.obj, source, force, carry_over=carry), json)
