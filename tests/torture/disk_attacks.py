"""Kills, writes that fail and power that goes: for every command that writes a book or a copy of it, on the disk of shim.c."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.torture.disk import Disk, Op, read_log
from tests.torture.scenes import Judge, Ran, explain, judged, loaded, played, prepared, scenes_for


class Stage:
    """A prepared folder, of which every attack has a copy; how long each scene takes, and how much it writes."""

    def __init__(self, folder: Path, begun: Callable[[Path], object], judge: Judge, *, encrypted: bool) -> None:
        self.folder = folder
        self.made = prepared(folder, begun, encrypted=encrypted)
        self.scenes = scenes_for(encrypted)
        self.judge = judge
        loaded(self.made, folder / "loaded", self.scenes)
        self._measured: dict[str, tuple[float, int]] = {}

    def copy(self, name: str) -> Path:
        """A folder for one attack, as prepared."""
        here = self.folder / name
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(self.made, here)
        return here

    def logged(self, scene: str) -> tuple[Disk, list[Op]]:
        """What a scene did to its disk when nothing was in its way, and that disk before."""
        here, log = self.copy("logged"), self.folder / "log"
        log.unlink(missing_ok=True)
        before = Disk(here)
        begins = time.monotonic()
        ran = played(scene, here, XF_ROOT=str(here), XF_LOG=str(log)).ended()
        if ran.code:
            raise RuntimeError(f"{scene}: {ran.err}")  # the scene itself does not play
        ops = list(read_log(log))
        self._measured[scene] = time.monotonic() - begins, sum(op.name != "ack" for op in ops)
        return before, ops

    def measured(self, scene: str) -> tuple[float, int]:
        """How many seconds a scene takes, how many times it writes."""
        if scene not in self._measured:
            self.logged(scene)
        return self._measured[scene]

    def judged(self, what: str, scene: str, here: Path, ran: Ran, found: Counter[str]) -> None:
        """Count what is wrong in a folder after an attack, and say it."""
        before = found.copy()
        found["tracebacks"] += ran.traceback
        judged(scene, here, ran.told, found, self.judge)
        explain(what, ran, before, found)
        shutil.rmtree(here)


def kills(stage: Stage, times: int, found: Counter[str], luck: random.Random) -> None:
    """A command is killed: at a moment, or in one of the things it does to its disk."""
    while found["kills"] < times:
        scene = luck.choice(stage.scenes)
        takes, writes = stage.measured(scene)
        here = stage.copy("killed")
        if luck.random() < 0.5:
            running = played(scene, here)
            time.sleep(luck.uniform(0, takes))
            running.kill()
        else:
            running = played(scene, here, XF_ROOT=str(here), XF_KILL=str(luck.randint(1, writes)))
        ran = running.ended()
        found["kills"] += ran.code == -9
        stage.judged(f"kill in {scene}", scene, here, ran, found)


def faults(stage: Stage, times: int, found: Counter[str], luck: random.Random) -> None:
    """The n-th write, sync or new file of a command fails, once or from then on."""
    for _ in range(times):
        scene = luck.choice(stage.scenes)
        here = stage.copy("fault")
        stays = {"XF_STAYS": "1"} if luck.random() < 0.5 else {}
        n = luck.randint(1, stage.measured(scene)[1])
        ran = played(scene, here, XF_ROOT=str(here), XF_FAIL=str(n), **stays).ended()
        found["faults"] += 1
        found["refused"] += ran.code != 0
        stage.judged(f"fault {n}{' and on' if stays else ''} in {scene}", scene, here, ran, found)


def cuts(stage: Stage, times: int, found: Counter[str], luck: random.Random) -> None:
    """The power goes after each thing a command did: nothing that was not synced is there, or some of it, torn."""
    while found["cuts"] < times:
        for scene in stage.scenes:
            before, ops = stage.logged(scene)
            left = times - found["cuts"]
            points = set(luck.sample(range(len(ops)), min(len(ops), max(1, left // (2 * len(stage.scenes))), 200)))
            for told in _cut_at(before, ops, points):
                for chance in (None, luck):
                    target = stage.folder / "cut"
                    target.mkdir()
                    before.after_a_cut(target, chance)
                    found["cuts"] += 1
                    what = f"cut in {scene} ({'some' if chance else 'nothing'} unsynced)"
                    stage.judged(what, scene, target, Ran(0, told, ""), found)


def _cut_at(disk: Disk, ops: list[Op], points: set[int]) -> Iterator[set[str]]:
    told: set[str] = set()
    for place, op in enumerate(ops):
        if op.name == "ack":
            told |= set(op.data.decode().split())
        else:
            disk.do(op)
        if place in points:
            yield set(told)
