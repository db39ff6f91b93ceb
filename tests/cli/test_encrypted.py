"""A book encrypted at rest: unlocked, copied, brought back, converted both ways; every way in which it cannot be opened."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Counter
from xinfang_cli import keys

pytestmark = pytest.mark.long

pytest.importorskip("sqlcipher3")
PASS = "一句很长的测试口令"
SECRET, FILE = "龘靐齉的内容", "籪籬籟的证据"


@pytest.fixture(autouse=True)
def nothing_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command is a process of its own: nothing is held from the one before; keys are cheap to stretch."""
    monkeypatch.setattr(keys, "_N", 1 << 4)
    monkeypatch.setattr(keys, "from_keyring", lambda _: None)
    monkeypatch.setattr(keys, "unlocked", {})
    monkeypatch.setattr(keys, "current", [])


class Vault:
    def __init__(self, at: Counter, folder: Path) -> None:
        self.at, self.folder = at, folder
        self.word = self.secret("pass", PASS)

    def secret(self, name: str, text: str) -> str:
        file = self.folder / name
        file.touch(0o600)
        file.write_text(text + "\n", "utf-8")
        return str(file)

    def __call__(self, *words: str, word: str | None = "", **given: Any) -> Any:
        keys.unlocked.clear()
        keys.current.clear()
        env = {} if word is None else {keys.SOURCE: word or self.word}
        return self.at(*words, env=env, **given)

    def ok(self, *words: str, **given: Any) -> Any:
        ran = self(*words, "--json", **given)
        assert ran.code == 0, (words, ran)
        return ran.json()

    def raw(self, *more: Path) -> bool:
        files = [*self.folder.glob("book.db*"), *(self.folder / "book.db.files").rglob("*"), *more]
        return any(word.encode() in file.read_bytes() for file in files if file.is_file() for word in (SECRET, FILE))


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    at = Counter(tmp_path / "book.db", monkeypatch)
    made = Vault(at, tmp_path)
    made.ok("unit", "add", "测试局")
    made.ok(
        "add",
        "--channel",
        "来信",
        "--kind",
        "申诉求决",
        "--title",
        "反映供水",
        "--content",
        SECRET,
        "--name",
        "测试甲",
        "--yes",
    )
    (tmp_path / "证据.txt").write_text(FILE, "utf-8")
    made.ok("attach", "1", str(tmp_path / "证据.txt"))
    return made


def encrypted(vault: Vault, *more: str) -> Any:
    return vault.ok("encrypt", "--new-passphrase-file", vault.word, *more)


def test_there_and_back(vault: Vault, tmp_path: Path) -> None:
    before = {command: vault.ok(*command.split()) for command in ("list", "show 1", "stats --year 2023", "doctor")}
    vault.ok("backup", str(tmp_path / "book.backup-20230301T000000.db"))
    assert vault.raw()
    done = encrypted(vault, "--sheet", str(tmp_path / "sheet.txt"))
    assert (done["files"], done["recovery_code"]) == (1, None)
    assert done["plain_copies"] == [str(tmp_path / "book.backup-20230301T000000.db")]
    assert os.stat(tmp_path / "book.db.key").st_mode & 0o777 == 0o600
    assert os.stat(tmp_path / "sheet.txt").st_mode & 0o777 == 0o600
    (tmp_path / "book.backup-20230301T000000.db").unlink()
    assert not vault.raw()
    for command, was in before.items():
        now = vault.ok(*command.split())
        if command == "doctor":
            was, now = was | {"events": 0, "head": ""}, now | {"events": 0, "head": ""}
        assert now == was, command
    assert vault("encrypt", "--new-passphrase-file", vault.word).code == 1  # twice is no use
    vault.ok("note", "1", "--text", SECRET)
    vault.ok("backup", str(tmp_path / "b.db"), "--with-files")
    assert not vault.raw(tmp_path / "b.db", *(tmp_path / "b.db.files").rglob("*"))
    listed = vault.ok("backup", "--list", str(tmp_path))
    assert [(Path(one["file"]).name, one["verified"]) for one in listed["copies"]] == [("b.db", True)]
    vault.ok("export", "--files", str(tmp_path / "out"), "--reveal")
    assert [file.read_text("utf-8") for file in (tmp_path / "out").rglob("*.txt")] == [FILE]
    assert vault.ok("doctor")["problems"] == []
    back = vault.ok("decrypt")
    assert back["files"] == 1
    assert vault.raw()
    assert vault.ok("doctor", word=None)["problems"] == []
    again = encrypted(vault)
    assert again["recovery_code"] is None  # the same key, the same sheet
    assert vault.ok("doctor")["problems"] == []


