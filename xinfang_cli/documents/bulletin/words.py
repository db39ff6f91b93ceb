"""The bulletin in words and tables: what each kind says, in the form that offices publish."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from xinfang_cli.formats.model import Chart, Col, Document, Row, Section, Table, chinese_day
from xinfang_cli.law import terms
from xinfang_cli.law.backlog import needed
from xinfang_cli.law.figures.bulletin import NAMED, Bulletin, below, first_and_last, groups, ranked
from xinfang_cli.law.figures.definitions import DEFINITIONS, Figures, GroupRow, Rate
from xinfang_cli.law.periods import change_in_words, days_in_words, points_in_words
from xinfang_cli.present.figures import percent, trend_label
from xinfang_cli.present.figures import record as figures_record

_NUMERALS = "一二三四五六七八九十"
# What a rate's denominator and numerator are called in a table.
_COUNTS = {
    "dispatch": ("应转送", "按期"),
    "acceptance": ("应受理", "按期"),
    "completion": ("应办结", "按期"),
    "closure": ("应办结", "已办结"),
    "one_time": ("办结", "一次化解"),
    "participation": ("应评", "已评"),
    "satisfaction": ("评价", "满意"),
    "bureau_satisfaction": ("评价", "满意"),
    "repeat": ("收到", "重复"),
    "backlog": ("交办", "化解"),
}
PROBLEMS = {
    "acceptance": "未按期受理",
    "completion": "未按期办结",
    "dissatisfied": "群众评价不满意",
    "returned": "审核退回重办",
}


def document(bulletin: Bulletin) -> Document:
    """The whole bulletin, by its kind."""
    kind = bulletin.period.kind
    tables = {"week": _weekly_tables, "year": _yearly_tables}.get(kind, _monthly_tables)(bulletin)
    attached = _attach(tables) if kind != "week" else []
    title, sections = {"week": _weekly, "year": _yearly}.get(kind, _monthly)(bulletin)
    return Document(
        title=title,
        number=bulletin.number or f"信联办〔{bulletin.made_on.year}〕　号",
        addressed=_addressed(bulletin),
        sections=[part._replace(heading=f"{_NUMERALS[place]}、{part.heading}") for place, part in enumerate(sections)],
        tables=tables,
        attached=[f"{'附件：' if n == 1 else '　　　'}{n}．{name}" for n, name in enumerate(attached, 1)],
        charts=_charts(bulletin),
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
        "reception": bulletin.reception,
        "reception_so_far": bulletin.reception_so_far,
        "advices": [
            {key: row[key] for key in ("number", "kind", "to", "on", "answer_by", "answered_on", "adopted")}
            for row in bulletin.advices
        ],
        "standings": bulletin.standings,
    }


def _addressed(bulletin: Bulletin) -> str:
    """各镇街、区直有关部门、有关企业; and by the office's own names of its groups. The annual report goes up (art. 41)."""
    if bulletin.period.kind == "year":
        return f"{_leaders(bulletin)}，上一级党委和政府信访部门："
    names = {"镇街": "各镇街", "区直部门": "区直有关部门", "国企": "有关企业", "驻区单位": "驻区有关单位"}
    known = [
        names.get(group)
        or (f"{group[:-2]}有关{group[-2:]}" if group.endswith(("部门", "单位", "企业")) else f"各{group}")
        for group in groups(bulletin.now.rows)
    ]
    return "、".join(known) + "：" if known else ""


def _leaders(bulletin: Bulletin) -> str:
    """全区: 区委、区政府."""
    level = bulletin.area.removeprefix("全")
    return f"{level}委、{level}政府" if len(level) == 1 else "本级党委、政府"


def _copied(bulletin: Bulletin) -> str:
    return f"{_leaders(bulletin)}领导同志"


# ---- sentences --------------------------------------------------------------------------------------------------


def _until(bulletin: Bulletin) -> date:
    """The last day that the figures can know of."""
    return min(bulletin.period.last, bulletin.as_of)


def _when(bulletin: Bulletin) -> str:
    """2023年6月; of a period that is not over, up to what day."""
    day = _until(bulletin)
    return bulletin.period.label + ("" if day == bulletin.period.last else f"（截至{day.month}月{day.day}日）")


def _fraction(rate: Rate) -> str:
    return f"{percent(rate.percent)}（{rate.numerator}/{rate.denominator}）"


