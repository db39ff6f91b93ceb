"""An intake put down without the server, in words and as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.office.work.drafts import Offline


def document(view: Offline) -> dict[str, Any]:
    """The JSON of `add --offline`."""
    return {"offline": view.name, "file": view.file, "received_on": view.received_on.isoformat()}


def line(view: Offline) -> str:
    """Its name, and what is still to be done."""
    return f"已先记在本机：{view.name}（收到 {view.received_on}），还没有登记编号；连上服务器以后：xinfang add --resume-all"
