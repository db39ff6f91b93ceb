"""contract.md: every command and every flag it names is there under that name."""

from __future__ import annotations

import pytest

from tests.cli.conftest import tree
from xinfang_cli.cli import parser

FILTERS = "--stage --unit --channel --kind --topic --region --lead --received --overdue --first-only --batch"
PERIODS = "--month --quarter --year --week --from --to"
PROMISED: dict[str, str] = {
    "add": "--received --channel --kind --topic --region --source --priority --title --content --name --id-no --phone "
    "--address --headcount --representatives --external-no --repeat-of --repeat --complained-unit --affected --level "
    "--tag --report-by --yes --new-topic --on",
    "import": "--dry-run --sheet --rejects --update --all-or-nothing --assign-on-receipt",
    "template": "",
    "list": f"{FILTERS} --limit --csv",
    "search": f"{FILTERS} --limit --csv",
    "show": "--reveal",
    "overdue": "--unit --clock --owner --limit --csv",
    "due": "--within --unit --clock --owner --limit --csv --windows",
    "remind": "--dry-run --letters",
    "assign": "--to --mode --feedback-by --new-unit",
    "sign": "",
    "accept": "--told --pathway --due",
    "convert": "",
    "deliver": "--how --refused",
    "object": "--reason --late-reason",
    "uphold": "",
    "overrule": "--reason",
    "refuse": "--ground --reason",
    "redirect": "--to --where --how",
    "file": "--reason",
    "return-up": "--reason",
    "extend": "--days --approved-by --reason --clock",
    "note": "--text --report",
    "assist": "--unit --answer-by --answered --new-unit",
    "close": "--outcome --delivered --report --fulfil-by --reply-no --text",
    "approve": "",
    "return": "--reason",
    "fulfil": "",
    "report-up": "--to",
    "withdraw": "--reason",
    "review": "--body --late-reason --result --delivered --redo-by",
    "recheck": "--body --late-reason --result --delivered --redo-by --back-to",
    "hearing": "--from --to",
    "rate": "--unit-rating --bureau-rating --source",
    "link": "--repeat-of",
    "relate": "--to",
    "lead": "--name",
    "tag": "--add --remove",
    "exclude": "--reason --approved-by",
    "include": "",
    "supervise": "--answer-by --answered",
    "edit": "--title --content --channel --kind --topic --region --source --priority --name --id-no --phone --address "
    "--headcount --affected --representatives --external-no --complained-unit --level --report-by",
    "correct": "--event --on --reason",
    "undo": "",
    "stats": f"{PERIODS} --by --basis --as-of --first-only --rank --compare --chart",
    "report": "-o",
    "letter": "-o",
    "backlog join": "--batch",
    "backlog resolve": "",
    "backlog status": "",
    "backlog list": "--csv",
    "reception roster": "",
    "reception log": "",
    "reception status": "",
    "unit add": "--group --order --alias",
    "unit list": "--csv",
    "unit edit": "--group --order --alias",
    "unit merge": "--into",
    "config list": "",
    "rules": "",
    "export": "--reveal --csv",
    "backup": "",
    "restore": "",
    "doctor": "",
    "history": "",
    "demo": "",
    "init": "",
}
OF_EVENTS = list(PROMISED)[list(PROMISED).index("assign") : list(PROMISED).index("correct")]
COMMANDS = {" ".join(words): command for words, command, _ in tree() if words}


def flags(command: parser.Command) -> set[str]:
    return {word for param in command.params if isinstance(param, parser.Option) for word in param.opts}


@pytest.mark.parametrize("name", PROMISED)
def test_the_flags_that_are_promised(name: str) -> None:
    assert set(PROMISED[name].split()) | {"--json"} <= flags(COMMANDS[name])


@pytest.mark.parametrize("name", OF_EVENTS)
def test_an_event_takes_a_day_and_several_numbers(name: str) -> None:
    assert "--on" in flags(COMMANDS[name])
    assert "--keep-going" in flags(COMMANDS[name])
    numbers = next(param for param in COMMANDS[name].params if isinstance(param, parser.Argument))
    assert numbers.nargs == -1


def test_every_command_that_lists_gives_csv_too() -> None:
    """Each command whose `--json` is a list of its own, not of what it changed."""
    listing = ("list", "search", "overdue", "due", "duplicates", "person", "history", "rules")
    names = [*listing, *(name for name in COMMANDS if name.endswith(" list"))]
    assert [name for name in names if "--csv" not in flags(COMMANDS[name])] == []
