"""Offices on a server of the tests' own: their addresses, and books carried into them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.postgres import server
from xinfang_cli.book import relocating
from xinfang_cli.book.face import Book, open_book
from xinfang_cli.book.place import Place


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """One server for all tests of this process; the folder of its socket."""
    with server.running() as folder:
        yield folder


@pytest.fixture
def pooler(cluster: Path) -> Iterator[Path]:
    """A pooler in transaction mode before that server; the folder of its socket."""
    if server.POOLER is None:
        pytest.skip("PgBouncer is not installed (apt-get install pgbouncer)")
    with server.pooled(cluster) as folder:
        yield folder


def address(cluster: Path, office: str = "") -> str:
    """The address of an office, of a new one where none is named."""
    return f"postgresql:///postgres?host={cluster}&user={server.USER}&office={office or f'o{uuid.uuid4().hex[:12]}'}"


def carried(book: Path, where: str) -> None:
    """A book in a file made an office, row by row."""
    from xinfang_cli.book.postgres import opening

    with opening.new_store(Place.of(where)) as store, closing(open_book(Place(book))) as source:
        store.begin(None)
        relocating.copy_rows(source.conn, store.conn)
        target = Book(store)
        target.search.rebuild()
        store.commit()
        assert relocating.digests(target) == relocating.digests(source)
