"""The words of an import."""

from __future__ import annotations


def in_a_line(column: str, why: str) -> str:
    """Why a row was turned back: the column first, unless the reason begins with it."""
    return why if why.startswith(column) else f"{column}：{why}"
