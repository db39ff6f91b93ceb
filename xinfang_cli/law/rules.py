"""The numbers in force: the law's from rules.toml, the office's from its settings, each with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from xinfang_cli.law.terms import GROUND_ARTICLE


class ClockRule(NamedTuple):
    """How long a clock runs: `n` in `unit` (day, workday, month), or to a day that somebody named (fixed)."""

    kind: str
    owner: str
    unit: str
    article: str
    n: int = 0
    window: bool = False
    office: bool = False
    cited: str = ""  # where an office's own number comes from
    article_2005: str = ""  # where it stood before the regulation of 2022


class Limit(NamedTuple):
    n: int
    unit: str
    article: str
    cited: str = ""
    article_2005: str = ""
    office: bool = False


IN_FORCE_2022 = date(2022, 5, 1)
"""From that day on the regulation of 2022 (信访工作条例, art. 50); what came before carries the articles of 2005."""


def article_of(rule: ClockRule | Limit, received_on: date) -> str:
    """Where the number stands for a case received that day, whoever set it."""
    if rule.article_2005 and received_on < IN_FORCE_2022:
        return rule.article_2005
    return rule.article


class Citation(NamedTuple):
    """Where something without a number stands, and where it stood before ("" where the text of 2005 had none of it)."""

    article: str
    article_2005: str = ""


def cited(name: str, received_on: date) -> str:
    """Where the law says it for a case received that day; "" where the text of 2005 did not."""
    found = statutory().articles[name]
    return found.article_2005 if received_on < IN_FORCE_2022 else found.article


def in_brackets(name: str, received_on: date) -> str:
    """The same behind a sentence; nothing where the text of 2005 had none of it."""
    found = cited(name, received_on)
    return f"（{found}）" if found else ""


def ground_article(ground: str, received_on: date) -> str:
    """What a refusal on that ground rests on, for a case received that day."""
    if ground in ("already_handled", "rechecked"):
        return cited("recheck" if ground == "rechecked" else ground, received_on)
    return GROUND_ARTICLE[ground]


class Rules(NamedTuple):
    """Everything an office can set; `clocks` also has `simple`, the completion clock of the simplified procedure."""

    clocks: Mapping[str, ClockRule]
    limits: Mapping[str, Limit]
    reminders: Mapping[str, int]
    settings: Mapping[str, Any]
    targets: Mapping[str, float]
    articles: Mapping[str, Citation]

    def group(self, name: str) -> str:
        """What the office calls a group of units."""
        return str(self.settings.get(f"groups.{name}", name))

    @property
    def roll(self) -> bool:
        """Whether a last day on a day off moves to the next working day (the law is silent; default no)."""
        return bool(self.settings["roll"])


@cache
def statutory() -> Rules:
    """The rules as the package ships them."""
    import tomllib

    table = tomllib.loads((Path(__file__).parent / "rules.toml").read_text("utf-8"))
    return Rules(
        clocks={kind: ClockRule(kind=kind, **row) for kind, row in table["clocks"].items()},
        limits={name: Limit(**row) for name, row in table["limits"].items()},
        reminders=table["reminders"],
        settings=table["settings"],
        targets=table["targets"],
        articles={name: Citation(**row) for name, row in table["articles"].items()},
    )


def with_settings(values: Mapping[str, tuple[Any, str]]) -> Rules:
    """The statutory rules under an office's settings: key → (value, citation)."""
    rules = statutory()
    if not values:
        return rules
    clocks, limits = dict(rules.clocks), dict(rules.limits)
    reminders, settings, targets = dict(rules.reminders), dict(rules.settings), dict(rules.targets)
    for key, (value, citation) in values.items():
        section, _, name = key.partition(".")
        if section == "clocks" and name in clocks:
            clocks[name] = clocks[name]._replace(n=int(value), cited=citation)
        elif section == "limits" and name in limits:
            limits[name] = limits[name]._replace(n=int(value), cited=citation)
        elif section == "reminders":
            reminders[name] = int(value)
        elif section == "targets":
            targets[name] = float(value)
        else:
            settings[key] = value
    return Rules(clocks, limits, reminders, settings, targets, rules.articles)
