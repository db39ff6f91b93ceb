"""Files that are there whole or not at all, when the disk is full too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from xinfang_cli.errors import Unusable
from xinfang_cli.files import written_whole

# Files may not grow beyond a kilobyte in that process, which is what a full disk looks like to whoever writes one.
NARROW = """
import resource, signal, sys
from datetime import date
from pathlib import Path
from xinfang_cli.errors import Unusable
from xinfang_cli.documents import import_template, meeting, roster
from xinfang_cli.formats import workbook
from xinfang_cli.formats.model import Col, Row, Table
from xinfang_cli.office.campaigns.roster import DutyRoster

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
sys.unraisablehook = lambda _: None
folder = Path(sys.argv[1])
month = DutyRoster(date(2023, 7, 1), date(2023, 7, 31), (), ())
for name, write in {
    "a.xlsx": lambda path: meeting.write([], path, "测试局", date(2023, 7, 17)),
    "b.xlsx": lambda path: roster.write(month, path, "测试局", "2023-07-17T00:00:00+00:00"),
    "c.docx": lambda path: roster.write(month, path, "测试局", "2023-07-17T00:00:00+00:00"),
    "d.xlsx": lambda path: import_template.write_template(path),
    "e.xlsx": lambda path: workbook.write_tables([], "测试", path),
}.items():
    try:
        write(folder / name)
        print(name, "written")
    except Unusable as error:
        print(name, error.exit_code, error.message)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of Unix")
def test_a_full_disk(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-B", "-c", NARROW, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    names = ("a.xlsx", "b.xlsx", "c.docx", "d.xlsx", "e.xlsx")
    assert ran.stdout.splitlines() == [f"{name} 3 文件 {tmp_path / name} 写不了（文件太大）" for name in names]
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_when_the_new_one_fails(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("旧", "utf-8")
    with pytest.raises(Unusable), written_whole(target):
        raise OSError(28, "No space left on device")
    with pytest.raises(ZeroDivisionError), written_whole(target):
        raise ZeroDivisionError
    assert target.read_text("utf-8") == "旧"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    with written_whole(target) as made:
        made.write_text("新", "utf-8")
    assert target.read_text("utf-8") == "新"
