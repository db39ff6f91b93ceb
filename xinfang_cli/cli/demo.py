"""`xinfang demo`: a fictional district on 17 July 2023, in a file of its own; with `--city`, a city's week in May."""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from xinfang_cli.cli import output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Json
from xinfang_cli.errors import Refused
from xinfang_cli.office.campaigns import advice, backlog_status, batches, reception_status, roster, visits
from xinfang_cli.office.exchange.importing import run as bulk
from xinfang_cli.office.figures import stats
from xinfang_cli.office.figures.stats import FiguresRequest
from xinfang_cli.office.keeping import settings, units
from xinfang_cli.office.session import Session
from xinfang_cli.present import advice as advice_words
from xinfang_cli.present import backlog as backlog_words
from xinfang_cli.present import machine
from xinfang_cli.present import reception as reception_words
from xinfang_cli.present.figures import record as figures_record
from xinfang_cli.terminal import backlog as campaigns
from xinfang_cli.terminal import reception as receptions
from xinfang_cli.terminal import screen

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}

TODAY = date(2023, 7, 17)
CITY_TODAY = date(2023, 5, 21)


def data_folder() -> Path:
    """Where the example ledger is: in the wheel beside the package's modules, in a checkout at its top."""
    packaged = Path(str(files("xinfang_cli"))) / "data"
    return packaged if packaged.is_dir() else Path(str(files("xinfang_cli"))).parent / "data"


def typed_name() -> str:
    """What to type to call this program: its name, or its path where the name alone would not be found."""
    called = Path(sys.argv[0])
    if shutil.which("xinfang") or called.stem != "xinfang":
        return "xinfang"
    try:
        return str(called.relative_to(Path.cwd()))
    except ValueError:
        return str(called)


def _new_book(session: Session, file: Path | None, today: date, data: Path, name: str) -> tuple[Session, int]:
    """A book of its own from a folder of `data`, as a clerk would make it: units, settings, ledger, batches; with how
    many cases."""
    path = file or Path(tempfile.mkdtemp(prefix="xinfang-demo-")) / name
    if path.exists():
        raise Refused(f"{path} 已经有了", "演示不动现有的文件；换个名字，或不写 --file", code="exists")
    clerk = Session(path, today, session.actor)
    units.add_all(clerk, units.read_file(data / "units.csv"))
    for wanted in settings.read_file(data / "settings.csv"):
        settings.change(clerk, wanted)
    imported = bulk.import_ledger(clerk, data / "ledger.csv")
    batches.from_file(clerk, data / "batches.csv")
    return clerk, imported.imported


