"""seal and verify: whoever has the office's public key finds out what was changed since, and by whom it was not signed."""

from __future__ import annotations

import json
import sys
import types
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Counter


@pytest.fixture
def public(counter: Counter, tmp_path: Path) -> str:
    counter.add()
    made = counter.ok("seal", "--new-key", str(tmp_path / "本局.key"))
    assert Path(made["key"]).stat().st_mode & 0o777 == 0o600
    return str(made["public_key"])


def _verify(counter: Counter, file: Path, *words: str) -> tuple[int, list[str]]:
    ran = counter("verify", str(file), *words, "--json", db=file.with_name("nowhere.db"))  # no book is needed
    return ran.code, ran.json()["problems"]


def test_the_head_is_signed(counter: Counter, public: str, tmp_path: Path) -> None:
    target = tmp_path / "今天.seal"
    sealed = counter.ok("seal", "-o", str(target))
    assert sealed["head"] == counter.ok("doctor")["head"]
    assert _verify(counter, target, "--public-key", public) == (0, [])
    assert counter.ok("doctor", "--head", sealed["head"])["ok"]
    assert counter.ok("verify", str(target))["trusted"] is False
    assert "另行公布的核对" in counter("verify", str(target)).err


@pytest.mark.parametrize(
    "field", ["office", "signed_at", "events", "head", "file", "sha256", "public_key", "signature"]
)
def test_no_word_of_a_seal_can_be_changed(counter: Counter, public: str, tmp_path: Path, field: str) -> None:
    about = tmp_path / "通报.md"
    about.write_text("通报", "utf-8")
    counter.ok("seal", str(about))
    seal = tmp_path / "通报.md.seal"
    said = json.loads(seal.read_text("utf-8"))
    was = said[field]
    said[field] = was + 1 if field == "events" else ("1" if was[0] != "1" else "2") + was[1:]
    seal.write_text(json.dumps(said), "utf-8")
    for words in ((), ("--public-key", public)):
        code, problems = _verify(counter, about, *words)
        assert code == 1
        assert problems


def test_a_file_that_was_changed_and_one_that_is_gone(counter: Counter, public: str, tmp_path: Path) -> None:
    about = tmp_path / "通报.md"
    about.write_text("通报", "utf-8")
    counter.ok("seal", str(about))
    assert _verify(counter, about, "--public-key", public) == (0, [])
    about.write_text("通报。", "utf-8")
    assert _verify(counter, about, "--public-key", public)[0] == 1
    about.unlink()
    assert _verify(counter, tmp_path / "通报.md.seal", "--public-key", public)[0] == 1


def test_another_key_signs_for_nobody_else(counter: Counter, public: str, tmp_path: Path) -> None:
    counter.ok("seal", "--new-key", str(tmp_path / "另一把.key"))
    target = tmp_path / "今天.seal"
    counter.ok("seal", "-o", str(target))
    assert _verify(counter, target) == (0, [])
    assert _verify(counter, target, "--public-key", public)[0] == 1


def test_copies_and_published_reports_carry_it(counter: Counter, public: str, tmp_path: Path) -> None:
    made = counter.ok("backup", str(tmp_path / "copy.db"))
    assert _verify(counter, tmp_path / "copy.db", "--public-key", public) == (0, [])
    seal = counter.ok("verify", str(tmp_path / "copy.db"))["seal"]
    assert (seal["events"], seal["head"]) == (made["events"], made["head"])
    folder = tmp_path / "copies"
    for _ in range(2):
        counter.add()
        counter.ok("backup", str(folder), "--keep", "1")
    assert len(list(folder.glob("*.seal"))) == 1
    counter.ok("report", "month", "2023-06", "--publish", "--yes", "-o", str(tmp_path / "六月.md"))
    assert _verify(counter, tmp_path / "六月.md", "--public-key", public) == (0, [])


