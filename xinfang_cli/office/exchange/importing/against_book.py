"""A row about a case of the book: what it says more than the book, or against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from xinfang_cli.book.engine import Known
from xinfang_cli.book.face import Book
from xinfang_cli.errors import next_step
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.headings import CANONICAL, Layout
from xinfang_cli.intake.rows import INTAKE, LedgerRow, day_text
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.registry import EVENT, PRIVATE_FIELDS
from xinfang_cli.law.fold import fold, in_force
from xinfang_cli.office.exchange.importing.identify import Identities, RowFate, UnitWords
from xinfang_cli.office.exchange.row_plan import Plan, Planned, RowRefused, plan_row
from xinfang_cli.office.exchange.whole_cases import plan_whole
from xinfang_cli.office.find.redacting import is_closed


def _on(step: Planned) -> date:
    return step.event.on


class Compared(NamedTuple):
    """A row's additions to the book: the events to append, in order of their days."""

    missing: list[Planned]
    says: list[str]


class InBook(NamedTuple):
    """A case of the book as it stands."""

    id: int
    events: list[Event]
    case: Case


Namer = Callable[[int], str]


def compare(row: LedgerRow, plan: Plan, events: Sequence[Event], case: Case, today: date, unit_name: Namer) -> Compared:
    """Hold a row against a case of the book. RowRefused where it contradicts it.

    A value that the book once had and that was since corrected is no contradiction: the sheet is merely older.
    """
    found = _Comparison(row, list(events), case, today, unit_name)
    found.intake()
    for step in plan.steps()[1:]:
        found.step(step)
    found.missing.sort(key=_on)
    return Compared(found.missing, found.says)


