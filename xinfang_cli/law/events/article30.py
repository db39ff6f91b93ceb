"""Article 30, checked for every event in one place: an accusation never goes to anybody bound to its target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.accused import NEAR, Complained, Relations
from xinfang_cli.law.case import Case, Clearance
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext, EventType, Notice
from xinfang_cli.law.events.checks import refuse
from xinfang_cli.law.rules import in_brackets

_BODIES = ("where",)
_LEADERS = ("lead", "leaders", "leader", "replaced_by")
_WITHOUT_AN_ANSWER = frozenset({"redirect", "lead"})
"""What sends an accusation somewhere though no unit of ours is named: it waits for the answer too. A report to those
above, a request of the petitioner's and a visit that was paid do not wait."""


class Target(NamedTuple):
    """A recipient named by an event: one of our units, or an outside body or leader by name; and its field."""

    field: str
    unit: int | None = None
    body: str = ""
    leader: str = ""


def complained_of(case: Case, now: Mapping[str, Any] | None = None) -> Complained:
    """Whom the case complains of; `now`: as an edit would have it."""
    said = {**vars(case), **(now or {})}
    return Complained(
        said.get("complained_unit"),
        said.get("complained_unit_id"),
        said.get("complained_person"),
        said.get("complained"),
    )


def relations(asked: CheckContext) -> Relations:
    """The office's list of units; nothing but numbers where nobody handed it over."""
    return Relations({}, asked.merged) if asked.related is None else asked.related()


def targets(case: Case, event: Event, declared: EventType) -> Iterator[Target]:
    """Everything an event takes the case to."""
    if event.data.get("ended"):
        return
    for field in declared.fields:
        value = event.data.get(field.name)
        if value is None or (declared.brings and field.name != "replaced_by"):
            continue
        if field.nature == "unit":
            yield Target(field.name, unit=value)
        elif field.name in _BODIES:
            yield Target(field.name, body=value)
        elif field.name in _LEADERS:
            for leader in (value,) if isinstance(value, str) else value:
                yield Target(field.name, leader=leader)
    if declared.goes_to is not None and not declared.brings:
        unit = declared.goes_to(case, event)
        if unit is not None and not any(event.data.get(f.name) == unit for f in declared.fields if f.nature == "unit"):
            yield Target("", unit=unit)


def goes_somewhere(declared: EventType) -> bool:
    """Whether an event takes a case to a unit, a body or a leader, or links it with one that they may have."""
    if declared.brings:
        return any(field.name == "replaced_by" for field in declared.fields)
    named = any(field.nature in ("unit", "case") or field.name in (*_BODIES, *_LEADERS) for field in declared.fields)
    return named or declared.goes_to is not None


def bound(case: Case, target: Target, of: Complained, asked: CheckContext) -> str | None:
    """A recipient's relation to the target, unless cleared of exactly this one; or None."""
    known = relations(asked)
    if target.unit is not None:
        found = known.of_unit(of, target.unit)
    elif target.body:
        found = known.of_name(of, target.body)
    else:
        found = known.of_leader(of, target.leader)
    return None if found is None or _cleared(case, target, found, asked) else found


def _cleared(case: Case, target: Target, relation: str, asked: CheckContext) -> bool:
    same = asked.merged.get
    return any(
        known.relation == relation
        and (
            known.name == (target.body or target.leader)
            if target.unit is None
            else known.unit is not None and same(known.unit, known.unit) == same(target.unit, target.unit)
        )
        for known in case.cleared
    )


def check(case: Case, event: Event, declared: EventType, asked: CheckContext) -> list[Notice]:
    """Refuse to send an accusation to anybody bound to its target, or anywhere before the target is recorded."""
    if case.kind != "accusation":
        return []
    of = complained_of(case)
    return [
        notice
        for target in targets(case, event, declared)
        for notice in _check(case, event, target, of, declared, asked)
    ]


def _check(
    case: Case, event: Event, target: Target, of: Complained, declared: EventType, asked: CheckContext
) -> Iterator[Notice]:
    units = (target.unit,) if target.unit is not None else relations(asked).called(target.body) if target.body else ()
    if not of.answered:
        if not asked.from_sheet and (units or event.kind in _WITHOUT_AN_ANSWER):
            raise refuse(case, *_unanswered(case, declared), code="unanswered", field="complained_unit")
        return
    relation = bound(case, target, of, asked)
    if relation is not None:
        if asked.from_sheet and relation == NEAR:
            yield Notice(
                "near_accused",
                f"{_what(target)}可能要回避；与反映的是同一对象的请立即改派{in_brackets('accused', case.received_on)}",
            )
            return
        raise refuse(
            case,
            f"是检举控告件，不能{declared.label}到{_what(target)}",
            f"请交给有管理权限的纪检监察机关或其他单位{in_brackets('accused', case.received_on)}；为什么，看 ⟦show⟧ 编号 ⟦.accusation⟧ ⟦.why⟧ 事由；"
            "确不是被反映对象的，加 ⟦.not_the_accused⟧ 理由",
            code="accused",
            field=target.field,
            facts={"relation": relation},
        )
    if asked.from_sheet:
        return
    if of.unknown and any(relations(asked).role(unit) == "ordinary" for unit in units):
        raise refuse(
            case,
            f"是检举控告件，被反映的单位、人不明，{declared.label}只能到纪检监察或组织部门",
            "查明了先写：⟦edit⟧ 编号 ⟦.complained_unit⟧ 单位；名单里哪个是纪检监察、组织部门：⟦unit.edit⟧ 单位 ⟦.role⟧ 纪检监察",
            code="unknown_accused",
            field=target.field,
        )
    if of.unit is None and not set(units).isdisjoint(relations(asked).mentioned(case.title)):
        yield Notice(
            "unit_in_text",
            "概况里写到这个单位，被反映的只写了人；反映的就是它的，请改派" + in_brackets("accused", case.received_on),
        )


