"""The rules in force: each clock, limit and setting with where it comes from."""

from __future__ import annotations

from typing import Any

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.rules import statutory
from xinfang_cli.office.keeping.settings import in_force, registry
from xinfang_cli.office.session import Session


class ClockRuleLine(NamedTuple):
    """A clock's length, for whom, by which article; `n` None for a named day."""

    key: str
    clock: str
    owner: str
    n: int | None
    unit: str
    article: str
    window: bool
    office: bool
    statutory: int | None
    citation: str
    article_2005: str


class LimitLine(NamedTuple):
    """A length of time in force: by law (`statutory`) or by the bureau's setting, with its article."""

    key: str
    name: str
    n: int
    unit: str
    article: str
    statutory: int
    citation: str
    article_2005: str
    office: bool


class OtherLine(NamedTuple):
    """A reminder step, a target or another setting in force."""

    key: str
    name: str
    value: Any
    article: str
    citation: str
    article_2005: str = ""


class RulesInForce(NamedTuple):
    """The rules in force and their sources."""

    clocks: tuple[ClockRuleLine, ...]
    limits: tuple[LimitLine, ...]
    others: tuple[OtherLine, ...]


_WITHOUT_NUMBER = {
    "hearing": ("复核听证的日子", "不计入复核期限：首日、末日和其间各日，开一日扣一日"),
    "no_notice": ("姓名、住址不清的", "不必书面告知，受理告知期限不计"),
    "several_units": ("涉及几个单位的", "定一个牵头，期限和各项率算在牵头单位名下"),
    "recusal": ("与事项或信访人有直接利害关系的", "经办人回避"),
}
"""What the law rules without a number of its own: by its article's name, how it is kept here."""
_LIMITS = {
    "group_visit": "集体访（人）",
    "representatives": "走访代表上限（人）",
}


def rules_in_force(session: Session) -> RulesInForce:
    """The clocks, the limits, and the other settings, each with its article or the office's citation."""
    rules, own = in_force(session)
    legal, known = statutory(), registry()
    clocks = tuple(
        ClockRuleLine(
            f"clocks.{kind}",
            kind,
            rule.owner,
            rule.n if rule.unit != "fixed" else None,
            rule.unit,
            rule.article,
            rule.window,
            rule.office,
            legal.clocks[kind].n if rule.unit != "fixed" else None,
            rule.cited,
            rule.article_2005,
        )
        for kind, rule in rules.clocks.items()
    )
    limits = tuple(
        LimitLine(
            key := f"limits.{name}",
            known[key].name if key in known else _LIMITS.get(name, name),
            limit.n,
            limit.unit,
            limit.article,
            legal.limits[name].n,
            limit.cited,
            limit.article_2005,
            limit.office,
        )
        for name, limit in rules.limits.items()
    )
    others = tuple(
        OtherLine(
            one.key,
            one.name,
            one.read(rules),
            "本局设置" if one.key in own else "默认",
            own[one.key][1] if one.key in own else "",
        )
        for one in known.values()
        if not one.key.startswith(("clocks.", "limits.")) and (one.key.count(".") < 2 or one.key in own)
    )
    told = tuple(
        OtherLine(key, name, how, legal.articles[key].article, "", legal.articles[key].article_2005)
        for key, (name, how) in _WITHOUT_NUMBER.items()
    )
    return RulesInForce(clocks, limits, told + others)
