"""What comes in and who reads it: day words, numbers, conditions, sheets, templates, profiles."""

from __future__ import annotations

import json
import random
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from hypothesis import strategies as st
from jinja2 import TemplateError

from xinfang_cli.errors import XinfangError
from xinfang_cli.formats.bounded import BoundedEnvironment, check_loops
from xinfang_cli.intake import cleaning, days
from xinfang_cli.intake.where import parse
from xinfang_cli.office.exchange import profiles
from xinfang_cli.office.exchange.importing.run import Choices, import_ledger
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework, registering

TODAY = date(2023, 7, 18)
LONGEST_S = 10.0
SIGNS = st.text(max_size=40) | st.text(
    "0123456789年月日-/.，、〜~.上本下周季度 \t０１２\u3000\ufffe\x85\u202e", max_size=24
)
DAY_WORDS = SIGNS | st.lists(
    st.sampled_from(
        ("今天", "昨", "上", "月", "2023", "13", "年", "-", "..", "Q2", "第", "周", "99999999999", "NaN", "1e9")
    ),
    max_size=6,
).map("".join)
WHERE = SIGNS | st.lists(
    st.sampled_from(
        (
            "标题",
            "单位",
            "=",
            "!=",
            ">=",
            "<",
            "~",
            "空",
            "(",
            ")",
            '"',
            "“",
            "2023-01-01",
            ",",
            "-",
            "！",
            "办理中",
            "收到日期",
            " ",
        )
    ),
    max_size=10,
).map("".join)
HEADINGS = (
    "登记编号",
    "收到日期",
    "信访形式",
    "信访目的",
    "概况",
    "姓名",
    "信访人数",
    "责任单位",
    "转办日期",
    "办结日期",
    "办理方式",
)
CELLS = (
    st.sampled_from(("来信", "求决", "2023-07-01", "45000", "NaN", "INF", "=1+1", "1e308", "丙局", "转送", "-1", ""))
    | SIGNS
)
ROWS = st.lists(st.lists(CELLS, max_size=12), max_size=4)
TEMPLATES = SIGNS | st.lists(
    st.sampled_from(
        (
            "{{",
            "}}",
            "{%",
            "%}",
            " for ",
            "x",
            " in ",
            "编号",
            "endfor",
            "|",
            "join",
            "*",
            "'x'",
            "9999999999",
            "range(9)",
            "if",
            "[",
            ".",
            "__class__",
            "loop",
        )
    ),
    max_size=14,
).map("".join)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SIGNS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SIGNS, inner, max_size=3),
    max_leaves=6,
)
PROFILES = st.dictionaries(
    st.sampled_from(("name", "map", "headings", "words", "default", "year", "sheet", "day_order", "codes")),
    VALUES,
    max_size=9,
).map(lambda said: json.dumps({"name": "方案", "map": {}} | said).encode()) | st.binary(max_size=60)


class Room(NamedTuple):
    """A folder with a book in it."""

    session: Session
    folder: Path


def _days(_: Room, text: str) -> None:
    for read in (
        days.parse_day,
        days.parse_span,
        days.month_period,
        days.quarter_period,
        days.year_period,
        days.any_period,
    ):
        _taken(lambda read=read: read(text, TODAY))  # type: ignore[misc]
    _taken(lambda: days.parse_file_day(text))


def _numbers(room: Room, text: str) -> None:
    for clean in (
        cleaning.number,
        cleaning.normalise_id,
        cleaning.normalise_phone,
        cleaning.headcount,
        cleaning.yes_no,
    ):
        _taken(lambda clean=clean: clean(text))  # type: ignore[misc]
    with room.session.reading() as book:
        _taken(lambda: book.cases.find(text))
        _taken(lambda: book.units.find(text))


def _where(room: Room, text: str) -> None:
    from xinfang_cli.law.conditions import ListFilter

    def listed() -> None:
        terms, words = parse(text, TODAY)
        with room.session.reading() as book:
            match = book.search.query(words) if words else ""
            book.lists.listed(ListFilter(terms=terms, match=match), TODAY)

    _taken(listed)


