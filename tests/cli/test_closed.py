"""What is closed of an accusation stands in no list, finds nothing and puts nothing in order (art. 30)."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from tests.cli.conftest import TODAY, Counter

ASKED = ("--accusation", "--why", "测试")
CLOSED = (
    "密题类",
    "密地镇",
    "密领导",
    "密签",
    "密列",
    "密稳镇",
    "密单位",
    "密某甲",
    "密举报",
    "13700013700",
    "进京",
    "领导信箱",
)
"""What nothing may tell of 2; and 37 people made it."""


@pytest.fixture(scope="module")
def closed_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1: an ordinary case. 2: an accusation with everything that is closed. 3: an ordinary case that repeats 2."""
    folder = tmp_path_factory.mktemp("closed")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, str(folder / "home"))
        at = Counter(folder / "book.db", patch)
        for unit in ("测试局", "测试纪委", "密稳镇", "旁的局"):
            at.ok("unit", "add", unit)
        sheet = openpyxl.Workbook()
        page = sheet.active
        assert page is not None
        page.append(["登记编号", "收到日期", "信访形式", "信访目的", "概况", "姓名", "联系电话", "内容分类", "问题属地", "信访人数", "备用列", "被反映单位", "包案领导"])  # fmt: skip
        page.append(["XF2023-000001", "2023-05-01", "来信", "申诉求决", "道路", "测试甲", "13000000001", "民政", "测试镇", 2, "明列", "", "明领导"])  # fmt: skip
        page.append(["XF2023-000002", "2023-05-02", "领导信箱", "检举控告", "密举报某事", "密某甲", "13700013700", "密题类", "密地镇", 37, "密列", "密单位", "密领导"])  # fmt: skip
        page.append(["XF2023-000003", "2023-05-03", "来访", "申诉求决", "又一件", "测试丙", "13000000003", "民政", "测试镇", 9, "", "", ""])  # fmt: skip
        sheet.save(folder / "in.xlsx")
        at.ok("import", str(folder / "in.xlsx"))
        at.ok("edit", "2", "--level", "进京")
        at.ok("tag", "2", "--add", "密签")
        at.ok("tag", "1", "--add", "明签")
        at.ok("link", "3", "--repeat-of", "2")
        for which, unit in (("1", "测试局"), ("2", "测试纪委"), ("3", "旁的局")):
            at.ok("assign", which, "--to", unit, "--on", "2023-05-04")
        at.ok("backlog", "join", "2", "--batch", "第一批", "--guard-unit", "密稳镇", "--lead", "密领导")
        at.ok("backlog", "join", "1", "--batch", "第一批")
        at.ok("reception", "log", "2", "--leader", "密领导", "--on", "2023-06-05")
    Path(f"{folder}/book.db-wal").unlink(missing_ok=True)
    return folder


