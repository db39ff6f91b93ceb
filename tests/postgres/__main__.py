"""Run tests, and have every statement that they send analysed by a PostgreSQL; what it refuses is printed."""

from __future__ import annotations

import sys

import pytest

from tests.postgres import server, statements


def main() -> int:
    with statements.recorded() as texts:
        pytest.main(["-q", "-n0", *(sys.argv[1:] or ["tests/office"])])
    with server.running() as folder:
        conn = server.connect(folder)
        cursor = conn.cursor()
        statements.make_tables(cursor)
        found = statements.refused(cursor, texts)
        conn.close()
    for sql, why in found.items():
        print(f"\n{sql}\n→ {why}")
    print(f"\n{len(texts)} statements, {len(found)} refused")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
