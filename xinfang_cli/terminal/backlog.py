"""The backlog on the screen: batches, their cases, how far they have come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.present import machine
from xinfang_cli.present.figures import percent
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column

BATCH_COLUMNS = {
    "batch": "批次",
    "source": "来源",
    "handed_on": "交办日",
    "target_percent": "目标%",
    "target_on": "目标日",
    "recognise": "上级认定",
    "total": "件数",
    "resolved": "化解",
    "percent": "化解率%",
}
ENTRY_COLUMNS = {
    "batch": "批次",
    "case_no": "登记编号",
    "title": "概况",
    "unit": "化解单位",
    "guard_unit": "稳控单位",
    "lead": "包案领导",
    "joined_on": "列入日期",
    "state": "状态",
    "resolved_on": "化解日期",
    "how": "化解方式",
    "recognised_on": "认定日期",
    "relapsed_on": "反弹日期",
}
ROW_COLUMNS = {
    "name": "单位",
    "group": "分组",
    "total": "交办",
    "resolved_since": "本期",
    "resolved": "累计",
    "percent": "化解率%",
    "rank_count": "数名次",
    "rank_rate": "率名次",
    "needed": "差",
    "behind": "落后",
    "waiting": "待认定",
    "relapsed": "反弹",
}


def sentence(batch: dict[str, Any]) -> str:
    """A batch in a line."""
    parts = [batch["batch"]]
    if batch["source"]:
        parts.append(f"来源 {batch['source']}")
    if batch["handed_on"]:
        parts.append(f"{batch['handed_on']} 交办")
    if batch["target_percent"] is not None:
        parts.append(f"目标 {batch['target_percent']:g}%")
    if batch["target_on"]:
        parts.append(f"{batch['target_on']} 前")
    parts.append("要上级认定" if batch["recognise"] else "不要上级认定")
    return "  ".join(parts)


def show_batches(rows: Sequence[dict[str, Any]], as_json: bool, as_csv: bool) -> None:
    """Every batch with its target."""
    if as_json:
        machine.print_json(list(rows))
    elif as_csv:
        machine.print_csv([{**row, "recognise": "是" if row["recognise"] else "否"} for row in rows], BATCH_COLUMNS)
    elif not rows:
        screen.say("还没有积案批次；登记一个：xinfang backlog batch add 批次名")
    else:
        free = ("batch", "source")
        screen.table(
            [Column(head, fixed=key not in free, right=key in _NUMBERS) for key, head in BATCH_COLUMNS.items()],
            [
                [
                    percent(row[key]) if key == "percent" else _plain(row[key]) if key in _NUMBERS else row[key]
                    for key in BATCH_COLUMNS
                ]
                for row in rows
            ],
        )


_NUMBERS = frozenset(
    {
        "target_percent",
        "total",
        "resolved",
        "percent",
        "resolved_since",
        "rank_count",
        "rank_rate",
        "needed",
        "behind",
        "waiting",
        "relapsed",
    }
)


def _plain(value: Any) -> str:
    return "—" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def entry_in_words(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "state": terms.BACKLOG_STATE.label(row["state"]), "how": terms.HOW_RESOLVED.label(row["how"])}


def show_entries(rows: Sequence[dict[str, Any]], as_json: bool, as_csv: bool, limit: int) -> None:
    """The cases of a batch."""
    shown = rows[:limit] if limit else rows
    if as_json:
        machine.print_json(list(shown))
        return
    if as_csv:
        machine.print_csv(map(entry_in_words, shown), ENTRY_COLUMNS)
        return
    if not rows:
        screen.say("没有符合条件的积案")
        return
    several = len({row["batch"] for row in rows}) > 1
    columns = ["case_no", "title", "unit", "guard_unit", "lead", "state", "resolved_on"]
    if several:
        columns.insert(0, "batch")
    if not any(row["guard_unit"] for row in rows):
        columns.remove("guard_unit")
    free = ("batch", "title", "unit", "guard_unit", "lead")
    screen.table(
        [Column(ENTRY_COLUMNS[key], fixed=key not in free) for key in columns],
        [[said[key] for key in columns] for said in map(entry_in_words, shown)],
        styles=["red" if row["state"] == "relapsed" else "" for row in shown],
    )
    cut = f"，显示前 {limit} 件，全部用 --limit 0" if limit and len(rows) > limit else ""
    screen.say(f"共 {len(rows)} 件{cut}")


def show_status(found: dict[str, Any], as_json: bool, as_csv: bool) -> None:
    """How far a batch has come."""
    if as_json:
        machine.print_json(found)
        return
    if as_csv:
        total = {**found, "name": "合计", "group": None, "rank_count": None, "rank_rate": None}
        machine.print_csv([*found["rows"], total], ROW_COLUMNS)
        return
    show_head(found)
    _table(found, _with_subtotals(found), "单位")
    if any(row["name"] for row in found["by_lead"] if row["rank_rate"]):
        _table(found, found["by_lead"], "包案领导")
    _behind(found)
    _burn_down(found)
    if found["excluded"]:
        screen.say(f"剔除 {found['excluded']} 件，不在以上数内。")
    screen.say(
        "化解率：化解后又重复信访的（反弹）不算化解" + ("；未经上级认定的不算" if found["recognise"] else "") + "。"
    )


def show_head(found: dict[str, Any]) -> None:
    """The counts, what is still needed, the pace."""
    say = screen.say
    source = f"（{found['source']}）" if found["source"] else ""
    say(f"{found['batch']}{source}  截至 {found['as_of']}  本期自 {found['since']}")
    say(
        f"交办 {found['total']} 件，本期化解 {found['resolved_since']} 件，累计化解 {found['resolved']} 件，"
        f"化解率 {percent(found['percent'])}"
    )
    counts = [f"未化解 {found['open']} 件"]
    if found["recognise"]:
        counts = [f"已报结 {found['reported']} 件", f"上级认定 {found['recognised']} 件", *counts]
        counts.append(f"待认定 {found['waiting']} 件")
    if found["relapsed"]:
        counts.append(f"反弹 {found['relapsed']} 件")
    say("，".join(counts))
    say(needs(found))
    if found["pace_per_week"] is not None:
        pace = f"自 {found['handed_on'] or '最早列入日'} 以来每周 {found['pace_per_week']:.2f} 件"
        if found["needed"] and found["reached_on"]:
            pace += f"；照此 {found['reached_on']} 达到目标"
            if found["target_on"] and _day(found["reached_on"]) > _day(found["target_on"]):
                pace += "，晚于目标日"
        elif found["needed"]:
            pace += "；照此达不到目标"
        say(pace)
    say()


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def needs(found: dict[str, Any]) -> str:
    """What the batch still needs, in a sentence for the screen and for bulletins."""
    target = f"目标 {found['target_percent']:g}%（{found['target_count']} 件）"
    if not found["needed"]:
        return f"{target}，已达到"
    if found["target_on"] is None:
        return f"{target}，还差 {found['needed']} 件；没有登记目标日"
    if found["per_week"] is None:
        return f"{target}，目标日 {found['target_on']} 已到，还差 {found['needed']} 件"
    return (
        f"{target}，目标日 {found['target_on']}：还差 {found['needed']} 件，还有 {found['days_left']} 天，"
        f"每周须化解 {found['per_week']:.2f} 件"
    )


def _with_subtotals(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The units, each group followed by its subtotal; a group of one unit needs none."""
    rows: list[dict[str, Any]] = []
    for place, row in enumerate(found["rows"]):
        rows.append(row)
        following = found["rows"][place + 1 : place + 2]
        if row["group"] is None or (following and following[0]["group"] == row["group"]):
            continue
        if sum(each["group"] == row["group"] for each in rows) > 1:
            total = next(each for each in found["groups"] if each["name"] == row["group"])
            rows.append({**total, "name": f"{row['group']}小计", "rank_count": "", "rank_rate": "", "behind": 0})
    return rows