@pytest.fixture
def at(closed_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    shutil.copyfile(closed_book / "book.db", tmp_path / "book.db")
    return Counter(tmp_path / "book.db", monkeypatch)


def text_of(file: Path) -> str:
    content = file.read_bytes()
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with ZipFile(io.BytesIO(content)) as packed:
        return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


READ = [
    "", "list", "list --json", "list --csv", "list --columns 编号,形式,分类,属地,人数,包案,原登记编号,备用列", "overdue", "overdue --json", "overdue --csv",
    "due --within 900", "due --within 900 --json", "due --within 900 --windows --csv", "due --differs", "show 2", "show 2 --json", "show 3 --json", "explain 2", "history 2",
    "stats --year 2023 --cases cases", "stats --year 2023 --cases cases --json", "stats --year 2023 --cases acceptance --csv", "stats --year 2023 --topic 密题类 --cases cases --json",
    "blame --year 2023 --cases", "blame --year 2023 --cases --json", "outlook --year 2023 --json", "meeting", "meeting --json", "meeting 2 -o {out}/m.xlsx",
    "backlog list", "backlog list --json", "backlog list --csv", "reception list", "reception list --json", "reception list --csv", "remind --dry-run", "remind --dry-run --json",
    *(f"export {what} {form}" for what in ("cases", "clocks", "events") for form in ("--csv", "--json", "-o {out}/e.xlsx")), "export --full -o {out}/f.xlsx", "export --reveal --json",
    "sheet 测试纪委 -o {out}/s", "report unit 测试纪委 2023 --json", "report month 2023-05", "duplicates --json", "note 2 --text 一笔 --json", "undo --list", "doctor",
    "completion --answer -- list --lead", "completion --answer -- list --tag", "completion --answer -- show", "completion --answer -- list --where",
]  # fmt: skip


@pytest.mark.parametrize("words", READ)
def test_no_list_tells_it(at: Counter, tmp_path: Path, words: str) -> None:
    (tmp_path / "out").mkdir()
    typed = words.format(out=tmp_path / "out").split()
    ran = at(*typed, today=TODAY)
    assert ran.code in (0, 1), ran
    told = ran.out + ran.err + "".join(text_of(one) for one in (tmp_path / "out").rglob("*") if one.is_file())
    own = (
        {"密稳镇", "密题类", "密地镇"}
        if "--full" in words
        else {"密稳镇", "密题类"}
        if "report month" in words
        else {"密稳镇"}
        if "undo" in words
        else set()
    )
    wrong = {word for word in CLOSED if word in told and word not in words} - own  # the office's lists, and its figures
    assert not wrong, (wrong, told)


def test_its_row_is_there_and_empty(at: Counter) -> None:
    row = next(case for case in at.ok("list") if case["case_no"] == "XF2023-000002")
    assert (row["title"], row["stage"], row["unit"], row["kind"]) == (
        "检举控告件",
        "assigned",
        "测试纪委",
        "accusation",
    )
    assert (row["next_clock"], row["due_on"], row["received_on"]) == ("acceptance", "2023-05-19", "2023-05-02")
    assert [row[key] for key in ("topic", "region", "lead", "headcount", "repeat_of")] == [None] * 5
    assert row["channel"] == "web"  # by its group alone: 领导信箱 is one of 网信
    row = next(case for case in at.ok("list", *ASKED) if case["case_no"] == "XF2023-000002")
    assert (row["topic"], row["region"], row["lead"], row["headcount"], row["channel"]) == ("密题类", "密地镇", "密领导", 37, "mailbox")  # fmt: skip


FILTERS = [
    ("--topic", "密题类"), ("--region", "密地镇"), ("--lead", "密领导"), ("--tag", "密签"), ("--channel", "领导信箱"),
    *(("--where", word) for word in ("分类:密题类", "属地:密地镇", "包案:密领导", "标签:密签", "层级:进京", "人数:37", "人数>30", "是:集体访", "备用列:密列", "形式:领导信箱", "密举报")),
]  # fmt: skip


@pytest.mark.parametrize(("flag", "word"), FILTERS)
def test_nothing_finds_it_by_that(at: Counter, flag: str, word: str) -> None:
    number = "XF2023-000002"
    for ask in (("list", flag, word), ("export", flag, word)):
        assert number not in {case["case_no"] for case in at.ok(*ask)}, ask
    assert number not in at("meeting", flag, word, "--json").out
    count = int(at("list", flag, word, "--count").out)
    assert count == len(at.ok("list", flag, word))
    assert at("list", flag, word, "--count", "--accusation").code == 1  # not without a reason
    if word != "是:集体访":
        assert number in {case["case_no"] for case in at.ok("list", flag, word, *ASKED)}


@pytest.mark.parametrize("term", ["-分类:密题类", "-属地:密地镇", "-包案:密领导", "-标签:密签", "-人数:37", "-备用列:密列", "分类:空", "包案:空", "标签:空", "备用列:空"])  # fmt: skip
def test_what_is_closed_is_empty_to_every_condition(at: Counter, term: str) -> None:
    """Were it left out of what is without a topic, its absence would tell the topic."""
    assert "XF2023-000002" in {case["case_no"] for case in at.ok("list", "--where", term)}


@pytest.mark.parametrize("column", ["分类", "属地", "人数", "包案", "原登记编号"])
def test_no_order_places_it(at: Counter, column: str) -> None:
    for order in (column, f"-{column}"):
        assert [case["case_no"] for case in at.ok("list", "--sort", order)][
            -1
        ] == "XF2023-000002" or column == "原登记编号"


def test_the_form_places_it_by_its_group(at: Counter) -> None:
    at.ok("add", "--received", "2023-05-05", "--channel", "网上信访", "--kind", "检举控告", "--title", "另", "--complained-person", "某甲", "--yes")  # fmt: skip
    order = [case["case_no"] for case in at.ok("list", "--sort", "形式")]
    assert order.index("XF2023-000004") - order.index("XF2023-000002") == -1  # the newer first: one place for both


def test_its_words_are_shown_to_who_says_why(at: Counter) -> None:
    shown = at.ok("show", "2")
    assert (shown["content"], shown["tags"], shown["complained_unit"], shown["petitioner"]["name"]) == (
        None,
        [],
        None,
        None,
    )
    assert {clock["kind"] for clock in shown["clocks"]} >= {"dispatch", "acceptance"}
    assert at("show", "2", "--accusation").code == 1
    shown = at.ok("show", "2", *ASKED)
    assert (shown["title"], shown["tags"], shown["topic"], shown["headcount"]) == ("密举报某事", ["密签"], "密题类", 37)
    assert shown["petitioner"]["name"] == "密**"
    assert at.ok("show", "2", "--reveal", *ASKED)["petitioner"]["name"] == "密某甲"
    looks = at.ok("history", "2", "--access")
    assert [(look["accusation"], look["why"]) for look in looks] == [(True, "测试")] * 2


def test_whose_case_repeats_it_is_not_told(at: Counter) -> None:
    for words in (("list",), ("show", "3"), ("export",), ("export", "events"), ("search", "又一件")):
        assert not [line for line in at(*words, "--json").out.replace("}, {", "}\n{").splitlines() if "000003" in line and "000002" in line], words  # fmt: skip
    assert at.ok("show", "3", *ASKED)["repeat_of"] == "XF2023-000002"


def test_the_figures_count_it_and_their_cases_do_not_name_it(at: Counter) -> None:
    figures = at.ok("stats", "--year", "2023", "--topic", "密题类")
    assert (figures["volumes"]["cases"], figures["volumes"]["people"]) == (1, 37)
    opened = at.ok("stats", "--year", "2023", "--topic", "密题类", "--cases", "cases")
    assert [(one["case_no"], one["headcount"], one["unit"]) for one in opened] == [(None, None, None)]
    opened = at.ok("stats", "--year", "2023", "--cases", "cases")
    assert {one["case_no"]: one["headcount"] for one in opened} == {"XF2023-000001": 2, "XF2023-000002": None, "XF2023-000003": 9}  # fmt: skip


def test_a_masked_ledger_of_it_is_taken_by_another_book(at: Counter, tmp_path: Path) -> None:
    at.ok("export", "--full", "-o", str(tmp_path / "full.xlsx"))
    other = tmp_path / "other.db"
    at.ok("import", str(tmp_path / "full.xlsx"), db=other)
    here, there = (at.ok("show", "2", db=db) for db in (at.path, other))
    assert [(c["kind"], c["due"], c["state"]) for c in here["clocks"]] == [(c["kind"], c["due"], c["state"]) for c in there["clocks"]]  # fmt: skip
    assert json.dumps(at.ok("show", "2", *ASKED, db=other), ensure_ascii=False).count("密") == 0


def test_few_accusations_are_counted_out_in_no_form_of_a_bulletin(counter: Counter) -> None:
    """Nor in the month before, from which the sum of both would give them."""
    for day, kinds in (("2023-05-04", ("检举控告", "申诉求决", "申诉求决", "建议意见")),
                       ("2023-04-04", ("检举控告", "检举控告", "检举控告", "申诉求决", "咨询", "咨询"))):  # fmt: skip
        for kind in kinds:
            counter.add(day, kind=kind, **({"complained-unit": "某局"} if kind == "检举控告" else {}))
    whole = counter.ok("report", "month", "2023-05", today="2023-06-01")
    for record in (whole["figures"], whole["figures_so_far"], *whole["figures"]["trend"]):
        told = record["volumes"]["by_kind"]
        if record["volumes"]["cases"]:
            assert told["accusation"] is None
            assert list(told.values()).count(None) == 2  # the smallest other, too: no sum leads back
    assert counter.ok("stats", "--month", "2023-05", today="2023-06-01")["volumes"]["by_kind"]["accusation"] == 1
    for _ in range(2):
        counter.add("2023-05-05", kind="检举控告", **{"complained-unit": "某局"})
    whole = counter.ok("report", "month", "2023-05", today="2023-06-01")
    assert whole["figures"]["volumes"]["by_kind"]["accusation"] == 3
