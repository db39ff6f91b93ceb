"""Encryption in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinfang_cli.office.keeping.encrypting import Decrypted, Encrypted, KeyChanged


def document(view: Encrypted | Decrypted | KeyChanged) -> dict[str, Any]:
    """The JSON of `encrypt`, `decrypt`, `key`."""
    return view._asdict()


def notices(view: Encrypted | Decrypted | KeyChanged) -> Iterator[str]:
    """Data still unencrypted, and secrets to keep safe."""
    if not isinstance(view, Encrypted):
        return
    for copy in view.plain_copies:
        yield f"备份 {copy} 没有加密（连同旁边的 .files），请删去，或换成加密以后的备份"
    if view.recovery_code is not None:
        yield "注意：恢复码只显示这一次，请抄下、打印，锁进保险柜；口令和恢复码都丢了，谁也打不开"
