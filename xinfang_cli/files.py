"""Atomic file writes: under another name first, on the disk before it is in its place, nothing left behind."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import IO, Any

from xinfang_cli.errors import Unusable, system_says

PRIVATE = 0o600
"""For its owner alone: whatever carries names or texts of cases."""
_NUMBERS = count()
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a book."""


def shared() -> int:
    """The mode of a file to be handed on: that of the user's umask."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def make_private(path: Path) -> bool:
    """Remove others' rights to a file or folder, and the group's unless it may write (then somebody intended it);
    returns whether any were removed.
    """
    mode = path.stat().st_mode & 0o777
    kept = mode & ((0o770 if path.is_dir() else 0o660) if mode & 0o020 else (0o700 if path.is_dir() else 0o600))
    if os.name != "posix" or mode == kept or no_file(path) not in ("", "文件夹"):  # a device is everybody's
        return False
    path.chmod(kept)
    return True


MOST_OF_A_TEXT = 64 * 1024 * 1024


def no_file(path: Path) -> str:
    """The kind of object at a path other than a file, in words; empty for a file or nothing."""
    import stat

    try:
        mode = path.stat().st_mode  # before it is opened: a pipe waits for its writer
    except OSError:
        return ""
    if stat.S_ISREG(mode):
        return ""
    return (
        "文件夹"
        if stat.S_ISDIR(mode)
        else "管道"
        if stat.S_ISFIFO(mode)
        else "套接字"
        if stat.S_ISSOCK(mode)
        else "设备"
    )


def read_text(path: Path) -> str:
    """The text of a file named by the user; OSError for endless (device, pipe) or oversized ones."""
    if no_file(path) or path.stat().st_size > MOST_OF_A_TEXT:
        raise OSError("不是普通文件，或太大")
    return path.read_text("utf-8")


def own_folder() -> Path:
    """The platform's folder for this user's data of this program, there or not."""
    from platformdirs import user_data_path

    return user_data_path("xinfang", appauthor=False)


def make_folder(folder: Path) -> None:
    """Make a folder readable by its owner only; an existing one is left alone."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync(folder.parent)


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    try:
        handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name == "posix" else os.O_RDWR)
    except PermissionError:
        if path.is_dir():  # Windows has no handle for a folder
            return
        raise
    try:
        os.fsync(handle)
    except OSError:
        if not path.is_dir():  # some network shares know no fsync of a folder
            raise
    finally:
        os.close(handle)


@contextmanager
def placed(
    target: Path,
    mode: int = PRIVATE,
    publish: Callable[[Path, Path], None] = os.replace,
    *,
    names_too: bool = True,
) -> Iterator[Path]:
    """A name to write to; what was written takes the target's place, whole and on the disk, when nothing went wrong.

    `publish(made, target)` gives it its name: by default over whatever is there. Of several in one folder only the one
    published last need bring the folder's names to the disk too. OSError when it cannot be written, or a device or a pipe
    is there, which root would replace.
    """
    if (what := no_file(target)) not in ("", "文件夹"):
        raise OSError(f"是{what}，不是文件")
    sweep(target)
    made = target.with_name(f".{target.name}.{os.getpid()}.{next(_NUMBERS)}.new")
    made.unlink(missing_ok=True)  # of a killed process that had this one's number
    os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    try:
        yield made
        if mode != PRIVATE:
            made.chmod(mode)
        sync(made)
        publish(made, target)
        if names_too:
            sync(target.parent)
    finally:
        for leftover in (made, *(Path(f"{made}{end}") for end in BESIDE)):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)


def without_overwriting(made: Path, target: Path) -> None:
    """Publish where nothing is yet; FileExistsError when somebody was first."""
    try:
        os.link(made, target)
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links
        if target.exists():
            raise FileExistsError(str(target)) from None
        made.rename(target)


_LEFT = re.compile(r"(\d+)(?:\.\d+)?\.new(?:-wal|-shm|-journal)?")


def sweep(target: Path) -> None:
    """Remove leftovers of killed processes for this target."""
    begins = f".{target.name}."
    with suppress(OSError):
        for name in os.listdir(target.parent):
            found = _LEFT.fullmatch(name, len(begins)) if name.startswith(begins) else None
            if found and not is_running(int(found[1])):
                with suppress(OSError):  # on Windows: still open
                    target.with_name(name).unlink()


@contextmanager
def scratch(beside: Path) -> Iterator[Path]:
    """A temporary folder readable by its owner only, beside the book rather than in the shared one of the system, which
    is the fallback. Leftovers of killed processes are removed too.
    """
    import tempfile

    system = Path(tempfile.gettempdir())
    for folder in (beside, system):
        sweep_scratch(folder)
    try:
        made = tempfile.TemporaryDirectory(prefix=f"{_scratch_prefix()}{os.getpid()}-", dir=beside)
    except OSError:
        made = tempfile.TemporaryDirectory(prefix=f"{_scratch_prefix()}{os.getpid()}-", dir=system)
    with made as name:
        yield Path(name)


def _scratch_prefix() -> str:
    return f".xinfang-{getattr(os, 'getuid', lambda: 0)()}-"


def sweep_scratch(folder: Path) -> None:
    """Remove the folders for meanwhile that killed processes left."""
    prefix = _scratch_prefix()
    with suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            if not entry.name.startswith(prefix):
                continue
            pid = entry.name.removeprefix(prefix).partition("-")[0]
            if pid.isdigit() and not is_running(int(pid)):
                from shutil import rmtree

                rmtree(entry.path, ignore_errors=True)


def is_running(pid: int) -> bool:
    """Whether a process of this machine is at work; on Windows it is taken to be."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        pass
    return True


@contextmanager
def written_whole(target: Path, mode: int | None = None) -> Iterator[Path]:
    """A name to write a report to, which is handed on unless `mode` says otherwise; Unusable when it cannot be written."""
    try:
        make_folder(target.parent)
        with placed(target, shared() if mode is None else mode) as made:
            yield made
    except OSError as error:
        raise _unwritable(target, error) from error
    except Exception as error:
        if type(error).__name__ != "FileCreateError":  # XlsxWriter's, around what the system said
            raise
        raise _unwritable(target, error.args[0] if error.args else error) from error


def _unwritable(target: Path, error: BaseException) -> Unusable:
    return Unusable(
        f"文件 {target} 写不了（{system_says(error)}）",
        "请看它是否正打开着，再检查文件夹的权限和磁盘空间",
        code="permission",
    )


@contextmanager
def whole_file(path: Path, mode: str, **given: Any) -> Iterator[IO[Any]]:
    """An open file that its owner alone may read; Unusable when it cannot be written."""
    try:
        with placed(path) as made, made.open(mode, **given) as file:
            yield file
    except OSError as error:
        raise Unusable(
            f"文件 {path} 写不下来（{system_says(error)}）",
            "请检查文件夹是否存在、能否写入、磁盘是否已满",
            code="output",
        ) from error


def write_bytes(content: bytes, target: Path) -> None:
    """Write a file that is made already."""
    with written_whole(target) as made:
        made.write_bytes(content)
