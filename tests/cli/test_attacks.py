"""What somebody tries who should not know: each attack on the secrecy of the book, as it would be typed."""

from __future__ import annotations

import csv
import io
import os
import stat
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import TODAY, Counter
from xinfang_cli import login
from xinfang_cli.cli import asking, options
from xinfang_cli.files import sweep_scratch
from xinfang_cli.terminal import screen

NAME, PHONE, ID_NO = "银丝甲", "13600005678", "110101198001010021"
posix = pytest.mark.skipif(os.name != "posix", reason="modes and devices of Unix")


@pytest.fixture
def secret(counter: Counter) -> Counter:
    """1: an ordinary case with 测试局; 2: an accusation of 测试局, with 测试纪委, of the same petitioner."""
    for unit in ("测试局", "测试纪委", "旁的局"):
        counter.ok("unit", "add", unit)
    who = {"name": NAME, "phone": PHONE, "id_no": ID_NO, "address": "测试区某街道银丝雀路66号3栋"}
    counter.add("2023-05-01", title="反映供水压力不足", **who)
    counter.add(
        "2023-05-02", title="举报测试局乱收费", kind="检举控告", complained_unit="测试局", content="乱收费甲乙丙", **who
    )
    counter.ok("assign", "1", "--to", "测试局", "--on", "2023-05-04")
    counter.ok("assign", "2", "--to", "测试纪委", "--on", "2023-05-04")
    return counter


def words_of(counter: Counter, *words: str) -> str:
    ran = counter(*words)
    return ran.out + ran.err


# ---- confirming by asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["举报测试局", "乱收费", "甲乙丙"])
@pytest.mark.parametrize(
    "way", [("search",), ("list", "--where"), ("list", "--count", "--where"), ("export", "--csv", "--where")]
)
def test_a_word_of_it_finds_what_a_word_of_nothing_finds(secret: Counter, way: tuple[str, ...], word: str) -> None:
    assert words_of(secret, *way, word).replace(word, "") == words_of(secret, *way, "没有这样的字").replace(
        "没有这样的字", ""
    )


@pytest.mark.parametrize(
    ("changes", "about"),
    [(("--kind", "申诉求决"), "改信访目的"), (("--complained-unit", "旁的局"), "改被反映的是谁"), (("--complained-unit", "测试局"), "改被反映的是谁"), (("--complained-unknown", "--yes"), "改被反映的是谁")],
)  # fmt: skip
def test_no_edit_lays_it_open_without_a_reason(secret: Counter, changes: tuple[str, ...], about: str) -> None:
    """As an ordinary case its words stand in every list, and it can be sent to whom it complains of."""
    before = secret.path.read_bytes()
    for numbers in (("2",), ("1", "2")):
        refused = secret("edit", *numbers, *changes)
        assert (refused.code, "--why" in refused.err, "测试局" in refused.err) == (1, True, False)
    assert secret.path.read_bytes() == before
    secret.ok("edit", "2", *changes, "--why", "登记写错了")
    (look,) = secret.ok("history", "2", "--access")
    assert (look["what"], look["filter"], look["why"], look["accusation"]) == ("reveal", about, "登记写错了", True)
    secret.ok("edit", "1", *changes) if changes[0] == "--complained-unit" else None  # of an ordinary case: none asked


@pytest.mark.parametrize(
    "changes", [("--kind", "检举控告", "--complained-unit", "旁的局"), ("--complained-unit", "测试二局")]
)
def test_no_undo_lays_it_open_without_a_reason(secret: Counter, changes: tuple[str, ...]) -> None:
    """What was an ordinary case before an edit would be one again, or complain of somebody else."""
    number = "1" if changes[0] == "--kind" else "2"
    secret.ok("edit", number, *changes, "--why", "登记写错了")
    before = secret.path.read_bytes()
    refused = secret("undo", "--yes")
    assert (refused.code, "--why" in refused.err, "测试" in refused.err) == (1, True, False)
    assert secret.path.read_bytes() == before
    secret.ok("undo", "--yes", "--why", "改错了")
    assert secret.ok("history", number, "--access")[0]["why"] == "改错了"