def _named(rows: Sequence[GroupRow], key: str) -> str:
    """柳笛镇 77.78%、…; 并列 for those who share a figure, only counted when they are more than six."""
    shares: dict[float | None, list[str]] = {}
    for row in rows:
        shares.setdefault(row.rates[key].percent, []).append(row.name)
    said = []
    for value, names in shares.items():
        if len(names) > 6:
            said.append(f"{'、'.join(names[:3])}等 {len(names)} 个单位并列（{percent(value)}）")
        else:
            said.append(f"{'、'.join(names)}{'并列' if len(names) > 1 else ''}（{percent(value)}）")
    return "，".join(said)


def _held_against(figures: Figures) -> list[str]:
    """The periods it is compared with; of a year the one before and the year ago are the same, said once."""
    names = list(figures.against)
    if len(names) == 2 and figures.against["previous"].period[1:] == figures.against["year_ago"].period[1:]:
        return ["year_ago"]
    return names


def _against(figures: Figures, key: str, previous: bool = True) -> str:
    """环比上升 1.26%，同比持平."""
    said = []
    for name, word, base in (("previous", "环比", "上期"), ("year_ago", "同比", "上年同期")):
        if name in _held_against(figures) and (previous or name != "previous"):
            before = figures.against[name].volumes[key]
            words = change_in_words(figures.volumes[key], before, base)
            said.append(words if words.endswith("为零") else f"{word}{words}")
    return "，".join(said)


def _against_rate(figures: Figures, key: str) -> str:
    said = []
    for name, word in (("previous", "环比"), ("year_ago", "同比")):
        if name in _held_against(figures):
            words = points_in_words(figures.rates[key].percent, figures.against[name].rates[key].percent)
            if words != "—":
                said.append(f"{word}{words}")
    return "，".join(said)


def _volume(figures: Figures) -> str:
    """来信 x 件，来访 y 批 z 人次，网信 …"""
    volumes = figures.volumes
    by_group = volumes["by_channel_group"]
    said = []
    for group in dict.fromkeys(terms.CHANNEL_GROUP.values()):
        if group == "来访":
            said.append(f"来访 {volumes['groups']} 批 {volumes['visit_people']} 人次")
        elif by_group.get(group):
            said.append(f"{group} {by_group[group]} 件")
    return "，".join(said)


def _most(counts: Iterable[tuple[str, int]], most: int) -> str:
    return "、".join(f"{name}（{number} 件）" for name, number in list(counts)[:most] if number)


def rate_sentences(bulletin: Bulletin, figures: Figures, key: str) -> str:
    """One rate in a sentence each: the whole, the first and last three of each group, who is below target."""
    label = DEFINITIONS[key].label
    rate = figures.rates[key]
    if not rate.denominator:
        return f"{label}：{'本期' if figures is bulletin.now else '本年'}没有应计的件。"
    change = _against_rate(figures, key)
    so_far = ""
    if figures is bulletin.now and bulletin.period.kind != "year":
        so_far = f"，累计 {_fraction(bulletin.total.rates[key])}"
    said = [f"{label} {_fraction(rate)}{'，' + change if change else ''}{so_far}。"]
    said += _places(figures.rows, key)
    target = bulletin.targets.get(key)
    if target is not None:
        low = below(figures.rows, key, target)
        wanted = _target(bulletin, key)
        said.append(f"低于{wanted}的有：{_named(low, key)}。" if low else f"各单位均达到{wanted}。")
    return "".join(said)


def _target(bulletin: Bulletin, key: str) -> str:
    """目标 90%（本局设置）."""
    return f"目标 {bulletin.targets[key]:g}%（{bulletin.target_sources[key]}）"


def _places(rows: Sequence[GroupRow], key: str) -> list[str]:
    """Of each group the first three and the last three; of a few ranked units the best and the worst only."""
    return [said for members in groups(rows).values() if (said := _places_in(members, key))]


def _places_in(members: Sequence[GroupRow], key: str) -> str:
    several = len(ranked(members, key))
    if several < 4:
        return ""
    group = members[0].group
    for most, best, worst in ((NAMED, "前三名", "后三名"), (1, "首位", "末位")):
        top, bottom = first_and_last(members, key, most)
        if several >= 2 * most and bottom:
            others = worst if len(bottom) >= most else "其余"
            return f"{group}{best}：{_named(top, key)}；{others}：{_named(bottom, key)}。"
    return f"{group}各单位均为 {percent(top[0].rates[key].percent)}。"


