"""The figures of a period: what `stats` shows and bulletins print."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinfang_cli.book import figures as counts
from xinfang_cli.law import terms
from xinfang_cli.law.figures import DEFINITIONS, Figures, GroupRow, Rate, clock_rate, rank
from xinfang_cli.office.session import Session

NO_VALUE = "未填"


def stats(
    session: Session,
    first: date,
    last: date,
    *,
    as_of: date | None = None,
    basis: str = "due",
    first_only: bool = False,
    by: tuple[str, ...] = (),
    ranked: bool = False,
) -> Figures:
    """Every figure of figures.md for the period (both days counted), as of a day (today unless given)."""
    with session.reading() as book:
        asked = counts.Asked(first, last, as_of or session.today, basis, first_only, by)
        tables = counts.AsOf(book, asked.as_of)
        found = counts.rates(tables, asked)
        volumes = counts.volumes(tables, asked)
        four, minimum = _ranking_rules(book.conn)
        rows: list[GroupRow] = []
        if by:
            units = counts.unit_names(book.conn)
            rows = _rows(by, found, volumes.rows, units)
    subtotals = _subtotals(rows) if by and by[0] == "unit" else []
    if ranked:
        rank(rows, four, minimum)
        groups = list(dict.fromkeys(row.group for row in rows))
        last_place = len(rows) + 1  # counted inside the key it would be 1: a list being sorted looks empty
        rows.sort(key=lambda row: (groups.index(row.group), row.overall_rank or last_place))
    return Figures(
        first,
        last,
        asked.as_of,
        basis,
        first_only,
        by,
        _complete(_sum(found.values())),
        volumes.total,
        volumes.excluded,
        rows,
        subtotals,
        ranked,
        four,
    )


def _ranking_rules(conn: Any) -> tuple[tuple[str, ...], int]:
    from xinfang_cli.book.settings import current_settings
    from xinfang_cli.law.rules import with_settings

    rules = with_settings(current_settings(conn))
    return tuple(rules.settings["four_rates"]), int(rules.settings["minimum_denominator"])


def _sum(many: Any) -> dict[str, Rate]:
    total: dict[str, Rate] = {}
    for found in many:
        for key, rate in found.items():
            total.setdefault(key, Rate()).add(rate)
    return total


def _complete(found: dict[str, Rate]) -> dict[str, Rate]:
    """Every rate, in the order of the definitions; those nobody counted are 0 over 0."""
    whole = {}
    for key, definition in DEFINITIONS.items():
        empty = clock_rate(0, 0, 0, 0) if definition.clock and key != "participation" else Rate()
        rate = found.get(key, empty)
        if empty.parts is not None and rate.parts is None:
            rate = empty
        whole[key] = rate
    return whole


def _rows(
    by: tuple[str, ...],
    rates: counts.Rates,
    volumes: dict[counts.Key, dict[str, int]],
    units: dict[int, tuple[str, str, int]],
) -> list[GroupRow]:
    keys = set(rates) | set(volumes)
    if by == ("unit",):
        keys |= {(unit,) for unit in units}
    vocabularies = {"channel": terms.CHANNEL, "kind": terms.KIND, "level": terms.LEVEL, "source": terms.SOURCE}

    def name(dimension: str, value: Any) -> str:
        if dimension == "unit":
            return units[value][0] if value in units else terms.NO_UNIT
        if value is None:
            return NO_VALUE
        return vocabularies[dimension].label(value) if dimension in vocabularies else str(value)

    def order(key: counts.Key) -> tuple[Any, ...]:
        places: list[Any] = []
        for dimension, value in zip(by, key, strict=True):
            if dimension == "unit":
                places.append(units[value][2] if value in units else len(units))
            elif dimension in vocabularies:
                known = list(vocabularies[dimension].labels)
                places.append(known.index(value) if value in known else len(known))
            elif dimension == "topic":
                known = list(terms.TOPICS)
                places.append(known.index(value) if value in known else len(known))
            places.append(str(value or "\uffff"))
        return tuple(places)

    rows = []
    for key in sorted(keys, key=order):
        unit = key[by.index("unit")] if "unit" in by else None
        rows.append(
            GroupRow(
                " · ".join(name(dimension, value) for dimension, value in zip(by, key, strict=True)),
                units[unit][1] if unit in units else "",
                _complete(rates.get(key, {})),
                volumes.get(key) or dict(counts.NO_VOLUMES),
                rankable="unit" not in by or unit in units,
            )
        )
    return rows


def _subtotals(rows: list[GroupRow]) -> list[GroupRow]:
    """One row a group of units."""
    made: dict[str, GroupRow] = {}
    for row in rows:
        if not row.group:
            continue
        total = made.setdefault(row.group, GroupRow(row.group, row.group, {}, {}, rankable=False))
        for key, rate in row.rates.items():
            total.rates.setdefault(key, Rate()).add(rate)
        for key, number in row.volumes.items():
            total.volumes[key] = total.volumes.get(key, 0) + number
    return list(made.values())
