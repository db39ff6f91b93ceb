"""Seals in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinfang_cli.office.keeping.signing import KeyMade, Sealed, Verified


def document(view: KeyMade | Sealed | Verified) -> dict[str, Any]:
    """The JSON of `seal` and `verify`."""
    if isinstance(view, KeyMade):
        return view._asdict()
    if isinstance(view, Sealed):
        return {**view.seal._asdict(), "written": view.written}
    return {
        "ok": view.ok,
        "problems": list(view.problems),
        "trusted": view.trusted,
        "file_checked": view.file_checked,
        "seal": view.seal._asdict(),
    }


def notices(view: KeyMade | Sealed | Verified) -> Iterator[str]:
    """The limits of a seal's proof."""
    if isinstance(view, Verified) and view.ok and not view.trusted:
        yield "注意：没有给 --public-key，只知道签封没有改过；是不是该局签的，请把公钥和该局另行公布的核对"
    if isinstance(view, KeyMade):
        yield "注意：钥匙文件请另存一份，不要和案件簿放在一起；公钥可以公布"
