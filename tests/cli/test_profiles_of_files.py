"""A profile brought as a file that somebody wrote by hand: taken, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Counter


@pytest.mark.parametrize(
    "more",
    ['"words": 0.5', '"default": ["a"]', '"codes": "x="', '"headings": true', '"headings": ' + "[" * 5000 + "]" * 5000],
)
def test_what_is_no_profile(counter: Counter, tmp_path: Path, more: str) -> None:
    counter.add()
    file = tmp_path / "a.json"
    file.write_text(f'{{"name": "方案", "map": {{}}, {more}}}', "utf-8")
    refused = counter("profile", "import", str(file))
    assert (refused.code, "不是导出的对照方案" in refused.err) == (1, True)
    file.write_text('{"name": "方案", "map": {"甲": "概况"}, "words": null}', "utf-8")
    assert counter("profile", "import", str(file)).code == 0


def test_a_profile_file_is_not_written_over_unasked(counter: Counter, tmp_path: Path) -> None:
    counter.add()
    kept = tmp_path / "旧.json"
    kept.write_text('{"name": "方案", "map": {"甲": "概况"}}', "utf-8")
    assert counter("profile", "import", str(kept)).code == 0
    file = tmp_path / "方案.json"
    assert counter("profile", "export", "方案", "-o", str(file)).code == 0
    file.write_text("另有用处", "utf-8")
    refused = counter("profile", "export", "方案", "-o", str(file))
    assert (refused.code, file.read_text("utf-8")) == (1, "另有用处")
    assert "--force" in refused.err
    assert counter("profile", "export", "方案", "-o", str(file), "--force").code == 0
    assert "甲" in file.read_text("utf-8")
