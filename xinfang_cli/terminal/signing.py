"""Seals on the screen."""

from __future__ import annotations

from xinfang_cli.office.keeping.signing import KeyMade, Seal, Sealed, Verified
from xinfang_cli.present.moments import local
from xinfang_cli.terminal import screen


def draw(view: KeyMade | Sealed | Verified) -> None:
    """The signature made, or its verification."""
    if isinstance(view, KeyMade):
        screen.print_line(f"钥匙已写成 {view.key}，以后的备份、发布的通报都带签封")
        screen.print_line(f"公钥 {view.public_key}")
        return
    if isinstance(view, Sealed):
        screen.print_line(f"已签封：{_what(view.seal)}" + (f"，写成 {view.written}" if view.written else ""))
        screen.print_line(f"签名 {view.seal.signature}")
    elif view.ok:
        screen.print_line(f"签封有效：{_what(view.seal)}")
    else:
        screen.print_line("签封无效：")
        for problem in view.problems:
            screen.print_line(f"  {problem}")
    screen.print_line(f"公钥 {view.seal.public_key}")


def _what(seal: Seal) -> str:
    by = f"{seal.office} " if seal.office else ""
    file = f"{seal.file}，" if seal.file else ""
    return f"{by}{local(seal.signed_at)}，{file}{seal.events} 个事件，链头 {seal.head}"