# ---- the kinds --------------------------------------------------------------------------------------------------


def _monthly(bulletin: Bulletin) -> tuple[str, list[Section]]:
    now, total = bulletin.now, bulletin.total
    name = f"{bulletin.period.first.month}月份"
    if bulletin.period.kind == "quarter":
        name = bulletin.period.label.split("年")[1]
    title = f"关于{bulletin.period.first.year}年{name}{bulletin.area}信访工作情况的通报"
    sections = [
        Section("信访总量", _volume_paragraphs(bulletin), "volume"),
        Section("四率", [rate_sentences(bulletin, bulletin.now, key) for key in now.four_rates], "four_rates"),
        Section("初次信访事项一次性化解", [rate_sentences(bulletin, bulletin.now, "one_time")], "one_time"),
    ]
    if total.rates["backlog"].denominator:
        sections.append(Section("信访积案化解", [_backlog_sentences(bulletin)], "backlog"))
    if bulletin.reception is not None:
        sections.append(Section("领导干部接访", _reception_paragraphs(bulletin), "reception"))
    if bulletin.standings:
        sections.append(Section("上级通报的名次", [_standing_paragraph(bulletin)], "standing"))
    sections += [
        Section("存在的问题", _problem_paragraphs(bulletin), "problems"),
        Section("下步工作要求", ["（由本局填写）"], "next"),
    ]
    return title, sections


def _monthly_tables(bulletin: Bulletin) -> list[Table]:
    return [
        _volume_table(bulletin),
        _rates_table("rates", "四率（本期）", "四率本期", bulletin.now, f"本期剔除 {bulletin.now.excluded} 件。"),
        _rates_table(
            "rates_so_far", "四率（累计）", "四率累计", bulletin.total, f"累计剔除 {bulletin.total.excluded} 件。"
        ),
        *_standing_tables(bulletin),
        _problem_table(bulletin),
        _trend_table(bulletin),
    ]


def _standing_tables(bulletin: Bulletin) -> list[Table]:
    """What is open on the day: overdue, and the backlog where there is one."""
    return [_overdue_table(bulletin), *([_backlog_table(bulletin)] if bulletin.backlog else [])]


def _volume_paragraphs(bulletin: Bulletin) -> list[str]:
    now, total = bulletin.now, bulletin.total
    volumes = now.volumes
    said = [
        f"{_when(bulletin)}，{bulletin.area}共收到信访事项 {volumes['cases']} 件 {volumes['people']} 人，"
        f"件数{_against(now, 'cases')}；人数{_against(now, 'people')}。"
        f"其中{_volume(now)}。初次 {volumes['first']} 件，重复 {volumes['repeat']} 件，重复信访率 {_fraction(now.rates['repeat'])}。"
        f"集体访 {volumes['group_visits']} 批 {volumes['group_visit_people']} 人次，联名 {volumes['joint_letters']} 件。"
    ]
    higher = [
        f"{terms.LEVEL.label(level)} {volumes['by_level'][level]} 件"
        for level in ("city", "province", "beijing")
        if volumes["by_level"].get(level)
    ]
    if higher:
        said.append(f"到上级的：{'，'.join(higher)}。")
    topics = [(name, number) for name, number in volumes["by_topic"].items() if name]
    if topics:
        said.append(f"反映较多的是：{_most(topics, 5)}。")
    for group, members in groups(now.rows).items():
        busiest = sorted(members, key=lambda row: -row.volumes["cases"])
        if len(members) > 3 and busiest[0].volumes["cases"]:
            said.append(f"{group}中件数较多的是：{_most(((r.name, r.volumes['cases']) for r in busiest), 3)}。")
    if bulletin.period.kind == "year":
        return said
    far = total.volumes
    changed = _against(total, "cases", previous=False)
    said.append(
        f"今年以来（{days_in_words(bulletin.so_far.first, _until(bulletin))}）共收到 {far['cases']} 件 {far['people']} 人"
        f"{'，' + changed if changed else ''}；其中{_volume(total)}；"
        f"集体访 {far['group_visits']} 批 {far['group_visit_people']} 人次；重复信访率 {_fraction(total.rates['repeat'])}。"
    )
    return said


