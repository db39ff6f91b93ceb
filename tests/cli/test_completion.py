"""What Tab offers."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import TODAY, Counter
from xinfang_cli.terminal import completion as quoting


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


def test_nothing_of_an_accusation_is_offered(counter: Counter) -> None:
    """Neither its title beside the number nor the tags that it alone has (art. 30)."""
    counter.add("2023-06-01", title="举报测试科长", kind="检举控告")
    counter.ok("tag", "1", "--add", "举报")
    for typed in ("", "XF", "1"):
        ran = counter("completion", "--answer", "--", "show", typed)
        assert ran.out.splitlines() == ["1" if typed == "1" else "XF2023-000001"]
    assert offered(counter, "list", "--tag", "") == []


# ---- names that a shell would run -------------------------------------------------------------------------------

HOSTILE = ("a$(touch pwned)局", "b`touch pwned`局", "c';touch pwned;'局", 'd"$(touch pwned)"', "e&touch pwned&", "f 局")
LISTED = {
    "list --topic ": "g$(touch pwned)类",
    "list --region ": "h`touch pwned`镇",
    "list --lead ": "i;touch pwned;",
    "list --tag=": "j$(touch pwned)签",
    "list --view ": "k$(touch${IFS}pwned)",
    "list --batch ": "l&touch pwned&",
    "attach 1 ": "m$(touch pwned).txt",
}
"""The same in every other list of the office, and as a file's name."""
START = {
    "bash": (
        ["--norc", "--noprofile", "-i"],
        'bind "set enable-bracketed-paste off"; eval "$(xinfang completion bash)"',
    ),
    "zsh": (["-f", "-i"], 'autoload -U compinit; compinit -u -D; eval "$(xinfang completion zsh)"'),
    "fish": (["--no-config", "-i"], "xinfang completion fish | source"),
}


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="no terminals there")
@pytest.mark.parametrize("shell", [shell for shell in START if shutil.which(shell)])
def test_no_name_is_run_by_tab(counter: Counter, tmp_path: Path, shell: str) -> None:
    """In the shell itself: Tab, Enter; the program gets the name, and nothing in the name was run."""
    import pexpect

    for name in HOSTILE:
        counter.ok("unit", "add", name)
    topic, region, lead, tag, view, batch, file = LISTED.values()
    taken = ("--channel", "来信", "--kind", "申诉求决", "--title", "某事", "--topic", topic, "--region", region)
    counter.ok("add", *taken, "--new-topic", "--new-region", "--yes")
    counter.ok("lead", "1", "--name", lead)
    counter.ok("tag", "1", "--add", tag)
    counter.ok("view", "save", view, "--where", "is:在办")
    counter.ok("backlog", "join", "1", "--batch", batch)
    (tmp_path / file).write_text("x")
    program = tmp_path / "bin" / "xinfang"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = completion ]; then exec "{sys.executable}" -m xinfang_cli "$@"; fi\n'
        'printf "%s\\n" "$@" > got.new && mv got.new got\n'
    )
    program.chmod(0o755)
    given, begin = START[shell]
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "LANG": "C.UTF-8", "TERM": "xterm"}
    environment |= {"XINFANG_DB": str(counter.path), "PYTHONPATH": ":".join(sys.path), "HISTFILE": ""}
    child = pexpect.spawn(shell, given, env=environment, cwd=tmp_path, encoding="utf-8", dimensions=(50, 200))
    try:
        child.sendline(f"{begin}; echo RE''ADY")
        child.expect("READY", timeout=60)
        flags = ("--to ", "--to ", "--to=", "--to ", "--to=", "--to ")
        tried = [(f"assign 1 {flag}", name) for flag, name in zip(flags, HOSTILE, strict=True)]
        for line, name in (*tried, *LISTED.items()):
            child.send(f"xinfang {line}{name[0]}\t")
            time.sleep(0.2)
            child.send("\r")
            for _ in range(300):
                if (tmp_path / "got").exists():
                    break
                time.sleep(0.1)
            words = (tmp_path / "got").read_text("utf-8").splitlines()
            (tmp_path / "got").unlink()
            before, blank, last = line.rpartition(" ")
            assert words == [*before.split(), last + name], (shell, blank)
            assert not (tmp_path / "pwned").exists(), (shell, line)
    finally:
        child.close(force=True)


