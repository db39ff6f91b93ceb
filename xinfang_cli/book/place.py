"""The place of a book."""

from __future__ import annotations

from pathlib import Path

from xinfang_cli.frozen import NamedTuple


class Place(NamedTuple):
    """A file; or an address (`scheme://…`) that some engine would know, and then no file."""

    path: Path
    address: str = ""

    @classmethod
    def of(cls, word: str) -> Place:
        """The place that somebody typed."""
        return cls(Path(), word) if "://" in word else cls(Path(word).expanduser())

    def __str__(self) -> str:
        """The place for display, without a password in its address."""
        if "@" not in self.address:
            return self.address or str(self.path)
        scheme, _, rest = self.address.partition("://")
        login, _, where = rest.rpartition("@")
        return f"{scheme}://{login.partition(':')[0]}@{where}"

    @property
    def file(self) -> Path:
        """The book's file; Unusable for a book on a server, which has none: nothing is done to some file instead."""
        if self.address:
            from xinfang_cli.errors import Unusable

            raise Unusable(
                "案件簿在服务器上，没有文件，这一步做不了",
                "请管理员用 ⟦backup⟧ 取一本文件，在那一本上做",
                code="engine",
            )
        return self.path

    @property
    def folder(self) -> Path:
        """The folder for temporary files: beside the book, or the system's for a book on a server."""
        if not self.address:
            return self.path.parent
        from tempfile import gettempdir

        return Path(gettempdir())

    def exists(self) -> bool:
        """Whether a book is there. Always true for an address: opening it reports a missing office, and a mistyped name
        never starts a new book.
        """
        return bool(self.address) or self.path.exists()
