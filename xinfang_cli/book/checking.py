"""The chain walked from its first event to its last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from xinfang_cli.book.chain import COMMAND_COLUMNS, GENESIS, Command, head, sha256
from xinfang_cli.book.engine import Conn


class Broken(NamedTuple):
    """Where the chain does not hold."""

    event_id: int
    why: str


def walk_chain(conn: Conn) -> tuple[int, str, list[Broken]]:
    """Walk the whole chain: (events, head, breaks)."""
    digests = {row[0]: Command(*row).digest() for row in conn.execute(f"SELECT id, {COMMAND_COLUMNS} FROM commands")}
    prev, expected, broken = GENESIS, 1, []
    rows = conn.execute(
        "SELECT prev, id, case_id, seq, kind, on_day, command_id, body, text_hash FROM events ORDER BY id"
    )
    for was, id, case_id, seq, kind, on, command_id, body, text_hash in rows:
        if was != prev:
            broken.append(Broken(id, "与前一事件的哈希不符"))
        if id != expected:
            broken.append(Broken(id, f"编号不连续，应为 {expected}"))
            expected = id
        made = sha256()(was)
        made.update(f"{id}\x1f{case_id}\x1f{seq}\x1f{kind}\x1f{on}\x1f{digests.get(command_id)}\x1f{body}".encode())
        if text_hash is not None:
            made.update(text_hash)
        prev = made.digest()
        expected += 1
        if len(broken) >= 20:
            break
    count, kept = head(conn)
    if not broken and (count, kept) != (expected - 1, prev.hex()):
        broken.append(Broken(expected - 1, "链尾与记录的链头不符，末尾可能被截"))
    return expected - 1, prev.hex(), broken


def check_texts(conn: Conn) -> Iterator[Broken]:
    """Personal texts that do not match their hash."""
    for id, text_hash, salt, body in conn.execute(
        "SELECT e.id, e.text_hash, t.salt, t.body FROM texts t JOIN events e ON e.id = t.event_id"
    ):
        if sha256()(salt + body.encode()).digest() != text_hash:
            yield Broken(id, "文字与哈希不符")
