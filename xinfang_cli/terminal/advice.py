"""三项建议 and standings on the screen."""

from __future__ import annotations

from xinfang_cli.office.campaigns.advice import AdviceList, StandingList
from xinfang_cli.present import advice as words
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def draw(view: words.View) -> None:
    """The views of advice on the screen."""
    if isinstance(view, AdviceList):
        _advices(view)
    elif isinstance(view, StandingList):
        _standings(view)
    else:
        screen.print_line(words.sentence(view))


def _advices(view: AdviceList) -> None:
    """The suggestions, with how many were adopted."""
    if not view.advices:
        screen.print_line("没有三项建议")
        return
    keys = ("number", "on", "kind", "to", "text", "answer_by", "state")
    screen.table(
        [Column(words.ADVICE_COLUMNS[key], fixed=key not in ("to", "text"), right=key == "number") for key in keys],
        [[said[key] or "" for key in keys] for said in map(words.in_words, view.advices)],
        styles=["red" if (advice.days_left or 0) < 0 else "" for advice in view.advices],
    )
    adopted = sum(bool(advice.adopted) for advice in view.advices)
    answered = sum(bool(advice.answered_on) for advice in view.advices)
    screen.print_line(f"共 {len(view.advices)} 件，已答复 {answered} 件，采纳 {adopted} 件")


def _standings(view: StandingList) -> None:
    """The ranks a superior published."""
    if not view.standings:
        screen.print_line("还没有登记上级排名；登记：xinfang standing add 积案化解率 --rank 7 --of 12 --on 2023-07-17")
        return
    screen.table(
        [
            Column(heading, fixed=key not in ("indicator", "source"), right=key in ("rank", "of"))
            for key, heading in words.STANDING_COLUMNS.items()
        ],
        [[row[key] or "" for key in words.STANDING_COLUMNS] for row in words.document(view)],
    )
