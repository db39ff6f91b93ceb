"""Evidence: files copied into a folder beside the book under their hash, so that none is lost, changed or kept twice."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from xinfang_cli import keys
from xinfang_cli.book.face import Book, key_of
from xinfang_cli.book.kept import Attachment
from xinfang_cli.errors import BadValue, Refused
from xinfang_cli.files import make_folder, placed, sync
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import clean_text
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.redaction import Redacted
from xinfang_cli.office.find.attached import folder_of, of_case, place_of
from xinfang_cli.office.find.lists import CasesAsked, resolved
from xinfang_cli.office.find.redacting import file_names
from xinfang_cli.office.session import Place, Session
from xinfang_cli.office.views import Warned
from xinfang_cli.office.work import acting
from xinfang_cli.office.work.done import Attached, ChangedCase, Done

PIECE = 1 << 20


class _Taken(NamedTuple):
    """A file that was copied: `fresh` when there was none in its place, `same` when it stood there already."""

    name: str
    digest: str
    size: int
    place: Path
    fresh: bool
    same: bool


class Copied(NamedTuple):
    """Copied files, and notes on missing or altered ones."""

    files: int
    warnings: list[Warned]


def attach(session: Session, number: str, files: Sequence[Path], on: date) -> Done:
    """Attach files to a case: copied first, then one event each; none of them when one cannot be.

    What is attached already but missing or changed is put back. Refused when all are attached already; OSError for a file that cannot be read or a folder that cannot be written.
    """
    taken: list[_Taken] = []
    within = bool(session.place.address)
    folder, key = (Path(), None) if within else (folder_of(session.place.file), key_of(session.place))
    try:
        for file in files:  # before the book is locked: a recording may be large
            _check_ordinary(file)
            taken.append(_measured(file) if within else _copy_in(folder, file, key))
        with session.writing("attach") as (book, pen):
            case_id, case_no = book.cases.find(number)
            there = {kept.sha256: kept.name for kept in book.attachments.kept([case_id])}
            warnings: list[Warned] = []
            named = file_names(book, case_id)
            mended = False
            for copied in taken:
                if copied.digest in there:
                    if copied.same or _stands_within(book, copied):
                        text = f"{named(copied.name)} 和已有的 {named(there[copied.digest])} 内容相同，没有再附"
                        warnings.append(Warned(case_no, text, "same_file"))
                    elif book.files is not None:
                        raise Refused(
                            f"附件 {named(there[copied.digest])} 在服务器上变了，不能放回",
                            "请管理员用 ⟦doctor⟧ 检查",
                            code="changed",
                        )
                    else:
                        mended = True
                        text = f"附件 {named(there[copied.digest])} 不见了或变了，已按这份放回"
                        warnings.append(Warned(case_no, text, "put_back"))
                    continue
                there[copied.digest] = copied.name
                if book.files is not None and not _stands_within(book, copied):
                    _put_within(book, copied)
                data = {"file": copied.name, "sha256": copied.digest, "size": copied.size}

                def make(_: Case, data: dict[str, Any] = data) -> Event:
                    return Event("attach", on, data)

                warnings += acting.append(book, pen, session, case_id, case_no, make)
            pen.flush()
            if not pen.wrote and not mended:
                raise Refused(f"{case_no} 已经有这些附件", "⟦show⟧ 可以看到已有的附件", code="same")
            shown = tuple(file._replace(name=named(file.name)) for file in of_case(book, case_id))
            changed = ChangedCase(book.lists.one(case_id, session.today), (Attached(shown),))
            return Done((changed,), tuple(dict.fromkeys(warnings)))
    except BaseException:
        for copied in taken:
            if copied.fresh:
                with suppress(OSError):
                    copied.place.unlink()
        raise


def _measured(file: Path) -> _Taken:
    """A file as it is before it is put into a book on a server."""
    digest, size = sha256(), 0
    with _opened(file) as source:
        while piece := source.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return _Taken(clean_text(file.name) or "附件", digest.hexdigest(), size, file, False, False)


def _stands_within(book: Book, copied: _Taken) -> bool:
    return book.files is not None and book.files.sizes().get(copied.digest) == copied.size


def _put_within(book: Book, copied: _Taken) -> None:
    """Into the book's own tables, in the command's transaction; refused where the file was changed since it was measured."""
    assert book.files is not None
    digest = sha256()

    def pieces(source: BinaryIO) -> Iterator[bytes]:
        while piece := source.read(PIECE):
            digest.update(piece)
            yield piece

    with _opened(copied.place) as source:
        book.files.put(copied.digest, pieces(source))
    if digest.hexdigest() != copied.digest:
        raise BadValue("附件", copied.name, "正在被改动", "请等它写完再附")


def _check_ordinary(file: Path) -> None:
    """Refuse a device, pipe or link as evidence: its content is not fixed."""
    with suppress(FileNotFoundError, NotADirectoryError):
        kind = stat.S_IFMT(file.lstat().st_mode)
        if kind not in (stat.S_IFREG, stat.S_IFDIR):
            raise BadValue("附件", file.name, "不是普通文件（是设备、管道或链接）", "请先复制成普通文件，再附")


def _opened(file: Path) -> BinaryIO:
    """The file that was looked at: a link or a pipe put in its place meanwhile is not followed, nor waited for."""
    handle = os.open(
        file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind):
        return os.fdopen(handle, "rb")
    os.close(handle)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    raise BadValue("附件", file.name, "不是普通文件", "请先复制成普通文件，再附")


def _copy_in(folder: Path, file: Path, key: bytes | None) -> _Taken:
    """Copy a file under its hash, readable by its owner only, encrypted as the book is; it appears under its name when it
    is whole."""
    digest, size = sha256(), 0
    name = clean_text(file.name) or "附件"
    fresh = same = False
    place = folder

    def keep(made: Path, _: Path) -> None:
        nonlocal fresh, same, place
        place = place_of(folder, digest.hexdigest(), name)
        fresh = not place.exists()
        same = not fresh and _digest(place) == digest.hexdigest()
        if not same:
            make_folder(place.parent)
            made.replace(place)
            sync(place.parent)

    with _opened(file) as source:
        make_folder(folder)
        with placed(folder / "attachment", publish=keep) as made, keys.written(made, key) as target:
            while piece := source.read(PIECE):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
    return _Taken(name, digest.hexdigest(), size, place, fresh, same)


def convert(place: Place, key: bytes | None) -> int:
    """Encrypt every attached file, or, without a key, write each as it was; how many were not so yet."""
    count = 0
    folder = folder_of(place.file)
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if file.is_file() and keys.is_sealed(file) != (key is not None):
            with placed(file) as made:
                keys.copy_file(file, made, key)
            count += 1
    return count


def problems(book: Book) -> list[str]:
    """Attached files missing or altered."""
    if book.files is not None:
        return _problems_within(book)
    folder = folder_of(book.place.file)
    found = []
    for kept in book.attachments.kept():
        place = place_of(folder, kept.sha256, kept.name)
        if not place.is_file():
            found.append(f"{kept.case_no} 的附件 {_named(book, kept)} 不见了（应在 {place}）")
        elif _digest(place) != kept.sha256:
            found.append(f"{kept.case_no} 的附件 {_named(book, kept)} 内容变了（{place}）")
    return found


def _problems_within(book: Book) -> list[str]:
    assert book.files is not None
    there, changed = book.files.sizes(), book.files.changed()
    found = []
    for kept in book.attachments.kept():
        if kept.sha256 not in there:
            found.append(f"{kept.case_no} 的附件 {_named(book, kept)} 不见了")
        elif kept.sha256 in changed:
            found.append(f"{kept.case_no} 的附件 {_named(book, kept)} 内容变了")
    return found


def _named(book: Book, kept: Attachment) -> Redacted:
    return file_names(book, book.cases.find(kept.case_no)[0])(kept.name)


def _digest(path: Path) -> str:
    """The SHA-256 of a file's content; empty for an altered encrypted one."""
    digest = sha256()
    try:
        for piece in keys.opened(path):
            digest.update(piece)
    except keys.ChangedError:
        return ""
    return digest.hexdigest()


