"""An event is declared once: its command, its help, Tab, its line in the dossier and its correction follow from that."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.cli.conftest import Counter, tree
from xinfang_cli.cli import app, casework, forms, options, parser, recording
from xinfang_cli.cli.forms import flag_of
from xinfang_cli.errors import marked
from xinfang_cli.law import terms
from xinfang_cli.law.events import registry
from xinfang_cli.law.events.base import EventType
from xinfang_cli.law.events.fields import Field, flag, number, text, word
from xinfang_cli.law.events.taken_down import EDITABLE
from xinfang_cli.present import events, steps

COMMANDS = {" ".join(words): command for words, command, _ in tree()}
DECLARED = list(registry.EVENTS.values())
MADE = [declared for declared in DECLARED if declared.about]

INSPECTION = EventType(
    "inspection",
    "实地查看",
    (
        Field("unit", "查看的单位", "unit", required=True),
        word("how", "方式", terms.DELIVERY, about="怎么去的"),
        number("people", "人数"),
        text("text", "看到什么"),
        flag("again", "再次"),
    ),
    about="记一次实地查看。",
    examples=({"unit": "教育局", "text": "已到现场", "again": True},),
)
"""An event that nothing but its declaration knows of."""


def said_of(field: Field) -> Any:
    """A value that an event could hold."""
    if field.words is not None:
        return next(iter(field.words.labels))
    return {"day": date(2023, 7, 3), "number": 3, "flag": True, "unit": "测试局", "list": ["甲"], "record": {}}.get(
        field.nature, "测试"
    )


def fields() -> Iterator[tuple[EventType, Field]]:
    return ((declared, field) for declared in DECLARED for field in declared.fields)


@pytest.mark.parametrize("declared", MADE, ids=lambda declared: declared.kind)
def test_an_event_with_a_form_has_its_command(declared: EventType) -> None:
    command = COMMANDS[steps.command(declared.kind)]
    assert steps.command(declared.kind) in app.COMMANDS
    assert (command.help or "").startswith(steps.worded(marked(declared.about)))
    offered = {max(param.opts, key=len): param for param in command.params if isinstance(param, parser.Option)}
    form = casework.UNUSUAL.get(declared.kind) or recording.CommandForm()
    for field in form.fields or (field for field in declared.fields if field.asked):
        option = offered[forms.flag_of(field)]
        assert option.help, field.name
        if field.nature == "word":
            assert field.words is not None
            ctx = parser.Context(command)
            found = [item.value for item in option.shell_complete(ctx, "")]
            assert found == list(field.words.sayable.values())


@pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared.kind)
def test_the_dossier_tells_every_field_that_has_a_label(declared: EventType) -> None:
    event = {field.name: said_of(field) for field in declared.fields} | {"kind": declared.kind, "case_kind": "appeal"}
    told = events.detail(event, intake=True)
    if declared.kind == "register":
        assert all(field.label in told for field in EDITABLE if field.label and field.asked)
        return
    for field in declared.fields:
        if field.label and field.nature != "record":
            assert field.label in told, field.name
    assert events.title(event)
    assert set(declared.told) <= {field.name for field in declared.fields if field.label}


def test_every_correctable_field_has_an_option_of_correct() -> None:
    offered = {name for param in COMMANDS["correct"].params for name in param.opts}
    for declared, field in fields():
        if field.correctable:
            assert flag_of(field) in offered, (declared.kind, field.name)


def test_what_is_taken_down_has_an_option_of_add_and_of_edit() -> None:
    for name in ("add", "edit"):
        offered = {option for param in COMMANDS[name].params for option in param.opts}
        missing = [field.name for field in EDITABLE if field.asked and steps.flag(field.name) not in offered]
        assert missing == (["deceased_on"] if name == "add" else [])


def test_fields_that_hold_numbers_of_the_book_are_never_shown_as_they_are() -> None:
    """show and export put the unit's name, the case's number in their place, by the nature of the field."""
    for declared, field in fields():
        if field.nature in ("unit", "case"):
            assert field.name in registry.UNIT_NAMES | registry.CASE_NAMES, (declared.kind, field.name)


def test_what_ended_the_matter_is_shown_by_its_number(counter: Counter) -> None:
    for day in ("2023-03-01", "2023-07-03"):
        counter.add(day)
    for words in (
        ("assign", "1", "--to", "测试局", "--new-unit", "--on", "2023-03-02"),
        ("accept", "1", "--on", "2023-03-06"),
        ("close", "1", "--outcome", "解释说明", "--on", "2023-04-03", "--delivered", "2023-04-03"),
        ("review", "1", "--on", "2023-04-20"),
        ("review", "1", "--result", "维持", "--on", "2023-05-10", "--delivered", "2023-05-12"),
        ("recheck", "1", "--on", "2023-06-01"),
        ("recheck", "1", "--result", "维持", "--on", "2023-06-20", "--delivered", "2023-06-20"),
        ("refuse", "2", "--ground", "已经复核", "--reason", "复核过", "--of", "1"),
    ):
        counter.ok(*words)
    assert counter.ok("show", "2")["events"][-1]["of"] == "XF2023-000001"


def test_a_unit_complained_of_is_told_by_its_name_alone(counter: Counter) -> None:
    counter.ok("unit", "add", "测试局")
    no = counter.add(kind="检举控告")
    counter.ok("edit", no, "--complained-unit", "测试局")
    assert "测试局" not in counter("show", no).out  # art. 30
    shown = counter("show", no, "--accusation", "--why", "测试").out
    assert "complained_unit_id" not in shown
    assert "被反映单位：空 → 测试局" in shown


def test_a_new_event_needs_its_declaration_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside it: a line in the list of commands, and the step of the schema that lets it into the book."""
    from xinfang_cli.cli.chinese import Desk

    desk = Desk()
    desk.command("inspection")(recording.command_of(INSPECTION, recording.CommandForm()))
    desk.command("other")(lambda: None)
    from typer.main import get_command

    group = get_command(desk)
    assert isinstance(group, parser.Group)
    command = group.get_command(parser.Context(group), "inspection")
    assert command is not None
    offered = [max(param.opts, key=len) for param in command.params if isinstance(param, parser.Option)]
    assert offered[:6] == ["--unit", "--how", "--people", "--text", "--again", "--on"]
    assert {"--new-unit", "--keep-going", "--json"} <= set(offered)
    assert (command.help or "").endswith('例：xinfang inspection 123 --unit 教育局 --text "已到现场" --again')
    monkeypatch.setattr(events, "EVENTS", {"inspection": INSPECTION})
    said = {"kind": "inspection", "unit": "教育局", "how": "post", "people": 2, "text": "已到现场", "again": True}
    assert events.title(said) == "实地查看"
    assert events.detail(said) == "查看的单位 教育局，方式 邮寄，人数 2，看到什么 已到现场，再次"


def test_a_command_is_known_to_one_desk_alone() -> None:
    made = {info.name for info in casework.desk.registered_commands}
    assert made == {steps.command(declared.kind) for declared in MADE}
    assert not set(casework.UNUSUAL) - {declared.kind for declared in MADE}
    for name in made:
        assert importlib.import_module(f"xinfang_cli.cli.{app.COMMANDS[str(name)][0]}") is casework


def test_words_are_offered_in_the_language_that_is_being_typed() -> None:
    offered = options.words(terms.MODE)
    assert offered("") == [("转送", "forward"), ("交办", "task")]
    assert offered("t") == [("task", "交办")]
    assert offered("交") == [("交办", "task")]
    assert offered("x") == []