def _csv(room: Room, rows: list[list[str]]) -> None:
    luck = random.Random(str(rows))
    text = "\n".join(luck.choice((",", ",", ",", "\t", ";")).join(row) for row in (HEADINGS, *rows))
    raw = bytearray(text.encode(luck.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16")), "replace"))
    _import(room, "a.csv", _changed(raw, luck))


def _sheets(room: Room, rows: list[list[str]]) -> None:
    luck = random.Random(str(rows))
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    for row in (HEADINGS, *rows):
        page.append(["".join(sign for sign in cell if sign.isprintable()) for cell in row])
    kept = BytesIO()
    made.save(kept)
    if luck.random() < 0.5:  # the zip stays whole, a part of it does not
        parts = BytesIO()
        with zipfile.ZipFile(kept) as was, zipfile.ZipFile(parts, "w") as now:
            for name in was.namelist():
                part = bytearray(was.read(name))
                now.writestr(name, _changed(part, luck) if luck.random() < 0.4 else bytes(part))
        kept = parts
        _import(room, "a.xlsx", kept.getvalue())
    else:
        _import(room, "a.xlsx", _changed(bytearray(kept.getvalue()), luck))


def _changed(raw: bytearray, luck: random.Random) -> bytes:
    for _ in range(luck.choice((0, 1, 3))):
        if raw:
            raw[luck.randrange(len(raw))] = luck.randrange(256)
    return bytes(raw)


def _import(room: Room, name: str, raw: bytes) -> None:
    path = room.folder / name
    path.write_bytes(raw)
    _taken(lambda: import_ledger(room.session, path, Choices(dry_run=True)))


def _templates(_: Room, text: str) -> None:
    environment = BoundedEnvironment()
    fields = {"编号": "XF2023-000001", "x": ["测试"] * 5, "loop": 1}
    try:
        check_loops(environment.parse(text))
        environment.filled(environment.from_string(text), fields)
    except (TemplateError, TypeError, ValueError, ZeroDivisionError, OverflowError, AttributeError, LookupError):
        pass  # word_forms says each as a field that cannot be filled


def _profiles(room: Room, raw: bytes) -> None:
    path = room.folder / "a.json"
    path.write_bytes(raw)
    _taken(lambda: profiles.read_file(room.session, path))


def _taken(what: Callable[[], object]) -> None:
    with suppress(XinfangError):  # one line
        what()


TARGETS: dict[str, tuple[Callable[[Room, Any], None], st.SearchStrategy[Any]]] = {
    "days": (_days, DAY_WORDS),
    "numbers": (_numbers, SIGNS),
    "where": (_where, WHERE),
    "templates": (_templates, TEMPLATES),
    "profiles": (_profiles, PROFILES),
    "csv": (_csv, ROWS),
    "sheets": (_sheets, ROWS),
}
"""name → (what reads it, what is made)."""


def reader(room: Room, name: str, count: Callable[[str], None]) -> Callable[[Any], None]:
    """Give an input to one of the readers, and count it and what fell."""
    reads, said = TARGETS[name][0], set[str]()

    def one(made: Any) -> None:
        count("inputs")
        begins = time.monotonic()
        try:
            reads(room, made)
        except Exception as error:
            key = f"{type(error).__name__}: {str(error)[:80]}"
            if key not in said:
                said.add(key)
                print(f"  {name} {made!r:.300}: {key}", flush=True)
            count("tracebacks")
        if time.monotonic() - begins > LONGEST_S:
            print(f"  {name} {made!r:.300}: {time.monotonic() - begins:.0f} s", flush=True)
            count("hangs")

    return one


def furnished(folder: Path) -> Room:
    """A book with some cases and a unit."""
    session = Session(folder / "book.db", TODAY, "测试员")
    for n in range(5):
        registering.add(session, TODAY, {"channel": "letter", "kind": "appeal", "title": f"测试件{n}", "name": "测试"})
    casework.assign(session, ["1"], "丙局", mode="forward", feedback_by=None, on=TODAY, new_unit=True, keep_going=False)
    return Room(session, folder)
