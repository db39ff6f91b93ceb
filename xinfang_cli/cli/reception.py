"""The desk of leaders' reception: roster, visits, orders, the loop, the counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from xinfang_cli.cli import asking, options
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Csv, Json, KeepGoing, NewUnit, NotTheAccused, Numbers, On
from xinfang_cli.cli.output import show
from xinfang_cli.cli.periods import period
from xinfang_cli.cli.recording import finish
from xinfang_cli.errors import BadValue, Missing
from xinfang_cli.law import terms
from xinfang_cli.law.backlog import Fixed, parse_fixed
from xinfang_cli.office.campaigns import reception_status as counts
from xinfang_cli.office.campaigns import roster as rosters
from xinfang_cli.office.campaigns import visits
from xinfang_cli.office.session import Session
from xinfang_cli.terminal import screen

desk = Desk()
reception_desk = Desk(
    "领导接访：排班、登记接访、交办、闭环、统计。\n\n例：xinfang reception log 123 --leader 测试领导甲\n    xinfang reception status"
)
GROUPS: dict[str, typer.Typer] = {"reception": reception_desk}

Month = Annotated[str | None, typer.Option("--month", metavar="年-月", help="某月，如 2023-07")]
Year = Annotated[str | None, typer.Option("--year", metavar="年", help="某年")]
From = Annotated[str | None, typer.Option("--from", metavar="日期", help="起日")]
To = Annotated[str | None, typer.Option("--to", metavar="日期", help="止日")]


def _span(
    session: Session, month: str | None, year: str | None, from_: str | None, to: str | None
) -> tuple[date, date] | None:
    """The period asked for, or None."""
    if month is None and year is None and from_ is None and to is None:
        return None
    return period(session, month, None, year, None, from_, to)


def _so_far(session: Session, span: tuple[date, date] | None) -> tuple[date, date]:
    """The period asked for, else the year so far."""
    return span or (date(session.today.year, 1, 1), session.today)


def names_of(words: list[str] | None) -> list[str]:
    """Names given one by one or with 、 and commas between."""
    found: list[str] = []
    for word in words or []:
        plain = word.replace("，", "、").replace(",", "、")
        found += [name for name in (options.clean(part) for part in plain.split("、")) if name]
    return list(dict.fromkeys(found))


# ---- roster -----------------------------------------------------------------------------------------------------


@reception_desk.command("roster")
def roster(
    ctx: typer.Context,
    month: Month = None,
    from_: From = None,
    to: To = None,
    leaders: Annotated[
        list[str] | None, typer.Option("--leaders", metavar="姓名", help="轮流接访的领导，按顺序，用顿号或逗号分开")
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="文件", help="领导名单（xlsx、xls、csv，列名 姓名）")
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option("--fixed", metavar="姓名=哪天", help="固定接访日：测试领导甲=周二、=第2个周二、=15日；可写几次"),
    ] = None,
    include_holidays: Annotated[
        bool, typer.Option("--include-holidays", help="重大活动期间：周末和节假日也排")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="这段时间已排过的重排")] = False,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="文件", help="打印成 .docx、.xlsx 或 .ics 日历")
    ] = None,
    force: options.Force = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """接访日程：给出领导就排班（每个工作日一位，调休上班日也排，节假日不排），不给就查看，缺的标出来。

    例：xinfang reception roster --month 2023-08 --leaders 测试领导甲、测试领导乙 --fixed 测试领导丙=周二
        xinfang reception roster --month 2023-08 -o 接访日程.docx
    """
    session: Session = ctx.obj
    target = options.target_of(output, force, (".docx", ".xlsx", ".ics"))
    first, last = _span(session, month, None, from_, to) or period(session, None, None, None, None, None, None)
    names = names_of(leaders)
    if file is not None:
        names += [name for name in rosters.read_leaders(Path(file).expanduser()) if name not in names]
    rules = [_fixed(word) for word in fixed or []]
    if names or rules:
        holidays = ((first, last),) if include_holidays else ()
        request = rosters.RosterRequest(tuple(names), first, last, tuple(rules), holidays, replace)
        found = rosters.make(session, request)
    else:
        if include_holidays or replace:
            raise Missing("没有写领导", "排班要写 --leaders、--file 或 --fixed")
        found = rosters.show(session, first, last)
    if target is not None:
        _print_roster(session, found, target)
    if output is None or json:
        show(found, json, csv)


def _fixed(word: str) -> Fixed:
    rule = parse_fixed(terms.half_width(word))
    if rule is None:
        raise BadValue("--fixed", word, "看不懂", "写成 姓名=周二、姓名=第2个周二 或 姓名=15日")
    return rule


def _print_roster(session: Session, found: rosters.DutyRoster, path: Path) -> None:
    from xinfang_cli.documents import roster as paper

    paper.write(found, path, rosters.bureau(session), session.now())
    screen.print_notice(f"已写入 {path}")


@reception_desk.command("swap")
def swap(
    ctx: typer.Context,
    day: Annotated[str, typer.Argument(metavar="哪天", help="哪一天")],
    with_: Annotated[str | None, typer.Argument(metavar="[另一天]", help="与哪一天对调")] = None,
    leader: Annotated[str | None, typer.Option("--leader", metavar="姓名", help="由哪位领导顶替")] = None,
    json: Json = False,
) -> None:
    """换班：两天对调，或由另一位领导顶一天。

    例：xinfang reception swap 7-18 7-20
        xinfang reception swap 7-18 --leader 测试领导乙
    """
    session: Session = ctx.obj
    if (with_ is None) == (leader is None):
        raise Missing("要写另一天（对调）或 --leader（顶替），只写一个", "看用法：xinfang reception swap --help")
    first = options.day(session, day, "日期")
    assert first is not None
    show(rosters.swap(session, first, options.day(session, with_, "另一天"), options.clean(leader)), json)


# ---- logging ----------------------------------------------------------------------------------------------------


@reception_desk.command("log")
def log(
    ctx: typer.Context,
    matters: Annotated[
        list[str] | None, typer.Argument(metavar="[编号…]", help="反映的是簿中哪几件；新事项用 --title 当场登记")
    ] = None,
    leader: Annotated[
        list[str] | None, typer.Option("--leader", metavar="姓名", help="接访领导，可写几位；默认当天排班的")
    ] = None,
    form: Annotated[
        str, typer.Option("--form", metavar="形式", help="接访（默认）、约访、下访、带案下访、视频")
    ] = "接访",
    people: Annotated[str | None, typer.Option("--people", metavar="人数", help="这一批来了几人")] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="文字", help="当场登记：概况")] = None,
    kind: Annotated[
        str, typer.Option("--kind", metavar="目的", help="当场登记：信访目的", autocompletion=options.words(terms.KIND))
    ] = "申诉求决",
    topic: Annotated[str | None, typer.Option("--topic", metavar="分类", help="当场登记：内容分类")] = None,
    region: Annotated[str | None, typer.Option("--region", metavar="属地", help="当场登记：问题属地")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="姓名", help="当场登记：信访人")] = None,
    id_no: Annotated[str | None, typer.Option("--id-no", metavar="号码", help="当场登记：证件号码")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="号码", help="当场登记：联系电话")] = None,
    address: Annotated[str | None, typer.Option("--address", metavar="住址", help="当场登记：住址")] = None,
    content: Annotated[str | None, typer.Option("--content", metavar="文字", help="当场登记：内容")] = None,
    order: Annotated[str | None, typer.Option("--order", metavar="文字", help="领导怎么交办的")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="单位", help="交办给哪个单位，默认该件的责任单位")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="日期", help="交办的期限，到期未落实进 overdue")] = None,
    settled: Annotated[bool, typer.Option("--settled", help="当场答复，不用交办")] = False,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="接访记录")] = None,
    no_visitor: Annotated[bool, typer.Option("--no-visitor", help="值班无人来访")] = False,
    invited: Annotated[
        list[str] | None, typer.Option("--invited", metavar="编号", help="无访约访：约了哪几件的信访人，可写几次")
    ] = None,
    file: Annotated[
        str | None,
        typer.Option(
            "--file",
            metavar="文件",
            help="从接访台账登记：日期、形式、接访领导、人数、登记编号、约访、交办单位、交办期限、落实日期、反馈日期、跟进日期",
        ),
    ] = None,
    new_unit: NewUnit = False,
    not_the_accused: NotTheAccused = None,
    new_topic: Annotated[bool, typer.Option("--new-topic", help="内容分类名单里没有就新增")] = False,
    on: On = None,
    json: Json = False,
) -> None:
    """登记一次接访：一批群众算一次，反映几件就写几个编号；无访的记值班，并问约访了谁。

    例：xinfang reception log 123 --people 3 --to 教育局 --by 8-15 --order "一周内拿出方案"
        xinfang reception log --title "反映供水压力不足" --name 测试甲 --leader 测试领导甲 --settled
        xinfang reception log --no-visitor --invited 124
    """
    session: Session = ctx.obj
    if file is not None:
        show(visits.log_file(session, Path(file).expanduser()), json)
        return
    on_day = options.on_day(session, on)
    who = names_of(leader) or list(rosters.on_duty(session, on_day))
    if not who:
        raise Missing("缺少选项 --leader", f"{on_day.isoformat()} 没有排班，请写接访领导")
    chosen = terms.RECEPTION.parse(form, "--form")
    listed = options.read_numbers(matters) if matters else []
    if not listed and title is None and not no_visitor:
        listed = _ask_who_came(json)
        no_visitor = not listed
    if no_visitor:
        if listed or title is not None:
            raise Missing("--no-visitor 不和编号、--title 同用", "有人来访就不写 --no-visitor")
        sit(session, on_day, chosen, who, invited, json)
        return
    if invited:
        raise Missing("--invited 要和 --no-visitor 同用", "约访的人来了，写 --form 约访 和他的编号")
    if (to is not None or order is not None) and by is None:
        raise Missing("缺少选项 --by", "领导交办要写期限")
    intake = None
    if title is not None:
        from xinfang_cli.cli.adding import intake_fields

        intake = intake_fields(session, **{field: ctx.params[field] for field in _ON_THE_SPOT})
    visit = visits.Visit(
        on=on_day,
        form=chosen,
        leaders=tuple(who),
        people=options.whole_number(people, "--people", 1),
        numbers=tuple(listed),
        intake=intake,
        settled=settled,
        text=options.clean(text),
        order=options.clean(order),
        to=to,
        answer_by=options.day(session, by, "--by"),
    )
    finish(visits.log(session, visit, new_unit=new_unit, new_topic=new_topic), matters or [], json)


_ON_THE_SPOT = ("title", "kind", "topic", "region", "name", "id_no", "phone", "address", "content")
"""What is asked of a matter that is taken down on the spot."""


def _ask_who_came(json: bool) -> list[str]:
    """The cases that a party came on, asked for; none: nobody came."""
    if not asking.somebody_there() or json:
        raise Missing("没有写编号", "写登记编号，新事项写 --title，无人来访写 --no-visitor")
    return asking.ask("来访的是哪几件（登记编号，空格分开；没有人来直接回车）").split()


def sit(session: Session, on: date, form: str, who: list[str], invited: list[str] | None, json: bool) -> None:
    """Record a duty day without visitors; asks for petitioners invited instead."""
    asked = names_of(invited)
    if invited is None and asking.somebody_there() and not json:
        asked = asking.ask("无访约访：约了哪几件的信访人（登记编号，空格分开；没有就回车）").split()
    sitting = visits.attend(session, on, form, who, asked)
    if not asked:
        screen.print_notice("注意：无访，没有记约访了谁；约访的加 --invited 编号")
    show(sitting, json)


@reception_desk.command("order")
def order_(
    ctx: typer.Context,
    numbers: Numbers,
    to: Annotated[str | None, typer.Option("--to", metavar="单位", help="交办给哪个单位，默认该件的责任单位")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="日期", help="期限")] = None,
    leader: Annotated[str | None, typer.Option("--leader", metavar="姓名", help="哪位领导，默认接访的那位")] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="怎么交办的")] = None,
    new_unit: NewUnit = False,
    not_the_accused: NotTheAccused = None,
    keep_going: KeepGoing = False,
    on: On = None,
    json: Json = False,
) -> None:
    """补记领导在接访中的交办；期限到了没有落实，列入 overdue。

    例：xinfang reception order 123 --to 教育局 --by 8-15 --text "一周内拿出方案"
    """
    session: Session = ctx.obj
    by_day = options.day(session, options.required(by, "--by"), "--by")
    assert by_day is not None
    done = visits.order(
        session,
        options.read_numbers(numbers),
        options.on_day(session, on),
        visits.NewOrder(by_day, to, options.clean(leader), options.clean(text), new_unit),
        keep_going=keep_going,
    )
    finish(done, numbers, json)


@reception_desk.command("follow")
def follow(
    ctx: typer.Context,
    step: Annotated[str, typer.Argument(metavar="步骤", help="落实、反馈、跟进")],
    numbers: Numbers,
    to: Annotated[str | None, typer.Option("--to", metavar="单位", help="一件有几项交办的，写哪个单位的")] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="情况")] = None,
    keep_going: KeepGoing = False,
    on: On = None,
    json: Json = False,
) -> None:
    """闭环的后三步：交办落实了、结果反馈给群众了、跟进回访了，依次登记。

    例：xinfang reception follow 落实 123 --on 昨天
        xinfang reception follow 反馈 123
    """
    chosen = terms.LOOP.parse(step, "步骤")
    done = visits.follow(
        ctx.obj,
        options.read_numbers(numbers),
        chosen,
        options.on_day(ctx.obj, on),
        to=to,
        text=options.clean(text),
        keep_going=keep_going,
    )
    finish(done, numbers, json)


@reception_desk.command("cancel")
def cancel(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="记录号", help="看 xinfang reception list --no-visitor")],
    json: Json = False,
) -> None:
    """撤掉一条记错的无访值班；接访了人的用 xinfang undo。

    例：xinfang reception cancel 1203
    """
    wanted = options.whole_number(number, "记录号", 1)
    assert wanted is not None
    show(visits.cancel(ctx.obj, wanted), json)


# ---- looking ----------------------------------------------------------------------------------------------------


@reception_desk.command("list")
def list_(
    ctx: typer.Context,
    month: Month = None,
    year: Year = None,
    from_: From = None,
    to: To = None,
    open_only: Annotated[bool, typer.Option("--open", help="只列没有闭环的")] = False,
    leader: Annotated[str | None, typer.Option("--leader", metavar="姓名", help="接访领导")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="交办的单位")] = None,
    no_visitor: Annotated[bool, typer.Option("--no-visitor", help="改列无访的值班，带记录号")] = False,
    not_the_accused: options.NotTheAccused = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """接访事项和各自的闭环：接访、交办、落实、反馈、跟进；默认今年以来。

    例：xinfang reception list --open
        xinfang reception list --month 2023-06 --csv > 接访.csv
    """
    session: Session = ctx.obj
    first, last = _so_far(session, _span(session, month, year, from_, to))
    if no_visitor:
        show(counts.sittings(session, first, last), json)
        return
    asked = counts.MattersAsked(first, last, open_only, options.clean(leader), unit)
    options.not_the_accused(session, unit, leaders=[asked.leader])
    show(counts.matters(session, asked), json, csv)


@reception_desk.command("status")
def status(
    ctx: typer.Context,
    month: Month = None,
    year: Year = None,
    from_: From = None,
    to: To = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="日期", help="截至日，默认今天")] = None,
    json: Json = False,
) -> None:
    """领导接访的统计：人次、批、人、缺了哪天、交办落实和闭环；默认今年以来。

    缺访从簿里第一次排班或接访那天算起，没有排班的月份按工作日算。

    例：xinfang reception status
        xinfang reception status --month 2023-06 --json
    """
    session: Session = ctx.obj
    first, last = _so_far(session, _span(session, month, year, from_, to))
    show(counts.status(session, first, last, options.day(session, as_of, "--as-of")), json)
