"""The bulletin as paragraphs and tables, in the form published by offices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.documents.bulletin import monthly, weekly, yearly
from xinfang_cli.documents.bulletin.charts import charts
from xinfang_cli.documents.bulletin.sentences import until
from xinfang_cli.documents.bulletin.unnamed import as_published, without_few
from xinfang_cli.errors import next_step
from xinfang_cli.formats.model import Document, Section, Table, chinese_day
from xinfang_cli.law.figures.bulletin import groups
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.law.periods import days_in_words
from xinfang_cli.office.figures.bulletin import Bulletin
from xinfang_cli.present.figures import (
    excluded_in_words,
    guesses_in_words,
    partly_before_the_book_in_words,
    unaccepted_in_words,
)
from xinfang_cli.present.figures import record as figures_record
from xinfang_cli.present.reception import status_document
from xinfang_cli.present.steps import worded

_NUMERALS = "一二三四五六七八九十"


_KINDS = {"week": weekly, "year": yearly}


def document(bulletin: Bulletin) -> Document:
    """The whole bulletin, by its kind."""
    bulletin = as_published(bulletin)
    kind = bulletin.period.kind
    made = _KINDS.get(kind, monthly)
    title, sections = made.sections(bulletin)
    tables, drawn = made.tables(bulletin), charts(bulletin)
    if (why := _no_data(bulletin)) is not None:
        sections, tables, drawn = [Section("数据情况", [why], "volume")], [], []
    attached = _attach(tables) if kind != "week" else []
    return Document(
        title=title,
        number=bulletin.number or f"信联办〔{bulletin.made_on.year}〕　号",
        addressed=_addressed(bulletin),
        sections=[part._replace(heading=f"{_NUMERALS[place]}、{part.heading}") for place, part in enumerate(sections)],
        tables=tables,
        attached=[f"{'附件：' if n == 1 else '　　　'}{n}．{name}" for n, name in enumerate(attached, 1)],
        charts=drawn,
        issuer=bulletin.bureau,
        day=bulletin.made_on,
        signed=chinese_day(bulletin.made_on),
        foot=[
            *(_foot(bulletin) if why is None else [f"数据截至 {chinese_day(bulletin.as_of)}。"]),
            *_head(bulletin),
        ],
        data=_data(bulletin),
        copied=_copied(bulletin) if kind not in ("week", "year") else "",
        notice=[worded(line) for line in bulletin.sealed],
        compact=kind == "week",
    )


def _head(bulletin: Bulletin) -> list[str]:
    """The chain's head, for the foot of a published bulletin: any keeper of the paper can prove a cut or rewritten
    chain.
    """
    if bulletin.head is None:
        return []
    events, head = bulletin.head
    how = worded(f"{next_step('doctor')} {next_step('.head')} {head[:16]}")
    return [f"发布时案件簿的链头：{head[:16]}（{events} 个事件；核对用 {how}）。"]


def _no_data(bulletin: Bulletin) -> str | None:
    """The sentence in place of figures for a period before the book begins."""
    start = bulletin.now.coverage.start
    if start is None:
        return "簿中还没有件，没有数据可以通报。"
    if bulletin.period.last < start:
        return f"簿中的数据自{chinese_day(start)}起完整；{bulletin.period.label}在此之前，无数据，不作通报。"
    return None


def _attach(tables: Sequence[Table]) -> list[str]:
    """Number the tables 附件1, 附件2 … in their order, the year so far with its period; what is attached, in a list."""
    attached: list[str] = []
    for table in tables:
        name = table.title.removesuffix("（本期）").removesuffix("（累计）")
        if not attached or attached[-1] != name:
            attached.append(name)
        table.title = f"附件{len(attached)}　{table.title}"
    return attached


def _data(bulletin: Bulletin) -> dict[str, Any]:
    figures, so_far = figures_record(bulletin.now), figures_record(bulletin.total)
    return {
        "kind": bulletin.period.kind,
        "period": {"from": bulletin.period.first, "to": bulletin.period.last, "label": bulletin.period.label},
        "so_far": {"from": bulletin.so_far.first, "to": bulletin.so_far.last},
        "as_of": bulletin.as_of,
        "figures": without_few(figures, (figures, so_far)),
        "figures_so_far": without_few(so_far, (figures, so_far)),
        "targets": bulletin.targets,
        "excluded": bulletin.now.excluded,
        "reception": bulletin.reception and status_document(bulletin.reception),
        "reception_so_far": bulletin.reception_so_far and status_document(bulletin.reception_so_far),
        "advices": [
            {key: getattr(row, key) for key in ("number", "kind", "to", "on", "answer_by", "answered_on", "adopted")}
            for row in bulletin.advices
        ],
        "standings": [row._asdict() for row in bulletin.standings],
        "head": bulletin.head and {"events": bulletin.head[0], "head": bulletin.head[1]},
    }


def _addressed(bulletin: Bulletin) -> str:
    """各镇街、区直有关部门、有关企业; and by the office's own names of its groups. The annual report goes up (art. 41)."""
    if bulletin.period.kind == "year":
        return f"{leaders(bulletin)}，上一级党委和政府信访部门："
    names = {"镇街": "各镇街", "区直部门": "区直有关部门", "国企": "有关企业", "驻区单位": "驻区有关单位"}
    known = [
        names.get(group)
        or (f"{group[:-2]}有关{group[-2:]}" if group.endswith(("部门", "单位", "企业")) else f"各{group}")
        for group in groups(bulletin.now.rows)
    ]
    return "、".join(known) + "：" if known else ""


