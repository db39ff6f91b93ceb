"""The sheets that went to units, as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.office.exchange.unit_sheets import Issued


def document(view: Issued) -> list[dict[str, Any]]:
    """The JSON of the views of unit sheets."""
    return [
        {"unit": sheet.unit, "file": str(path), "cases": len(sheet.rows), "hidden": sheet.hidden}
        for sheet, path in zip(view.sheets, view.files, strict=True)
    ]
