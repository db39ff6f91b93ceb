"""The remainder of personal and free text after a purge, and cases exempt from purging."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xinfang_cli.law.terms import LOOK, Vocabulary

MARK = "已按期清除"
"""What stands where a text was."""
_TELLS_WHO = frozenset({"name", "id_no", "phone", "address", "complained_unit", "complained_person"})
"""Nothing stands where these were: a mark would be taken for somebody's name."""
_STAYS = frozenset({"cases"})
"""Which cases were looked at, by their numbers: nobody's text."""

KEPT = Vocabulary(
    "不清除的原因",
    {
        "running": "还在办理",
        "window": "还在申请复查、复核的期限内",
        "clock": "还有期限在走",
        "backlog": "积案没有化解",
        "named": "在办的件与它关联",
        "dispute": "发布的数因它有变，没有说清",
    },
)
"""Why a case keeps its texts, the first that holds."""


GIVEN = Vocabulary("外面的文件", {"source": "导入的原表", "rejected": "导入时退回的行", **LOOK.labels})
"""Files outside the book that a purge cannot reach."""


def remains(kind: str, said: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The replacement of an event's private part: the names of its fields without their content."""
    left: dict[str, Any] = {"purged": on.isoformat()}
    for key, value in said.items():
        if key in _STAYS and kind == "access":
            left[key] = value
        elif isinstance(value, Mapping):
            if key != "extras":
                left[key] = {name: _mark(name) if isinstance(old, str) and old else None for name, old in value.items()}
        elif key not in _TELLS_WHO and key != "purged" and not isinstance(value, list | tuple):
            left[key] = MARK
    return left


def _mark(field: str) -> str | None:
    return None if field in _TELLS_WHO else MARK


def is_remains(said: Mapping[str, Any]) -> bool:
    """Whether a private part says nothing but that it was purged."""
    inner = [value for part in said.values() if isinstance(part, Mapping) for value in part.values()]
    outer = [value for key, value in said.items() if key not in ("purged", *_STAYS) and not isinstance(value, Mapping)]
    return "purged" in said and all(value in (MARK, None) for value in (*outer, *inner))
