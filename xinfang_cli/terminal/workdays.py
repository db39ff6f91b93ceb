"""Working-day arrangements on the screen."""

from __future__ import annotations

from xinfang_cli.office.keeping.workdays import KnownYears, WorkdaysPlan
from xinfang_cli.present import settings
from xinfang_cli.present import workdays as words
from xinfang_cli.terminal import screen


def draw(view: KnownYears | WorkdaysPlan, planned: bool = False) -> None:
    """The known years; a written arrangement, or the clocks moved by a `planned` one."""
    if isinstance(view, WorkdaysPlan) and planned:
        for line in settings.moved_lines(view.moved):
            screen.print_notice(line)
    else:
        screen.print_line(words.sentence(view))