def test_a_copy_is_made_without_its_seal_where_the_key_is_gone(counter: Counter, public: str, tmp_path: Path) -> None:
    (tmp_path / "本局.key").unlink()
    made = counter.ok("backup", str(tmp_path / "copy.db"))
    assert any("没有签封" in warning for warning in made["warnings"])
    assert counter("seal", "-o", str(tmp_path / "x.seal"), "--json").error()["code"] == "no_key"


def test_a_key_is_never_overwritten(counter: Counter, public: str, tmp_path: Path) -> None:
    before = (tmp_path / "本局.key").read_bytes()
    assert counter("seal", "--new-key", str(tmp_path / "本局.key"), "--json").error()["code"] == "exists"
    assert (tmp_path / "本局.key").read_bytes() == before


def test_without_a_key_nothing_is_signed(counter: Counter, tmp_path: Path) -> None:
    counter.add()
    assert counter("seal", "-o", str(tmp_path / "x.seal"), "--json").error()["code"] == "no_key"
    counter.ok("backup", str(tmp_path / "copy.db"))
    assert not (tmp_path / "copy.db.seal").exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"kind": "xinfang-seal-1"}', b"\xff\xfe", b"null"])
def test_what_is_no_seal(counter: Counter, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.seal").write_bytes(content)
    ran = counter("verify", str(tmp_path / "x.seal"), "--json")
    assert (ran.code, ran.error()["code"]) == (3, "not_a_seal")
    assert counter("verify", str(tmp_path / "none"), "--json").error()["code"] == "no_seal"
    assert counter("verify", str(tmp_path / "x.seal"), "--public-key", "abc", "--json").code != 0


@pytest.mark.parametrize("end", [".docx", ".xlsx", ".html", ".md"])
def test_a_published_bulletin_with_another_figure(counter: Counter, public: str, tmp_path: Path, end: str) -> None:
    """Its foot says the head that it stands on; its seal that somebody changed a number in it."""
    counter.ok("add", "--channel", "letter", "--kind", "appeal", "--title", "测试件", "--received", "2023-06-01")
    target = tmp_path / f"通报{end}"
    made = counter.ok("report", "month", "2023-06", "--publish", "--yes", "-o", str(target))
    assert made["head"]["head"][:16] in made["foot"][-1]
    assert counter.ok("doctor", "--head", made["head"]["head"][:16])["ok"]
    assert "链头" not in str(counter.ok("report", "month", "2023-06")["foot"])  # nobody published it
    assert _verify(counter, target, "--public-key", public) == (0, [])
    said = made["head"]["head"][:16].encode()
    if end in (".docx", ".xlsx"):
        parts = {}
        with zipfile.ZipFile(target) as was:
            parts = {name: was.read(name) for name in was.namelist()}
        assert any(said in part for part in parts.values())
        with zipfile.ZipFile(target, "w") as now:
            for name, part in parts.items():
                now.writestr(name, part.replace("数据截至".encode(), "数据截到".encode()))
    else:
        assert said in target.read_bytes()
        target.write_bytes(target.read_bytes().replace(b"1", b"2"))
    assert _verify(counter, target, "--public-key", public)[0] == 1


def test_a_key_in_the_keyring(counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.add()
    kept: dict[tuple[str, str], str] = {}
    ring = types.ModuleType("keyring")
    ring.__dict__["set_password"] = lambda service, name, text: kept.__setitem__((service, name), text)
    ring.__dict__["get_password"] = lambda service, name: kept.get((service, name))
    monkeypatch.setitem(sys.modules, "keyring", ring)
    made = counter.ok("seal", "--new-key", "钥匙串")
    assert made["key"] == f"keyring:{made['public_key'][:16]}"
    assert list(tmp_path.glob("*.key")) == []
    target = tmp_path / "今天.seal"
    counter.ok("seal", "-o", str(target))
    assert _verify(counter, target, "--public-key", made["public_key"]) == (0, [])
    kept.clear()
    assert "钥匙串" in counter("seal", "-o", str(target)).err
    ring.__dict__["get_password"] = lambda service, name: 1 / 0
    assert counter("seal", "-o", str(target)).code == 3
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert counter("seal", "--new-key", "钥匙串").code == 1
