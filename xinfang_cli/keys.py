"""The key of an encrypted book: wrapped in a file beside it, unwrapped once a process.

The key itself is 256 random bits and never changes with the passphrase. Beside the book stands `簿名.key`: the key wrapped
by the passphrase, and once more by a recovery code that is printed on a sheet. Whoever unlocks gives one of the two, or the
keyring of the system has the key.
"""

from __future__ import annotations

import errno
import hmac
import json
import os
import sys
from base64 import b32encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from xinfang_cli import login
from xinfang_cli.errors import Unusable, system_says
from xinfang_cli.files import placed
from xinfang_cli.frozen import NamedTuple

KIND = "xinfang-key-1"
"""What a key's file says it is; another form gets another number."""
END = ".key"
SOURCE = "XINFANG_PASSPHRASE_FILE"
"""Names where scripts have the passphrase: a file that nobody else can read, or `fd:N`, an open file. Never the words."""
SERVICE = "xinfang"
_N, _R, _P = 1 << 15, 8, 1
_MEMORY = 128 * _N * _R + (8 << 20)
LEAST = 8
"""So many characters a passphrase has."""

unlocked: dict[str, bytes] = {}
"""Id of a key → the key, of those that this process unlocked."""
current: list[bytes] = []
"""The key of the book this process works on: what is made anew is encrypted with it."""


class Wrapped(NamedTuple):
    """The wrapped key, and a check value for its passphrase or recovery words."""

    salt: str
    covered: str
    proof: str


class KeyFile(NamedTuple):
    """A key as it is kept: its id, wrapped by the passphrase and by the recovery code."""

    id: str
    passphrase: Wrapped
    recovery: Wrapped


def beside(path: Path) -> Path:
    """The path of a book's key."""
    there = Path(f"{path}{END}")
    return there if there.exists() or not path.is_symlink() else Path(f"{path.resolve()}{END}")


def id_of(key: bytes) -> str:
    """A key's public id; it reveals nothing."""
    return sha256(b"xinfang key id" + key).hexdigest()[:16]


def new_code() -> str:
    """A recovery code: 160 random bits, as letters and digits that are not mistaken for one another."""
    text = b32encode(os.urandom(20)).decode()
    return "-".join(text[n : n + 4] for n in range(0, 32, 4))


def _plain_code(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isalnum())


def _stretched(secret: str, salt: bytes) -> bytes:
    from hashlib import scrypt

    return scrypt(secret.encode("utf-8", "surrogateescape"), salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=64)


def _wrap(key: bytes, secret: str) -> Wrapped:
    """Covered by bytes that are used for nothing else: the salt is new each time."""
    salt = os.urandom(16)
    made = _stretched(secret, salt)
    covered = bytes(a ^ b for a, b in zip(key, made[:32], strict=True))
    return Wrapped(salt.hex(), covered.hex(), hmac.new(made[32:], covered, sha256).hexdigest())


def _unwrap(wrapped: Wrapped, secret: str) -> bytes | None:
    made = _stretched(secret, bytes.fromhex(wrapped.salt))
    covered = bytes.fromhex(wrapped.covered)
    if not hmac.compare_digest(hmac.new(made[32:], covered, sha256).hexdigest(), wrapped.proof):
        return None
    return bytes(a ^ b for a, b in zip(covered, made[:32], strict=True))


def wrap(key: bytes, passphrase: str, code: str) -> KeyFile:
    """A key to be kept under a passphrase and a recovery code."""
    return KeyFile(id_of(key), _wrap(key, passphrase), _wrap(key, _plain_code(code)))


def rewrap(file: KeyFile, key: bytes, passphrase: str) -> KeyFile:
    """The same under another passphrase; the recovery sheet stays good."""
    return file._replace(passphrase=_wrap(key, passphrase))


def by_passphrase(file: KeyFile, passphrase: str) -> bytes | None:
    """The key, if that is the passphrase."""
    return _unwrap(file.passphrase, passphrase)


def by_code(file: KeyFile, code: str) -> bytes | None:
    """The key, if that is the recovery code; blanks and dashes say nothing."""
    return _unwrap(file.recovery, _plain_code(code))


