"""What runs while it is attacked: commands on a prepared folder, in a process of their own, each saying what was done."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn

from xinfang_cli import keys
from xinfang_cli.errors import XinfangError
from xinfang_cli.office.amend.undoing import undo
from xinfang_cli.office.exchange.importing.run import Choices, import_ledger
from xinfang_cli.office.keeping import encrypting, health, purging, units
from xinfang_cli.office.keeping.backup import backup
from xinfang_cli.office.keeping.restore import restore
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting, casework, evidence, registering

TODAY = date(2023, 7, 18)
OLD = Path(__file__).parents[1] / "book" / "old"
PASSPHRASE = "一句很长的测试口令"
COPIED, RESTORED = "copied", "restored"

Judge = Callable[[Path, set[str], "Counter[str]"], None]


def at(path: Path) -> Session:
    return Session(path, TODAY, "测试员")


class Here(NamedTuple):
    """The folder that a scene has for itself."""

    folder: Path

    @property
    def session(self) -> Session:
        return at(self.folder / "book.db")

    def told(self, *words: str) -> None:
        """Say what is done: for good, whatever happens from now on."""
        os.write(1, "".join(f"{word}\n" for word in words).encode())

    def add(self, title: str, session: Session | None = None) -> None:
        said = {"channel": "letter", "kind": "other", "title": title}
        registering.add(session or self.session, TODAY, said)
        self.told(title)


def _adds(here: Here) -> None:
    for n in range(6):
        here.add(f"甲{n}")


def _new_book(here: Here) -> None:
    for n in range(3):
        here.add(f"新{n}", at(here.folder / "new.db"))


def _copy(here: Here) -> None:
    backup(here.session, here.folder / "copy.db")
    here.told(COPIED)
    here.add("后来")


def _copy_with_files(here: Here) -> None:
    evidence.attach(here.session, "1", [here.folder / "信.pdf"], TODAY)
    here.told("信.pdf")
    backup(here.session, here.folder / "copy.db", files=True)
    here.told(COPIED)


def _put_back(here: Here) -> None:
    restore(here.session, here.folder / "a.bak", force=True)
    here.told(RESTORED)
    here.add("恢复后")


def _ledger(here: Here) -> None:
    import_ledger(here.session, here.folder / "a.csv", Choices())
    here.told("表1", "表2")


def _steps(here: Here) -> None:
    for n in range(3):
        acting.act(here.session, "note", ["1", "2"], acting.simple("note", TODAY, text=f"经过{n}"))
        here.told(f"经过{n}")
    casework.close(here.session, ["1", "2"], TODAY, outcome="other_done", text="办结的话")
    here.told("办结的话")


def _taken_back(here: Here) -> None:
    registering.add(here.session, TODAY, {"channel": "letter", "kind": "other", "title": "误登"})
    undo(here.session)
    here.told("-误登")
    purging.purge(here.session, purging.plan(here.session, None, undone=True))
    here.add("清除后")


def _units(here: Here) -> None:
    units.add(here.session, units.NewUnit("测试二局"))
    here.told("测试二局")
    units.merge(here.session, "测试局", "测试二局", sure=True)
    here.add("并入后")


def _upgrade(here: Here) -> None:
    here.add("旧0", at(here.folder / "old.db"))


def _repair(here: Here) -> None:
    health.repair(here.session)
    here.add("重写后")


def _encrypt(here: Here) -> None:
    encrypting.encrypt(here.session, lambda: PASSPHRASE, None)
    here.add("加密后")
    encrypting.change(here.session, lambda: PASSPHRASE, None)
    encrypting.decrypt(here.session)
    here.add("解密后")


SCENES: dict[str, Callable[[Here], None]] = {
    "adds": _adds,
    "a new book": _new_book,
    "a copy": _copy,
    "a copy with files": _copy_with_files,
    "put back": _put_back,
    "a ledger": _ledger,
    "steps": _steps,
    "taken back": _taken_back,
    "units": _units,
    "an old book": _upgrade,
    "repair": _repair,
    "encrypt": _encrypt,
}
"""What runs; each line it prints is something that was said to be done."""
TO_PLAIN = ("encrypt", "an old book")
"""Scenes that begin with ordinary files."""


def prepared(folder: Path, begun: Callable[[Path], object], *, encrypted: bool) -> Path:
    """A folder with a book, a copy of it as it was a case ago, one of an earlier version, a sheet, a file to attach."""
    made = folder / "made"
    begun(made)
    (made / "a.csv").write_text(
        "收到日期,信访形式,信访目的,概况\n2023-07-01,来信,求决,表1\n2023-07-02,来信,求决,表2\n", "utf-8"
    )
    (made / "信.pdf").write_bytes(b"%PDF-1.4 " + "测试".encode() * 50_000)
    if not encrypted:
        latest = max(OLD.glob("v*.db.gz"), key=lambda file: int(file.name.split("-")[0][1:]))
        (made / "old.db").write_bytes(gzip.decompress(latest.read_bytes()))
    here = Here(made)
    backup(here.session, made / "a.bak")
    registering.add(here.session, TODAY, {"channel": "letter", "kind": "other", "title": "备份后"})
    return made


class Ran(NamedTuple):
    """How a scene ended: its exit code, or minus the signal; what it told; what it wrote on stderr."""

    code: int
    told: set[str]
    err: str

    @property
    def traceback(self) -> bool:
        return "Traceback" in self.err or self.code not in (0, 1, 3, -signal.SIGKILL)


class Running:
    """Something in a process of its own, a fork of this one; `given`: what the shim is to do there."""

    def __init__(self, what: Callable[[], None], **given: str) -> None:
        out, told = os.pipe()
        err, said = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.dup2(told, 1)
            os.dup2(said, 2)
            os.environ.update(given)
            _run(what)
        os.close(told)
        os.close(said)
        self._out, self._err = out, err

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> Ran:
        """Wait for its end."""
        with open(self._out, "rb") as out, open(self._err, "rb") as err:
            told, said = out.read(), err.read()
        _, status = os.waitpid(self.pid, 0)
        whole = told.decode().split("\n")[:-1]
        return Ran(os.waitstatus_to_exitcode(status), set(whole), said.decode("utf-8", "replace"))


def _run(what: Callable[[], None]) -> NoReturn:
    code = 70
    try:
        what()
        code = 0
    except XinfangError as error:
        os.write(2, f"{error.line()}\n".encode())
        code = error.exit_code
    except OSError as error:  # which the command line words
        os.write(2, f"{error}\n".encode())
        code = 3
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def played(scene: str, folder: Path, **given: str) -> Running:
    """A scene that has begun."""
    return Running(partial(SCENES[scene], Here(folder)), **given)


def loaded(made: Path, folder: Path, scenes: Iterable[str]) -> None:
    """Play scenes once in this process, so that no fork loads what they need again."""
    standing = os.dup(1)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        for scene in scenes:
            shutil.copytree(made, folder)
            with _no_key_but_its_own() if scene == "encrypt" else _as_it_is():
                SCENES[scene](Here(folder))
            shutil.rmtree(folder)
    finally:
        os.dup2(standing, 1)
        os.close(standing)


# ---- judged -------------------------------------------------------------------------------------------------------


@contextmanager
def _no_key_but_its_own() -> Iterator[None]:
    """A book that a scene encrypted is unlocked with its passphrase, one that it did not is an ordinary one."""
    current, unlocked = list(keys.current), dict(keys.unlocked)
    keys.current.clear()
    try:
        yield
    finally:
        keys.current[:] = current
        keys.unlocked.clear()
        keys.unlocked.update(unlocked)


def words_in(path: Path) -> set[str]:
    """The titles of a book's cases, and every word that its events say, in the open or in private."""
    found: set[str] = set()
    with at(path).reading() as book:
        found |= {row[0] for row in book.conn.execute("SELECT title FROM cases")}
        for (said,) in book.conn.execute(
            "SELECT body FROM events WHERE kind NOT IN ('register', 'looks') UNION ALL "
            "SELECT t.body FROM texts t JOIN events e ON e.id = t.event_id WHERE e.kind <> 'register'"
        ):
            found |= {value for value in json.loads(said).values() if isinstance(value, str)}
    return found