def run(session: Session, file: Path | None, as_json: bool) -> None:
    """Build the demonstration book from the example ledger, and show what a morning looks like."""
    from xinfang_cli.cli.morning import desk_of_today
    from xinfang_cli.office.find import morning

    data = data_folder()
    clerk, imported = _new_book(session, file, TODAY, data, "demo.db")
    path = clerk.path
    leaders = roster.read_leaders(data / "leaders.csv")
    roster.make(clerk, roster.RosterRequest(leaders, date(TODAY.year, 1, 1), date(TODAY.year, 7, 31)))
    visits.log_file(clerk, data / "reception.csv")
    advice.standings_from_file(clerk, data / "standing.csv")
    june = stats.stats(clerk, FiguresRequest(date(2023, 6, 1), date(2023, 6, 30), by=("unit",)), ranked=True)
    whole_year = FiguresRequest(date(2023, 1, 1), TODAY)
    so_far = stats.stats(clerk, whole_year._replace(first_only=True))
    everything = stats.stats(clerk, whole_year)
    backlog = backlog_status.status(clerk)
    received = reception_status.status(clerk, date(2023, 1, 1), TODAY)
    standings = advice.standings(clerk)
    if as_json:
        machine.print_json(
            {
                "db": str(path),
                "today": TODAY,
                "imported": imported,
                "month": figures_record(june),
                "year_so_far": figures_record(so_far),
                "year_so_far_all": figures_record(everything),
                "backlog": backlog_words.status_document(backlog),
                "reception": reception_words.status_document(received),
                "standing": advice_words.document(standings),
            }
        )
        return
    screen.say(f"虚构的澄湖区，{imported} 件，案件簿 {path}")
    screen.say()
    screen.say("一、今天的工作台（xinfang）")
    desk_of_today(clerk, False)
    screen.say()
    screen.say("二、已超期（xinfang overdue）")
    late = morning.deadlines(clerk)
    output.show(late)
    screen.say()
    screen.say("三、六月各单位（xinfang stats --month 2023-06 --by unit --rank）")
    output.show(june)
    screen.say()
    screen.say("四、今年以来，初次件（xinfang stats --from 2023-01-01 --to 2023-07-17 --first-only）")
    output.show(so_far)
    screen.say("五、积案（xinfang backlog status）")
    campaigns.head(backlog)
    screen.say("六、领导接访（xinfang reception status）")
    receptions.head(received)
    screen.say("七、在全市的名次（xinfang standing list）")
    for standing in standings.standings:
        screen.say(f"  {advice_words.sentence(standing)}")
    screen.say()
    first = late.lines[0].case_no if late.lines else "1"
    screen.say("接着可以试：")
    _say_next(clerk, f"show {first}", "remind --dry-run", "stats --month 2023-06 --by unit --rank")
    screen.say(f"  {typed_name()} demo --city    一个市的周通报，一万多件")


def run_city(session: Session, file: Path | None, as_json: bool) -> None:
    """Build the book of a fictional city from its ledger, and show its weekly bulletin, counted from the rows."""
    from xinfang_cli.documents import bulletin as bulletins
    from xinfang_cli.formats import markdown
    from xinfang_cli.formats.model import record
    from xinfang_cli.law.periods import period_of
    from xinfang_cli.office.figures import bulletin

    clerk, imported = _new_book(session, file, CITY_TODAY, data_folder() / "city", "city.db")
    week = period_of(CITY_TODAY - timedelta(days=6), CITY_TODAY)
    made = bulletin.bulletin(clerk, week)
    document = bulletins.document(made)
    if as_json:
        machine.print_json(
            {"db": str(clerk.path), "today": CITY_TODAY, "imported": imported, "report": record(document)}
        )
        return
    screen.say(f"虚构的澄川市，{imported} 件，案件簿 {clerk.path}")
    screen.say(f"本周的周通报（xinfang report week {CITY_TODAY}），每个数都数自台账：")
    screen.say()
    screen.say(markdown.text(document).rstrip("\n"))
    screen.say()
    screen.say("接着可以试：")
    last = max(made.total.rows, key=lambda row: row.ranks.get("one_time") or 0).name
    _say_next(
        clerk,
        f"report week {CITY_TODAY} -o 周通报.docx",
        "backlog status",
        f"stats --year 2023 --unit {last} --cases one_time:rest",
    )


@desk.command("demo")
def demo(
    ctx: typer.Context,
    file: Annotated[
        str | None, typer.Option("--file", metavar="文件", help="演示的案件簿放在哪里，默认临时文件夹")
    ] = None,
    city: Annotated[
        bool, typer.Option("--city", help="改看一个市：一万多件的台账，印出初次信访、积案化解情况周通报")
    ] = False,
    json: Json = False,
) -> None:
    """看一个虚构区的演示：另建一个案件簿，导入约一年的台账，显示工作台、超期、当月各率和累计。

    例：xinfang demo
        xinfang demo --city
    """
    (run_city if city else run)(ctx.obj, None if file is None else Path(file).expanduser(), json)


def _say_next(clerk: Session, *commands: str) -> None:
    """What can be typed next, to be pasted as it stands."""
    path = str(clerk.path)
    shown = f'"{path}"' if " " in path else path
    for words in commands:
        screen.say(f"  {typed_name()} --db {shown} --today {clerk.today} {words}")