def _backlog_paragraph(bulletin: Bulletin) -> str:
    rate = bulletin.total.rates["backlog"]
    resolved = sum(row["now"] for row in bulletin.backlog)
    target = bulletin.targets.get("backlog")
    short = 0 if target is None else needed(rate.denominator, rate.numerator, target)
    word = {"week": "本周", "year": "本年"}.get(bulletin.period.kind, "本期")
    said = f"交办积案 {rate.denominator} 件，{word}化解 {resolved} 件，累计化解 {rate.numerator} 件，化解率 {percent(rate.percent)}"
    if target is not None:
        wanted = _target(bulletin, "backlog")
        said += f"，距{wanted}还差 {short} 件" if short else f"，已达到{wanted}"
    return f"{said}。"


def _backlog_sentences(bulletin: Bulletin) -> str:
    return "".join([_backlog_paragraph(bulletin), *_places(bulletin.total.rows, "backlog")])


def _reception(found: dict[str, Any]) -> str:
    return f"领导干部接访 {found['leader_times']} 人次，接待群众 {found['groups']} 批 {found['people']} 人"


def _reception_paragraphs(bulletin: Bulletin) -> list[str]:
    now, far = bulletin.reception, bulletin.reception_so_far
    assert now is not None
    assert far is not None
    so_far = "" if bulletin.period.kind == "year" else f"；累计{_reception(far)}"
    said = [f"{_when(bulletin)}，{_reception(now)}{so_far}。"]
    forms = [(terms.RECEPTION.label(form), one) for form, one in now["by_form"].items() if one["groups"]]
    if len(forms) > 1:
        listed = "，".join(f"{label} {one['groups']} 批 {one['people']} 人" for label, one in forms)
        said.append(f"其中{listed}。")
    said.append(
        f"本期接访交办 {now['orders']} 项，已落实 {now['carried_out']} 项，超期未落实 {now['orders_overdue']} 项；"
        f"未闭环的接访事项 {now['open_matters']} 件。应值班而缺访 {now['days_missing']} 天，"
        f"无访 {now['days_without_visitor']} 天（其中约访 {now['days_invited']} 天）。"
    )
    return said


def _standing_paragraph(bulletin: Bulletin) -> str:
    """The superior's rank of each indicator, beside our own figure where it is one of ours."""
    said = []
    for row in bulletin.standings:
        place = f"第 {row['rank']} 名" + (f"（共 {row['of']} 个）" if row["of"] else "")
        value = f"，上级数值 {row['value']}" if row["value"] else ""
        mine = bulletin.total.rates.get(row["key"]) if row["key"] else None
        ours = f"，本簿累计 {_fraction(mine)}" if mine is not None else ""
        source = f"{row['source']}，" if row["source"] else ""
        said.append(f"{row['indicator']}{place}（{source}{chinese_day(row['on'])}）{value}{ours}")
    return "；".join(said) + "。"


def _advice_paragraphs(bulletin: Bulletin) -> list[str]:
    """改进工作, 完善政策, 追究责任: how many, answered, adopted; to whom."""
    if not bulletin.advices:
        return ["本年没有登记三项建议。"]
    said = []
    for kind, label in terms.ADVICE.labels.items():
        rows = [row for row in bulletin.advices if row["kind"] == kind]
        if rows:
            answered = sum(row["answered_on"] is not None for row in rows)
            adopted = sum(bool(row["adopted"]) for row in rows)
            to = "、".join(dict.fromkeys(row["to"] for row in rows))
            said.append(f"{label}建议 {len(rows)} 件（向{to}提出），已答复 {answered} 件，采纳 {adopted} 件。")
    return said


def _problem_paragraphs(bulletin: Bulletin) -> list[str]:
    said = []
    for what, label in PROBLEMS.items():
        rows, hidden = bulletin.problems[what], bulletin.hidden_problems[what]
        number = len(rows) + hidden
        if not number:
            continue
        units: dict[str, int] = {}
        for row in rows:
            units[row["unit"]] = units.get(row["unit"], 0) + 1
        listed = "、".join(f"{unit} {count} 件" for unit, count in units.items())
        said.append(
            f"{label} {number} 件{'：' + listed if listed else ''}"
            f"{f'，另有检举控告件 {hidden} 件，不列名' if hidden else ''}。"
        )
    open_now = len(bulletin.overdue) + sum(bulletin.hidden_overdue.values())
    said.append(f"截至 {chinese_day(bulletin.as_of)}，仍超期未办的期限 {open_now} 个，见附件3。")
    return said


