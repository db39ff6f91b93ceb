"""restore --carry: what was recorded after the backup stands again, in the chain that it stood in."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.conftest import Counter

SHEET = "登记编号,收到日期,信访形式,信访目的,概况,责任单位,转办日期\n,2023-05-01,来信,求决,测试件甲,丙局,2023-05-03\nA-77,2023-05-02,来信,求决,测试件乙,,\n"


def recorded_since(counter: Counter, folder: Path) -> None:
    """Commands of many kinds, some taken back."""
    (folder / "a.csv").write_text(SHEET, "utf-8")
    counter.ok("add", "--channel", "letter", "--kind", "appeal", "--title", "新件", "--received", "2023-06-01")
    counter.ok("assign", "1", "--to", "乙局", "--new-unit", "--on", "2023-05-20")
    counter.ok("import", str(folder / "a.csv"))
    counter.ok("accept", "1", "--on", "2023-05-22")
    counter.ok("edit", "1", "--title", "改过的概况")
    counter.ok("correct", "1", "--event", "3", "--on", "2023-05-23", "--reason", "写错了")
    counter.ok("tag", "2", "--add", "标签")
    counter.ok("undo")
    counter.ok("unit", "add", "丁局", "--short", "丁")
    counter.ok("unit", "edit", "乙局", "--alias", "乙")
    counter.ok("config", "set", "prefix", "XG")
    counter.ok("view", "save", "列表", "--overdue")
    counter.ok("add", "--channel", "visit", "--kind", "appeal", "--title", "丙件", "--new-topic", "--topic", "新分类")
    counter.ok("undo")
    counter.ok("note", "1", "--text", "记一笔")


def test_all_that_came_since_stands_again(counter: Counter, tmp_path: Path) -> None:
    counter.ok("add", "--channel", "letter", "--kind", "appeal", "--title", "老件", "--received", "2023-05-10")
    counter.ok("backup", str(tmp_path / "a.bak"))
    recorded_since(counter, tmp_path)
    before = (counter.ok("list"), counter.ok("show", "1"), counter.ok("unit", "list"), counter.ok("doctor")["head"])
    done = counter.ok("restore", str(tmp_path / "a.bak"), "--force", "--carry")
    assert done["carried"]["left"] == []
    assert done["carried"]["cases"] == 5
    assert done["head"] == before[3]  # the same chain, event by event
    after = (counter.ok("list"), counter.ok("show", "1"), counter.ok("unit", "list"), counter.ok("doctor")["head"])
    assert after == before
    assert counter.ok("doctor")["problems"] == []
    assert counter.ok("restore", str(tmp_path / "a.bak"), "--force")["carried"] is None
    assert len(counter.ok("list")) == 1
    assert counter.add() == "XF2023-000006"  # numbers told to somebody stay spent


def test_what_cannot_be_carried_is_said(counter: Counter, tmp_path: Path) -> None:
    counter.ok("add", "--channel", "letter", "--kind", "appeal", "--title", "老件", "--received", "2023-05-10")
    counter.ok("backup", str(tmp_path / "a.bak"))
    recorded_since(counter, tmp_path)
    with closing(sqlite3.connect(counter.path)) as conn, conn:  # a text that is no longer what was written
        conn.execute(
            "UPDATE texts SET body = replace(body, '测试件甲', '别的') WHERE event_id IN (SELECT id FROM events WHERE kind = 'register')"
        )
    done = counter("restore", str(tmp_path / "a.bak"), "--force", "--carry", "--json")
    left = done.json()["carried"]["left"]
    assert [(line["what"], line["why"]) for line in left] == [
        ("登记", "文字与哈希不符"),
        ("转送交办", "前面有一条没有补"),
    ]
    assert "没有补：" in done.err
    found = counter("doctor", "--json").json()
    assert found["problems"] == []
    assert counter.ok("show", "1")["title"] == "改过的概况"
    assert counter.ok("list", "--unit", "丁局") == []


def test_nothing_after_a_break_of_the_chain_is_carried(counter: Counter, tmp_path: Path) -> None:
    counter.add()
    counter.ok("backup", str(tmp_path / "a.bak"))
    counter.add()
    counter.add()
    with closing(sqlite3.connect(counter.path)) as conn, conn:
        conn.execute("DROP TRIGGER events_never_change")
        conn.execute("UPDATE events SET on_day = '2023-01-01' WHERE case_id = 2")
    done = counter("restore", str(tmp_path / "a.bak"), "--force", "--carry", "--json").json()["carried"]
    assert (done["cases"], len(done["left"])) == (1, 1)
    other = tmp_path / "other.db"
    for _ in range(2):
        counter("add", "--yes", "--channel", "letter", "--kind", "appeal", "--title", "别簿", db=other)
    said = counter("restore", str(tmp_path / "a.bak"), "--force", "--carry", db=other)
    assert "没有补后来的" in said.err


def test_a_backup_of_an_earlier_version(counter: Counter, tmp_path: Path) -> None:
    """Its copy is brought to this version first: what is carried gets other places in the chain, and stands all the same."""
    old = next((Path(__file__).parents[1] / "book" / "old").glob("v14-*.db.gz"))
    (tmp_path / "a.bak").write_bytes(gzip.decompress(old.read_bytes()))
    counter.path.write_bytes((tmp_path / "a.bak").read_bytes())
    before = counter.ok("list")
    number = counter.add()
    counter.ok("unit", "add", "丁局")
    counter.ok("assign", number, "--to", "丁局")
    counter.ok("undo")
    counter.ok("note", number, "--text", "记一笔")
    assert len(counter.ok("list")) > len(before)
    now = counter.ok("list")
    counter.ok("doctor")
    done = counter.ok("restore", str(tmp_path / "a.bak"), "--force", "--carry")
    assert done["carried"]["left"] == []
    assert counter.ok("list") == now
    assert counter.ok("doctor")["problems"] == []
    counter.ok("undo")
    assert "记一笔" not in str([event for event in counter.ok("show", number)["events"] if not event["revoked"]])
