"""The fictional city's week as a view: its bulletin is a document."""

from __future__ import annotations

from typing import Any

from xinfang_cli.documents import bulletin as bulletins
from xinfang_cli.formats.model import Document, record
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.exchange.demo import City


class CityWeek(NamedTuple):
    """The city, and its bulletin as a document."""

    city: City
    made: Document


def week_of(city: City) -> CityWeek:
    """The weekly bulletin of the demonstration city."""
    return CityWeek(city, bulletins.document(city.bulletin))


def document(view: CityWeek) -> dict[str, Any]:
    """The JSON of `demo --city`."""
    city = view.city
    return {"db": str(city.db), "today": city.today, "imported": city.imported, "report": record(view.made)}