class _Comparison:
    def __init__(self, row: LedgerRow, events: list[Event], case: Case, today: date, unit_name: Namer) -> None:
        self.row = row
        self.said = row.said
        self.events = events
        self.standing = in_force(events)
        self.case = case
        self.today = today
        self.unit_name = unit_name
        self.missing: list[Planned] = []
        self.says: list[str] = []

    def untold(self, field: str) -> bool:
        """For accusations: a contradicting sheet is answered the same as an agreeing one (art. 30)."""
        return self.case.kind == "accusation" and is_closed(field)

    def more(self, event: Event, field: str, text: str) -> None:
        self.missing.append(Planned(event, field))
        self.says.append(text)

    def against(self, field: str, sheet: object, book: object) -> RowRefused:
        if (
            field in PRIVATE_FIELDS
        ):  # what the book says of a person, or somebody wrote, is not told to who holds a sheet
            return RowRefused(
                field, f"表中{CANONICAL.get(field, '被反映单位')}与案件簿不同。请核对；要改案件簿用 {next_step('edit')}"
            )
        return RowRefused(
            field,
            f"表中{CANONICAL.get(field, '被反映单位')}是「{_shown(field, sheet)}」，案件簿是「{_shown(field, book)}」。"
            f"请核对；要改案件簿用 {next_step('edit')} 或 {next_step('correct')}",
        )

    def once(self, field: str) -> set[Any]:
        """Former values of an intake field in this case."""
        values = {self.events[0].data.get(field)}
        for event in self.events:
            if event.kind == "edit":
                for key in ("was", "changed_from"):
                    if field in event.data.get(key, {}):
                        values.add(event.data[key][field])
            elif event.kind == "correct" and event.data["event"] == self.events[0].seq:
                values.add(event.data.get("was", {}).get(field))
        return values

    def intake(self) -> None:
        said, case = self.said, self.case
        if said["received_on"] != case.received_on and said["received_on"] != self.events[0].on:
            raise self.against("received_on", said["received_on"], case.received_on)
        new = self.new_intake()
        if case.repeat and said.get("repeat_mark") == "first" and self.events[0].data.get("repeat"):
            raise self.against("repeat_mark", "初次", "重复")
        if said.get("repeat_mark") == "repeat" and not case.repeat and "repeat_of" not in said:
            new["repeat"] = True
        if new:
            data: dict[str, Any] = {
                "set": {k: v for k, v in new.items() if k not in PRIVATE_FIELDS},
                "was": {k: getattr(case, k) for k in new if k not in PRIVATE_FIELDS},
            }
            if private := {k: v for k, v in new.items() if k in PRIVATE_FIELDS}:
                data["changes"] = private
                data["changed_from"] = {k: getattr(case, k) for k in private}
            self.missing.append(Planned(Event("edit", self.today, data), next(iter(new))))
            told = {
                k: "（表中有）" if k in PRIVATE_FIELDS else _shown(k, v)
                for k, v in new.items()
                if k != "repeat" and v is not None
            }
            self.says += [f"{CANONICAL.get(k, '被反映单位')} {value}" for k, value in told.items()]
            self.says += ["初重件 重复"] if "repeat" in new else []

    def new_intake(self) -> dict[str, Any]:
        """Intake columns of the row missing in the book."""
        said, case = self.said, self.case
        register = self.standing[0]
        new: dict[str, Any] = {}
        for field in INTAKE:
            if field not in said or said[field] == getattr(case, field):
                continue
            if register.data.get(field) in (None, "unstated"):  # a sheet said nothing of who is complained of
                new[field] = said[field]
            elif field in _OUTSIDE:
                new[field] = said[field]  # the superior gave more time
            elif field in self.row.written and self.row.written[field] == register.data.get(field):
                continue  # an older book has the cell as it stood
            elif field == "kind" and said[field] in terms.APPEALS and case.kind == "appeal":
                continue  # 申诉求决 says no more, and nothing else
            elif said[field] not in self.once(field) and not self.untold(field):
                raise self.against(field, said[field], getattr(case, field))
        if case.complained and not new.keys().isdisjoint(("complained_unit", "complained_person")):
            new["complained"] = None  # it is said now
        return new

    def step(self, step: Planned) -> None:
        arm = getattr(self, f"_{step.event.kind}", None)
        if arm is not None:
            arm(step)
        else:
            self._dated(step)

    def _same_kind(self, kind: str) -> list[Event]:
        return [event for event in self.standing if event.kind == kind]

    def _dated(self, step: Planned) -> Event | None:
        """The book's event of that kind and day; None if the row adds something, or repeats a superseded value."""
        event = step.event
        mine = self._same_kind(event.kind)
        for other in mine:
            if other.on == event.on:
                return other
        if not mine:
            self.more(event, step.field, f"{CANONICAL[step.field]} {event.on.isoformat()}")
        elif not any(other.kind == event.kind and other.on == event.on for other in self.events):
            raise self.against(step.field, event.on, mine[-1].on)
        return None

    def _assign(self, step: Planned) -> None:
        event = step.event
        mine = self._same_kind("assign")
        if mine and not any(other.data["unit"] == event.data["unit"] for other in mine):
            raise self.against("unit", self.unit_name(event.data["unit"]), self.unit_name(mine[-1].data["unit"]))
        same = self._dated(step)
        wanted = event.data.get("feedback_by")
        if same is not None and wanted is not None and same.data.get("feedback_by") != wanted:
            if same.data.get("feedback_by") is not None:
                raise self.against("feedback_by", wanted, same.data["feedback_by"])
            self._set(same, "feedback_by", wanted)

    def _assist(self, step: Planned) -> None:
        if not any(event.kind == "assist" and event.data["unit"] == step.event.data["unit"] for event in self.events):
            self.more(step.event, step.field, f"协办 {self.unit_name(step.event.data['unit'])}")

    def _set(self, target: Event, key: str, value: Any) -> None:
        """Add a field to an event of the book."""
        data = {"event": target.seq, "was_on": target.on.isoformat(), "reason": "导入的表补充"}
        data |= {"set": {key: value}, "was": {key: target.data.get(key)}}
        self.more(Event("correct", self.today, data), key, f"{CANONICAL[key]} {_shown(key, value)}")

    def _accept(self, step: Planned) -> None:
        if self.case.acceptance_missing:  # 缺受理: what comes now goes into its place
            step.event.data["late_entry"] = True
        same = self._dated(step)
        told = self.said.get("told_on")
        if same is None or told is None or same.data.get("told_on", same.on) == told:
            return
        if same.data.get("told_on", same.on) != same.on:
            raise self.against("told_on", told, same.data["told_on"])
        self._set(same, "told_on", told)

    def _co_handle(self, step: Planned) -> None:
        unit = step.event.data["unit"]
        if not any(event.data["unit"] == unit for event in self._same_kind("co_handle")):
            self.more(step.event, "co_unit", f"{CANONICAL['co_unit']} {self.unit_name(unit)}")

    def _extend(self, step: Planned) -> None:
        days, have = step.event.data["days"], self.case.extended_days
        if days < have:
            raise self.against("extended_days", days, have)
        if days > have:
            step.event.data["days"] = days - have
            self.more(step.event, "extended_days", f"延期天数 {days}")

    def _close(self, step: Planned) -> None:
        same = self._dated(step)
        if same is None:
            return
        outcome, have = self.said.get("outcome"), same.data.get("outcome")
        if outcome is not None and outcome != have:
            if have not in (None, "unstated"):
                raise self.against("outcome", outcome, have)
            self._set(same, "outcome", outcome)
        delivered = self.said.get("delivered_on")
        if delivered is None or delivered == self.case.delivered_on or delivered == same.data.get("delivered_on"):
            return
        if self.case.delivered_on is not None:
            raise self.against("delivered_on", delivered, self.case.delivered_on)
        self.more(Event("deliver", delivered), "delivered_on", f"送达日期 {delivered.isoformat()}")

    def _rate(self, step: Planned) -> None:
        event, case = step.event, self.case
        new = {}
        for field in ("unit_rating", "bureau_rating"):
            wanted, have = event.data.get(field), getattr(case, field)
            if wanted is None or wanted == have:
                continue
            since = case.unit_rated_on if field == "unit_rating" else case.bureau_rated_on
            if have is not None and since is not None and event.on <= since:
                if any(e.kind == "rate" and e.data.get(field) == wanted and e.on == event.on for e in self.events):
                    continue
                raise self.against(field, wanted, have)
            new[field] = wanted
        if new:
            text = "、".join(f"{CANONICAL[field]} {_shown(field, value)}" for field, value in new.items())
            self.more(Event("rate", event.on, new), step.field, text)

    def _lead(self, step: Planned) -> None:
        wanted = step.event.data["lead"]
        if wanted == self.case.lead:
            return
        if self.case.lead is None:
            self.more(step.event, "lead", f"包案领导 {wanted}")
        elif not self.untold("lead") and not any(e.kind == "lead" and e.data["lead"] == wanted for e in self.events):
            raise self.against("lead", wanted, self.case.lead)

    def _join(self, step: Planned) -> None:
        batch = step.event.data["batch"]
        if batch not in self.case.batches:
            self.more(step.event, "batch", f"积案批次 {batch}")

    def _resolve(self, step: Planned) -> None:
        entry = self.case.batches.get(step.event.data["batch"])
        if entry is not None and entry.resolved_on is not None:
            if entry.resolved_on != step.event.on:
                raise self.against("resolved_on", step.event.on, entry.resolved_on)
            return
        self.more(step.event, "resolved_on", f"化解日期 {step.event.on.isoformat()}")

    def _review_result(self, step: Planned) -> None:
        same = self._dated(step)
        if same is not None and same.data["result"] != step.event.data["result"]:
            raise self.against("review_result", step.event.data["result"], same.data["result"])


