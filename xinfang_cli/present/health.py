"""The check of a book as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.office.keeping.health import Health

MOST = 10  # of the cases of one kind are named


def document(view: Health) -> dict[str, Any]:
    """The JSON of `doctor`."""
    book = view.book
    return {
        "ok": view.ok,
        "events": book.events,
        "head": book.head,
        "cases": book.cases,
        "rebuilt": book.rebuilt,
        "differing": book.differing,
        "problems": view.problems,
        "checks": book.checks,
        "heads": view.heads,
        "mended": view.mended,
        "with_the_accused": view.with_the_accused,
        "complained_unsaid": view.unsaid.unanswered,
        "complained_unknown": view.unsaid.unknown,
        "not_the_accused": [one._asdict() for one in view.cleared],
        "bad_files": view.bad_files,
        "mendable": view.mendable,
        "repaired": None if view.repaired is None else view.repaired._asdict(),
        "doubtful": {kind: len(numbers) for kind, numbers in view.doubtful.items()},
        "doubtful_cases": {kind: numbers[:MOST] for kind, numbers in view.doubtful.items()},
        "acceptance_missing": {
            "count": len(view.acceptance_missing),
            "cases": view.acceptance_missing[:MOST],
        },
    }


def named(numbers: tuple[str, ...]) -> str:
    """The first of some cases, and whether there are more."""
    return "、".join(numbers[:MOST]) + ("……" if len(numbers) > MOST else "")