def test_a_backup_is_brought_back(vault: Vault, tmp_path: Path) -> None:
    encrypted(vault)
    vault.ok("backup", str(tmp_path / "b.db"), "--with-files")
    vault.ok("note", "1", "--text", "以后的")
    done = vault.ok("restore", str(tmp_path / "b.db"), "--force")
    assert done["lacking"]["same"] is True
    assert vault.ok("doctor")["problems"] == []
    elsewhere = tmp_path / "new" / "other.db"
    vault.ok("restore", str(tmp_path / "b.db"), db=elsewhere)
    assert vault.ok("doctor", db=elsewhere)["problems"] == []
    assert not any(SECRET.encode() in file.read_bytes() for file in elsewhere.parent.rglob("*") if file.is_file())
    plain = tmp_path / "plain.db"
    vault.ok("add", "--channel", "来信", "--kind", "咨询", "--title", "另一本", "--yes", db=plain, word=None)
    refused = vault("restore", str(tmp_path / "b.db"), "--force", db=plain)
    assert (refused.code, "案件簿没有加密" in refused.err) == (3, True)
    vault.ok("backup", str(tmp_path / "p.db"), db=plain, word=None)
    vault.ok("restore", str(tmp_path / "p.db"), "--force")  # an ordinary backup in the place of an encrypted book
    assert not (tmp_path / "book.db").read_bytes().startswith(b"SQLite format 3")
    assert [line["title"] for line in vault.ok("list")] == ["另一本"]


def test_every_way_it_cannot_be_opened(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encrypted(vault)

    def says(sign: str, *words: str, code: int = 3, **given: Any) -> None:
        for form in ((), ("--json",)):
            ran = vault(*words, *form, **given)
            assert (ran.code, sign in ran.err, ran.err.count("\n")) == (code, True, 1), ran

    says("口令不对", "list", word=vault.secret("wrong", "不是这个口令"))
    says("问不了口令", "list", word=None)
    says("读不了", "list", word=str(tmp_path / "none"))
    loose = Path(vault.secret("loose", PASS))
    loose.chmod(0o644)
    says("别人也能读", "list", word=str(loose))
    key = tmp_path / "book.db.key"
    kept = key.read_bytes()
    key.write_bytes(b"{}")
    says("不是案件簿的钥匙文件", "list")
    key.unlink()
    says("不是案件簿", "list")
    key.write_bytes(kept)
    file = (tmp_path / "book.db").read_bytes()
    (tmp_path / "book.db").write_bytes(file[:20000] + bytes(64) + file[20064:])
    assert vault("doctor").code in (1, 3)
    (tmp_path / "book.db").write_bytes(file)
    evidence = next(one for one in (tmp_path / "book.db.files").rglob("*") if one.is_file())
    content = evidence.read_bytes()
    evidence.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert any("内容变了" in line for line in vault("doctor", "--json").json()["problems"])
    evidence.write_bytes(content)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "sqlcipher3", None)
        patch.delitem(sys.modules, "xinfang_cli.book.sqlite.cipher")
        patch.delattr("xinfang_cli.book.sqlite.cipher")
        says("没有安装 sqlcipher3", "list")


def test_the_passphrase_is_changed(vault: Vault, tmp_path: Path) -> None:
    code = encrypted(vault)["recovery_code"]
    book = (tmp_path / "book.db").read_bytes()
    new = vault.secret("new", "另一句很长的口令")
    vault.ok("key", "change", "--new-passphrase-file", new)
    assert (vault("list").code, vault("list", word=new).code) == (3, 0)
    assert (
        vault("key", "change", "--recovery-file", vault.secret("bad", "AAAA"), "--new-passphrase-file", new).code == 3
    )
    vault.ok(
        "key", "change", "--recovery-file", vault.secret("code", code.lower()), "--new-passphrase-file", vault.word
    )
    assert vault("list", today=None).code == 0
    bad = vault("list", word=new, today=None)
    assert (bad.code, bad.err.count("\n")) == (3, 1)
    lost = ("key", "change", "--recovery-file", vault.secret("code", code), "--new-passphrase-file", vault.word)
    assert vault(*lost, word=None, today=None).code == 0
    assert (tmp_path / "book.db").read_bytes() == book
    short = vault("key", "change", "--new-passphrase-file", vault.secret("short", "短"))
    assert (short.code, "不到 8 个字符" in short.err) == (1, True)


