"""What the program writes is its owner's alone, whatever the umask; what is handed on is what the umask leaves."""

from __future__ import annotations

import csv
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Counter
from xinfang_cli.book.sqlite import opening
from xinfang_cli.cli import asking

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes of Unix")
HANDED_ON = ("通报.docx", "通报.xlsx", "通报.html", "通报.md", "年报.docx", "模板.xlsx", "模板.csv", "值班表.docx", "值班表.xlsx", "值班表.ics", "空模板.docx", "方案.json")  # fmt: skip
"""Papers that name no petitioner and go to others: everything else is private."""
WRITES = [
    "backup {out}/b.db", "backup {out}/copies --keep 3", "export -o {out}/a.xlsx", "export -o {out}/a.csv", "export -o {out}/a.json", "export events -o {out}/e.csv",
    "export --full --reveal --why 测试 -o {out}/f.xlsx", "export --anonymous -o {out}/n.csv", "export --reveal --why 测试 -o {out}/r.xlsx --files {out}/附件",
    "sheet 测试局 -o {out}/表", "letter 转送函 1 -o {out}/函/", "letter 受理告知书 1 -o {out}/告知.docx", "remind --letters {out}/催办", "report unit 测试局 2023 -o {out}/核对.xlsx",
    "meeting -o {out}/调度.xlsx", "doctor --security -o {out}/保密.md", "seal --new-key {out}/本局.key", "seal -o {out}/今天.seal", "import {out}/../好行.csv --map 概要=概况 --profile 方案", "profile export 方案 -o {out}/方案.json",
    *(f"report month 2023-05 -o {{out}}/通报.{end}" for end in ("docx", "xlsx", "html", "md")), "report year 2023 -o {out}/年报.docx", "template {out}/模板.xlsx", "template {out}/模板.csv",
    *(f"reception roster --month 2023-07 --leaders 测试区长 --replace -o {{out}}/值班表.{end}" for end in ("docx", "xlsx", "ics")), "report --export-template month {out}/空模板.docx",
    "import {out}/../坏行.csv", "config set heads_file {out}/链头", "config set backup_folder {out}/每天", "note 1 --text 又一笔", "restore {out}/b.db --force",
]  # fmt: skip


ANSWERS = {"信访形式": "来访", "信访目的": "咨询", "概况": "反映供水", "信访人姓": "测试甲", "联系电话": "13000000002"}
REFUSED = ("import {out}/../坏行",)
"""Where rows are turned back."""


@pytest.mark.long
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_modes_of_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    with (tmp_path / "坏行.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["收到日期", "信访形式", "信访目的", "概况", "姓名"], ["没有", "来信", "申诉求决", "坏", "测试丙"]]
        )
    (tmp_path / "好行.csv").write_text(
        "收到日期,信访形式,信访目的,概要,姓名\n2023-05-03,来信,申诉求决,好,测试丁\n", "utf-8"
    )
    was = os.umask(umask)
    try:
        out.mkdir(0o700)
        (out / "每天").mkdir(0o700)
        at = Counter(home / "新" / "book.db", monkeypatch)
        at.ok("unit", "add", "测试局")
        at.ok("unit", "add", "测试纪委")
        at.add("2023-05-01", phone="13000000001", address="测试区某路1号")
        at.add("2023-05-02", kind="检举控告")
        (tmp_path / "证据.txt").write_text("x")
        at.ok("attach", "1", str(tmp_path / "证据.txt"))
        at.ok("assign", "1", "--to", "测试局", "--on", "2023-05-04")
        at.ok("accept", "1", "--on", "2023-05-10")
        with closing(sqlite3.connect(at.path)) as held:  # the log stays while somebody reads
            held.execute("SELECT count(*) FROM events").fetchone()
            at.ok("note", "1", "--text", "一笔")
            logs = [Path(f"{at.path}-{end}") for end in ("wal", "shm")]
            assert [stat.S_IMODE(log.stat().st_mode) for log in logs if log.exists()] == [0o600] * 2
        monkeypatch.setattr(opening, "BUSY_MS", 50)
        with closing(sqlite3.connect(at.path, isolation_level=None)) as other:  # what was answered meanwhile is kept
            other.execute("BEGIN IMMEDIATE")
            with monkeypatch.context() as patch:
                patch.setattr(asking, "somebody_there", lambda: True)
                patch.setattr(asking, "ask", lambda question, default="": default or ANSWERS.get(question[:4], ""))
                assert at("add").code == 3
            other.execute("ROLLBACK")
        told = [(words, at(*words.format(out=out).split(), "--json")) for words in WRITES]
        assert [ran for ran in told if ran[1].code != (1 if ran[0].startswith(REFUSED) else 0)] == []
    finally:
        os.umask(was)
    made = [
        one
        for one in (*home.rglob("*"), *out.rglob("*"), *(tmp_path / "tmp").rglob("*"), *tmp_path.glob("坏行?*.*"))
        if not one.is_symlink()
    ]
    assert len(made) > 30
    assert {one.name for one in made} >= {
        "book.db",
        "book.db.files",
        "链头",
        "a.xlsx",
        "核对.xlsx",
        "通报.md",
        "模板.xlsx",
        "空模板.docx",
        "方案.json",
        "值班表.ics",
        "本局.key",
        "今天.seal",
    }
    assert [one.name for one in made if one.match("book.draft-*.json")] != []
    assert [one.name for one in (out / "每天").iterdir()] != []
    assert [one.name for one in (out / "函").iterdir()] != []
    assert any(one.name.startswith("坏行") for one in made)  # what was turned back, as it was
    wrong = []
    for one in made:
        mode = stat.S_IMODE(one.stat().st_mode)
        allowed = 0o777 & ~umask if one.is_dir() and out in one.parents else 0o700
        if one.is_file():
            allowed = 0o666 & ~umask if one.name in HANDED_ON else 0o600
        if mode & ~allowed:
            wrong.append((str(one.relative_to(tmp_path)), oct(mode)))
    assert wrong == []
    assert list((tmp_path / "tmp").rglob("*")) == []
