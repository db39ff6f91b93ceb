"""A probe of what the book needs of a server that says it is a PostgreSQL: an engine of its family may lack some of it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2

from xinfang_cli.book.engine import Finding
from xinfang_cli.book.postgres.connection import Connection

_TABLE = "CREATE TEMP TABLE probed (id bigint PRIMARY KEY, day date, words tsvector, body text) ON COMMIT DROP; "
NEEDS: tuple[tuple[str, str], ...] = (
    ("事务里的模式（SET LOCAL search_path）", "SET LOCAL search_path TO pg_catalog"),
    ("行锁（SELECT … FOR UPDATE）", _TABLE + "SELECT id FROM probed FOR UPDATE"),
    ("算 SHA-256（sha256）", "SELECT sha256('x'::bytea)"),
    (
        "读 JSON（json_to_recordset、jsonb_path_query）",
        "SELECT 1 FROM json_to_recordset('[{\"a\":1}]') AS r(a integer), jsonb_path_query('{\"a\":1}'::jsonb, '$.a') AS p(o)",
    ),
    (
        "没有就插入、有就改（ON CONFLICT）",
        _TABLE + "INSERT INTO probed(id) VALUES (1) ON CONFLICT (id) DO UPDATE SET day = NULL",
    ),
    ("检索的索引（tsvector 上的 GIN）", _TABLE + "CREATE INDEX ON probed USING gin(words)"),
    (
        "按语句的触发器带整批新行（REFERENCING NEW TABLE）",
        _TABLE + "CREATE FUNCTION pg_temp.probed_new() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
        "$p$ BEGIN PERFORM count(*) FROM fresh; RETURN NULL; END $p$; CREATE TRIGGER probed AFTER INSERT ON probed "
        "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.probed_new(); INSERT INTO probed(id) VALUES (1)",
    ),
    ("游标（DECLARE CURSOR）", "DECLARE probed_rows NO SCROLL CURSOR FOR SELECT 1"),
    ("按列授权", _TABLE + "GRANT SELECT (id) ON probed TO PUBLIC"),
)
"""What it is, and a statement that goes well where it is there; each is taken back."""


def lacking(conn: Connection) -> list[str]:
    """Name what the server cannot do of what the book needs; inside the caller's transaction."""
    found = []
    with conn.raw.cursor() as cursor:
        for what, sql in NEEDS:
            cursor.execute("SAVEPOINT probed")
            try:
                cursor.execute(sql)
            except psycopg2.Error:
                found.append(what)
            cursor.execute("ROLLBACK TO SAVEPOINT probed")
    return found


def findings(conn: Connection) -> Iterator[Finding]:
    """Tell whether the server can do what the book needs."""
    missing = lacking(conn)
    name = str(conn.execute("SELECT version()").fetchone()[0]).split(",")[0][:60]
    said = f"{name} 缺：{'、'.join(missing)}" if missing else f"{len(NEEDS)} 项要用的功能服务器都有"
    yield Finding("engine", said, not missing, "请换 PostgreSQL 15 以上；同类的数据库差在哪里见 CONTRIBUTING")