@pytest.mark.parametrize("nobody", ["无", "某 人", "未知", "不详", "有关部门"])
def test_who_names_nobody_has_not_said_who_is_accused(counter: Counter, tmp_path: Path, nobody: str) -> None:
    """Such an answer would let the accusation go anywhere."""
    words = ("add", "--received", "2023-05-02", "--channel", "来信", "--kind", "检举控告", "--title", "测试", "--yes")
    for option in ("--complained-unit", "--complained-person"):
        refused = counter(*words, option, nobody)
        assert (refused.code, "--complained-unknown" in refused.err) == (1, True)
    sheet = tmp_path / "in.csv"
    sheet.write_text(f"收到日期,信访形式,信访目的,概况,被反映单位\n2023-05-02,来信,检举控告,测试,{nobody}\n", "utf-8")
    counter.ok("import", str(sheet))
    counter.ok("unit", "add", "旁的局")
    refused = counter("assign", "1", "--to", "旁的局", "--json")
    assert (refused.code, refused.json()["error"]["code"] in ("unanswered", "unknown_accused")) == (1, True)


@pytest.mark.parametrize("word", [NAME, PHONE, PHONE[-4:], ID_NO])
def test_who_made_it_is_found_by_his_ordinary_case_alone(secret: Counter, word: str) -> None:
    assert [case["case_no"] for person in secret.ok("person", word) for case in person["cases"]] == ["XF2023-000001"]
    assert {case["case_no"] for case in secret.ok("search", word)} <= {"XF2023-000001"}
    assert "000002" not in words_of(secret, "duplicates")


def test_what_somebody_else_wrote_of_it_is_found_neither(secret: Counter) -> None:
    secret.ok("note", "2", "--text", "记录里的暗语")
    secret.ok("tag", "2", "--add", "暗语签")
    for ask in (
        ("search", "暗语"),
        ("list", "--where", "暗语"),
        ("list", "--where", "标签:暗语签"),
        ("list", "--tag", "暗语签"),
    ):
        assert "000002" not in words_of(secret, *ask), ask


def test_registering_again_confirms_nothing(secret: Counter) -> None:
    said = ("--channel", "来信", "--kind", "检举控告", "--title", "举报测试局乱收费", "--complained-unknown", "--yes")
    ran = secret("add", *said, "--name", NAME, "--phone", PHONE, "--id-no", ID_NO)
    assert "000002" not in ran.out + ran.err


def test_a_sheet_that_contradicts_it_is_told_nothing(secret: Counter, tmp_path: Path) -> None:
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["登记编号", "收到日期", "信访形式", "信访目的", "概况", "姓名", "联系电话", "被反映单位"])
        for number in ("1", "2"):
            kind = "检举控告" if number == "2" else "申诉求决"
            rows.writerow(
                [f"XF2023-00000{number}", f"2023-05-0{number}", "来信", kind, "别的", "别人", "13000000009", "别局"]
            )
    told = words_of(secret, "import", str(tmp_path / "in.csv"), "--dry-run", "--json")
    told += words_of(secret, "import", str(tmp_path / "in.csv"), "--update", "--json")
    assert all(word not in told for word in (NAME, PHONE, "乱收费", "测试局"))


def test_the_order_of_a_list_tells_nothing_of_a_title(secret: Counter) -> None:
    """Sorted by what was written, the accusation's place among others would spell it."""
    for title in ("甲事", "检举控告件乙", "丙事"):
        secret.add("2023-05-03", title=title)
    secret.add("2023-05-03", title="一一", kind="检举控告", complained_person="丁")
    order = [case["case_no"] for case in secret.ok("list", "--sort", "概况")]
    assert abs(order.index("XF2023-000002") - order.index("XF2023-000006")) == 1


@pytest.mark.parametrize("words", [("list",), ("overdue",), ("due", "--within", "900"), ("stats", "--year", "2023", "--cases", "cases"), ("export", "--csv"), ("export", "clocks", "--csv"), ("export", "events", "--csv"), ("meeting",), ("blame", "--year", "2023", "--cases"), ("history", "2"), ("doctor",), ("explain", "2"), ("stats", "--year", "2023", "--backdated", "--csv")])  # fmt: skip
def test_nowhere_is_told_of_whom_it_complains(secret: Counter, words: tuple[str, ...]) -> None:
    told = [line for line in words_of(secret, *words).splitlines() if "000002" in line]
    assert all("测试局" not in line and "乱收费" not in line for line in told), told