_OUTSIDE = ("outside_acceptance_due", "outside_completion_due")
_LABELS = {
    "channel": terms.CHANNEL,
    "kind": terms.KIND,
    "complained": terms.COMPLAINED,
    "outcome": terms.OUTCOME,
    "unit_rating": terms.RATING,
    "bureau_rating": terms.RATING,
    "review_result": terms.RESULT,
}


def _shown(field: str, value: object) -> str:
    if value is None:
        return "空"
    vocabulary = _LABELS.get(field)
    text = vocabulary.label(str(value)) if vocabulary is not None else day_text(value)
    if field == "crossing":
        text = terms.crossing_label(str(value))
    return text if len(text) <= 30 else text[:30] + "…"


# ---- the whole row ----------------------------------------------------------------------------------------------


class AgainstBook:
    """Rows of cases that the book has, held against it."""

    def __init__(
        self, book: Book, ids: Identities, words: UnitWords, today: date, number_of: Callable[[int], str]
    ) -> None:
        self.book = book
        self.code = book.code
        self.ids = ids
        self.words = words
        self.today = today
        self.number_of = number_of

    def in_book(self, case_id: int) -> InBook:
        """The case as the book has it, with its events."""
        events = self.book.events.of(case_id)
        case = fold(events, self.code)
        assert case is not None
        return InBook(case_id, events, case)

    def compare(self, fate: RowFate, there: InBook, layout: Layout, *, on_receipt: bool) -> Compared:
        """The row's additions to the book; RowRefused for a contradiction, or for another case's number."""
        row = fate.row
        said = row.said
        if (outside := said.get("external_no")) is not None:
            owner = self.ids.known.outside.get(outside)
            if owner is not None and owner.id != there.id:
                raise RowRefused("external_no", f"外部编号「{outside}」已用于 {self.number_of(owner.id)}。请核对")
        row = row._replace(said=self.by_our_names(said))
        if "history" in said:
            plan, _ = plan_whole(row, layout, self.words.named)
            kept = {(event.kind, event.on) for event in there.events}
            missing = [Planned(event, "history") for event in plan.events[1:] if (event.kind, event.on) not in kept]
            says = [f"{EVENT.label(step.event.kind)} {step.event.on.isoformat()}" for step in missing]
            found = Compared(missing, says)
        else:
            plan = plan_row(row, layout, self.words.of(said), assign_on_receipt=on_receipt)
            found = compare(row, plan, there.events, there.case, self.today, self.words.name)
        if (original := said.get("repeat_of")) is not None:
            self.compare_original(row, original, there, found)
        return found

    def by_our_names(self, said: dict[str, Any]) -> dict[str, Any]:
        """Topic and place as the office's lists have them, nothing made."""
        ours = {}
        if (word := said.get("topic")) is not None:
            ours["topic"] = self.book.units.find_topic(word) or word
        if (word := said.get("region")) is not None:
            ours["region"] = self.book.units.find_region(word) or word
        return said | ours

    def compare_original(self, row: LedgerRow, original: str, there: InBook, found: Compared) -> None:
        """Hold the original that a row names against the one in the book."""
        case = there.case
        target = self.ids.original_of(original)
        if target is not None and target.id == there.id:
            raise RowRefused("repeat_of", f"原登记编号「{original}」是本件自己。请写原来那件的编号")
        if case.kind == "accusation" and (case.repeat_of is not None or case.repeat_of_no is not None):
            return  # whether the sheet is right is not told
        if case.repeat_of is not None:
            if target is not None and (
                target.id == case.repeat_of or any(event.data.get("repeat_of") == target.id for event in there.events)
            ):
                return
            told = not self.book.cases.accusations_among([case.repeat_of])
            book_says = self.number_of(case.repeat_of) if told else "另一件"
            raise RowRefused(
                "repeat_of",
                f"表中原登记编号是「{original}」，案件簿是「{book_says}」。请核对；要改用 {next_step('link')}",
            )
        text = f"原登记编号 {original}"
        if target is None:
            if case.repeat_of_no is None:
                new = {"repeat": True, "repeat_of_no": original}
                data = {"set": new, "was": {"repeat": case.repeat, "repeat_of_no": None}}
                found.missing.append(Planned(Event("edit", self.today, data), "repeat_of"))
                found.says.append(text)
            elif case.repeat_of_no != original:
                raise RowRefused(
                    "repeat_of", f"表中原登记编号是「{original}」，案件簿是「{case.repeat_of_no}」。请核对"
                )
            return
        check_order(row, original, target)
        if there.id in self.book.bulk.originals(target.id):
            raise RowRefused("repeat_of", f"{original} 已写作本件的重复件，不能互为重复。请核对哪一件在先")
        found.missing.append(Planned(Event("link", case.received_on, {"repeat_of": target.id}), "repeat_of"))
        found.says.append(text)


def check_order(row: LedgerRow, original: str, known: Known) -> None:
    """A repeat is not received before its original."""
    if "history" in row.said:  # a received day that was set right may have crossed the other
        return
    received = row.said["received_on"].isoformat()
    if known.received_on > received:
        raise RowRefused(
            "repeat_of",
            f"本件收到于 {received}，早于原件 {original} 的 {known.received_on}。重复件不能早于原件，写反了请对调",
        )
