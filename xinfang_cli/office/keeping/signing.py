"""The chain's head signed by the office: who holds its public key can check a copy, a report, without the office's help."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, Refused, Unusable, system_says
from xinfang_cli.files import make_private, placed, read_text, without_overwriting
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.keeping import settings
from xinfang_cli.office.session import Session, sha256_of
from xinfang_cli.office.views import Warned

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KIND = "xinfang-seal-1"
"""What a seal says it is; another form gets another number."""
END = ".seal"


class KeyMade(NamedTuple):
    """A new key: its file, kept by the office, and the public key, to be handed out."""

    key: str
    public_key: str


class Seal(NamedTuple):
    """A signed head: of which office, when (UTC), so many events, the hash of the last; of a file its name and SHA-256."""

    office: str
    signed_at: str
    events: int
    head: str
    file: str | None
    sha256: str | None
    public_key: str
    signature: str

    def covered(self) -> bytes:
        """The signed bytes: everything but the signature, in a fixed form."""
        return _bytes({"kind": KIND, **self._asdict(), "signature": ""})


class Sealed(NamedTuple):
    """A seal, and the file it was written to."""

    seal: Seal
    written: str | None


class Verified(NamedTuple):
    """The result of verifying a seal. `problems`: reasons for failure; `trusted`: checked with a public key from
    another source; `file_checked`: whether its file was found and read.
    """

    seal: Seal
    problems: tuple[str, ...]
    trusted: bool
    file_checked: bool

    @property
    def ok(self) -> bool:
        """Whether seal and book agree."""
        return not self.problems


def _bytes(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


KEYRING = "keyring:"
"""How the setting of a key in the system's keyring begins; the first digits of its public key follow."""


def make_key(session: Session, path: Path | None) -> KeyMade:
    """A new Ed25519 key, which the office then signs with: in the system's keyring, or in a file for its owner alone;
    never over one that is there."""
    ed25519, serialization = _library()
    key = ed25519.Ed25519PrivateKey.generate()
    text: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    if path is None:
        name = KEYRING + _public(key)[:16]
        _keyring(lambda ring: ring.set_password("xinfang", name, text.decode()))
        settings.change(session, settings.Wanted("seal_key", name))
        return KeyMade(name, _public(key))
    try:
        with placed(path, publish=without_overwriting) as made:
            made.write_bytes(text)
    except FileExistsError:
        raise Refused(
            f"{path} 已经有了", "换个文件名；已有的钥匙用 ⟦~config.set⟧ seal_key 指定", code="exists"
        ) from None
    except OSError as error:
        raise Unusable(f"钥匙 {path} 写不下来（{system_says(error)}）", "请看文件夹能否写入", code="output") from error
    settings.change(session, settings.Wanted("seal_key", str(path)))
    return KeyMade(str(path), _public(key))


def seal(session: Session, file: Path | None, target: Path | None) -> Sealed:
    """Sign the head of the book as it is now, and with it a file; written to `target`, of a file beside it."""
    if file is not None and not file.is_file():
        raise Unusable(f"没有文件 {file}", "请核对文件名", code="no_file")
    with session.reading() as book:
        return sealed(session, book, file, target or (None if file is None else beside(file)))


def sealed(
    session: Session, book: Book, file: Path | None, target: Path | None, at: tuple[int, str] | None = None
) -> Sealed:
    """`seal` for an open book; `at`: the head to sign for a copy."""
    made = _signed(session, book, file, at or book.events.head())
    if target is not None:
        try:
            with placed(target) as place:
                place.write_text(json.dumps({"kind": KIND, **made._asdict()}, ensure_ascii=False, indent=1), "utf-8")
        except OSError as error:
            raise Unusable(
                f"签封 {target} 写不下来（{system_says(error)}）", "请看文件夹能否写入", code="output"
            ) from error
    return Sealed(made, None if target is None else str(target))


def carried(session: Session, book: Book, file: Path, at: tuple[int, str] | None = None) -> tuple[Warned, ...]:
    """Put a seal beside an outgoing file if the office has a key; returns a failure in words."""
    if not book.code.now.rules.settings["seal_key"]:
        return ()
    try:
        sealed(session, book, file, beside(file), at)
    except (Refused, Unusable) as error:
        return (Warned("", f"没有签封：{error.line()}", "unsealed"),)
    return ()


def beside(file: Path) -> Path:
    """The path of a file's seal, beside it."""
    return file.with_name(file.name + END)


def _signed(session: Session, book: Book, file: Path | None, at: tuple[int, str]) -> Seal:
    wanted = book.code.now.rules.settings
    if not wanted["seal_key"]:
        raise Refused("本局还没有签封的钥匙", "请先做一把：⟦seal⟧ ⟦.new_key⟧ 钥匙文件", code="no_key")
    key = _key(str(wanted["seal_key"]))
    name, digest = (None, None) if file is None else (file.name, sha256_of(file))
    made = Seal(str(wanted["bureau"]), session.now(), *at, name, digest, _public(key), "")
    return made._replace(signature=key.sign(made.covered()).hex())


