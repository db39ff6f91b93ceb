"""The CHECK lists of the book's schema are the law's vocabularies: a word added to one and not the other shows here."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

import pytest

from xinfang_cli.law import terms
from xinfang_cli.law.events.registry import EVENT, OFFICE_EVENT
from xinfang_cli.law.terms import WINDOWS
from xinfang_cli.office.session import Session

CHECKED = {
    ("events", "kind"): {*EVENT.labels, *OFFICE_EVENT.labels},
    ("units", "grp"): set(terms.GROUP.labels),
    ("cases", "stage"): set(terms.STAGE.labels),
    ("cases", "channel"): set(terms.CHANNEL.labels),
    ("cases", "kind"): set(terms.KIND.labels),
    ("cases", "source"): set(terms.SOURCE.labels),
    ("cases", "level"): set(terms.LEVEL.labels),
    ("cases", "priority"): set(terms.PRIORITY.labels),
    ("clocks", "kind"): set(terms.CLOCK.labels),
    ("clocks", "owner"): set(terms.OWNER.labels),
}


def lists_of(script: str) -> dict[tuple[str, str], set[str]]:
    """(table, column) → the words its CHECK takes, as a list or as a chain of OR; yes-or-no columns are left out."""
    found = {}
    for statement in script.split("CREATE TABLE ")[1:]:
        table, body = statement.split(maxsplit=1)
        for check in re.findall(r"CHECK \((\w+ (?:IN \([^)]*\)|= [^)]*))\)", body):
            words = re.findall(r"'([^']+)'", check)
            if words:
                assert len(words) == len(set(words)), check
                found[table.strip('"'), check.split()[0]] = set(words)
    return found


def test_check_lists_of_a_real_book_are_the_vocabularies(session: Callable[..., Session]) -> None:
    """As it stands in a file, after every migration."""
    with session().reading() as book:
        tables = book.conn.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL").fetchall()
        script = ";\n".join(row[0] for row in tables)
    assert lists_of(script) == CHECKED


def test_windows_of_the_schema_are_the_windows_of_the_law(session: Callable[..., Session]) -> None:
    with session().reading() as book:
        row = book.conn.execute("SELECT sql FROM sqlite_master WHERE name = 'clocks_running'").fetchone()
    assert set(re.findall(r"'(\w+)'", row[0])) == WINDOWS


def test_a_word_outside_the_list_is_refused_by_the_file(session: Callable[..., Session]) -> None:
    with session().reading() as book, pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        book.conn.execute(
            "INSERT INTO events VALUES (99, NULL, 1, 'nonsense', '2023-03-01', (SELECT min(id) FROM commands), '{}', NULL, x'00')"
        )