def leaders(bulletin: Bulletin) -> str:
    """全区: 区委、区政府."""
    level = bulletin.area.removeprefix("全")
    return f"{level}委、{level}政府" if len(level) == 1 else "本级党委、政府"


def _copied(bulletin: Bulletin) -> str:
    return f"{leaders(bulletin)}领导同志"


_SET = {
    "four_rates": "排名的率",
    "small_base": "不说百分比的件数",
    "minimum_denominator": "排名的最小分母",
    "more_figures": "另计的率",
}


def _foot(bulletin: Bulletin) -> list[str]:
    """Definitions, as-of days, exclusions by figure, and rates too small for a percentage."""
    now, total = bulletin.now, bulletin.total
    week = bulletin.period.kind == "week"
    used = ["one_time"] if week else [*now.four_rates, "repeat", "one_time"]
    if bulletin.period.kind == "year":
        used.insert(0, "dispatch")
    if bulletin.backlog or total.rates["backlog"].denominator:
        used.append("backlog")
    day = until(bulletin)
    by_due = "" if week else "；期限类的率按应办口径（到期日在本期的）"
    said = [f"数据截至 {chinese_day(bulletin.as_of)}{by_due}。"]
    if day < bulletin.as_of:
        what = "积案" if week else "积案、领导接访、三项建议和上级名次"
        said[0] += f"{what}截至 {chinese_day(day)}，其后的不写进本期。"
    earliest = min(one.first for one in (now, total, *now.trend))
    if partly := partly_before_the_book_in_words(now.coverage.start, earliest):
        said.append(f"{partly}。")
    excluded = [
        f"{word}{'，'.join(words)}"
        for word, figures in (("本期", now), ("累计", total))
        if (words := excluded_in_words((key, figures.rates[key]) for key in dict.fromkeys(used)))
        and not (figures is total and bulletin.period.kind == "year")
    ]
    said.append(f"剔除：{'；'.join(excluded)}。" if excluded else "各率都没有剔除的件。")
    unaccepted = [
        f"{word}{which}"
        for word, figures in (("本期", now), ("累计", total))
        if (which := unaccepted_in_words((key, figures.rates[key]) for key in dict.fromkeys(used)))
        and not (figures is total and bulletin.period.kind == "year")
    ]
    if unaccepted:
        said.append(f"{'；'.join(unaccepted)}。")
    guessed = [
        f"{word}{which}"
        for word, figures in (("本期", now), ("累计", total))
        if (which := guesses_in_words(figures, dict.fromkeys(used)))
        and not (figures is total and bulletin.period.kind == "year")
    ]
    if guessed:
        said.append(f"到期日为约（所在年的放假安排未公布）：{'；'.join(guessed)}；安排公布后重算，各率会随之变动。")
    said.append("名次在各组内排，相同的并列；— 表示分母为零，不排名。")
    if total.small_base:
        said.append(
            f"正文里不足 {total.small_base} 件的不说百分比，写“分子/分母”或增减的件数；件数比百分比，率比百分点。"
        )
    if bulletin.set_later:
        names = "、".join(_SET[key] for key in bulletin.set_later)
        said.append(f"{names}按 {chinese_day(bulletin.made_on)} 的设置，是本期以后改定的。")
    said += _comparisons(bulletin)
    said += [f"{DEFINITIONS[key].label}：{DEFINITIONS[key].words}。" for key in dict.fromkeys(used)]
    return said


def _comparisons(bulletin: Bulletin) -> list[str]:
    """The bases of comparison and their as-of days: ripening figures at the same lag after their period."""
    now = bulletin.now
    if bulletin.period.kind == "week":
        return []
    held = [
        (word, now.against[name]) for name, word in (("previous", "环比"), ("year_ago", "同比")) if name in now.against
    ]
    if not held:
        return []
    each = "；".join(
        f"{word}对 {days_in_words(one.first, one.last)}，截至 {chinese_day(one.as_of)}" for word, one in held
    )
    ripening = "、".join(row.label for row in DEFINITIONS.values() if row.ripens)
    return [f"{each}（{ripening}在期后还会变，前期按期末以后同样的天数计）。"]
