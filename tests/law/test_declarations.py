"""What follows from the declarations of events: the tables that must not change by accident, and what each may name."""

from __future__ import annotations

import pytest

from xinfang_cli.errors import marked
from xinfang_cli.law import terms
from xinfang_cli.law.event import REWORDING
from xinfang_cli.law.events import intake, registry
from xinfang_cli.law.events.base import EventType
from xinfang_cli.law.rules import statutory
from xinfang_cli.present.steps import worded

DECLARED = [*registry.EVENTS.values(), *registry.OFFICE_EVENTS.values()]


def test_days_and_private_fields_are_those_the_chain_was_written_with() -> None:
    """A field that changed sides could no longer be read from a book that has it."""
    assert {
        "told_on",
        "due_on",
        "feedback_by",
        "answer_by",
        "delivered_on",
        "fulfil_by",
        "redo_by",
        "report_by",
        "registered_on",
        "petitioned_on",
        "from_on",
        "to_on",
        "clock_due",
        "target_on",
        "handed_on",
        "answered_on",
        "deceased_on",
    } <= registry.DAY_FIELDS
    assert {
        "title",
        "content",
        "name",
        "id_no",
        "phone",
        "address",
        "text",
        "reason",
        "late_reason",
        "where",
        "complained_unit",
        "extras",
        "file",
        "changes",
        "changed_from",
    } <= registry.PRIVATE_FIELDS


def test_what_a_correction_may_set_right() -> None:
    assert dict(registry.CORRECTABLE) == {
        "mode": ("assign",),
        "feedback_by": ("assign",),
        "told_on": ("accept",),
        "pathway": ("accept",),
        "due_on": ("accept",),
        "days": ("extend",),
        "answer_by": ("assist", "supervise", "order"),
        "outcome": ("close",),
        "fulfil_by": ("close",),
        "delivered_on": ("close", "review_result", "recheck_result"),
        "redo_by": ("review_result", "recheck_result"),
        "from_on": ("hearing",),
        "to_on": ("hearing",),
        "text": ("note", "close", "supervise", "supervise_answered", "report_up", "step"),
    }


def test_no_event_is_declared_twice() -> None:
    kinds = [declared.kind for declared in DECLARED]
    assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared.kind)
def test_a_declaration_names_what_there_is(declared: EventType) -> None:
    clocks = set(statutory().clocks)
    assert declared.stops | declared.fells <= clocks
    assert not declared.fells or declared.why_fallen
    assert {*declared.stages, *declared.hinted, *declared.fells_in} <= {"", *terms.STAGE.labels}
    names = [field.name for field in declared.fields]
    assert len(names) == len(set(names))
    for field in declared.fields:
        assert (field.nature in ("word", "words")) == (field.words is not None), field.name
        assert field.nature in ("text", "day", "number", "flag", "word", "words", "unit", "case", "list", "record")
    assert not (declared.timeless and declared.moves)


def test_every_text_that_somebody_writes_is_found() -> None:
    """A new free text is a note, which search finds, or has a place of its own; it never falls between."""
    texts = {
        f.name
        for declared in registry.EVENTS.values()
        for f in declared.fields
        if f.private and f.nature in ("text", "day")
    }
    assert texts == registry.NOTES | terms.PLACED
    assert {"text", "reason", "late_reason", "where", "person", "replaced_by", "file"} <= registry.NOTES


def test_amendments_are_told_apart_without_loading_the_events() -> None:
    assert {declared.kind for declared in intake.AMENDMENTS} == set(REWORDING)


def test_tables_of_events_follow_from_their_declarations() -> None:
    assert frozenset({"remind", "supervise"}) == registry.SENT
    assert frozenset({"assign", "uphold"}) == registry.TURNS
    assert set(registry.DONE) == {"assign", "supervise", "remind", "step", "report_up", "return"}
    assert worded(marked("⟦~review_result⟧、⟦~close⟧")) == "review --result、close"


@pytest.mark.parametrize(
    ("step", "typed"),
    [
        ("review_result", "review --result"),
        ("join", "backlog join"),
        ("follow", "reception follow"),
        ("close", "close"),
        ("unit.edit", "unit edit"),
        ("backlog.batch.edit", "backlog batch edit"),
        ("co_handle", "co-handle"),
    ],
)
def test_a_next_step_is_an_id_and_the_counter_words_it(step: str, typed: str) -> None:
    assert worded(marked(f"⟦{step}⟧")) == f"xinfang {typed}"
    assert worded(marked(f"⟦~{step}⟧")) == typed
