"""Personal data: masked everywhere unless asked for by name, and the asking is in the book."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Counter

NAME, ID_NO, PHONE, ADDRESS = "欧阳测试", "11010119900307803X", "13900001234", "某某区望禾街道一号院二单元三零一"


@pytest.fixture
def book(counter: Counter) -> Counter:
    counter.add("2023-07-01", name=NAME, id_no=ID_NO, phone=PHONE, address=ADDRESS)
    counter.add("2023-07-10", name=NAME, id_no=ID_NO, phone=PHONE, address=ADDRESS)
    counter.ok("edit", "1", "--phone", "13900005678", "--address", "别的地址四号楼五层六室")
    counter.ok("correct", "1", "--event", "1", "--on", "2023-06-30", "--reason", "录错")
    return counter


def secret(text: str) -> bool:
    return any(word in text for word in (NAME, ID_NO, PHONE, ADDRESS, "13900005678", "别的地址四号楼五层六室"))


SHOWING = [
    ("show", "1"),
    ("history", "1"),
    ("list",),
    ("overdue",),
    ("due", "--within", "60"),
    (),
    ("remind", "--dry-run"),
    ("explain", "1"),
    ("doctor",),
    ("stats", "--by", "channel"),
    ("undo", "--list"),
]


@pytest.mark.parametrize("words", SHOWING)
def test_masked_on_every_page(book: Counter, words: tuple[str, ...]) -> None:
    for form in ((), ("--json",), ("--csv",) if words and words[0] in ("list", "overdue", "due", "history") else ()):
        ran = book(*words, *form)
        assert ran.code == 0
        assert not secret(ran.out + ran.err), (words, form)


def test_changing_commands_do_not_show_it(book: Counter) -> None:
    fields = ("--name", NAME, "--id-no", ID_NO, "--phone", PHONE, "--address", ADDRESS)
    for ran in (
        book("add", "--channel", "来信", "--kind", "咨询", "--title", "x", *fields),
        book("add", "--channel", "来信", "--kind", "咨询", "--title", "x", *fields, "--json"),
        book("edit", "2", "--phone", "13900005678", "--json"),
        book("link", "2", "--repeat-of", "1", "--json"),
    ):
        assert ran.code == 0
        assert not secret(ran.out + ran.err)


def test_reveal_shows_it_and_is_written_down(book: Counter) -> None:
    shown = book.ok("show", "1", "--reveal", actor="测试丙")
    assert shown["petitioner"] == {
        "name": NAME,
        "id_no": ID_NO,
        "phone": "13900005678",
        "address": "别的地址四号楼五层六室",
    }
    assert "13900005678" in book("show", "1", "--reveal").out
    log = [(row["actor"], row["what"], row["cases"], row["revealed"]) for row in book.ok("history", "--access")]
    assert log == [("测试员", "reveal", ["XF2023-000001"], True), ("测试丙", "reveal", ["XF2023-000001"], True)]


def test_who_looked_can_be_looked_up(book: Counter, tmp_path: Path) -> None:
    book.add("2023-07-01", name="测试戊")
    assert book("history", "--access").out == "没有查阅记录\n"
    book.ok("show", "1", "--reveal", actor="测试丙")
    book.ok("show", "2", "--reveal", actor="测试丁")
    book.ok("export", "--reveal", "--kind", "申诉求决", "--why", "测试核对", actor="测试丁")
    rows = book.ok("history", "--access")
    assert [(row["actor"], row["what"], row["filter"], row["why"]) for row in rows] == [
        ("测试丁", "export", "cases --kind 申诉求决", "测试核对"),
        ("测试丁", "reveal", None, None),
        ("测试丙", "reveal", None, None),
    ]
    assert [row["actor"] for row in book.ok("history", "1", "--access")] == ["测试丁", "测试丙"]  # one of many
    assert book.ok("history", "2", "--access")[0]["rows"] == 3
    assert len(book.ok("history", "--access", "--limit", "2")) == 2
    book.ok("assign", "1", "--to", "教育局", "--new-unit", actor="测试戊")
    book.ok("letter", "转送函", "1", "-o", str(tmp_path / "转送函.docx"), actor="测试戊")
    assert "文书 转送函 XF2023-000001" in book("history", "1", "--access").out
    (made,) = [row for row in book.ok("history", "--access") if row["file"]]
    assert made["sha256"] == hashlib.sha256((tmp_path / "转送函.docx").read_bytes()).hexdigest()
    shown = book("history", "--access").out
    assert "显示个人信息 XF2023-000001" in shown
    assert "导出 cases" in shown
    assert book("history", "--access", "--csv").out.startswith(
        "\ufeff时间,经办人,登录用户,机器,看了什么,件数,事由,文件,SHA-256"
    )
    assert book("history", "--json").code == 2
    assert book("history", "1", "--limit", "2").code == 1


def test_without_reveal_nothing_is_written_down(book: Counter) -> None:
    book.ok("show", "1")
    assert book.ok("history", "--access") == []


def test_the_accuser_needs_a_second_word(counter: Counter) -> None:
    counter.add(kind="检举控告", name=NAME)
    for form in ((), ("--json",)):
        ran = counter("show", "1", "--reveal", *form)
        assert NAME not in ran.out + ran.err
        assert "--accusation" in ran.err
    assert counter.ok("show", "1", "--reveal", "--accusation", "--why", "测试核对")["petitioner"]["name"] == NAME


def test_a_book_that_cannot_be_written_reveals_nothing(book: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinfang_cli.book.sqlite import opening as book_open

    real = book_open._connect

    def read_only(path: object) -> sqlite3.Connection:
        conn = real(path)  # type: ignore[arg-type]
        conn.execute("PRAGMA query_only = ON")
        return conn

    monkeypatch.setattr(book_open, "_connect", read_only)
    ran = book("show", "1", "--reveal", "--json")
    assert ran.code == 3
    assert not secret(ran.out + ran.err)


PHONES = (
    *("13900001234", "１３９００００１２３４", "139 0000 1234", "139-0000-1234", "+86 13900001234", "(86)13900001234"),
    *("0086-139-0000-1234", "139\u200b0000\u200b1234", "\u202d13900001234\u202c", "\ufeff13900001234", "139.0000.1234"),
    *("139\xa00000\xa01234", "139\u20600000\u20601234", "'13900001234", "＋８６－１３９－００００－１２３４"),
)
IDS = (
    *(ID_NO, ID_NO.lower(), "１１０１０１１９９００３０７８０３Ｘ", "110101 19900307 803x", "110101-19900307-803X"),
    *("\u200b110101199003\u200b07803X", "'11010119900307803X", "\u202d11010119900307803X\u202c"),
)
NAMES = (
    NAME,
    "欧 阳 测 试",
    "欧阳\u200b测试",
    "\u3000欧阳测试\u3000",
    "欧阳\xa0测试",
    "\ufeff欧阳测试",
)


def test_a_person_is_the_same_however_he_is_typed(counter: Counter) -> None:
    """In add, edit, correct, person, search and --where as in an import."""

    def kept(number: str) -> dict[str, str]:
        said: dict[str, str] = counter("show", number, "--reveal", "--json").json()["petitioner"]
        return said

    counter.add("2023-07-01", name="测试乙", id_no="110101199003070011", phone="13000000000")
    counter.add("2023-07-02", name=NAMES[1], id_no=IDS[2], phone=PHONES[4])
    clean = {"name": NAME, "id_no": ID_NO, "phone": PHONE}
    for n in range(max(len(PHONES), len(IDS), len(NAMES))):
        name, id_no, phone = (forms[n % len(forms)] for forms in (NAMES, IDS, PHONES))
        ran = counter("edit", "1", "--name", name, "--id-no", id_no, "--phone", phone)
        assert ("已经是这样" in ran.err) == (n > 0), (name, id_no, phone)
        assert kept("1").items() >= clean.items(), (name, id_no, phone)
    assert kept("2").items() >= clean.items()
    for word in (*PHONES, *IDS, *NAMES):
        assert [len(one["cases"]) for one in counter("person", word, "--json").json()] == [2], word
    for word in (
        *PHONES,
        *(name for name in NAMES if "\u200b" not in name and "\ufeff" not in name),
    ):  # texts keep those
        assert len(counter("search", word, "--json").json()) == 2, word
        where = f'"{word}"' if " " in word or "\xa0" in word else word
        assert counter("list", "--where", where, "--count", "--json").json() == {"count": 2}, word
    assert len(counter("search", "139", "0000", "1234", "--json").json()) == 2
    for word in IDS:  # by an ID number nobody is found but with `person`
        assert counter("search", word, "--json").json() == [], word
