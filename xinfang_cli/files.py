"""Atomic file writes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from xinfang_cli.errors import Unusable, system_says


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A place to write; what was written takes the target's place when nothing went wrong."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=target.suffix, dir=target.parent)
        os.close(handle)
        made = Path(name)
        try:
            yield made
            made.chmod(0o644)
            made.replace(target)
        finally:
            made.unlink(missing_ok=True)
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
    """A file that its owner alone may read, written under another name first: a reader never meets half of it."""
    made = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(
            os.open(made, os.O_CREAT | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o600), mode, **given
        ) as file:
            yield file
        made.replace(path)
    except OSError as error:
        raise Unusable(
            f"文件 {path} 写不下来（{system_says(error)}）",
            "请检查文件夹是否存在、能否写入、磁盘是否已满",
            code="output",
        ) from error
    finally:
        made.unlink(missing_ok=True)


def write_bytes(content: bytes, target: Path) -> None:
    """Write a file that is made already."""
    with whole(target) as made:
        made.write_bytes(content)