def test_a_gate_of_words_knows_former_names(secret: Counter, tmp_path: Path) -> None:
    secret.add("2023-06-05", title="铜丝甲反映铜丝乙多次来电13700001111", name="铜丝甲、铜丝乙", phone="13700001111")
    secret.ok("assign", "3", "--to", "测试局", "--on", "2023-06-06")
    secret.ok("edit", "3", "--name", "铜丝丙", "--phone", "13700002222")
    for told in (
        words_of(secret, "report", "month", "2023-06", "--json"),
        words_of(secret, "list", "--json"),
        words_of(secret, "remind", "--dry-run"),
    ):
        assert all(word not in told for word in ("铜丝甲", "铜丝乙", "铜丝丙", "13700001111"))


# ---- what goes to a unit ----------------------------------------------------------------------------------------


def test_the_hidden_page_of_a_sheet_is_as_closed_as_the_others(secret: Counter, tmp_path: Path) -> None:
    secret.ok("sheet", "测试局", "测试纪委", "-o", str(tmp_path / "out"))
    for file in (tmp_path / "out").iterdir():
        told = "".join(
            str(cell)
            for page in openpyxl.load_workbook(file)
            for row in page.iter_rows(values_only=True)
            for cell in row
        )
        assert all(word not in told for word in (NAME, PHONE, ID_NO, "乱收费", "举报"))
        assert ("000002" in told) == ("测试纪委" in file.name)


def test_a_link_leads_no_unit_to_it(secret: Counter) -> None:
    assert secret("link", "2", "--repeat-of", "1").code == 1
    assert secret("relate", "1", "--to", "2").code == 1
    secret.add("2023-05-03", title="同一个人再来")
    secret.ok("link", "3", "--repeat-of", "2")
    ran = secret("assign", "3", "--to", "测试局")
    assert (ran.code, "有关联的件，不能转送交办" in ran.err, "000002" in ran.err) == (1, True, False)
    secret.ok("assign", "3", "--to", "旁的局")


def test_a_repeat_of_what_the_accused_has_is_not_registered_so(secret: Counter) -> None:
    said = (
        "--channel",
        "来信",
        "--kind",
        "检举控告",
        "--title",
        "再告",
        "--complained-unit",
        "测试局",
        "--repeat-of",
        "1",
    )
    assert secret("add", *said, "--yes").code == 1
    assert len(secret.ok("list")) == 2
    secret.ok("add", *said, "--not-the-accused", "同名不同单位")
    assert [event["kind"] for event in secret.ok("history", "3")] == ["register", "not_the_accused"]


# ---- the log ----------------------------------------------------------------------------------------------------


def test_the_log_itself_names_no_accuser(secret: Counter) -> None:
    secret.ok("person", NAME, "--reveal", "--accusation", "--why", f"核对{NAME}的身份")
    secret.ok("search", PHONE, "--accusation", "--why", "核对")
    for words in (
        ("history", "--access"),
        ("history", "2", "--access"),
        ("history", "--access", "--csv"),
        ("report", "access", TODAY[:7]),
    ):
        told = words_of(secret, *words)
        assert all(word not in told for word in (NAME, PHONE, ID_NO)), words
    assert {one["what"] for one in secret.ok("history", "2", "--access")} == {"person", "search"}


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("export", "-o", "{out}/a.xlsx"), "export"), (("export", "events", "--csv"), "export"),
        (("export", "clocks", "-o", "{out}/c.csv"), "export"), (("export", "--full", "-o", "{out}/f.xlsx"), "export"),
        (("backup", "{out}/b.db"), "backup"), (("backup", "{out}"), "backup"), (("person", NAME), "person"), (("search", NAME), "search"),
        (("search", PHONE[-4:]), "search"), (("show", "1", "--reveal"), "reveal"), (("sheet", "测试局", "-o", "{out}/s"), "sheet"),
        (("letter", "转送函", "1", "-o", "{out}/l.docx"), "letter"), (("report", "unit", "测试局", "2023-05", "-o", "{out}/u.xlsx"), "report"),
    ],
)  # fmt: skip
def test_every_bulk_look_is_found_from_a_case_inside(
    secret: Counter, tmp_path: Path, words: tuple[str, ...], what: str
) -> None:
    (tmp_path / "out").mkdir()
    ran = secret(*(word.format(out=tmp_path / "out") for word in words))
    assert ran.code == 0, ran
    look = secret.ok("history", "1", "--access")[0]
    assert (look["what"], look["os_user"], look["host"]) == (what, login.os_user(), login.host())
    files = [file for file in (tmp_path / "out").rglob("*") if file.is_file()]
    assert bool(look["sha256"]) == bool(files)
    assert look["file"] in [None, *(file.name for file in files)]


