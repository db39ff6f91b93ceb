"""The filter options shared by lists, saved lists, exports and campaigns."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from xinfang_cli.cli import forms, options
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake import days
from xinfang_cli.law import terms
from xinfang_cli.law.conditions import EXTRA, ListFilter
from xinfang_cli.office.find import lists
from xinfang_cli.office.find.lists import CasesAsked
from xinfang_cli.office.session import Session
from xinfang_cli.present.cases import LIST_COLUMNS


class Filter(NamedTuple):
    """One filter option: its help text, and its place among others (`within`)."""

    about: str
    value: str = ""  # none: it is said or not
    words: terms.Vocabulary | None = None
    several: bool = False
    within: str = ""

    def parameter(self, name: str, within: bool) -> tuple[Any, Any]:
        """The option as a parameter of a command: its type, its default."""
        flag = "--" + name.replace("_", "-")
        about = f"按条件：{self.within or self.about}" if within else self.about
        if not self.value:
            return Annotated[bool, typer.Option(flag, help=about)], False
        offered = None if self.words is None else options.words(self.words)
        kind: Any = list[str] | None if self.several else str | None
        return Annotated[kind, typer.Option(flag, metavar=self.value, help=about, autocompletion=offered)], None


FILTERS = {
    "stage": Filter("待转送、待受理、办理中、已办结……可写几次", "阶段", terms.STAGE, True, "阶段，可写几次"),
    "unit": Filter("责任单位", "单位"),
    "channel": Filter("信访形式，可写几次", "形式", terms.CHANNEL, True),
    "kind": Filter("信访目的，可写几次", "目的", terms.KIND, True),
    "topic": Filter("内容分类", "分类"),
    "region": Filter("问题属地", "属地"),
    "lead": Filter("包案领导", "姓名"),
    "received": Filter("收到日期，如 2023-06-01..2023-06-30、2023-06、去年", "起..止", within="收到日期"),
    "overdue": Filter("只列有超期时限的", within="有超期时限的"),
    "first_only": Filter("只列初次件（四初）", within="初次件"),
    "batch": Filter("积案批次", "批次", within="积案批次里还没有化解的"),
    "tag": Filter("标签", "标签"),
    "returned_at_least": Filter("单位申请退回过几次以上的", "次数"),
    "where": Filter(
        "几个条件一起，如 'stage:办理中 unit:教育局 due<7d'；只写词就在文字里找；前面加 - 为除外", "条件", several=True
    ),
    "sort": Filter("按哪几列排，如 到期日,-收到日期（- 为倒序）", "列"),
}
ALL = CasesAsked()
"""Every case."""
UNSORTED = tuple(name for name in FILTERS if name != "sort")


def narrowed(*names: str, within: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorate a command so that its parameter `asked` receives these filters. `within`: they are one of several ways
    to select cases.
    """
    chosen = {name: FILTERS[name].parameter(name, within) for name in names or FILTERS}
    more = {"not_the_accused": (options.NotTheAccused, None)} if "unit" in chosen and not within else {}

    def around(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def narrowing(ctx: typer.Context, **typed: Any) -> None:
            said = {name: typed.pop(name) for name in chosen}
            for name in more:  # the session has it
                typed.pop(name)
            found = cases_asked(ctx.obj, said)
            if more:
                options.not_the_accused(ctx.obj, *lists.units_in(found), leaders=lists.leaders_in(found))
            command(ctx, asked=found, **typed)

        return forms.shaped(narrowing, forms.in_place_of(command, "asked", chosen | more))

    return around


_SHORT = {"编号": "case_no", "收到": "received_on", "到期": "due_on", "剩余": "days_left", "标题": "title"}
_SHORT |= {"单位": "unit", "形式": "channel", "目的": "kind", "分类": "topic", "属地": "region", "人数": "headcount"}
_SHORT |= {"received": "received_on", "due": "due_on", "left": "days_left", "closed": "closed_on"}
_SHORT |= {"assigned": "assigned_on", "accepted": "accepted_on", "returned": "returned_times", "包案": "lead"}


def _column_words() -> dict[str, str]:
    """The names of a column: heading, key, short word."""
    return {heading: key for key, heading in LIST_COLUMNS.items()} | {key: key for key in LIST_COLUMNS} | _SHORT


_FILTERS = (
    *(
        "stage",
        "unit",
        "channel",
        "kind",
        "topic",
        "region",
        "lead",
        "received",
        "overdue",
        "first_only",
        "batch",
        "tag",
    ),
    *("returned_at_least", "where"),
)


def _typed(given: dict[str, Any]) -> str:
    """The filter as it was typed, for the record of looks."""
    words = []
    for name in _FILTERS:
        value = given.get(name)
        for one in value if isinstance(value, list | tuple) else (value,):
            if one:
                words.append(f"--{name.replace('_', '-')}" + ("" if one is True else f" {one}"))
    return " ".join(words)


def cases_asked(session: Session, given: dict[str, Any]) -> CasesAsked:
    """The filters in a command's options (`ctx.params`); BadValue names the option."""
    said = given.get
    session.typed = _typed(given)
    received, where = said("received"), said("where")
    first, last = (None, None) if received is None else days.parse_span(received, session.today, "--received")
    conditions: list[Any] = []
    words: list[str] = []
    if where:
        from xinfang_cli.intake.where import parse

        own: list[str] = []

        def is_heading(name: str) -> bool:
            own[:] = own or lists.headings(session)
            return name in own

        for text in where:
            found, more = parse(text, session.today, is_heading)
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
        returned_at_least=options.whole_number(said("returned_at_least"), "--returned-at-least", 1),
        terms=tuple(conditions),
    )
    return CasesAsked(chosen, said("unit"), tuple(words), _order(said("sort")))


def _each(words: list[str] | None, vocabulary: terms.Vocabulary, flag: str) -> tuple[str, ...] | None:
    return None if not words else tuple(vocabulary.parse(word, flag) for word in words)


def _order(sort: str | None) -> tuple[tuple[str, bool], ...]:
    if sort is None:
        return ()
    from xinfang_cli.intake.where import parse_order

    keys = {word: "due_on" if key == "days_left" else key for word, key in _column_words().items()}
    return parse_order(sort, keys, LIST_COLUMNS.values())


def columns(session: Session, text: str | None) -> list[str] | None:
    """The keys of `--columns 编号,概况,到期日`; a heading that is not ours, kept with the cases, is `extra:` and itself."""
    from xinfang_cli.errors import BadValue

    if text is None:
        return None
    known = _column_words()
    own: list[str] | None = None
    chosen: list[str] = []
    for part in text.replace("，", ",").replace("、", ",").split(","):
        key = known.get(part.strip().lower()) or known.get(part.strip())
        if key is None and part.strip() in (own := lists.headings(session) if own is None else own):
            key = EXTRA + part.strip()
        if key is None or not (key in LIST_COLUMNS or key.startswith(EXTRA)):
            raise BadValue("--columns", part, "不是列名", f"可用：{'、'.join(LIST_COLUMNS.values())}")
        if key not in chosen:
            chosen.append(key)
    return chosen