def _table(found: dict[str, Any], rows: Sequence[dict[str, Any]], what: str) -> None:
    keys = ["name", "total", "resolved_since", "resolved", "percent", "rank_count", "rank_rate", "needed"]
    keys += [key for key in ("behind", "waiting", "relapsed") if any(row[key] for row in rows)]
    ends = frozenset(
        place for place, row in enumerate(rows[:-1]) if row["group"] != rows[place + 1]["group"]
    ) | frozenset({len(rows) - 1})
    total = {**found, "name": "合计", "rank_count": "", "rank_rate": ""}
    screen.table(
        [
            Column(
                what if key == "name" else ROW_COLUMNS[key].removesuffix("%"), fixed=key != "name", right=key != "name"
            )
            for key in keys
        ],
        [[percent(row[key]) if key == "percent" else _plain(row[key]) for key in keys] for row in [*rows, total]],
        styles=["red" if row["behind"] else "" for row in rows] + [""],
        rules_after=ends,
    )


def _behind(found: dict[str, Any]) -> None:
    if found["target_on"] is None:
        return
    late = sorted((row for row in found["rows"] if row["behind"]), key=lambda row: -row["behind"])
    if late:
        named = "、".join(f"{row['name']}（落后 {row['behind']} 件）" for row in late)
        screen.say(f"落后于到目标日的均匀进度：{named}")
    else:
        screen.say("没有单位落后于到目标日的均匀进度")
    own = sum(row["needed"] for row in found["rows"])
    if found["needed"] and own != found["needed"]:
        screen.say(f"“差”按各单位自身的目标算，合计 {own} 件；全批达到目标只差 {found['needed']} 件")
    screen.say()


WIDEST = 46


def _burn_down(found: dict[str, Any]) -> None:
    """Unresolved cases by week as bars; `│` stands where the straight line to the target would be."""
    points = found["burn_down"]
    most = max((point["open"] for point in points), default=0)
    if len(points) < 2 or not most:
        return
    lined = any(point["line"] is not None for point in points)
    screen.say("未化解件数" + ("（│ 为到目标日均匀进度的位置）" if lined else ""))
    for point in points:
        length = _cells(point["open"], most)
        bar = list("█" * length + " " * (WIDEST + 1 - length))
        if point["line"] is not None and point["line"] <= most:
            bar[_cells(point["line"], most)] = "│"
        screen.say(f"  {point['on']}  {point['open']:>5}  {''.join(bar).rstrip()}")
    screen.say()


def _cells(value: int, most: int) -> int:
    return (2 * value * WIDEST + most) // (2 * most)
