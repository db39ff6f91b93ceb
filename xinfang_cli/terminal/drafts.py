"""An intake put down without the server, on the screen."""

from __future__ import annotations

from xinfang_cli.office.work.drafts import Offline
from xinfang_cli.present.drafts import line
from xinfang_cli.terminal import screen


def draw(view: Offline) -> None:
    """The name that it has until it is registered."""
    screen.print_line(line(view))