def _weekly(bulletin: Bulletin) -> tuple[str, list[Section]]:
    total = bulletin.total
    rate = total.rates["one_time"]
    day = _until(bulletin)
    title = f"初次信访、积案化解情况周通报（截至{day.month}月{day.day}日）"
    first = [
        f"截至 {day.month} 月 {day.day} 日，今年{bulletin.area}办结初次信访事项 {rate.denominator} 件，"
        f"一次性化解 {rate.numerator} 件，一次性化解率 {percent(rate.percent)}。"
        + "".join(_places(total.rows, "one_time"))
    ]
    target = bulletin.targets.get("one_time")
    if target is not None:
        low = below(total.rows, "one_time", target)
        first.append(
            f"低于{_target(bulletin, 'one_time')}的单位 {len(low)} 个{'：' + _named(low, 'one_time') if low else ''}。"
        )
    sections = [Section("初次信访事项化解情况", first, "one_time")]
    if bulletin.backlog:
        towns, *others = [*groups(total.rows).items()] or [("", [])]
        second = [_backlog_paragraph(bulletin) + _places_in(towns[1], "backlog")]
        small = []
        for group, members in others:
            whole = Rate()
            for row in members:
                whole.add(row.rates["backlog"])
            if not whole.denominator:
                continue
            said = f"{group}交办 {whole.denominator} 件，累计化解 {whole.numerator} 件，化解率 {percent(whole.percent)}"
            places = _places_in(members, "backlog")
            if places:
                second.append(f"{said}。{places}")
            else:
                small.append(said)
        if small:
            second.append(f"{'；'.join(small)}。")
        sections.append(Section("信访积案化解情况", second, "backlog"))
    return title, sections


def _weekly_tables(bulletin: Bulletin) -> list[Table]:
    return [_weekly_table(bulletin)]


def _yearly(bulletin: Bulletin) -> tuple[str, list[Section]]:
    """What art. 41 asks for: data and areas, who is complained of; forwarded, ordered, supervised; suggestions; other."""
    now, year = bulletin.now, bulletin.period.first.year
    first = _volume_paragraphs(bulletin)
    purposes = [(terms.KIND.label(kind), number) for kind, number in now.volumes["by_kind"].items()]
    if purposes:
        first.append(f"按信访目的：{_most(purposes, 5)}。")
    regions = [(name, number) for name, number in now.volumes["by_region"].items() if name]
    if regions:
        first.append(f"问题属地较多的是：{_most(regions, 5)}。")
    if bulletin.complained_of:
        first.append(f"被反映较多的单位：{_most(bulletin.complained_of, 5)}。")
    done = bulletin.doings
    second = [
        f"全年转送 {done.get('forward', 0)} 件次，交办 {done.get('task', 0)} 件次，督办 {done.get('supervise', 0)} 件次，"
        f"催办提醒 {done.get('remind', 0)} 件次，向上级报告 {done.get('report_up', 0)} 件次；"
        + "，".join(f"{label} {done.get(step, 0)} 件次" for step, label in terms.STEP.labels.items())
        + "。",
        *(rate_sentences(bulletin, bulletin.now, key) for key in dict.fromkeys(("dispatch", *now.four_rates))),
    ]
    others = [
        rate_sentences(bulletin, bulletin.now, "one_time"),
        *([_backlog_sentences(bulletin)] if bulletin.backlog else []),
        *(_reception_paragraphs(bulletin)[:1] if bulletin.reception is not None else []),
        *([f"上级通报：{_standing_paragraph(bulletin)}"] if bulletin.standings else []),
        *_problem_paragraphs(bulletin)[-1:],
    ]
    return f"{year}年度信访情况报告", [
        Section("信访事项数据和涉及领域", first, "volume"),
        Section("转送、交办、督办情况", second, "doings"),
        Section("提出改进工作、完善政策、追究责任建议及采纳情况", _advice_paragraphs(bulletin), "advice"),
        Section("其他事项", others, "others"),
    ]


