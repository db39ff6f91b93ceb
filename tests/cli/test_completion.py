"""What Tab offers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import TODAY, Counter


def offered(counter: Counter, *words: str) -> list[str]:
    ran = counter("completion", "--answer", "--", *words)
    assert (ran.code, ran.err) == (0, "")
    return [line.partition("\t")[0] for line in ran.out.splitlines()]


@pytest.fixture
def office(counter: Counter) -> Counter:
    counter.add("2023-06-01", title="反映供水")
    counter.add("2022-06-01", title="反映供电")
    counter.ok("unit", "add", "教育局")
    counter.ok("unit", "add", "教研中心")
    counter.ok("assign", "22-1", "--to", "教育局", "--on", "2022-06-02")
    counter.ok("lead", "22-1", "--name", "测试领导甲")
    counter.ok("tag", "22-1", "--add", "扬言")
    counter.ok("view", "save", "我的", "--overdue")
    return counter


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["undo"], ["undo"]),
        (["backl"], ["backlog"]),
        (["view", ""], ["save", "list", "drop"]),
        (["list", "--sta"], ["--stage"]),
        (["list", "--stage", "已办"], ["已办结"]),
        (["list", "--stage=已办"], ["--stage=已办结"]),
        (["list", "--stage", "=", "已办"], ["已办结"]),
        (["add", "--kind", "app"], ["appeal"]),
        (["assign", "1", "--to", "教"], ["教育局", "教研中心"]),
        (["assign", "1", "--to", "jyj"], ["教育局"]),
        (["assign", "--to", "教育局", "22-"], ["22-1"]),
        (["redirect", "1", "--to", "诉"], ["诉讼"]),
        (["report-up", "1", "--to", ""], []),
        (["backlog", "resolve", "1", "--how", "三"], ["三级终结"]),
        (["duplicates", "--ground", "证"], ["证件号码相同"]),
        (["list", "--lead", ""], ["测试领导甲"]),
        (["list", "--tag", "扬"], ["扬言"]),
        (["list", "@"], ["@我的"]),
        (["list", "--topic", "国"], ["国土资源"]),
        (["show", "XF2023"], ["XF2023-000001"]),
        (["show", "xf2022-"], ["XF2022-000001"]),
        (["show", "23-1"], ["23-1"]),
        (["show", "1"], []),  # two cases have it: it would be refused
        (["show", ""], ["XF2022-000001", "XF2023-000001"]),
        (["import", ""], [":files"]),
        (["backup", "a"], [":files"]),
        (["completion", "b"], ["bash"]),
        (["nonsense", ""], []),
        (["--db", "/nowhere/book.db", "show", ""], []),
        ([""], ["add", "overdue"]),
    ],
)
def test_offers(office: Counter, words: list[str], said: list[str]) -> None:
    found = offered(office, *words)
    assert found[:2] == said if words == [""] else found == said


def test_many_numbers_have_their_first_and_last(counter: Counter) -> None:
    """A shell puts in what all offers have in common: it must be common to all there are."""
    for _ in range(120):
        counter.add()
    found = offered(counter, "show", "XF2023-")
    assert len(found) <= 40
    assert (found[0], found[-1]) == ("XF2023-000001", "XF2023-000120")
    assert offered(counter, "show", "12") == ["12", "120"]


def test_scripts(counter: Counter) -> None:
    for shell in ("bash", "zsh", "fish", "powershell"):
        assert "completion --answer" in counter("completion", shell).out
    assert counter("completion", "csh").code == 1
    assert counter("completion").code == 2


@pytest.mark.skipif(shutil.which("bash") is None or sys.platform == "win32", reason="bash is not there")
@pytest.mark.parametrize(
    ("line", "words", "reply"),
    [
        ("xinfang list --stage 已办", ["xinfang", "list", "--stage", "已办"], ["已办结"]),
        ("xinfang list --stage=已办", ["xinfang", "list", "--stage", "=", "已办"], ["已办结"]),
        ("xinfang list @我", ["xinfang", "list", "@", "我"], ["@我的"]),
        ("xinfang show XF2023-", ["xinfang", "show", "XF2023-"], ["XF2023-000001"]),
    ],
)
def test_in_bash(office: Counter, tmp_path: Path, line: str, words: list[str], reply: list[str]) -> None:
    """The script as bash runs it, with the words split as bash splits them."""
    program = tmp_path / "bin" / "xinfang"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m xinfang_cli "$@"\n')
    program.chmod(0o755)
    script = office("completion", "bash").out
    array = " ".join(f"'{word}'" for word in words)
    script += f"\nCOMP_LINE='{line}' COMP_POINT=999 COMP_WORDS=({array}) COMP_CWORD={len(words) - 1}\n"
    script += '_xinfang; printf "%s\\n" "${COMPREPLY[@]}"\n'
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env={
            "PATH": f"{program.parent}:/usr/bin:/bin",
            "XINFANG_DB": str(office.path),
            "XINFANG_TODAY": TODAY,
            "LANG": "C.UTF-8",
            "PYTHONPATH": ":".join(sys.path),
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split() == reply
