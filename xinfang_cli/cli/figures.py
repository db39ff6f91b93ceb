"""The desk of figures: what the bureau publishes."""

# No postponed annotations here: Typer would compile each of some thirty a command anew, a quarter of F.

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from xinfang_cli.cli import options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Csv, Json
from xinfang_cli.cli.periods import AsOf, FirstOnly, Span, spanned
from xinfang_cli.errors import BadValue
from xinfang_cli.intake import cleaning, days
from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import DEFINITIONS, PEOPLE_OF, VOLUMES
from xinfang_cli.office.session import Session

if TYPE_CHECKING:
    from xinfang_cli.office.figures.stats import FiguresRequest

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}

_BASES = {
    "due": "due",
    "应办口径": "due",
    "received": "received",
    "登记口径": "received",
    "stopped": "stopped",
    "办结口径": "stopped",
}
_DIMENSIONS = {
    "unit": "unit",
    "单位": "unit",
    "责任单位": "unit",
    "channel": "channel",
    "形式": "channel",
    "信访形式": "channel",
    "kind": "kind",
    "目的": "kind",
    "信访目的": "kind",
    "topic": "topic",
    "内容分类": "topic",
    "region": "region",
    "属地": "region",
    "问题属地": "region",
    "level": "level",
    "到访层级": "level",
    "source": "source",
    "来源": "source",
}


@desk.command("stats")
@spanned
def stats(
    ctx: typer.Context,
    span: Span,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="分组",
            help="unit 单位、channel 形式、kind 目的、topic 分类、region 属地、level 层级、source 来源；可两个，如 unit,channel",
        ),
    ] = None,
    basis: Annotated[
        str, typer.Option("--basis", metavar="口径", help="due 应办口径（默认）、received 登记口径、stopped 办结口径")
    ] = "due",
    as_of: AsOf = None,
    first_only: FirstOnly = False,
    rank: Annotated[bool, typer.Option("--rank", help="组内排名")] = False,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只算一个单位；未转送 也行")] = None,
    not_the_accused: options.NotTheAccused = None,
    channel: Annotated[
        str | None,
        typer.Option("--channel", metavar="形式", help="只算一种信访形式", autocompletion=options.words(terms.CHANNEL)),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="目的", help="只算一种信访目的", autocompletion=options.words(terms.KIND)),
    ] = None,
    topic: Annotated[str | None, typer.Option("--topic", metavar="分类", help="只算一个内容分类；未填 也行")] = None,
    region: Annotated[str | None, typer.Option("--region", metavar="属地", help="只算一个问题属地；未填 也行")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="和上期（环比）、上年同期（同比）比较")] = False,
    trend: Annotated[str | None, typer.Option("--trend", metavar="期数", help="往前几期的走势，如 12 个月")] = None,
    chart: Annotated[bool, typer.Option("--chart", help="画条形图；和 --trend 同用画折线")] = False,
    cases: Annotated[
        str | None,
        typer.Option(
            "--cases",
            metavar="指标[:部分]",
            help="列出一个数背后的件：按期办结率:逾期、一次性化解率:未计入、收到、来访、人数……（英文名也行）；部分有"
            "按期、逾期、超期未办、未到期，其他率 计入、未计入，都有 剔除，受理、办结还有 缺受理；不写部分列分母",
        ),
    ] = None,
    backdated: Annotated[
        bool,
        typer.Option("--backdated", help="本期的经过写的日期和记入的日期差几天，按单位、经办人；凭此才按期的逐条列"),
    ] = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """一段时期的各项率和数；每个率都给出分子和分母。

    例：xinfang stats --month 2023-06 --by unit --rank
        xinfang stats --from 2023-01-01 --to 2023-07-17 --first-only
        xinfang stats --month 2023-06 --compare --trend 12 --chart
        xinfang stats --month 2023-06 --unit 教育局 --cases 按期办结率:逾期
        xinfang stats --month 2023-06 --backdated
    """
    from xinfang_cli.office.figures import stats as report

    session = ctx.obj
    if basis not in _BASES:
        raise BadValue("--basis", basis, "不在规定的词语里", "可用：due 应办口径、received 登记口径、stopped 办结口径")
    chosen = dimensions(by)
    if rank and not chosen:
        chosen = ("unit",)
    first, last = span
    only = {"unit": unit, "channel": channel, "kind": kind, "topic": topic, "region": region}
    day = options.day(session, as_of, "--as-of")
    asked = report.FiguresRequest(first, last, day, _BASES[basis], first_only, only, chosen)
    options.not_the_accused(session, unit)
    if backdated:
        _show_backdated(session, asked, json, csv)
        return
    if cases is not None:
        output.show(report.cases_behind(session, asked, *number_behind(cases)), json, csv)
        return
    steps = options.whole_number(trend, "--trend", 2) or 0
    output.show(report.stats(session, asked, ranked=rank, compare=compare, trend=steps), json, csv, chart=chart)


