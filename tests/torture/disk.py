"""A disk that forgets what was not synced: what a process wrote, written down by shim.c, and the states a power cut leaves."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SHIM = Path(__file__).with_name("shim.c")


def shim(folder: Path) -> Path | None:
    """The shim, compiled; None where there is no compiler (or no LD_PRELOAD)."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    made = folder / "shim.so"
    if compiler is None:
        return None
    words = [compiler, "-shared", "-fPIC", "-O1", "-w", "-o", str(made), str(SHIM), "-ldl"]
    return made if subprocess.run(words, capture_output=True, check=False).returncode == 0 else None


class Op(NamedTuple):
    """One thing a process did to its disk; `ack`: what it said was done."""

    name: str
    path: str
    offset: int
    data: bytes


def read_log(path: Path) -> Iterator[Op]:
    raw, at = path.read_bytes(), 0
    while at < len(raw):
        end = raw.index(b"\n", at)
        name, file, offset, length = raw[at:end].split(b"\t")
        at = end + 1 + int(length)
        yield Op(name.decode(), file.decode(), int(offset), raw[end + 1 : at])


class _File:
    """What is in a file, and what of it is on the disk: as of the last sync, and each write since."""

    def __init__(self, content: bytes = b"") -> None:
        self.now, self.kept = bytearray(content), bytes(content)
        self.since: list[tuple[int, bytes]] = []

    def write(self, offset: int, data: bytes) -> None:
        self.since.append((offset, data))
        _put(self.now, offset, data)

    def truncate(self, length: int) -> None:
        self.since.append((length, b""))
        _cut(self.now, length)

    def sync(self) -> None:
        self.kept, self.since = bytes(self.now), []

    def after_a_cut(self, luck: random.Random | None) -> bytes:
        """Without `luck` nothing that was not synced; with it some of the writes since, in any order and torn."""
        made = bytearray(self.kept)
        if luck is not None:
            for offset, data in luck.sample(self.since, luck.randint(0, len(self.since))):
                if data:
                    _put(made, offset, data[: luck.choice((len(data), len(data) // 2))])
                else:
                    _cut(made, offset)
        return bytes(made)


def _put(content: bytearray, offset: int, data: bytes) -> None:
    content.extend(b"\0" * (offset - len(content)))
    content[offset : offset + len(data)] = data


def _cut(content: bytearray, length: int) -> None:
    del content[length:]
    content.extend(b"\0" * (length - len(content)))


class Disk:
    """Names and files, as they are and as they would be found after a power cut."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = {str(file): _File(file.read_bytes()) for file in root.rglob("*") if file.is_file()}
        self.kept = dict(self.now)

    def do(self, op: Op) -> None:
        name, path = op.name, op.path
        if name == "create":
            self.now[path] = _File()
        elif name == "empty":
            self.now[path].truncate(0)
        elif name == "unlink":
            self.now.pop(path, None)
        elif name in ("rename", "link"):
            moved = self.now[path] if name == "link" else self.now.pop(path)
            self.now[op.data.decode()] = moved
        elif name == "sync":
            self._sync(path)
        elif path in self.now:
            file = self.now[path]
            file.write(op.offset, op.data) if name == "write" else file.truncate(op.offset)

    def _sync(self, path: str) -> None:
        if path in self.now:
            self.now[path].sync()
            return
        inside = {name for name in (*self.now, *self.kept) if name.rpartition("/")[0] == path}
        for name in inside:  # a folder: its names
            if name in self.now:
                self.kept[name] = self.now[name]
            else:
                self.kept.pop(name, None)

    def after_a_cut(self, target: Path, luck: random.Random | None) -> None:
        """Lay down in a folder what the disk would have: names and bytes that were synced, with `luck` some others too."""
        names = dict(self.kept)
        if luck is not None:
            for name in sorted(
                {*self.now} ^ {*self.kept} | {n for n in self.now if self.now[n] is not self.kept.get(n)}
            ):
                if luck.random() < 0.5:
                    if name in self.now:
                        names[name] = self.now[name]
                    else:
                        names.pop(name, None)
        for name, file in names.items():
            place = target / Path(name).relative_to(self.root)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.after_a_cut(luck))
