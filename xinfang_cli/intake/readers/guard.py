"""Files before they are read: what is no sheet, locked, damaged or a bomb, each refused with its cause and the way out."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from xinfang_cli.errors import Unusable, system_says
from xinfang_cli.intake.readers.sheet import File, Held

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_T = TypeVar("_T")

# A workbook says how large it will be once unpacked; one that says or turns out to be more than an office can have is a bomb.
MAX_UNPACKED = 1536 << 20
MAX_RATIO = 250
RATIO_MATTERS_FROM = 96 << 20
# calamine lays a sheet out as one full rectangle, 24 bytes a cell: one stray cell at XFD1048576 asked for 512 GiB and
# the process was killed.
MAX_CELLS = 60_000_000
MAX_LOST = 200_000
"""Formulas without a value that are told one by one."""

CHUNK = 1 << 20
SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx，再导入"


def beginning(path: Path) -> bytes:
    """The first MiB of a file that has something in it; Unusable."""
    try:
        kind = path.stat().st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):  # a device without end, a pipe that nobody writes to
            raise Unusable(f"{path.name} 不是普通文件", "请先存成文件，再导入")
        with path.open("rb") as file:
            head = file.read(CHUNK)
    except FileNotFoundError:
        raise Unusable(f"找不到文件 {path.name}", "请核对文件名和所在文件夹") from None
    except IsADirectoryError:
        raise Unusable(f"{path.name} 是文件夹，不是文件", "请给出要导入的表格文件") from None
    except OSError as error:
        raise Unusable(
            f"文件 {path.name} 打不开（{system_says(error)}）", "请看它是否正被别的程序打开、有无读取权限"
        ) from None
    if not head.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise Unusable(f"文件 {path.name} 是空的", "请核对是否导出成功")
    return head


def begins_late(head: bytes, mark: bytes) -> int:
    """The real start of a file behind a short prefix emitted by web programs (blanks, a UTF-8 mark, message lines); 0
    if there is none.
    """
    at = head.find(mark, 1, _SLIPPED_IN)
    return at if at > 0 and b"\0" not in head[:at] and not head.startswith(b"PK") else 0


def from_its_beginning(path: File, head: bytes, mark: bytes) -> File:
    """The file without what slipped in before it."""
    at = begins_late(head, mark)
    return Held(path, path.read_bytes()[at:]) if at else path


_SLIPPED_IN = 2048


@contextmanager
def _unseen() -> Iterator[None]:
    """Keeps away from the screen what a panic of calamine writes there before it becomes an exception."""
    try:
        kept = os.dup(2)
    except OSError:  # there is no screen
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def locked(path: File) -> Unusable:
    """Has a password."""
    return Unusable(
        f"文件 {path.name} 受密码保护，读不了",
        "请用 Excel 或 WPS 打开，另存一份不加密的（打开时不问密码的，去掉工作簿保护），再导入",
    )


def damaged(path: File) -> Unusable:
    """Is what it seems to be, and broken."""
    return Unusable(f"文件 {path.name} 已损坏，读不出来", "请重新导出，或" + SAVE_AS.removeprefix("请"))


def not_a_sheet(path: File, what: str = "") -> Unusable:
    """Is something else."""
    return Unusable(f"文件 {path.name} 不是电子表格{what}", "请给出 xlsx、xls 或 csv 文件")


def endless_formulas(path: File, sheet: str) -> Unusable:
    """Has more formulas without a value than anybody would read of."""
    return Unusable(
        f"文件 {path.name} 的工作表「{sheet}」有 {MAX_LOST // 10_000} 万个以上的格只有公式、没有值",
        "请用 Excel 或 WPS 打开这个表、保存，再导入",
    )


# --- calamine ----------------------------------------------------------------------------------------------------------


def load(path: File) -> CalamineWorkbook:
    """Open a workbook by its content: given the path, calamine goes by the extension, often a wrong one."""
    import python_calamine

    def from_file() -> CalamineWorkbook:
        with path.open("rb") as file:
            return python_calamine.CalamineWorkbook.from_filelike(file)

    return guarded(path, from_file)


def guarded(path: File, act: Callable[[], _T]) -> _T:
    """The result of `act`; Unusable if calamine fails or panics."""
    import python_calamine

    try:
        with _unseen():
            return act()
    except python_calamine.PasswordError:
        raise locked(path) from None
    except (python_calamine.CalamineError, OSError, ValueError, MemoryError):
        raise damaged(path) from None
    except BaseException as error:
        # a panic inside the Rust reader is no Exception
        if type(error).__name__ == "PanicException":
            raise damaged(path) from None
        raise


# --- packages ----------------------------------------------------------------------------------------------------------


@contextmanager
def package(path: File) -> Iterator[zipfile.ZipFile]:
    """A zip archive checked against bombs; Unusable, also for errors while reading it."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            _refuse_bomb(path, archive)
            yield archive
    except RuntimeError:  # zipfile's word for an encrypted entry
        raise locked(path) from None
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError):
        raise damaged(path) from None


def entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The parts of a package but its pictures."""
    return [entry for entry in archive.infolist() if "/media/" not in entry.filename]


def _refuse_bomb(path: File, archive: zipfile.ZipFile) -> None:
    unpacked = sum(entry.file_size for entry in entries(archive))
    packed = sum(entry.compress_size for entry in entries(archive))
    if unpacked > MAX_UNPACKED or (unpacked > RATIO_MATTERS_FROM and unpacked > packed * MAX_RATIO):
        raise Unusable(
            f"文件 {path.name} 解开后有 {unpacked >> 20} MiB，超出正常表格，没有读取",
            "请核对来源；确是大表的，另存为 CSV 再导入",
        )


def chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part, unpacked piece by piece. Reading it to its end also fails one that is longer than the directory says."""
    with archive.open(entry) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of a small part."""
    with archive.open(name) as file:
        return file.read(CHUNK)
