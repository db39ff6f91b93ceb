"""The filters that lists, saved lists, exports and campaigns share: options, and what they ask for."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from xinfang_cli.cli import options
from xinfang_cli.intake import days
from xinfang_cli.law import terms
from xinfang_cli.office.find.lists import Asked
from xinfang_cli.office.session import Session
from xinfang_cli.present.cases import LIST_COLUMNS
from xinfang_cli.records import ListFilter

Stage = Annotated[
    list[str] | None, typer.Option("--stage", metavar="阶段", help="待转送、待受理、办理中、已办结……可写几次")
]
Unit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="责任单位")]
Channel = Annotated[list[str] | None, typer.Option("--channel", metavar="形式", help="信访形式，可写几次")]
Kind = Annotated[list[str] | None, typer.Option("--kind", metavar="目的", help="信访目的，可写几次")]
Topic = Annotated[str | None, typer.Option("--topic", metavar="分类", help="内容分类")]
Region = Annotated[str | None, typer.Option("--region", metavar="属地", help="问题属地")]
Lead = Annotated[str | None, typer.Option("--lead", metavar="姓名", help="包案领导")]
Received = Annotated[
    str | None, typer.Option("--received", metavar="起..止", help="收到日期，如 2023-06-01..2023-06-30、2023-06、去年")
]
Overdue = Annotated[bool, typer.Option("--overdue", help="只列有超期时限的")]
FirstOnly = Annotated[bool, typer.Option("--first-only", help="只列初次件（四初）")]
Batch = Annotated[str | None, typer.Option("--batch", metavar="批次", help="积案批次")]
Tag = Annotated[str | None, typer.Option("--tag", metavar="标签", help="标签")]
ReturnedAtLeast = Annotated[
    str | None, typer.Option("--returned-at-least", metavar="次数", help="单位申请退回过几次以上的")
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="条件",
        help="几个条件一起，如 'stage:办理中 unit:教育局 due<7d'；只写词就在文字里找；前面加 - 为除外",
    ),
]
Sort = Annotated[str | None, typer.Option("--sort", metavar="列", help="按哪几列排，如 到期日,-收到日期（- 为倒序）")]

_SHORT = {"编号": "case_no", "收到": "received_on", "到期": "due_on", "剩余": "days_left", "标题": "title"}
_SHORT |= {"单位": "unit", "形式": "channel", "目的": "kind", "分类": "topic", "属地": "region", "人数": "headcount"}
_SHORT |= {"received": "received_on", "due": "due_on", "left": "days_left", "closed": "closed_on"}
_SHORT |= {"assigned": "assigned_on", "accepted": "accepted_on", "returned": "returned_times", "包案": "lead"}


def _column_words() -> dict[str, str]:
    """What a column is called: its heading, its key, a short word."""
    return {heading: key for key, heading in LIST_COLUMNS.items()} | {key: key for key in LIST_COLUMNS} | _SHORT


def asked(session: Session, given: dict[str, Any]) -> Asked:
    """What the options of a command (`ctx.params`) ask for, whichever of them it has; BadValue names the option."""
    said = given.get
    received, where = said("received"), said("where")
    first, last = (None, None) if received is None else days.parse_span(received, session.today, "--received")
    conditions: list[Any] = []
    words: list[str] = []
    if where:
        from xinfang_cli.intake.where import parse

        for text in where:
            found, more = parse(text, session.today)
            conditions += found
            words += more
    chosen = ListFilter(
        stage=_each(said("stage"), terms.STAGE, "--stage"),
        channel=_each(said("channel"), terms.CHANNEL, "--channel"),
        kind=_each(said("kind"), terms.KIND, "--kind"),
        topic=said("topic"),
        region=said("region"),
        lead=said("lead"),
        received_from=first,
        received_to=last,
        overdue_on=session.today if said("overdue") else None,
        first_only=bool(said("first_only")),
        batch=said("batch"),
        tag=said("tag"),
        returned_at_least=options.whole(said("returned_at_least"), "--returned-at-least", 1),
        terms=tuple(conditions),
    )
    return Asked(chosen, said("unit"), tuple(words), _order(said("sort")))


def _each(words: list[str] | None, vocabulary: terms.Vocabulary, flag: str) -> tuple[str, ...] | None:
    return None if not words else tuple(vocabulary.parse(word, flag) for word in words)


def _order(sort: str | None) -> tuple[tuple[str, bool], ...]:
    if sort is None:
        return ()
    from xinfang_cli.intake.where import parse_order

    keys = {word: "due_on" if key == "days_left" else key for word, key in _column_words().items()}
    return parse_order(sort, keys, LIST_COLUMNS.values())


def columns(text: str | None) -> list[str] | None:
    """The keys of `--columns 编号,概况,到期日`."""
    from xinfang_cli.errors import BadValue

    if text is None:
        return None
    known = _column_words()
    chosen = []
    for part in text.replace("，", ",").replace("、", ",").split(","):
        key = known.get(part.strip().lower()) or known.get(part.strip())
        if key is None or key not in LIST_COLUMNS:
            raise BadValue("--columns", part, "不是列名", f"可用：{'、'.join(LIST_COLUMNS.values())}")
        if key not in chosen:
            chosen.append(key)
    return chosen
