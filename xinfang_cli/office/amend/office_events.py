"""A command's office events (batches, rosters, settings, units …): described, and undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from xinfang_cli.book.chain import Pen
from xinfang_cli.book.face import Book
from xinfang_cli.errors import Refused, next_step
from xinfang_cli.law import terms
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.registry import OFFICE_EVENTS
from xinfang_cli.law.fold import fold
from xinfang_cli.law.periods import Period

_LISTS = frozenset({"unit", "topic"})
"""What stays when it came along with cases: the next one may already be filed under it."""


def in_words(book: Book, event: Event) -> str:
    """One event of the office on one line."""
    data, doing = event.data, event.data.get("doing")
    if event.kind == "unit":
        what = {"add": "增加单位", "edit": "修改单位", "merge": "合并单位"}[data["doing"]]
        said = data.get("unit_name") or book.units.own_name(data["unit"])  # earlier programs wrote the number alone
        return f"{what} {said}" if doing != "merge" else f"{what} {said} → {book.units.own_name(data['into'])}"
    if event.kind == "topic":
        return f"新增{'属地' if data['list'] == 'regions' else '分类'} {data['entry']}"
    if event.kind == "setting":
        return f"设置 {data['key']}"
    if event.kind == "workdays":
        return f"工作日安排 {'、'.join(map(str, data['years'])) or '零散几天'}"
    if event.kind == "publish":
        return f"{_published(data).label}通报的发布"
    if event.kind == "purge":
        return "清除以后文件的整理" if data.get("finished") else f"{data['texts']} 段文字的按期清除"
    if event.kind == "advise":
        return f"第 {data['number']} 号建议{'' if doing == 'add' else '的答复'}"
    if event.kind == "standing":
        return f"{data['indicator']}第 {data['rank']} 名（{event.on.isoformat()}）"
    if event.kind == "batch":
        return f"积案批次「{data['batch']}」"
    if doing == "roster":
        days = sorted(data["days"])
        return f"接访排班 {days[0]}" + (f" 至 {days[-1]}" if len(days) > 1 else "")
    if doing == "attend":
        return f"{event.on.isoformat()} {'、'.join(data['leaders'])}无访值班"
    return f"撤掉记录号 {data['event']} 的值班"


def _published(data: dict[str, Any]) -> Period:
    return Period(data["kind"], date.fromisoformat(data["first"]), date.fromisoformat(data["last"]))


def take_back(book: Book, pen: Pen, on: date, command_id: int, with_cases: bool) -> tuple[list[str], list[str]]:
    """Undo a command's office events: (undone, in words; remaining, as warnings).

    Refused if the same thing has changed since.
    """
    written = book.events.of_office(command_id)
    if not written:
        return [], []
    mine = {event.id for event in written}
    said = [in_words(book, event) for event in written if not (with_cases and event.kind in _LISTS)]
    left = [
        str(event.data.get("unit_name") or event.data.get("entry") or book.units.own_name(event.data["unit"]))
        for event in written
        if with_cases and event.kind in _LISTS
    ]
    law_moved: set[str] = set()
    guessed: set[int] = set()
    folded_anew: set[int] = set()
    for event in reversed(written):
        if with_cases and event.kind in _LISTS:
            continue
        _check_not_moved(book, event, mine)
        pen.append(None, Event("revoke", on, {"event": event.id, "command": command_id}))
        if event.kind == "unit":
            folded_anew.update(_unit_back(book, event))
        elif event.kind == "setting":
            from xinfang_cli.office.keeping.settings import moved_by

            law_moved |= moved_by(event.data["key"])
        elif event.kind == "workdays":
            law_moved |= set(terms.CLOCK.labels)
            guessed |= {later for year in event.data["years"] for later in (year, year + 1)}
    pen.flush()
    book.forget_code()
    if law_moved:
        from xinfang_cli.office.keeping.refolding import refold

        refold(book, law_moved, guessed)
    _fold_anew(book, folded_anew)
    warnings = []
    if left:
        more = f" 等 {len(left)} 项" if len(left) > 5 else ""
        warnings.append(
            f"新增的{'、'.join(left[:5])}{more}还在名单里；多余的单位并入别的单位：{next_step('unit.merge')}"
        )
    return said, warnings


def _check_not_moved(book: Book, event: Event, mine: set[int]) -> None:
    """Refused where the same thing was changed after the event, or cannot be as it was."""
    said = in_words(book, event)
    data = event.data
    if event.kind == "unit":
        if data["doing"] != "add" and "was" not in data:
            raise Refused(f"{said}不能撤销", "改回去用 ⟦unit.edit⟧", code="moved")
        if data["doing"] == "add" and book.units.mentioned_since(data["unit"], max(mine)):
            hint = "改名用 ⟦unit.edit⟧，多余的并入别的单位：⟦unit.merge⟧"
            raise Refused(f"「{said}」之后这个单位又用过，不能撤销", hint, code="moved")
    if event.kind == "purge":
        raise Refused(f"{said}不能撤销", OFFICE_EVENTS["purge"].instead, code="purged")
    if event.kind == "topic":
        raise Refused(f"{said}不能撤销", "用 ⟦edit⟧ 改各件的分类、属地", code="moved")
    since = [later for later in book.events.of_office_since(event.id, event.kind) if later.id not in mine]
    if any(_same_thing(event, later) for later in since):
        raise Refused(f"「{said}」之后又有改动，不能撤销", OFFICE_EVENTS[event.kind].instead, code="moved")


def _same_thing(event: Event, later: Event) -> bool:
    """Whether a later event of that kind is about the same thing."""
    mine, its = event.data, later.data
    if event.kind == "workdays":
        return True
    if event.kind == "standing":
        return (mine["indicator"], event.on) == (its["indicator"], later.on)
    if event.kind == "unit":
        return not {mine["unit"], mine.get("into")}.isdisjoint({its["unit"], its.get("into")} - {None})
    if event.kind == "reception":
        if mine["doing"] == "roster":
            return its["doing"] == "roster" and not mine["days"].keys().isdisjoint(its["days"])
        return its["doing"] == "cancel" and its["event"] in (event.id, mine.get("event"))
    keys = {"setting": ("key",), "publish": ("kind", "first", "last"), "advise": ("number",), "batch": ("batch",)}
    return all(mine[key] == its[key] for key in keys[event.kind])


def _unit_back(book: Book, event: Event) -> list[int]:
    """The list of units as it was before; the cases to be folded anew."""
    data = event.data
    if data["doing"] == "add":
        book.units.remove(data["unit"])
    elif data["doing"] == "edit":
        book.units.put_back(book.units.by_id(data["unit"]), data["was"])
    else:
        return book.units.part(data["unit"], data["into"], data["was"])
    return []


def _fold_anew(book: Book, case_ids: Iterable[int]) -> None:
    book.code  # noqa: B018  (loads the merged units)
    for case_id in sorted(case_ids):
        case = fold(book.events.of(case_id), book.code)
        if case is not None:
            book.cases.put(case_id, book.cases.number_of(case_id), case)
