"""Article 30 at the counter: every command that names a unit, a body or a leader, or that goes to the unit of a case, is tried
with the unit complained of, its parent, its part, a unit of a leader complained of and a near name; and by the way out.

The commands are read from the counter itself: a new one that can name a unit has to be entered here.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.conftest import Counter, tree
from xinfang_cli.cli import parser

TODAY = "2023-07-17"
UNITS = {"same": "测试局", "parent": "测试委", "child": "测试所", "leader": "另管局", "near": "外测市测试局"}
REASON = ("--not-the-accused", "同名不同单位")


class Try(NamedTuple):
    """How a command is tried: on the accusation while it is nowhere (`goes`) or with the unit (`held`), or for the list of the
    unit that has it (`hidden`); what is done before; whether there is a way out of the refusal."""

    how: str
    words: str
    before: tuple[str, ...] = ()
    way_out: bool = True
    book: str = ""


THEIRS = (
    "add --received 2023-05-02 --channel 来信 --kind 申诉求决 --title 别的事 --yes",
    "assign 2 --to {unit} --on 2023-05-04",
)
RECEIVED = ("reception log 1 --leader 测试区长 --on 2023-07-05",)
BATCH = ("backlog batch add 批 --target 60", "backlog join 1 --batch 批")
TRIES: dict[str, list[Try]] = {
    "add": [Try("goes", "--received 2023-06-01 --channel 来信 --kind 检举控告 --title 再告 --complained-unit 测试局 --complained-person 甲某人 --yes --repeat-of 2", THEIRS)],
    "assign": [Try("goes", "1 --to {unit}"), Try("goes", "1 --to {unit} --mode 交办 --feedback-by 2023-08-01")],
    "assist": [Try("goes", "1 --unit {unit} --answer-by 2023-08-01")],
    "co-handle": [Try("goes", "1 --unit {unit}"), Try("goes", "1 --unit 旁的局 --agreed 共同上级决定 --body {unit}")],
    "redirect": [Try("goes", "1 --to 纪检监察 --where {unit}")],
    "report-up": [Try("goes", "1 --to {unit}")],
    "step": [Try("goes", "1 --kind 约谈 --body {unit}")],
    "review": [Try("goes", "1 --body {unit}", way_out=False)], "recheck": [Try("goes", "1 --body {unit}", way_out=False)],
    "lead": [Try("goes", "1 --name 甲某人")],
    "recuse": [Try("goes", "1 --person 乙某人 --replaced-by 甲某人 --reason 回避")],
    "link": [Try("goes", "1 --repeat-of 2", ("add --received 2023-05-01 --channel 来信 --kind 申诉求决 --title 别的事 --yes", "assign 2 --to {unit} --on 2023-05-04")), Try("goes", "2 --repeat-of 1", THEIRS)],
    "relate": [Try("goes", "1 --to 2", THEIRS), Try("goes", "2 --to 1", THEIRS)],
    "refuse": [],  # names another case of the same petitioner, and goes to nobody
    "supervise": [Try("held", "1 --answer-by 2023-08-01")],
    "overrule": [Try("held", "1 --reason 属其职权", ("object 1 --reason 不属本单位 --on 2023-05-08",))],
    "return": [Try("held", "1 --reason 重办", ("config set check_closings 是", "accept 1 --on 2023-05-10", "close 1 --outcome 解释说明 --on 2023-06-01"))],
    "remind": [Try("hidden", "--unit {unit}"), Try("hidden", "1")],
    "letter": [Try("held", "督办函 1 -o {out}/a.docx", way_out=False), Try("held", "转送函 1 -o {out}/b.docx"), Try("goes", "受理告知书 1 --issuer {unit} -o {out}/c.docx", ("accept 1 --on 2023-05-10",))],
    "advise add": [Try("goes", "改进工作 --to {unit} --text 请改进 --case 1")],
    "backlog join": [Try("goes", "1 --batch 批 --guard-unit {unit}", BATCH[:1]), Try("goes", "1 --batch 批 --lead 甲某人", BATCH[:1])],
    "backlog edit": [Try("goes", "1 --batch 批 --resolve-unit {unit}", BATCH), Try("goes", "1 --batch 批 --lead 甲某人", BATCH)],
    "reception log": [Try("goes", "1 --leader 测试区长 --to {unit} --by 2023-08-01"), Try("goes", "1 --leader 甲某人")],
    "reception order": [Try("goes", "1 --leader 测试区长 --to {unit} --by 2023-08-01", RECEIVED)],
    "reception follow": [],  # names which of the orders it is about: they were asked about when they were given
    "list": [Try("hidden", "--unit {unit}"), Try("hidden", "--where 单位:{unit}"), Try("hidden", "--where 共同承办:{unit}", ("co-handle 1 --unit {unit}",), book="goes")],
    "search": [Try("hidden", "某事 --accusation --why 测试 --unit {unit}")],
    "duplicates": [Try("hidden", "--accusation --why 测试 --unit {unit}", ("add --received 2023-05-03 --channel 来信 --kind 检举控告 --title 某事乙 --name 测试甲 --phone 13000000000 --complained-person 丙 --yes",), way_out=False)],
    "overdue": [Try("hidden", "--unit {unit}")], "due": [Try("hidden", "--unit {unit} --within 900 --windows"), Try("hidden", "--unit {unit} --differs")],
    "stats": [Try("hidden", "--year 2023 --cases cases --unit {unit}"), Try("hidden", "--year 2023 --backdated --unit {unit} --json")],
    "outlook": [Try("hidden", "--year 2023 --unit {unit}")], "blame": [Try("hidden", "--year 2023 --cases --unit {unit}")],
    "report": [Try("hidden", "unit {unit} 2023 --json")],
    "meeting": [Try("hidden", "--unit {unit}"), Try("held", "1")],
    "export": [Try("hidden", f"{what} --unit {{unit}} --csv") for what in ("cases", "clocks", "events")],
    "sheet": [Try("hidden", "{unit} -o {out}/s --force")],
    "backlog list": [Try("hidden", "--unit {unit}", BATCH), Try("hidden", "--guard-unit {unit}", ("backlog batch add 批 --target 60", "backlog join 1 --batch 批 --guard-unit {unit}"))],
    "reception list": [Try("hidden", "--unit {unit}", ("reception log 1 --leader 测试区长 --on 2023-07-05 --to {unit} --by 2023-08-01",))],
    "collect": [Try("held", "{out}/{unit}-20230501.xlsx --yes")],
}  # fmt: skip
ELSEWHERE = {
    "edit": "who is complained of; what stands against article 30 after it is refused without --yes",
    "not-the-accused": "the way out itself",
    "unit edit": "the list of units", "unit merge": "the list of units",
}  # fmt: skip
EMPTY = {
    *("due --unit {unit} --within 900 --windows", "due --unit {unit} --differs", "outlook --year 2023 --unit {unit}"),
    "backlog list --guard-unit {unit}",
}
"""Lists in which the accusation is not either where it may be seen: no such clock of it runs; who keeps contact with the
petitioner, where he lives, is told of no accusation."""
NAMES_A_UNIT = ("单位", "机关", "对象", "领导", "单位…", "原单位")


def names_somebody(command: parser.Command) -> bool:
    names = {param.name for param in command.params}
    metavars = {str(getattr(param, "metavar", "")) for param in command.params}
    return "not_the_accused" in names or not metavars.isdisjoint(NAMES_A_UNIT)


def test_every_command_that_names_a_unit_is_tried() -> None:
    found = {
        " ".join(words)
        for words, command, _ in tree()
        if not isinstance(command, parser.Group) and names_somebody(command)
    }
    assert found == {*TRIES, *ELSEWHERE}


def test_every_one_of_them_has_the_way_out() -> None:
    has = {
        " ".join(words)
        for words, command, _ in tree()
        if any(param.name == "not_the_accused" for param in command.params)
    }
    assert has == {name for name in TRIES if name != "reception follow"}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For each unit: the accusation nowhere; and the accusation with it, since it became one only when it was there."""
    folder = tmp_path_factory.mktemp("article30")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, str(folder / "home"))
        for relation, unit in UNITS.items():
            for how in ("goes", "held"):
                at = folder / f"{relation}-{how}"
                at.mkdir()
                counter = Counter(at / "book.db", patch)
                for name in (*UNITS.values(), "测试纪委", "旁的局"):
                    counter.ok("unit", "add", name, today=TODAY)
                counter.ok("unit", "edit", "测试局", "--parent", "测试委", today=TODAY)
                counter.ok("unit", "edit", "测试所", "--parent", "测试局", today=TODAY)
                counter.ok("unit", "edit", "另管局", "--leader", "甲某人", today=TODAY)
                who = ("--name", "测试甲", "--phone", "13000000000")
                whom = ("--complained-unit", "测试局", "--complained-person", "甲某人")
                kind = "检举控告" if how == "goes" else "申诉求决"
                said = ("--channel", "来信", "--kind", kind, "--title", "某事", *who, "--yes")
                counter.ok("add", "--received", "2023-05-01", *said, *(whom if how == "goes" else ()), today=TODAY)
                counter.ok(
                    "assign", "1", "--to", "测试纪委" if how == "goes" else unit, "--on", "2023-05-04", today=TODAY
                )
                if how == "held":
                    counter.ok("sheet", unit, "-o", str(at), today="2023-05-05")
                    counter.ok("edit", "1", "--kind", "检举控告", *whom, "--yes", today=TODAY)
    return folder