def read(path: Path) -> KeyFile:
    """The file of a key; Unusable when it cannot be read."""
    try:
        said = json.loads(path.read_text("utf-8"))
        if said["kind"] == KIND:
            found = KeyFile(said["id"], Wrapped(**said["passphrase"]), Wrapped(**said["recovery"]))
            for wrapped in (found.passphrase, found.recovery):
                if len(bytes.fromhex(wrapped.covered)) != 32 or len(bytes.fromhex(wrapped.salt)) < 8:
                    raise ValueError
            return found
    except OSError as error:
        raise Unusable(
            f"钥匙文件 {path} 读不了（{system_says(error)}）", "它和案件簿放在一起，从备份旁边拷一份来", code="no_key"
        ) from error
    except (ValueError, KeyError, TypeError):
        pass
    raise Unusable(f"{path} 不是案件簿的钥匙文件", "从备份旁边拷一份来", code="no_key")


def write(path: Path, file: KeyFile) -> None:
    """Put a key's file in its place, readable by its owner only."""
    said = {"kind": KIND, "id": file.id, "passphrase": file.passphrase._asdict(), "recovery": file.recovery._asdict()}
    with placed(path) as made:
        made.write_text(json.dumps(said, indent=1), "utf-8")


def hold(key: bytes) -> bytes:
    """Let this process use a key."""
    unlocked[id_of(key)] = key
    if not current:
        current.append(key)
    return key


def unlock(path: Path) -> bytes:
    """The key of the book at `path`: held already, from the keyring, by the passphrase. Unusable when it is not to be had."""
    file = read(beside(path))
    if file.id in unlocked:
        return hold(unlocked[file.id])
    if (kept := from_keyring(file.id)) is not None:
        return hold(kept)
    said = passphrase_of_scripts()
    if said is None:
        said = typed_unseen(f"案件簿 {path} 的口令：")
    if said is None:
        raise Unusable(
            f"案件簿 {path} 已加密，这里问不了口令",
            f"存进系统的钥匙串：⟦key.remember⟧；脚本用 {SOURCE}=口令文件（只有本人能读）",
            code="locked_key",
        )
    key = by_passphrase(file, said)
    if key is None or id_of(key) != file.id:
        raise Unusable(
            f"案件簿 {path} 的口令不对", "再试一次；忘了的，用恢复单：⟦key.change⟧ ⟦.recovery⟧", code="wrong_key"
        )
    return hold(key)


def typed_unseen(question: str) -> str | None:
    """Input at a terminal without echo; None if nobody can be asked."""
    if not login.answers():
        return None
    from getpass import getpass

    try:
        return getpass(question, stream=None if sys.stderr is None else sys.stderr)
    except EOFError:
        return None


def passphrase_of_scripts() -> str | None:
    """The passphrase from where the environment says it stands."""
    where = os.environ.get(SOURCE)
    return None if not where else passphrase_in(where)


def passphrase_in(where: str) -> str:
    """The first line of a file for its owner alone, or of an open one (`fd:3`)."""
    try:
        if where.startswith("fd:") and where[3:].isdigit():
            with os.fdopen(os.dup(int(where[3:])), encoding="utf-8") as stream:
                return stream.readline().rstrip("\r\n")
        path = Path(where).expanduser()
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise Unusable(f"口令文件 {path} 别人也能读，没有用", f"请先 chmod 600 {path}", code="not_private")
        with path.open(encoding="utf-8") as stream:
            return stream.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"口令文件 {where} 读不了（{system_says(error)}）", "请核对文件名", code="no_key") from error


def from_keyring(id: str) -> bytes | None:
    """The key as the system's keyring has it; None without one, or while that is locked."""
    try:
        import keyring
    except ImportError:
        return None
    with suppress(Exception):  # each backend has errors of its own
        kept = keyring.get_password(SERVICE, id)
        if kept is not None and id_of(bytes.fromhex(kept)) == id:
            return bytes.fromhex(kept)
    return None


