"""Likely duplicates: the same ID number; the same name and phone; the same words in the title from the same place
within 90 days. Only ever told, never acted upon."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from datetime import date, timedelta
from json import loads

from xinfang_cli.book.lines import CaseInBrief
from xinfang_cli.book.matching import Likely, Seen
from xinfang_cli.book.part import Part
from xinfang_cli.law.terms import DUPLICATE_DAYS
from xinfang_cli.law.texts import is_masked, is_telling, is_telling_phone, title_key

_EARLIER = "c.kind <> 'accusation' AND (c.received_on < :day OR (c.received_on = :day AND (:id = 0 OR c.id < :id)))"
_SAME_PERSON = f"""SELECT p.case_id, CASE WHEN p.id_no = :id_no THEN 'id_no' ELSE 'name_phone' END FROM people p
JOIN cases c ON c.id = p.case_id WHERE p.case_id IN (SELECT case_id FROM people WHERE id_no = :id_no
UNION SELECT case_id FROM people WHERE name = :name AND phone = :phone) AND {_EARLIER}
ORDER BY c.received_on DESC, p.case_id DESC LIMIT :most"""
_SAME_PLACE = f"""SELECT c.id, coalesce(c.written_title, c.title) FROM cases c INDEXED BY cases_region WHERE c.region = :region
AND c.received_on >= :since AND c.received_on <= :day AND {_EARLIER} ORDER BY c.received_on DESC, c.id DESC"""


_NEW = """SELECT c.id, c.received_on, coalesce(c.written_title, c.title), c.region, p.name, p.id_no, p.phone FROM cases c
LEFT JOIN people p ON p.case_id = c.id WHERE c.id >= ? AND c.repeat = 0 AND c.kind <> 'accusation' ORDER BY c.id"""


NOT_ACCUSED = " AND kind <> 'accusation'"
# The case before, of the same petitioner, in the order they were received.
_PEOPLE = """SELECT case_id, before, name, id_no, phone FROM (SELECT p.case_id, p.name, p.id_no, p.phone, c.repeat, c.excluded, c.received_on AS day,
lag(p.case_id) OVER (PARTITION BY {same} ORDER BY c.received_on, c.id) AS before
FROM people p CROSS JOIN cases c ON c.id = p.case_id WHERE {there}{open}) n
WHERE before IS NOT NULL AND repeat = 0 AND excluded = 0"""


class Duplicates(Part):
    """Cases that are likely of the same matter or the same person."""

    def of_case(self, case: Seen, most: int = 5) -> list[Likely]:
        """The likely earlier cases of one, those of the same petitioner first, the latest first."""
        asked = {"id": case.id, "day": case.received_on, "most": most}
        asked |= {"id_no": case.id_no if is_telling(case.id_no) else None}
        whole = not is_masked(case.name or "") and is_telling_phone(case.phone)
        asked |= {"name": case.name, "phone": case.phone if whole else None}
        found = {row[0]: Likely(case.id, *row) for row in self.conn.execute(_SAME_PERSON, asked)}
        key = title_key(case.title)
        if key and case.region and len(found) < most:
            since = date.fromisoformat(case.received_on) - timedelta(days=DUPLICATE_DAYS)
            for other, title in self.conn.execute(
                _SAME_PLACE, asked | {"region": case.region, "since": since.isoformat()}
            ):
                if other not in found and title_key(title) == key:
                    found[other] = Likely(case.id, other, "title")
                    if len(found) >= most:
                        break
        return list(found.values())

    def of_new(self, first: int) -> Iterator[Likely]:
        """The likeliest earlier case for each new case from that id on, known repeats left out."""
        for row in self.conn.execute(_NEW, (first,)):
            yield from self.of_case(Seen(*row), 1)

    def everywhere(self, *, accusations: bool, first: int = 0) -> Iterator[Likely]:
        """Every case that is no known repeat with the latest earlier one, ground by ground; a pair may come twice.

        Accusations are left out unless asked for: who made one is not to be told (art. 30).
        """
        hidden = "" if accusations else NOT_ACCUSED
        for ground, same, there in (
            ("id_no", "p.id_no", "p.id_no IS NOT NULL"),
            ("name_phone", "p.name, p.phone", "p.name IS NOT NULL AND p.phone IS NOT NULL"),
        ):
            rows = self.conn.execute(_PEOPLE.format(same=same, there=there, open=hidden))
            for case_id, before, name, id_no, phone in rows:
                tells = is_telling(id_no) if ground == "id_no" else is_telling_phone(phone) and not is_masked(name)
                if case_id >= first and tells:
                    yield Likely(case_id, before, ground)
        yield from self._titles(accusations, first)

    def _titles(self, accusations: bool, first: int) -> Iterator[Likely]:
        """Place by place in the order of days, remembering the titles of the last 90.

        Every row is wanted: reading them as they lie and sorting takes half the time of fetching each by the index.
        """
        place: str | None = None
        seen: OrderedDict[str, tuple[str, int]] = OrderedDict()
        for case_id, region, day, title, repeat in self.conn.execute(
            "SELECT id, region, received_on, coalesce(written_title, title), repeat + excluded FROM cases NOT INDEXED WHERE region IS NOT NULL"
            f"{'' if accusations else NOT_ACCUSED} ORDER BY region, received_on, id"
        ):
            if region != place:
                place = region
                seen.clear()
            since = (date.fromisoformat(day) - timedelta(days=DUPLICATE_DAYS)).isoformat()
            while seen and next(iter(seen.values()))[0] < since:
                seen.popitem(last=False)
            key = title_key(title)
            if not key:
                continue
            before = seen.pop(key, None)
            seen[key] = (day, case_id)
            if before is not None and not repeat and case_id >= first:
                yield Likely(case_id, before[1], "title")

    def are_related(self, one: int, other: int) -> bool:
        """Whether somebody has already said that two cases are related."""
        rows = self.conn.execute(
            "SELECT case_id, body FROM events WHERE case_id IN (?, ?) AND kind = 'relate' AND NOT EXISTS (SELECT 1 FROM "
            "events r WHERE r.case_id = events.case_id AND r.kind = 'revoke' AND json_extract(r.body, '$.event') = events.seq)",
            (one, other),
        )
        return any(loads(body).get("to") == (other if case_id == one else one) for case_id, body in rows)

    def briefly(self, case_id: int) -> CaseInBrief:
        """A case in a few words."""
        sql = "SELECT case_no, title, stage, received_on FROM cases WHERE id = ?"
        return CaseInBrief(*self.conn.execute(sql, (case_id,)).fetchone())
