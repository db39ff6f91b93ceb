"""What leaves the book for other eyes carries no petitioner: every byte of every document is searched for canaries."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import pytest

from tests.cli.conftest import Counter

NAME, FORMER, PHONE, ID_NO = "金丝甲", "金丝乙", "13900004567", "110101199001010013"
DOOR, OTHER_PHONE = "金丝雀路88号7栋", "13700008899"
CANARIES = (NAME, FORMER, PHONE, ID_NO, DOOR, OTHER_PHONE, "139 0000 4567", "鲁Q77889", "jinsi@example.com")
TITLE = f"{FORMER}（{PHONE}、139 0000 4567）反映{DOOR}漏水，{NAME}的车鲁Q77889，另打{OTHER_PHONE}，jinsi@example.com，{ID_NO}"


@pytest.fixture
def canaries(counter: Counter) -> Counter:
    """A late case whose petitioner changed his name, and an accusation; both say in words who wrote them."""
    for kind in ("申诉求决", "检举控告"):
        person = ("--name", FORMER, "--phone", PHONE, "--id-no", ID_NO, "--address", f"测试区{DOOR}")
        said = ("--title", TITLE, "--content", TITLE, "--topic", "其他", "--received", "2023-04-03")
        of = ("--complained-person", "被反映甲") if kind == "检举控告" else ()
        counter.ok("add", "--channel", "letter", "--kind", kind, *person, *said, *of, "--json")
    counter.ok("assign", "1", "2", "--to", "测试局", "--new-unit", "--on", "2023-04-04", "--json")
    counter.ok("accept", "1", "2", "--on", "2023-05-20", "--json")
    counter.ok("note", "1", "--text", f"{NAME}来电{OTHER_PHONE}", "--on", "2023-05-21", "--json")
    counter.ok("edit", "1", "--name", NAME, "--json")
    counter.ok("edit", "2", "--name", NAME, "--json")
    return counter


def found_in(content: bytes) -> list[str]:
    """The canaries in a file, in each part of a packed one."""
    parts = [content]
    if is_zipfile(io.BytesIO(content)):
        with ZipFile(io.BytesIO(content)) as packed:
            parts = [packed.read(name) for name in packed.namelist()]
    return [word for word in CANARIES for part in parts if word in part.decode("utf-8", "replace")]


Asked = tuple[str, ...]
ON_STDOUT: dict[str, Asked] = {
    "month": ("report", "month", "2023-05"),
    "month json": ("report", "month", "2023-05", "--json"),
    "year": ("report", "year", "2023"),
    "unit json": ("report", "unit", "测试局", "2023-05", "--json"),
    "cases": ("export", "cases", "--json"),
    "cases csv": ("export", "cases", "--csv"),
    "clocks": ("export", "clocks", "--json"),
    "events": ("export", "events", "--json"),
    "events csv": ("export", "events", "--csv"),
}
FILES: dict[str, Callable[[str], Asked]] = {
    **{
        f"month.{ending}": lambda path: ("report", "month", "2023-05", "-o", path)
        for ending in ("docx", "xlsx", "html", "md", "json")
    },
    "unit.xlsx": lambda path: ("report", "unit", "测试局", "2023-05", "-o", path),
    "meeting.xlsx": lambda path: ("meeting", "-o", path),
    "cases.xlsx": lambda path: ("export", "cases", "-o", path),
    "clocks.xlsx": lambda path: ("export", "clocks", "-o", path),
    "events.xlsx": lambda path: ("export", "events", "-o", path),
    "sheets": lambda path: ("sheet", "测试局", "-o", path),
    "supervise.docx": lambda path: ("letter", "催办函", "1", "-o", path),
}


@pytest.mark.parametrize("what", ON_STDOUT)
def test_nothing_on_stdout(canaries: Counter, what: str) -> None:
    ran = canaries(*ON_STDOUT[what])
    assert ran.code == 0, ran
    assert found_in((ran.out + ran.err).encode()) == []
    assert "1" in ran.out


@pytest.mark.parametrize("what", FILES)
def test_nothing_in_files(canaries: Counter, what: str, tmp_path: Path) -> None:
    path = tmp_path / what
    ran = canaries(*FILES[what](str(path)))
    assert ran.code == 0, ran
    assert found_in((ran.out + ran.err).encode()) == []
    written = [path] if path.is_file() else list(path.iterdir())
    assert written
    # where the matter lies, the unit it is sent to has to know
    known = {DOOR} if what in ("sheets", "unit.xlsx", "supervise.docx") else set()
    for file in written:
        assert set(found_in(file.read_bytes())) <= known


def test_the_petitioner_reads_what_he_wrote(canaries: Counter, tmp_path: Path) -> None:
    path = tmp_path / "accept.docx"
    canaries.ok("letter", "受理告知书", "1", "-o", str(path), "--json")
    assert NAME in found_in(path.read_bytes())
