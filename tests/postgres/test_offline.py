"""Intake while the server is away: kept on this machine, entered later with its received day, each once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Counter
from tests.postgres import server
from tests.postgres.offices import address
from xinfang_cli.cli import adding, asking
from xinfang_cli.errors import Unusable

NOWHERE = "postgresql://127.0.0.1:1/x?office=测试局"
SAID = ("--channel", "来访", "--kind", "申诉求决", "--title", "反映供水压力不足", "--name", "测试甲")


@pytest.fixture
def at(cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    counter = Counter(address(cluster), monkeypatch)  # type: ignore[arg-type]
    assert counter("server", "init").code == 0
    return counter


def _kept(tmp_path: Path) -> list[str]:
    return sorted(file.name.partition(".")[2] for file in (tmp_path / "data" / "xinfang").glob("*"))


def test_put_down_and_entered(at: Counter, tmp_path: Path) -> None:
    for n, day in ((1, "2023-07-13"), (2, "2023-07-14")):
        said = at.ok("add", "--offline", *SAID, "--tag", "扬言", "--on", day, db=NOWHERE)
        assert (said["offline"], said["received_on"]) == (f"待补-{n}", day)
        assert at("add", "--offline", *SAID, "--on", day).code == 0  # of this office, before it is away
    assert Path(said["file"]).stat().st_mode & 0o777 == 0o600
    assert _kept(tmp_path) == ["待补-1.json", "待补-1.json", "待补-2.json", "待补-2.json"]
    assert at("list", "--count", "--json").json()["count"] == 0
    entered = at.ok("add", "--resume-all", today="2023-07-20")
    assert [one["case_no"] for one in entered] == ["XF2023-000001", "XF2023-000002"]
    assert [one["received_on"] for one in at.ok("list", today="2023-07-20")] == ["2023-07-14", "2023-07-13"]
    assert _kept(tmp_path) == ["待补-1.json", "待补-2.json"]  # those of the other
    ran = at("add", "--resume-all", "--json")
    assert (ran.code, ran.error()["code"]) == (1, "not_found")
    shown = at("history", "1", "--json").json()
    assert shown[0]["recorded_at"][:4] != "2023"  # when it was entered, not received
    assert at("doctor").code == 0


def test_each_once(at: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the process ends between the writing and the file's removal, or the case was taken back since."""
    at.ok("add", "--offline", *SAID)
    unlink = Path.unlink

    def killed(self: Path, missing_ok: bool = False) -> None:
        if "待补-" in self.name:
            raise KeyboardInterrupt
        unlink(self, missing_ok=missing_ok)

    for how in ("--resume-all", "--resume"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", killed)
            assert at("add", how).code == 1
        assert at("list", "--count", "--json").json()["count"] == 1
        assert len(_kept(tmp_path)) == 1
    assert at("undo").code == 0
    said = at.ok("add", "--resume-all")
    assert [one["error"]["code"] for one in said] == ["already"]
    assert _kept(tmp_path) == []
    assert at("list", "--count", "--json").json()["count"] == 0
    at.ok("add", "--offline", *SAID)  # the same words, another matter
    assert "error" not in at.ok("add", "--resume-all")[0]


def test_through_the_law(at: Counter, tmp_path: Path) -> None:
    """What the office's lists or the law refuse stays, and can be mended; the others are entered."""
    at.ok("add", "--offline", *SAID, "--topic", "没有的分类")
    at.ok("add", "--offline", *SAID)
    for words, code in ((("--on", "2023-07-18"), 1), (("--kind", "没有的"), 1), (("--title", ""), 2)):
        ran = at("add", "--offline", *SAID, *words, "--json")
        assert (ran.code, len(_kept(tmp_path))) == (code, 2), ran
    ran = at("add", "--resume-all", "--json")
    assert ran.code == 1
    assert [one["case_no"] for one in ran.json()] == ["XF2023-000001", "待补-1"]
    assert _kept(tmp_path) == ["待补-1.json"]
    assert at.ok("add", "--resume", "--topic", "城乡建设")["case_no"] == "XF2023-000002"
    assert _kept(tmp_path) == []


def test_said_where_it_is_wanted(at: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = at("add", *SAID, "--json", db=NOWHERE)
    assert (ran.code, "--offline" in ran.error()["hint"]) == (3, True), ran
    assert at("add", "--offline", *SAID, db=str(tmp_path / "a.db")).code == 1
    assert not (tmp_path / "a.db").exists()
    # who answered every question while the line broke loses nothing
    monkeypatch.setattr(asking, "somebody_there", lambda: True)
    monkeypatch.setattr(
        asking,
        "ask",
        lambda question, default="": (
            default or {"信访形式": "来访", "信访目的": "咨询", "概况": "问供水"}.get(question.partition("（")[0], "")
        ),
    )

    def gone(*_: object, **__: object) -> None:
        asking.heard[:] = ["line"]
        raise Unusable("服务器没有开", "", code="io")

    with monkeypatch.context() as patch:
        patch.setattr(adding, "_enter", gone)
        ran = at("add")
    assert (ran.code, "待补-1" in ran.err) == (3, True), ran
    assert at.ok("add", "--resume")["case_no"] == "XF2023-000001"
    assert server.USER in str(at.path)
