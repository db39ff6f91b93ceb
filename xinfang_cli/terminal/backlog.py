"""The backlog on the screen: batches, their cases, how far they have come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.campaigns.backlog import EntryList
from xinfang_cli.office.campaigns.backlog_status import BatchStatus, BurnDown, Progress
from xinfang_cli.office.campaigns.batches import BatchesSet, BatchList
from xinfang_cli.present import backlog as words
from xinfang_cli.present.figures import percent
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column

_NUMBERS = frozenset({"target_percent", "total", "resolved", "percent"})


def draw(view: words.View) -> None:
    """The views of backlog on the screen."""
    if isinstance(view, BatchesSet):
        for batch in view.batches:
            screen.print_line(words.batch_sentence(batch))
    elif isinstance(view, BatchList):
        _batches(view)
    elif isinstance(view, EntryList):
        _entries(view)
    else:
        _status(view)


def _batches(view: BatchList) -> None:
    if not view.lines:
        screen.print_line("还没有积案批次；登记一个：xinfang backlog batch add 批次名")
        return
    free = ("batch", "source")
    screen.table(
        [Column(head, fixed=key not in free, right=key in _NUMBERS) for key, head in words.BATCH_COLUMNS.items()],
        [
            [
                percent(row[key]) if key == "percent" else _plain(row[key]) if key in _NUMBERS else row[key]
                for key in words.BATCH_COLUMNS
            ]
            for row in words.document(view)
        ],
    )


def _plain(value: Any) -> str:
    return "—" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _entries(view: EntryList) -> None:
    if not view.entries:
        screen.print_line("没有符合条件的积案")
        return
    shown = words.shown(view)
    columns = ["case_no", "title", "unit", "guard_unit", "lead", "state", "resolved_on"]
    if len({line.batch for line in view.entries}) > 1:
        columns.insert(0, "batch")
    if not any(line.guard_unit for line in view.entries):
        columns.remove("guard_unit")
    free = ("batch", "title", "unit", "guard_unit", "lead")
    screen.table(
        [Column(words.ENTRY_COLUMNS[key], fixed=key not in free) for key in columns],
        [[said[key] for key in columns] for said in map(words.entry_in_words, shown)],
        styles=["red" if line.state == "relapsed" else "" for line in shown],
    )
    cut = f"，显示前 {view.limit} 件，全部用 --limit 0" if len(shown) < len(view.entries) else ""
    screen.print_line(f"共 {len(view.entries)} 件{cut}")


def _status(view: BatchStatus) -> None:
    head(view)
    _table(view, _with_subtotals(view), "单位")
    if any(row.name for row in view.by_lead if row.rank_rate):
        _table(view, [_Line(row) for row in view.by_lead], "包案领导")
    for line in words.behind(view):
        screen.print_line(line)
    if view.target_on is not None:
        screen.print_line()
    _burn_down(view.burn_down)
    if view.excluded:
        screen.print_line(f"剔除 {view.excluded} 件，不在以上数内。")
    screen.print_line(
        "化解率：化解后又重复信访的（反弹）不算化解" + ("；未经上级认定的不算" if view.recognise else "") + "。"
    )


def head(view: BatchStatus) -> None:
    """The counts, what is still needed, the pace."""
    for line in words.head(view):
        screen.print_line(line)
    screen.print_line()


class _Line(NamedTuple):
    """A row of the table; a subtotal has no rank."""

    row: Progress
    ranked: bool = True


def _with_subtotals(view: BatchStatus) -> list[_Line]:
    """The units, each group followed by its subtotal; a group of one unit needs none."""
    totals = {total.name: total for total in view.groups}
    lines: list[_Line] = []
    for place, row in enumerate(view.rows):
        lines.append(_Line(row))
        following = view.rows[place + 1 : place + 2]
        if row.group is None or (following and following[0].group == row.group):
            continue
        if sum(each.group == row.group for each in view.rows) > 1:
            lines.append(_Line(totals[row.group]._replace(name=f"{row.group}小计", behind=0), ranked=False))
    return lines


def _table(view: BatchStatus, lines: Sequence[_Line], what: str) -> None:
    rows = [line.row for line in lines]
    keys = ["name", "total", "resolved_since", "resolved", "percent", "rank_count", "rank_rate", "needed"]
    keys += [key for key in ("behind", "waiting", "relapsed") if any(getattr(row, key) for row in rows)]
    ends = frozenset(place for place, row in enumerate(rows[:-1]) if row.group != rows[place + 1].group)
    columns = [
        Column(
            what if key == "name" else words.ROW_COLUMNS[key].removesuffix("%"),
            fixed=key != "name",
            right=key != "name",
        )
        for key in keys
    ]
    unranked = {"rank_count": "", "rank_rate": ""}
    said = [line.row._asdict() | ({} if line.ranked else unranked) for line in lines]
    said.append({**view._asdict(), "name": "合计", **unranked})
    screen.table(
        columns,
        [[percent(row[key]) if key == "percent" else _plain(row[key]) for key in keys] for row in said],
        styles=["red" if row.behind else "" for row in rows] + [""],
        rules_after=ends | {len(rows) - 1},
    )


WIDEST = 46


def _burn_down(points: Sequence[BurnDown]) -> None:
    """Unresolved cases by week as bars; `│` stands where the straight line to the target would be."""
    most = max((point.open for point in points), default=0)
    if len(points) < 2 or not most:
        return
    lined = any(point.line is not None for point in points)
    screen.print_line("未化解件数" + ("（│ 为到目标日均匀进度的位置）" if lined else ""))
    for point in points:
        length = _cells(point.open, most)
        bar = list("█" * length + " " * (WIDEST + 1 - length))
        if point.line is not None and point.line <= most:
            bar[_cells(point.line, most)] = "│"
        screen.print_line(f"  {point.on}  {point.open:>5}  {''.join(bar).rstrip()}")
    screen.print_line()


def _cells(value: int, most: int) -> int:
    return (2 * value * WIDEST + most) // (2 * most)