def _yearly_tables(bulletin: Bulletin) -> list[Table]:
    note = f"本年剔除 {bulletin.now.excluded} 件。"
    return [
        _volume_table(bulletin),
        _rates_table("rates", "四率", "四率", bulletin.now, note),
        *_standing_tables(bulletin),
        _trend_table(bulletin),
        _topic_table(bulletin.now),
    ]


# ---- tables -----------------------------------------------------------------------------------------------------


def _with_subtotals(figures: Figures, line: Any) -> list[Row]:
    """The units in the office's order, a subtotal after each group, the total at the foot."""
    subtotals = {row.group: row for row in figures.subtotals}
    rows: list[Row] = []
    group = ""
    listed = [row for row in figures.rows if row.rankable or _says_anything(line(row, row.name))]
    for place, row in enumerate(listed):
        rows.append(Row(line(row, row.name)))
        group = row.group
        following = listed[place + 1].group if place + 1 < len(listed) else None
        if group and following != group and group in subtotals:
            rows.append(Row(line(subtotals[group], f"{group}小计"), "subtotal"))
    rows.append(Row(line(GroupRow("合计", "", figures.rates, figures.volumes, rankable=False), "合计"), "total"))
    return rows


def _says_anything(cells: Sequence[Any]) -> bool:
    return any(isinstance(cell, int | float) and cell for cell in cells)


def _volume_table(bulletin: Bulletin) -> Table:
    now, total = bulletin.now, bulletin.total
    year_ago = now.against.get("year_ago")
    before = {row.key: row.volumes for row in year_ago.rows} if year_ago else {}
    far = {row.key: row.volumes for row in total.rows}
    far_groups = {row.group: row.volumes for row in total.subtotals}
    before_groups = {row.group: row.volumes for row in year_ago.subtotals} if year_ago else {}

    def line(row: GroupRow, name: str) -> tuple[Any, ...]:
        if row.key:
            so_far, then = far.get(row.key, {}), before.get(row.key, {})
        elif row.group:
            so_far, then = far_groups.get(row.group, {}), before_groups.get(row.group, {})
        else:
            so_far, then = total.volumes, year_ago.volumes if year_ago else {}
        volumes = row.volumes
        cases = volumes.get("cases", 0)
        return (
            name,
            cases,
            volumes.get("people", 0),
            volumes.get("first", 0),
            volumes.get("repeat", 0),
            row.rates.get("repeat", Rate()).percent,
            volumes.get("groups", 0),
            volumes.get("visit_people", 0),
            volumes.get("group_visits", 0),
            volumes.get("group_visit_people", 0),
            change_in_words(cases, then.get("cases", 0), "上年同期"),
            so_far.get("cases", 0),
        )

    columns = [
        Col("unit", "单位", width=20),
        Col("cases", "件", "count", "本期"),
        Col("people", "人", "count", "本期"),
        Col("first", "初件", "count", "本期"),
        Col("repeat", "重件", "count", "本期"),
        Col("repeat_rate", "重复率", "percent", "本期"),
        Col("groups", "来访批", "count", "本期"),
        Col("visit_people", "来访人次", "count", "本期"),
        Col("group_visits", "集体访批", "count", "本期"),
        Col("group_visit_people", "集体访人次", "count", "本期"),
        Col("year_ago", "同比", "text", "本期", 14),
        Col("so_far", "累计件", "count"),
    ]
    note = f"本期剔除 {now.excluded} 件，累计剔除 {total.excluded} 件。"
    if bulletin.period.kind == "year":
        columns.pop()
        note = f"本年剔除 {now.excluded} 件。"
    return Table(
        "volumes", "信访总量", "总量", columns, _with_subtotals(now, lambda *row: line(*row)[: len(columns)]), note
    )


def _rates_table(key: str, title: str, sheet: str, figures: Figures, note: str) -> Table:
    columns = [Col("unit", "单位", width=20)]
    for rate in figures.four_rates:
        denominator, numerator = _COUNTS[rate]
        label = DEFINITIONS[rate].label
        columns += [
            Col(f"{rate}.denominator", denominator, "count", label),
            Col(f"{rate}.numerator", numerator, "count", label),
            Col(f"{rate}.percent", "率", "percent", label),
            Col(f"{rate}.rank", "名次", "rank", label),
        ]
    columns.append(Col("overall", "综合名次", "rank"))

    def line(row: GroupRow, name: str) -> tuple[Any, ...]:
        cells: list[Any] = [name]
        for rate in figures.four_rates:
            found = row.rates.get(rate, Rate())
            cells += [found.denominator, found.numerator, found.percent, _rank(row, row.ranks.get(rate))]
        return (*cells, _rank(row, row.overall_rank))

    return Table(key, title, sheet, columns, _with_subtotals(figures, line), note)


