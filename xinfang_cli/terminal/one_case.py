"""One case whole, on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from xinfang_cli.law import terms
from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.law.finality import Ended
from xinfang_cli.law.labels import LABELS
from xinfang_cli.law.purging import MARK
from xinfang_cli.office.find.one_case import CaseFile, CoUnitLine, EventLine, RecusalLine, SentBack
from xinfang_cli.present.cases import ABOUT
from xinfang_cli.present.events import detail, title
from xinfang_cli.present.one_case import extras, petitioner, said_of
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def draw(case: CaseFile) -> None:
    """A case: matter, petitioner, answers, clocks with articles, timeline."""
    _head(case)
    screen.table(
        [
            Column(LABELS["clock"]),
            Column(LABELS["owner"], fixed=False, least=8),
            Column(LABELS["start"]),
            Column(LABELS["due_on"]),
            Column(LABELS["stop"]),
            Column(LABELS["entry_state"], fixed=False, least=10),
            Column(LABELS["grounds"], fixed=False, least=10),
        ],
        [
            (
                terms.CLOCK.label(clock.kind),
                clock.unit or terms.OWNER.label(clock.owner),
                clock.start,
                f"{clock.due}（{ABOUT}）" if clock.guessed else clock.due,
                clock.stop or "",
                terms.CLOCK_STATE.label(clock.state) + (f"（{clock.why}）" if clock.why else ""),
                clock.article,
            )
            for clock in case.clocks
        ],
        title="时限",
        styles=["red" if clock.state == "overdue" else "" for clock in case.clocks],
    )
    screen.table(
        [
            Column(LABELS["seq"], right=True),
            Column(LABELS["on"]),
            Column(LABELS["event"]),
            Column(LABELS["content"], fixed=False, least=30),
            Column(LABELS["actor"], fixed=False, least=8),
        ],
        [
            (
                event.seq,
                event.on,
                title(said_of(event)) + ("（已撤销）" if event.revoked else ""),
                detail(said_of(event)),
                _who(event),
            )
            for event in case.events
        ],
        title="经过",
    )


def _who(event: EventLine) -> str:
    """The stated name, with the login if different."""
    if event.os_user is None or event.os_user == event.actor:
        return event.actor
    return f"{event.actor}（{event.os_user}@{event.host}）"


def _head(case: CaseFile) -> None:
    write = screen.print_wrapped
    write(f"{case.line.case_no}  {case.refused_as or terms.STAGE.label(case.line.stage)}  {case.line.title}")
    original = case.line.repeat_of or case.repeat_of_no
    first = "初次" if case.line.first else f"重复件，原件 {original}" if original else "重复件"
    group = "  集体访" if case.line.group_visit else ""
    facts = [
        f"收到 {case.line.received_on}",
        terms.CHANNEL.label(case.line.channel),
        terms.KIND.label(case.line.kind),
        case.line.topic,
        case.line.region,
        first,
        None if case.line.headcount is None else f"{case.line.headcount} 人{group}",
        terms.PRIORITY.label(case.line.priority) if case.line.priority != "normal" else None,
        terms.SOURCE.label(case.source) if case.source != "own" else None,
        terms.LEVEL.label(case.level),
        f"外部编号 {case.line.external_no}" if case.line.external_no else None,
        f"原编号 {case.sheet_no}" if case.sheet_no else None,
        "已剔除，不在统计内" if case.line.excluded else None,
    ]
    write("  ".join(str(fact) for fact in facts if fact))
    who = petitioner(case).values()
    died = f"  {case.deceased_on} 去世" if case.deceased_on else ""
    write("信访人：" + ("  ".join(part for part in who if part) or _nobody(case)) + died)
    for doubt in case.doubts:
        write(f"  注意：{doubt}")
    rows = [
        ("内容", case.content),
        ("责任单位", case.line.unit or terms.no_unit(case.line.stage, case.line.closed_on is not None)),
        ("共同承办", "；".join(map(_co_unit, case.co_units))),
        ("回避", "；".join(map(_recusal, case.recusals))),
        ("三跨三分离", "、".join(map(terms.CROSSING.label, case.crossing))),
        ("包案领导", case.line.lead),
        ("被反映单位", case.complained_unit),
        ("标签", "、".join(case.tags)),
        ("办理途径", terms.PATHWAY.label(case.pathway)),
        ("处理意见", terms.OUTCOME.label(case.line.outcome)),
        ("送达", case.delivered_on),
        ("上级限报", case.report_by),
        ("重复件", "、".join(case.repeats)),
        ("关联件", "、".join(case.related)),
        ("退回过", _to_and_fro(case.to_and_fro)),
        ("督办措施", "；".join(f"{s.on} {terms.STEP.label(s.step)}（{s.body}）" for s in case.steps)),
        ("不适用复查", case.no_review),
        ("复查复核", case.review_window),
        ("终结", _ended(case.ended)),
    ]
    for label, value in rows:
        if value:
            write(f"{label}：{value}")
    for heading, value in extras(case).items():
        write(f"其他列「{heading}」：{value}")
    for file in case.attachments:
        missing = "" if file.there else "（文件不见了）"
        write(f"附件：{file.name}  {_size(file.size)}  {file.on}  {file.path}{missing}")
    for entry in case.backlog:
        state = f"{entry.resolved_on} 化解" if entry.resolved_on else "未化解"
        if entry.recognised_on:
            state += f"  {entry.recognised_on} 上级认定"
        state += "".join(f"  （{day} 化解过，后来反弹）" for day in entry.resolved_before)
        write(f"积案：{entry.batch}  {entry.joined_on} 列入  {state}")
    write("")


def _nobody(case: CaseFile) -> str:
    """Why no petitioner is shown."""
    if case.purged is not None:
        return f"{MARK}（{case.purged}）"
    return "不显示" if case.withheld else "未留姓名"


def _ended(ended: Ended | None) -> str:
    if ended is None:
        return ""
    local = "按地方规定，" if ended.ground == "ended_locally" else ""
    return f"{local}{ended.on} {ended.why}，同一事实和理由不再受理"


def _co_unit(one: CoUnitLine) -> str:
    how = "，".join(word for word in (terms.AGREED.label(one.agreed), one.body) if word)
    return f"{one.unit} {one.since} 起" + (f"（{how}）" if how else "")


def _recusal(one: RecusalLine) -> str:
    instead = f"，{one.replaced_by} 接办" if one.replaced_by else ""
    return f"{one.on} {one.unit or '本局'} {one.person or ''}{instead}"


def _size(size: int) -> str:
    if size < 1024:
        return f"{size} 字节"
    return f"{size / 1024:.0f} KB" if size < 1 << 20 else f"{size / (1 << 20):.1f} MB"


def _to_and_fro(turns: Sequence[SentBack]) -> str:
    """Turns between units: count, and the units involved."""
    if not turns:
        return ""
    said = [
        f"{turn.unit or '原单位'} {turn.objected_on} {'逾期异议' if turn.late else '申请'}"
        + (f"，{turn.decided_on} {EVENT.label(turn.decision or '')}" if turn.decided_on else "，待审核")
        for turn in turns
    ]
    return f"{len(turns)} 次（{'；'.join(said)}）"
