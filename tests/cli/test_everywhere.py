"""contract.md, "Everywhere": global options, exit codes, one line on stderr, JSON of an error."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sqlite3
import string
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import ADD, TODAY, Counter, Ran
from xinfang_cli.book.sqlite import opening as book_open
from xinfang_cli.errors import XinfangError
from xinfang_cli.office.session import Place, Session
from xinfang_cli.office.work.holding import held

Shell = Callable[..., tuple[list[str], dict[str, str]]]


def one_line(ran: Ran) -> str:
    """The complaint: one line, Chinese, no traceback."""
    assert ran.err.startswith("出错：")
    assert ran.err.count("\n") == 1
    assert ran.err.endswith("\n")
    assert "Traceback" not in ran.err
    assert any("\u4e00" <= char <= "\u9fff" for char in ran.err)
    return ran.err


# ---- who, when, where -------------------------------------------------------------------------------------------


def test_options_and_environment_mean_the_same(counter: Counter, tmp_path: Path) -> None:
    by_options = counter.raw(
        "--db", str(tmp_path / "a.db"), "--today", "2023-03-01", "--actor", "测试乙", *ADD, "--json"
    )
    env = {"XINFANG_DB": str(tmp_path / "b.db"), "XINFANG_TODAY": "2023-03-01", "XINFANG_ACTOR": "测试乙"}
    by_env = counter.raw(*ADD, "--json", env=env)
    assert by_options.json() == by_env.json()
    assert by_env.json()["received_on"] == "2023-03-01"
    shown = counter.raw("show", "1", "--json", env=env).json()
    assert shown["events"][0]["actor"] == "测试乙"


def test_an_option_goes_before_the_environment(counter: Counter) -> None:
    env = {"XINFANG_DB": "/nonexistent/no.db", "XINFANG_TODAY": "2022-01-01", "XINFANG_ACTOR": "别人"}
    assert counter(*ADD, "--json", env=env).json()["received_on"] == TODAY


def test_without_db_the_users_data_folder(counter: Counter, own_user: Path) -> None:
    ran = counter.raw(*ADD, env={"XINFANG_TODAY": TODAY})
    assert ran.code == 0
    found = list(own_user.rglob("xinfang.db"))
    assert len(found) == 1
    assert str(found[0]).endswith(os.path.join("xinfang", "xinfang.db"))


def test_the_file_is_made_on_the_first_command_that_writes(counter: Counter, tmp_path: Path) -> None:
    new = tmp_path / "deep" / "new.db"
    assert counter("overdue", db=new).code == 3
    assert not new.exists()
    assert counter("--help", db=new).code == 0
    assert counter(*ADD, db=new).code == 0
    assert new.exists()


@pytest.mark.parametrize("words", [("accept", "1"), ("undo",), ("remind",), ("close", "1", "--outcome", "采纳")])
def test_a_command_on_cases_makes_no_book(counter: Counter, tmp_path: Path, words: tuple[str, ...]) -> None:
    new = tmp_path / "typo.db"
    assert counter(*words, db=new).code == 3
    assert not new.exists()


READING = [("list",), ("show", "1"), ("overdue",), ("due",), ("stats",), ("history", "1"), ("explain", "1"), ()]
READING += [("remind", "--dry-run"), ("unit", "list"), ("doctor",), ("backup", "copy.db"), ("undo", "--list")]


@pytest.mark.parametrize("words", READING)
def test_reading_a_file_that_is_not_there(counter: Counter, tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = counter(*words, "--json", db=tmp_path / "no.db")
    assert ran.code == 3
    assert ran.error()["code"] == "no_file"
    assert "不存在" in one_line(ran)
    assert not (tmp_path / "no.db").exists()


def test_today_replaces_the_clock_but_not_in_recorded_at(counter: Counter) -> None:
    counter.add("2023-03-01")
    counter.ok("assign", "1", "--to", "教育局", "--new-unit", today="2023-03-05")
    counter.ok("accept", "1", today="2023-03-06")
    shown = counter.ok("show", "1", today="2023-05-05")
    assert [event["on"] for event in shown["events"]] == ["2023-03-01", "2023-03-05", "2023-03-06"]
    for event in shown["events"]:
        at = datetime.fromisoformat(event["recorded_at"])
        assert at.utcoffset() == UTC.utcoffset(None)
        assert abs((datetime.now(UTC) - at).total_seconds()) < 600
    assert shown["due_on"] == "2023-05-05"
    assert counter.ok("overdue", today="2023-05-05") == []
    assert [row["days_left"] for row in counter.ok("overdue", today="2023-05-06")] == [-1]
    assert counter.ok("stats", today="2023-04-30")["period"] == {"from": "2023-04-01", "to": "2023-04-30"}


def test_today_may_lie_before_what_is_in_the_book(counter: Counter) -> None:
    counter.add("2023-07-01")
    assert counter.ok("list", today="2023-01-01") == []  # the lists are as that day stood
    assert counter.ok("list", today="2023-07-01")[0]["received_on"] == "2023-07-01"
    assert counter.ok("add", *ADD[1:], today="2023-01-01")["received_on"] == "2023-01-01"


def test_without_today_the_offices_day(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine's zone: China's day, or that of the zone the office set."""
    for zone in ("America/Los_Angeles", "Asia/Tokyo"):
        monkeypatch.setenv("TZ", zone)
        assert (
            counter.ok(*ADD, today=None)["received_on"] == datetime.now(timezone(timedelta(hours=8))).date().isoformat()
        )
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # never the same day
        counter.ok("config", "set", "zone", zone)
        assert counter.ok("stats", today=None)["as_of"] == datetime.now(ZoneInfo(zone)).date().isoformat()
    assert counter("config", "set", "zone", "北京", "--json").error()["code"] == "bad_value"


