"""Changes since a publication, on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.figures.sealing import Changes, CountedAs, MovedPublication, RecordedSince
from xinfang_cli.present.checking import figure_name, row_name
from xinfang_cli.present.figures import PARTS
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column

MOST = 8  # numbers of one publication named before a correction
SPANS = {"now": "本期", "so_far": "累计"}


def _numbers(numbers: Sequence[int] | None) -> str:
    return "—" if numbers is None else "/".join(map(str, numbers))


def _counted(entries: Sequence[CountedAs]) -> str:
    if not entries:
        return "不计"
    return "、".join(f"{one.unit} {_how(one)}".rstrip() for one in entries)


def _how(one: CountedAs) -> str:
    if one.part:
        return PARTS[one.part]
    return "" if one.headcount is None else f"{one.headcount} 人"


def draw(view: Changes) -> None:
    """Cell by cell, then case by case, with who and when."""
    seal = view.seal
    screen.print_wrapped(
        f"{seal.period.label} 由 {seal.actor} 于 {seal.published_on.isoformat()} 发布，"
        f"截至 {seal.as_of.isoformat()}，当时 {seal.events} 个事件，链头 {seal.head[:16]}…"
        f"（{'相符' if view.head_matches else '与现在的链不符'}）"
    )
    if not view.cells:
        screen.print_line("发布以后没有变化")
        return
    screen.table(
        [
            Column("范围"),
            Column(LABELS["unit_name"], fixed=False),
            Column(LABELS["indicator"]),
            Column("发布时", right=True),
            Column("现在", right=True),
        ],
        [
            (
                SPANS[cell.span],
                row_name(cell.row, cell.figure),
                figure_name(cell.figure),
                _numbers(cell.before),
                _numbers(cell.after),
            )
            for cell in view.cells
        ],
        title=f"{len(view.cells)} 个数有变",
    )
    if not view.cases:  # what moved is no figure of which cases are listed
        return
    screen.print_line()
    lines = []
    for case in view.cases:
        for place, change in enumerate(case.changes or [None]):
            first = place == 0
            lines.append(
                (
                    case.case_no if first else "",
                    figure_name(case.figure) if first else "",
                    f"{_counted(case.before)} → {_counted(case.after)}" if first else "",
                    "" if change is None else _change(change, case.case_no),
                )
            )
    screen.table(
        [
            Column(LABELS["case_no"]),
            Column(LABELS["indicator"]),
            Column("怎么变", fixed=False),
            Column("因何、何人、何时", fixed=False),
        ],
        lines,
        title="涉及的件",
    )


def _change(change: RecordedSince, case_no: str) -> str:
    other = "" if change.case_no == case_no else f"{change.case_no} "
    return f"{other}{EVENT.label(change.kind)} {change.on}，{change.actor} {change.recorded_at[:16]}"


def tell_moved(published: Sequence[MovedPublication]) -> None:
    """The publications moved by a correction, on stderr: each published number and its change."""
    for one in published:
        screen.print_notice(
            f"  已发布的{one.period.label}（{one.published_on.isoformat()} 发布，"
            f"截至 {one.as_of.isoformat()}）会有 {len(one.cells)} 个数变动："
        )
        for cell in one.cells[:MOST]:
            screen.print_notice(
                f"    {SPANS[cell.span]} {row_name(cell.row, cell.figure) or '合计'} {figure_name(cell.figure)}："
                f"{_by(cell.change)}（发布的是 {_numbers(cell.published)}）"
            )
        if len(one.cells) > MOST:
            kinds = dict.fromkeys(figure_name(cell.figure) for cell in one.cells[MOST:])
            screen.print_notice(f"    …… 还有 {len(one.cells) - MOST} 个：{'、'.join(kinds)}")
    if published:
        screen.print_notice("  以上是这一次改动带来的；发布以后已有的变动见 xinfang report --changes")


def _by(change: Sequence[int]) -> str:
    """+1, or 分子 +1、分母 −1 for a rate."""
    if len(change) == 1:
        return f"{change[0]:+d}"
    return "、".join(f"{name} {by:+d}" for name, by in zip(("分子", "分母"), change, strict=True) if by)
