"""The file of a book in words and as JSON: made, copied, put back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinfang_cli.office.keeping.backup import Backup, Copies
from xinfang_cli.office.keeping.making import BookMade
from xinfang_cli.office.keeping.restore import Restoration


def document(view: BookMade | Backup | Copies | Restoration) -> dict[str, Any]:
    """The JSON of `init`, `backup` and `restore`."""
    if isinstance(view, Copies):
        return {
            "where": list(view.where),
            "copies": [{**copy._asdict(), "file": str(copy.file)} for copy in view.copies],
        }
    if isinstance(view, Restoration):
        carried = view.carried
        return view._asdict() | {
            "lacking": view.lacking._asdict() if view.lacking else None,
            "warnings": [str(warned) for warned in view.warnings],
            "carried": carried and carried._asdict() | {"left": [left._asdict() for left in carried.left]},
        }
    if isinstance(view, Backup):
        return view._asdict() | {"warnings": [str(warned) for warned in view.warnings]}
    return view._asdict()


def notices(view: BookMade | Backup | Copies | Restoration) -> Iterator[str]:
    """Parts left out of a copy, and what the replaced book had in addition."""
    if isinstance(view, BookMade | Copies):
        return
    if isinstance(view, Backup) and view.files is None:
        yield "注意：附件没有一起备份；要一起备份加 --with-files"
    for warning in view.warnings:
        yield f"注意：{warning}"