def test_the_book_is_asked_for_its_zone_once_for_all_moments(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinfang_cli.book import face

    counter.ok(*ADD)
    for text in "甲乙丙丁":
        counter.ok("note", "1", "--text", text)
    asked: list[Place] = []

    def zone_of(place: Place) -> str | None:
        asked.append(place)
        return face.zone_of(place)

    monkeypatch.setattr("xinfang_cli.office.session.zone_of", zone_of)
    ran = counter("history", "1")
    assert ran.out.count("办理记录") == 4
    assert len(asked) == 1, ran.out


def test_the_systems_user_signs_when_nobody_is_named(counter: Counter) -> None:
    counter.ok(*ADD, actor=None, env={"LOGNAME": "zhangsan"})
    assert counter.ok("show", "1")["events"][0]["actor"] == "zhangsan"


# ---- exit codes -------------------------------------------------------------------------------------------------

WRONG_WORDS = [
    ("bogus",),
    ("list", "--bogus"),
    ("--bogus",),
    ("show",),
    ("assign", "1"),
    ("assign", "--to", "教育局"),
    ("assign", "1", "--to"),
    ("refuse", "1"),
    ("close", "1"),
    ("extend", "1", "--approved-by", "测试甲", "--reason", "x"),
    ("note", "1"),
    ("tag", "1"),
    ("edit", "1"),
    ("link", "1"),
    ("lead", "1"),
    ("hearing", "1", "--from", "今天"),
    ("supervise", "1"),
    ("step", "1", "--kind", "约谈"),
    ("step", "1", "--body", "测试联席会议"),
    ("assist", "1", "--unit", "教育局"),
    ("backlog", "join", "1"),
    ("unit",),
    ("unit", "bogus"),
    ("unit", "merge", "教育局"),
    ("config", "get"),
    ("explain",),
    ("add", "--channel", "来信", "--kind", "咨询"),
    ("add", "--title", "x", "--kind", "咨询"),
    ("add", "--title", "x", "--channel", "来信"),
    ("list", "extra"),
    ("accept", "-"),
    ("stats", "--month", "2023-06", "--year", "2023"),
]


@pytest.mark.parametrize("words", WRONG_WORDS)
def test_wrong_words_are_2_and_chinese(counter: Counter, words: tuple[str, ...]) -> None:
    counter.add()
    ran = counter(*words, "--json")
    assert ran.code == 2
    assert ran.error()["code"] == "usage"
    assert ran.error()["hint"]
    line = one_line(ran)
    assert not any(word in line.lower() for word in ("error", "missing", "usage", "no such", "try "))
    assert "这条命令" not in line  # a hint that can be typed


WRONG_VALUES = [
    ("list", "--stage", "无此阶段"),
    ("list", "--channel", "飞鸽"),
    ("list", "--kind", "无此"),
    ("list", "--received", "2023-06-31..2023-07-01"),
    ("list", "--received", "2023-07-02..2023-07-01"),
    ("list", "--limit", "-1"),
    ("list", "--limit", "x"),
    ("list", "--limit", "99999999999999999999"),
    ("list", "--limit", "--5"),
    ("list", "--unit", "无此单位"),
    ("list", "--topic", "无此分类"),
    ("list", "--region", "无此属地"),
    ("due", "--within", "三"),
    ("due", "--within", "999999999"),
    ("due", "--within", "²"),
    ("overdue", "--clock", "无此"),
    ("overdue", "--owner", "无此"),
    ("show", "999"),
    ("show", "23-99999999999999999999"),
    ("show", "²"),
    ("show", ""),
    ("show", "-"),
    ("assign", "1", "--to", "无此单位"),
    ("assign", "1", "--to", "教育局", "--mode", "无此"),
    ("accept", "1", "--pathway", "无此"),
    ("refuse", "1", "--ground", "无此"),
    ("close", "1", "--outcome", "无此"),
    ("deliver", "1", "--how", "无此"),
    ("rate", "1", "--unit-rating", "无此"),
    ("rate", "1", "--unit-rating", "未评价"),
    ("review", "1", "--result", "无此"),
    ("recheck", "1", "--back-to", "无此"),
    ("extend", "1", "--days", "0"),
    ("extend", "1", "--days", "5", "--clock", "受理"),
    ("correct", "1", "--event", "x", "--reason", "x"),
    ("correct", "1", "--event", "99", "--reason", "x"),
    ("add", "--channel", "飞鸽", "--kind", "咨询", "--title", "x"),
    ("add", "--channel", "来信", "--kind", "咨询", "--title", "x", "--headcount", "0"),
    ("add", "--channel", "来信", "--kind", "咨询", "--title", "x", "--received", "明天"),
    ("add", "--channel", "来信", "--kind", "咨询", "--title", "x", "--received", "2023-07-18"),
    ("add", "--channel", "来信", "--kind", "咨询", "--title", "x", "--topic", "无此分类"),
    ("add", "--channel", "来信", "--kind", "咨询", "--title", "x", "--region", "无此属地"),
    ("add", "--channel", "来信", "--kind", "咨询", "--title", "x", "--repeat-of", "999"),
    ("config", "get", "bogus"),
    ("config", "set", "bogus", "1"),
    ("config", "set", "roll", "maybe"),
    ("config", "set", "clocks.office", "30"),
    ("stats", "--month", "2023-13"),
    ("stats", "--quarter", "2023Q5"),
    ("stats", "--year", "二三"),
    ("stats", "--week", "x"),
    ("stats", "--from", "2023-06-30", "--to", "2023-06-01"),
    ("stats", "--by", "weather"),
    ("stats", "--basis", "weather"),
    ("explain", "--from", "今天", "--clock", "无此"),
    ("explain", "--from", "今天", "--clock", "反馈"),
    ("unit", "edit", "无此单位", "--short", "x"),
    ("unit", "add", "教育局", "--group", "无此"),
    ("template", "模板.doc"),
    ("import", "无.csv"),
    ("backlog", "resolve", "1", "--how", "无此"),
    ("undo",),
]


@pytest.mark.parametrize("words", WRONG_VALUES)
def test_wrong_values_are_1_and_say_what_to_do(counter: Counter, words: tuple[str, ...]) -> None:
    counter.add()
    before = counter.path.read_bytes()
    ran = counter(*words, "--json", actor="别人")
    if words[0] == "import":
        assert ran.code in (1, 3)  # a file that is not there
    else:
        assert ran.code == 1
        assert ran.error()["hint"]
    assert ran.error()["code"] not in ("bug", "usage")
    one_line(ran)
    assert counter.path.read_bytes() == before


def test_a_wrong_today_is_1(counter: Counter) -> None:
    ran = counter("list", "--json", today="2023-02-29")
    assert ran.code == 1
    assert "--today" in ran.error()["message"]


def test_a_refusal_of_the_law_is_1_and_names_what_is_possible(counter: Counter) -> None:
    counter.add()
    ran = counter("accept", "1", "--json")
    assert ran.code == 1
    assert ran.error()["code"] == "stage"
    assert "待转送" in one_line(ran)


def test_json_before_the_command_means_the_same(counter: Counter) -> None:
    counter.add()
    assert counter("--json", "list").json() == counter.ok("list")
    assert counter("--json", "unit", "list").json() == counter.ok("unit", "list")
    assert counter("--json", "show", "9").error()["code"] == "not_found"
    assert counter("--json").json() == counter.ok()


# ---- a file that cannot be used ---------------------------------------------------------------------------------


def unusable(counter: Counter, code: str, *words: str) -> None:
    for said in (words,) if words else (("list",), ADD, ("doctor",), ("accept", "1")):
        ran = counter(*said, "--json")
        assert ran.code == 3, said
        assert ran.error()["code"] == code
        assert ran.error()["hint"]
        one_line(ran)


def test_not_a_book(counter: Counter) -> None:
    counter.path.write_text("这不是案件簿" * 500, "utf-8")
    before = counter.path.read_bytes()
    unusable(counter, "damaged")
    assert counter.path.read_bytes() == before


def test_somebody_elses_database(counter: Counter) -> None:
    counter.path.unlink()
    with sqlite3.connect(counter.path) as conn:
        conn.execute("CREATE TABLE t (a)")
    conn.close()
    before = counter.path.read_bytes()
    unusable(counter, "not_a_book")
    assert counter.path.read_bytes() == before


def test_an_empty_file_is_no_book(counter: Counter) -> None:
    counter.path.write_bytes(b"")
    unusable(counter, "not_a_book")


def test_a_folder_is_no_book(counter: Counter) -> None:
    counter.path.unlink()
    counter.path.mkdir()
    unusable(counter, "not_a_book")


def test_a_newer_version(counter: Counter) -> None:
    with sqlite3.connect(counter.path) as conn:
        conn.execute("PRAGMA user_version = 9999")
    conn.close()
    unusable(counter, "newer")


def test_a_damaged_file(counter: Counter) -> None:
    for _ in range(3):
        counter.add()
    with sqlite3.connect(counter.path) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    content = bytearray(counter.path.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 : page * 4096 + 2000] = b"\xff" * 2000
    counter.path.write_bytes(content)
    unusable(counter, "damaged", "list")
    unusable(counter, "damaged", *ADD)


def test_locked(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_open, "BUSY_MS", 50)
    other = sqlite3.connect(counter.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        unusable(counter, "locked", *ADD)
        assert counter("list").code == 0  # reading goes on beside a writer
    finally:
        other.close()
    assert counter(*ADD).code == 0


def test_a_book_that_another_command_writes_is_waited_for_and_that_is_said(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(book_open, "TELL_MS", 50)
    sheet = tmp_path / "台账.csv"
    sheet.write_text("登记编号,收到日期,概况,信访形式\n,2023-07-01,测试,来信\n", "utf-8")
    other = sqlite3.connect(counter.path, isolation_level=None, check_same_thread=False)
    for words in (ADD, ("import", str(sheet))):
        other.execute("BEGIN IMMEDIATE")
        releasing = threading.Timer(0.5, other.execute, ("ROLLBACK",))
        releasing.start()
        ran = counter(*words)
        releasing.join()
        assert ran.code == 0, ran
        assert ran.err.count("正由另一个程序在写，请稍候") == 1
    assert "稍候" not in counter(*ADD).err
    other.close()


def test_who_waits_for_an_import_is_told_whose_and_since_when(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(book_open, "TELL_MS", 50)
    importing = Session(counter.path, date(2023, 7, 17), "测试丙")
    monkeypatch.setattr(importing, "now", lambda: "2023-07-17T04:05:06+00:00")
    left = Path(f"{counter.path}.held")
    with closing(sqlite3.connect(counter.path, isolation_level=None, check_same_thread=False)) as other:
        for gone, said in ((False, "测试丙 的 import 在写（2023-07-17 12:05:06 开始）"), (True, "由另一个程序在写")):
            with held(importing, "import") as taken:
                other.execute("BEGIN IMMEDIATE")
                taken(0)
                assert left.stat().st_mode & 0o777 == counter.path.stat().st_mode & 0o777
                if gone:  # it was killed, and somebody else writes
                    over = subprocess.Popen([sys.executable, "-c", ""])
                    over.wait()
                    left.write_text(left.read_text("utf-8").replace(f'"pid": {os.getpid()}', f'"pid": {over.pid}'))
                releasing = threading.Timer(0.5, other.execute, ("ROLLBACK",))
                releasing.start()
                ran = counter(*ADD)
                releasing.join()
            assert (ran.code, said in ran.err) == (0, True), ran
            assert not left.exists()
    monkeypatch.setattr(book_open, "BUSY_MS", 60)
    with closing(sqlite3.connect(counter.path, isolation_level=None)) as other, held(importing, "import") as taken:
        other.execute("BEGIN IMMEDIATE")
        taken(0)
        refused = counter(*ADD)
        assert (refused.code, "测试丙 的 import 在写，2023-07-17 12:05:06 开始；请稍候" in refused.err) == (3, True)
        other.execute("ROLLBACK")
    sheet = tmp_path / "台账.csv"
    sheet.write_text("登记编号,收到日期,概况,信访形式\n,2023-07-01,测试,来信\n", "utf-8")
    seen: list[bool] = []
    monkeypatch.setattr("xinfang_cli.office.exchange.importing.receipts.keep", lambda *_: seen.append(left.exists()))
    counter("import", str(sheet))
    assert (seen, left.exists()) == ([True], False)


SLOW_IMPORT = """
import sys, time
from datetime import date
from pathlib import Path
from xinfang_cli.book import sealing
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.session import Session
run.APART_FROM, run.LEAST_S = 1, float(sys.argv[3])
sealed = sealing.seal_numbers
def slowly(*given):
    sealed(*given)
    print("taken", flush=True)
    time.sleep(1.2)
sealing.seal_numbers = slowly
run.import_ledger(Session(Path(sys.argv[1]), date(2023, 7, 17), "测试丙"), Path(sys.argv[2]))
"""


def test_an_import_is_waited_for_as_long_as_it_announced(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The writing of a large import outlasted the fifteen seconds that others wait on a busy machine."""
    monkeypatch.setattr(book_open, "TELL_MS", 50)
    monkeypatch.setattr(book_open, "BUSY_MS", 200)
    sheet = tmp_path / "台账.csv"
    for n, (announced, code) in enumerate((("30", 0), ("-30", 3))):  # which is past
        sheet.write_text(f"登记编号,收到日期,概况,信访形式\n,2023-07-0{n + 1},测试,来信\n", "utf-8")
        words = [sys.executable, "-c", SLOW_IMPORT, str(counter.path), str(sheet), announced]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as importing:
            assert importing.stdout is not None
            assert importing.stdout.readline() == "taken\n"
            ran = counter(*ADD)
        assert (ran.code, importing.returncode) == (code, 0), ran
        assert bool(re.search("测试丙 的 import 在写（.* 开始，最迟 ..:..:.. 写完）", ran.err)) is (code == 0)
    assert len(counter.ok("list")) == 3


def test_a_folder_that_cannot_be_written(counter: Counter, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    ran = counter(*ADD, "--json", db=blocked / "book.db")
    assert ran.code == 3
    one_line(ran)


@pytest.fixture
def guarded(counter: Counter) -> Iterator[Path]:
    """A folder that anyone may enter, with the book in it; whoever runs the tests is nobody special in it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copyfile(counter.path, folder / "book.db")
        yield folder
        folder.chmod(0o755)


@contextmanager
def nobody() -> Iterator[None]:
    """Root may write anywhere, so let it be somebody else for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of Unix")
@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o555), (0o444, 0o755), (0o000, 0o755)])
def test_no_permission(counter: Counter, guarded: Path, file: int, folder: int) -> None:
    book = guarded / "book.db"
    for words in (ADD, ("list",), ("show", "1"), ("doctor",)):
        assert counter(*words, db=book).code == 0  # and every module is loaded
    for leftover in guarded.glob("book.db-*"):
        leftover.unlink()
    book.chmod(file)
    guarded.chmod(folder)
    before = book.read_bytes()
    with nobody():
        writing: tuple[tuple[str, ...], ...] = (ADD, ("note", "1", "--text", "甲"), ("accept", "1"))
        for command in writing:
            ran = counter(*command, "--json", db=book)
            assert ran.code == 3, (command, ran)
            assert ran.error()["code"] == "permission"
            one_line(ran)
        if file == 0:
            assert counter("list", db=book).code == 3
        assert counter(*ADD, db=guarded / "new.db").code == 3 or folder == 0o755
    assert book.read_bytes() == before


def test_sqlites_words_for_no_permission_and_a_full_disk() -> None:
    for text, code in (
        ("attempt to write a readonly database", "permission"),
        ("unable to open database file", "permission"),
        ("database or disk is full", "disk_full"),
        ("database is locked", "locked"),
        ("database disk image is malformed", "damaged"),
    ):
        found = book_open.unusable(sqlite3.OperationalError(text), Path("x.db"))
        assert (found.exit_code, found.code) == (3, code)


def test_no_room_for_the_book(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up while a command writes: exit 3, and nothing of the command is there."""
    counter.add()
    real = book_open._connect

    def narrow(path: Path) -> sqlite3.Connection:
        conn = real(path)
        pages = conn.execute("PRAGMA page_count").fetchone()[0]
        conn.execute(f"PRAGMA max_page_count = {pages}")
        return conn

    with monkeypatch.context() as patch:
        patch.setattr(book_open, "_connect", narrow)
        ran = counter("note", "1", "--text", "长" * 200_000, "--json")
    assert ran.code == 3
    assert ran.error()["code"] == "disk_full"
    assert counter.ok("doctor")["ok"]
    assert len(counter.ok("show", "1")["events"]) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="/dev/full")
@pytest.mark.parametrize("words", [("list",), ("list", "--json"), ("list", "--csv"), ("show", "9", "--json")])
def test_output_that_nobody_can_take(counter: Counter, shell: Shell, words: tuple[str, ...]) -> None:
    """One line, once, whatever could not be written."""
    counter.add()
    argv, around = shell(*words)
    with open("/dev/full", "w") as full:
        ran = subprocess.run(argv, env=around, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == 3
    assert ran.stderr.count("出错：") == 1
    assert ran.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="limits of Unix")
@pytest.mark.parametrize(
    "words", [("export", "-o", "{}/a.xlsx"), ("export", "--csv", "-o", "{}/a.csv"), ("backup", "{}/a.db")]
)
def test_a_file_that_grows_too_large_for_the_disk(
    counter: Counter, shell: Shell, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """As on a full disk: the file that could not be written is named, in Chinese; nothing of it stays."""
    import resource

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (48 << 10, 48 << 10))

    for seed in range(6):  # letters of no pattern: a workbook of them cannot be pressed small
        counter.add(content="".join(random.Random(seed).choices(string.ascii_letters, k=30_000)))
    folder = tmp_path / "out"
    folder.mkdir()
    argv, around = shell(*(word.format(folder) for word in words), "--json", PYTHONDONTWRITEBYTECODE="1")
    ran = subprocess.run(argv, env=around, capture_output=True, text=True, check=False, preexec_fn=small)
    assert ran.returncode == 3, ran
    assert "Traceback" not in ran.stderr
    assert ran.stderr.count("\n") == 1
    # That a backup was made is put down first, and the book is on the same disk.
    named = counter.path if words[0] == "backup" else folder / "a."
    assert str(named) in ran.stderr
    assert not any(char.isascii() and char.isalpha() for char in ran.stderr.partition("（")[2].partition("）")[0])
    assert list(folder.iterdir()) == []


# ---- what no one foresaw ----------------------------------------------------------------------------------------


def test_never_a_traceback(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinfang_cli.office.find import morning

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("没想到\n第二行")

    monkeypatch.setattr(morning, "deadlines", broken)
    ran = counter("overdue", "--json")
    assert ran.code == 1
    assert ran.error()["code"] == "bug"
    assert "XINFANG_DEBUG=1" in one_line(ran)
    debugged = counter("overdue", env={"XINFANG_DEBUG": "1"})
    assert debugged.code == 1
    assert "Traceback" in debugged.err


def test_debugging_keeps_the_exit_code(counter: Counter, tmp_path: Path) -> None:
    ran = counter("list", db=tmp_path / "no.db", env={"XINFANG_DEBUG": "1"})
    assert ran.code == 3
    assert "Traceback" in ran.err
    assert "不存在" in ran.err.splitlines()[-1]


def test_every_error_class_has_its_code() -> None:
    from xinfang_cli import errors

    classes = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, XinfangError)]
    codes = {cls.__name__: cls.exit_code for cls in classes}
    assert codes == {
        "XinfangError": 1,
        "BadValue": 1,
        "NotFound": 1,
        "Ambiguous": 1,
        "Refused": 1,
        "Missing": 2,
        "Unusable": 3,
        "Again": 3,
    }
    assert XinfangError("甲", "乙").line() == "甲。乙"


def test_data_on_stdout_the_rest_on_stderr(counter: Counter) -> None:
    ran = counter("add", "--channel", "来信", "--kind", "咨询", "--title", "问政策")
    assert "XF2023-000001" in ran.out
    assert "没有信访人姓名" in ran.err
    assert "注意" not in ran.out


def test_two_books_do_not_mix(counter: Counter, tmp_path: Path) -> None:
    shutil.copyfile(counter.path, tmp_path / "other.db")
    counter.add()
    assert counter.ok("list", db=tmp_path / "other.db") == []


@pytest.mark.parametrize(
    "words",
    [
        ("unit", "edit", "测试局", "--short", "测局"),
        ("unit", "merge", "测试局", "--into", "测试镇"),
        ("advise", "answer", "1", "--adopted"),
        ("backlog", "batch", "edit", "测试批", "--target", "95"),
        ("reception", "swap", "7-3", "7-4"),
    ],
)
def test_what_can_only_be_in_a_book_makes_none(counter: Counter, tmp_path: Path, words: tuple[str, ...]) -> None:
    """A mistyped --db leaves no empty book behind."""
    mistyped = tmp_path / "打错了.db"
    assert counter(*words, db=mistyped).code == 3
    assert not mistyped.exists()
