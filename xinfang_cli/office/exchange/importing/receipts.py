"""Receipts of imports, with words and file names redacted for the screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from json import dumps, loads

from xinfang_cli.book.chain import Pen
from xinfang_cli.book.face import Book
from xinfang_cli.book.kept import KeptReceipt
from xinfang_cli.errors import BadValue, NotFound
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.exchange.importing.report import ImportReport, ImportWarning, Noticed, Receipt
from xinfang_cli.office.find.redacting import of_anybody
from xinfang_cli.office.session import Session


class Import(NamedTuple):
    """One import as it was kept."""

    number: int
    """Of its command."""
    at: str
    """The moment it was recorded (UTC)."""
    actor: str
    file: str
    sha256: str
    undone: bool
    receipt: Receipt
    noticed: Noticed
    updated: int
    turned_back: Mapping[str, int]
    """Heading → of how many rows it was a reason that they were turned back."""
    warnings: tuple[ImportWarning, ...]
    learnt: tuple[tuple[str, str], ...]
    profile: str | None
    book_from: str | None
    """Of a book's first import: from which day it was taken to be complete, before anybody said so."""


class Imports(NamedTuple):
    """The imports, the latest first."""

    imports: tuple[Import, ...]
    limit: int = 0


def keep(book: Book, pen: Pen, report: ImportReport) -> None:
    """Keep a receipt with the command that wrote the cases."""
    reasons = Counter(column for rejected in report.rejects or () for column in {c for c, _ in rejected.reasons})
    body = {
        "receipt": report.receipt._asdict(),
        "noticed": report.noticed._asdict(),
        "updated": report.updated,
        "turned_back": reasons,
        "warnings": [asdict(warning) for warning in report.warnings],
        "learnt": report.learnt,
        "profile": report.profile,
        "book_from": None if report.book_from is None else report.book_from.isoformat(),
    }
    book.receipts.keep(pen, dumps(body, ensure_ascii=False, separators=(",", ":")))


def imports(session: Session, limit: int = 0) -> Imports:
    """The result of every import."""
    with session.reading() as book:
        return Imports(_shown(book, [*map(_read, book.receipts.every(limit))]), limit)


def one(session: Session, number: str) -> Import:
    """The receipt of one import, by its number in the list."""
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise BadValue("导入的序号", number, "不是序号", "序号见 ⟦history⟧ ⟦.imports⟧")
    with session.reading() as book:
        found = book.receipts.one(int(number))
        if found is None:
            raise NotFound(f"没有序号为 {number} 的导入", "有哪些：⟦history⟧ ⟦.imports⟧")
        return _shown(book, [_read(found)])[0]


def _shown(book: Book, found: Sequence[Import]) -> tuple[Import, ...]:
    """Imports with every text that somebody wrote through the gate: 张三上访材料.xlsx names a petitioner."""
    undone = [one.number for one in found if one.undone]
    told = of_anybody(book, (text for one in found for text in _texts(one)), undone)
    return tuple(
        one._replace(
            file=told(one.file),
            turned_back={told(heading): count for heading, count in one.turned_back.items()},
            warnings=tuple(
                replace(warning, about=tuple(map(told, warning.about)), sheet=told(warning.sheet))
                for warning in one.warnings
            ),
            learnt=tuple((told(said), told(meant)) for said, meant in one.learnt),
            profile=one.profile and told(one.profile),
        )
        for one in found
    )


def _texts(one: Import) -> Iterator[str]:
    yield from (one.file, one.profile or "", *one.turned_back)
    for warning in one.warnings:
        yield from (*warning.about, warning.sheet)
    for pair in one.learnt:
        yield from pair


def _read(kept: KeptReceipt) -> Import:
    body = loads(kept.body)
    return Import(
        kept.id,
        kept.recorded_at,
        kept.actor,
        kept.file,
        kept.sha256,
        bool(kept.undone),
        Receipt(**body["receipt"]),
        Noticed(**body["noticed"]),
        body["updated"],
        body["turned_back"],
        tuple(
            ImportWarning(**{**warning, "about": tuple(warning["about"]), "rows": tuple(warning["rows"])})
            for warning in body["warnings"]
        ),
        tuple((said, meant) for said, meant in body["learnt"]),
        body["profile"],
        body["book_from"],
    )
