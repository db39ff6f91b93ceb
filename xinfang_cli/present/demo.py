"""The fictional district as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.office.exchange.demo import District
from xinfang_cli.present import advice, backlog, figures, reception


def document(view: District) -> dict[str, Any]:
    """The JSON of the views of demo."""
    return {
        "db": str(view.db),
        "today": view.today,
        "imported": view.imported,
        "month": figures.record(view.month),
        "year_so_far": figures.record(view.year_so_far),
        "year_so_far_all": figures.record(view.year_so_far_all),
        "backlog": backlog.status_document(view.backlog),
        "reception": reception.status_document(view.reception),
        "standing": advice.document(view.standing),
    }
