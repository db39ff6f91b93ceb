"""The desk of intake: one matter at the counter, or a whole ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any

import typer

from xinfang_cli.cli import asking, forms, options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.entry import Interview
from xinfang_cli.cli.options import Json
from xinfang_cli.errors import Again, BadValue, Missing, NotFound, XinfangError, system_says
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake import cleaning
from xinfang_cli.law import terms
from xinfang_cli.law.events.fields import Field
from xinfang_cli.law.events.taken_down import EDITABLE
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned
from xinfang_cli.office.work.done import ChangedCase, Done, Earlier, NoLonger
from xinfang_cli.terminal import screen

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}

FIELDS = {field.name: field for field in EDITABLE if field.asked}
"""What a form of intake may say."""
_CLEAN: dict[str, Callable[[str], Any]] = {
    "id_no": cleaning.normalise_id,
    "phone": cleaning.normalise_phone,
    "name": cleaning.clean_name,
    "complained_person": cleaning.clean_name,
    "external_no": cleaning.number,
}
NO_DAY = "无"  # what takes away what was taken down wrong; an empty word is more likely a slip


def intake_fields(session: Session, *, names: Mapping[str, str] | None = None, **given: Any) -> dict[str, Any]:
    """Clean typed intake values; only given fields. BadValue names the field by its flag, or by `names`."""
    return {
        key: _clean(session, FIELDS[key], typed, (names or {}).get(key) or forms.flag_of(FIELDS[key]))
        for key, typed in given.items()
        if typed is not None
    }


def _clean(session: Session, field: Field, typed: str, flag: str) -> Any:
    if field.nature in ("day", "words") and typed.strip() == NO_DAY:
        return None
    if field.nature == "day":
        return options.day(session, typed, flag)
    if field.nature == "words":
        return terms.crossing_of(typed, flag) or None
    if field.nature == "number":
        return cleaning.headcount(typed, flag)
    if field.words is not None:
        return field.words.parse(typed, flag)
    return _CLEAN.get(field.name, cleaning.clean_text)(typed) or None


@desk.command("init")
def init(ctx: typer.Context, json: Json = False) -> None:
    """建立案件簿。也可以不建：第一次登记或导入时会自动建立。

    例：xinfang --db 信访.db init
    """
    from xinfang_cli.office.keeping.making import make

    output.show(make(ctx.obj), json)


def add(
    ctx: typer.Context,
    *,
    received: str | None,
    repeat_of: str | None,
    repeat: bool,
    tag: list[str] | None,
    complained_unknown: bool,
    new_topic: bool,
    new_region: bool,
    not_the_accused: str | None,  # goes into the session
    yes: bool,
    resume: bool,
    resume_all: bool,
    offline: bool,
    on: str | None,
    json: bool,
    **given: Any,
) -> None:
    """登记一件信访事项（条例第二十二条）；在终端上缺什么问什么，最后给出编号和转送期限。

    问的时候写 < 回到上一项，写 ? 看可填的词；证件号码、电话可疑的会再问一次。
    问完了案件簿正被占用、写不进去的，填过的存成草稿（只有本人能读），以后 --resume 接着登记。
    案件簿在服务器上而服务器连不上的，--offline 先记在本机（待补-1、待补-2），连上以后 --resume 一件件接着登记，
    或 --resume-all 一次补完：收到日期照记的，规则照样核对，一件只登记一次。

    例：xinfang add
        xinfang add --channel 来信 --kind 申诉求决 --title "反映供水压力不足" --name 测试甲
        xinfang add --offline --channel 来访 --kind 申诉求决 --title "反映供水压力不足" --name 测试甲
        xinfang add --resume-all
    """
    from xinfang_cli.office.work import registering

    session = ctx.obj
    if resume_all:
        _resume_all(session, json)
        return
    if offline:
        session.goes_by_this_machine()
    day_word = received if received is not None else on
    received_on = options.day(session, day_word, "--on" if received is None else "--received") or session.today
    fields = intake_fields(session, **given) | ({"complained": "unknown"} if complained_unknown else {})
    asked = asking.somebody_there() and not yes and not json
    talk = Interview(session, fields, received_on, intake_fields)
    talk.new_topic, talk.new_region = new_topic, new_region
    draft = _resumed(session, talk, day_word is not None) if resume else None
    beside = _Beside(
        repeat_of or (draft and draft.repeat_of), repeat, [word for word in map(options.clean, tag or ()) if word]
    )
    if offline:
        _put_down(session, talk, beside, json)
        return
    if asked:
        # A book that cannot be used, or a flag that is wrong, is told before the questions, not after them.
        registering.check_given(session, fields, beside.repeat_of, talk.new_topic, talk.new_region)
        if draft is None:
            _tell_drafts(session)
        talk.run(day_word is not None)
    for key in ("channel", "kind", "title"):
        if not fields.get(key):
            raise Missing(f"缺少选项 --{key}", "登记至少要有信访形式、信访目的和概况；看用法：xinfang add --help")
    done = _registered(session, talk, beside, day_word is not None, draft, asked)
    added = done.cases[0]
    likely = added.get(Earlier)
    if likely and not json and not asked:
        _tell_likely(likely, added.case.case_no)
    output.show(done, json)
    if asked:
        offer_no_longer(session, added)


class _Beside(NamedTuple):
    """Flags besides the form's fields."""

    repeat_of: str | None
    repeat: bool
    tags: list[str]

    def added_to(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {**fields, **({"repeat": True} if self.repeat else {}), **({"tags": self.tags} if self.tags else {})}


def _registered(
    session: Session, talk: Interview, beside: _Beside, day_given: bool, draft: _Resumed | None, asked: bool
) -> Done:
    """Enter what was said; a draft goes when it is registered, or was before."""
    from xinfang_cli.office.work.registering import EnteredBefore

    source = None if draft is None else draft.source
    try:
        done = _entered(session, talk, beside, day_given, source) if asked else _enter(session, talk, beside, source)
    except EnteredBefore:
        if draft is not None:
            draft.file.unlink(missing_ok=True)
        raise
    if draft is not None:
        draft.file.unlink(missing_ok=True)
    return done


def _enter(session: Session, talk: Interview, beside: _Beside, source: tuple[str, str] | None) -> Done:
    from xinfang_cli.office.work import registering

    return registering.add(
        session,
        talk.received_on,
        beside.added_to(talk.fields),
        repeat_of=beside.repeat_of,
        new_topic=talk.new_topic,
        new_region=talk.new_region,
        source=source,
    )


def _put_down(session: Session, talk: Interview, beside: _Beside, json: bool) -> None:
    """Keep an intake on this machine; nobody is asked, since what could be offered is on the server."""
    from xinfang_cli.office.work import drafts

    if not session.place.address:
        raise BadValue("--offline", None, "只用于服务器上的案件簿", "案件簿是文件的，直接登记")
    for key in ("channel", "kind", "title"):
        if not talk.fields.get(key):
            raise Missing(f"缺少选项 --{key}", "登记至少要有信访形式、信访目的和概况；看用法：xinfang add --help")
    if talk.received_on > session.today:
        raise BadValue("--received", talk.received_on.isoformat(), f"晚于今天 {session.today}", "请写收到的那一天")
    said = beside.added_to(talk.fields)
    draft = drafts.Draft(talk.received_on, said, {}, beside.repeat_of, talk.new_topic, talk.new_region)
    output.show(drafts.keep_offline(session, draft), json)


def _resume_all(session: Session, json: bool) -> None:
    """Enter every draft as it was put down, each in a transaction of its own; one that is refused stays."""
    from xinfang_cli.office.work import drafts, registering

    files = drafts.kept(session)
    if not files:
        raise NotFound("没有草稿，也没有待补的", "直接登记：xinfang add")
    found: list[ChangedCase] = []
    failed: list[tuple[str, XinfangError]] = []
    warnings: list[Warned] = []
    refused = False
    for file in files:
        name = drafts.name_of(file)
        try:
            draft = drafts.read(file)
            done = registering.add(
                session,
                draft.received_on,
                dict(draft.fields),
                repeat_of=draft.repeat_of,
                new_topic=draft.new_topic,
                new_region=draft.new_region,
                source=drafts.source_of(file),
            )
            found += done.cases
            warnings += done.warnings
        except registering.EnteredBefore as known:
            failed.append((name, known))
        except XinfangError as error:
            if error.exit_code == 3 and error.code != "draft":
                raise
            failed.append((name, error))
            refused = True
            continue
        file.unlink(missing_ok=True)
    output.show(Done(tuple(found), tuple(warnings), tuple(failed), several=True), json)
    if refused:
        raise typer.Exit(1)


def _entered(
    session: Session, talk: Interview, beside: _Beside, day_given: bool, source: tuple[str, str] | None
) -> Done:
    """Enter the answers as a case; after a refusal they can be mended, and if the book is locked they are kept as a
    draft.
    """
    while True:
        original = beside.repeat_of or _offer_earlier(session, talk.fields, talk.received_on)
        try:
            return _enter(session, talk, beside._replace(repeat_of=original), source)
        except XinfangError as error:
            if error.exit_code == 3 and (asking.heard or not isinstance(error, Again)):  # else it is tried again
                _keep_draft(session, talk, beside.added_to(talk.fields), original)
            if error.exit_code != 1:
                raise
            screen.print_notice(f"没有登记：{error.line()}")
            if not asking.yes("从头改一遍吗（填过的都留着）"):
                raise
            talk.run(day_given)


class _Resumed(NamedTuple):
    file: Path
    repeat_of: str | None
    source: tuple[str, str]


def _resumed(session: Session, talk: Interview, day_given: bool) -> _Resumed:
    """The answers of the oldest draft; what flags say stands before them."""
    from xinfang_cli.office.work import drafts

    files = drafts.kept(session)
    if not files:
        raise NotFound("没有草稿", "直接登记：xinfang add")
    draft = drafts.read(files[0])
    talk.typed.update({key: word for key, word in draft.typed.items() if key not in talk.fields})
    for key, value in draft.fields.items():
        talk.fields.setdefault(key, value)
    if not day_given:
        talk.received_on = draft.received_on
        talk.typed["received_on"] = draft.received_on.isoformat()  # 今天 was another day
    talk.new_topic, talk.new_region = talk.new_topic or draft.new_topic, talk.new_region or draft.new_region
    return _Resumed(files[0], draft.repeat_of, drafts.source_of(files[0]))


def _tell_drafts(session: Session) -> None:
    from xinfang_cli.office.work import drafts

    if files := drafts.kept(session):
        screen.print_notice(f"还有 {len(files)} 份没有登记的草稿，接着登记：xinfang add --resume")


def _keep_draft(session: Session, talk: Interview, said: Mapping[str, Any], original: str | None) -> None:
    """Keep the answers as a draft if the book cannot be written."""
    from xinfang_cli.office.work import drafts

    answers = drafts.Draft(talk.received_on, said, talk.typed, original, talk.new_topic, talk.new_region)
    try:
        file = drafts.keep(session, answers)
    except OSError as error:
        screen.print_notice(f"草稿也存不下来（{system_says(error)}）")
        return
    screen.print_notice(f"填过的已存成草稿 {file}，案件簿能写了再接着登记：xinfang add --resume")


_BESIDE: forms.Shape = {
    "repeat_of": (
        Annotated[str | None, typer.Option("--repeat-of", metavar="编号", help="重复件：原来那件的编号")],
        None,
    ),
    "repeat": (Annotated[bool, typer.Option("--repeat", help="重复件，但不知道原件")], False),
    "tag": (Annotated[list[str] | None, typer.Option("--tag", metavar="标签", help="标签，可写几次")], None),
}
_ORDER = (
    *("channel", "kind", "topic", "region", "source", "priority", "title", "content"),
    *("name", "id_no", "phone", "address", "headcount", "representatives", "affected", "external_no"),
    *("repeat_of", "repeat", "complained_unit", "level", "crossing", "tag", "report_by"),
)
"""How the page of help lists them; what is not named comes after."""
_LATER = ("deceased_on",)
"""What is known only after the registration."""
_SHAPE: forms.Shape = {
    "ctx": (typer.Context, Parameter.empty),
    "received": (
        Annotated[str | None, typer.Option("--received", metavar="日期", help="收到日期，默认今天")],
        None,
    ),
    **{
        name: _BESIDE[name] if name in _BESIDE else forms.option(FIELDS[name])
        for name in dict.fromkeys((*_ORDER, *FIELDS))
        if name not in _LATER
    },
    **options.UNKNOWN,
    **options.NEW_WORDS,
    "not_the_accused": (options.NotTheAccused, None),
    "yes": (Annotated[bool, typer.Option("--yes", help="不询问，缺的就空着")], False),
    "resume": (Annotated[bool, typer.Option("--resume", help="接着登记上次没写进去的草稿，登记后删去")], False),
    "resume_all": (
        Annotated[bool, typer.Option("--resume-all", help="草稿、待补的一次登记完，不再问；登记不了的留着")],
        False,
    ),
    "offline": (
        Annotated[bool, typer.Option("--offline", help="服务器连不上：先记在本机（待补-1），连上以后 --resume-all")],
        False,
    ),
    "on": (options.On, None),
    "json": (Json, False),
}
desk.command("add")(forms.shaped(add, _SHAPE))


def offer_no_longer(session: Session, changed: ChangedCase) -> None:
    """A matter that is ended for good is not taken up again: offer to record it (art. 36)."""
    from xinfang_cli.office.work import casework

    found = changed.get(NoLonger)
    if found and asking.yes("这一件按不再受理登记吗"):
        output.show(casework.refuse(session, [changed.case.case_no], found.ground, found.why, on=session.today))


def _tell_likely(likely: Earlier, case_no: str) -> None:
    for found in likely.cases:
        screen.print_notice(
            f"可能是重复件：{found.case.case_no} {found.case.title}（{terms.DUPLICATE.label(found.ground)}）；"
            f"确认后 xinfang link {case_no} --repeat-of {found.case.case_no}"
        )


def _offer_earlier(session: Session, fields: dict[str, Any], received_on: Any) -> str | None:
    from xinfang_cli.office.work import registering

    found = registering.earlier(session, fields, received_on)
    if not found:
        return None
    screen.print_notice("可能是这些以前的件的重复：")
    for number, (case, ground) in enumerate(found, 1):
        stage = terms.STAGE.label(case.stage)
        screen.print_notice(
            f"  {number}  {case.case_no}  {case.received_on}  {stage}  {case.title}（{terms.DUPLICATE.label(ground)}）"
        )
    while True:
        word = asking.ask("是哪一件的重复件（写序号，不是就回车）")
        if not word:
            return None
        if word.isdigit() and 1 <= int(word) <= len(found):
            return found[int(word) - 1].case.case_no
        screen.print_notice("  请写上面的序号，或直接回车")
