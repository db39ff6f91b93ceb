"""Lists kept under a name, for programs and spreadsheets."""

from __future__ import annotations

from shlex import join
from typing import Any

from xinfang_cli.office.find.kept_lists import Dropped, KeptLists, Saved
from xinfang_cli.present.machine import Csv

HEADINGS = ("名字", "选项", "保存人")


def rows(view: KeptLists) -> list[tuple[str, str, str]]:
    """Each list in a row: its name, its words as they are typed, who kept it."""
    return [(kept.name, join(kept.words), kept.made_by) for kept in view.lists]


def document(view: KeptLists | Saved | Dropped) -> Any:
    """The JSON of `view list`, `view save` and `view drop`."""
    return [kept._asdict() for kept in view.lists] if isinstance(view, KeptLists) else view._asdict()


def table(view: KeptLists) -> Csv:
    """The CSV of `view list`."""
    return Csv(HEADINGS, rows(view))