def _rank(row: GroupRow, place: int | None) -> Any:
    return place if row.rankable else ""


def _overdue_table(bulletin: Bulletin) -> Table:
    columns = [
        Col("case_no", "编号", width=15),
        Col("title", "概况", width=36),
        Col("unit", "责任单位", width=20),
        Col("clock", "期限", width=10),
        Col("due_on", "应办日", "day"),
        Col("days_over", "超期天数", "count"),
        Col("lead", "包案领导", width=12),
    ]
    rows = [
        Row(
            (
                row["case_no"],
                row["title"],
                row["unit"],
                terms.CLOCK.label(row["clock"]),
                row["due_on"],
                row["days_over"],
                row["lead"] or "",
            )
        )
        for row in bulletin.overdue
    ]
    hidden = "，".join(f"{unit} {number} 个" for unit, number in bulletin.hidden_overdue.items())
    note = f"另有检举控告件的超期期限，不列名：{hidden}。" if hidden else ""
    note += f"剔除件的超期期限 {bulletin.excluded_overdue} 个，不在内。"
    return Table("overdue", "超期未办", "超期未办", columns, rows, note)


def _backlog_table(bulletin: Bulletin) -> Table:
    columns = [
        Col("unit", "单位", width=20),
        Col("total", "交办", "count"),
        Col("now", "本期化解", "count"),
        Col("so_far", "累计化解", "count"),
        Col("percent", "化解率", "percent"),
        Col("rank", "名次", "rank"),
        Col("leads", "包案领导", width=30),
    ]

    def cells(row: dict[str, Any]) -> tuple[Any, ...]:
        rank = row["rank"] if row["rankable"] else ""
        return row["unit"], row["total"], row["now"], row["so_far"], row["percent"], rank, row["leads"]

    rows: list[Row] = []
    for group in dict.fromkeys(row["group"] for row in bulletin.backlog):
        members = [row for row in bulletin.backlog if row["group"] == group]
        rows += [Row(cells(row)) for row in members]
        if group:
            rows.append(Row(cells(_backlog_sum(f"{group}小计", members)), "subtotal"))
    rows.append(Row(cells(_backlog_sum("合计", bulletin.backlog)), "total"))
    return Table("backlog", "积案化解", "积案", columns, rows, f"剔除 {bulletin.excluded_backlog} 件。")


def _backlog_sum(name: str, members: Sequence[dict[str, Any]]) -> dict[str, Any]:
    handed, now, so_far = (sum(row[key] for row in members) for key in ("total", "now", "so_far"))
    return {
        "unit": name,
        "total": handed,
        "now": now,
        "so_far": so_far,
        "percent": Rate(so_far, handed).percent,
        "rank": None,
        "rankable": False,
        "leads": "",
    }


def _problem_table(bulletin: Bulletin) -> Table:
    columns = [
        Col("what", "问题", width=14),
        Col("case_no", "编号", width=15),
        Col("title", "概况", width=36),
        Col("unit", "责任单位", width=20),
        Col("due_on", "应办日", "day"),
        Col("days_over", "超期天数", "count"),
    ]
    rows = [
        Row((label, row["case_no"], row["title"], row["unit"], row["due_on"], row["days_over"]))
        for what, label in PROBLEMS.items()
        for row in bulletin.problems[what]
    ]
    hidden = "，".join(
        f"{label} {bulletin.hidden_problems[what]} 件"
        for what, label in PROBLEMS.items()
        if bulletin.hidden_problems[what]
    )
    note = f"检举控告件只计数、不列名：{hidden}。" if hidden else ""
    note += f"本期剔除 {bulletin.now.excluded} 件。"
    return Table("problems", "通报的件", "通报的件", columns, rows, note)


