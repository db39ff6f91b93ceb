"""The tables of an office on a server: the shared description, and the server's own additions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.postgres.dialect import table

if TYPE_CHECKING:
    from xinfang_cli.book.engine import Conn

_LINKED = r"""SELECT e.id, e.prev, sha256(e.prev || convert_to(concat_ws(E'\x1f', e.id, coalesce(e.case_id::text, 'None'), e.seq, e.kind,
      e.on_day, c.id, c.name, c.actor, c.recorded_at, coalesce(c.source_name, 'None'), coalesce(c.source_sha256, 'None'),
      c.part_of, CASE WHEN c.os_user IS NOT NULL THEN 'user ' || c.os_user END,
      CASE WHEN c.os_user IS NOT NULL THEN 'host ' || coalesce(c.host, 'None') END, e.body), 'UTF8')
      || coalesce(e.text_hash, ''::bytea)) AS hash
    """
_SERVERS_OWN = r"""
CREATE TABLE meta (
  one integer PRIMARY KEY CHECK (one = 1), application text NOT NULL, version integer NOT NULL, held integer,
  oldest integer); -- of the programs that may go on working on it; none said: those of its version alone
CREATE TABLE written (token uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE files (sha256 bytea NOT NULL, part integer NOT NULL, data bytea NOT NULL, PRIMARY KEY (sha256, part));
CREATE TABLE search (case_id bigint PRIMARY KEY, received_on date NOT NULL, title text NOT NULL, content text NOT NULL,
  notes text NOT NULL, who text NOT NULL, phones text NOT NULL, accuser text NOT NULL, accuser_phones text NOT NULL,
  words tsvector NOT NULL);
CREATE INDEX search_words ON search USING gin(words);
-- What the office's own events say (batches, rosters, units), without the looks: nothing of a petitioner.
CREATE VIEW house_texts AS SELECT t.* FROM texts t JOIN events e ON e.id = t.event_id
  WHERE e.case_id IS NULL AND e.kind <> 'access';
INSERT INTO head VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = '23514'; END $$;
CREATE TRIGGER events_never BEFORE UPDATE OR DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER files_never BEFORE UPDATE OR DELETE OR TRUNCATE ON files FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER texts_never BEFORE UPDATE OR DELETE OR TRUNCATE ON texts FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER docket_never BEFORE DELETE OR TRUNCATE ON docket FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER undone_never BEFORE TRUNCATE ON undone FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER commands_never BEFORE UPDATE OR DELETE OR TRUNCATE ON commands FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER access_never BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION never();

CREATE FUNCTION json_valid(said text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN said::json IS NOT NULL; EXCEPTION WHEN OTHERS THEN RETURN false; END $$;

CREATE FUNCTION json_type(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN json_typeof(said::json); EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$;

-- Who did it is who is logged in (the owner carries whole books in).
CREATE FUNCTION is_owner() RETURNS boolean LANGUAGE sql STABLE AS $$
SELECT pg_has_role(session_user, nspowner, 'MEMBER') FROM pg_namespace WHERE nspname = {name} $$;
CREATE FUNCTION signs() RETURNS trigger LANGUAGE plpgsql SET search_path = {office}, pg_temp AS $$
BEGIN
  IF NEW.os_user IS DISTINCT FROM session_user::text AND NOT is_owner() THEN
    RAISE EXCEPTION 'not who is logged in' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signs BEFORE INSERT ON commands FOR EACH ROW EXECUTE FUNCTION signs();

-- The server itself extends the chain (book.chain.link says the same): a client can neither fork nor forge it.
CREATE FUNCTION extend() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = {office}, pg_temp SET datestyle = 'ISO' AS $$
DECLARE h head; bad bigint; last_id bigint; last_hash bytea;
BEGIN
  SELECT * INTO h FROM head FOR UPDATE;
  WITH linked AS (
    {linked}),
  walked AS (
    SELECT id, prev, hash, lag(hash) OVER (ORDER BY id) AS before, lag(id) OVER (ORDER BY id) AS before_id FROM linked)
  SELECT count(*) FILTER (WHERE prev IS DISTINCT FROM coalesce(before, h.hash) OR id <> coalesce(before_id, h.events) + 1),
    max(id), (SELECT hash FROM walked ORDER BY id DESC LIMIT 1) INTO bad, last_id, last_hash FROM walked;
  IF bad > 0 THEN RAISE EXCEPTION 'chain' USING ERRCODE = '40001'; END IF;
  IF EXISTS (SELECT 1 FROM fresh WHERE kind IN ('approve', 'return')) AND NOT is_owner()
    AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = {reviewer} AND NOT pg_has_role(session_user, oid, 'MEMBER')) THEN
    RAISE EXCEPTION 'not a reviewer' USING ERRCODE = '42501';
  END IF;
  IF last_id IS NOT NULL THEN UPDATE head SET events = last_id, hash = last_hash; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER extend AFTER INSERT ON events REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION extend();

CREATE FUNCTION is_head(said_events bigint, said_hash bytea) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM head WHERE events = said_events AND hash = said_hash) THEN
    RAISE EXCEPTION 'chain' USING ERRCODE = '40001';
  END IF;
  RETURN true;
END $$;

-- The cases in whose texts all words of a query (book.postgres.search) stand: the index gives who may be, the text says who is.
CREATE FUNCTION matching(query text) RETURNS SETOF bigint LANGUAGE plpgsql STABLE AS $$
DECLARE said json := query; terms tsquery := nullif(said->>'terms', '')::tsquery;
BEGIN
  RETURN QUERY SELECT s.case_id FROM search s WHERE (terms IS NULL OR s.words @@ terms) AND NOT EXISTS (
    SELECT 1 FROM json_to_recordset(said->'words') AS w(word text, phone text, whole boolean) WHERE (
      NOT w.whole AND (
        (said->'title')::text = 'true' AND strpos(s.title, w.word) > 0
        OR (said->'content')::text = 'true' AND strpos(s.content, w.word) > 0
        OR (said->'notes')::text = 'true' AND strpos(s.notes, w.word) > 0
        OR (said->'who')::text = 'true' AND strpos(s.who, w.word) > 0
        OR (said->'accuser')::text = 'true' AND strpos(s.accuser, w.word) > 0)
      OR w.phone IS NOT NULL AND (
        (said->'who')::text = 'true' AND strpos(s.phones, E'\x1f' || w.phone || E'\x1f') > 0
        OR (said->'accuser')::text = 'true' AND strpos(s.accuser_phones, E'\x1f' || w.phone || E'\x1f') > 0)) IS NOT TRUE);
END $$;
"""


def linked(table: str, joined: str = "JOIN") -> str:
    """Compute the hash of each event of a table, as book.chain.link says it."""
    return f"{_LINKED}FROM {table} e {joined} commands c ON c.id = e.command_id"


def statements(office: str) -> list[str]:
    """The statements for an office's tables, indexes and triggers in its (quoted) schema, in order."""
    from xinfang_cli.book.sqlite.schema import VERSION, schema_of_version

    made = schema_of_version(VERSION)
    waiting = [(name, what.sql) for name, what in made.items() if what.type == "table" and "VIRTUAL" not in what.sql]
    said: list[str] = []
    while waiting:  # a table made anew by a later step stands behind those that refer to it
        names = {name for name, _ in waiting}
        ready = [
            (name, sql)
            for name, sql in waiting
            if not any(f"REFERENCES {other}(" in sql.replace('"', "") for other in names - {name})
        ]
        said += [table(sql) for _, sql in ready]
        waiting = [one for one in waiting if one not in ready]
    said += [what.sql for what in made.values() if what.type == "index"]
    name = office.strip('"')
    own = _SERVERS_OWN.replace("{office}", office).replace("{linked}", linked("fresh"))
    said += [own.replace("{name}", f"'{name}'").replace("{reviewer}", f"'{name}_reviewer'")]
    return said


def version() -> int:
    """Of the tables that this program works on."""
    from xinfang_cli.book.sqlite.schema import VERSION

    return VERSION


OLDEST = 17
"""The oldest version whose programs can work on these tables; raised with a step that takes away what they need."""


def oldest() -> int:
    """The oldest program version able to work on this version's offices: its tables are there, and it makes the same
    rows.
    """
    return max(OLDEST, rebuilt_at())


def rebuilt_at() -> int:
    """The last version that moved the rows which are made from the events."""
    from xinfang_cli.book.sqlite.schema import REBUILT_AT

    return REBUILT_AT


def make(raw: Any, office: str) -> None:
    """Make an office's schema; inside the caller's transaction."""
    with raw.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {office}")
        cursor.execute(f"SET LOCAL search_path TO {office}")
        for sql in statements(office):
            cursor.execute(sql)
        cursor.execute("INSERT INTO meta VALUES (1, 'xinfang', %s, NULL, %s)", (version(), oldest()))


def otherwise(conn: Conn) -> list[str]:
    """Missing, disabled or differing tables, indexes, triggers and functions of an office."""
    made = "\n".join(statements('"' + conn.execute("SELECT current_schema()").fetchone()[0] + '"'))
    functions = dict(re.findall(r"CREATE FUNCTION (\w+)\(.*?AS \$\$(.*?)\$\$", made, re.S))
    there = dict(
        conn.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
        ).fetchall()
    )
    found = [f"结构：函数 {name} 不是本版本的" for name, text in functions.items() if there.get(name) != text]
    kept = {
        (trigger, on)
        for trigger, on in conn.execute(
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid "
            "WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal AND tgenabled IN ('O', 'A')"
        )
    }
    wanted = set(re.findall(r"CREATE TRIGGER (\w+) .*? ON (\w+)", made))
    found += [f"结构：表 {on} 的触发器 {trigger} 缺了或关了" for trigger, on in sorted(wanted - kept)]
    named = {
        row[0]
        for row in conn.execute("SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace")
    }
    for kind, said in (("TABLE", "表"), ("INDEX", "索引"), ("VIEW", "视图")):
        names = re.findall(rf"CREATE (?:UNIQUE )?{kind} (?:IF NOT EXISTS )?(\w+)", made)
        found += [f"结构：缺{said} {name}" for name in names if name not in named]
    return found
