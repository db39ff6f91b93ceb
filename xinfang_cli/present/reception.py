"""The leaders' roster in words."""

from __future__ import annotations

from typing import Any


def roster_rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """A roster in words, for the screen, CSV and files."""
    rows = []
    for day in found["days"]:
        came, wanted = day["attended"], day["leaders"]
        if day["missing"]:
            state = "缺" if wanted else "没有排班，无人接访"
        elif came and wanted and not set(came) & set(wanted):
            state = "他人代"
        else:
            state = "到" if came else ""
        rows.append(
            {
                **day,
                "leaders": "、".join(wanted),
                "attended": "、".join(came),
                "weekday": f"星期{day['weekday']}",
                "state": state,
            }
        )
    return rows
