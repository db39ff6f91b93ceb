"""What people write, and where it comes out: markup, control characters, emoji, much text, terminals of other encodings."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from json import loads
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import ADD, Counter

Shell = Callable[..., tuple[list[str], dict[str, str]]]

TEXTS = {
    "brackets": ("[red]反映[/red][b]供水[/b] [/] [link=x]", None),
    "emoji": ("反映😀👨‍👩‍👧❤️供水", None),
    "escape": ("反映\x1b[31m供\x1b]0;x\x07水\x08", "反映[31m供]0;x水"),
    "nul": ("反映\x00供水", "反映供水"),
    "lines": ("反映\r\n供水\r压力", "反映\n供水\n压力"),
    "bidi": ("反映\u202e供水\u2066", None),
    "percent": ("100% {name} %s \\n $HOME `id` '\"; DROP TABLE cases;--", None),
    "rare": ("㐂𠮷\U00030000 反映", None),
    "long": ("长" * 10_000, None),
    "ascii": ("x" * 10_000, None),
}


@pytest.mark.parametrize("key", TEXTS)
def test_any_text_is_kept_and_shown(counter: Counter, key: str) -> None:
    text, kept = TEXTS[key]
    kept = kept or text
    number = counter.ok(
        "add", "--channel", "来信", "--kind", "咨询", "--title", text, "--content", text, "--name", "甲乙"
    )["case_no"]
    shown = counter.ok("show", number)
    assert shown["title"] == kept
    assert shown["content"] == kept
    assert counter.ok("list")[0]["title"] == kept
    counter.ok("note", number, "--text", text)
    assert counter.ok("show", number)["events"][-1]["text"] == kept
    counter.ok("edit", number, "--title", "改" + text[:100])
    assert counter.ok("doctor")["ok"]
    for words in (
        ("list",),
        ("show", number),
        ("remind", "--dry-run"),
        ("due", "--within", "60"),
        ("list", "--csv"),
        (),
    ):
        for terminal in (False, True):
            ran = counter(*words, terminal=terminal, env={"COLUMNS": "80"})
            assert ran.code == 0
            assert "\x00" not in ran.out
            assert "\x07" not in ran.out
            assert "\x08" not in ran.out
            assert "\x1b]" not in ran.out
            if not terminal:
                assert "\x1b" not in ran.out
            if words != ("list", "--csv"):
                assert "\u202e" not in ran.out


def test_brackets_survive_on_a_terminal(counter: Counter) -> None:
    counter.add(title="[red]反映[/red]")
    assert "[red]反映[/red]" in counter("list", terminal=True).out
    counter.ok("note", "1", "--text", "[b]甲[/b]")
    assert "[b]甲[/b]" in counter("show", "1", terminal=True).out


def test_an_error_with_control_characters_is_one_clean_line(counter: Counter) -> None:
    ran = counter("show", "\x1b[31m红\n第二行")
    assert ran.code == 1
    assert "\x1b" not in ran.err
    assert ran.err.count("\n") == 1


def test_text_that_is_only_blanks_is_nothing(counter: Counter) -> None:
    assert counter("add", "--channel", "来信", "--kind", "咨询", "--title", " \u3000\x00 ").code == 2
    counter.add()
    assert counter("note", "1", "--text", "\x00").code in (1, 2)


ENCODINGS = [
    {"PYTHONIOENCODING": "gbk"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "utf-8"},
    {"LANG": "C", "LC_ALL": "C"},
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


@pytest.mark.parametrize("env", ENCODINGS, ids=lambda env: "-".join(f"{k}={v}" for k, v in env.items()))
def test_other_encodings(counter: Counter, shell: Shell, env: dict[str, str]) -> None:
    counter.add(title="反映😀𠮷供水")
    for words in (["list"], ["show", "1"], ["list", "--csv"], ["list", "--json"], ["show", "9"], ["--help"]):
        argv, around = shell(*words, **env)
        ran = subprocess.run(argv, env=around, capture_output=True, check=False)
        assert ran.returncode == (1 if words == ["show", "9"] else 0), ran.stderr
        assert b"Traceback" not in ran.stderr
        if "--json" in words:
            assert loads(ran.stdout.decode("utf-8"))[0]["title"] == "反映😀𠮷供水"
        elif "--csv" in words:
            assert "反映😀𠮷供水" in ran.stdout.decode("utf-8-sig")
        elif env.get("PYTHONIOENCODING") == "gbk" and words == ["list"]:
            assert "反映??供水" in ran.stdout.decode("gbk")


def test_words_in_another_encoding_than_the_terminals(counter: Counter, shell: Shell) -> None:
    for encoding, env in (("gb18030", {}), ("utf-8", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})):
        argv, around = shell("add", "--channel", "来信", "--kind", "咨询", "--title", "反映供水", "--json", **env)
        raw = [word.encode(encoding) for word in argv]
        ran = subprocess.run(raw, env=around, capture_output=True, check=False)
        assert ran.returncode == 0, ran.stderr
        assert loads(ran.stdout)["title"] == "反映供水"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and /dev/full of Unix")
@pytest.mark.parametrize("tail", ["| head -1", "| true", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_nobody_listens(counter: Counter, shell: Shell, tail: str) -> None:
    for _ in range(3):
        counter.add(title="长" * 3000)
    argv, around = shell("list")
    listing = subprocess.list2cmdline(argv)
    ran = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {listing} {tail}"], env=around, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_behind_stdout(counter: Counter, shell: Shell) -> None:
    argv, around = shell(*ADD)
    with open("/dev/full", "wb") as full:
        ran = subprocess.run(argv, env=around, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == 3
    assert "磁盘已满" in ran.stderr
    assert "Traceback" not in ran.stderr
    [entered] = counter.ok("list")
    assert entered["case_no"] in ran.stderr.rpartition("出错：")[2]  # so that nobody enters it again


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_what_nobody_was_told_is_told_by_the_next_command(counter: Counter, shell: Shell) -> None:
    counter.add()
    argv, around = shell(*ADD)
    with open("/dev/full", "wb") as full:
        assert subprocess.run(argv, env=around, stdout=full, stderr=full, check=False).returncode == 3
        argv, around = shell("list")
        assert subprocess.run(argv, env=around, stdout=full, stderr=full, check=False).returncode == 3  # nor told now
    left = Path(f"{counter.path}.untold")
    assert left.stat().st_mode & 0o077 == 0
    counter("completion", "--answer", "--", "sh")
    told = counter("list")
    assert told.err.count("XF2023-000002 已经写入案件簿，不要再写一次") == 1
    assert not left.exists()
    assert "不要再写" not in counter("list").err


def test_moments_are_the_offices_not_the_machines(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.add()
    [recorded] = [one["recorded_at"] for one in counter.ok("show", "1")["events"]]
    for zone in ("Asia/Shanghai", "America/New_York"):
        counter.ok("config", "set", "zone", zone, "--yes")
        wanted = datetime.fromisoformat(recorded).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
        assert wanted in counter("history", "1").out
        assert wanted in counter("undo", "--list").out


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_an_interrupt_before_the_command_begins_is_quiet() -> None:
    # whatever this process was started with: in the background of a shell, interrupts are ignored
    taken = "import os, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    begun = f"{taken}import xinfang_cli.__main__; os.kill(os.getpid(), signal.SIGINT)"
    ran = subprocess.run([sys.executable, "-c", begun], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (-signal.SIGINT, "", "")


def test_what_looks_like_a_next_step_in_a_case_stays_as_it_is(counter: Counter) -> None:
    """Only what the law itself says next is worded as a command, in whatever form a case is given out."""
    title = "反映⟦accept⟧和⟦.told_on⟧的事"
    no = counter.add("2023-07-03", title=title, content=title)
    assert counter.ok("show", no)["title"] == title
    assert title in counter("show", no).out
    assert title in counter("list").out
    assert title in counter("list", "--csv").out
    assert title in counter("export", "--csv").out
    refused = counter("accept", no, "--json")
    assert refused.error()["hint"] == "先转送交办：xinfang assign"
    assert refused.err == f"出错：{no} 现为「待转送交办」，不能受理。先转送交办：xinfang assign\n"
    wrong = counter("edit", no, "--channel", "⟦accept⟧", "--json")
    assert "⟦accept⟧" in wrong.error()["message"]
    assert "⟦accept⟧" in wrong.err
    urgent = counter("edit", no, "--priority", "紧急", "--json")
    assert "xinfang report-up" in urgent.json()["warnings"][0]
    assert "xinfang report-up" in urgent.err


def test_a_row_turned_back_quotes_its_cells_as_they_are(counter: Counter, tmp_path: Path) -> None:
    book = tmp_path / "台账.csv"
    book.write_text("收到日期,信访形式,信访目的,概况\n⟦accept⟧,来信,申诉求决,反映供水\n", "utf-8")
    ran = counter("import", str(book), "--json")
    assert "⟦accept⟧" in ran.json()["reasons"][0]["reason"]
    told = counter("import", str(book))
    assert "⟦accept⟧" in told.out + told.err
