"""A template of the office that prints whatever it is given gets no more than the guide allows to who reads the letter."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook

from tests.cli.conftest import Counter
from tests.cli.test_canaries import ACCUSED, ACCUSER, LEAVES, ORDINARY, TODAY, canary_book, found_in
from xinfang_cli.formats.bounded import BoundedEnvironment
from xinfang_cli.formats.word_forms import WordForm
from xinfang_cli.law.letters import LETTER, LETTERS

__all__ = ["canary_book"]
pytestmark = pytest.mark.long
BULLETINS = {"week": "2023-05-30", "month": "2023-05", "quarter": "2023Q2", "year": "2023"}
BEFORE: dict[str, tuple[str, ...]] = {
    "accept": (), "forward": (), "remind": (),
    "refuse": ("import {sheet}", "refuse {} --ground 正在办理 --reason 测试"),
    "extend": (), "delivery": ("close {} --outcome 解释说明",),
    "review": ("review {} --body 测试市局",), "recheck": ("review {}", "review {} --result upheld --delivered 2023-07-17", "recheck {} --body 测试市局"),
    "redirect": ("redirect {} --to 诉讼 --where 测试法院",),
    "supervise": ("supervise {} --answer-by 2023-08-01 --text 限期答复",),
    "task": ("assign {} --to 测试局 --mode task --feedback-by 2023-08-01",),
}  # fmt: skip
"""What is done with a case before there is such a letter."""


def reachable(thing: Any, seen: set[int] | None = None) -> Iterator[str]:
    """Yield every text that a template can come to from what it is given: items, cells, attributes, their attributes."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return
    seen.add(id(thing))
    yield str(thing)
    if isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from reachable(key, seen)
            yield from reachable(value, seen)
    elif isinstance(thing, list | tuple | set | frozenset):
        for value in thing:
            yield from reachable(value, seen)
    if type(thing) in (str, int, float, bool, type(None)):
        return
    sandbox = BoundedEnvironment()
    for name in dir(thing):
        value = getattr(thing, name, None)
        if sandbox.is_safe_attribute(thing, name, value) and not callable(value):
            yield from reachable(value, seen)


def test_what_is_hidden_deep_is_reached() -> None:
    class Row(list[Any]):
        table: Any = None

    row = Row([{"a": ("测试甲",)}])
    row.table = type("T", (), {"cells": [{"b": "测试乙"}], "_own": "测试丙"})()
    told = " ".join(reachable({"x": row}))
    assert ("测试甲" in told, "测试乙" in told, "测试丙" in told) == (True, True, False)


def dumping(fields: Any, path: Path) -> Path:
    """An office's own template that prints each field whole, and each again row by row."""
    paper = Document()
    each = "{% if NAME is iterable and NAME is not string %}{% for 行 in NAME %}{{ 行 }}{% endfor %}{% endif %}"
    for name in sorted(fields.names):
        paper.add_paragraph("{{ NAME }}".replace("NAME", name))
        paper.add_paragraph(each.replace("NAME", name))
    paper.save(str(path))
    return path


@pytest.fixture
def at(canary_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    shutil.copyfile(canary_book / "book.db", tmp_path / "book.db")
    shutil.copytree(canary_book / "book.db.files", tmp_path / "book.db.files")
    return Counter(tmp_path / "book.db", monkeypatch)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """The contexts that templates are filled with while a test runs, samples aside."""
    contexts: list[Mapping[str, Any]] = []
    fill = WordForm.fill

    def watched(self: WordForm, context: Mapping[str, Any]) -> bytes:
        if not any(context is sample for sample in self.fields.samples):
            contexts.append(context)
        return fill(self, context)

    monkeypatch.setattr(WordForm, "fill", watched)
    return contexts


def leaked(allowed: set[str], given: list[Mapping[str, Any]], out: Path) -> set[str]:
    told = "\n".join(text for context in given for text in reachable(dict(context)))
    files = [file for file in out.rglob("*") if file.is_file()]
    found = {word for file in files for word in found_in(file.read_bytes()) | found_in(file.name.encode())}
    return (found_in(told.encode()) | found) - allowed


def not_accepted(folder: Path) -> Path:
    """A sheet of two cases that were only received."""
    sheet = Workbook()
    page = sheet.active
    assert page is not None
    headings = "登记编号 收到日期 信访形式 信访目的 概况 内容 姓名 证件号码 联系电话 住址 被反映单位 被反映人"
    page.append(headings.split())
    for number, person, kind in ((4, ORDINARY, "申诉求决"), (5, ACCUSER, "检举控告")):
        said = (person.says("概况"), person.says("内容"), person.former, person.id_no, person.phone, person.door)
        accused = ACCUSED if kind == "检举控告" else ("", "")
        page.append([f"XF2023-00000{number}", "2023-07-10", "来信", kind, *said, *accused])
    sheet.save(folder / "received.xlsx")
    return folder / "received.xlsx"


@pytest.mark.parametrize("kind", LETTERS)
def test_no_letter_gives_its_template_more(
    kind: str, at: Counter, given: list[Mapping[str, Any]], tmp_path: Path
) -> None:
    from xinfang_cli.documents.letters import _fields

    own = dumping(_fields(kind), tmp_path / "own.docx")
    at.ok("config", "set", f"template.letter.{LETTER.label(kind)}", str(own))
    row = "letter" if LETTERS[kind].to == "petitioner" else "sent" if LETTERS[kind].asks_content else "unit"
    book = (tmp_path / "book.db").read_bytes()
    made = set()
    sheet = not_accepted(tmp_path)
    for number, person in (("1", ORDINARY), ("2", ACCUSER), ("3", ORDINARY), ("4", ORDINARY), ("5", ACCUSER)):
        (tmp_path / "book.db").write_bytes(book)
        for doing in BEFORE[kind]:
            at(*doing.format(number, sheet=sheet).split(), today=TODAY)
        given.clear()
        out = tmp_path / f"out{number}"
        out.mkdir()
        ran = at("letter", LETTER.label(kind), number, "-o", str(out), today=TODAY)
        if ran.code or not given:
            continue
        made.add(person.mark)
        allowed = LEAVES[row].allowed()
        if row == "letter":  # each his own alone
            other = ACCUSER if person is ORDINARY else ORDINARY
            allowed = {word for word in allowed if word not in other.who() | {other.door} and other.mark not in word}
            allowed -= set(ACCUSED) if person is ORDINARY else set()
        assert leaked(allowed, given, out) == set(), (kind, number)
    assert made, ran


@pytest.mark.parametrize("kind", BULLETINS)
def test_no_bulletin_gives_its_template_more(
    kind: str, at: Counter, given: list[Mapping[str, Any]], tmp_path: Path
) -> None:
    from xinfang_cli.documents.bulletin import template
    from xinfang_cli.law.rules import statutory

    own = dumping(template.fields(kind, tuple(statutory().settings["four_rates"])), tmp_path / "own.docx")
    at.ok("config", "set", f"template.{kind}", str(own))
    out = tmp_path / "out"
    out.mkdir()
    ran = at("report", kind, BULLETINS[kind], "-o", str(out / "r.docx"), today=TODAY)
    assert ran.code == 0, ran
    assert given
    assert leaked(LEAVES["public"].allowed(), given, out) == set()
