"""The sheet of a dispatch meeting (调度会): what each unit has on its desk, what was promised, room for the result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.book.sql import backlog
from xinfang_cli.book.sql.counts import AsOf
from xinfang_cli.errors import NotFound
from xinfang_cli.law import terms
from xinfang_cli.law.backlog import Batch
from xinfang_cli.office.campaigns.batches import state_of
from xinfang_cli.office.find.lists import Asked, resolved
from xinfang_cli.office.find.redacting import titles_for
from xinfang_cli.office.session import Session

# The clocks that somebody promised or was ordered to keep.
PROMISES = ("feedback", "assistance", "fulfilment", "redo", "supervision", "order")


def rows(session: Session, asked: Asked, numbers: Sequence[str] = ()) -> list[dict[str, Any]]:
    """One row a case, by unit in the office's order, then nearest due first. Of a batch, those not resolved.

    No petitioner's name stands there, and an accusation by its number alone: its matter is not for the table of a meeting
    (art. 30).
    """
    with session.reading() as book:
        if numbers:
            ids = dict.fromkeys(book.cases.find(number)[0] for number in numbers)
            listed = [book.lists.one(case_id, session.today)._asdict() for case_id in ids]
        else:
            listed = [case._asdict() for case in book.lists.listed(resolved(book, asked), session.today)]
        known = book.backlog.batches()
        batches: dict[str, list[str]] = {}
        done = set()
        for entry in backlog.entries(AsOf(book, session.today), session.today, None):
            state = state_of(entry, known.get(entry.batch, Batch(entry.batch)))
            if state == "resolved":
                if entry.batch == asked.chosen.batch:
                    done.add(entry.case_no)
            else:
                batches.setdefault(entry.case_no, []).append(entry.batch)
        listed = [row for row in listed if row["case_no"] not in done]
        if not listed:
            raise NotFound("没有符合条件的件", "先用 xinfang list 看看条件")
        case_ids = [book.cases.find(row["case_no"])[0] for row in listed]
        titles = titles_for(book, [{**row, "case_id": id} for row, id in zip(listed, case_ids, strict=True)], "public")
        listed = [{**row, "title": title} for row, title in zip(listed, titles, strict=True)]
        promised = book.cases.clocks_of(case_ids, PROMISES)
        places = {name: place for name, _, place in book.units.places().values()}
    listed.sort(key=lambda row: (places.get(row["unit"], len(places)), row["due_on"] or "9999", row["case_no"]))
    return [
        {
            "unit": row["unit"] or terms.NO_UNIT,
            "case_no": row["case_no"],
            "title": "检举控告件" if row["kind"] == "accusation" else row["title"],
            "received_on": row["received_on"],
            "stage": row["stage"],
            "clock": row["next_clock"],
            "due_on": row["due_on"],
            "days_left": row["days_left"],
            "lead": row["lead"],
            "batches": batches.get(row["case_no"], []),
            "promised": [{"clock": kind, "due_on": due} for kind, due in promised.get(row["case_no"], [])],
        }
        for row in listed
    ]
