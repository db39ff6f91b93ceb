"""The Word files, read back by python-docx: texts, fonts, page; templates that are broken, and files that are there."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn

from tests import letter_templates
from xinfang_cli.documents import letters
from xinfang_cli.documents.letters import LetterForm, shipped
from xinfang_cli.errors import BadValue, Unusable, XinfangError
from xinfang_cli.law.letters import ITEM_FIELDS, LETTERS
from xinfang_cli.office.work.letters import LetterToWrite
from xinfang_cli.present.steps import worded

DAY = date(2023, 7, 18)


def sample(kind: str, **own: Any) -> dict[str, Any]:
    """Facts of a letter, none of which is true."""
    return {**letters._sample(kind), "letter_on": DAY, "letter_name": "某某书", **own}


def paper(content: bytes) -> Any:
    return Document(BytesIO(content))


def text(content: bytes) -> str:
    """Everything a letter says: paragraphs, then cells row by row."""
    found = paper(content)
    cells = [" | ".join(cell.text for cell in row.cells) for table in found.tables for row in table.rows]
    return "\n".join([*(paragraph.text for paragraph in found.paragraphs), *cells])


def own_template(path: Path, *paragraphs: str, table: list[str] | None = None) -> Path:
    made = Document()
    for paragraph in paragraphs:
        made.add_paragraph(paragraph)
    if table is not None:
        drawn = made.add_table(rows=0, cols=1)
        for cell in table:
            drawn.add_row().cells[0].text = cell
    made.save(str(path))
    return path


# ---- the templates that come with the program -------------------------------------------------------------------


@pytest.mark.parametrize("kind", LETTERS)
def test_each_template_is_what_its_script_makes(kind: str, tmp_path: Path) -> None:
    letter_templates.save(kind, tmp_path / "new.docx")
    with ZipFile(tmp_path / "new.docx") as new, ZipFile(shipped(kind)) as old:
        assert new.namelist() == old.namelist()
        for name in ("word/document.xml", "word/styles.xml", "word/fontTable.xml", "word/footer1.xml"):
            assert new.read(name) == old.read(name), name


@pytest.mark.parametrize("kind", LETTERS)
def test_each_letter_says_everything_that_it_must(kind: str) -> None:
    facts = sample(kind)
    for number, key in enumerate(LETTERS[kind].needs):
        if key not in ("items", "content"):
            facts[key] = f"事实{number}。"
    said = text(LetterForm(kind, None).render(facts))
    assert "{" not in said
    assert "2023年7月18日" in said
    silent = {"approved_by", "assigned_on", "supervised_on", "accepted_on" if kind == "extend" else ""}
    if kind in ("review", "recheck"):
        silent |= {"requested_on"}
    for key in LETTERS[kind].needs:
        if key not in {*silent, "items"}:
            assert str(facts[key]) in said, key


@pytest.mark.parametrize("kind", LETTERS)
def test_page_and_type_of_an_office_document(kind: str) -> None:
    found = paper(LetterForm(kind, None).render(sample(kind)))
    section = found.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    sizes = {name: found.styles[name].font.size.pt for name in ("Title", "正文")}
    assert sizes == {"Title": 22, "正文": 16}  # 二号, 三号
    east = {
        name: found.styles[name].element.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) for name in ("Title", "正文")
    }
    assert east == {"Title": "方正小标宋简体", "正文": "仿宋"}
    assert "PAGE" in section.footer._element.xml
    with ZipFile(shipped(kind)) as archive:
        fonts = archive.read("word/fontTable.xml").decode()
        assert 'w:name="方正小标宋简体"><w:altName w:val="宋体"/>' in fonts
        assert not [name for name in archive.namelist() if "fonts/" in name]


def test_a_letter_is_the_same_bytes_each_time() -> None:
    form = LetterForm("accept", None)
    assert (
        form.render(sample("accept"))
        == form.render(sample("accept"))
        == LetterForm("accept", None).render(sample("accept"))
    )


def test_an_accusation_has_no_row_for_who_made_it() -> None:
    told = {"petitioner": "", "phone": "", "address": "", "complained_unit": "测试所", "accusation": True}
    said = text(LetterForm("forward", None).render(sample("forward", **told)))
    assert "信访人 |" not in said
    assert "住　址" not in said
    assert "被反映单位 | 测试所" in said
    assert "严格保密" in said
    open_ = text(LetterForm("forward", None).render(sample("forward", petitioner="测试甲", accusation=False)))
    assert "信访人 | 测试甲" in open_
    assert "严格保密" not in open_


def test_a_reminder_has_a_row_for_each(tmp_path: Path) -> None:
    row = dict.fromkeys(ITEM_FIELDS, "x")
    items = [
        {**row, "n": n, "case_no": f"XF2023-{n:06d}", "title": f"反映第{n}件", "state": "已超期3天"}
        for n in range(1, 41)
    ]
    content = LetterForm("remind", None).render(sample("remind", items=items, count=40, overdue_count=40))
    table = paper(content).tables[0]
    assert len(table.rows) == 41
    assert [cell.text for cell in table.rows[40].cells] == ["40", "XF2023-000040", "反映第40件", "x", "x", "已超期3天"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [cell.text for cell in table.rows[0].cells][1] == "登记编号"


def test_conditions_of_the_slip() -> None:
    blank = dict.fromkeys(("reply_no", "delivered_on", "delivery", "window_by"), "")
    said = text(LetterForm("delivery", None).render(sample("delivery", **blank, refused_receipt=False)))
    assert "□当面　□邮寄" in said
    assert "最后一天" not in said
    told = {"delivered_on": DAY, "delivery": "邮寄", "window_by": date(2023, 8, 17), "refused_receipt": True}
    said = text(LetterForm("delivery", None).render(sample("delivery", **told)))
    assert "送达日期 | 2023年7月18日" in said
    assert "最后一天为2023年8月17日" in said
    assert "受送达人签名 | 拒签" in said


# ---- what people wrote ------------------------------------------------------------------------------------------


def test_any_text_goes_in_and_stays_text() -> None:
    odd = "[甲] <b>&amp; {{ 7*7 }} {% if %}\x00\x0b\ufffe\ud800 🙂\n第二行\t尾"
    said = text(LetterForm("forward", None).render(sample("forward", content=odd, title="长" * 10_000)))
    assert "[甲] <b>&amp; {{ 7*7 }} {% if %} 🙂\n第二行\t尾" in said
    assert "长" * 10_000 in said


# ---- an office's own template -----------------------------------------------------------------------------------


def test_fields_by_either_name_in_body_header_and_footer(tmp_path: Path) -> None:
    made = Document()
    made.add_paragraph("{{ 信访人 }} {{ petitioner }} {{ 受理日期 }}")
    made.sections[0].header.paragraphs[0].text = "{{ 落款单位 }}"
    made.sections[0].footer.paragraphs[0].text = "{{ case_no }}"
    made.save(str(tmp_path / "t.docx"))
    content = LetterForm("accept", tmp_path / "t.docx").render(
        sample("accept", petitioner="测试甲", issuer="测试局", case_no="XF2023-000001", accepted_on=DAY)
    )
    found = paper(content)
    assert found.paragraphs[0].text == "测试甲 测试甲 2023年7月18日"
    assert found.sections[0].header.paragraphs[0].text == "测试局"
    assert found.sections[0].footer.paragraphs[0].text == "XF2023-000001"


def test_a_field_that_word_split_into_pieces_is_still_one(tmp_path: Path) -> None:
    made = Document()
    paragraph = made.add_paragraph()
    for piece in ("{", "{ 信", "访人", " }", "}"):
        paragraph.add_run(piece).bold = piece == "访人"
    made.save(str(tmp_path / "t.docx"))
    content = LetterForm("accept", tmp_path / "t.docx").render(sample("accept", petitioner="测试甲"))
    assert paper(content).paragraphs[0].text == "测试甲"


BROKEN = [
    ("{{ 信访人姓名 }}", "信访人姓名", "信访人"),
    ("{{ nonsense }}", "nonsense", "--fields"),
    ("{{ 信访人 }", "{{ 信访人 }", "{{ 信访人 }}"),
    ("{{ 信访人", "{{ 信访人", "{{ 信访人 }}"),
    ("{{ 信访 人 }}", "{{ 信访 人 }}", "{{ 信访人 }}"),
    ("{{ 1信访人 }}", "{{ 1信访人 }}", "{{ 信访人 }}"),
    ("{% if 信访人 %}", "{% %}", "endif"),
    ("{% endif %}", "{% %}", "endif"),
    ("{% if 督办要求 %}要求{% endif %}", "督办要求", "--fields"),
    ("{{ 信访人.住址 }}", "住址", ""),
    ("{{ 信访人.__class__ }}", "", ""),
    ("{{ 信访人() }}", "", ""),
    ("{{ 1/0 }}", "", ""),
    ("{% include 'x' %}", "", ""),
]


@pytest.mark.parametrize(("words", "field", "hint"), BROKEN)
def test_a_broken_template_says_which_field(tmp_path: Path, words: str, field: str, hint: str) -> None:
    path = own_template(tmp_path / "坏的.docx", "{{ 收到日期 }}", words)
    with pytest.raises(BadValue) as caught:
        LetterForm("accept", path)
    line = worded(caught.value.line())
    assert line.startswith("模板 坏的.docx 里的「")
    assert field in line
    assert hint in line
    assert "\n" not in line


def test_a_condition_that_tears_a_table(tmp_path: Path) -> None:
    path = own_template(tmp_path / "t.docx", "{% if 信访人 %}", table=["{% endif %}"])
    with pytest.raises(BadValue, match="放的位置不对"):
        LetterForm("accept", path)


def test_a_field_of_a_row_that_is_not_there(tmp_path: Path) -> None:
    table = ["{%tr for 件 in 事项 %}", "{{ 件.编号 }}", "{%tr endfor %}"]
    with pytest.raises(BadValue, match="「编号」不是这种文书的字段") as caught:
        LetterForm("remind", own_template(tmp_path / "t.docx", table=table))
    assert "登记编号" in caught.value.hint


def test_a_template_that_is_not_there_or_no_word_file(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="不存在") as caught:
        LetterForm("accept", tmp_path / "no.docx")
    assert "default" in caught.value.steps
    wrong = tmp_path / "x.docx"
    for content in (b"", b"PK\x03\x04", "纯文本".encode(), b"\xd0\xcf\x11\xe0" + bytes(512)):
        wrong.write_bytes(content)
        with pytest.raises(Unusable, match="不是 Word 文档"):
            LetterForm("accept", wrong)
    with ZipFile(wrong, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(Unusable, match="不是 Word 文档"):
        LetterForm("accept", wrong)
    with ZipFile(shipped("accept")) as whole, ZipFile(wrong, "w") as archive:
        for name in whole.namelist():
            archive.writestr(name, b"<torn" if name == "word/document.xml" else whole.read(name))
    with pytest.raises(Unusable, match="不是 Word 文档"):
        LetterForm("accept", wrong)


def test_any_damage_is_said_in_a_line(tmp_path: Path) -> None:
    """Bytes turned over anywhere in a template: it works, or says why not; never anything else."""
    whole = shipped("remind").read_bytes()
    path = tmp_path / "t.docx"
    for place in range(0, len(whole), 211):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with suppress(XinfangError):
            LetterForm("remind", path)


# ---- files ------------------------------------------------------------------------------------------------------


def to_write(about: str = "XF2023-000001", kind: str = "accept", **own: Any) -> LetterToWrite:
    return LetterToWrite(kind, "受理告知书", about, (about,), None, sample(kind, **own), None)


def test_files_are_named_after_the_case_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "新" / "函"
    two = [to_write(), to_write("XF2023-000002")]
    paths = letters.write(two, folder, folder=True, force=False)
    assert [path.name for path in paths] == ["受理告知书-XF2023-000001.docx", "受理告知书-XF2023-000002.docx"]
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    paths[0].unlink()
    paths[1].write_bytes(b"mine")
    with pytest.raises(BadValue, match="已经有了"):
        letters.write(two, folder, folder=True, force=False)
    assert [path.name for path in folder.iterdir()] == [paths[1].name]
    assert paths[1].read_bytes() == b"mine"
    letters.write(two, folder, folder=True, force=True)
    assert sorted(folder.iterdir()) == sorted(paths)
    assert "某某书" in text(paths[1].read_bytes())


def test_all_or_none(tmp_path: Path) -> None:
    bad = to_write("XF2023-000002")._replace(template=str(own_template(tmp_path / "坏的.docx", "{{ 没有 }}")))
    with pytest.raises(BadValue):
        letters.write([to_write(), bad], tmp_path / "out", folder=True, force=False)
    assert not (tmp_path / "out").exists()


def test_a_name_that_no_folder_takes(tmp_path: Path) -> None:
    unit = '甲/乙:丙*局"'
    paths = letters.write([to_write(unit, "remind"), to_write(unit, "remind")], tmp_path, folder=True, force=False)
    assert [path.name for path in paths] == [f"受理告知书-甲／乙：丙＊局＂-2023-07-18{n}.docx" for n in ("", "-2")]


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    with pytest.raises(Unusable):
        letters.make_folder(tmp_path / "f" / "g")
    with pytest.raises(Unusable, match="写不了"):
        letters.write([to_write()], tmp_path / "f" / "g", folder=True, force=False)


def test_exported_and_used_again(tmp_path: Path) -> None:
    path = tmp_path / "我局.docx"
    letters.export_template("forward", path, force=False)
    assert path.read_bytes() == shipped("forward").read_bytes()
    with pytest.raises(BadValue, match="已经有了"):
        letters.export_template("forward", path, force=False)
    found = Document(str(path))
    found.paragraphs[0].runs[0].text = "我局的{{ 文书名称 }}"
    found.save(str(path))
    assert text(LetterForm("forward", path).render(sample("forward"))).startswith("我局的某某书")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice")
def test_libreoffice_opens_a_letter(tmp_path: Path) -> None:
    path = tmp_path / "函.docx"
    path.write_bytes(LetterForm("forward", None).render(sample("forward", content="反映的内容")))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "txt:Text", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    said = (tmp_path / "函.txt").read_text("utf-8-sig")
    assert "反映的内容" in said
    assert "某某书" in said
