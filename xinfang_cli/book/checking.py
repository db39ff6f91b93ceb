"""The chain walked from its first event to its last."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from json import loads
from typing import Any

from xinfang_cli.book.chain import COMMAND_COLUMNS, GENESIS, Command, head, link, sha256
from xinfang_cli.book.engine import Conn
from xinfang_cli.book.sql.predicates import OFFICE_STANDS
from xinfang_cli.book.sql.purging import THERE, purged_in
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.purging import is_remains
from xinfang_cli.law.terms import TOPICS


class Broken(NamedTuple):
    """The place of a break in the chain."""

    event_id: int
    why: str


def walk_chain(conn: Conn, last: int | None = None) -> tuple[int, str, list[Broken]]:
    """Walk the whole chain, or so many events at its end: (events, head, breaks)."""
    first = 1 if last is None else max(1, head(conn)[0] - last + 1)
    prev, expected, broken = GENESIS, first, []
    if first > 1:
        found = conn.execute("SELECT prev FROM events WHERE id = ?", (first,)).fetchone()
        prev = found[0] if found else GENESIS
    digests = {
        row[0]: Command(*row).digest()
        for row in conn.execute(
            f"SELECT id, {columns_of_commands(conn)} FROM commands WHERE id IN (SELECT command_id FROM events WHERE id >= ?)"
            if first > 1
            else f"SELECT id, {columns_of_commands(conn)} FROM commands WHERE id >= ?",
            (first if first > 1 else 0,),
        )
    }
    rows = conn.execute(
        "SELECT prev, id, case_id, seq, kind, on_day, command_id, body, text_hash FROM events WHERE id >= ? ORDER BY id",
        (first,),
    )
    digest_of = digests.get
    for was, id, case_id, seq, kind, on, command_id, body, text_hash in rows:
        if was != prev or id != expected:
            if was != prev:
                broken.append(Broken(id, "与前一事件的哈希不符"))
            if id != expected:
                broken.append(Broken(id, f"编号不连续，应为 {expected}"))
                expected = id
        said = f"{id}\x1f{case_id}\x1f{seq}\x1f{kind}\x1f{on}\x1f{digest_of(command_id)}\x1f{body}"
        prev = link(was, said, text_hash)
        expected += 1
        if broken and len(broken) >= 20:
            break
    count, kept = head(conn)
    if not broken and (count, kept) != (expected - 1, prev.hex()):
        broken.append(Broken(expected - 1, "链尾与记录的链头不符，末尾可能被截"))
    return expected - 1, prev.hex(), broken


def columns_of_commands(conn: Conn) -> str:
    """The columns of a command; a book of an earlier version has fewer."""
    there = {row[1] for row in conn.execute("PRAGMA table_info(commands)")}
    return ", ".join(name if name in there else f"NULL AS {name}" for name in COMMAND_COLUMNS.split(", "))


def check_texts(conn: Conn) -> Iterator[Broken]:
    """Personal texts that do not match their hash."""
    for id, text_hash, salt, body in conn.execute(
        f"SELECT e.id, e.text_hash, t.salt, t.body FROM texts t JOIN events e ON e.id = t.event_id WHERE {THERE}"
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


def check_purged(conn: Conn) -> Iterator[Broken]:
    """Texts marked as purged without a purge, purged texts longer than a purge leaves them, and purged texts found
    again.
    """
    purged = purged_in(conn)
    if not purged.days and not conn.execute("SELECT 1 FROM texts WHERE salt = x'' LIMIT 1").fetchone():
        return
    for id, case_id, there, body in conn.execute(
        f"SELECT e.id, e.case_id, {THERE}, t.body FROM texts t JOIN events e ON e.id = t.event_id"
    ):
        by = purged.by(id, case_id)
        if there and by is not None:
            yield Broken(id, "文字已按期清除，却又在了")
        elif not there and by is None:
            yield Broken(id, "文字写作已清除，却没有清除它的事件")
        elif not there:
            said = loads(body)
            if not is_remains(said) or said["purged"] > max(purged.days.values()):
                yield Broken(id, "清除以后留下的不是该留下的")


class ProvenUnit:
    """A unit's fields as proved by events; earlier programs did not record short name, code and other names at its
    making.
    """

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.fields: dict[str, Any] = {
            "name": said["unit_name"],
            "grp": said["group"],
            "ord": said["order"],
            "parent_id": None,
            "leaders": [],
            "role": "ordinary",
            "merged_into": None,
        }
        if "aliases" in said:
            self.fields |= {"short": said.get("short"), "code": said.get("code"), "aliases": list(said["aliases"])}

    def edit(self, changed: Mapping[str, Any], was: Mapping[str, Any]) -> None:
        """Apply an edit as its event tells it; `was` is what the event says stood before."""
        if "name" in changed and changed["name"] != self.fields["name"]:
            before = changed.get("aliases", self.fields.get("aliases", was.get("aliases")))
            if before is not None:
                self.fields["aliases"] = [*before, self.fields["name"]]
        elif "aliases" in changed:
            self.fields["aliases"] = list(changed["aliases"])
        for key, column in _COLUMN_OF.items():
            if key in changed:
                self.fields[column] = changed[key]

    def take_over(self, old: ProvenUnit, was: Mapping[str, Any], old_id: int) -> None:
        """The other names of a unit that was merged into this one, its leaders and its place."""
        names = [old.fields.get(key, _UNKNOWN) for key in ("name", "short", "code")]
        more = old.fields.get("aliases", _UNKNOWN)
        if _UNKNOWN in names or more is _UNKNOWN:
            self.fields.pop("aliases", None)
        else:
            self.fields["aliases"] = list(dict.fromkeys((*was["aliases"], *(word for word in (*names, *more) if word))))
        self.fields["leaders"] = list(dict.fromkeys((*self.fields["leaders"], *old.fields["leaders"])))
        if self.fields["parent_id"] == old_id:
            self.fields["parent_id"] = None


_UNKNOWN = object()
_COLUMN_OF = {
    "name": "name",
    "group": "grp",
    "order": "ord",
    "short": "short",
    "code": "code",
    "parent": "parent_id",
    "leaders": "leaders",
    "role": "role",
}
UNIT_COLUMNS = ("name", "short", "code", "grp", "ord", "aliases", "parent_id", "leaders", "role", "merged_into")
_CALLED = {
    "name": "名称",
    "short": "简称",
    "code": "代码",
    "grp": "分组",
    "ord": "序号",
    "aliases": "别名",
    "parent_id": "上级",
    "leaders": "领导",
    "role": "职能",
    "merged_into": "并入",
}


def proven_units(conn: Conn) -> dict[int, ProvenUnit]:
    """The units as the standing events made, changed and merged them."""
    units: dict[int, ProvenUnit] = {}
    for (body,) in conn.execute(
        f"SELECT body FROM events WHERE case_id IS NULL AND kind = 'unit' AND {OFFICE_STANDS} ORDER BY id"
    ):
        said = loads(body)
        id = said["unit"]
        if said["doing"] == "add":
            units[id] = ProvenUnit(said)
        elif said["doing"] == "edit":
            units[id].edit(said["changed"], said.get("was", {}))
        else:
            into = said["into"]
            for other, unit in units.items():
                if id in (other, unit.fields["merged_into"]):
                    unit.fields["merged_into"] = into
                if unit.fields["parent_id"] == id and other != into:
                    unit.fields["parent_id"] = into
            units[into].take_over(units[id], said.get("was", {"aliases": ()}), id)
    return units


def stored_units(conn: Conn) -> dict[int, dict[str, Any]]:
    """The units as the book lists them."""
    found = {}
    for id, *row in conn.execute(f"SELECT id, {', '.join(UNIT_COLUMNS)} FROM units"):
        fields = dict(zip(UNIT_COLUMNS, row, strict=True))
        found[id] = fields | {key: loads(fields[key]) for key in ("aliases", "leaders")}
    return found


def same_field(column: str, one: Any, other: Any) -> bool:
    """Whether two values of a unit's field are alike; the order of names says nothing."""
    return sorted(one) == sorted(other) if column in ("aliases", "leaders") else one == other


