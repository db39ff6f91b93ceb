"""What has changed since a publication, on the screen and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.law.figures.definitions import DEFINITIONS, VOLUMES
from xinfang_cli.present import machine
from xinfang_cli.present.figures import PARTS
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column

MOST = 8  # numbers of one publication named before a correction
SPANS = {"now": "本期", "so_far": "累计"}


def _figure(key: str) -> str:
    found = DEFINITIONS.get(key) or VOLUMES.get(key)
    return found.label if found else key


def _numbers(numbers: list[int] | None) -> str:
    return "—" if numbers is None else "/".join(map(str, numbers))


def _counted(entries: list[dict[str, Any]]) -> str:
    if not entries:
        return "不计"
    return "、".join(
        f"{one['unit']} {PARTS[one['part']] if 'part' in one else str(one['headcount']) + ' 人'}" for one in entries
    )


def show(found: dict[str, Any], as_json: bool) -> None:
    """Cell by cell, then case by case, with who and when."""
    if as_json:
        machine.print_json(found)
        return
    screen.prose(
        f"{found['period']['label']} 由 {found['actor']} 于 {found['published_on'].isoformat()} 发布，"
        f"截至 {found['as_of'].isoformat()}，当时 {found['events']} 个事件，链头 {found['head'][:16]}…"
        f"（{'相符' if found['head_matches'] else '与现在的链不符'}）"
    )
    if not found["differs"]:
        screen.say("发布以后没有变化")
        return
    screen.table(
        [
            Column("范围"),
            Column("单位", fixed=False),
            Column("指标"),
            Column("发布时", right=True),
            Column("现在", right=True),
        ],
        [
            (
                SPANS[cell["span"]],
                cell["row"],
                _figure(cell["figure"]),
                _numbers(cell["before"]),
                _numbers(cell["after"]),
            )
            for cell in found["cells"]
        ],
        title=f"{found['differs']} 个数有变",
    )
    screen.say()
    lines = []
    for case in found["cases"]:
        for place, change in enumerate(case["changes"] or [None]):
            first = place == 0
            lines.append(
                (
                    case["case_no"] if first else "",
                    _figure(case["figure"]) if first else "",
                    f"{_counted(case['before'])} → {_counted(case['after'])}" if first else "",
                    "" if change is None else _change(change, case["case_no"]),
                )
            )
    screen.table(
        [Column("登记编号"), Column("指标"), Column("怎么变", fixed=False), Column("因何、何人、何时", fixed=False)],
        lines,
        title="涉及的件",
    )


def _change(change: dict[str, Any], case_no: str) -> str:
    other = "" if change["case_no"] == case_no else f"{change['case_no']} "
    return f"{other}{EVENT.label(change['kind'])} {change['on']}，{change['actor']} {change['recorded_at'][:16]}"


def tell_moved(published: Sequence[dict[str, Any]]) -> None:
    """Which publications a correction would move, on stderr: each number as it was published, and by how much."""
    for one in published:
        screen.tell(
            f"  已发布的{one['period']['label']}（{one['published_on'].isoformat()} 发布，"
            f"截至 {one['as_of'].isoformat()}）会有 {len(one['cells'])} 个数变动："
        )
        for cell in one["cells"][:MOST]:
            screen.tell(
                f"    {SPANS[cell['span']]} {cell['row']} {_figure(cell['figure'])}："
                f"{_by(cell['change'])}（发布的是 {_numbers(cell['published'])}）"
            )
        if len(one["cells"]) > MOST:
            screen.tell(f"    …… 还有 {len(one['cells']) - MOST} 个")
    if published:
        screen.tell("  以上是这一次改动带来的；发布以后已有的变动见 xinfang report --changes")


def _by(change: list[int]) -> str:
    """+1, or 分子 +1、分母 −1 for a rate."""
    if len(change) == 1:
        return f"{change[0]:+d}"
    return "、".join(f"{name} {by:+d}" for name, by in zip(("分子", "分母"), change, strict=True) if by)
