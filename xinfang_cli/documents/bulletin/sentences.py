"""The sentences of a bulletin, shared by its kinds. What the book has no data of is said to be without, never counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from xinfang_cli.documents.bulletin.unnamed import few
from xinfang_cli.formats.model import chinese_day
from xinfang_cli.law import terms
from xinfang_cli.law.backlog import needed
from xinfang_cli.law.figures.bulletin import NAMED, below, first_and_last, groups, ranked
from xinfang_cli.law.figures.definitions import DEFINITIONS, Figures, GroupRow, Rate, is_small
from xinfang_cli.law.periods import change_in_words, days_in_words, points_in_words
from xinfang_cli.office.campaigns.reception_status import ReceptionStatus
from xinfang_cli.office.figures.bulletin import Bulletin, ProblemCase
from xinfang_cli.present.figures import missed_word, percent

PROBLEMS = {
    "acceptance": "未按期受理",
    "completion": "未按期办结",
    "dissatisfied": "群众评价不满意",
    "returned": "审核退回重办",
    "without_clock": "申诉求决件按没有办结期限的途径受理",
}
_AGAINST = {"previous": ("环比", "上期"), "year_ago": ("同比", "上年同期")}
_HIGHER = {"city": "到市", "province": "到省", "beijing": "进京"}
_OTHER = "其他"


# ---- when -------------------------------------------------------------------------------------------------------


def until(bulletin: Bulletin) -> date:
    """The last day that the figures can know of."""
    return min(bulletin.period.last, bulletin.as_of)


def day_in(day: date, beside: date) -> str:
    """6月30日; with its year if it differs from the other day's."""
    return f"{day.month}月{day.day}日" if day.year == beside.year else chinese_day(day)


def when(bulletin: Bulletin) -> str:
    """2023年6月; an unfinished period with its last day, a partly recorded one with its first."""
    day = until(bulletin)
    said = []
    if bulletin.now.first != bulletin.period.first:
        said.append(f"簿中数据自{chinese_day(bulletin.now.first)}起")
    if day != bulletin.period.last:
        said.append(f"截至{day.month}月{day.day}日")
    return bulletin.period.label + (f"（{'，'.join(said)}）" if said else "")


def so_far_in_words(bulletin: Bulletin) -> str:
    """今年以来（2023年1月1日至6月30日）; of a year that is over its own number; from when the book has data."""
    first, day = bulletin.so_far.first, until(bulletin)
    late = "簿中数据自此起，" if (first.month, first.day) != (1, 1) else ""
    return f"{year_in_words(bulletin)}（{late}{days_in_words(first, day)}）"


def year_in_words(bulletin: Bulletin) -> str:
    """今年以来, or 2022年累计 when that year is over."""
    year = bulletin.so_far.first.year
    return "今年以来" if bulletin.made_on.year == year else f"{year}年累计"


# ---- numbers ----------------------------------------------------------------------------------------------------


def fraction(rate: Rate, floor: int) -> str:
    """95.41%（104/109）; of a handful of cases the numbers alone."""
    numbers = f"{rate.numerator}/{rate.denominator}"
    return numbers if is_small(rate, floor) else f"{percent(rate.percent)}（{numbers}）"


def left_out(key: str, rate: Rate) -> str:
    """Exclusions (剔除) from this figure, the misses among them, and closings without acceptance (缺受理)."""
    cases, missed = rate.excluded
    said = [f"剔除 {cases} 件{f'，其中{missed_word(key)} {missed} 件' if missed else ''}"] if cases else []
    if rate.acceptance_missing:
        said.append(f"另有缺受理 {rate.acceptance_missing} 件不计")
    return f"（{'；'.join(said)}）" if said else ""


