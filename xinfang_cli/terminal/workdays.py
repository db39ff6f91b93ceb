"""Working-day arrangements on the screen."""

from __future__ import annotations

from xinfang_cli.office.keeping.workdays import KnownYears, WorkdaysPlan
from xinfang_cli.present import settings
from xinfang_cli.present import workdays as words
from xinfang_cli.terminal import screen


def draw(view: KnownYears | WorkdaysPlan) -> None:
    screen.say(words.sentence(view))


def tell_plan(view: WorkdaysPlan) -> None:
    """Which clocks would move."""
    for line in settings.moved_lines(view.moved):
        screen.tell(line)