def judged(scene: str, folder: Path, told: Set[str], found: Counter[str], judge: Judge) -> None:
    """Every book that is there is whole, and has what was said to be in it."""
    with _no_key_but_its_own() if scene == "encrypt" else _as_it_is():
        said = set(told) - {COPIED, RESTORED}
        aside = sorted(folder.glob("book.before-restore-*.db"))
        before = set() if RESTORED in told or aside else {"备份后"}
        if scene == "an old book":
            judge(folder / "old.db", said, found)
        elif scene == "a new book":
            if said or (folder / "new.db").exists():
                judge(folder / "new.db", said, found)
        else:
            judge(folder / "book.db", said | before, found)
        for copy in aside:
            judge(copy, {"备份后"}, found)
        if COPIED in told or (folder / "copy.db").exists():
            judge(folder / "copy.db", {"备份后"} | ({"信.pdf"} & told), found)


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


def scenes_for(encrypted: bool) -> list[str]:
    return [name for name in SCENES if not (encrypted and name in TO_PLAIN)]


def explain(what: str, ran: Ran, before: Counter[str], found: Counter[str]) -> None:
    """Print what was found wrong with what ran, if anything."""
    bad = [key for key in ("lost", "half", "unopened", "tracebacks") if found[key] != before[key]]
    if bad:
        last = ran.err.strip()[-300:]
        print(f"  {what}: {', '.join(bad)}; told {sorted(ran.told)}, {ran.code} {last}", flush=True)
