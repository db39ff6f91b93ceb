"""Texts whose time is over: what goes, what stays, and that nothing brings it back."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.cli.conftest import Counter

pytestmark = pytest.mark.long

LATER = "2031-03-03"
MARK = "已按期清除"
SECRETS = {
    "name": "龘靐齉",
    "id-no": "110101199001010013",
    "phone": "13987654321",
    "address": "犇羴鱻路7号",
    "title": "灥厵滭的事",
    "content": "蠱鱻麤的内容",
}
NOTED = "饕餮魍的记录"
EXTRA = "醯醢齑的列"
FILE = "籪籬籟.txt"
TAG, APPROVER = "鬱龗鼕的标签", "鱻鱺鸞主任"
WORDS = (*SECRETS.values(), NOTED, EXTRA, FILE, TAG, APPROVER, "颣颥颦")


def raw(*files: Path) -> set[str]:
    """Which of the words stand in the bytes of files; of a text index two characters tell."""
    found = set()
    for file in files:
        content = file.read_bytes()
        for word in WORDS:
            pieces = {word, *(word[n : n + 2] for n in range(2) if not word.isascii())}
            found |= {word for piece in pieces if piece.encode() in content}
    return found


def sheet(path: Path) -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(
        [
            "登记编号",
            "收到日期",
            "信访形式",
            "信访目的",
            "概况",
            "内容",
            "姓名",
            "证件号码",
            "联系电话",
            "住址",
            "别的说明",
        ]
    )
    said = SECRETS
    who = [said["name"], said["id-no"], said["phone"], said["address"]]
    page.append(["XF2023-000001", "2023-01-03", "来信", "申诉求决", said["title"], said["content"], *who, EXTRA])
    page.append([None, "不是日期", "来信", "申诉求决", said["title"] + "三", "", *who, EXTRA])
    page.append([None, "2023-01-04", "来信", "申诉求决", said["title"] + "二", said["content"], *who, EXTRA])
    book.save(path)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cases of a sheet closed in 2023, one of them without a number; an accusation; an open one; one taken back."""
    folder = tmp_path_factory.mktemp("purge")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, str(folder / "home"))
        at = Counter(folder / "book.db", patch)
        at.ok("unit", "add", "测试局")
        at.ok("unit", "add", "测试纪委")
        at.ok("unit", "edit", "测试纪委", "--role", "纪检监察")
        assert at("import", str(sheet(folder / "in.xlsx"))).code == 1  # a row is turned back
        (folder / FILE).write_text("颣颥颦", "utf-8")
        for number in ("1", "2"):
            at.ok("assign", number, "--to", "测试局", "--on", "2023-01-10")
            at.ok("accept", number, "--on", "2023-01-16")
            at.ok("note", number, "--text", NOTED, "--on", "2023-01-20")
            at.ok("tag", number, "--add", TAG)
            if number == "1":
                at.ok("extend", "1", "--days", "10", "--approved-by", APPROVER, "--reason", NOTED, "--on", "2023-01-21")
            at.ok("edit", number, "--phone", "13987654320")
            at.ok("edit", number, "--phone", SECRETS["phone"])
            at.ok("attach", number, str(folder / FILE))
            at.ok(
                "close",
                number,
                "--outcome",
                "解释说明",
                "--delivered",
                "2023-02-10",
                "--text",
                NOTED,
                "--on",
                "2023-02-10",
            )
        at.ok("report", "month", "2023-02", "--publish", "-o", str(folder / "m.md"), "--yes", today="2023-03-02")
        at.add("2023-01-05", title="另一件", name="测试乙")  # 3: open
        at.ok("search", SECRETS["name"])
        at.ok("export", "cases", "-o", str(folder / "out.xlsx"))
        at.ok("person", "4321", "--reveal", "--why", f"{SECRETS['name']}来电")
        at.ok("backup", str(folder / "before.db"))
        shutil.copyfile(folder / "before.db", folder / "book.backup-20230301T000000.db")
    return folder


