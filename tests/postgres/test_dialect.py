"""Each rule of the translation, by what it is for."""

from __future__ import annotations

import pytest

from xinfang_cli.book.postgres.dialect import table, translated

RULES = (
    ("SELECT 1 FROM clocks k INDEXED BY clocks_running WHERE +k.kind = ?", "SELECT 1 FROM clocks k WHERE k.kind = %s"),
    ("SELECT 1 FROM a CROSS JOIN b ON b.x = a.x", "SELECT 1 FROM a JOIN b ON b.x = a.x"),
    ("SELECT 1 FROM c WHERE c.unit_id IS :u", "SELECT 1 FROM c WHERE c.unit_id IS NOT DISTINCT FROM %(u)s"),
    (
        "SELECT 1 FROM c WHERE c.id NOT IN (SELECT value FROM json_each(?))",
        "SELECT 1 FROM c WHERE c.id NOT IN (SELECT value::bigint FROM json_array_elements_text(%s::json) AS j(value))",
    ),
    (
        "SELECT 1 FROM c WHERE name IN (SELECT value FROM json_each(?1))",
        "SELECT 1 FROM c WHERE name IN (SELECT value FROM json_array_elements_text(%s::json) AS j(value))",
    ),
    ("SELECT json_extract(r.body, '$.event')", "SELECT (r.body::json->>'event')::bigint"),
    ("SELECT json_extract(body, '$.set.to_on')", "SELECT (body::json#>>'{set,to_on}')"),
    ("SELECT group_concat(seq) FROM events", "SELECT string_agg(seq::text, ',') FROM events"),
    ("SELECT 1 WHERE instr(a, '%') > 0 AND b = ?", "SELECT 1 WHERE strpos(a, '%%') > 0 AND b = %s"),
    ("SELECT 1 WHERE a LIKE '%x%'", "SELECT 1 WHERE a LIKE '%x%'"),  # nothing is bound: psycopg2 leaves it as it is
    ("SELECT 1 WHERE a NOT GLOB '*[*x]*'", "SELECT 1 WHERE a !~ '^.*[*x].*$'"),
    ("SELECT 1 WHERE salt = x'0a'", "SELECT 1 WHERE salt = '\\x0a'::bytea"),
    (
        "CREATE TEMP TABLE m (id INTEGER PRIMARY KEY, received_on TEXT)",
        "CREATE TEMP TABLE m (id bigint PRIMARY KEY, received_on date)",
    ),
    ("CREATE INDEX temp.i ON m(id)", "CREATE INDEX i ON pg_temp.m(id)"),
    ("SELECT * FROM main.cases", 'SELECT * FROM "罗庄".cases'),
    (
        "INSERT INTO units(name, grp) VALUES (?, ?)",
        "INSERT INTO units(id, name, grp) VALUES ((SELECT coalesce(max(id), 0) + 1 FROM units), %s, %s) RETURNING id",
    ),
)


@pytest.mark.parametrize(("said", "wanted"), RULES)
def test_a_rule(said: str, wanted: str) -> None:
    assert translated(said, '"罗庄"').sql == wanted


def test_values_in_the_order_of_their_marks() -> None:
    assert translated("SELECT ?2, ?1, ?2", "o").places == (1, 0, 1)
    assert translated("SELECT :a, ':b', c::text", "o") == ("SELECT %(a)s, ':b', c::text", None, False)


def test_a_table() -> None:
    made = table(
        "CREATE TABLE t (case_id INTEGER, n INTEGER, due_on TEXT CHECK (due_on IS date(due_on)), why TEXT, h BLOB) STRICT, WITHOUT ROWID"
    )
    assert made == "CREATE TABLE t (case_id bigint, n integer, due_on date , why text, h bytea)"


def test_every_table_is_carried() -> None:
    """A table of a new version belongs into what is carried between a file and a server, and (roles.py) to somebody."""
    from xinfang_cli.book.relocating import TABLES
    from xinfang_cli.book.sqlite.schema import VERSION, schema_of_version

    there = {name for name, what in schema_of_version(VERSION).items() if what.type == "table"}
    assert there - {"search", "head", *TABLES} == set()
    assert set(TABLES) <= there
