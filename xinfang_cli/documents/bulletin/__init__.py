"""The bulletin in words and tables: what each kind says, in the form that offices publish."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.documents.bulletin import monthly, weekly, yearly
from xinfang_cli.documents.bulletin.charts import charts
from xinfang_cli.formats.model import Document, Table, chinese_day
from xinfang_cli.law.figures.bulletin import Bulletin, groups
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.present.figures import record as figures_record
from xinfang_cli.present.reception import status_document

_NUMERALS = "一二三四五六七八九十"


_KINDS = {"week": weekly, "year": yearly}


def document(bulletin: Bulletin) -> Document:
    """The whole bulletin, by its kind."""
    kind = bulletin.period.kind
    made = _KINDS.get(kind, monthly)
    tables = made.tables(bulletin)
    attached = _attach(tables) if kind != "week" else []
    title, sections = made.sections(bulletin)
    return Document(
        title=title,
        number=bulletin.number or f"信联办〔{bulletin.made_on.year}〕　号",
        addressed=_addressed(bulletin),
        sections=[part._replace(heading=f"{_NUMERALS[place]}、{part.heading}") for place, part in enumerate(sections)],
        tables=tables,
        attached=[f"{'附件：' if n == 1 else '　　　'}{n}．{name}" for n, name in enumerate(attached, 1)],
        charts=charts(bulletin),
        issuer=bulletin.bureau,
        day=bulletin.made_on,
        signed=chinese_day(bulletin.made_on),
        foot=_foot(bulletin, tables),
        data=_data(bulletin),
        copied=_copied(bulletin) if kind not in ("week", "year") else "",
        notice=bulletin.sealed,
        compact=kind == "week",
    )


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
    return {
        "kind": bulletin.period.kind,
        "period": {"from": bulletin.period.first, "to": bulletin.period.last, "label": bulletin.period.label},
        "so_far": {"from": bulletin.so_far.first, "to": bulletin.so_far.last},
        "as_of": bulletin.as_of,
        "figures": figures_record(bulletin.now),
        "figures_so_far": figures_record(bulletin.total),
        "targets": bulletin.targets,
        "excluded": bulletin.now.excluded,
        "reception": bulletin.reception and status_document(bulletin.reception),
        "reception_so_far": bulletin.reception_so_far and status_document(bulletin.reception_so_far),
        "advices": [
            {key: getattr(row, key) for key in ("number", "kind", "to", "on", "answer_by", "answered_on", "adopted")}
            for row in bulletin.advices
        ],
        "standings": [row._asdict() for row in bulletin.standings],
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


def _foot(bulletin: Bulletin, tables: Sequence[Table]) -> list[str]:
    """Definitions, the as-of day, how many were excluded."""
    used = ["one_time", "backlog"]
    if bulletin.period.kind != "week":
        used = [*bulletin.now.four_rates, "repeat", *used]
    said = [
        f"数据截至 {chinese_day(bulletin.as_of)}；期限类的率按应办口径（到期日在本期的）。"
        f"本期剔除 {bulletin.now.excluded} 件，累计剔除 {bulletin.total.excluded} 件，不在各数之内。",
        "名次在各组内排，相同的并列；— 表示分母为零，不排名。同比、环比与本期截至同一天；件数比百分比，率比百分点。",
    ]
    said += [f"{DEFINITIONS[key].label}：{DEFINITIONS[key].words}。" for key in dict.fromkeys(used)]
    return said