def _unanswered(case: Case, declared: EventType) -> tuple[str, str]:
    return (
        f"是检举控告件，没有写反映的是谁，不能{declared.label}",
        "先写：⟦edit⟧ 编号 ⟦.complained_unit⟧ 单位，或 ⟦.complained_person⟧ 姓名；问过仍不明的写 ⟦.complained_unknown⟧"
        + in_brackets("accused", case.received_on),
    )


def _what(target: Target) -> str:
    """The recipient alone, without its relation to the target: an attempt reveals only that it is barred."""
    return "这位领导" if target.leader else "这个单位"


def clearance(case: Case, event: Event, declared: EventType, asked: CheckContext) -> list[Event]:
    """The clearances to record first for `--not-the-accused`: one event per barred recipient."""
    if case.kind != "accusation" or event.kind == "not_the_accused":
        return []
    of = complained_of(case)
    found: list[Event] = []
    for target in targets(case, event, declared):
        relation = bound(case, target, of, asked)
        if relation is not None:
            said = {"unit": target.unit, "where": target.body or None, "person": target.leader or None}
            data = {key: value for key, value in said.items() if value is not None} | {"relation": relation}
            if not any(other.data == data for other in found):
                found.append(Event("not_the_accused", event.on, data))
    return found


def check_clearance(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    """There must be something that binds, or a clearance would be a lie in the book."""
    if asked.from_sheet:
        return []
    if case.kind != "accusation":
        raise refuse(case, "不是检举控告件，不必写明不是被反映对象", "直接办理", code="kind")
    target = target_of(event)
    if target is None:
        raise refuse(case, "没有写哪个单位不是被反映对象", "请加 ⟦.unit⟧ 单位", code="missing", field="unit")
    relation = bound(case, target, complained_of(case), asked)
    if relation is None:
        raise refuse(case, "与这个单位没有条例第三十条的牵连，不必写明", "直接办理", code="not_bound")
    event.data["relation"] = relation
    return []


def target_of(event: Event) -> Target | None:
    """Whom a clearance is about."""
    data = event.data
    if data.get("unit") is None and not data.get("where") and not data.get("person"):
        return None
    return Target("unit", data.get("unit"), data.get("where") or "", data.get("person") or "")


def fold_clearance(case: Case, event: Event) -> None:
    """Record that a unit, body or person is not the target (art. 30)."""
    data = event.data
    name = data.get("where") or data.get("person") or ""
    case.cleared = (*case.cleared, Clearance(data.get("unit"), name, data.get("relation", NEAR)))


def holders(case: Case) -> Iterator[Target]:
    """The holders of a case: unit, assisting units, units under orders, batch units, leader in charge."""
    units = {case.unit: "unit"}
    units |= {clock.unit: "assist" for clock in case.clocks if not clock.ended and clock.unit not in units}
    units |= {one.unit: "assist" for one in case.co_units if one.unit not in units}
    units |= {order.unit: "order" for order in case.orders if order.next_step is not None and order.unit not in units}
    for entry in case.batches.values():
        units |= {unit: "batch" for unit in (entry.unit, entry.guard_unit) if unit not in units}
    yield from (Target(field, unit=unit) for unit, field in units.items() if unit is not None)
    if case.lead:
        yield Target("lead", leader=case.lead)


class Standing(NamedTuple):
    """Somebody who has an accusation though article 30 keeps it from him, and how he is bound."""

    target: Target
    relation: str


def against(case: Case, asked: CheckContext, now: Mapping[str, Any] | None = None) -> list[Standing]:
    """Holders of the accusation in conflict with article 30; `now`: with an edit applied."""
    if (now or {}).get("kind", case.kind) != "accusation":
        return []
    of = complained_of(case, now)
    found = ((target, bound(case, target, of, asked)) for target in holders(case))
    return [Standing(target, relation) for target, relation in found if relation is not None]


def stands_against(case: Case, asked: CheckContext) -> list[Standing]:
    """`against`, and units that have the accusation of 不明 though they are there for other things."""
    found = against(case, asked)
    if case.kind == "accusation" and complained_of(case).unknown:
        ordinary = [
            target
            for target in holders(case)
            if target.unit is not None and relations(asked).role(target.unit) == "ordinary"
        ]
        found += [Standing(target, "unknown") for target in ordinary if target not in {one.target for one in found}]
    return found


def why_not_to(case: Case, unit: int | None, asked: CheckContext) -> str | None:
    """Why nothing of the case may be sent to that unit: how it is bound, `unanswered`, `unknown`; None: it may."""
    if case.kind != "accusation" or unit is None:
        return None
    of = complained_of(case)
    if not of.answered:
        return "unanswered"
    relation = bound(case, Target("unit", unit=unit), of, asked)
    if relation is None and of.unknown and relations(asked).role(unit) == "ordinary":
        return "unknown"
    return relation


def keeps_from(case: Case, unit: int, asked: CheckContext) -> str | None:
    """The unit's relation that bars it from the case (article 30), or None."""
    return kept(case, Target("unit", unit=unit), asked)


def kept(case: Case, target: Target, asked: CheckContext) -> str | None:
    """The same of whomever: a unit, a body, a leader."""
    return None if case.kind != "accusation" else bound(case, target, complained_of(case), asked)