def check_units(conn: Conn) -> Iterator[str]:
    """Units that are otherwise than the events say, in words."""
    proven, stored = proven_units(conn), stored_units(conn)
    for id in sorted(proven.keys() | stored.keys()):
        if id not in stored:
            yield f"单位 {proven[id].fields['name']} 不在名单里"
        elif id not in proven:
            yield f"单位 {stored[id]['name']} 没有登记过"
        else:
            wrong = [key for key, value in proven[id].fields.items() if not same_field(key, value, stored[id][key])]
            if wrong:
                said = "、".join(f"{_CALLED[key]}存成了 {stored[id][key]}" for key in wrong)
                yield f"单位 {proven[id].fields['name']}：{said}"


def check_lists(conn: Conn) -> Iterator[str]:
    """Topics and regions that differ between the events and the lists, in words."""
    added: dict[str, dict[str, None]] = {"topics": dict.fromkeys(TOPICS), "regions": {}}
    standing: dict[str, set[str]] = {"topics": set(), "regions": set()}
    for body, stands in conn.execute(
        f"SELECT body, {OFFICE_STANDS} FROM events WHERE case_id IS NULL AND kind = 'topic' ORDER BY id"
    ):
        said = loads(body)
        added[said["list"]].setdefault(said["entry"])
        if stands:
            standing[said["list"]].add(said["entry"])
    for table, called in (("topics", "内容分类"), ("regions", "问题属地")):
        there = {row[0] for row in conn.execute(f"SELECT name FROM {table}")}
        yield from (f"{called}「{name}」不在名单里" for name in sorted(standing[table] - there))
        yield from (f"{called}「{name}」没有登记过" for name in sorted(there - added[table].keys()))
    for table, called in (("topics", "内容分类"), ("regions", "问题属地")):
        places = [row[0] for row in conn.execute(f"SELECT ord FROM {table} ORDER BY ord")]
        names = [row[0] for row in conn.execute(f"SELECT name FROM {table} ORDER BY ord, name")]
        if places != list(range(1, len(places) + 1)) or names != [name for name in added[table] if name in names]:
            yield f"{called}的先后与登记时不符"
    said_parents = _parents_said(conn)
    for name, parent in conn.execute("SELECT name, parent FROM topics ORDER BY name"):
        if parent != said_parents.get(name) and not (parent is None and name in TOPICS):
            yield f"内容分类「{name}」的上一级存成了 {parent}"


