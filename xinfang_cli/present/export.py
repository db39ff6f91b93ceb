"""An export that was written, in words and as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.office.exchange.export import ExportWritten


def document(view: ExportWritten) -> dict[str, Any]:
    """The JSON of the views of export."""
    return view._asdict() | {"file": str(view.file), "warnings": [str(warned) for warned in view.warnings]}


def masking(view: ExportWritten) -> str:
    """The personal data shown in the file."""
    if view.what == "units":
        return ""
    if view.masked:
        return "，个人信息已遮盖；检举控告件没有文字和信访人"
    return "，个人信息没有遮盖" + ("；检举控告件没有文字和信访人" if view.accusations_closed else "，检举控告件也没有")
