"""The demonstrations on the screen, and what can be typed next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinfang_cli.office.exchange.demo import City, District
from xinfang_cli.present.advice import sentence
from xinfang_cli.terminal import backlog, figures, morning, reception, screen

if TYPE_CHECKING:
    from xinfang_cli.documents.demo import CityWeek


def draw(view: District | CityWeek, called: str = "xinfang") -> None:
    """A district's morning, or the city's week. `called`: how to call this program."""
    if isinstance(view, District):
        _district(view, called)
    else:
        _city(view, called)


def _district(view: District, called: str) -> None:
    screen.print_line(f"虚构的澄湖区，{view.imported} 件，案件簿 {view.db}")
    screen.print_line()
    screen.print_line("一、今天的工作台（xinfang）")
    morning.draw(view.desk)
    screen.print_line()
    screen.print_line("二、已超期（xinfang overdue）")
    morning.draw(view.late)
    screen.print_line()
    screen.print_line("三、六月各单位（xinfang stats --month 2023-06 --by unit --rank）")
    figures.draw(view.month)
    screen.print_line()
    screen.print_line("四、今年以来，初次件（xinfang stats --from 2023-01-01 --to 2023-07-17 --first-only）")
    figures.draw(view.year_so_far)
    screen.print_line("五、积案（xinfang backlog status）")
    backlog.head(view.backlog)
    screen.print_line("六、领导接访（xinfang reception status）")
    reception.head(view.reception)
    screen.print_line("七、在全市的名次（xinfang standing list）")
    for standing in view.standing.standings:
        screen.print_line(f"  {sentence(standing)}")
    screen.print_line()
    first = view.late.lines[0].case_no if view.late.lines else "1"
    screen.print_line("接着可以试：")
    _say_next(view, called, f"show {first}", "remind --dry-run", "stats --month 2023-06 --by unit --rank")
    screen.print_line(f"  {called} demo --city    一个市的周通报，一万多件")


def _city(view: CityWeek, called: str) -> None:
    from xinfang_cli.formats import markdown

    city = view.city
    screen.print_line(f"虚构的澄川市，{city.imported} 件，案件簿 {city.db}")
    screen.print_line(f"本周的周通报（xinfang report week {city.today}），每个数都数自台账：")
    screen.print_line()
    screen.print_line(markdown.text(view.made).rstrip("\n"))
    screen.print_line()
    screen.print_line("接着可以试：")
    _say_next(
        city,
        called,
        f"report week {city.today} -o 周通报.docx",
        "backlog status",
        f"stats --year 2023 --unit {city.last} --cases one_time:rest",
    )


def _say_next(view: District | City, called: str, *commands: str) -> None:
    """Suggest the next commands, ready to paste."""
    path = str(view.db)
    shown = f'"{path}"' if " " in path else path
    for words in commands:
        screen.print_line(f"  {called} --db {shown} --today {view.today} {words}")
