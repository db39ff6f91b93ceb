"""The conditions of `list --where` in SQL, over `cases c`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.sql.predicates import NOT_ACCUSATION, among, among_channels, not_accused, not_accused_leader
from xinfang_cli.law.conditions import CLOSED, EXTRA, Term
from xinfang_cli.law.terms import CLOSED_AND_LATER, OPEN_STAGES, VISITS

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book

COLUMNS = {
    "stage": "c.stage",
    "channel": "c.channel",
    "kind": "c.kind",
    "outcome": "c.outcome",
    "priority": "c.priority",
    "source": "c.source",
    "level": "c.level",
    "pathway": "c.pathway",
    "clock": "c.next_clock",
    "topic": "c.topic",
    "region": "c.region",
    "lead": "c.lead",
    "unit": "c.unit_id",
    "received": "c.received_on",
    "assigned": "c.assigned_on",
    "accepted": "c.accepted_on",
    "closed": "c.closed_on",
    "due": "c.next_due_on",
    "headcount": "c.headcount",
    "returned": "c.returned_times",
}


_STEP = "'$.step'"


def _list(words: Sequence[str]) -> str:
    return ",".join(f"'{word}'" for word in words)


FLAGS = {
    "open": f"c.stage IN ({_list(OPEN_STAGES)})",
    "done": f"c.stage IN ({_list(CLOSED_AND_LATER)})",
    "first": "c.repeat = 0",
    "repeat": "c.repeat = 1",
    "supervised": "c.supervised = 1",
    "excluded": "c.excluded = 1",
    "crossing": "c.crossing IS NOT NULL",
    "co_handled": "c.co_units IS NOT NULL",
    "group": f"(c.channel IN ({_list(VISITS)}) AND c.headcount >= 5)",
}
_CLOSED_FLAGS = ("crossing", "group")


def condition(book: Book, term: Term, accusation: bool = False) -> tuple[str, list[Any]]:
    """The SQL and values of one condition. Accusations match by their listed form, closed fields being empty, unless
    `accusation` (art. 30).
    """
    if term.field.startswith(EXTRA):
        said, values = _extra(book, term, accusation)
    else:
        said, values = _positive(book, term)
    if not accusation:
        if term.field == "channel" and None not in term.values:
            said, forms = among_channels(values, accusation)
            values = list(forms)
        elif term.field in CLOSED or term.field.startswith(EXTRA):
            said = f"({said} OR NOT {NOT_ACCUSATION})" if None in term.values else f"({said} AND {NOT_ACCUSATION})"
        elif term.field == "is":
            said, values = _flags(term, closed=True)
    if term.negated:
        return f"({said}) IS NOT TRUE", values
    return " AND ".join([said, *_hidden(book, term, accusation)]), values


def _hidden(book: Book, term: Term, accusation: bool) -> list[str]:
    """The SQL that hides an accusation from lists of the accused unit and of units bound to it by art. 30."""
    given = [value for value in term.values if value is not None]
    if term.field in ("unit", "co_unit") and given:
        return [said for said, _ in not_accused(book, given)]
    if accusation and term.field == "lead" and term.op == ":":
        return [said for name in given for said, _ in not_accused_leader(book, str(name))]
    return []


def _positive(book: Book, term: Term) -> tuple[str, list[Any]]:
    given = [value for value in term.values if value is not None]
    empty = None in term.values
    if term.field == "is":
        return _flags(term)
    if term.field in ("crossing", "co_unit"):
        return (_crossing if term.field == "crossing" else _co_unit)(term, given, empty)
    if term.field == "text":  # as the text index is asked
        return f"c.id IN ({book.search.MATCHING})", given
    if term.field == "tag":
        found = f"EXISTS (SELECT 1 FROM json_each(c.tags) WHERE {among('value', given)})"
        return (f"({found} OR c.tags IS NULL)" if empty else found), given
    if term.field == "step":
        # By the index of these few events; a step that was taken back is none.
        taken = (
            "SELECT e.case_id FROM events e WHERE e.kind = 'step'{} AND NOT EXISTS (SELECT 1 FROM events r WHERE "
            "r.case_id = e.case_id AND r.kind = 'revoke' AND json_extract(r.body, '$.event') = e.seq)"
        )
        said = among(f"json_extract(e.body, {_STEP})", given)
        found = f"c.id IN ({taken.format(f' AND {said}')})"
        none = f"c.id NOT IN ({taken.format('')})"
        return (f"({found} OR {none})" if empty else found), given
    if term.field == "batch":
        found = f"c.id IN (SELECT case_id FROM backlog WHERE {among('batch', given)})"
        none = "c.id NOT IN (SELECT case_id FROM backlog)"
        return (f"({found} OR {none})" if empty else found), given
    column = COLUMNS[term.field]
    if term.op != ":":
        return f"{column} {term.op} ?", given
    parts = []
    if given and isinstance(given[0], tuple):  # days: from one to another
        parts = [f"{column} BETWEEN ? AND ?"] * len(given)
        given = [day for span in given for day in span]
    elif given:
        parts = [among(column, given)]
    if empty:
        parts.append(f"{column} IS NULL")
    said = f"({' OR '.join(parts)})"
    return said, given


def _extra(book: Book, term: Term, accusation: bool) -> tuple[str, list[Any]]:
    """Under another office's heading: one of these words, as far as the screen shows it; or nothing."""
    from json import dumps

    heading, given = term.field.removeprefix(EXTRA), [value for value in term.values if value is not None]
    parts, values = [], []
    if given:
        parts.append("c.id IN (SELECT value FROM json_each(?))")
        values.append(dumps(book.extras.holding(heading, given, accusation)))
    if None in term.values:
        parts.append("c.id NOT IN (SELECT value FROM json_each(?))")
        values.append(dumps(book.extras.filled(heading)))
    return f"({' OR '.join(parts)})", values


def _crossing(term: Term, given: list[Any], empty: bool) -> tuple[str, list[Any]]:
    parts = ["instr(',' || c.crossing || ',', ',' || ? || ',') > 0"] * len(given)
    return f"({' OR '.join([*parts, *(['c.crossing IS NULL'] if empty else [])])})", given


def _co_unit(term: Term, given: list[Any], empty: bool) -> tuple[str, list[Any]]:
    """A unit that answers beside the leading one, also under the number it had before it was merged."""
    ids = f"SELECT id FROM units WHERE {among('id', given)} OR {among('merged_into', given)}"
    said = f"EXISTS (SELECT 1 FROM json_each(c.co_units) WHERE value IN ({ids}))"
    return (f"({said} OR c.co_units IS NULL)" if empty else said), given * 2


def _flags(term: Term, closed: bool = False) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    for flag in term.values:
        if isinstance(flag, tuple):  # ("overdue", today)
            parts.append("c.next_due_on < ?")
            values.append(flag[1])
        else:
            parts.append(f"({FLAGS[flag]} AND {NOT_ACCUSATION})" if closed and flag in _CLOSED_FLAGS else FLAGS[flag])
    return f"({' OR '.join(parts)})", values
