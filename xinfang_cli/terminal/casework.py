"""Results of case commands, on the screen."""

from __future__ import annotations

from xinfang_cli.office.work.done import Attached, Done
from xinfang_cli.present.casework import sentence
from xinfang_cli.terminal import screen


def draw(view: Done) -> None:
    """A sentence for each case, and its files after attaching."""
    for changed in view.cases:
        screen.print_wrapped(sentence(changed))
        if attached := changed.get(Attached):
            for file in attached.files:
                screen.print_line(f"附件：{file.name}  {file.path}")
