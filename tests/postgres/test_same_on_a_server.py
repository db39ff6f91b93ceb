"""A book on a server answers every command as the same book in a file does."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Counter, Ran
from tests.postgres import server
from tests.postgres.offices import address, carried
from tests.postgres.test_statements import MANY, SAID, _words
from xinfang_cli.book import relocating
from xinfang_cli.book.face import open_book
from xinfang_cli.book.place import Place
from xinfang_cli.login import os_user

WORK = (
    "show 2023-1007 --json|accept 2023-1007 --on 7-17|note 2023-1007 --text 已到现场|assist 2023-1007 --unit 望禾街道 --answer-by 7-25|"
    "extend 2023-1007 --days 30 --approved-by 测试丙 --reason 情况复杂|close 2023-1007 --outcome 予以支持 --delivered 2023-07-17 --fulfil-by 2023-08-01|"
    "rate 2023-1007 --unit-rating 满意 --source 自评|undo|edit 2023-1007 --title 反映供水压力|relate 2023-1007 --to 2023-1006|supervise 2023-1007 --answer-by 7-30|"
    "correct 2023-1007 --event 1 --on 7-16 --reason 看错|explain 2023-1007 --json|history 2023-1007|rules|config set small_base 5 --yes|config list|"
    "workdays list|view list|outlook --month 2023-07 --json|stats --year 2022 --by region --json|stats --month 2023-06 --by channel --csv|"
    "duplicates --json|person 测试甲 --json|person 测试甲 --reveal --why 来访|history 2023-1007 --access|search 测试 --json|"
    "letter 转送函 2023-1007 -o {out}.docx|standing list --json|doctor --json|undo --list --json|list --csv|list --where 剩余<30 --json"
)
LONG = "|export clocks --csv|report month 2023-06|report month 2023-06 --json|report week 2023-07-10 --json|report quarter 2023Q2 --json|export --full -o {out}.xlsx"
OWN = ("doctor", "doctor --json", "doctor --no-rebuild-check")
"""What is said of a file and of a server otherwise."""
MOMENT = re.compile(r"[0-9a-f]{64}|20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\+00:00|Z)?")


def _told(ran: Ran, db: str) -> Ran:
    """What a command said, without where the book is, and without moments and heads."""
    return Ran(ran.code, *(MOMENT.sub("·", text.replace(db, "BOOK")) for text in (ran.out, ran.err)))


@pytest.mark.long
@pytest.mark.parametrize("pooled", [False, True], ids=["direct", "pooled"])
def test_every_answer_is_the_same(
    district_book: Path,
    cluster: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    pooled: bool,
) -> None:
    file = tmp_path / "book.db"
    shutil.copyfile(district_book, file)
    me = os_user()  # the same at the machine and at the server
    with closing(server.connect(cluster)) as conn, conn.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (me,))
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE ROLE "{me}" SUPERUSER LOGIN; COMMIT')
    where = address(request.getfixturevalue("pooler") if pooled else cluster).replace(
        f"user={server.USER}", f"user={me}"
    )
    carried(file, where)
    counter = Counter(file, monkeypatch)
    long = [one for one in LONG.split("|") if one]
    commands = [
        one for one in f"{SAID}|{WORK}".split("|") if one not in long and not one.startswith(("report", "doctor"))
    ]
    commands += [*long, "doctor", "doctor --json"] if os.environ.get("XINFANG_FULL") else ["doctor --no-rebuild-check"]
    otherwise, failed = {}, []
    for command in commands:
        words = _words(command.replace("{out}", str(tmp_path / "out")))
        answers = []
        for db in (str(file), where):
            answers.append(_told(counter(*words, db=db), db))
            for made in tmp_path.glob("out.*"):
                made.unlink()
        here, there = answers
        failed += [command] if here.code else []
        if here != there and command not in OWN:
            otherwise[command] = here, there
        assert there.code == here.code, (command, there)
    assert otherwise == {}
    assert failed == list(MANY)
    with closing(open_book(Place(file))) as one, closing(open_book(Place.of(where))) as other:
        alike = relocating.digests(one), relocating.digests(other)
    apart = {table for table in relocating.TABLES if alike[0][table][0] != alike[1][table][0]}
    assert apart == set()
    derived = ("docket", "serials", "cases", "people", "clocks", "backlog", "units", "unit_words", "topics", "regions")
    assert [table for table in derived if alike[0][table] != alike[1][table]] == []
