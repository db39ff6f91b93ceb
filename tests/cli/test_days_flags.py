"""Day words, on every flag that takes a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Counter, tree

pytestmark = pytest.mark.long

# What else each command needs before a day flag can be looked at.
NEEDED: dict[str, list[str]] = {
    "assign": ["1", "--to", "教育局"],
    "config set": ["targets.one_time", "90"],
    "extend": ["1", "--days", "5"],
    "export": [],
    "reconcile": [str(Path(__file__).parent.parent / "intake" / "ugly-export.xlsx")],
    "outlook": [],
    "blame": [],
    "report": ["month", "2023-06"],
    "letter": ["受理告知书", "1", "-o", "letter.docx"],
    "duplicates": [],
    "purge": [],
    "refuse": ["1", "--ground", "正在办理"],
    "redirect": ["1", "--to", "仲裁", "--where", "测试仲裁委"],
    "note": ["1", "--text", "甲"],
    "assist": ["1", "--unit", "教育局"],
    "co-handle": ["1", "--unit", "教育局"],
    "recuse": ["1", "--person", "测试丙"],
    "close": ["1", "--outcome", "予以支持"],
    "review": ["1", "--result", "维持"],
    "recheck": ["1", "--result", "维持"],
    "step": ["1", "--kind", "约谈", "--body", "测试联席会议"],
    "report-up": ["1", "--to", "市信访局"],
    "link": ["1", "--repeat-of", "2"],
    "relate": ["1", "--to", "2"],
    "lead": ["1", "--name", "测试领导"],
    "tag": ["1", "--add", "扬言"],
    "edit": ["1", "--title", "改了"],
    "correct": ["1", "--event", "1", "--reason", "录错"],
    "add": ["--channel", "来信", "--kind", "咨询", "--title", "x"],
    "backlog join": ["1", "--batch", "测试批次"],
    "backlog edit": ["1", "--lead", "测试领导"],
    "backlog list": [],
    "backlog status": [],
    "reception roster": [],
    "reception log": ["1", "--leader", "测试领导"],
    "reception order": ["1", "--by", "2023-08-01"],
    "reception follow": ["落实", "1"],
    "reception list": [],
    "reception status": [],
    "advise add": ["改进工作", "--to", "测试局"],
    "advise answer": ["1", "--adopted"],
    "advise list": [],
    "standing add": ["积案化解率", "--rank", "1"],
    "meeting": [],
    "stats": [],
    "explain": ["--clock", "受理"],
    "list": [],
    "attach": ["1", __file__],
    "search": ["供水"],
    "undo": [],
    "city stats": [],
}
PARTNER = {
    ("assist", "--on"): ["--answered"],
    ("supervise", "--on"): ["--answered"],
    ("hearing", "--from"): ["--to", "今天"],
    ("hearing", "--to"): ["--from", "昨天"],
    ("hearing", "--on"): ["--from", "昨天", "--to", "今天"],
    ("stats", "--to"): ["--from", "2023-01-01"],
    ("city stats", "--to"): ["--from", "2023-01-01"],
    ("reception roster", "--to"): ["--from", "2023-01-01"],
    ("reception list", "--to"): ["--from", "2023-01-01"],
    ("reception status", "--to"): ["--from", "2023-01-01"],
    ("advise list", "--to"): ["--from", "2023-01-01"],
    ("reconcile", "--to"): ["--from", "2023-01-01"],
    ("outlook", "--to"): ["--from", "2023-01-01"],
    ("blame", "--to"): ["--from", "2023-01-01"],
}


def day_flags() -> list[tuple[tuple[str, ...], str]]:
    return [
        (words, max(param.opts, key=len))
        for words, command, _ in tree()
        if words
        for param in command.params
        if getattr(param, "metavar", None) in ("日期", "起..止")
    ]


def test_the_flags_that_take_a_day() -> None:
    found = {(" ".join(words), flag) for words, flag in day_flags()}
    assert len(found) >= 50
    for promised in ("assign --feedback-by", "accept --told", "accept --due", "close --delivered", "close --fulfil-by"):
        assert tuple(promised.split()) in found
    for promised in ("review --redo-by", "supervise --answer-by", "stats --as-of", "stats --week", "add --report-by"):
        assert tuple(promised.split()) in found


@pytest.mark.parametrize(
    ("words", "flag"), day_flags(), ids=lambda value: value if isinstance(value, str) else "_".join(value)
)
def test_a_day_flag(counter: Counter, words: tuple[str, ...], flag: str) -> None:
    counter.add("2023-07-01")
    name = " ".join(words)
    needed = ["--batch", "测试批次"] if (name, flag) == ("backlog join", "--received") else NEEDED.get(name, ["1"])
    said = [*words, *needed, *PARTNER.get((name, flag), [])]
    for wrong in ("2023-02-30", "7.8.23", "23-7-18", "下周", ""):
        ran = counter(*said, flag, wrong, "--json")
        assert ran.code == 1, (said, flag, wrong, ran)
        assert flag in ran.error()["message"]
        if wrong:
            assert wrong in ran.error()["message"]
    for right in (
        "2023-07-10",
        "2023/7/10",
        "2023.7.10",
        "2023年7月10日",
        "20230710",
        "7-10",
        "昨天",
        "-3",
        "２０２３－７－１０",
    ):
        ran = counter(*said, flag, right, "--json")
        if words[0] == "city":  # the day was read; then a server is asked for
            assert (ran.code, ran.error()["code"]) == (3, "engine")
            continue
        assert ran.code in (0, 1), (said, ran)
        if ran.code == 1:  # the law may say no, but not to the way the day was written
            assert f"{flag}「" not in ran.error()["message"] or "早于" in ran.error()["message"], ran
            assert ran.error()["code"] != "bad_value" or "早于" in ran.error()["message"] or "--clock" in ran.err, ran


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("2023-07-16", "2023-07-16"),
        ("2023/7/6", "2023-07-06"),
        ("2023.7.6", "2023-07-06"),
        ("2023年7月6日", "2023-07-06"),
        ("20230706", "2023-07-06"),
        ("7-6", "2023-07-06"),
        ("7月6日", "2023-07-06"),
        ("今天", "2023-07-17"),
        ("昨天", "2023-07-16"),
        ("前天", "2023-07-15"),
        ("-3", "2023-07-14"),
        ("-0", "2023-07-17"),
        ("２０２３年７月６日", "2023-07-06"),
        ("－３", "2023-07-14"),
    ],
)
def test_what_the_words_mean(counter: Counter, word: str, meant: str) -> None:
    fields = ["--channel", "来信", "--kind", "咨询", "--title", "x"]
    assert counter.ok("add", *fields, "--received", word)["received_on"] == meant
    counter.ok("note", "1", "--text", "甲", "--on", word)
    assert counter.ok("show", "1")["events"][-1]["on"] == meant
    shown = counter.ok("stats", "--week", word)["period"]
    assert shown["from"] <= meant <= shown["to"]


@pytest.mark.parametrize(("flag", "key"), [("--report-by", "report_by"), ("--deceased-on", "deceased_on")])
def test_a_day_of_the_intake_can_be_taken_away(counter: Counter, flag: str, key: str) -> None:
    counter.add("2023-07-01")
    counter.ok("edit", "1", flag, "7-10")
    assert counter.ok("show", "1")[key] == "2023-07-10"
    counter.ok("edit", "1", flag, "无")
    assert counter.ok("show", "1")[key] is None


def test_a_day_without_year_is_in_todays_year(counter: Counter) -> None:
    counter.add("2023-07-17")
    assert (
        counter.ok(
            "add", "--channel", "来信", "--kind", "咨询", "--title", "x", "--received", "3-1", today="2025-05-01"
        )["received_on"]
        == "2025-03-01"
    )
    assert counter("list", "--received", "2-29", today="2023-05-01").code == 1


def test_today_itself_takes_the_words(counter: Counter) -> None:
    assert counter("list", today="2023年7月17日").code == 0
    assert counter("list", today="今天").code == 0


@pytest.mark.parametrize(
    ("span", "numbers"),
    [
        ("2023-07-02..2023-07-03", ["2", "3"]),
        ("2023-07-02..", ["2", "3", "4"]),
        ("..7-2", ["1", "2"]),
        ("2023-07-02", ["2"]),
        ("前天..今天", []),
    ],
)
def test_spans(counter: Counter, span: str, numbers: list[str]) -> None:
    for day in ("2023-07-01", "2023-07-02", "2023-07-03", "2023-07-04"):
        counter.add(day)
    listed = [row["case_no"] for row in counter.ok("list", "--received", span)]
    assert listed == [f"XF2023-00000{number}" for number in reversed(numbers)]
