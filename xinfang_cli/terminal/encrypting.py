"""Encryption on the screen."""

from __future__ import annotations

from xinfang_cli.office.keeping.encrypting import Decrypted, Encrypted, KeyChanged
from xinfang_cli.terminal import screen

_DONE = {
    "changed": "口令已换，恢复单照旧有效；以前的备份还用旧口令",
    "remembered": "钥匙已存进系统的钥匙串，这台机器上不再问口令",
    "forgotten": "已从系统的钥匙串里去掉",
}


def draw(view: Encrypted | Decrypted | KeyChanged) -> None:
    """The change made."""
    if isinstance(view, KeyChanged):
        screen.print_line(_DONE[view.done])
    elif isinstance(view, Decrypted):
        screen.print_line(f"已解密 {view.db}，连同附件 {view.files} 个；钥匙文件留着，加密的备份还要用它")
    else:
        screen.print_line(f"已加密 {view.db}，连同附件 {view.files} 个；钥匙文件 {view.key}，和案件簿放在一起")
        if view.sheet is not None:
            screen.print_line(f"恢复单已写成 {view.sheet}，请打印、锁进保险柜，再删去这个文件")
        if view.recovery_code is not None:
            screen.print_line(f"恢复码 {view.recovery_code}")
