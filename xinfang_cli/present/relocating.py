"""A book that was moved, in words and as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.office.exchange.relocating import Moved


def document(view: Moved) -> dict[str, Any]:
    """The JSON of `move`."""
    return view._asdict()


def lines(view: Moved) -> list[str]:
    """The moved parts, and the place of the old book."""
    files = f"，附件 {view.files} 个" if view.files else ""
    said = [f"已搬到 {view.target}：{view.cases} 件，{view.events} 个事件{files}，链头 {view.head}"]
    if view.kept != view.source:
        return [*said, f"原来的整本存为 {view.kept}，内容完整，请按保密的要求保管或销毁"]
    return [*said, "服务器上的原样留着，已关上；请管理服务器的人按保密的要求保管或删去"]