def test_the_keyring_spares_the_question(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    encrypted(vault)
    ring: dict[str, bytes] = {}
    monkeypatch.setattr(keys, "remember", lambda key: ring.update({keys.id_of(key): key}))
    monkeypatch.setattr(keys, "from_keyring", ring.get)
    vault.ok("key", "remember")
    monkeypatch.setattr(keys, "_stretched", None)  # nothing is stretched any more
    assert vault("list", word=None).code == 0
    monkeypatch.undo()


def test_it_is_asked_at_a_terminal(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    encrypted(vault)
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: PASS)
    monkeypatch.setattr(keys, "typed_unseen", lambda question: PASS if "口令" in question else None)
    assert vault("list", word=None, terminal=True).code == 0


@pytest.mark.parametrize("at", ["xinfang_cli.book.sqlite.cipher.tables", "xinfang_cli.book.sqlite.encrypting._overwrite",
                                "xinfang_cli.book.sqlite.cipher.convert", "xinfang_cli.office.work.evidence.convert"])  # fmt: skip
@pytest.mark.parametrize("way", ["encrypt", "decrypt"])
def test_stopped_half_way(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, way: str) -> None:
    import xinfang_cli.book.sqlite.encrypting  # noqa: F401

    words = ("encrypt", "--new-passphrase-file", vault.word) if way == "encrypt" else ("decrypt",)
    if way == "decrypt":
        encrypted(vault)

    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(at, stop)
        assert vault(*words).code == 1
    assert vault.ok("doctor")["problems"] == []
    assert vault.ok("show", "1")["content"] == SECRET
    vault(*words)
    assert vault.ok("doctor")["problems"] == []
    assert vault.raw() is (way == "decrypt")
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".new")] == []


def test_a_plain_book_loads_nothing_of_it(vault: Vault) -> None:
    for name in [name for name in sys.modules if name.startswith("sqlcipher3")]:
        del sys.modules[name]
    vault.ok("overdue", word=None)
    assert not any(name.startswith("sqlcipher3") for name in sys.modules)


def test_a_link_to_an_encrypted_book_is_opened(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    link = tmp_path / "else" / "link.db"
    link.symlink_to(tmp_path / "book.db")
    vault.ok("encrypt", "--new-passphrase-file", vault.word, db=link)
    assert not (tmp_path / "book.db").read_bytes().startswith(b"SQLite format 3")
    assert link.is_symlink()
    assert (vault("list").code, vault("list", db=link).code) == (0, 0)
    assert vault.ok("doctor", db=link)["problems"] == []


def test_copies_of_the_machine_are_encrypted(vault: Vault, tmp_path: Path) -> None:
    encrypted(vault)
    (tmp_path / "daily").mkdir()
    vault.ok("config", "set", "backup_folder", str(tmp_path / "daily"))
    vault.ok("note", "1", "--text", SECRET)
    files = [file for file in (tmp_path / "daily").rglob("*") if file.is_file()]
    assert any(file.suffix == ".key" for file in files)
    assert not any(SECRET.encode() in file.read_bytes() for file in files)


def test_a_large_import_into_it(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is planned in a copy, which is encrypted too and was no book for the command that carries it in."""
    from xinfang_cli.office.exchange.importing import run

    monkeypatch.setattr(run, "APART_FROM", 1)
    encrypted(vault)
    sheet = tmp_path / "a.csv"
    sheet.write_text(f"收到日期,信访形式,信访目的,概况,内容\n2023-03-02,来信,求决,测试件甲,{SECRET}\n", "utf-8")
    seen: list[bool] = []
    beside = run._keep_beside

    def watched(*given: Any) -> None:
        seen.append(vault.raw(*(file for file in tmp_path.glob(".xinfang-*/*") if file.is_file())))
        beside(*given)

    monkeypatch.setattr(run, "_keep_beside", watched)
    assert vault.ok("import", str(sheet))["imported"] == 1
    assert seen == [False]
    assert vault.ok("import", str(sheet), "--dry-run")["already_there"] == 1
    assert vault.ok("doctor")["problems"] == []