@pytest.fixture
def at(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    for file in made.iterdir():
        if file.is_file():
            shutil.copyfile(file, tmp_path / file.name)
    shutil.copytree(made / "book.db.files", tmp_path / "book.db.files")
    return Counter(tmp_path / "book.db", monkeypatch)


def stats(at: Counter) -> Any:
    return at.ok("stats", "--month", "2023-02", "--by", "unit", today=LATER)


def clocks(at: Counter) -> list[Any]:
    return [at.ok("show", number, today=LATER)["clocks"] for number in ("1", "2")]


def test_what_goes_and_what_stays(at: Counter, tmp_path: Path) -> None:
    before = stats(at), clocks(at), at.ok("report", "--changes", "2023-02", today=LATER)["cells"]
    events = at.ok("doctor")["events"]
    planned = at.ok("purge", "--closed-before", "2024-01-01", "--dry-run", today=LATER)
    assert planned["cases"] == ["XF2023-000001", "XF2023-000002"]
    assert planned["kept"] == [{"why": "running", "cases": ["XF2023-000003"]}]
    assert planned["texts"]["files"] == 2
    assert [(one["what"], one["file"]) for one in planned["given"]] == [
        ("source", "in.xlsx"), ("rejected", "in.xlsx"), ("export", "out.xlsx")
    ]  # fmt: skip
    assert at.ok("list", "--tag", TAG, today=LATER)
    assert planned["texts"]["looks"] == 2
    assert planned["copies"] == [str(tmp_path / "book.backup-20230301T000000.db")] or len(planned["copies"]) == 2
    asked = at("purge", "--closed-before", "2024-01-01", today=LATER)
    assert (asked.code, "确认" in asked.err) == (1, True)
    assert raw(at.path) == set(WORDS) - {"颣颥颦"}

    done = at.ok("purge", "--closed-before", "2024-01-01", "--yes", today=LATER)
    assert (done["cases"], done["files"], done["warnings"]) == (planned["cases"], 1, [])
    assert raw(*(file for file in tmp_path.glob("book.db*") if file.is_file())) == set()
    assert [file for file in (tmp_path / "book.db.files").rglob("*") if file.is_file()] == []
    at.ok("backup", str(tmp_path / "after.db"), today=LATER)
    assert raw(tmp_path / "after.db") == set()

    checked = at.ok("doctor", today=LATER)
    assert (checked["problems"], checked["differing"]) == ([], [])
    assert checked["events"] > events
    assert (stats(at), clocks(at), at.ok("report", "--changes", "2023-02", today=LATER)["cells"]) == before
    shown = at.ok("show", "1", "--reveal", "--why", "测试", today=LATER)
    assert (shown["title"], shown["content"], shown["purged"]) == (MARK, MARK, LATER)
    assert set(shown["petitioner"].values()) == {None}
    assert (at.ok("list", "--tag", TAG, today=LATER), shown["tags"]) == ([], [])
    assert f"{MARK}（{LATER}）" in at("show", "1", today=LATER).out
    assert at.ok("search", SECRETS["name"], today=LATER) == []
    assert [line["case_no"] for line in at.ok("search", MARK, today=LATER)] == ["XF2023-000002", "XF2023-000001"]
    looks = at.ok("history", "--access", today=LATER)
    assert raw_of(looks) == set()

    again = at("purge", "--closed-before", "2024-01-01", "--yes", today=LATER)
    assert (again.code, "没有要清除的" in again.err) == (1, True)


def raw_of(document: Any) -> set[str]:
    return {word for word in WORDS if word in str(document)}


def test_nothing_brings_it_back(at: Counter, tmp_path: Path) -> None:
    at.ok("purge", "--closed-before", "2024-01-01", "--yes", today=LATER)
    for words in (("--update",), ()):
        document = at("import", str(tmp_path / "in.xlsx"), *words, "--json", today=LATER).json()
        assert (document["already_there"], document["imported"], document["differs"]) == (2, 0, [])
        assert [(one["kind"], one["count"]) for one in document["warnings"] if one["kind"] == "purged"] == [
            ("purged", 2)
        ]
    for backup in ("before.db", "book.backup-20230301T000000.db"):
        restored = at.ok("restore", str(tmp_path / backup), "--force", today=LATER)
        assert any("照样清除" in line for line in restored["warnings"]), restored
        assert raw(*(file for file in tmp_path.glob("book.db*") if file.is_file())) == set()
        assert at.ok("doctor", today=LATER)["problems"] == []
        assert at.ok("show", "2", today=LATER)["title"] == MARK
    elsewhere = at.ok("restore", str(tmp_path / "before.db"), db=tmp_path / "else" / "new.db", today=LATER)
    assert [line for line in elsewhere["warnings"] if "清除" in line] == [
        "这里原来没有案件簿：备份里办结的 2 件还有文字，备份以后清除过的跟着回来了，请再清除一次：xinfang purge"
    ]


def test_every_command_knows_a_purged_case(at: Counter, tmp_path: Path) -> None:
    at.ok("purge", "--closed-before", "2024-01-01", "--yes", today=LATER)
    undone = at("undo", today=LATER)
    assert (undone.code, "不能撤销" in undone.err) == (1, True)
    letter = at("letter", "受理告知书", "1", "-o", str(tmp_path / "a.docx"), today=LATER)
    assert (letter.code, MARK in letter.err) == (1, True), letter
    nobody = at("person", "4321", today=LATER)
    assert (nobody.code, MARK in nobody.err) == (1, True)
    for words in (
        *(("list",), ("list", "--where", "概况已按期清除"), ("duplicates",), ("explain", "1"), ("history", "1")),
        *(("export", what, "-o", str(tmp_path / f"{what}.{end}")) for what in ("cases", "events", "clocks") for end in ("xlsx", "csv", "json")),
        *(("export", "--full", "--reveal", "-o", str(tmp_path / "full.xlsx")), ("export", "--anonymous", "-o", str(tmp_path / "n.csv"))),
        *(("report", "year", "2023", "-o", str(tmp_path / "y.docx")), ("report", "unit", "测试局", "2023-02", "-o", str(tmp_path / "u.xlsx"))),
        *(("sheet", "测试局", "-o", str(tmp_path / "out")), ("doctor", "--security"), ("doctor", "--repair"), ("stats", "--year", "2023", "--cases", "cases")),
        *(("note", "1", "--text", "来电询问结果"), ("edit", "2", "--name", "测试丙"), ("review", "1", "--late-reason", "当时住院"), ("tag", "1", "--add", "夜间")),
        *(("doctor",), ("backup", str(tmp_path / "last.db"))),
    ):  # fmt: skip
        ran = at(*words, today=LATER)
        assert ran.code == 0, (words, ran)
        assert raw_of(ran.out + ran.err) == set(), words
    assert raw(*(file for file in tmp_path.rglob("*.db*") if file.is_file() and "b" not in file.name[:1])) == set()
    notes = [event["text"] for event in at.ok("show", "1", today=LATER)["events"] if event["kind"] == "note"]
    assert notes == [MARK, "来电询问结果"]  # what is written since stays
    assert at.ok("doctor", today=LATER)["problems"] == []


def test_why_a_case_keeps_its_texts(at: Counter, tmp_path: Path) -> None:
    day, purge = "2024-01-01", ("purge", "--closed-before", "2024-01-01", "--dry-run")

    def kept(today: str = LATER) -> dict[str, list[str]]:
        return {one["why"]: one["cases"] for one in at.ok(*purge, today=today)["kept"]}

    one, two, three = (f"XF2023-00000{n}" for n in (1, 2, 3))
    assert kept() == {"running": [three]}
    last_day = next(c["due"] for c in at.ok("show", "1")["clocks"] if c["kind"] == "review_window")
    early = ("purge", "--closed-before", "2023-02-11", "--dry-run")
    assert at.ok(*early, today=last_day)["kept"][0]["why"] == "running"
    assert [line["why"] for line in at.ok(*early, today=last_day)["kept"]] == ["running", "window"]
    closed_on = at.ok("purge", "--closed-before", "2023-02-10", "--dry-run", today=LATER)
    assert closed_on["cases"] == []  # closed on that day, not before it
    at.ok("relate", "3", "--to", "1")
    assert kept() == {"running": [three], "named": [one]}
    at.ok("backlog", "join", "2", "--batch", "第一批")
    assert kept() == {"running": [three], "named": [one], "backlog": [two]}
    at.ok("undo")
    at.ok("correct", "2", "--event", "3", "--on", "2023-02-05", "--reason", "写错了", today="2023-03-05")
    assert kept() == {"running": [three], "named": [one], "dispute": [two]}
    assert at.ok(*purge, today=LATER)["closed_before"] == day


def test_what_was_taken_back_goes_at_once(at: Counter, tmp_path: Path) -> None:
    at.ok("add", "--channel", "来信", "--kind", "申诉求决", "--title", "颣颥颦错件", "--name", "颣颥颦", "--yes")
    at.ok("undo")
    at.ok("note", "3", "--text", "颣颥颦误记")
    at.ok("undo")
    assert "颣颥颦" in raw(at.path, *tmp_path.glob("book.db-wal"))
    planned = at.ok("purge", "--undone", "--dry-run")
    assert (planned["cases"], planned["events"]) == (["XF2023-000004"], 1)
    done = at.ok("purge", "--undone", "--yes")
    assert done["cases"] == ["XF2023-000004"]
    assert "颣颥颦" not in raw(*(file for file in tmp_path.glob("book.db*") if file.is_file()))
    assert at.ok("doctor")["problems"] == []
    assert [event.get("text") for event in at.ok("show", "3")["events"]][1] == MARK
    both = at("purge", "--undone", "--closed-before", "2020-01-01")
    assert (both.code, at("purge").code) == (1, 1)


@pytest.mark.parametrize(
    ("forgery", "said"),
    [
        ("DELETE FROM texts WHERE event_id = (SELECT id FROM events WHERE case_id = 1 AND kind = 'note')", "文字不见了"),
        ("UPDATE texts SET salt = x'', body = '{\"purged\":\"2031-03-03\",\"title\":\"已按期清除\"}' WHERE event_id = "
         "(SELECT id FROM events WHERE case_id = 3 AND kind = 'register')", "没有清除它的事件"),
        ("UPDATE texts SET body = '{\"purged\":\"2031-03-03\",\"text\":\"别的话\"}' WHERE event_id = "
         "(SELECT id FROM events WHERE case_id = 1 AND kind = 'note')", "不是该留下的"),
        ("UPDATE texts SET salt = x'00' WHERE event_id = (SELECT id FROM events WHERE case_id = 1 AND kind = 'note')", "却又在了"),
    ],
)  # fmt: skip
def test_a_forged_purge_is_found(at: Counter, forgery: str, said: str) -> None:
    at.ok("purge", "--closed-before", "2024-01-01", "--yes", today=LATER)
    with closing(sqlite3.connect(at.path)) as conn:
        assert conn.execute(forgery).rowcount == 1
        conn.commit()
    ran = at("doctor", "--json", today=LATER)
    assert ran.code == 1
    assert any(said in problem for problem in ran.json()["problems"]), ran.json()["problems"]


def test_a_book_in_use_is_finished_later(at: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinfang_cli.book.sqlite import placing

    monkeypatch.setattr(placing, "BUSY_S", 0.1)
    with closing(sqlite3.connect(at.path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM cases").fetchone()
        done = at.ok("purge", "--closed-before", "2024-01-01", "--yes", today=LATER)
        assert any("还没有整理" in line for line in done["warnings"])
    planned = at.ok("purge", "--closed-before", "2024-01-01", "--dry-run", today=LATER)
    assert (planned["cases"], planned["left_over"]) == ([], True)
    assert at.ok("purge", "--closed-before", "2024-01-01", "--yes", today=LATER)["warnings"] == []
    assert raw(*(file for file in tmp_path.glob("book.db*") if file.is_file())) == set()


def test_looks_of_earlier_versions_are_purged_too(at: Counter, tmp_path: Path) -> None:
    from xinfang_cli.book import sealing
    from xinfang_cli.book.chain import Pen
    from xinfang_cli.book.face import open_book
    from xinfang_cli.book.place import Place

    with open_book(Place(at.path)) as book:
        book.conn.execute("INSERT INTO access_log VALUES (1, '2023-01-01', '甲', ?)", (f"person {SECRETS['name']}",))
        book.conn.execute("BEGIN")
        pen = Pen(book.conn, "upgrade", "甲", "2023-03-03T00:00:00+00:00")
        sealing.seal_looks(book.conn, pen)
        pen.flush()
        book.conn.execute("COMMIT")
    assert at.ok("doctor")["problems"] == []
    at.ok("purge", "--closed-before", "2024-01-01", "--yes", today=LATER)
    assert raw(*(file for file in tmp_path.glob("book.db*") if file.is_file())) == set()
    assert at.ok("doctor")["problems"] == []
    assert MARK in str(at.ok("history", "--access"))


def test_what_earlier_versions_wrote_where_no_purge_reaches_is_told(at: Counter) -> None:
    """Up to version 16 tags and approvers stood in the open part of the events, which the chain covers."""
    from xinfang_cli.law.events import registry
    from xinfang_cli.office.session import Session
    from xinfang_cli.office.work import acting

    dry = ("purge", "--closed-before", "2024-01-01", "--dry-run")
    before = at.ok(*dry, today=LATER)
    assert before["stays"] == []
    case_no = before["cases"][0]
    session = Session(at.path, date(2023, 12, 1), "甲")
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr(registry, "PRIVATE_FIELDS", frozenset())
        acting.act(session, "tag", [case_no], acting.simple("tag", session.today, add=["早年的标签"]))
    planned = at.ok(*dry, today=LATER)
    assert planned["stays"] == [{"what": "标签（加）", "cases": [case_no]}]
    ran = at("purge", "--closed-before", "2024-01-01", "--yes", today=LATER)
    assert (ran.code, f"清除不到，留着：1 件（{case_no}）" in ran.err) == (0, True), ran
    assert at.ok("doctor")["problems"] == []


def test_what_came_after_the_backup_is_carried_over_without_purged_texts(at: Counter, tmp_path: Path) -> None:
    at.ok("note", "3", "--text", "以后的记录")
    at.ok("add", "--channel", "来信", "--kind", "咨询", "--title", "颣颥颦错件", "--name", "颣颥颦", "--yes")
    at.ok("undo")
    at.ok("purge", "--undone", "--yes")
    at.ok("purge", "--closed-before", "2024-01-01", "--yes", today=LATER)
    done = at.ok("restore", str(tmp_path / "before.db"), "--force", "--carry", today=LATER)
    assert done["lacking"]["same"] is True
    assert raw(*(file for file in tmp_path.glob("book.db*") if file.is_file())) == set()
    assert at("doctor", "--json", today=LATER).json()["problems"] == []
    assert [e["text"] for e in at.ok("show", "3", today=LATER)["events"] if e["kind"] == "note"] == ["以后的记录"]
