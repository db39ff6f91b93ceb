"""The numbers in force: the law's from law.numbers, the office's from its settings, each with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.numbers import ARTICLES, CLOCKS, LIMITS, REMINDERS, SETTINGS, TARGETS, Citation, ClockRule, Limit
from xinfang_cli.law.terms import GROUND_ARTICLE

DATED = "targets."
"""The settings that hold from a day: what was wanted later stands in no report of an earlier period."""
IN_FORCE_2022 = date(2022, 5, 1)
"""From that day on the regulation of 2022 (信访工作条例, art. 50); what came before carries the articles of 2005."""


def article_of(rule: ClockRule | Limit, received_on: date) -> str:
    """The article of a number for a case received that day, statutory or set by the office."""
    if rule.article_2005 and received_on < IN_FORCE_2022:
        return rule.article_2005
    return rule.article


def cited(name: str, received_on: date) -> str:
    """The article for a case received that day; "" if absent in the 2005 text."""
    found = statutory().articles[name]
    return found.article_2005 if received_on < IN_FORCE_2022 else found.article


def in_brackets(name: str, received_on: date) -> str:
    """The same behind a sentence; nothing where the text of 2005 had none of it."""
    found = cited(name, received_on)
    return f"（{found}）" if found else ""


def ground_article(ground: str, received_on: date) -> str:
    """The article behind a ground of refusal, for a case received that day."""
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
        """The office's name of a group."""
        return str(self.settings.get(f"groups.{name}", name))

    @property
    def roll(self) -> bool:
        """Whether a last day on a day off moves to the next working day (the law is silent; default no)."""
        return bool(self.settings["roll"])


_STATUTORY = Rules(CLOCKS, LIMITS, REMINDERS, SETTINGS, TARGETS, ARTICLES)


def statutory() -> Rules:
    """The rules as the package ships them."""
    return _STATUTORY


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