def take_along(book: Book, target: Path) -> Copied:
    """Copy every attached file beside a copy of the book. What is missing is left out."""
    folder = folder_of(target)
    if book.files is not None:
        return _written_out(
            book, [(kept, place_of(folder, kept.sha256, kept.name)) for kept in book.attachments.kept()]
        )
    source = folder_of(book.place.file)
    listed = [
        (kept, place_of(source, kept.sha256, kept.name), place_of(folder, kept.sha256, kept.name))
        for kept in book.attachments.kept()
    ]
    from shutil import copyfile

    return _copy_all(book, listed, copyfile)  # encrypted as they are


def take_all(source: Book, target: Book) -> int:
    """Copy all attached files between a book and its copy, file or server in either direction; returns the count."""
    listed = list({kept.sha256: kept for kept in source.attachments.kept()}.values())
    if target.files is None:
        folder = folder_of(target.place.file)
        return _written_out(source, [(kept, place_of(folder, kept.sha256, kept.name)) for kept in listed]).files
    folder, count = folder_of(source.place.file), 0
    for kept in listed:
        place = place_of(folder, kept.sha256, kept.name)
        if place.is_file() and _digest(place) == kept.sha256:
            target.files.put(kept.sha256, keys.opened(place))
            count += 1
    return count


def bring_back(source: Path, book: Book) -> Copied:
    """Copy a backup's files beside the restored book; reports missing ones."""
    folder = folder_of(book.place.file)
    listed = [(kept, place_of(folder, kept.sha256, kept.name)) for kept in book.attachments.kept()]
    found = [(kept, place_of(folder_of(source), kept.sha256, kept.name), place) for kept, place in listed]
    how = partial(keys.copy_file, key=key_of(book.place))
    copied = _copy_all(book, (triple for triple in found if triple[1].is_file()), how)
    gone = sum(not place.is_file() for _, place in listed)
    if gone:
        text = f"有 {gone} 个附件没有随备份来，请从原来的 .files 文件夹拷到 {folder}"
        copied.warnings.append(Warned("", text, "not_with_the_backup"))
    return copied


