"""Who guesses at an accusation learns nothing: a right guess is answered as a wrong one, and no file says more than a list.

Book and words of test_closed: 2 is the accusation, 密… is what nothing may tell of it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cli.conftest import TODAY, Counter
from tests.cli.test_closed import CLOSED, at, closed_book
from xinfang_cli import login

__all__ = ["at", "closed_book"]

ADD = "add --received 2023-06-01 --channel 来信 --yes --kind"
REGISTER = f"{ADD} 申诉求决 --title 另一件"
GUESSES = [
    # by asking for it
    ("person {}", "密某甲", "没这人"), ("person {}", "13700013700", "13700013709"), ("person {}", "3700", "3709"),
    ("search {}", "密举报", "密没有"), ("search {}", "密某甲", "密没有"), ("search {} --stage 待受理", "密某甲", "密没有"), ("search {} --best", "密签", "密没有"),
    ("list --where {}", "密举报", "密没有"), ("list --where -{}", "密举报", "密没有"), ("list --where 备用列:{}", "密列", "密没有"), ("list --count --where {}", "密单位", "密没有"),
    ("list --count --topic {}", "密题类", "政法"), ("list --count --where -分类:{}", "密题类", "政法"), ("list --count --where 层级:{}", "进京", "赴省"),
    ("list --count --where 人数:{}", "37", "38"), ("list --count --where 人数>{}", "36", "37"), ("list --count --channel {}", "领导信箱", "传真"),
    ("list --count --lead {}", "密领导", "没这人"), ("list --count --tag {}", "密签", "密没有"), ("backlog list --lead {}", "密领导", "没这人"),
    ("backlog list --guard-unit {}", "密稳镇", "旁的局"), ("reception list --leader {} --year 2023", "密领导", "没这人"), ("export --csv --lead {}", "密领导", "没这人"),
    ("export clocks --csv --topic {}", "密题类", "政法"), ("meeting --json --lead {}", "密领导", "没这人"), ("duplicates --where {}", "密举报", "密没有"),
    # by writing it again
    (f"{REGISTER} --name {{}}", "密某甲", "没某甲"), (f"{REGISTER} --phone {{}}", "13700013700", "13700013709"), (f"{REGISTER} --name {{}} --phone 13700013700", "密某甲", "没某甲"),
    (f"{ADD} 检举控告 --complained-unknown --title {{}}", "密举报某事", "密没有某事"), ("edit 2 --name {}", "密某甲", "没某甲"), ("edit 2 --topic {}", "密题类", "民政"),
    ("edit 2 --headcount {}", "37", "38"), ("edit 2 --title {}", "密举报某事", "密没有某事"), ("edit 2 --complained-unit {}", "密单位", "没单位"), ("edit 2 --level {}", "进京", "赴省"),
    ("edit 2 --channel {}", "领导信箱", "网上信访"), ("tag 2 --remove {}", "密签", "密没有"), ("tag 2 --add {}", "密签", "密没有"), ("lead 2 --name {}", "密领导", "没领导"),
    # by Tab
    ("completion --answer -- person {}", "密", "没"), ("completion --answer -- list --lead {}", "密", "没"),
    ("completion --answer -- list --tag {}", "密", "没"), ("completion --answer -- tag 2 --remove {}", "密", "没"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "right", "wrong"), GUESSES)
def test_a_right_guess_is_answered_as_a_wrong_one(at: Counter, words: str, right: str, wrong: str) -> None:
    kept = at.path.read_bytes()
    answers = []
    for guess in (right, wrong):
        at.path.write_bytes(kept)
        ran = at(*(word.format(guess) for word in words.split()), today=TODAY)
        answers.append((ran.code, ran.out.replace(guess, "□"), ran.err.replace(guess, "□")))
    assert answers[0] == answers[1]


def _sheet(folder: Path, **guessed: str) -> Path:
    row = {"登记编号": "XF2023-000002", "收到日期": "2023-05-02", "信访形式": "领导信箱", "信访目的": "检举控告", "概况": "密举报某事", "姓名": "密某甲", "联系电话": "13700013700", "内容分类": "密题类", "问题属地": "密地镇", "信访人数": "37", "备用列": "密列", "被反映单位": "密单位", "包案领导": "密领导"}  # fmt: skip
    file = folder / "in.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(row)
        rows.writerow((row | guessed).values())
    return file


WRONG = {"概况": "别的", "姓名": "没某甲", "联系电话": "13700013709", "内容分类": "民政", "问题属地": "测试镇", "信访人数": "38", "信访形式": "网上信访", "被反映单位": "没单位", "包案领导": "没领导", "备用列": "没列"}  # fmt: skip


@pytest.mark.parametrize("heading", WRONG)
def test_a_sheet_that_guesses_is_told_nothing(at: Counter, tmp_path: Path, heading: str) -> None:
    """By contradiction each cell could be asked about, as often as somebody likes, and nothing would be in the book."""
    kept = at.path.read_bytes()
    for update in ((), ("--update",)):
        answers = []
        for guessed in ({}, {heading: WRONG[heading]}):
            at.path.write_bytes(kept)
            ran = at("import", str(_sheet(tmp_path, **guessed)), "--dry-run", "--json", *update)
            answers.append((ran.code, re.sub(r'"sha256": "\w+"', "", ran.out)))
        assert answers[0] == answers[1]


@pytest.mark.parametrize("trial", [("--dry-run",), ()])
def test_who_has_the_whole_row_is_put_down(at: Counter, tmp_path: Path, trial: tuple[str, ...]) -> None:
    """Each cell must be right, and then that the book has it is all that is told; who asked is in the book, a trial too."""
    cells = {"登记编号": "", "收到日期": "2023-06-02", "姓名": "测试另甲"}
    at.ok("import", str(_sheet(tmp_path, **cells)))
    (new,) = (case["case_no"] for case in at.ok("list", "--where", "收到:2023-06-02"))
    for heading, wrong in {**WRONG, "姓名": "没某甲"}.items():
        if heading in ("被反映单位", "包案领导", "备用列"):  # not what tells rows apart
            continue
        said = at.ok("import", str(_sheet(tmp_path, **{**cells, heading: wrong})), "--dry-run")
        assert (said["imported"], said["already_there"], said["differs"]) == (1, 0, [])
        assert at.ok("history", new, "--access") == []
    said = at.ok("import", str(_sheet(tmp_path, **cells)), *trial)
    assert said["already_there"] == 1
    assert new not in json.dumps(said)
    (look,) = at.ok("history", new, "--access")
    assert (look["what"], look["rows"], look["file"], look["sha256"]) == ("import", 1, "in.csv", said["sha256"])


def test_a_link_confirms_no_name(at: Counter) -> None:
    """An ordinary case with a guessed name, linked to it: a warning that names differ would be the answer."""
    told = []
    for name in ("密某甲", "没某甲"):
        number = at.add("2023-06-01", name=name)
        told.append(at("link", number, "--repeat-of", "2").err)
    assert told == ["", ""]


# ---- what files say beside their words --------------------------------------------------------------------------

FILES = [
    "export -o {out}/a.xlsx", "export events -o {out}/e.xlsx", "export --full -o {out}/f.xlsx", "sheet 测试纪委 -o {out}", "letter 转送函 2 -o {out}", "meeting -o {out}/m.xlsx",
    *(f"report month 2023-05 -o {{out}}/b.{end}" for end in ("docx", "xlsx", "html", "md", "json")), "report year 2023 -o {out}/y.docx", "remind --letters {out}/l",
    "report unit 测试纪委 2023 -o {out}/u.xlsx", "export -o {out}/a.csv", "export clocks -o {out}/c.json", "doctor --security -o {out}/s.md", "export --anonymous -o {out}/n.xlsx",
]  # fmt: skip


def _parts(file: Path) -> Iterable[tuple[str, str]]:
    content = file.read_bytes()
    if not content.startswith(b"PK"):
        return [(file.name, content.decode("utf-8", "replace"))]
    with ZipFile(io.BytesIO(content)) as packed:
        return [(name, packed.read(name).decode("utf-8", "replace")) for name in packed.namelist()]


@pytest.mark.parametrize("words", FILES)
def test_a_file_says_nothing_beside_its_words(at: Counter, tmp_path: Path, words: str) -> None:
    (tmp_path / "out").mkdir()
    ran = at(*words.format(out=tmp_path / "out").split())
    assert ran.code == 0, ran
    letter = words.startswith("letter")  # to the unit that handles it: what it needs to do its work
    lists = {"密稳镇", "密题类", "密地镇", "进京"} if "report" in words or "--full" in words else set()
    for file in (one for one in (tmp_path / "out").rglob("*") if one.is_file()):
        assert not any(word in file.name for word in CLOSED), file.name
        for name, text in _parts(file):
            if not (letter and name == "word/document.xml"):
                assert not {word for word in CLOSED if word in text} - lists, name
            assert str(tmp_path) not in text, name
            if name.startswith("docProps") or name.endswith(
                (".html", ".svg")
            ):  # author, last saved by, title, comments
                assert login.host() not in text, name
                creator = re.search(r"<dc:creator>(.*?)</dc:creator>", text)
                assert creator is None or creator[1] in ("", "测试信访局", "区信访局", "python-docx"), creator
            assert "<!--" not in text or file.suffix != ".html", name
            # a column or a row that is not shown, a sheet but the one that comes back with a unit's own (its words are above)
            if not words.startswith("sheet"):
                assert "worksheets/" not in name or not re.search(r'<(row|col)\b[^>]* hidden="1"', text), name
                assert "workbook.xml" not in name or not re.search(r"<sheet [^>]*state=", text), name


def test_nothing_is_said_to_the_terminal_but_words(at: Counter) -> None:
    """No title of the window, no clipboard, no link: escape sequences that carry text out of the screen."""
    for words in ("list", "show 2", "overdue", ""):
        ran = at(*words.split(), terminal=True)
        assert "\x1b]" not in ran.out + ran.err, words


def test_taking_back_and_the_receipts_tell_nothing(at: Counter, tmp_path: Path) -> None:
    at.ok("edit", "2", "--name", "密某甲", "--topic", "民政")
    told = [
        at("undo"),
        at("undo", "--list"),
        at("history", "--imports"),
        at("history", "--imports", "1"),
        at("history", "--imports", "1", "--json"),
    ]
    text = "".join(ran.out + ran.err for ran in told)
    assert not {word for word in CLOSED if word in text} - {"密稳镇", "密题类", "密地镇"}, (
        text
    )  # new in the office's lists
