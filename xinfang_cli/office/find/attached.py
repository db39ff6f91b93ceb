"""The files attached to a case: where they stand, and whether they are there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xinfang_cli.frozen import NamedTuple

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book
    from xinfang_cli.book.kept import Attachment


class AttachedFile(NamedTuple):
    """A file attached to a case, and whether it stands where it should."""

    name: str
    on: str
    size: int
    sha256: str
    path: str
    there: bool


def folder_of(book: Path) -> Path:
    """The folder of a book's files: 信访.db → 信访.db.files; for a link to a book, beside the book itself, unless they were
    beside the link already.
    """
    beside = book.with_name(f"{book.name}.files")
    if not book.is_symlink() or beside.is_dir():
        return beside
    real = book.resolve()
    return real.with_name(f"{real.name}.files")


def place_of(folder: Path, digest: str, name: str) -> Path:
    """The path of an attached file: its hash with the original extension, so that it still opens."""
    ending = Path(name).suffix.lower()
    plain = ending if ending[1:].isascii() and ending[1:].isalnum() and len(ending) <= 8 else ""
    return folder / digest[:2] / f"{digest}{plain}"


def _record(folder: Path, kept: Attachment) -> AttachedFile:
    place = place_of(folder, kept.sha256, kept.name)
    return AttachedFile(kept.name, kept.on, kept.size, kept.sha256, str(place), place.is_file())


def of_case(book: Book, case_id: int) -> tuple[AttachedFile, ...]:
    """The files attached to a case, for `show`; those of a book on a server stand in no folder."""
    listed = book.attachments.kept([case_id])
    if book.files is None:
        folder = folder_of(book.place.file)
        return tuple(_record(folder, kept) for kept in listed)
    found = list(listed)
    sizes = book.files.sizes() if found else {}
    return tuple(
        AttachedFile(kept.name, kept.on, kept.size, kept.sha256, "", sizes.get(kept.sha256) == kept.size)
        for kept in found
    )