def copy_out(session: Session, asked: CasesAsked, target: Path, accusation: bool) -> Copied:
    """Copy the evidence of chosen cases into a folder, by case number and under the names it came with.

    That of accusations only with `accusation`. Written to the access log: evidence cannot be masked.
    """

    with session.reading() as book:
        found = book.lists.matching(resolved(book, asked._replace(accusation=accusation)), session.today)
        ids = [case_id for case_id, case in found if accusation or case.kind != "accusation"]
        listed = list(book.attachments.kept(ids))
        names: dict[Path, int] = {}
        pairs = []
        for kept in listed:
            plain = kept.name.replace("/", "_").replace("\\", "_").strip(". ") or kept.sha256[:12]
            wanted = target / kept.case_no / plain
            names[wanted] = names.get(wanted, 0) + 1
            if names[wanted] > 1:
                wanted = wanted.with_stem(f"{wanted.stem}-{names[wanted]}")
            pairs.append((kept, wanted))
        if book.files is not None:
            copied = _written_out(book, pairs)
        else:
            folder = folder_of(book.place.file)
            there = [(kept, place_of(folder, kept.sha256, kept.name), wanted) for kept, wanted in pairs]
            copied = _copy_all(book, there, keys.copy_file)
        if listed:
            about = f"{len(listed)} 个附件"
            session.look(book, "evidence", about, ids=ids, file=str(target), accusation=accusation, revealed=True)
        return copied


def _written_out(book: Book, pairs: Iterable[tuple[Attachment, Path]]) -> Copied:
    """Files of a book on a server, each to its place. What is missing is left out, and told."""
    files = book.files
    assert files is not None
    there = files.sizes()
    count, warnings = 0, list[Warned]()
    for kept, target in pairs:
        if kept.sha256 not in there:
            warnings.append(Warned(kept.case_no, f"附件 {_named(book, kept)} 不见了，没有放进", "gone"))
            continue
        make_folder(target.parent)
        with placed(target) as made, made.open("wb") as written:
            written.writelines(files.pieces(kept.sha256))
        if _digest(target) != kept.sha256:
            text = f"附件 {_named(book, kept)} 内容变了，照现在的样子放进"
            warnings.append(Warned(kept.case_no, text, "changed"))
        count += 1
    return Copied(count, warnings)


def _copy_all(
    book: Book, pairs: Iterable[tuple[Attachment, Path, Path]], copy: Callable[[Path, Path], object]
) -> Copied:
    count, warnings = 0, list[Warned]()
    for kept, source, target in pairs:
        if not source.is_file():
            warnings.append(Warned(kept.case_no, f"附件 {_named(book, kept)} 不见了，没有放进", "gone"))
            continue
        make_folder(target.parent)
        with placed(target) as made:
            copy(source, made)
        if _digest(target) != kept.sha256:
            text = f"附件 {_named(book, kept)} 内容变了，照现在的样子放进"
            warnings.append(Warned(kept.case_no, text, "changed"))
        count += 1
    return Copied(count, warnings)
