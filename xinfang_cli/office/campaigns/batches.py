"""Backlog batches (积案批次): origin, goal and deadline, counting rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from xinfang_cli.book.campaigns import BacklogEntry
from xinfang_cli.book.chain import Pen
from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, NotFound, Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.backlog import Batch
from xinfang_cli.law.event import Event
from xinfang_cli.law.figures.definitions import percent
from xinfang_cli.office.session import Session


class BatchFields(NamedTuple):
    """The description of a batch; None: not given."""

    source: str | None = None
    handed_on: date | None = None
    target_percent: float | None = None
    target_on: date | None = None
    recognise: bool | None = None

    def given(self) -> dict[str, Any]:
        """The fields that were given, by name."""
        return {field: value for field, value in self._asdict().items() if value is not None}


class BatchesSet(NamedTuple):
    """Batches as they are described now; `listed`: they came from a list."""

    batches: tuple[Batch, ...]
    listed: bool = False


class BatchLine(NamedTuple):
    """A batch, how many cases it has, and how many of them are resolved today."""

    batch: Batch
    total: int
    resolved: int
    percent: float | None


class BatchList(NamedTuple):
    """The batches of backlog cases."""

    lines: tuple[BatchLine, ...]


def add(session: Session, name: str, fields: BatchFields) -> BatchesSet:
    """Describe a batch; refused when that name is described already."""
    with session.writing("batch", begins=True) as (book, pen):
        session.watch_whole(book, "batch", cases=True)
        if name in book.backlog.batches():
            raise Refused(f"积案批次「{name}」已经有了", f"修改用 ⟦backlog.batch.edit⟧ {name}", code="exists")
        return BatchesSet((_describe(book, pen, session, name, fields),))


def edit(session: Session, name: str, fields: BatchFields) -> BatchesSet:
    """Correct a batch's description, or describe one that already has cases."""
    with session.writing("batch", begins=False) as (book, pen):
        session.watch_whole(book, "batch", cases=True)
        check_known(book, name)
        if not fields.given():
            raise Refused(f"积案批次「{name}」没有要改的", "看用法：⟦backlog.batch.edit⟧ ⟦.help⟧", code="same")
        return BatchesSet((_describe(book, pen, session, name, fields),))


_COLUMNS = {
    "批次": "name",
    "积案批次": "name",
    "来源": "source",
    "交办日期": "handed_on",
    "交办日": "handed_on",
    "目标": "target_percent",
    "目标日": "target_on",
    "目标日期": "target_on",
    "上级认定": "recognise",
}


def from_file(session: Session, path: Path) -> BatchesSet:
    """Describe the batches of a list; one that is described already is set right. All of them or none."""
    from xinfang_cli.intake.cleaning import yes_no
    from xinfang_cli.intake.small_lists import read_list

    made = []
    with session.writing("batch") as (book, pen):
        session.watch_whole(book, "batch", cases=True)
        for row in read_list(path, _COLUMNS, frozenset({"handed_on", "target_on"})):
            where = f"第 {row.pop('row')} 行的"
            if "name" not in row:
                raise BadValue(f"{where}批次", None, "是空的", "请写批次名")
            if "target_percent" in row:
                row["target_percent"] = target_of(row["target_percent"], f"{where}目标")
            if "recognise" in row:
                row["recognise"] = yes_no(row["recognise"], f"{where}上级认定")
            made.append(_describe(book, pen, session, row.pop("name"), BatchFields(**row)))
    return BatchesSet(tuple(made), listed=True)


def target_of(text: str, field: str) -> float:
    """A target in percent as somebody wrote it: 95, 95%."""
    try:
        wanted = float(terms.half_width(text).strip().removesuffix("%"))
    except ValueError:
        wanted = -1.0
    if not 0 < wanted <= 100:
        raise BadValue(field, text, "不是合适的百分比", "请填 0 到 100，如 95")
    return wanted


def _describe(book: Book, pen: Pen, session: Session, name: str, fields: BatchFields) -> Batch:
    pen.flush()
    given = fields.given()
    batch = book.backlog.batches().get(name, Batch(name))._replace(**given)
    if batch.handed_on is not None and batch.target_on is not None and batch.target_on <= batch.handed_on:
        raise Refused(
            f"积案批次「{name}」的目标日 {batch.target_on.isoformat()} 不晚于交办日 {batch.handed_on.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    pen.append(None, Event("batch", session.today, {"batch": name, **given}))
    return batch


def check_known(book: Book, name: str) -> None:
    """NotFound for an unknown batch; the hint names the existing ones."""
    names = book.backlog.batch_names()
    if name not in names:
        have = f"有：{'、'.join(names)}" if names else "还没有批次：⟦backlog.batch.add⟧ 批次名"
        raise NotFound(f"没有积案批次「{name}」", have)


def choose(book: Book, name: str | None) -> Batch:
    """The batch asked for; without a name, the only one there is."""
    if name is None:
        names = book.backlog.batch_names()
        if len(names) != 1:
            raise Refused(
                f"有 {len(names)} 个积案批次：{'、'.join(names)}" if names else "还没有积案批次",
                "请加 ⟦.batch⟧ 批次名" if names else "先列入：⟦backlog.join⟧ 编号 ⟦.batch⟧ 批次名",
                code="batch",
            )
        name = names[0]
    check_known(book, name)
    return book.backlog.batches().get(name, Batch(name))


def listed(session: Session) -> BatchList:
    """Every batch with how many cases it has and how many of them are resolved today."""
    with session.reading() as book:
        known = book.backlog.batches()
        entries = book.backlog.entries(book.counts.as_of(session.today))
        lines = []
        for name in book.backlog.batch_names():
            batch = known.get(name, Batch(name))
            mine = [entry for entry in entries if entry.batch == name and not entry.excluded]
            resolved = sum(state_of(entry, batch) == "resolved" for entry in mine)
            lines.append(BatchLine(batch, len(mine), resolved, percent(resolved, len(mine))))
        return BatchList(tuple(lines))


# ---- how an entry counts ----------------------------------------------------------------------------------------


def state_of(entry: BacklogEntry, batch: Batch) -> str:
    """open, waiting (for the superior, where the batch asks), resolved, relapsed: a case is in exactly one."""
    if entry.resolved_on is None:
        return "open"
    if entry.relapsed_on is not None:
        return "relapsed"
    return "waiting" if batch.recognise and entry.recognised_on is None else "resolved"


def counts_from(entry: BacklogEntry, batch: Batch) -> date:
    """The day from which a resolved entry counts: the superior's recognition, if the batch requires it."""
    day = entry.recognised_on if batch.recognise else entry.resolved_on
    assert day is not None
    return day
