"""The book's SQL as PostgreSQL says it: the same text, its SQLite words replaced.

A rule for each word of SQLite that is left in book/sql; what leans on SQLite's laxity is no word, and PostgreSQL refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from xinfang_cli.frozen import NamedTuple


class Said(NamedTuple):
    """A statement for psycopg2; `places` are those of the values, in the order of the marks (None: named); `gives_id`: it
    returns the id that the row got."""

    sql: str
    places: tuple[int, ...] | None
    gives_id: bool = False


_P = r"(?:\?\d*|:[a-z]\w*)"
_WHOLE_NUMBERS = frozenset({"event", "command", "number"})
"""Keys of an event's body that are numbers; `->>` gives text."""


def _path(match: re.Match[str]) -> str:
    column, path = match["column"], match["path"]
    if path.startswith("["):
        return f"({column}::json->>{path[1:-1]})"
    keys = path.removeprefix(".").split(".")
    found = f"({column}::json->>'{keys[0]}')" if len(keys) == 1 else f"({column}::json#>>'{{{','.join(keys)}}}')"
    return f"{found}::bigint" if path.removeprefix(".") in _WHOLE_NUMBERS else found


def _glob(match: re.Match[str]) -> str:
    parts = re.findall(r"\[[^\]]*\]|.", match["glob"])
    said = "".join(".*" if one == "*" else one if one.startswith("[") else re.escape(one) for one in parts)
    return f"{'!' if match['not'] else ''}~ '^{said}$'"


def _columns(match: re.Match[str]) -> str:
    said = re.sub(r"(\w+_on) TEXT", r"\1 date", match["columns"]).replace("INTEGER", "bigint").replace("TEXT", "text")
    return f"CREATE TEMP TABLE {match['name']} ({said})"


RULES: tuple[tuple[str, str, str | Callable[[re.Match[str]], str]], ...] = (
    ("bytes", r"\bx'([0-9a-f]*)'", r"'\\x\1'::bytea"),
    ("hints", r" (?:NOT INDEXED|INDEXED BY \w+)", ""),
    ("join order", r"\bCROSS JOIN\b", "JOIN"),
    ("unary plus", r"(?<= )\+(?=\w+\.\w)", ""),
    (
        "texts of the office",
        r"\bLEFT JOIN texts t ON t\.event_id = e\.id(?=\s+WHERE e\.case_id IS NULL AND e\.kind NOT IN)",
        "LEFT JOIN house_texts t ON t.event_id = e.id",
    ),
    ("a day", r"\b(\w+) IS NOT date\(\1\)", r"\1 IS DISTINCT FROM \1::date"),
    ("null-safe", rf"\bIS (?={_P})", "IS NOT DISTINCT FROM "),
    (
        "ids of a list",
        rf"\b((?:\w+\.)?(?:id|\w+_id)) (NOT )?IN \(SELECT value FROM json_each\(({_P})\)\)",
        r"\1 \2IN (SELECT value::bigint FROM json_array_elements_text(\3::json) AS j(value))",
    ),
    (
        "pairs of a list",
        rf"\bFROM json_each\(({_P})\) j\b(?=.*\bjson_extract\(j\.value\b)",
        r"FROM json_array_elements(\1::json) AS j(value)",
    ),
    (
        "commands of a list",
        rf"\bFROM json_each\(({_P})\) m\b",
        r"FROM (SELECT v::bigint AS value FROM json_array_elements_text(\1::json) AS t(v)) AS m",
    ),
    ("words of a list", rf"\bjson_each\(({_P})\)(?: j\b)?", r"json_array_elements_text(\1::json) AS j(value)"),
    ("an object's pairs", r"\bjson_each\((\w+\.\w+), '\$\.(\w+)'\) j\b", r"json_each_text(\1::json->'\2') AS j"),
    (
        "unit ids",
        r"\bjson_each\((\w+\.co_units)\)",
        r"(SELECT v::bigint AS value FROM json_array_elements_text(\1::json) AS t(v)) AS j",
    ),
    ("an array's words", r"\bjson_each\((\w+\.\w+)\)(?: j\b)?", r"json_array_elements_text(\1::json) AS j(value)"),
    (
        "all pairs",
        r"\bjson_tree\((\w+\.\w+)\) j\b",
        r"""LATERAL (SELECT o->>'key' AS key, o->>'value' AS atom FROM jsonb_path_query(\1::jsonb, """
        r"""'$.** ? (@.type() == "object").keyvalue()') AS p(o)) AS j""",
    ),
    ("an atom", rf"\bj\.atom = ({_P})", r"j.atom = (\1)::text"),
    ("a path", r"\bjson_extract\((?P<column>\w+(?:\.\w+)?), '\$(?P<path>[^']*)'\)", _path),
    ("an object", r"\bjson_object\(([^)]*)\)", r"json_build_object(\1)::text"),
    ("a list in one", r"\bgroup_concat\((\w+)\)", r"string_agg(\1::text, ',')"),
    ("a list in one, parted", r"\bgroup_concat\(", "string_agg("),
    ("where it stands", r"\binstr\(", "strpos("),
    ("days between", r"\bjulianday\(([\w.]+)\)", r"\1"),
    ("globs", r"(?P<not>\bNOT )?GLOB '(?P<glob>[^']*)'", _glob),
    ("a table for a while, of rows", r"\bCREATE TEMP TABLE (\w+) AS\b", r"CREATE TEMP TABLE \1 AS"),
    ("a table for a while", r"\bCREATE TEMP TABLE (?P<name>\w+) \((?P<columns>[^)]*)\)", _columns),
    ("its index", r"\bINDEX temp\.(\w+) ON (\w+)", r"INDEX \1 ON pg_temp.\2"),
    ("its place", r"\btemp\.(?=\w)", "pg_temp."),
    (
        "columns",
        r"^PRAGMA table_info\((\w+)\)$",
        r"SELECT attnum - 1, attname FROM pg_attribute WHERE attrelid = '\1'::regclass AND attnum > 0 ORDER BY 1",
    ),
    (
        "tables",
        r"\bSELECT name FROM sqlite_master WHERE type = 'table'",
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
    ),
    ("the head", r"^INSERT INTO head VALUES \(1, (\?), (\?)\) ON CONFLICT.*$", r"SELECT is_head(\1, \2)"),
    (
        "the next id",
        r"^INSERT INTO (commands|docket|units)\((?!id\b)([^)]*)\)\s+VALUES \(([?,\s]*)\)$",
        r"INSERT INTO \1(id, \2) VALUES ((SELECT coalesce(max(id), 0) + 1 FROM \1), \3) RETURNING id",
    ),
)
"""What it is, what it finds in a text of SQLite, what PostgreSQL says for it; one after the other."""
_RULES = tuple((re.compile(found), said) for _, found, said in RULES)
_MARKS = re.compile(r"'(?:[^']|'')*'|::|\?\d*|(?<!\w):[a-z]\w*")