def _parents_said(conn: Conn) -> dict[str, str | None]:
    """The parent of each topic added by an event."""
    said = [
        loads(body)
        for (body,) in conn.execute(
            f"SELECT body FROM events WHERE case_id IS NULL AND kind = 'topic' AND {OFFICE_STANDS} ORDER BY id"
        )
    ]
    return {one["entry"]: one.get("parent") for one in reversed(said) if one["list"] == "topics"}


def check_docket(conn: Conn) -> Iterator[str]:
    """Cases of the chain without a number, numbers without a case or otherwise than what they are made of, in words."""
    for (case_id,) in conn.execute(
        "SELECT DISTINCT case_id FROM events WHERE case_id IS NOT NULL AND case_id NOT IN (SELECT id FROM docket) LIMIT 20"
    ):
        yield f"第 {case_id} 号有事件而没有登记编号"
    for (case_no,) in conn.execute(
        "SELECT case_no FROM docket WHERE id NOT IN (SELECT case_id FROM events WHERE case_id IS NOT NULL) LIMIT 20"
    ):
        yield f"{case_no} 没有登记的事件"
    for case_no, year, serial in conn.execute("SELECT case_no, year, serial FROM docket"):
        made = re.fullmatch(r"[^\W\d_]+(\d{4})-(\d{6,})", case_no)
        if made is not None and (int(made[1]), int(made[2])) != (year, serial):
            yield f"{case_no} 存成了 {year} 年第 {serial} 号"


def check_commands(conn: Conn) -> Iterator[str]:
    """Commands that no event belongs to: nothing covers them, in words."""
    for id, name in conn.execute(
        "SELECT id, name FROM commands WHERE id NOT IN (SELECT command_id FROM events) LIMIT 20"
    ):
        yield f"第 {id} 号操作 {name} 没有事件"


KEPT = (
    ("保存的列表", "SELECT name FROM views WHERE NOT json_valid(words) OR json_type(words) <> 'array'"),
    (
        "对照方案",
        "SELECT name FROM mappings WHERE NOT json_valid(headings) OR NOT json_valid(fields) OR NOT json_valid(more)",
    ),
    ("导入回执", "SELECT command_id FROM receipts WHERE NOT json_valid(body)"),
)
"""What no event covers can only be looked at for its form."""


def check_kept(conn: Conn) -> Iterator[str]:
    """Lists, profiles and receipts that cannot be read, in words."""
    for called, sql in KEPT:
        yield from (f"{called} {row[0]} 读不出" for row in conn.execute(sql).fetchmany(20))


def undone_pairs(conn: Conn) -> set[tuple[int, int]]:
    """(command, the undo of it), as the events that took something back say."""
    rows = conn.execute(
        "SELECT DISTINCT json_extract(body, '$.command'), command_id FROM events WHERE kind = 'revoke' "
        "AND json_extract(body, '$.command') IS NOT NULL"
    )
    return {(command, by) for command, by in rows}


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
    for by, times in conn.execute(
        "SELECT by_command, count(*) FROM undone GROUP BY by_command HAVING count(*) > 1 ORDER BY by_command"
    ):
        yield f"第 {by} 号操作只撤销一个操作，却记成 {times} 个"
    marked = set(conn.execute("SELECT command_id, by_command FROM undone").fetchall())
    for command, by in sorted(undone_pairs(conn) - marked):
        yield f"第 {by} 号操作撤销了第 {command} 号，却没有记下"


def check_doubles(conn: Conn) -> list[str]:
    """Outside numbers that several cases have."""
    doubles = conn.execute(
        "SELECT external_no, count(*) FROM cases WHERE external_no IS NOT NULL GROUP BY external_no HAVING count(*) > 1 "
        "ORDER BY external_no"
    ).fetchmany(20)
    return [f"外部编号 {number} 有 {times} 件" for number, times in doubles]