def _keyring(asked: Callable[[Any], Any]) -> Any:
    """The answer of the system's keyring; Unusable without one, or if it stays locked."""
    from importlib import import_module

    try:
        return asked(import_module("keyring"))
    except ImportError:
        raise Refused(
            "没有安装 keyring，用不了系统的钥匙串",
            "请安装：pip install 'xinfang[signed]'，或把钥匙写成文件：⟦seal⟧ ⟦.new_key⟧ 文件",
            code="signed",
        ) from None
    except Exception as error:  # each system's keyring has errors of its own
        raise Unusable(
            f"系统的钥匙串用不了（{' '.join(str(error).split())[:80] or type(error).__name__}）",
            "请先解锁；没有钥匙串的机器把钥匙写成文件：⟦seal⟧ ⟦.new_key⟧ 文件",
            code="no_key",
        ) from error


def _kept_text(where: str) -> bytes:
    if not where.startswith(KEYRING):
        make_private(Path(where))
        return Path(where).read_bytes()
    text = _keyring(lambda ring: ring.get_password("xinfang", where))
    if text is None:
        raise Unusable("签封的钥匙不在这个用户的钥匙串里", "请用做钥匙的那个用户登录，或另做一把", code="no_key")
    return bytes(text.encode())


def _key(path: str) -> Ed25519PrivateKey:
    ed25519, serialization = _library()
    try:
        key = serialization.load_pem_private_key(_kept_text(path), None)
    except OSError as error:
        raise Unusable(
            f"签封的钥匙 {path} 读不了（{system_says(error)}）", "请看它所在的磁盘是否连着", code="no_key"
        ) from error
    except (ValueError, TypeError) as error:
        raise Unusable(f"{path} 不是签封的钥匙", "请核对设置 seal_key", code="no_key") from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise Unusable(f"{path} 不是 Ed25519 钥匙", "请核对设置 seal_key", code="no_key")
    found: Ed25519PrivateKey = key
    return found


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def _library() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise Refused(
            "没有安装 cryptography，不能签封、验封", "请安装：pip install 'xinfang[signed]'", code="signed"
        ) from None
    return ed25519, serialization


def verify(file: Path, public_key: str | None) -> Verified:
    """Check a seal, or the seal beside a file; anyone can, without a book. Unusable where there is none to be read."""
    path = file if file.name.endswith(END) else beside(file)
    found = _read(path)
    about = path.with_name(Path(found.file).name) if found.file else None
    if about is not None and not file.name.endswith(END):
        about = file  # it may have been renamed together with its seal
    problems = list(_wrong(found, public_key))
    checked = about is not None and about.is_file()
    if about is not None and checked and sha256_of(about) != found.sha256:
        problems.append(f"{about.name} 不是签封时的那个文件：签封以后改过，或换过")
    if about is not None and not checked:
        problems.append(f"签封说的文件 {about.name} 不在旁边，没有核对")
    return Verified(found, tuple(problems), public_key is not None, checked)


def _wrong(found: Seal, public_key: str | None) -> list[str]:
    ed25519, _ = _library()
    from cryptography.exceptions import InvalidSignature

    if public_key is not None and _given(public_key) != found.public_key:
        return ["签封不是用给出的公钥对应的钥匙签的"]
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(found.public_key))
        key.verify(bytes.fromhex(found.signature), found.covered())
    except (InvalidSignature, ValueError):
        return ["签名不对：签封的内容改过"]
    return []


def _given(word: str) -> str:
    """A public key as it was typed, or in a file."""
    path = Path(word).expanduser()
    text = path.read_text("utf-8", "replace") if len(word) != 64 and path.is_file() else word
    plain = "".join(text.split()).lower()
    if len(plain) != 64 or set(plain) - set("0123456789abcdef"):
        raise BadValue("⟦.public_key⟧", word, "不是公钥", "请写 ⟦~seal⟧ 给出的 64 位，或存有它的文件")
    return plain


def _read(path: Path) -> Seal:
    try:
        said = json.loads(read_text(path))
        if said.pop("kind") == KIND:
            found = Seal(**said)
            texts = (found.office, found.signed_at, found.head, found.public_key, found.signature)
            if all(isinstance(text, str) for text in texts) and isinstance(found.events, int):
                return found
    except OSError as error:
        raise Unusable(
            f"签封 {path} 读不了（{system_says(error)}）", "签封在文件旁边，文件名加 .seal", code="no_seal"
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise Unusable(f"{path} 不是签封", "签封由 ⟦seal⟧ 写出，文件名以 .seal 结尾", code="not_a_seal")
