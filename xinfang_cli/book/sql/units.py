"""Units, topics and regions: the office's own lists, and how a word finds an entry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from json import dumps, loads
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.lines import Unit
from xinfang_cli.book.part import Part
from xinfang_cli.book.sql.predicates import OFFICE_STANDS, among
from xinfang_cli.errors import Ambiguous, BadValue, NotFound
from xinfang_cli.law.accused import Body, Relations, areas_of
from xinfang_cli.law.event import Event
from xinfang_cli.law.terms import TOPICS, half_width, usual_topic

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen
    from xinfang_cli.book.checking import ProvenUnit

_COLUMNS = "id, name, short, code, grp, ord, initials, aliases, parent_id, leaders, role"


def _unit(row: tuple[Any, ...]) -> Unit:
    id, name, short, code, group, order, initials, aliases, parent, leaders, role = row
    lists = (tuple(loads(aliases)), parent, tuple(loads(leaders)))
    return Unit(id, name, short, code, group, order, initials, *lists, role)


def _key(word: str) -> str:
    return half_width(word).strip().replace(" ", "").lower()


def initials_of(name: str, short: str | None = None) -> str:
    """Pinyin initials, of the short name too: 教育局 → jyj; 财政局 with 财政 → czj cz."""
    from pypinyin import Style, lazy_pinyin

    def of(word: str) -> str:
        return "".join(part[0] for part in lazy_pinyin(word, style=Style.FIRST_LETTER) if part).lower()

    return " ".join(dict.fromkeys(of(word) for word in (name, short) if word))


def _core(name: str) -> str:
    return name.removesuffix("人民政府").removesuffix("政府").removesuffix("办事处").removesuffix("党工委")


def group_of(name: str) -> str:
    """The group a new unit falls in by its name: 街道, 镇, 乡 → 镇街, else 区直部门."""
    return "镇街" if _core(name).endswith(("街道", "镇", "乡")) else "区直部门"


def _said_shorter(name: str) -> set[str]:
    """The ways to call a body without its area and what it is called in full: 某区教育局 → 教育局. A city's bureau is not
    the district's, so 市 alone is no area."""
    plain = re.sub(r"[(\[【〔].*?[)\]】〕]", "", _key(name))
    core = _core(plain)
    ends = [n + 1 for n, letter in enumerate(core[:-2]) if letter in "区县旗" or (letter == "市" and n > 0)]
    return {plain, core, *(core[end:] for end in ends)}


def _record(pen: Pen, doing: str, on: date, data: dict[str, Any]) -> None:
    pen.append(None, Event("unit", on, {"doing": doing, **data}))


# ---- taking back ------------------------------------------------------------------------------------------------


