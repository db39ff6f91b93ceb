"""The statements of book/ mean the same to two engines: PostgreSQL takes each, and none leans on how SQLite reads its rows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Counter
from tests.postgres import server, statements
from xinfang_cli.book.sqlite import opening
from xinfang_cli.book.sqlite.connection import Connection

SAID = (
    "overdue|due|remind --dry-run|list --json --limit 5|list --where '-标签:扬言 is:在办'|list --where '单位:教育局 标签:无'|"
    "list --sort topic,-headcount,unit --json|list --overdue --first-only|search 道路 --json|search 道路 --best|search 0001|"
    "list --lead 测试乙|list --batch 测试批次|list --unit 教育局|duplicates|show 2023-10|explain 2023-10|"
    "add --channel 来信 --kind 申诉求决 --title 反映供水 --name 测试甲 --phone 13900000000 --yes|"
    "add --channel 来访 --kind 申诉求决 --title 反映供水 --name 测试甲 --phone 13900000000 --repeat-of 2023-1 --headcount 6 --yes|"
    "assign 2023-1007 --to 教育局|tag 2023-1007 --add 扬言|lead 2023-1007 --name 测试乙|backlog join 2023-1007 --batch 测试批次|"
    "exclude 2023-1 --reason 重复登记 --approved-by 测试丙|list --tag 扬言|list --where 批次:测试批次|backlog status --batch 测试批次|person 测试甲|undo --list|undo|undo|"
    "stats --month 2023-06 --by unit --rank|stats --month 2023-05 --by kind --basis stopped|stats --month 2023-06 --basis received|"
    "stats --month 2023-06 --unit 教育局 --first-only|stats --quarter 2023Q2 --by topic|stats --month 2023-06 --cases completion|"
    "stats --month 2023-06 --cases participation|stats --month 2023-06 --cases one_time|stats --month 2023-06 --cases group_visits|"
    "outlook --month 2023-07|blame --month 2023-06|report month 2023-06 --json|report week 2023-07-10 --json|"
    "report year 2023 --json|reception status|meeting --overdue --json|advise list|standing list|"
    "unit list|unit add 测试一局 --alias 同名|unit add 测试二局 --alias 同名|unit add 测试中心|unit merge 测试中心 --into 教育局|undo|export clocks --csv|export events --csv --received 2023-06|"
    "export --csv --received 2023-06|show 10|show 2023-1|list --unit 同名|doctor"
)
"""What a clerk, a lister, a statistician and a keeper do, one command after the other, on the example district."""

MANY = {
    "show 10": "XF2022-000010、XF2023-000010",
    "list --unit 同名": "测试一局、测试二局",
}
"""Words that name several: refused, and the several told in their order."""


def _words(command: str) -> list[str]:
    return [word.strip("'") for word in re.findall(r"'[^']*'|\S+", command)]


@pytest.fixture
def counter(district_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    path = tmp_path / "book.db"
    shutil.copyfile(district_book, path)
    return Counter(path, monkeypatch)


# Groups, unions and words each once whose order nobody sees: they become a set, a dict by key, one number, or are sorted.
UNSEEN = (
    "FROM cases INDEXED BY cases_stage",  # the desk's counts by stage
    "SELECT unit_id, count(*) FROM cases WHERE closed_on IS NULL",  # open_by_unit
    "SELECT DISTINCT json_extract(body, '$.command')",  # a set
    "SELECT DISTINCT case_id FROM events WHERE case_id IS NOT NULL AND case_id NOT IN",  # the doctor's
    "SELECT id FROM cases WHERE kind = 'accusation' AND",  # a set
)


def _outermost(sql: str) -> str:
    """A statement without what stands in brackets."""
    while (less := re.sub(r"\([^()]*\)", "", sql)) != sql:
        sql = less
    return sql


@pytest.mark.long
def test_statements_mean_the_same_to_any_engine(
    counter: Counter, cluster: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands = SAID.split("|")
    place = tmp_path / "again" / "book.db"
    place.parent.mkdir()
    shutil.copyfile(counter.path, place)
    with statements.recorded() as texts:
        ran = {command: counter(*_words(command)) for command in commands}
    failed = {command: one.err for command, one in ran.items() if one.code}
    assert failed.keys() == MANY.keys(), failed
    assert all(MANY[command] in err for command, err in failed.items()), failed

    assert len(texts) > 200
    conn = server.connect(cluster)
    cursor = conn.cursor()
    statements.make_tables(cursor)
    assert statements.refused(cursor, texts) == {}
    lax = {"SELECT count(*), case_no FROM cases": (), "SELECT 1 FROM cases WHERE id IN ()": ()}
    assert statements.refused(cursor, lax).keys() == lax.keys()
    conn.close()

    parted = re.compile(r" GROUP BY | UNION (?!ALL)|SELECT DISTINCT ")
    outermost = {sql: _outermost(sql) for sql in texts}
    unordered = [sql for sql, said in outermost.items() if parted.search(said) and " ORDER BY " not in said]
    assert [sql for sql in unordered if not any(known in sql for known in UNSEEN)] == []

    # SQLite reads rows that nobody ordered the other way round: an answer that changes had no order stated.
    connect = opening._connect

    def backwards(path: Path) -> Connection:
        conn = connect(path)
        conn.execute("PRAGMA reverse_unordered_selects=ON")
        return conn

    monkeypatch.setattr(opening, "_connect", backwards)
    again = {command: counter(*_words(command), db=place) for command in commands}
    of_the_moment = ("undo --list", "doctor")
    assert {command: one for command, one in again.items() if one != ran[command]}.keys() <= {*of_the_moment}