def named(rows: Sequence[GroupRow], key: str, floor: int) -> str:
    """柳笛镇（77.78%），…; 并列 for those who share a figure, only counted when they are more than six."""
    shares: dict[float | None, list[GroupRow]] = {}
    for row in rows:
        shares.setdefault(row.rates[key].percent, []).append(row)
    said = []
    for value, sharing in shares.items():
        shown = sharing if len(sharing) <= 6 else sharing[:3]
        together = "并列" if len(sharing) > 1 else ""
        if len(sharing) > len(shown):
            together = f"等 {len(sharing)} 个单位并列"
        if any(is_small(row.rates[key], floor) for row in sharing):
            each = "、".join(f"{row.name}（{row.rates[key].numerator}/{row.rates[key].denominator}）" for row in shown)
            said.append(f"{each}{together}")
        else:
            said.append(f"{'、'.join(row.name for row in shown)}{together}（{percent(value)}）")
    return "，".join(said)


def most(counts: Iterable[tuple[str | None, int]], number: int) -> str:
    """The largest counts by name, including ties with the last of them (many ties only as a number). 其他 comes last, and
    is left out if it would stand alone.
    """
    listed = [(name, count) for name, count in counts if name and count]
    named = [one for one in listed if one[0] != _OTHER]
    if not named:
        return ""
    largest = named[:number]
    least = largest[-1][1] if len(named) > number else 0
    equal = [one for one in named[number:] if one[1] == least]
    rest = [one for one in listed if one[0] == _OTHER and one[1] >= least]
    shown = [*largest, *(equal if len(equal) <= 3 else ()), *rest]
    also = f"，另有 {len(equal)} 个也是 {least} 件" if len(equal) > 3 else ""
    return "、".join(f"{name}（{count} 件）" for name, count in shown) + also


# ---- held against earlier periods ---------------------------------------------------------------------------------


def compared(figures: Figures) -> list[str]:
    """The periods it is compared with; of a year the one before and the year ago are the same, said once."""
    names = [name for name in _AGAINST if name in figures.against]
    if len(names) == 2 and figures.against["previous"].period[1:] == figures.against["year_ago"].period[1:]:
        return ["year_ago"]
    return names


def without_data(figures: Figures) -> str:
    """上年同期无数据: the periods that the book does not hold."""
    names = [name for name in _AGAINST if name in figures.missing]
    if len(names) == 2 and figures.missing["previous"][1:] == figures.missing["year_ago"][1:]:
        names = ["year_ago"]
    return "、".join(f"{_AGAINST[name][1]}无数据" for name in names)


def changes(
    figures: Figures,
    now: Mapping[str, int],
    before: Mapping[str, Mapping[str, int]],
    keys: Mapping[str, tuple[str, str]],
) -> str:
    """件数环比上升 1.26%，人数环比上升 17.32%: numbers (key → name, unit) against those of each earlier period."""
    said = []
    for name, held in before.items():
        word, base = _AGAINST[name]
        for key, (label, unit) in keys.items():
            was = held.get(key, 0)
            if was == 0 and now[key]:
                said.append(f"{label}{base}为零")
            else:
                said.append(f"{label}{word}{change_in_words(now[key], was, base, floor=figures.small_base, unit=unit)}")
    return "，".join(said)


def volume_changes(figures: Figures, keys: Mapping[str, tuple[str, str]]) -> str:
    """The same for volumes of the figures; what has no data is said after."""
    before = {name: figures.against[name].volumes for name in compared(figures)}
    said = changes(figures, figures.volumes, before, keys)
    return "；".join(part for part in (said, without_data(figures)) if part)


def rate_changes(figures: Figures, key: str) -> str:
    """环比上升 1.20 个百分点; over a handful of cases the earlier numbers."""
    said = []
    now = figures.rates[key]
    for name in compared(figures):
        word, base = _AGAINST[name]
        before = figures.against[name].rates[key]
        if not (now.denominator and before.denominator):
            continue
        if is_small(now, figures.small_base) or is_small(before, figures.small_base):
            said.append(f"{base} {fraction(before, figures.small_base)}")
        else:
            said.append(f"{word}{points_in_words(now.percent, before.percent)}")
    return "，".join(said)


# ---- volume -----------------------------------------------------------------------------------------------------


def _by_form(figures: Figures) -> str:
    """来信 x 件，来访 y 批 z 人次，网信 …"""
    volumes, by_group = figures.volumes, figures.breakdown.by_channel_group
    said = []
    for group in dict.fromkeys(terms.CHANNEL_GROUP.values()):
        if group == "来访":
            said.append(f"来访 {volumes['groups']} 批 {volumes['visit_people']} 人次")
        elif by_group.get(group):
            said.append(f"{group} {by_group[group]} 件")
    return "，".join(said)


