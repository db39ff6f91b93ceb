"""The backlog in words and as JSON: batches, their cases, how far they have come."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.backlog import Batch
from xinfang_cli.law.labels import labelled
from xinfang_cli.office.campaigns.backlog import EntryLine, EntryList
from xinfang_cli.office.campaigns.backlog_status import BatchStatus, Progress
from xinfang_cli.office.campaigns.batches import BatchesSet, BatchList
from xinfang_cli.present.figures import percent
from xinfang_cli.present.machine import Csv, csv_of

BATCH_COLUMNS = labelled(
    "batch", "source", "handed_on", "target_percent", "target_on", "recognise", "total=cases", "resolved", "percent"
)
ENTRY_COLUMNS = labelled(
    "batch",
    "case_no",
    "title",
    "unit=resolving_unit",
    "guard_unit",
    "lead",
    "joined_on",
    "state=entry_state",
    "resolved_on",
    "how=resolved_how",
    "recognised_on",
    "relapsed_on",
)
ROW_COLUMNS = labelled(
    "name=unit_name",
    "group",
    "total=handed_over",
    "resolved_since=this_period",
    "resolved=so_far",
    "percent",
    "rank_count",
    "rank_rate",
    "needed=difference",
    "behind",
    "waiting",
    "relapsed",
)

View = BatchesSet | BatchList | EntryList | BatchStatus


def document(view: View) -> Any:
    """The JSON of the views of backlog."""
    if isinstance(view, BatchesSet):
        made = [_batch(batch) for batch in view.batches]
        return made if view.listed else made[0]
    if isinstance(view, BatchList):
        return [
            {**_batch(line.batch), "total": line.total, "resolved": line.resolved, "percent": line.percent}
            for line in view.lines
        ]
    if isinstance(view, EntryList):
        return [line._asdict() for line in shown(view)]
    return status_document(view)


def _batch(batch: Batch) -> dict[str, Any]:
    said = batch._asdict()
    return {"batch": said.pop("name"), **said}


def status_document(view: BatchStatus) -> dict[str, Any]:
    """The JSON of the views of backlog status."""
    groups = [_without_ranks(row) for row in view.groups]
    return view._asdict() | {
        "rows": [row._asdict() for row in view.rows],
        "groups": groups,
        "by_lead": [row._asdict() for row in view.by_lead],
        "burn_down": [point._asdict() for point in view.burn_down],
    }


def _without_ranks(row: Progress) -> dict[str, Any]:
    """A group has no rank."""
    return {key: value for key, value in row._asdict().items() if not key.startswith("rank_")}


def table(view: View) -> Csv:
    """The rows of the views of backlog for a spreadsheet."""
    if isinstance(view, BatchList):
        rows = [{**row, "recognise": "是" if row["recognise"] else "否"} for row in document(view)]
        return csv_of(rows, BATCH_COLUMNS)
    if isinstance(view, EntryList):
        return csv_of(map(entry_in_words, shown(view)), ENTRY_COLUMNS)
    assert isinstance(view, BatchStatus)
    return csv_of([*(row._asdict() for row in view.rows), {**view._asdict(), "name": "合计"}], ROW_COLUMNS)


def shown(view: EntryList) -> tuple[EntryLine, ...]:
    """The entries up to the limit."""
    return view.entries[: view.limit] if view.limit else view.entries


def entry_in_words(line: EntryLine) -> dict[str, Any]:
    return {
        **line._asdict(),
        "state": terms.BACKLOG_STATE.label(line.state),
        "how": terms.HOW_RESOLVED.label(line.how),
    }


def batch_sentence(batch: Batch) -> str:
    """A batch in a line."""
    parts = [batch.name]
    if batch.source:
        parts.append(f"来源 {batch.source}")
    if batch.handed_on:
        parts.append(f"{batch.handed_on} 交办")
    if batch.target_percent is not None:
        parts.append(f"目标 {batch.target_percent:g}%")
    if batch.target_on:
        parts.append(f"{batch.target_on} 前")
    parts.append("要上级认定" if batch.recognise else "不要上级认定")
    return "  ".join(parts)


def head(view: BatchStatus) -> list[str]:
    """The counts, what is still needed and the pace, in sentences."""
    source = f"（{view.source}）" if view.source else ""
    counts = [f"未化解 {view.open} 件"]
    if view.recognise:
        counts = [f"已报结 {view.reported} 件", f"上级认定 {view.recognised} 件", *counts]
        counts.append(f"待认定 {view.waiting} 件")
    if view.relapsed:
        counts.append(f"反弹 {view.relapsed} 件")
    return [
        f"{view.batch}{source}  截至 {view.as_of}  本期自 {view.since}",
        f"交办 {view.total} 件，本期化解 {view.resolved_since} 件，累计化解 {view.resolved} 件，"
        f"化解率 {percent(view.percent)}",
        "，".join(counts),
        needs(view),
        *_pace(view),
    ]


def _pace(view: BatchStatus) -> list[str]:
    if view.pace_per_week is None:
        return []
    said = f"自 {view.handed_on or '最早列入日'} 以来每周 {view.pace_per_week:.2f} 件"
    if view.needed and view.reached_on:
        said += f"；照此 {view.reached_on} 达到目标"
        if view.target_on and view.reached_on > view.target_on:
            said += "，晚于目标日"
    elif view.needed:
        said += "；照此达不到目标"
    return [said]


def needs(view: BatchStatus) -> str:
    """The remaining work of the batch, as a sentence."""
    target = f"目标 {view.target_percent:g}%（{view.target_count} 件）"
    if not view.needed:
        return f"{target}，已达到"
    if view.target_on is None:
        return f"{target}，还差 {view.needed} 件；没有登记目标日"
    if view.per_week is None:
        return f"{target}，目标日 {view.target_on} 已到，还差 {view.needed} 件"
    return (
        f"{target}，目标日 {view.target_on}：还差 {view.needed} 件，还有 {view.days_left} 天，"
        f"每周须化解 {view.per_week:.2f} 件"
    )


def behind(view: BatchStatus) -> list[str]:
    """Units behind the straight line to the target, in sentences."""
    if view.target_on is None:
        return []
    late = sorted((row for row in view.rows if row.behind), key=lambda row: -row.behind)
    if late:
        named = "、".join(f"{row.name}（落后 {row.behind} 件）" for row in late)
        said = [f"落后于到目标日的均匀进度：{named}"]
    else:
        said = ["没有单位落后于到目标日的均匀进度"]
    own = sum(row.needed for row in view.rows)
    if view.needed and own != view.needed:
        said.append(f"“差”按各单位自身的目标算，合计 {own} 件；全批达到目标只差 {view.needed} 件")
    return said