def test_what_asks_for_an_accuser_asks_why(secret: Counter) -> None:
    for words in (
        ("show", "2", "--reveal"),
        ("person", NAME, "--reveal"),
        ("list",),
        ("overdue",),
        ("search", "乱收费"),
        ("duplicates",),
    ):
        assert secret(*words, "--accusation").code == 1, words


# ---- under another's name ---------------------------------------------------------------------------------------


def test_a_word_takes_back_nobody_elses_step(secret: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    secret.ok("note", "1", "--text", "记一笔", actor="测试员")
    from xinfang_cli.book import chain

    monkeypatch.setattr(chain, "os_user", lambda: "别的用户")
    ran = secret("undo", actor="测试员")
    assert (ran.code, "没有可以撤销" in ran.err) == (1, True)


def test_who_was_logged_in_stands_beside_the_name_given(secret: Counter) -> None:
    secret.ok("note", "1", "--text", "记一笔", actor="借来的名字")
    event = secret.ok("show", "1")["events"][-1]
    assert (event["actor"], event["os_user"], event["host"]) == ("借来的名字", login.os_user(), login.host())
    assert f"借来的名字（{login.os_user()}@{login.host()}）" in "".join(secret("show", "1").out.split())


# ---- what is typed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["person", "search"])
def test_a_name_is_read_from_elsewhere_than_the_command_line(secret: Counter, command: str) -> None:
    ran = secret(command, "-", "--json", stdin=f"{NAME}\n")
    assert ran.code == 0, ran
    assert "XF2023-000001" in ran.out
    assert secret(command, "-", "--json", stdin="\n").code == 1


@pytest.mark.parametrize("command", ["person", "search"])
def test_on_a_terminal_it_is_typed_unseen(secret: Counter, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def unseen(prompt: str) -> str:
        asked.append(prompt)
        return NAME

    monkeypatch.setattr("getpass.getpass", unseen)
    monkeypatch.setattr("sys.stdin", type("Tty", (io.StringIO,), {"isatty": lambda self: True})())
    assert options.unwritten("-", "姓名") == NAME
    assert asked == ["姓名（不显示）："]
    assert options.unwritten("测试甲", "姓名") == "测试甲"


# ---- files ------------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("kind", ["fifo", "link", "folder", "device"])
def test_what_is_no_file_is_no_evidence(secret: Counter, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "证据"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(secret.path)
    elif kind == "folder":
        path.mkdir()
    else:
        path = Path("/dev/null")
    assert secret("attach", "1", str(path)).code in (1, 3)
    assert secret.ok("show", "1")["attachments"] == []


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_what_carries_cases_is_its_owners_alone(secret: Counter, tmp_path: Path, umask: int) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "a.txt").write_text("x")
    was = os.umask(umask)
    try:
        secret.ok("attach", "1", str(tmp_path / "a.txt"))
        for words in (
            ("export", "-o", "{}/a.xlsx"), ("export", "-o", "{}/a.csv"), ("export", "-o", "{}/a.json"), ("sheet", "测试局", "-o", "{}"),
            ("letter", "转送函", "1", "-o", "{}/l.docx"), ("report", "unit", "测试局", "2023-05", "-o", "{}/u.xlsx"),
            ("meeting", "-o", "{}/m.xlsx"), ("backup", "{}/b.db"), ("doctor", "--security", "-o", "{}/s.md"),
        ):  # fmt: skip
            ran = secret(*(word.format(out) for word in words))
            assert ran.code == 0, (words, ran)
    finally:
        os.umask(was)
    for file in (*out.rglob("*"), *Path(f"{secret.path}.files").rglob("*"), Path(f"{secret.path}.files")):
        assert not stat.S_IMODE(file.stat().st_mode) & 0o077, file


def test_a_backup_is_never_put_over_a_book_in_use(secret: Counter, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    secret.ok("init", db=other)
    Path(f"{other}-wal").write_bytes(b"x")
    (tmp_path / "link.db").symlink_to(secret.path)
    os.link(secret.path, tmp_path / "hard.db")
    before = {file: file.read_bytes() for file in (other, secret.path)}
    for target in (secret.path, tmp_path / "link.db", tmp_path / "hard.db", other):
        assert secret("backup", str(target), "--force").code == 1, target
    assert {file: file.read_bytes() for file in before} == before


@posix
def test_what_a_killed_export_left_goes_when_the_book_is_next_opened(secret: Counter) -> None:
    folder = secret.path.parent
    dead = folder / f".xinfang-{os.getuid()}-4194304-x"
    alive = folder / f".xinfang-{os.getuid()}-{os.getpid()}-x"
    for one in (dead, alive):
        one.mkdir()
        (one / "sheet1.xml").write_text(NAME)
    secret.ok("list")
    assert (dead.exists(), alive.exists()) == (False, True)
    sweep_scratch(folder / "没有")


@posix
def test_a_pager_writes_nothing_and_starts_nothing(
    secret: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "_a_real_terminal", lambda: True)
    pager = tmp_path / "pager"
    pager.write_text(f'#!/bin/sh\ncat >/dev/null; echo "$LESSSECURE $LESSHISTFILE" > {tmp_path}/said\n')
    pager.chmod(0o755)
    for _ in range(9):
        secret.add("2023-05-03")
    asked = {"PAGER": str(pager), "LINES": "6", "COLUMNS": "80", "LESSSECURE": "0", "LESSHISTFILE": "/tmp/x"}
    assert secret("list", "--limit", "0", terminal=True, env=asked).code == 0
    assert (tmp_path / "said").read_text().split() == ["1", "-"]


@pytest.mark.parametrize("words", [("report", "year", "2023", "--json"), ("report", "year", "2023")])
def test_a_published_report_names_no_unit_that_few_complain_of(secret: Counter, words: tuple[str, ...]) -> None:
    assert "被反映较多" not in words_of(secret, *words)
    for _ in range(4):
        secret.add("2023-05-03", kind="检举控告", complained_unit="测试局")
    assert "被反映较多的单位：测试局" in words_of(secret, *words)


def test_what_is_left_out_of_a_year_is_no_doubt_when_it_is_published(secret: Counter) -> None:
    ran = secret("report", "year", "2023", "--publish", "--yes")
    assert ran.code == 0, ran
    assert "都一致" in ran.err


def test_columns_of_other_offices_tell_nothing_of_it(counter: Counter, tmp_path: Path) -> None:
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["登记编号", "收到日期", "信访目的", "概况", "姓名", "被反映单位", "经办备注"])
        rows.writerow(["XF2023-000001", "2023-05-01", "检举控告", "举报", NAME, "某局", f"暗语{NAME}"])
        rows.writerow(["XF2023-000002", "2023-05-01", "申诉求决", "反映", "测试甲", "", "明语测试甲"])
    counter.ok("import", str(tmp_path / "in.csv"))
    told = "".join(
        words_of(counter, *words)
        for words in (
            ("list", "--columns", "编号,经办备注", "--csv"), ("list", "--where", "经办备注:暗语"), ("export", "--csv"),
            ("list", "--where", "-经办备注:无", "--columns", "编号,经办备注"), ("search", "暗语"),
        )
    )  # fmt: skip
    assert "暗语" not in told.replace("经办备注:暗语", "").replace("「暗语」", "")
    assert "明语" in told
    assert "测试甲" not in told


def test_the_questions_of_add_tell_nothing_of_it(secret: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever begins to register the same petitioner and the same words is offered the ordinary case alone."""
    monkeypatch.setattr(asking, "somebody_there", lambda: True)
    asked: list[str] = []
    answers = {
        "信访目的": "检举控告",
        "概况": "举报测试局乱收费",
        "姓名": NAME,
        "电话": PHONE,
        "证件": ID_NO,
        "信访形式": "来信",
    }

    def ask(question: str, *rest: object, **given: object) -> str:
        asked.append(question)
        assert len(asked) < 100
        return next((answer for word, answer in answers.items() if word in question), "")

    monkeypatch.setattr(asking, "ask", ask)

    def yes(question: str, *rest: object, **given: object) -> bool:
        asked.append(question)
        return True

    monkeypatch.setattr(asking, "yes", yes)
    ran = secret("add", "--complained-unknown", "--received", "2023-06-01")
    told = ran.out + ran.err + "".join(asked)
    assert "XF2023-000001" in told, told
    assert "000002" not in told


def test_what_was_suggested_names_no_petitioner(secret: Counter) -> None:
    said = ("--to", "旁的局", "--text", f"{NAME}（{PHONE}）反映的供水，请改进", "--case", "1", "--case", "2")
    told = words_of(secret, "advise", "add", "改进工作", *said, "--json")
    for words in (("advise", "list"), ("advise", "list", "--json"), ("report", "year", "2023"), ("undo", "--list")):
        told += words_of(secret, *words)
    assert "供水" in told
    assert NAME not in told
    assert PHONE not in told
