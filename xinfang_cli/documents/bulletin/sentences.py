"""The sentences of a bulletin, shared by its kinds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from xinfang_cli.formats.model import chinese_day
from xinfang_cli.law import terms
from xinfang_cli.law.backlog import needed
from xinfang_cli.law.figures.bulletin import NAMED, Bulletin, below, first_and_last, groups, ranked
from xinfang_cli.law.figures.definitions import DEFINITIONS, Figures, GroupRow, Rate
from xinfang_cli.law.periods import change_in_words, days_in_words, points_in_words
from xinfang_cli.office.campaigns.reception_status import ReceptionStatus
from xinfang_cli.present.figures import percent

PROBLEMS = {
    "acceptance": "未按期受理",
    "completion": "未按期办结",
    "dissatisfied": "群众评价不满意",
    "returned": "审核退回重办",
}


def until(bulletin: Bulletin) -> date:
    """The last day that the figures can know of."""
    return min(bulletin.period.last, bulletin.as_of)


def when(bulletin: Bulletin) -> str:
    """2023年6月; of a period that is not over, up to what day."""
    day = until(bulletin)
    return bulletin.period.label + ("" if day == bulletin.period.last else f"（截至{day.month}月{day.day}日）")


def fraction(rate: Rate) -> str:
    return f"{percent(rate.percent)}（{rate.numerator}/{rate.denominator}）"


def named(rows: Sequence[GroupRow], key: str) -> str:
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


def against(figures: Figures, key: str, previous: bool = True) -> str:
    """环比上升 1.26%，同比持平."""
    said = []
    for name, word, base in (("previous", "环比", "上期"), ("year_ago", "同比", "上年同期")):
        if name in _held_against(figures) and (previous or name != "previous"):
            before = figures.against[name].volumes[key]
            words = change_in_words(figures.volumes[key], before, base)
            said.append(words if words.endswith("为零") else f"{word}{words}")
    return "，".join(said)


def against_rate(figures: Figures, key: str) -> str:
    said = []
    for name, word in (("previous", "环比"), ("year_ago", "同比")):
        if name in _held_against(figures):
            words = points_in_words(figures.rates[key].percent, figures.against[name].rates[key].percent)
            if words != "—":
                said.append(f"{word}{words}")
    return "，".join(said)


def volume(figures: Figures) -> str:
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


def most(counts: Iterable[tuple[str, int]], most: int) -> str:
    return "、".join(f"{name}（{number} 件）" for name, number in list(counts)[:most] if number)


def rate_sentences(bulletin: Bulletin, figures: Figures, key: str) -> str:
    """One rate in a sentence each: the whole, the first and last three of each group, who is below target."""
    label = DEFINITIONS[key].label
    rate = figures.rates[key]
    if not rate.denominator:
        return f"{label}：{'本期' if figures is bulletin.now else '本年'}没有应计的件。"
    change = against_rate(figures, key)
    so_far = ""
    if figures is bulletin.now and bulletin.period.kind != "year":
        so_far = f"，累计 {fraction(bulletin.total.rates[key])}"
    said = [f"{label} {fraction(rate)}{'，' + change if change else ''}{so_far}。"]
    said += places(figures.rows, key)
    target = bulletin.targets.get(key)
    if target is not None:
        low = below(figures.rows, key, target)
        wanted = target_words(bulletin, key)
        said.append(f"低于{wanted}的有：{named(low, key)}。" if low else f"各单位均达到{wanted}。")
    return "".join(said)


def target_words(bulletin: Bulletin, key: str) -> str:
    """目标 90%（本局设置）."""
    return f"目标 {bulletin.targets[key]:g}%（{bulletin.target_sources[key]}）"


def places(rows: Sequence[GroupRow], key: str) -> list[str]:
    """Of each group the first three and the last three; of a few ranked units the best and the worst only."""
    return [said for members in groups(rows).values() if (said := places_in(members, key))]


def places_in(members: Sequence[GroupRow], key: str) -> str:
    several = len(ranked(members, key))
    if several < 4:
        return ""
    group = members[0].group
    for most, best, worst in ((NAMED, "前三名", "后三名"), (1, "首位", "末位")):
        top, bottom = first_and_last(members, key, most)
        if several >= 2 * most and bottom:
            others = worst if len(bottom) >= most else "其余"
            return f"{group}{best}：{named(top, key)}；{others}：{named(bottom, key)}。"
    return f"{group}各单位均为 {percent(top[0].rates[key].percent)}。"


def volume_paragraphs(bulletin: Bulletin) -> list[str]:
    now, total = bulletin.now, bulletin.total
    volumes = now.volumes
    said = [
        f"{when(bulletin)}，{bulletin.area}共收到信访事项 {volumes['cases']} 件 {volumes['people']} 人，"
        f"件数{against(now, 'cases')}；人数{against(now, 'people')}。"
        f"其中{volume(now)}。初次 {volumes['first']} 件，重复 {volumes['repeat']} 件，重复信访率 {fraction(now.rates['repeat'])}。"
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
        said.append(f"反映较多的是：{most(topics, 5)}。")
    for group, members in groups(now.rows).items():
        busiest = sorted(members, key=lambda row: -row.volumes["cases"])
        if len(members) > 3 and busiest[0].volumes["cases"]:
            said.append(f"{group}中件数较多的是：{most(((r.name, r.volumes['cases']) for r in busiest), 3)}。")
    if bulletin.period.kind == "year":
        return said
    far = total.volumes
    changed = against(total, "cases", previous=False)
    said.append(
        f"今年以来（{days_in_words(bulletin.so_far.first, until(bulletin))}）共收到 {far['cases']} 件 {far['people']} 人"
        f"{'，' + changed if changed else ''}；其中{volume(total)}；"
        f"集体访 {far['group_visits']} 批 {far['group_visit_people']} 人次；重复信访率 {fraction(total.rates['repeat'])}。"
    )
    return said


def backlog_paragraph(bulletin: Bulletin) -> str:
    rate = bulletin.total.rates["backlog"]
    resolved = sum(row["now"] for row in bulletin.backlog)
    target = bulletin.targets.get("backlog")
    short = 0 if target is None else needed(rate.denominator, rate.numerator, target)
    word = {"week": "本周", "year": "本年"}.get(bulletin.period.kind, "本期")
    said = f"交办积案 {rate.denominator} 件，{word}化解 {resolved} 件，累计化解 {rate.numerator} 件，化解率 {percent(rate.percent)}"
    if target is not None:
        wanted = target_words(bulletin, "backlog")
        said += f"，距{wanted}还差 {short} 件" if short else f"，已达到{wanted}"
    return f"{said}。"


def backlog_sentences(bulletin: Bulletin) -> str:
    return "".join([backlog_paragraph(bulletin), *places(bulletin.total.rows, "backlog")])


def _reception(found: ReceptionStatus) -> str:
    return f"领导干部接访 {found.leader_times} 人次，接待群众 {found.groups} 批 {found.people} 人"


def reception_paragraphs(bulletin: Bulletin) -> list[str]:
    now, far = bulletin.reception, bulletin.reception_so_far
    assert now is not None
    assert far is not None
    so_far = "" if bulletin.period.kind == "year" else f"；累计{_reception(far)}"
    said = [f"{when(bulletin)}，{_reception(now)}{so_far}。"]
    forms = [(terms.RECEPTION.label(one.form), one) for one in now.by_form if one.groups]
    if len(forms) > 1:
        listed = "，".join(f"{label} {one.groups} 批 {one.people} 人" for label, one in forms)
        said.append(f"其中{listed}。")
    said.append(
        f"本期接访交办 {now.orders} 项，已落实 {now.carried_out} 项，超期未落实 {now.orders_overdue} 项；"
        f"未闭环的接访事项 {now.open_matters} 件。应值班而缺访 {now.days_missing} 天，"
        f"无访 {now.days_without_visitor} 天（其中约访 {now.days_invited} 天）。"
    )
    return said


def standing_paragraph(bulletin: Bulletin) -> str:
    """The superior's rank of each indicator, beside our own figure where it is one of ours."""
    said = []
    for row in bulletin.standings:
        place = f"第 {row.rank} 名" + (f"（共 {row.of} 个）" if row.of else "")
        value = f"，上级数值 {row.value}" if row.value else ""
        mine = bulletin.total.rates.get(row.key) if row.key else None
        ours = f"，本簿累计 {fraction(mine)}" if mine is not None else ""
        source = f"{row.source}，" if row.source else ""
        said.append(f"{row.indicator}{place}（{source}{chinese_day(row.on)}）{value}{ours}")
    return "；".join(said) + "。"


def advice_paragraphs(bulletin: Bulletin) -> list[str]:
    """改进工作, 完善政策, 追究责任: how many, answered, adopted; to whom."""
    if not bulletin.advices:
        return ["本年没有登记三项建议。"]
    said = []
    for kind, label in terms.ADVICE.labels.items():
        rows = [row for row in bulletin.advices if row.kind == kind]
        if rows:
            answered = sum(row.answered_on is not None for row in rows)
            adopted = sum(bool(row.adopted) for row in rows)
            to = "、".join(dict.fromkeys(row.to for row in rows))
            said.append(f"{label}建议 {len(rows)} 件（向{to}提出），已答复 {answered} 件，采纳 {adopted} 件。")
    return said


def problem_paragraphs(bulletin: Bulletin) -> list[str]:
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
