"""Files and words without an end, or with signs that no document holds: refused in one line, at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Counter
from xinfang_cli.files import make_private


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize("words", [("doctor", "--heads"), ("profile", "import"), ("verify",)])
def test_a_device_and_a_pipe(counter: Counter, tmp_path: Path, words: tuple[str, ...]) -> None:
    counter.add()
    os.mkfifo(tmp_path / "管道.seal")
    for file in ("/dev/zero", str(tmp_path / "管道.seal")):
        refused = counter(*words, file)
        assert refused.code == 3
        assert refused.err.startswith("出错：")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_template_and_a_book_that_are_none(counter: Counter, tmp_path: Path) -> None:
    counter.add()
    pipe = tmp_path / "管道.docx"
    os.mkfifo(pipe)
    for file, what in (("/dev/zero", "设备"), (str(pipe), "管道"), (str(tmp_path), "文件夹")):
        refused = counter("config", "set", "template.month", file)
        assert (refused.code, f"是{what}" in refused.err) == (3, True), refused
    assert "不存在" in counter("config", "set", "template.month", str(tmp_path / "没有.docx")).err
    for db, what in ((pipe, "管道"), (tmp_path, "文件夹"), (Path("/dev/zero"), "设备")):
        refused = counter("list", db=db)
        assert (refused.code, f"是{what}，不是案件簿文件" in refused.err) == (3, True), refused


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_nothing_is_put_in_the_place_of_a_pipe_or_a_device(counter: Counter, tmp_path: Path) -> None:
    counter.add()
    for end in ("xlsx", "csv", "json", "db"):
        pipe = tmp_path / f"管道.{end}"
        os.mkfifo(pipe, 0o666)
        before = pipe.stat()
        words = ("backup", str(pipe), "--force") if end == "db" else ("export", "-o", str(pipe), "--force")
        refused = counter(*words)
        assert (refused.code, pipe.is_fifo()) == (3, True), refused
        assert not make_private(pipe)
        assert pipe.stat().st_mode == before.st_mode


def test_a_control_character_in_the_number_of_a_report(counter: Counter, tmp_path: Path) -> None:
    counter.add()
    target = tmp_path / "通报.docx"
    assert counter("report", "month", "2023-06", "--number", "甲\x07乙", "-o", str(target)).code == 0
    assert target.exists()
