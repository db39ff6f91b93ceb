"""查阅情况: looks at personal data in a month, by person, count, extent and reason."""

from __future__ import annotations

from datetime import datetime

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.periods import Period
from xinfang_cli.office.find.history import Access, Accesses, accesses
from xinfang_cli.office.session import Session, zone_in


class Looker(NamedTuple):
    """One person's looks in the month, by kind: count, cases in all, accusers seen, missing reasons."""

    actor: str
    os_user: str | None
    what: str
    times: int
    cases: int
    accusations: int
    without_why: int


class AccessMonth(NamedTuple):
    """The looks of a month by person and kind, and each of them, the earliest first."""

    period: Period
    by: tuple[Looker, ...]
    looks: tuple[Access, ...]


def access_month(session: Session, period: Period) -> AccessMonth:
    """The looks of a month by the office's own clock, whatever day a command was told to take for today."""
    with session.reading() as book:
        zone = zone_in(book)
    found: Accesses = accesses(session, None)
    mine = tuple(
        look
        for look in reversed(found.looks)
        if period.first <= datetime.fromisoformat(look.at).astimezone(zone).date() <= period.last
    )
    groups: dict[tuple[str, str | None, str], list[Access]] = {}
    for look in mine:
        groups.setdefault((look.actor, look.os_user, look.what), []).append(look)
    by = tuple(
        Looker(
            *who,
            len(looks),
            sum(look.rows or 0 for look in looks),
            sum(look.accusation for look in looks),
            sum(look.revealed and not look.why for look in looks),
        )
        for who, looks in sorted(groups.items(), key=lambda group: (group[0][0], group[0][2]))
    )
    return AccessMonth(period, by, mine)
