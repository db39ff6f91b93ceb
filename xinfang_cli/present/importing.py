"""The words of an import."""

from __future__ import annotations

from xinfang_cli.present.steps import worded


def in_a_line(column: str, why: str) -> str:
    """Why a row was turned back: the column first, unless the reason begins with it."""
    said = worded(why)
    return said if said.startswith(column) else f"{column}：{said}"