class Units(Part):
    """The register of units, and the lists of topics and regions."""

    _relations: Relations | None = None

    def all(self) -> list[Unit]:
        """Every unit in force, in the office's own order."""
        order = "CASE grp WHEN '镇街' THEN 1 WHEN '区直部门' THEN 2 WHEN '国企' THEN 3 ELSE 4 END, ord, id"
        return [
            _unit(row)
            for row in self.conn.execute(f"SELECT {_COLUMNS} FROM units WHERE merged_into IS NULL ORDER BY {order}")
        ]

    def by_id(self, unit_id: int) -> Unit:
        """The unit, or the one that it was merged into."""
        row = self.conn.execute(
            f"SELECT {_COLUMNS} FROM units WHERE id = coalesce((SELECT merged_into FROM units WHERE id = ?), ?)",
            (unit_id, unit_id),
        ).fetchone()
        return _unit(row)

    def find_all(self, word: str) -> list[Unit]:
        """The units a word names: by name, short name, code, alias; else by pinyin initials."""
        key = _key(word)
        exact = [
            self.by_id(row[0])
            for row in self.conn.execute(
                "SELECT coalesce(u.merged_into, u.id) FROM unit_words w JOIN units u ON u.id = w.unit_id WHERE w.word = ? "
                "GROUP BY 1 ORDER BY min(u.id)",
                (key,),
            )
        ]
        if exact:
            return exact
        return [
            _unit(row)
            for row in self.conn.execute(
                f"SELECT {_COLUMNS} FROM units WHERE instr(' ' || initials || ' ', ' ' || ? || ' ') > 0 "
                "AND merged_into IS NULL ORDER BY ord, id",
                (key,),
            )
        ]

    def find(self, word: str) -> Unit:
        """The one unit a word names; Ambiguous lists the candidates, NotFound the nearest."""
        found = self.find_all(word)
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(unit.name for unit in found)
            raise Ambiguous(f"单位「{word}」不止一个：{names}", "请写全称或代码")
        from difflib import get_close_matches

        names_of = [unit.name for unit in self.all()]
        near = [name for name in names_of if word and (word in name or name in word)][:5] or get_close_matches(
            word, names_of, n=5, cutoff=0.4
        )
        hint = f"相近的有：{'、'.join(near)}；" if near else ""
        raise NotFound(f"没有单位「{word}」", f"{hint}名单看 ⟦unit.list⟧")

    def alike(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """New units probably listed already under another name: (new name, shorter name)."""
        there = {_key(unit.name): unit.name for unit in self.all()}
        found = []
        for name in names:
            shorter = sorted({there[word] for word in _said_shorter(name) - {_key(name)} if word in there})
            found += [(name, other) for other in shorter[:1]]
        longer = [unit.name for unit in self.all() if unit.name not in names]
        for name in names:
            found += [(name, other) for other in longer if _key(name) in _said_shorter(other)]
        return found

    def _write_words(self, unit: Unit) -> None:
        self._relations = None
        self.conn.execute("DELETE FROM unit_words WHERE unit_id = ?", (unit.id,))
        words = {_key(word) for word in unit.names()}
        self.conn.executemany(
            "INSERT INTO unit_words VALUES (?, ?) ON CONFLICT DO NOTHING", [(word, unit.id) for word in words]
        )

    def _store(self, unit: Unit) -> None:
        """A unit that is there, as it now is."""
        aliases = dumps(list(unit.aliases), ensure_ascii=False)
        self.conn.execute(
            "UPDATE units SET name=?, short=?, code=?, grp=?, ord=?, initials=?, aliases=?, parent_id=?, leaders=?, role=? "
            "WHERE id=?",
            (
                *(unit.name, unit.short, unit.code, unit.group, unit.order, unit.initials, aliases, unit.parent),
                dumps(list(unit.leaders), ensure_ascii=False),
                unit.role,
                unit.id,
            ),
        )
        self._write_words(unit)

    def add(
        self,
        pen: Pen,
        on: date,
        name: str,
        *,
        short: str | None = None,
        code: str | None = None,
        group: str | None = None,
        order: int | None = None,
        aliases: tuple[str, ...] = (),
    ) -> Unit:
        """Make a unit; refused when the name is taken."""
        name = name.strip()
        if not name:
            raise BadValue("单位", name, "是空的", "请写单位名称")
        taken = self.conn.execute("SELECT name FROM units WHERE name = ?", (name,)).fetchone()
        if taken:
            raise BadValue("单位", name, "已经有了", "修改用 ⟦unit.edit⟧")
        grp = self.book.settings.group_of_word(group) if group else group_of(name)
        if order is None:
            order = self.conn.execute("SELECT coalesce(max(ord), 0) + 1 FROM units WHERE grp = ?", (grp,)).fetchone()[0]
        row = (name, short, code, grp, order, initials_of(name, short), dumps(list(aliases), ensure_ascii=False))
        cursor = self.conn.execute(
            "INSERT INTO units(name, short, code, grp, ord, initials, aliases) VALUES (?,?,?,?,?,?,?)", row
        )
        assert cursor.lastrowid is not None
        assert order is not None
        unit = Unit(cursor.lastrowid, name, short, code, grp, order, row[5], aliases)
        self._write_words(unit)
        data = {"unit": unit.id, "unit_name": name, "group": grp, "order": order}
        _record(pen, "add", on, data | {"short": short, "code": code, "aliases": list(aliases)})
        return unit

    def edit(self, pen: Pen, on: date, unit: Unit, changes: dict[str, Any]) -> Unit:
        """Change a unit's names, code, group, order, parent, leaders or role."""
        after = unit._replace(**changes)
        if after.name != unit.name:
            after = after._replace(aliases=(*after.aliases, unit.name))
        if (after.name, after.short) != (unit.name, unit.short):
            after = after._replace(initials=initials_of(after.name, after.short))
        clash = self.conn.execute("SELECT id FROM units WHERE name = ? AND id <> ?", (after.name, unit.id)).fetchone()
        if clash:
            raise BadValue("单位", after.name, "已经有了", "两个单位要合并，用 ⟦unit.merge⟧")
        self._store(after)
        was = {field: value for field, value in unit._asdict().items() if value != getattr(after, field)}
        _record(pen, "edit", on, {"unit": unit.id, "changed": changes, "was": was})
        return after

    def merge(self, pen: Pen, on: date, old: Unit, into: Unit) -> None:
        """Everything of one unit becomes the other's; the old name stays as an alias."""
        if old.id == into.id:
            raise BadValue("单位", old.name, "不能并入自己", "请写另一个单位")
        earlier = [row[0] for row in self.conn.execute("SELECT id FROM units WHERE merged_into = ?", (old.id,))]
        self.conn.execute("UPDATE units SET merged_into = ? WHERE id = ? OR merged_into = ?", (into.id, old.id, old.id))
        for table in ("cases", "clocks"):
            self.conn.execute(f"UPDATE {table} SET unit_id = ? WHERE unit_id = ?", (into.id, old.id))
        self.conn.execute("UPDATE clocks SET case_unit_id = ? WHERE case_unit_id = ?", (into.id, old.id))
        self.conn.execute("UPDATE cases SET complained_unit_id = ? WHERE complained_unit_id = ?", (into.id, old.id))
        for column in ("unit_id", "guard_unit_id"):
            self.conn.execute(f"UPDATE backlog SET {column} = ? WHERE {column} = ?", (into.id, old.id))
        self.conn.execute("DELETE FROM unit_words WHERE unit_id = ?", (old.id,))
        children = [row[0] for row in self.conn.execute("SELECT id FROM units WHERE parent_id = ?", (old.id,))]
        self.conn.execute("UPDATE units SET parent_id = ? WHERE parent_id = ? AND id <> ?", (into.id, old.id, into.id))
        self._store(
            into._replace(
                aliases=tuple(dict.fromkeys((*into.aliases, *old.names()))),
                leaders=tuple(dict.fromkeys((*into.leaders, *old.leaders))),
                parent=None if into.parent == old.id else into.parent,
            )
        )
        was: dict[str, Any] = {"aliases": into.aliases, "earlier": earlier}
        was |= {"leaders": into.leaders, "parent": into.parent, "children": children}
        _record(pen, "merge", on, {"unit": old.id, "unit_name": old.name, "into": into.id, "was": was})

    def forget_relations(self) -> None:
        """After the office's own areas changed, as after a unit did."""
        self._relations = None

    def relations(self) -> Relations:
        """The office's list of units as article 30 asks it: names, parents, leaders, the office's own areas."""
        if self._relations is not None:
            return self._relations
        settings = self.book.code.now.rules.settings
        areas = areas_of(str(settings.get("area_chain", "")), str(settings["bureau"]))
        bodies = {
            row[0]: Body(
                tuple(name for name in (row[1], row[2], *loads(row[3])) if name), row[4], tuple(loads(row[5])), row[6]
            )
            for row in self.conn.execute(
                "SELECT id, name, short, aliases, parent_id, leaders, role FROM units WHERE merged_into IS NULL"
            )
        }
        self._relations = Relations(bodies, self.merged(), areas)
        return self._relations

    def mentioned_since(self, unit_id: int, event_id: int) -> bool:
        """Whether anything recorded after an event names the unit: what stands of the office, and all of the cases, since
        also what was taken back of a case is shown."""
        return (
            self.conn.execute(
                "SELECT 1 FROM events e, json_tree(e.body) j WHERE e.id > ? AND j.atom = ? "
                "AND j.key IN ('unit', 'into', 'guard', 'complained_unit_id', 'parent') "
                f"AND (e.case_id IS NOT NULL OR e.{OFFICE_STANDS}) LIMIT 1",
                (event_id, unit_id),
            ).fetchone()
            is not None
        )

    def remove(self, unit_id: int) -> None:
        """A unit that nothing names is out of the list."""
        self._relations = None
        self.conn.execute("DELETE FROM unit_words WHERE unit_id = ?", (unit_id,))
        self.conn.execute("DELETE FROM units WHERE id = ?", (unit_id,))

    def put_back(self, unit: Unit, was: dict[str, Any]) -> None:
        """A unit as it was before an edit; BadValue where another one has its name by now."""
        lists = {field: tuple(was.get(field, getattr(unit, field))) for field in ("aliases", "leaders")}
        before = unit._replace(**{**was, **lists})
        if self.conn.execute("SELECT 1 FROM units WHERE name = ? AND id <> ?", (before.name, unit.id)).fetchone():
            raise BadValue("单位", before.name, "已是另一个单位的名称", "先改那个单位的名称")
        self._store(before)

    def part(self, old: int, into: int, was: dict[str, Any]) -> list[int]:
        """Two merged units are two again; the cases on which either may stand, to be folded anew."""
        self.conn.execute("UPDATE units SET merged_into = NULL WHERE id = ?", (old,))
        self.conn.executemany("UPDATE units SET merged_into = ? WHERE id = ?", [(old, id) for id in was["earlier"]])
        again = self.by_id(into)
        self._store(
            again._replace(
                aliases=tuple(was["aliases"]),
                leaders=tuple(was.get("leaders", again.leaders)),
                parent=was.get("parent", again.parent),
            )
        )
        children = [(old, id) for id in was.get("children", ())]
        self.conn.executemany("UPDATE units SET parent_id = ? WHERE id = ?", children)
        self._write_words(self.by_id(old))
        rows = self.conn.execute(
            "SELECT id FROM cases WHERE unit_id = ?1 OR complained_unit_id = ?1 "
            "UNION SELECT case_id FROM clocks WHERE unit_id = ?1 OR case_unit_id = ?1 "
            "UNION SELECT case_id FROM backlog WHERE unit_id = ?1 OR guard_unit_id = ?1 ORDER BY 1",
            (into,),
        )
        return [row[0] for row in rows]

    def topics(self) -> list[str]:
        """The bureau's list of topics (内容分类), in its order."""
        return [row[0] for row in self.conn.execute("SELECT name FROM topics ORDER BY ord, name")]

    def regions(self) -> list[str]:
        """The bureau's list of regions (问题属地), in its order."""
        return [row[0] for row in self.conn.execute("SELECT name FROM regions ORDER BY ord, name")]

    def find_topic(self, word: str) -> str | None:
        """The topic behind a word or one of its usual variants, if the office's list has it."""
        name = usual_topic(word) or half_width(word).strip()
        row = self.conn.execute("SELECT name FROM topics WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def add_topic(self, pen: Pen, name: str, on: date, parent: str | None = None) -> str:
        """Add a topic at the end of the list, and record it; gives its name."""
        last = self.conn.execute("SELECT coalesce(max(ord), 0) FROM topics").fetchone()[0]
        self.conn.execute("INSERT INTO topics VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (name, parent, last + 1))
        pen.append(None, Event("topic", on, {"list": "topics", "entry": name, "parent": parent}))
        return name

    def find_region(self, word: str) -> str | None:
        """The region behind a word: the office's list, or a town or street among the units."""
        word = half_width(word).strip()
        row = self.conn.execute("SELECT name FROM regions WHERE name = ?", (word,)).fetchone()
        if row is not None:
            return str(row[0])
        towns = [unit.name for unit in self.find_all(word) if unit.group == "镇街"]
        return towns[0] if len(towns) == 1 else None

    def add_region(self, pen: Pen, name: str, on: date) -> str:
        """Add a region at the end of the list, and record it; gives its name."""
        last = self.conn.execute("SELECT coalesce(max(ord), 0) FROM regions").fetchone()[0]
        self.conn.execute("INSERT INTO regions VALUES (?, ?) ON CONFLICT DO NOTHING", (name, last + 1))
        pen.append(None, Event("topic", on, {"list": "regions", "entry": name}))
        return name

    def own_name(self, unit_id: int) -> str:
        """The name of a unit, also after its merger into another."""
        row = self.conn.execute("SELECT name FROM units WHERE id = ?", (unit_id,)).fetchone()
        return "" if row is None else str(row[0])

    def names_by_id(self) -> dict[int, str]:
        """Every unit's name by any id it had, merged ones under the name they have now."""
        rows = self.conn.execute(
            "SELECT u.id, coalesce(m.name, u.name) FROM units u LEFT JOIN units m ON m.id = u.merged_into"
        )
        return dict(rows.fetchall())

    def is_name(self, name: str) -> bool:
        """Whether a unit has exactly that name."""
        return self.conn.execute("SELECT 1 FROM units WHERE name = ?", (name,)).fetchone() is not None

    def merged(self) -> dict[int, int]:
        """id → the unit that it was merged into."""
        return dict(self.conn.execute("SELECT id, merged_into FROM units WHERE merged_into IS NOT NULL").fetchall())

    def places(self, on: date | None = None) -> dict[int, tuple[str, str, int]]:
        """id → (name, group as the office calls it, place in the office's order) of every unit in force; with `on` by the
        name and in the group that it had at the end of that day."""
        called = self.book.settings.group_names()
        units = self.all()
        was = {} if on is None else self._changed_after(on)
        names = Counter(was.get(unit.id, {}).get("name", unit.name) for unit in units)
        places = {}
        for place, unit in enumerate(units):
            before = was.get(unit.id, {})
            name = before.get("name", unit.name)  # unless it is another's by now
            name = name if names[name] == 1 else unit.name
            places[unit.id] = (name, called[before.get("group", unit.group)], place)
        return places

    def _changed_after(self, on: date) -> dict[int, dict[str, Any]]:
        """Former name and group of each unit changed after that day."""
        found: dict[int, dict[str, Any]] = {}
        for event in sorted(self._events(), key=lambda event: event.on):
            if event.data["doing"] == "edit" and event.on > on:
                found[event.data["unit"]] = {**event.data.get("was", {}), **found.get(event.data["unit"], {})}
        return found

    def added_after(self, on: date) -> set[int]:
        """The units that the office's list was given after a day, and after it was begun."""
        added = {event.data["unit"]: event.on for event in self._events() if event.data["doing"] == "add"}
        begun = min(added.values(), default=on)
        return {unit for unit, day in added.items() if day > max(on, begun)}

    def _events(self) -> list[Event]:
        return self.book.events.of_office_since(0, "unit")

    def put_right(self, proven: Mapping[int, ProvenUnit]) -> None:
        """Write the units again as the events have them; one that nobody added stays for the doctor to name."""
        missing = [
            id for id in proven if self.conn.execute("SELECT 1 FROM units WHERE id = ?", (id,)).fetchone() is None
        ]
        self.conn.executemany(
            "INSERT INTO units(id, name, grp, ord, initials) VALUES (?, ?, '区直部门', 0, '')",
            [(id, f"\x01{id}") for id in missing],
        )
        names = [(f"\x02{id}", id) for id in proven]  # two names may have been exchanged, and no two may be alike
        self.conn.executemany("UPDATE units SET name = ? WHERE id = ?", names)
        for id, unit in proven.items():
            values = {
                key: dumps(value, ensure_ascii=False) if isinstance(value, list) else value
                for key, value in unit.fields.items()
                if key not in ("aliases", "leaders") or not self._says_alike(id, key, value)
            }
            marks = ", ".join(f"{key} = ?" for key in values)
            self.conn.execute(f"UPDATE units SET {marks} WHERE id = ?", (*values.values(), id))
        self.conn.execute("DELETE FROM unit_words")
        called = self.conn.execute("SELECT name, short, id FROM units").fetchall()
        initials = [(initials_of(name, short), id) for name, short, id in called]
        self.conn.executemany("UPDATE units SET initials = ? WHERE id = ?", initials)
        for known in self.all():
            self._write_words(known)

    def _says_alike(self, id: int, column: str, value: Sequence[str]) -> bool:
        """Whether a list of names is there in another order."""
        stored = self.conn.execute(f"SELECT {column} FROM units WHERE id = ?", (id,)).fetchone()[0]
        try:
            return sorted(loads(stored)) == sorted(value)
        except (TypeError, ValueError):
            return False

    def words_otherwise(self) -> list[str]:
        """Units that are found by other words, or other initials, than they are called by, in words."""
        stored = set(self.conn.execute("SELECT word, unit_id FROM unit_words").fetchall())
        units = self.all()
        wanted = {(_key(word), unit.id) for unit in units for word in unit.names()}
        names = {unit.id: unit.name for unit in units}
        found = [
            f"单位 {names.get(id, id)} 的查找词「{word}」{'缺了' if (word, id) in wanted else '多出'}"
            for word, id in sorted(stored ^ wanted)
        ]
        return found + [
            f"单位 {name} 的拼音首字母存成了 {initials}"
            for name, short, initials in self.conn.execute("SELECT name, short, initials FROM units ORDER BY id")
            if initials != initials_of(name, short)
        ]

    def remove_strangers(self, proven: Mapping[int, ProvenUnit]) -> None:
        """Remove units without an event; none has a proven case."""
        for (id,) in self.conn.execute("SELECT id FROM units").fetchall():
            if id not in proven:
                self.remove(id)

    def put_lists_right(self) -> None:
        """Remove topics and regions without an event, and restore missing ones."""
        added: dict[str, dict[str, str | None]] = {"topics": dict.fromkeys(TOPICS), "regions": {}}
        standing: dict[str, dict[str, str | None]] = {"topics": {}, "regions": {}}
        for body, stands in self.conn.execute(
            f"SELECT body, {OFFICE_STANDS} FROM events WHERE case_id IS NULL AND kind = 'topic' ORDER BY id"
        ).fetchall():
            said = loads(body)
            for lists in (added, standing) if stands else (added,):
                lists[said["list"]].setdefault(said["entry"], said.get("parent"))
        for table, names in added.items():
            self.conn.execute(f"DELETE FROM {table} WHERE NOT {among('name', names)}", tuple(names))
        self.conn.execute("UPDATE topics SET parent = NULL WHERE parent IS NOT NULL")
        for name, parent in standing["topics"].items():
            self.conn.execute(
                "INSERT INTO topics SELECT ?1, ?2, (SELECT coalesce(max(ord), 0) + 1 FROM topics) WHERE true "
                "ON CONFLICT(name) DO UPDATE SET parent = excluded.parent",
                (name, parent),
            )
        for name in standing["regions"]:
            self.conn.execute(
                "INSERT INTO regions SELECT ?, (SELECT coalesce(max(ord), 0) + 1 FROM regions) WHERE true "
                "ON CONFLICT DO NOTHING",
                (name,),
            )
        for table, names in added.items():
            there = {row[0] for row in self.conn.execute(f"SELECT name FROM {table}")}
            places = enumerate((name for name in names if name in there), 1)
            self.conn.executemany(f"UPDATE {table} SET ord = ? WHERE name = ?", list(places))
