"""The fields of bulletin templates as JSON; a bulletin's own words are in documents/bulletin."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law.terms import REPORT
from xinfang_cli.office.figures.bulletin import TemplateFields, TemplateSaved


def document(view: TemplateFields | TemplateSaved) -> dict[str, Any]:
    """The JSON of the views of bulletin."""
    said: dict[str, Any] = {"kind": view.kind, "name": REPORT.label(view.kind)}
    if isinstance(view, TemplateSaved):
        return said | {"file": str(view.file)}
    return said | {"fields": [found._asdict() for found in view.fields]}