def _trend_table(bulletin: Bulletin) -> Table:
    keys = list(dict.fromkeys([*bulletin.now.four_rates, "one_time"]))
    columns = [Col("period", "时期", width=10), Col("cases", "件", "count"), Col("people", "人", "count")]
    columns += [Col(key, DEFINITIONS[key].label, "percent", width=12) for key in keys]
    rows = [
        Row(
            (
                trend_label(one, whole=True),
                one.volumes["cases"],
                one.volumes["people"],
                *(one.rates[key].percent for key in keys),
            )
        )
        for one in bulletin.now.trend
    ]
    note = f"各期共剔除 {sum(one.excluded for one in bulletin.now.trend)} 件。"
    return Table("trend", "走势", "走势", columns, rows, note)


def _topic_table(figures: Figures) -> Table:
    columns = [Col("topic", "内容分类", width=20), Col("cases", "件", "count"), Col("share", "占比", "percent")]
    whole = figures.volumes["cases"]
    rows = [
        Row((name or "未填", number, Rate(number, whole).percent))
        for name, number in figures.volumes["by_topic"].items()
    ]
    rows.append(Row(("合计", whole, Rate(whole, whole).percent), "total"))
    return Table("topics", "涉及领域", "涉及领域", columns, rows, f"剔除 {figures.excluded} 件。")


def _weekly_table(bulletin: Bulletin) -> Table:
    columns = [
        Col("unit", "单位", width=20),
        Col("closed", "办结", "count", "初次信访事项（累计）"),
        Col("at_once", "一次化解", "count", "初次信访事项（累计）"),
        Col("one_time", "率", "percent", "初次信访事项（累计）"),
        Col("one_time_rank", "名次", "rank", "初次信访事项（累计）"),
        Col("handed", "交办", "count", "信访积案"),
        Col("now", "本周化解", "count", "信访积案"),
        Col("so_far", "累计化解", "count", "信访积案"),
        Col("backlog", "化解率", "percent", "信访积案"),
    ]
    resolved = {row["unit"]: row["now"] for row in bulletin.backlog}
    group_resolved: dict[str, int] = {}
    for row in bulletin.backlog:
        group_resolved[row["group"]] = group_resolved.get(row["group"], 0) + row["now"]

    def line(row: GroupRow, name: str) -> tuple[Any, ...]:
        one_time, backlog = row.rates["one_time"], row.rates["backlog"]
        if row.key:
            now = resolved.get(row.name, 0)
        else:
            now = group_resolved.get(row.group, 0) if row.group else sum(group_resolved.values())
        return (
            name,
            one_time.denominator,
            one_time.numerator,
            one_time.percent,
            _rank(row, row.ranks.get("one_time")),
            backlog.denominator,
            now,
            backlog.numerator,
            backlog.percent,
        )

    note = f"初次信访事项累计剔除 {bulletin.total.excluded} 件，积案剔除 {bulletin.excluded_backlog} 件。"
    return Table("weekly", "各单位情况", "周通报", columns, _with_subtotals(bulletin.total, line), note)


def _charts(bulletin: Bulletin) -> list[Chart]:
    now, total = bulletin.now, bulletin.total
    charts: list[Chart] = []
    if now.trend:
        labels = [trend_label(one, whole=True) for one in now.trend]
        if bulletin.period.kind != "week":
            charts.append(
                Chart("columns", "收到件数走势", labels, [("收到（件）", [one.volumes["cases"] for one in now.trend])])
            )
            series = [(DEFINITIONS[key].label, [one.rates[key].percent for one in now.trend]) for key in now.four_rates]
            charts.append(Chart("lines", "四率走势", labels, series, percent=True))
    if bulletin.period.kind != "week":
        units = [row for row in now.rows if row.rankable]
        counts = [row.volumes["cases"] for row in units]
        charts.append(Chart("bars", "各单位收到件数", [row.name for row in units], [("收到（件）", counts)]))
    for key, rows, title in (
        ("one_time", total.rows, "各单位一次性化解率（累计）"),
        ("backlog", total.rows, "各单位积案化解率"),
    ):
        shown_rows = [row for row in rows if row.rankable and row.rates[key].denominator]
        if shown_rows:
            series = [(DEFINITIONS[key].label, [row.rates[key].percent for row in shown_rows])]
            charts.append(Chart("bars", title, [row.name for row in shown_rows], series, percent=True))
    return charts


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