def volume_paragraphs(bulletin: Bulletin) -> list[str]:
    """Receipts of the period: volume, channel, level, topic, petitioners; and the year so far."""
    now = bulletin.now
    volumes = now.volumes
    changed = volume_changes(now, {"cases": ("件数", "件"), "people": ("人数", "人")})
    repeat = now.rates["repeat"]
    said = [
        f"{when(bulletin)}，{bulletin.area}共收到信访事项 {volumes['cases']} 件 {volumes['people']} 人"
        f"{'，' + changed if changed else ''}。其中{_by_form(now)}。"
        f"初次 {volumes['first']} 件，重复 {volumes['repeat']} 件{_repeat_rate(repeat, now)}。"
        f"集体访 {volumes['group_visits']} 批 {volumes['group_visit_people']} 人次，联名 {volumes['joint_letters']} 件。",
        *level_paragraphs(now),
    ]
    topics = most(now.breakdown.by["topic"].items(), 5)
    if topics:
        said.append(f"反映较多的是：{topics}。")
    for group, members in groups(now.rows).items():
        busiest = sorted(members, key=lambda row: -row.volumes["cases"])
        if len(members) > 3 and busiest[0].volumes["cases"]:
            said.append(f"{group}中件数较多的是：{most(((r.name, r.volumes['cases']) for r in busiest), 3)}。")
    if bulletin.period.kind != "year":
        said.append(_so_far(bulletin))
    return said


def _repeat_rate(rate: Rate, figures: Figures) -> str:
    return (
        "" if not rate.denominator else f"，重复信访率 {fraction(rate, figures.small_base)}{left_out('repeat', rate)}"
    )


def _so_far(bulletin: Bulletin) -> str:
    total = bulletin.total
    far = total.volumes
    changed = volume_changes(total, {"cases": ("件数", "件")})
    return (
        f"{so_far_in_words(bulletin)}共收到 {far['cases']} 件 {far['people']} 人"
        f"{'，' + changed if changed else ''}；其中{_by_form(total)}；"
        f"集体访 {far['group_visits']} 批 {far['group_visit_people']} 人次{_repeat_rate(total.rates['repeat'], total)}。"
    )


_VISITS = {"groups": ("批次", "批"), "visit_people": ("人次", "人次")}
_GROUP_VISITS = {"group_visits": ("批次", "批"), "group_visit_people": ("人次", "人次")}


def level_paragraphs(figures: Figures) -> list[str]:
    """到市 12 批 34 人次, each with its changes, 其中集体访 …; 到省, 进京 likewise."""
    none = dict.fromkeys((*_VISITS, *_GROUP_VISITS), 0)
    said = []
    for level, name in _HIGHER.items():
        visits = figures.breakdown.levels.get(level, none)
        before = {held: figures.against[held].breakdown.levels.get(level, none) for held in compared(figures)}
        if not visits["groups"] and not any(held["groups"] for held in before.values()):
            continue
        line = f"{name} {visits['groups']} 批 {visits['visit_people']} 人次"
        line += _after_comma(changes(figures, visits, before, _VISITS))
        if visits["group_visits"] or any(held["group_visits"] for held in before.values()):
            line += f"；其中集体访 {visits['group_visits']} 批 {visits['group_visit_people']} 人次"
            line += _after_comma(changes(figures, visits, before, _GROUP_VISITS))
        said.append(line)
    return [f"来访中，{'。'.join(said)}。"] if said else []


def _after_comma(said: str) -> str:
    return f"，{said}" if said else ""


# ---- rates ------------------------------------------------------------------------------------------------------


