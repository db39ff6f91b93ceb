"""A fictional district on 17 July 2023, or a city's week in May: a book of its own, made as a clerk would make it."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

from xinfang_cli.errors import Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.figures.definitions import Figures
from xinfang_cli.law.periods import period_of
from xinfang_cli.office.campaigns import advice, backlog_status, batches, reception_status, roster, visits
from xinfang_cli.office.campaigns.advice import StandingList
from xinfang_cli.office.campaigns.backlog_status import BatchStatus
from xinfang_cli.office.campaigns.reception_status import ReceptionStatus
from xinfang_cli.office.exchange.importing import run as importing
from xinfang_cli.office.figures import bulletin, stats
from xinfang_cli.office.figures.bulletin import Bulletin
from xinfang_cli.office.figures.stats import FiguresRequest
from xinfang_cli.office.find import morning
from xinfang_cli.office.find.morning import Deadlines, Desk
from xinfang_cli.office.keeping import settings, units
from xinfang_cli.office.session import Session

TODAY = date(2023, 7, 17)
CITY_TODAY = date(2023, 5, 21)


class District(NamedTuple):
    """A district's morning."""

    db: Path
    today: date
    imported: int
    desk: Desk
    late: Deadlines
    month: Figures
    year_so_far: Figures
    year_so_far_all: Figures
    backlog: BatchStatus
    reception: ReceptionStatus
    standing: StandingList


class City(NamedTuple):
    """The city's week, and the unit that is last in it."""

    db: Path
    today: date
    imported: int
    bulletin: Bulletin
    last: str


def data_folder() -> Path:
    """The folder of the example ledger: in the wheel beside the modules, in a checkout at its top."""
    packaged = Path(str(files("xinfang_cli"))) / "data"
    return packaged if packaged.is_dir() else Path(str(files("xinfang_cli"))).parent / "data"


def district(session: Session, file: Path | None) -> District:
    """Build the district's book from its ledger, and look at it on its day."""
    data = data_folder()
    clerk, imported = _new_book(session, file, TODAY, data, "demo.db")
    leaders = roster.read_leaders(data / "leaders.csv")
    roster.make(clerk, roster.RosterRequest(leaders, date(TODAY.year, 1, 1), date(TODAY.year, 7, 31)))
    visits.log_file(clerk, data / "reception.csv")
    advice.standings_from_file(clerk, data / "standing.csv")
    june = FiguresRequest(date(2023, 6, 1), date(2023, 6, 30), by=("unit",))
    whole_year = FiguresRequest(date(2023, 1, 1), TODAY)
    return District(
        clerk.place.file,
        TODAY,
        imported,
        morning.desk(clerk),
        morning.deadlines(clerk),
        stats.stats(clerk, june, ranked=True),
        stats.stats(clerk, whole_year._replace(first_only=True)),
        stats.stats(clerk, whole_year),
        backlog_status.status(clerk),
        reception_status.status(clerk, date(2023, 1, 1), TODAY),
        advice.standings(clerk),
    )


def city(session: Session, file: Path | None) -> City:
    """Build the city's book from its ledger, and its bulletin of the week, counted from the rows."""
    clerk, imported = _new_book(session, file, CITY_TODAY, data_folder() / "city", "city.db")
    made = bulletin.bulletin(clerk, period_of(CITY_TODAY - timedelta(days=6), CITY_TODAY))
    last = max(made.total.rows, key=lambda row: row.ranks.get("one_time") or 0).name
    return City(clerk.place.file, CITY_TODAY, imported, made, last)


def _new_book(session: Session, file: Path | None, today: date, data: Path, name: str) -> tuple[Session, int]:
    """A book from a folder of `data`: units, settings, ledger, batches; with how many cases."""
    path = file or Path(tempfile.mkdtemp(prefix="xinfang-demo-")) / name
    if path.exists():
        raise Refused(f"{path} 已经有了", "演示不动现有的文件；换个名字，或不写 ⟦.file⟧", code="exists")
    clerk = Session(path, today, session.actor)
    units.add_all(clerk, units.read_file(data / "units.csv"))
    for wanted in settings.read_file(data / "settings.csv"):
        settings.change(clerk, wanted)
    imported = importing.import_ledger(clerk, data / "ledger.csv")
    batches.from_file(clerk, data / "batches.csv")
    return clerk, imported.imported
