"""`letter`, `remind --letters` and the templates of an office, at the counter."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from tests.cli.conftest import Counter
from tests.output.test_letters import own_template
from xinfang_cli.law.letters import FIELDS, LETTER


def accepted(counter: Counter, **fields: str) -> str:
    fields = {"phone": "13000000001", "address": "测试镇测试村1号"} | fields
    number = counter.add("2023-03-01", **fields)
    counter.ok("assign", number, "--to", "教育局", "--new-unit", "--on", "2023-03-03")
    counter.ok("accept", number, "--on", "2023-03-10")
    return number


def said(path: str | Path) -> str:
    return "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)


def test_one_letter(counter: Counter, tmp_path: Path) -> None:
    number = accepted(counter)
    path = tmp_path / "受理.docx"
    ran = counter("letter", "受理告知书", "1", "-o", str(path))
    assert ran.code == 0
    assert ran.out == f"受理告知书  {number}  {path}\n"
    assert "测试甲" not in ran.out + ran.err
    text = said(path)
    for word in (
        "测试甲：",
        "2023年3月1日",
        "2023年3月10日",
        "2023年5月9日",
        "第二十三条",
        "30日",
        "测试村1号",
        "教育局",
    ):
        assert word in text
    assert "2023年7月17日" in text
    again = counter("letter", "accept", "1", "-o", str(path), "--json")
    assert again.code == 1
    assert "--force" in again.error()["hint"]
    counter.ok("letter", "accept", "1", "-o", str(path), "--force", "--on", "2023-03-12", "--issuer", "测试学校")
    assert "2023年3月12日" in said(path)
    assert "测试学校" in said(path)


def test_several_go_into_a_folder(counter: Counter, tmp_path: Path) -> None:
    numbers = [accepted(counter) for _ in range(3)]
    folder = tmp_path / "函"
    found = counter.ok("letter", "accept", "-", "-o", str(folder), stdin="\n".join(numbers))
    assert [row["cases"] for row in found] == [[number] for number in numbers]
    assert [row["file"] for row in found] == [str(folder / f"受理告知书-{number}.docx") for number in numbers]
    one = counter.ok("letter", "转送函", "1", "-o", f"{folder}/")
    assert (one["kind"], one["unit"]) == ("forward", "教育局")
    assert Path(one["file"]).name == f"转送函-{numbers[0]}.docx"


def test_all_or_none_or_what_goes(counter: Counter, tmp_path: Path) -> None:
    accepted(counter)
    counter.add()
    ran = counter("letter", "accept", "1", "2", "-o", str(tmp_path / "函"), "--json")
    assert ran.code == 1
    assert ran.error()["message"] == "XF2023-000002 现为「待转送交办」，不能出受理告知书"
    assert not (tmp_path / "函").exists()
    ran = counter("letter", "accept", "1", "2", "-o", str(tmp_path / "函"), "--json", "--keep-going")
    assert ran.code == 1
    done, refused = ran.json()
    assert Path(done["file"]).exists()
    assert refused == {
        "cases": ["2"],
        "error": {
            "code": "stage",
            "message": "XF2023-000002 现为「待转送交办」，不能出受理告知书",
            "hint": "先受理：xinfang accept",
        },
    }


WRONG = [
    (("letter",), 2, "没有写文书"),
    (("letter", "accept"), 2, "编号"),
    (("letter", "accept", "1"), 2, "-o"),
    (("letter", "报告", "1", "-o", "a.docx"), 1, "报告"),
    (("letter", "accept", "1", "-o", "a.pdf"), 1, ".docx"),
    (("letter", "accept", "1", "1", "-o", "a.docx"), 1, "文件夹"),
    (("letter", "accept", "9", "-o", "a.docx"), 1, "没有登记编号"),
    (("letter", "accept", "1", "-o", "a.docx", "--on", "2023-07-18"), 1, "晚于今天"),
    (("letter", "--export-template", "accept"), 2, "另存"),
    (("letter", "--export-template", "accept", "a.doc"), 1, ".docx"),
]


@pytest.mark.parametrize(("words", "code", "told"), WRONG)
def test_wrong_words(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, told: str
) -> None:
    accepted(counter)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    ran = counter(*words, "--json")
    assert ran.code == code
    assert told in ran.err
    assert ran.error()["message"]
    assert sorted(tmp_path.iterdir()) == before


def test_a_book_that_is_not_there(counter: Counter, tmp_path: Path) -> None:
    assert counter("letter", "accept", "1", "-o", "a.docx", db=tmp_path / "no.db").code == 3
    assert counter("letter", "--fields", db=tmp_path / "no.db").code == 0


def test_fields_are_listed(counter: Counter) -> None:
    kinds = counter.ok("letter", "--fields")
    assert [row["kind"] for row in kinds] == list(LETTER.labels)
    for kind in LETTER.labels:
        found = counter.ok("letter", "--fields", kind)
        assert {row["field"]: row["name"] for row in found["fields"]}.items() <= {
            key: name for key, (name, _) in FIELDS.items()
        }.items()
        assert counter("letter", "--fields", kind).code == 0
    assert "{{ 件.登记编号 }}" in counter("letter", "--fields", "催办函").out


def test_an_office_s_own_template(counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted(counter)
    monkeypatch.chdir(tmp_path)
    assert counter.ok("letter", "--export-template", "受理告知书", "我局.docx")["kind"] == "accept"
    assert counter("letter", "--export-template", "受理告知书", "我局.docx").code == 1
    mine = Document("我局.docx")
    mine.paragraphs[0].runs[0].text = "我局的{{ 文书名称 }}"
    mine.save("我局.docx")
    assert counter("config", "set", "template.letter.受理告知书", "我局.docx").code == 0
    assert counter.ok("config", "get", "template.letter.accept")["value"] == str(tmp_path / "我局.docx")
    monkeypatch.chdir("/")
    counter.ok("letter", "accept", "1", "-o", str(tmp_path / "a.docx"))
    assert said(tmp_path / "a.docx").startswith("我局的受理告知书")
    (tmp_path / "我局.docx").unlink()
    ran = counter("letter", "accept", "1", "-o", str(tmp_path / "b.docx"))
    assert ran.code == 3
    assert "我局.docx 不存在" in ran.err
    assert "--default" in ran.err
    assert counter("config", "set", "template.letter.受理告知书", "--default").code == 0
    counter.ok("letter", "accept", "1", "-o", str(tmp_path / "b.docx"))
    assert said(tmp_path / "b.docx").startswith("受理告知书")


def test_a_template_is_looked_at_before_it_is_set(counter: Counter, tmp_path: Path) -> None:
    broken = own_template(tmp_path / "坏的.docx", "{{ 信访人姓名 }}")
    ran = counter("config", "set", "template.letter.accept", str(broken))
    assert ran.code == 1
    assert "「信访人姓名」不是这种文书的字段" in ran.err
    assert counter("config", "set", "template.letter.accept", str(tmp_path / "no.docx")).code == 3
    assert counter("config", "set", "template.letter.nonsense", str(broken)).code == 1
    assert not counter.ok("config", "get", "template.letter.accept")["own"]


def test_letters_of_a_reminder(counter: Counter, tmp_path: Path) -> None:
    number = accepted(counter, title="测试甲反映收费")
    counter.add("2023-03-01", title="本局没有转送的")
    folder = tmp_path / "催办函"
    dry = counter("remind", "--letters", str(folder), "--dry-run", "--json")
    assert dry.code == 0
    assert not folder.exists()
    first = counter.ok("remind", "--letters", str(folder))
    assert first["recorded"] == 2
    (path,) = folder.iterdir()
    assert path.name == "催办函-教育局-2023-07-17.docx"
    assert {group["unit"]: group["letter"] for group in first["units"]} == {"信访部门": None, "教育局": str(path)}
    cells = [cell.text for cell in Document(str(path)).tables[0].rows[1].cells]
    assert cells == ["1", number, "信访人反映收费", "办结", "2023年5月9日", "已超期69天"]
    assert "测试甲" not in said(path)
    path.write_bytes(b"mine")
    again = counter("remind", "--letters", str(folder), "--json")
    assert again.json()["recorded"] == 0
    assert "没有重写" in again.err
    assert path.read_bytes() == b"mine"
    counter.ok("remind", "--letters", str(folder), "--force")
    assert "教育局：" in said(path)


@pytest.mark.parametrize("broken", ["template", "folder"])
def test_a_reminder_that_cannot_be_written_is_not_recorded(counter: Counter, tmp_path: Path, broken: str) -> None:
    accepted(counter)
    folder = tmp_path / "催办函"
    if broken == "template":
        mine = own_template(tmp_path / "我局.docx", "{{ 责任单位 }}")
        counter.ok("config", "set", "template.letter.remind", str(mine))
        own_template(mine, "{{ 单位 }}")
    else:
        folder.write_bytes(b"")
    ran = counter("remind", "--letters", str(folder))
    assert ran.code == (1 if broken == "template" else 3)
    assert "remind" not in [event["kind"] for event in counter.ok("show", "1")["events"]]


def test_a_reminder_of_one_case(counter: Counter, tmp_path: Path) -> None:
    number = accepted(counter)
    found = counter.ok("letter", "催办函", number, "-o", str(tmp_path / "催.docx"))
    assert (found["unit"], found["cases"]) == ("教育局", [number])
    assert "remind" not in [event["kind"] for event in counter.ok("show", "1")["events"]]