def rate_sentences(bulletin: Bulletin, figures: Figures, key: str) -> str:
    """One rate in a sentence each: the whole, the first and last three of each group, who is below target."""
    label, rate, floor = DEFINITIONS[key].label, figures.rates[key], figures.small_base
    if not rate.denominator:
        return f"{label}：{'本期' if figures is bulletin.now else '本年'}没有应计的件{left_out(key, rate)}。"
    so_far = ""
    if figures is bulletin.now and bulletin.period.kind != "year":
        so_far = f"，累计 {fraction(bulletin.total.rates[key], floor)}"
    said = [f"{label} {fraction(rate, floor)}{left_out(key, rate)}{_after_comma(rate_changes(figures, key))}{so_far}。"]
    said += places(figures, key)
    target = bulletin.targets.get(key)
    counted = [row for row in figures.rows if row.rankable and row.rates[key].denominator]
    if target is not None and counted:
        low = below(counted, key, target)
        wanted = target_words(bulletin, key)
        each = "各单位" if len(counted) == sum(row.rankable for row in figures.rows) else "有应计件的各单位"
        said.append(f"低于{wanted}的有：{named(low, key, floor)}。" if low else f"{each}均达到{wanted}。")
    return "".join(said)


def target_words(bulletin: Bulletin, key: str) -> str:
    """目标 90%（本局设置）."""
    return f"目标 {bulletin.targets[key]:g}%（{bulletin.target_sources[key]}）"


def places(figures: Figures, key: str) -> list[str]:
    """The first three and last three of each group; of a small ranked group only the best and the worst."""
    return [said for members in groups(figures.rows).values() if (said := places_in(members, key, figures.small_base))]


def places_in(members: Sequence[GroupRow], key: str, floor: int) -> str:
    """The same of one group; of those who cannot be ranked nothing."""
    listed = ranked(members, key)
    if len(listed) < 4:
        return ""
    group = members[0].group
    for number, best, worst in ((NAMED, "前三名", "后三名"), (1, "首位", "末位")):
        top, bottom = first_and_last(members, key, number)
        if len(listed) >= 2 * number and bottom:
            others = worst if len(bottom) >= number else "其余"
            return f"{group}{best}：{named(top, key, floor)}；{others}：{named(bottom, key, floor)}。"
    whole = Rate()
    for row in listed:
        whole.add(row.rates[key])
    who = "各单位" if len(listed) == len(members) else f"有应计件的 {len(listed)} 个单位"
    return f"{group}{who}均为 {fraction(whole, floor) if whole.numerator != whole.denominator else _all_of(whole)}。"


def _all_of(rate: Rate) -> str:
    """Every one of them, in numbers, whatever each has."""
    return f"{percent(rate.percent)}（合计 {rate.numerator}/{rate.denominator}）"


# ---- backlog, reception, standing, advice, problems ---------------------------------------------------------------


def backlog_paragraph(bulletin: Bulletin) -> str:
    """Handed down, resolved in the period, so far, what the target still needs; all as of the period's end."""
    rate, floor = bulletin.total.rates["backlog"], bulletin.total.small_base
    resolved = sum(row.now for row in bulletin.backlog)
    target = bulletin.targets.get("backlog")
    short = 0 if target is None else needed(rate.denominator, rate.numerator, target)
    word = {"week": "本周", "year": "本年"}.get(bulletin.period.kind, "本期")
    day = until(bulletin)
    said = (
        f"截至{day_in(day, bulletin.made_on)}，交办积案 {rate.denominator} 件，{word}化解 {resolved} 件，"
        f"累计化解 {rate.numerator} 件{rate_of(rate, floor)}{left_out('backlog', rate)}"
    )
    if target is not None:
        wanted = target_words(bulletin, "backlog")
        said += f"，距{wanted}还差 {short} 件" if short else f"，已达到{wanted}"
    return f"{said}。"


def rate_of(rate: Rate, floor: int) -> str:
    """，化解率 60.00%; nothing over a handful of cases, whose numbers were just said."""
    return "" if is_small(rate, floor) else f"，化解率 {percent(rate.percent)}"


def backlog_sentences(bulletin: Bulletin) -> str:
    """The paragraph on backlog cases, with the units that lag."""
    return "".join([backlog_paragraph(bulletin), *places(bulletin.total, "backlog")])


def _reception(found: ReceptionStatus) -> str:
    return f"领导干部接访 {found.leader_times} 人次，接待群众 {found.groups} 批 {found.people} 人"


