"""Returned unit sheets, as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.office.exchange.collecting import Collected
from xinfang_cli.present.machine import record


def document(view: Collected) -> Any:
    """The JSON of the views of collecting."""
    return record(view)
