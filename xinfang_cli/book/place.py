"""Where a book is."""

from __future__ import annotations

from pathlib import Path

from xinfang_cli.frozen import NamedTuple


class Place(NamedTuple):
    """A file; or an address (`scheme://…`) that some engine would know, and then no file."""

    file: Path
    address: str = ""

    @classmethod
    def of(cls, word: str) -> Place:
        """The place that somebody typed."""
        return cls(Path(), word) if "://" in word else cls(Path(word).expanduser())

    def __str__(self) -> str:
        return self.address or str(self.file)

    def exists(self) -> bool:
        """Whether a book stands there."""
        if not self.address:
            return self.file.exists()
        from xinfang_cli.book.face import engine_of

        return engine_of(self).exists(self)
