"""Attachments of an office on a server, stored in its own tables so that a dump contains them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from xinfang_cli.book.part import Part

LARGE = 200_000_000
"""Bytes: what is larger is read piece by piece."""
_CHANGED = f"""SELECT encode(sha256, 'hex') FROM files GROUP BY sha256 HAVING sum(length(data)) < {LARGE}
AND sha256(string_agg(data, ''::bytea ORDER BY part)) <> sha256"""


class Files(Part):
    def sizes(self) -> dict[str, int]:
        """SHA-256 → how long that file is."""
        return dict(
            self.conn.execute("SELECT encode(sha256, 'hex'), sum(length(data)) FROM files GROUP BY sha256").fetchall()
        )

    def put(self, digest: str, pieces: Iterable[bytes]) -> None:
        """Keep a file, inside the caller's transaction."""
        key = bytes.fromhex(digest)
        for part, piece in enumerate(pieces):
            self.conn.execute("INSERT INTO files VALUES (?, ?, ?)", (key, part, piece))

    def pieces(self, digest: str) -> Iterator[bytes]:
        """The content of a file in pieces; nothing for an unknown digest."""
        key, part = bytes.fromhex(digest), 0
        while True:
            row = self.conn.execute("SELECT data FROM files WHERE sha256 = ? AND part = ?", (key, part)).fetchone()
            if row is None:
                return
            yield row[0]
            part += 1

    def remove(self, digests: Collection[str]) -> int:
        """Take files out, for a purge; how many were there."""
        there = self.sizes()
        gone = sorted(digest for digest in digests if digest in there)
        self.conn.executemany("DELETE FROM files WHERE sha256 = ?", [(bytes.fromhex(digest),) for digest in gone])
        return len(gone)

    def changed(self) -> set[str]:
        """Attached files that no longer match their SHA-256; the server hashes all but the largest."""
        from hashlib import sha256

        wrong = {row[0] for row in self.conn.execute(_CHANGED).fetchall()}
        for digest, size in self.sizes().items():
            if size < LARGE:
                continue
            said = sha256()
            for piece in self.pieces(digest):
                said.update(piece)
            if said.hexdigest() != digest:
                wrong.add(digest)
        return wrong
