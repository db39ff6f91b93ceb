"""The one place that chooses between JSON, CSV and the screen: `show` finds a view's words and its drawing by its class."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, Protocol

# Office module → its file in present/ and terminal/, where that is not called after its last name.
HOMES: dict[str, str] = {
    "xinfang_cli.law.figures.definitions": "figures",
    "xinfang_cli.office.figures.stats": "figures",
    "xinfang_cli.office.figures.sealing": "changes",
    "xinfang_cli.office.keeping.making": "book_file",
    "xinfang_cli.office.keeping.backup": "book_file",
    "xinfang_cli.office.keeping.restore": "book_file",
    "xinfang_cli.office.exchange.importing.report": "importing",
    "xinfang_cli.office.work.done": "casework",
    "xinfang_cli.office.campaigns.batches": "backlog",
    "xinfang_cli.office.campaigns.backlog_status": "backlog",
    "xinfang_cli.office.campaigns.roster": "reception",
    "xinfang_cli.office.campaigns.visits": "reception",
    "xinfang_cli.office.campaigns.reception_status": "reception",
}


def show(view: Any, json: bool = False, csv: bool = False, *, paged: bool = False, **how: Any) -> None:
    """Write a view on stdout as JSON, CSV or a drawing; what the clerk should know beside it on stderr.

    `how` is what only the looks depend on (columns, words to mark); it goes to the table and the drawing. A view of
    documents/ is a document: its own module has the words.
    """
    module = type(view).__module__
    home = HOMES.get(module) or module.rpartition(".")[2]
    words = import_module(module if module.startswith("xinfang_cli.documents.") else f"xinfang_cli.present.{home}")
    try:
        _write(view, words, home, json, csv, paged=paged, **how)
    except BrokenPipeError:
        raise
    except OSError as error:
        if entered := getattr(words, "entered", None):
            error.entered = entered(view)  # type: ignore[attr-defined]
        raise


def _write(view: Any, words: Any, home: str, json: bool, csv: bool, *, paged: bool, **how: Any) -> None:
    if notices := getattr(words, "notices", None):
        from xinfang_cli.terminal.screen import print_notice

        for line in notices(view):
            print_notice(line)
    if json:
        from xinfang_cli.present.machine import print_json

        print_json(words.document(view))
    elif csv:
        from xinfang_cli.present.machine import print_csv_rows

        print_csv_rows(*words.table(view, **how))
    else:
        from xinfang_cli.terminal.screen import paged as through_pager

        draw = import_module(f"xinfang_cli.terminal.{home}").draw
        with through_pager(paged):
            draw(view, **how)
    if hasattr(words, "entered"):
        sys.stdout.flush()


def before_asking(view: Any, json: bool, **how: Any) -> None:
    """Show the subject of a question to a person; never to a program."""
    if not json:
        show(view, **how)


class Poured(Protocol):
    """Rows too many to be held at once: written while they are read."""

    def print_json(self) -> None: ...

    def print_csv(self) -> None: ...


def pour(rows: Poured, json: bool) -> None:
    """Write rows on stdout while they are read, as JSON or CSV."""
    (rows.print_json if json else rows.print_csv)()
