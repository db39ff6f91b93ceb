"""The desk of intake: one matter at the counter, or a whole ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from xinfang_cli.cli import asking, options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.entry import Interview
from xinfang_cli.cli.options import Json
from xinfang_cli.errors import Missing, XinfangError
from xinfang_cli.intake import cleaning
from xinfang_cli.law import terms
from xinfang_cli.office.session import Session
from xinfang_cli.office.work.done import ChangedCase, Earlier, NoLonger
from xinfang_cli.terminal import screen

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}

_WORDS = {
    "channel": terms.CHANNEL,
    "kind": terms.KIND,
    "source": terms.SOURCE,
    "priority": terms.PRIORITY,
    "level": terms.LEVEL,
}
_COUNTS = ("headcount", "affected", "representatives")
NO_DAY = "无"  # what takes a day away that was taken down wrong; an empty word is more likely a slip


def intake_fields(session: Session, *, names: Mapping[str, str] | None = None, **given: Any) -> dict[str, Any]:
    """Clean intake values from what was typed; only the fields that were given. BadValue names the field, by its flag
    or as `names` has it."""
    fields: dict[str, Any] = {}
    for key, value in given.items():
        if value is None:
            continue
        flag = (names or {}).get(key) or "--" + key.replace("_", "-")
        if key in _WORDS:
            fields[key] = _WORDS[key].parse(value, flag)
        elif key in _COUNTS:
            fields[key] = cleaning.headcount(value, flag)
        elif key in ("report_by", "deceased_on"):
            fields[key] = None if value.strip() == NO_DAY else options.day(session, value, flag)
        elif key == "crossing":
            fields[key] = None if value.strip() == NO_DAY else terms.crossing_of(value, flag) or None
        elif key == "id_no":
            fields[key] = cleaning.normalise_id(value) or None
        elif key == "phone":
            fields[key] = cleaning.normalise_phone(value) or None
        elif key == "name":
            fields[key] = cleaning.clean_name(value) or None
        elif key == "external_no":
            fields[key] = cleaning.number(value) or None
        else:
            fields[key] = cleaning.clean_text(value) or None
    return fields


@desk.command("init")
def init(ctx: typer.Context, json: Json = False) -> None:
    """建立案件簿。也可以不建：第一次登记或导入时会自动建立。

    例：xinfang --db 信访.db init
    """
    from xinfang_cli.office.keeping.making import make

    output.show(make(ctx.obj), json)


@desk.command("add")
def add(
    ctx: typer.Context,
    received: Annotated[str | None, typer.Option("--received", metavar="日期", help="收到日期，默认今天")] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", metavar="形式", help="来信、来访、网上信访、领导信箱、来电……")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="目的", help="申诉求决、建议意见、检举控告、咨询、其他")
    ] = None,
    topic: Annotated[str | None, typer.Option("--topic", metavar="分类", help="内容分类，如 城乡建设")] = None,
    region: Annotated[str | None, typer.Option("--region", metavar="属地", help="问题属地，乡镇街道")] = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="来源", help="本级登记（默认）、上级转送、上级交办")
    ] = None,
    priority: Annotated[str | None, typer.Option("--priority", metavar="程度", help="普通（默认）、重点、紧急")] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="文字", help="概况，一句话")] = None,
    content: Annotated[str | None, typer.Option("--content", metavar="文字", help="内容")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="姓名", help="信访人")] = None,
    id_no: Annotated[str | None, typer.Option("--id-no", metavar="号码", help="证件号码")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="号码", help="联系电话")] = None,
    address: Annotated[str | None, typer.Option("--address", metavar="住址", help="住址")] = None,
    headcount: Annotated[str | None, typer.Option("--headcount", metavar="人数", help="来了或联名几人，默认 1")] = None,
    representatives: Annotated[
        str | None, typer.Option("--representatives", metavar="人数", help="推选的代表，不超过 5 人")
    ] = None,
    affected: Annotated[str | None, typer.Option("--affected", metavar="人数", help="涉及人数")] = None,
    external_no: Annotated[str | None, typer.Option("--external-no", metavar="编号", help="国家或省系统的编号")] = None,
    repeat_of: Annotated[str | None, typer.Option("--repeat-of", metavar="编号", help="重复件：原来那件的编号")] = None,
    repeat: Annotated[bool, typer.Option("--repeat", help="重复件，但不知道原件")] = False,
    complained_unit: Annotated[
        str | None, typer.Option("--complained-unit", metavar="单位", help="被反映单位；检举控告件即被检举的")
    ] = None,
    level: Annotated[str | None, typer.Option("--level", metavar="层级", help="到区、到市、赴省、进京")] = None,
    crossing: Annotated[
        str | None,
        typer.Option(
            "--crossing",
            metavar="情形",
            help="三跨三分离：跨地区、跨部门、跨行业、人事分离、人户分离、人事户分离，可写几样",
        ),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", metavar="标签", help="标签，可写几次")] = None,
    report_by: Annotated[str | None, typer.Option("--report-by", metavar="日期", help="上级限报日期")] = None,
    new_topic: Annotated[bool, typer.Option("--new-topic", help="内容分类名单里没有就新增")] = False,
    new_region: Annotated[bool, typer.Option("--new-region", help="问题属地名单里没有就新增")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不询问，缺的就空着")] = False,
    on: options.On = None,
    json: Json = False,
) -> None:
    """登记一件信访事项（条例第二十二条）；在终端上缺什么问什么，最后给出编号和转送期限。

    问的时候写 < 回到上一项，写 ? 看可填的词；证件号码、电话可疑的会再问一次。

    例：xinfang add
        xinfang add --channel 来信 --kind 申诉求决 --title "反映供水压力不足" --name 测试甲
    """
    from xinfang_cli.office.work import registering

    session = ctx.obj
    given: dict[str, Any] = {
        "channel": channel,
        "kind": kind,
        "title": title,
        "topic": topic,
        "region": region,
        "source": source,
        "priority": priority,
        "content": content,
        "name": name,
        "id_no": id_no,
        "phone": phone,
        "address": address,
        "headcount": headcount,
        "representatives": representatives,
        "affected": affected,
        "external_no": external_no,
        "complained_unit": complained_unit,
        "level": level,
        "crossing": crossing,
        "report_by": report_by,
    }
    day_word = received if received is not None else on
    received_on = options.day(session, day_word, "--on" if received is None else "--received") or session.today
    fields = intake_fields(session, **given)
    asked = asking.somebody_there() and not yes and not json
    talk = Interview(session, fields, received_on, intake_fields)
    talk.new_topic, talk.new_region = new_topic, new_region
    if asked:
        # A book that cannot be used, or a flag that is wrong, is told before the questions, not after them.
        registering.check_given(session, fields, repeat_of, new_topic, new_region)
        talk.run(day_word is not None)
    for key in ("channel", "kind", "title"):
        if not fields.get(key):
            raise Missing(f"缺少选项 --{key}", "登记至少要有信访形式、信访目的和概况；看用法：xinfang add --help")
    while True:
        original = repeat_of
        if asked and original is None:
            original = _offer_earlier(session, fields, talk.received_on)
        said = {**fields, "repeat": True} if repeat else dict(fields)
        if tag:
            said["tags"] = [word for word in map(options.clean, tag) if word]
        try:
            done = registering.add(
                session,
                talk.received_on,
                said,
                repeat_of=original,
                new_topic=talk.new_topic,
                new_region=talk.new_region,
            )
            break
        except XinfangError as error:
            if not asked or error.exit_code != 1:
                raise
            screen.tell(f"没有登记：{error.line()}")
            if not asking.yes("从头改一遍吗（填过的都留着）"):
                raise
            talk.run(day_word is not None)
    added = done.cases[0]
    likely = added.get(Earlier)
    if likely and not json and not asked:
        _tell_likely(likely, added.case.case_no)
    output.show(done, json)
    if asked:
        offer_no_longer(session, added)


def offer_no_longer(session: Session, changed: ChangedCase) -> None:
    """A matter that is ended for good is not taken up again: offer to record it (art. 36)."""
    from xinfang_cli.office.work import casework

    found = changed.get(NoLonger)
    if found and asking.yes("这一件按不再受理登记吗"):
        output.show(casework.refuse(session, [changed.case.case_no], found.ground, found.why, on=session.today))


def _tell_likely(likely: Earlier, case_no: str) -> None:
    for found in likely.cases:
        screen.tell(
            f"可能是重复件：{found.case.case_no} {found.case.title}（{terms.DUPLICATE.label(found.ground)}）；"
            f"确认后 xinfang link {case_no} --repeat-of {found.case.case_no}"
        )


def _offer_earlier(session: Session, fields: dict[str, Any], received_on: Any) -> str | None:
    from xinfang_cli.office.work import registering

    found = registering.earlier(session, fields, received_on)
    if not found:
        return None
    screen.tell("可能是这些以前的件的重复：")
    for number, (case, ground) in enumerate(found, 1):
        stage = terms.STAGE.label(case.stage)
        screen.tell(
            f"  {number}  {case.case_no}  {case.received_on}  {stage}  {case.title}（{terms.DUPLICATE.label(ground)}）"
        )
    while True:
        word = asking.ask("是哪一件的重复件（写序号，不是就回车）")
        if not word:
            return None
        if word.isdigit() and 1 <= int(word) <= len(found):
            return found[int(word) - 1].case.case_no
        screen.tell("  请写上面的序号，或直接回车")
