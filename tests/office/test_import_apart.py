"""Many rows into a book that others work in: planned in a copy, written in one short transaction behind what they wrote."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from itertools import count, repeat
from pathlib import Path
from typing import Any

import pytest

from tests.office.test_import import CLOSED, SENT, TODAY, Desk, Row, row
from xinfang_cli.book import chain
from xinfang_cli.book.sqlite import opening
from xinfang_cli.office import session as sessions
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.keeping import health
from xinfang_cli.office.keeping import units as unit_list
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework, registering

DERIVED = ("search_data", "search_idx", "search_config", "search_docsize")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A book with four cases, one of which waits for its original; six rows and more are planned apart."""
    monkeypatch.setattr(run, "APART_FROM", 6)
    monkeypatch.setattr(opening, "BUSY_MS", 200)
    desk = Desk(tmp_path)
    desk.take(
        row(1, **SENT, 外部编号="W1"),
        row(2, **SENT, 概况="另一件"),
        row(3, **CLOSED, 概况="办结的"),
        row(4, **SENT, 概况="重复的", 初重件="重复", 原登记编号="XF2023-000012", 收到日期="2023-06-03"),
    )
    return desk


def rows() -> list[Row]:
    """New ones, some that say more of one that is there, one turned back, a repeat of a new one, one of an old one."""
    return [
        *(row(n, **CLOSED | {"责任单位": "新单位"}, 概况=f"第{n}件事项", 外部编号=f"W{n}") for n in range(11, 17)),
        row(2, **CLOSED, 概况="另一件"),
        row(21, 收到日期="", 概况="没有日期"),
        row(22, **SENT, 概况="又来", 初重件="重复", 原登记编号="XF2023-000013", 收到日期="2023-06-04"),
        row(23, **SENT, 概况="又来一次", 初重件="重复", 原登记编号="XF2023-000001", 收到日期="2023-06-04"),
        row(24, **SENT, 概况="新的类", 内容分类="新的类", 问题属地="测试镇"),
    ]


def unnumbered() -> list[Row]:
    return [
        {k: v for k, v in row("", **CLOSED, 概况=f"无号第{n}件", 住址=f"测试路{n}号").items() if k != "登记编号"}
        for n in range(8)
    ]


def told(path: Path) -> dict[str, list[Any]]:
    """Every row of every table; of the text index its terms."""
    with closing(sqlite3.connect(path)) as conn:
        names = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        found = {
            name: conn.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()
            for name in names
            if name not in (*DERIVED, "search")
        }
        conn.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, search, instance)")
        found["search"] = conn.execute("SELECT * FROM temp.terms ORDER BY 1, 2, 3, 4").fetchall()
        return found


@pytest.mark.parametrize("made", [rows, unnumbered])
@pytest.mark.parametrize("update", [False, True])
@pytest.mark.parametrize("large", [False, True])
def test_the_same_book_comes_of_it(
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    made: Callable[[], list[Row]],
    update: bool,
    large: bool,
) -> None:
    def salts() -> Iterator[bytes]:
        return repeat(bytes(16))

    monkeypatch.setattr(chain, "_random_salts", salts)
    monkeypatch.setattr(sessions, "utc_now", lambda: "2023-07-31T01:00:00+00:00")
    if large:
        monkeypatch.setattr(run, "REBUILD_FROM", 1)
    other = Desk(tmp_path / "other")
    other.folder.mkdir()
    (other.folder / "book.db").write_bytes((tmp_path / "book.db").read_bytes())
    path = desk.write(made())
    apart = desk.read(path, update=update)
    monkeypatch.setattr(run, "APART_FROM", 10_000)
    in_one = other.read(path, update=update)
    assert apart._replace(rejects=None) == in_one._replace(rejects=None)
    assert list(apart.reasons()) == list(in_one.reasons())
    assert told(tmp_path / "book.db") == told(other.folder / "book.db")
    assert health.check(desk.session).ok
    assert list(tmp_path.glob(".xinfang-*")) == []


def meanwhile(desk: Desk, path: Path, do: Callable[[Session], object], times: int = 1, **options: Any) -> Any:
    """Take a file in; at its first rows, `times` at most, another terminal does something, which waits for nobody."""
    done = 0

    def step(phase: str, rows: int, at_most: int) -> None:
        nonlocal done
        if phase == "rows" and rows and done < times:
            done += 1
            do(Session(desk.folder / "book.db", TODAY, "另一人"))

    report = desk.read(path, progress=step, **options)
    assert done
    assert health.check(desk.session).ok
    desk.counted()
    return report


def add(title: str, **fields: Any) -> Callable[[Session], object]:
    repeat_of = fields.pop("repeat_of", None)
    intake = {"channel": "letter", "kind": "appeal", "title": title, "name": "测试乙", **fields}
    return lambda at: registering.add(at, date(2023, 7, 30), dict(intake), repeat_of=repeat_of)


@pytest.mark.parametrize("made", [rows, unnumbered])
def test_others_enter_and_handle_cases_while_it_is_planned(desk: Desk, made: Callable[[], list[Row]]) -> None:
    def do(at: Session) -> None:
        add("同时登记的水管事项")(at)
        add("同时登记的另一件", repeat_of="XF2023-000003")(at)
        casework.edit(at, ["XF2023-000003"], {"title": "办结的，改了概况"})

    path = desk.write(made())
    report = meanwhile(desk, path, do, update=True)
    with desk.session.reading() as book:
        assert book.cases.count() == 4 + 2 + report.imported
        numbers = [number for _, number in sorted(book.cases.numbers().items())]
        assert len(set(numbers)) == len(numbers)
        titles = [book.lists.one(id, TODAY).title for id in sorted(book.cases.numbers())]
        assert "同时登记的水管事项" in titles
        recorded = [at for (at,) in book.conn.execute("SELECT recorded_at FROM commands ORDER BY id")]
        assert recorded == sorted(recorded)
    if made is rows:
        assert desk.case(22).repeat_of == desk.id(13)
        assert desk.case(4).repeat_of == desk.id(12)
        assert report.linked == 1
        assert desk.shown(2)["stage"] == "closed"
    for one in report.likely_first:
        assert desk.id(one.case_no)


@pytest.mark.parametrize(
    ("do", "imported"),
    [
        (add("同号", external_no="W11"), 8),  # turned back: the number is another's now
        (lambda at: unit_list.add(at, unit_list.NewUnit("新单位")), 9),
        (lambda at: casework.edit(at, ["XF2023-000002"], {"title": "改过"}), 9),
    ],
)
def test_what_it_went_by_is_looked_at_again(desk: Desk, do: Callable[[Session], object], imported: int) -> None:
    report = meanwhile(desk, desk.write(rows()), do)
    assert report.imported == imported
    with desk.session.reading() as book:
        assert [unit.name for unit in book.units.all()].count("新单位") == 1


def test_where_others_never_stop_it_is_planned_while_the_book_is_held(desk: Desk) -> None:
    each = count()
    report = meanwhile(
        desk, desk.write(rows()), lambda at: unit_list.add(at, unit_list.NewUnit(f"单位{next(each)}")), 2
    )
    assert report.imported == 9
    assert next(each) == 2


def test_nothing_is_written_where_all_or_nothing_fails(desk: Desk) -> None:
    before = told(desk.folder / "book.db")
    report = desk.take(*rows(), all_or_nothing=True)
    assert (report.imported, report.written) == (0, False)
    assert told(desk.folder / "book.db") == before