def cases() -> list[Any]:
    """The first way of each command with every relation; the others with the same unit and with a near name."""
    found: list[Any] = []
    for name, tries in TRIES.items():
        for number, one in enumerate(tries):
            wanted = [*UNITS] if number == 0 else ["same", "near"]
            if "{unit}" not in one.words + "".join(one.before) and one.how == "goes":
                wanted = ["same"]
            found += [pytest.param(name, one, relation, id=f"{name}-{number}-{relation}") for relation in wanted]
    return found


@pytest.mark.long
@pytest.mark.parametrize(("name", "one", "relation"), cases())
def test_it_does_not_get_there(
    name: str, one: Try, relation: str, books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = UNITS[relation]
    source = books / f"{relation}-{one.book or ('goes' if one.how == 'goes' else 'held')}"
    shutil.copytree(source, tmp_path / "at")
    counter = Counter(tmp_path / "at" / "book.db", monkeypatch)
    (tmp_path / "out").mkdir()
    for sheet in source.glob("*.xlsx"):
        shutil.copyfile(sheet, tmp_path / "out" / f"{unit}-20230501.xlsx")
        filled(tmp_path / "out" / f"{unit}-20230501.xlsx")

    def words(text: str) -> list[str]:
        return text.format(unit=unit, out=tmp_path / "out").split()

    def run(text: str, *more: str) -> tuple[int, str, str]:
        ran = counter(*name.split(), *words(text), *more, today=TODAY)
        told = ran.out + "".join(read(file) for file in (tmp_path / "out").rglob("*") if file.parent.name == "s")
        return ran.code, told, ran.err

    for before in one.before:
        ran = counter(*words(before), *(REASON if "{unit}" in before and "assign" not in before else ()), today=TODAY)
        assert ran.code == 0, (before, ran)
    if any("{unit}" in before and "assign" not in before for before in one.before):
        uncleared(counter)
    clearances = cleared(counter)
    code, out, err = run(one.words)
    if one.how == "hidden":
        assert "000001" not in out.replace("XF2023-000001 已写明", ""), out
        assert "程序出了意外" not in err
    elif name == "collect":
        assert (code, "条例第三十条" in out + err) == (1, True), (out, err)
    else:
        assert code == 1, (out, err)
        assert "条例第三十条" in err or not one.way_out, err
    if not one.way_out:
        return
    code, out, err = run(one.words, *REASON)
    assert code == 0, (out, err)
    assert cleared(counter) > clearances
    if one.how == "hidden" and f"{name} {one.words}" not in EMPTY:
        assert "000001" in out, (out, err)


def cleared(counter: Counter) -> int:
    """How many clearances the book holds, those taken back too."""
    with closing(sqlite3.connect(counter.path)) as book:
        return int(book.execute("SELECT count(*) FROM events WHERE kind = 'not_the_accused'").fetchone()[0])


def uncleared(counter: Counter) -> None:
    """Saying anew who is complained of lets no clearance stand."""
    counter.ok("edit", "1", "--complained-unit", "测试局某科", "--yes", "--why", "测试", today=TODAY)
    counter.ok("edit", "1", "--complained-unit", "测试局", "--yes", "--why", "测试", today=TODAY)


def read(file: Path) -> str:
    from openpyxl import load_workbook

    return "".join(
        str(cell) for page in load_workbook(file) for row in page.iter_rows(values_only=True) for cell in row
    )


def filled(path: Path) -> None:
    from openpyxl import load_workbook

    book = load_workbook(path)
    page = book.worksheets[0]
    for row in page.iter_rows():
        for cell in row:
            if cell.value == "签收日期":
                page.cell(cell.row + 1, cell.column).value = "2023-05-06"
    book.save(path)