@lru_cache(maxsize=1024)
def translated(sql: str, office: str) -> Said:
    """A statement as PostgreSQL takes it; `office` is the schema that `main` stands for."""
    for found, said in _RULES:
        sql = found.sub(said, sql)
    sql = re.sub(r"\bmain\.(?=\w)", f"{office}.", sql)
    plain = sql
    sql = sql.replace("%", "%%")
    places: list[int] = []
    named = False

    def mark(match: re.Match[str]) -> str:
        nonlocal named
        text = match[0]
        if text[0] == "?":
            places.append(int(text[1:]) - 1 if text[1:] else len(places))
            return "%s"
        if text[0] == ":" and text != "::":
            named = True
            return f"%({text[1:]})s"
        return text

    sql = _MARKS.sub(mark, sql)
    if not named and not places:  # psycopg2 leaves such a text as it is
        sql = plain
    return Said(sql, None if named else tuple(places), sql.endswith(" RETURNING id"))


# ---- the tables -------------------------------------------------------------------------------------------------

_LONG = frozenset({"id", "case_id", "command_id", "event_id", "repeat_of", "part_of", "by_command", "events", "last"})


def table(sql: str) -> str:
    """A CREATE TABLE of SQLite's schema as PostgreSQL has it: days as dates, so that they cost four bytes."""
    sql = re.sub(r"--[^\n]*", "", sql).replace('"', "")
    sql = re.sub(r"\s*\b(?:STRICT|WITHOUT ROWID)\b,?\s*", " ", sql)
    sql = re.sub(r"CHECK \((\w+) IS date\(\1\)\)", "", sql)

    def column(match: re.Match[str]) -> str:
        name, kind = match[1], match[2]
        if kind == "BLOB":
            return f"{name} bytea"
        if kind == "INTEGER":
            return f"{name} {'bigint' if name in _LONG else 'integer'}"
        return f"{name} {'date' if name.endswith(('_on', 'on_day')) or name == 'outside_due' else 'text'}"

    return re.sub(r"\b(\w+) (INTEGER|TEXT|BLOB)\b", column, sql).strip()
