"""Writes that fail and power that goes: on the disk of shim.c, for every command that writes a book or a copy of it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Set
from pathlib import Path
from typing import NamedTuple

from tests.torture.disk import Disk, Op, read_log, shim

Judge = Callable[[Path, set[str], "Counter[str]"], None]
BEGIN = """
import sys
from datetime import date
from pathlib import Path
from xinfang_cli.errors import XinfangError
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import registering
from xinfang_cli.office.keeping.backup import backup
from xinfang_cli.office.keeping.restore import restore
from xinfang_cli.office.exchange.importing.run import Choices, import_ledger
folder = Path(sys.argv[1])
at = Session(folder / "book.db", date(2023, 7, 18), "测试员")
def add(title):
    registering.add(at, at.today, {"channel": "letter", "kind": "other", "title": title})
    sys.stdout.write(title + "\\n"); sys.stdout.flush()
def told(word):
    sys.stdout.write(word + "\\n"); sys.stdout.flush()
try:
"""
END = """
except XinfangError as error:
    sys.stderr.write(error.line() + "\\n")
    sys.exit(error.exit_code)
"""
SCENES = {
    "adds": '    for n in range(6): add(f"甲{n}")',
    "a new book": '    at = Session(folder / "new.db", at.today, "测试员")\n    for n in range(3): add(f"新{n}")',
    "a copy": '    backup(at, folder / "copy.db"); told("copied")\n    add("后来")',
    "put back": '    restore(at, folder / "a.bak", force=True); told("restored")\n    add("恢复后")',
    "a ledger": '    import_ledger(at, folder / "a.csv", Choices()); told("表1"); told("表2")',
}
"""What runs on the disk; each line it prints is something that was said to be done."""


class Ran(NamedTuple):
    code: int
    told: set[str]
    err: str


def prepared(folder: Path, begun: Callable[[Path], object]) -> Path:
    """A folder with a book, a copy of it as it was a case ago, and a sheet."""
    made = folder / "made"
    begun(made)
    (made / "a.csv").write_text(
        "收到日期,信访形式,信访目的,概况\n2023-07-01,来信,求决,表1\n2023-07-02,来信,求决,表2\n", "utf-8"
    )
    code = f"{BEGIN}    backup(at, folder / 'a.bak'); add('备份后')\n{END}"
    subprocess.run([sys.executable, "-c", code, str(made)], check=True, capture_output=True)
    return made


def ran(scene: str, folder: Path, library: Path, **more: str) -> Ran:
    code = f"{BEGIN}{SCENES[scene]}\n{END}"
    given = os.environ | {"LD_PRELOAD": str(library), "XF_ROOT": str(folder), "PYTHONIOENCODING": "utf-8"} | more
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], env=given, capture_output=True, check=False, timeout=120
    )
    return Ran(done.returncode, set(done.stdout.decode().split()), done.stderr.decode("utf-8", "replace"))


def judged(folder: Path, told: Set[str], found: Counter[str], judge: Judge) -> None:
    """Every book that is there is whole, and has what was said to be in it."""
    said = set(told) - {"copied", "restored"}
    new = {title for title in said if title.startswith("新")}
    before = set() if "restored" in told or (folder / "book.before-restore-1.db").exists() else {"备份后"}
    for name, titles in (("book.db", (said - new) | before), ("new.db", new)):
        if (folder / name).exists():
            judge(folder / name, titles, found)
        elif titles:
            found["lost"] += len(titles)
    for name in ("copy.db",) if "copied" in told else ():
        if (folder / name).exists():
            judge(folder / name, {"备份后"}, found)
        else:
            found["lost"] += 1


def faults(
    folder: Path, times: int, found: Counter[str], luck: random.Random, begun: Callable[[Path], object], judge: Judge
) -> None:
    """The n-th write, sync or new file of a command fails, once or from then on."""
    library = shim(folder)
    if library is None:
        print("  no C compiler: no faults")
        return
    made = prepared(folder, begun)
    for n in range(times):
        scene = luck.choice(sorted(SCENES))
        here = folder / f"fault{n}"
        shutil.copytree(made, here)
        stays = {"XF_STAYS": "1"} if luck.random() < 0.5 else {}
        done = ran(scene, here, library, XF_FAIL=str(luck.randint(1, 120 if scene == "adds" else 60)), **stays)
        found["faults"] += 1
        found["refused"] += done.code != 0
        if "Traceback" in done.err or done.code not in (0, 1, 3):
            found["tracebacks"] += 1
            print(f"  {scene}: {done.code} {done.err.strip().splitlines()[-1:]}")
        before = dict(found)
        judged(here, done.told, found, judge)
        if any(found[key] != before.get(key, 0) for key in ("lost", "half", "unopened")):
            print(f"  fault {n} in {scene}: told {sorted(done.told)}, {done.err.strip()[-200:]}")
        shutil.rmtree(here)


def cuts(
    folder: Path, times: int, found: Counter[str], luck: random.Random, begun: Callable[[Path], object], judge: Judge
) -> None:
    """The power goes after each thing a command did: nothing that was not synced is there, or some of it, torn."""
    library = shim(folder)
    if library is None:
        print("  no C compiler: no power cuts")
        return
    made = prepared(folder, begun)
    done = 0
    while done < times:
        for scene in SCENES:
            here, log = folder / "here", folder / "log"
            shutil.rmtree(here, ignore_errors=True)
            log.unlink(missing_ok=True)
            shutil.copytree(made, here)
            disk = Disk(here)
            ran(scene, here, library, XF_LOG=str(log))
            ops = list(read_log(log))
            points = set(luck.sample(range(len(ops)), min(len(ops), max(1, (times - done) // 10 or 1), 200)))
            for told in _cut_at(disk, ops, points):
                for chance in (None, luck):
                    target = folder / "cut"
                    shutil.rmtree(target, ignore_errors=True)
                    target.mkdir()
                    disk.after_a_cut(target, chance)
                    before = dict(found)
                    judged(target, told, found, judge)
                    if any(found[key] != before.get(key, 0) for key in ("lost", "half", "unopened", "tracebacks")):
                        print(f"  cut in {scene} (told {sorted(told)}, {'some' if chance else 'nothing'} unsynced)")
                    found["cuts"] += 1
                    done += 1


def _cut_at(disk: Disk, ops: list[Op], points: set[int]) -> Iterator[set[str]]:
    told: set[str] = set()
    for place, op in enumerate(ops):
        if op.name == "ack":
            told |= set(op.data.decode().split())
        else:
            disk.do(op)
        if place in points:
            yield told