def remember(key: bytes) -> None:
    """Give the key to the system's keyring; Unusable where there is none or it is locked."""
    try:
        import keyring

        keyring.set_password(SERVICE, id_of(key), key.hex())
    except Exception as error:
        raise Unusable(
            "系统的钥匙串存不了（没有安装 keyring，或钥匙串锁着）",
            "请安装 xinfang[encrypted]、解锁钥匙串；没有钥匙串的，每次输口令",
            code="keyring",
        ) from error


def forget(id: str) -> bool:
    """Take the key out of the keyring; whether it was there."""
    if from_keyring(id) is None:
        return False
    import keyring

    with suppress(Exception):
        keyring.delete_password(SERVICE, id)
    return from_keyring(id) is None


# ---- files ------------------------------------------------------------------------------------------------------

MAGIC = b"XFENC1\0\n"
PIECE = 1 << 16
_NONCE = 7


def _file_key(key: bytes) -> bytes:
    return hmac.new(key, b"attachments", sha256).digest()


def is_sealed(path: Path) -> bool:
    """Whether a file was encrypted by `seal_file`."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def library() -> Any:
    """AES-GCM of `cryptography`; Unusable if not installed."""
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise not_installed("cryptography") from None
    return AESGCM


def not_installed(name: str) -> Unusable:
    """The error for a missing encryption package."""
    return Unusable(
        f"没有安装 {name}，加密的案件簿打不开", "请安装：pip install 'xinfang[encrypted]'", code="not_installed"
    )


class ChangedError(OSError):
    """An encrypted file is not as it was written, or another key's."""


class Sealing:
    """Writes a file encrypted, piece by piece; each piece knows its place, and the last that it is the last."""

    def __init__(self, target: IO[bytes], key: bytes) -> None:
        self._target = target
        self._cipher = library()(_file_key(key))
        self._nonce = os.urandom(_NONCE)
        self._number = 0
        self._waiting = b""
        target.write(MAGIC + self._nonce)

    def write(self, content: bytes) -> None:
        """Take more of the file."""
        self._waiting += content
        while len(self._waiting) > PIECE:
            self._put(self._waiting[:PIECE], last=False)
            self._waiting = self._waiting[PIECE:]

    def close(self) -> None:
        """Write the last piece."""
        self._put(self._waiting, last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._nonce, self._number, last), piece, None))
        self._number += 1


def _nonce(start: bytes, number: int, last: bool) -> bytes:
    return start + number.to_bytes(4, "big") + bytes([last])


def opened(path: Path) -> Iterator[bytes]:
    """The content of a file in pieces, encrypted or not; OSError if it was altered or its key is not held."""
    with path.open("rb") as file:
        start = file.read(len(MAGIC))
        if start != MAGIC or not current:
            yield start
            while piece := file.read(PIECE):
                yield piece
            return
        nonce = file.read(_NONCE)
        number, piece = 0, file.read(PIECE + 16)
        cipher = None
        while True:
            following = file.read(PIECE + 16)
            place = _nonce(nonce, number, not following)
            cipher = cipher or _fitting(place, piece)
            try:
                yield cipher.decrypt(place, piece, None)
            except Exception as error:  # InvalidTag, whose module is not loaded for it
                raise ChangedError(errno.EIO, "加密的文件改过，或不是这把钥匙的", str(path)) from error
            if not following:
                return
            number, piece = number + 1, following


def _fitting(place: bytes, piece: bytes) -> Any:
    """The cipher that opens the first piece, among our keys: a backup's files may use another."""
    made = [library()(_file_key(key)) for key in unlocked.values()]
    for cipher in made:
        with suppress(Exception):
            cipher.decrypt(place, piece, None)
            return cipher
    return made[0]


@contextmanager
def written(target: Path, key: bytes | None) -> Iterator[Sealing | IO[bytes]]:
    """A file to be written piece by piece: as it is to be read, or, with a key, encrypted."""
    with target.open("wb") as made:
        if key is None:
            yield made
            return
        sealing = Sealing(made, key)
        yield sealing
        sealing.close()


def copy_file(source: Path, target: Path, key: bytes | None = None) -> None:
    """Copy a file, encrypted or not: as it is to be read, or, with a key, encrypted."""
    with written(target, key) as made:
        for piece in opened(source):
            made.write(piece)
