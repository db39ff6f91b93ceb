"""The book encrypted at rest, the way back, and the passphrase changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from xinfang_cli import keys
from xinfang_cli.book.face import Book, copies_in, copies_of, decrypt_book, encrypt_book, is_encrypted
from xinfang_cli.errors import BadValue, Refused, Unusable
from xinfang_cli.files import written_whole
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.keeping.backup import daily_folder
from xinfang_cli.office.session import Session


class Encrypted(NamedTuple):
    """An encryption done: book, key file, number of attachments; the recovery code, unless on a sheet or already
    issued; the remaining unencrypted copies.
    """

    db: str
    key: str
    files: int
    recovery_code: str | None
    sheet: str | None
    plain_copies: tuple[str, ...]


class Decrypted(NamedTuple):
    """The book as an ordinary file again."""

    db: str
    files: int


class KeyChanged(NamedTuple):
    """The change of a key: new passphrase, kept in the keyring, or removed from it."""

    key: str
    done: str


def encrypt(session: Session, new_passphrase: Callable[[], str], sheet: Path | None) -> Encrypted:
    """Encrypt the book and its attachments, or finish an interrupted encryption."""
    place = session.place
    if not place.exists():
        raise Unusable(f"案件簿 {place} 不存在", "先登记第一件（⟦add⟧）或导入台账（⟦import⟧）", code="no_file")
    from xinfang_cli.office.work import evidence

    keys.library()
    code: str | None = None
    if is_encrypted(place):
        key = keys.unlock(place.file)
        files = evidence.convert(place, key)
        if not files:
            raise Refused(f"案件簿 {place} 已经加密", "换口令：⟦key.change⟧", code="encrypted")
    else:
        with session.reading() as book:  # brought to this version, and readable
            _sound(book)
        if keys.beside(place.file).exists():  # of before it was decrypted: its copies need it
            key, file = keys.unlock(place.file), None
        else:
            key, code = os.urandom(32), keys.new_code()
            file = keys.wrap(key, _good(new_passphrase()), code)
        if code is not None and sheet is not None:
            _write_sheet(sheet, place.file, keys.id_of(key), code)  # first: without it a lost passphrase loses the book
        encrypt_book(place, file, key, _sound)
        files = evidence.convert(place, key)
    return Encrypted(
        str(place),
        str(keys.beside(place.file)),
        files,
        code if sheet is None else None,
        None if sheet is None or code is None else str(sheet),
        plain_copies(session),
    )


def decrypt(session: Session) -> Decrypted:
    """Decrypt the book and its attachments; the key file stays for encrypted copies."""
    from xinfang_cli.office.work import evidence

    place = session.place
    with session.reading():  # unlocked, brought to this version
        pass
    if not is_encrypted(place):
        raise Refused(f"案件簿 {place} 没有加密", "不必解密", code="plain")
    files = evidence.convert(place, None)  # first: an encrypted book reads both
    decrypt_book(place, _sound)
    return Decrypted(str(place), files + evidence.convert(place, None))


def _sound(book: Book) -> None:
    found = book.keeping.examine(rebuild=True)
    if not found.ok:
        raise Unusable(f"案件簿不完好（{found.problems[0]}），没有换", "请先看 ⟦doctor⟧", code="damaged")


def _good(passphrase: str) -> str:
    if len(passphrase) < keys.LEAST:
        raise BadValue("口令", None, f"不到 {keys.LEAST} 个字符", "请写长一些，几个不相干的词也好")
    return passphrase


def _write_sheet(sheet: Path, book: Path, id: str, code: str) -> None:
    with written_whole(sheet, 0o600) as made:
        made.write_text(
            f"案件簿恢复单\n\n案件簿：{book.name}\n钥匙编号：{id}\n恢复码：{code}\n\n"
            "忘了口令时，凭恢复码设新口令。打印两份，分开锁进保险柜，然后删去这个文件。\n"
            "口令和恢复码都丢了，案件簿和加密的备份就打不开了，谁也没有办法。\n",
            "utf-8",
        )


def plain_copies(session: Session) -> tuple[str, ...]:
    """Unencrypted copies beside the book and in the daily folder."""
    found = copies_of(session.place)
    daily = daily_folder(session)
    if daily is not None and daily.is_dir() and not daily.samefile(session.place.file.parent):
        found += copies_in(daily, session.place)
    from xinfang_cli.book.place import Place

    return tuple(str(copy.file) for copy in found if not is_encrypted(Place(copy.file)))


def change(session: Session, new_passphrase: Callable[[], str], recovery: Callable[[], str] | None) -> KeyChanged:
    """Another passphrase, by the one that holds or by the recovery code; the key itself, and the sheet, stay."""
    path = keys.beside(session.place.file)
    file = _file(session)
    if recovery is not None:
        key = keys.by_code(file, recovery())
        if key is None:
            raise Unusable("恢复码不对", "照恢复单再输一次；横线、空格、大小写不论", code="wrong_key")
    else:
        key = keys.unlock(session.place.file)
    keys.write(path, keys.rewrap(file, key, _good(new_passphrase())))
    return KeyChanged(str(path), "changed")


def remember(session: Session) -> KeyChanged:
    """Keep the key in the system's keyring: nobody is asked on this machine then."""
    _file(session)
    keys.remember(keys.unlock(session.place.file))
    return KeyChanged(str(keys.beside(session.place.file)), "remembered")


def forget(session: Session) -> KeyChanged:
    """Take it out again."""
    if not keys.forget(_file(session).id):
        raise Refused("系统的钥匙串里没有这把钥匙", "不必去掉", code="nothing")
    return KeyChanged(str(keys.beside(session.place.file)), "forgotten")


def _file(session: Session) -> keys.KeyFile:
    if not keys.beside(session.place.file).exists():
        raise Refused(f"案件簿 {session.place} 没有加密", "加密：⟦encrypt⟧", code="plain")
    return keys.read(keys.beside(session.place.file))