def _show_backdated(session: Session, asked: "FiguresRequest", json: bool, csv: bool) -> None:
    from xinfang_cli.office.figures.backdated import backdated

    for dimension, word in asked.only.items():
        if word is not None and dimension != "unit":
            raise BadValue(f"--{dimension}", word, "不和 --backdated 同用", "可用：--unit 单位")
    output.show(backdated(session, asked), json, csv)


@desk.command("outlook")
@spanned
def outlook(
    ctx: typer.Context,
    span: Span,
    rate: Annotated[
        list[str] | None,
        typer.Option(
            "--rate",
            metavar="指标",
            help="指标的名称，可写几次；默认及时受理、按期受理、按期办结、参评、办结、一次性化解、满意都算",
        ),
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="只看一个单位，连同要升一名还差几件")
    ] = None,
    not_the_accused: options.NotTheAccused = None,
    by: Annotated[str | None, typer.Option("--by", metavar="分组", help="unit：各单位分列")] = None,
    target: Annotated[str | None, typer.Option("--target", metavar="百分数", help="目标，默认用本局设置的")] = None,
    if_: Annotated[
        list[str] | None,
        typer.Option("--if", metavar="编号=日期", help="假设某件在某日办成，几件用逗号隔开，也可写几次"),
    ] = None,
    as_of: AsOf = None,
    first_only: FirstOnly = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """本期还会变成多少：目前、最好、最差，要达目标（或升一名）还须按期（参评率是还须评价）几件，是哪些件。

    例：xinfang outlook --month 2023-07 --target 95
        xinfang outlook --unit 教育局 --if 123=7-20,124=7-25
    """
    from xinfang_cli.office.figures import outlook as office
    from xinfang_cli.office.figures.stats import FiguresRequest

    session = ctx.obj
    first, last = span
    if by is not None and dimensions(by) != ("unit",):
        raise BadValue("--by", by, "不能这样分", "只能按 unit 分")
    options.not_the_accused(session, unit)
    day = options.day(session, as_of, "--as-of")
    found = office.outlook(
        session,
        FiguresRequest(first, last, day, first_only=first_only, only={"unit": unit}),
        rates=tuple(number_of(word)[0] for word in rate) if rate else office.RATES,
        by_unit=by is not None,
        target=_percentage(target),
        suppose=_supposed(session, if_ or []),
    )
    output.show(found, json, csv)


def _percentage(text: str | None) -> float | None:
    if text is None:
        return None
    plain = cleaning.half_width(text).strip().removesuffix("%")
    try:
        value = float(plain)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise BadValue("--target", text, "不是百分数", "请填 0 到 100，如 95")
    return value