def reception_paragraphs(bulletin: Bulletin) -> list[str]:
    """The paragraphs on leaders' reception: this period, then the year so far."""
    now, far = bulletin.reception, bulletin.reception_so_far
    assert now is not None
    assert far is not None
    day = until(bulletin)
    year = year_in_words(bulletin) + (f"（至{day_in(day, bulletin.made_on)}）" if day < bulletin.made_on else "")
    so_far = "" if bulletin.period.kind == "year" else f"；{year}{_reception(far)}"
    said = [f"{when(bulletin)}，{_reception(now)}{so_far}。"]
    forms = [(terms.RECEPTION.label(one.form), one) for one in now.by_form if one.groups]
    if len(forms) > 1:
        listed = "，".join(f"{label} {one.groups} 批 {one.people} 人" for label, one in forms)
        said.append(f"其中{listed}。")
    said.append(
        f"本期接访交办 {now.orders} 项，截至{day_in(day, bulletin.made_on)}已落实 {now.carried_out} 项，"
        f"超期未落实 {now.orders_overdue} 项；"
        f"未闭环的接访事项 {now.open_matters} 件。应值班而缺访 {now.days_missing} 天{_roster_late(now)}，"
        f"无访 {now.days_without_visitor} 天（其中约访 {now.days_invited} 天）。"
    )
    return said


def _roster_late(found: ReceptionStatus) -> str:
    """A note that the roster behind the missing days was entered after the period."""
    on = found.roster_entered_on
    return f"（接访日程于{chinese_day(on)}在期后录入）" if on is not None and found.missing else ""


def standing_paragraph(bulletin: Bulletin) -> str:
    """The superior's rank of each indicator, beside our own figure where it is one of ours."""
    said = []
    for row in bulletin.standings:
        place = f"第 {row.rank} 名" + (f"（共 {row.of} 个）" if row.of else "")
        value = f"，上级数值 {row.value}" if row.value else ""
        mine = bulletin.total.rates.get(row.key) if row.key else None
        ours = ""
        if mine is not None and mine.denominator:
            ours = f"，本簿累计 {fraction(mine, bulletin.total.small_base)}"
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
    """Failures of the period by unit, and clocks run out by its end and still open."""
    said = []
    for what, label in PROBLEMS.items():
        rows, hidden = bulletin.problems[what], bulletin.hidden_problems[what]
        if not rows and not hidden:
            continue
        units: dict[str, list[ProblemCase]] = {}
        for row in rows:
            units.setdefault(row.unit, []).append(row)
        listed = "、".join(f"{unit} {_cases(found)}" for unit, found in units.items())
        said.append(
            f"{label} {_cases(rows, hidden)}{_of_rated(bulletin, what)}{'：' + listed if listed else ''}"
            f"{f'，另有 {few(hidden)} 件不列名' if hidden and rows else '，不列名' if hidden else ''}。"
        )
    open_now = len(bulletin.overdue) + sum(bulletin.hidden_overdue.values())
    said.append(f"{overdue_in_words(bulletin)}的期限 {open_now} 个{f'，见附件{OVERDUE_PLACE}' if open_now else ''}。")
    return said


def _of_rated(bulletin: Bulletin, what: str) -> str:
    """The base of dissatisfied ratings: cases with a unit rating in the period."""
    return (
        f"（本期评价责任单位的 {bulletin.now.rates['satisfaction'].denominator} 件中）"
        if what == "dissatisfied"
        else ""
    )


OVERDUE_PLACE = 3
"""Which of the tables attached lists the overdue."""


def overdue_in_words(bulletin: Bulletin) -> str:
    """截至 2023年7月17日，6月30日以前到期、仍超期未办: nothing that fell due after the period."""
    due = ""
    if bulletin.period.last < bulletin.as_of:
        last = bulletin.period.last
        due = f"{day_in(last, bulletin.as_of)}以前到期、"
    return f"截至 {chinese_day(bulletin.as_of)}，{due}仍超期未办"


def _cases(rows: Sequence[ProblemCase], hidden: int = 0) -> str:
    """5 件; 件次 where a case comes twice, because two units were late with it."""
    whole = len(rows) + hidden
    return f"{whole} {'件' if len({row.case_no for row in rows}) == len(rows) else '件次'}"
