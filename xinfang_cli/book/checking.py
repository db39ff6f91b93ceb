"""The chain walked from its first event to its last."""

from __future__ import annotations

from collections.abc import Iterator
from json import loads
from typing import NamedTuple

from xinfang_cli.book.chain import COMMAND_COLUMNS, GENESIS, Command, head, sha256
from xinfang_cli.book.engine import Conn
from xinfang_cli.book.sql.predicates import HOUSE_STANDS
from xinfang_cli.law.terms import TOPICS


class Broken(NamedTuple):
    """Where the chain does not hold."""

    event_id: int
    why: str


def walk_chain(conn: Conn) -> tuple[int, str, list[Broken]]:
    """Walk the whole chain: (events, head, breaks)."""
    digests = {row[0]: Command(*row).digest() for row in conn.execute(f"SELECT id, {_columns(conn)} FROM commands")}
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


def _columns(conn: Conn) -> str:
    """The columns of a command; a book of an earlier version has fewer."""
    there = {row[1] for row in conn.execute("PRAGMA table_info(commands)")}
    return ", ".join(name if name in there else f"NULL AS {name}" for name in COMMAND_COLUMNS.split(", "))


def check_texts(conn: Conn) -> Iterator[Broken]:
    """Personal texts that do not match their hash."""
    for id, text_hash, salt, body in conn.execute(
        "SELECT e.id, e.text_hash, t.salt, t.body FROM texts t JOIN events e ON e.id = t.event_id"
    ):
        if sha256()(salt + body.encode()).digest() != text_hash:
            yield Broken(id, "文字与哈希不符")


def check_no_text_is_gone(conn: Conn) -> Iterator[Broken]:
    """Events whose personal text is not there."""
    for (id,) in conn.execute(
        "SELECT e.id FROM events e LEFT JOIN texts t ON t.event_id = e.id "
        "WHERE e.text_hash IS NOT NULL AND t.event_id IS NULL"
    ):
        yield Broken(id, "文字不见了")


class ProvenUnit(NamedTuple):
    """What the events say of a unit."""

    name: str
    group: str
    order: int
    merged_into: int | None


def proven_units(conn: Conn) -> dict[int, ProvenUnit]:
    """The units as the standing events made, changed and merged them."""
    units: dict[int, ProvenUnit] = {}
    for (body,) in conn.execute(
        f"SELECT body FROM events WHERE case_id IS NULL AND kind = 'unit' AND {HOUSE_STANDS} ORDER BY id"
    ):
        said = loads(body)
        id = said["unit"]
        if said["doing"] == "add":
            units[id] = ProvenUnit(said["unit_name"], said["group"], said["order"], None)
        elif said["doing"] == "edit":
            new = {key: said["changed"][key] for key in ("name", "group", "order") if key in said["changed"]}
            units[id] = units[id]._replace(**new)
        else:
            for other, unit in units.items():
                if id in (other, unit.merged_into):
                    units[other] = unit._replace(merged_into=said["into"])
    return units


def check_units(conn: Conn) -> Iterator[str]:
    """Units that are otherwise than the events say, in words."""
    proven = proven_units(conn)
    stored = {id: ProvenUnit(*row) for id, *row in conn.execute("SELECT id, name, grp, ord, merged_into FROM units")}
    for id in sorted(proven.keys() | stored.keys()):
        if id not in stored:
            yield f"单位 {proven[id].name} 不在名单里"
        elif id not in proven:
            yield f"单位 {stored[id].name} 没有登记过"
        elif stored[id] != proven[id]:
            yield f"单位 {proven[id].name}（{proven[id].group}）存成了 {stored[id].name}（{stored[id].group}）"


def check_lists(conn: Conn) -> Iterator[str]:
    """Topics and regions that events added and the lists lack, or that nobody added, in words."""
    added: dict[str, set[str]] = {"topics": set(TOPICS), "regions": set()}
    standing: dict[str, set[str]] = {"topics": set(), "regions": set()}
    for body, stands in conn.execute(
        f"SELECT body, {HOUSE_STANDS} FROM events WHERE case_id IS NULL AND kind = 'topic'"
    ):
        said = loads(body)
        added[said["list"]].add(said["entry"])
        if stands:
            standing[said["list"]].add(said["entry"])
    for table, called in (("topics", "内容分类"), ("regions", "问题属地")):
        there = {row[0] for row in conn.execute(f"SELECT name FROM {table}")}
        yield from (f"{called}「{name}」不在名单里" for name in sorted(standing[table] - there))
        yield from (f"{called}「{name}」没有登记过" for name in sorted(there - added[table]))


def check_numbers(conn: Conn) -> Iterator[str]:
    """Years whose next number was given already, and numbers without a case, in words."""
    for year, last, used in conn.execute(
        "SELECT d.year, coalesce(s.last, 0), max(d.serial) FROM docket d LEFT JOIN serials s ON s.year = d.year "
        "GROUP BY d.year HAVING max(d.serial) > coalesce(s.last, 0)"
    ):
        yield f"{year} 年的末号记为 {last}，实际已用到 {used}"
    for (case_no,) in conn.execute(
        "SELECT case_no FROM docket WHERE id NOT IN (SELECT case_id FROM events WHERE case_id IS NOT NULL) LIMIT 20"
    ):
        yield f"{case_no} 没有登记的事件"


def check_undone(conn: Conn) -> Iterator[str]:
    """Commands taken back without an undo, and undos that took nothing back, in words."""
    for (id,) in conn.execute(
        "SELECT u.command_id FROM undone u LEFT JOIN commands c ON c.id = u.by_command AND c.name = 'undo' "
        "WHERE c.id IS NULL"
    ):
        yield f"第 {id} 号操作记为已撤销，却没有撤销它的操作"
    for (id,) in conn.execute(
        "SELECT id FROM commands WHERE name = 'undo' AND id NOT IN (SELECT by_command FROM undone)"
    ):
        yield f"第 {id} 号操作是撤销，却没有记下撤销了哪一个"