def _supposed(session: Session, words: list[str]) -> list[tuple[str, date]]:
    """NO=DAY, several with commas."""
    pairs = [word.strip() for given in words for word in given.replace("，", ",").split(",") if word.strip()]
    found = []
    for pair in pairs:
        number, sign, day = pair.replace("＝", "=").partition("=")
        if not sign or not number or not day:
            raise BadValue("--if", pair, "看不懂", "写法：--if 编号=日期，如 --if 123=7-20")
        found.append((number.strip(), days.parse_day(day, session.today, "--if")))
    return found


@desk.command("blame")
@spanned
def blame(
    ctx: typer.Context,
    span: Span,
    clock: Annotated[
        list[str] | None,
        typer.Option(
            "--clock", metavar="时限", help="只看 受理 或 办结，默认都看", autocompletion=options.words(terms.CLOCK)
        ),
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只看一个单位")] = None,
    not_the_accused: options.NotTheAccused = None,
    cases: Annotated[bool, typer.Option("--cases", help="逐件列出")] = False,
    as_of: AsOf = None,
    first_only: FirstOnly = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """逾期、超期的里面，本局转办用了几天，单位用了几天，按单位列。

    异议审核的日子算本局的。

    例：xinfang blame --month 2023-06
        xinfang blame --quarter 2023Q2 --unit 教育局 --cases
    """
    from xinfang_cli.office.figures import blame as office
    from xinfang_cli.office.figures.stats import FiguresRequest

    session = ctx.obj
    first, last = span
    day = options.day(session, as_of, "--as-of")
    asked = FiguresRequest(first, last, day, first_only=first_only, only={"unit": unit})
    kinds = tuple(terms.CLOCK.parse(word, "--clock") for word in clock) if clock else office.CLOCKS
    options.not_the_accused(session, unit)
    output.show(office.blame(session, asked, clocks=kinds), json, csv, cases=cases)


def dimensions(by: str | None) -> tuple[str, ...]:
    """The dimensions of `--by`: at most two."""
    words = [] if by is None else [word.strip() for word in by.replace("，", ",").split(",") if word.strip()]
    for word in words:
        if word not in _DIMENSIONS:
            raise BadValue("--by", word, "不能分组", "可用：unit、channel、kind、topic、region、level、source")
    chosen = tuple(dict.fromkeys(_DIMENSIONS[word] for word in words))
    if len(chosen) > 2:
        raise BadValue("--by", by, "分组太多", "最多两个")
    return chosen


def number_of(text: str) -> tuple[str, str | None]:
    """A figure and a part of it, in English or Chinese."""
    from xinfang_cli.present.figures import PARTS

    name, _, part = text.replace("：", ":").partition(":")
    keys = {definition.label: key for key, definition in DEFINITIONS.items()}
    keys |= {row.label.split("（")[0]: key for key, row in VOLUMES.items()}
    parts = {label: key for key, label in PARTS.items()}
    return keys.get(name.strip(), name.strip()), parts.get(part.strip(), part.strip()) or None


def number_behind(text: str) -> tuple[str, str | None]:
    """The figure and part named by `--cases`; for a number of people, the cases they came with."""
    from xinfang_cli.office.figures import stats as report
    from xinfang_cli.present.figures import PARTS

    key, part = number_of(text)
    key = PEOPLE_OF.get(key, key)
    if key not in DEFINITIONS and key not in VOLUMES:
        words = [definition.label for definition in DEFINITIONS.values()]
        words += dict.fromkeys(row.label.split("（")[0] for row in VOLUMES.values())
        raise BadValue("--cases", text, "不是率也不是数", f"可用：{'、'.join(words)}")
    there = report.parts_of(key)
    if part in ("分子", "分母"):
        part = there[0] if part == "分子" and there else None
    elif part is None and key == "repeat" and text.strip() == VOLUMES["repeat"].label.split("（")[0]:
        part = "numerator"
    if part is not None and part not in there:
        hint = f"可用：{'、'.join(PARTS[found] for found in there)}" if there else "这个数不分部分，只写名称"
        raise BadValue("--cases", text, "没有这一部分", hint)
    return key, part