@pytest.mark.parametrize(
    ("word", "bash", "powershell"),
    [
        ("教育局", "教育局", "教育局"),
        ("XF2023-000001", "XF2023-000001", "XF2023-000001"),
        ("--unit=教育局", "--unit=教育局", "--unit=教育局"),
        ("@我的", "@我的", "'@我的'"),
        ("甲,乙", "甲,乙", "'甲,乙'"),
        ("甲$(乙)", r"甲\$\(乙\)", "'甲$(乙)'"),
        ("甲'乙’丙", r"甲\'乙\’丙", "'甲''乙’’丙'"),
        ("甲\u3000乙", "甲\\\u3000乙", "'甲\u3000乙'"),
        ("甲!`~#{}*乙", r"甲\!\`\~\#\{\}\*乙", "'甲!`~#{}*乙'"),
        ("甲‘’‚‛乙", r"甲\‘\’\‚\‛乙", "'甲‘‘’’‚‚‛‛乙'"),
        ("“$x”;|&", r"\“\$x\”\;\|\&", "'“$x”;|&'"),
        ("--unit=甲.乙", "--unit=甲.乙", "'--unit=甲.乙'"),
        ("--%", r"--\%", "'--%'"),
        ("–unit", r"\–unit", "'–unit'"),
        ("'", r"\'", "''''"),
        ("", "", "''"),
    ],
)
def test_quoting(word: str, bash: str, powershell: str) -> None:
    assert (quoting.bash(word), quoting.powershell(word)) == (bash, powershell)


def powershell_reads(text: str) -> list[str] | None:
    """Arguments of a command as PowerShell's grammar has them (language specification 2.3, about_Quoting_Rules,
    about_Parsing); None where it would run, expand, redirect, end or take something for a parameter's half."""
    words, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        word, start = "", at
        while at < len(text) and not text[at].isspace():
            char = text[at]
            if char in "'‘’‚‛":  # single-quote-character
                at += 1
                while True:
                    if at == len(text):
                        return None  # not closed: what follows would be text
                    if text[at] in "'‘’‚‛":
                        if text[at + 1 : at + 2] not in ("'", "‘", "’", "‚", "‛"):
                            break
                        at += 1
                    word += text[at]
                    at += 1
                at += 1
                continue
            dashed = text[start] in "-–—―"
            if char in '$`"“”„(){};,|&<>' or (char in "@#" and at == start) or (dashed and char in ".:"):
                return None
            word += char
            at += 1
        if word == "--%" and text[start] == "-":
            return None
        words.append(word)
    return words


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("甲'乙 丙'", ["甲乙 丙"]), ("'甲''乙' 丙", ["甲'乙", "丙"]), ("'甲’’乙'", ["甲’乙"]), ("'甲’;calc'", None), ("甲$(乙)", None), ("'甲", None),
        ("--a.b", None), ("--%", None), ("甲;乙", None), ("@甲", None), ("甲@乙", ["甲@乙"]), ("甲`乙", None), ("“甲”", None), ("甲\n乙", ["甲", "乙"]),
    ],
)  # fmt: skip
def test_the_reader_of_the_grammar(text: str, read: list[str] | None) -> None:
    assert powershell_reads(text) == read


def test_powershell_reads_one_word_whatever_is_in_it() -> None:
    chance = random.Random(13)
    nasty = "'‘’‚‛\"“”„`$;|&(){}[]<>,@#%!~^*?=+-–—―./:\\ \u3000\t\n\0甲aZ0"
    for _ in range(20_000):
        word = "".join(chance.choice(nasty) for _ in range(chance.randint(1, 7)))
        assert powershell_reads(quoting.powershell(word)) == [word], word


def test_what_would_break_a_line_is_not_offered(counter: Counter) -> None:
    """An answer is a line: of a name with a break in it the second half would be an answer without quotes."""
    for name in ("坏局\n$(甲)", "坏局\t乙", "坏局\r丙", "坏局\u2028丁"):
        counter("unit", "add", name)
    counter.ok("unit", "add", "坏局$(甲)")
    for shell, quoted in (("bash", r"坏局\$\(甲\)"), ("powershell", "'坏局$(甲)'"), ("zsh", "坏局$(甲)")):
        said = counter("completion", "--answer", "--quoted", shell, "--", "list", "--unit", "坏")
        assert [line.split("\t")[0] for line in said.out.splitlines()] == [quoted]
