"""What the program does by itself once a day, after the first command that wrote: a copy of the book in another place."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from xinfang_cli.book.face import Book
from xinfang_cli.errors import Unusable
from xinfang_cli.office.keeping.backup import into
from xinfang_cli.office.session import Session


def after_writing(session: Session, book: Book) -> list[str]:
    """Do what is due; in words what went wrong, for which no command fails."""
    wanted = book.code.now.rules.settings
    said: list[str] = []
    if (folder := wanted.get("backup_folder")) and book.keeping.first_time_today(
        "backup", _day(session, wanted["zone"])
    ):
        try:
            done = into(session, book, Path(folder), int(wanted["backup_keep"]))
            said += done.warnings
        except Unusable as error:
            book.keeping.not_done_after_all("backup")
            said.append(f"今天的自动备份没有做成：{error.line()}")
    return said


def _day(session: Session, zone: str) -> date:
    """The office's day by the machine's clock, which `--today` does not move."""
    return datetime.fromisoformat(session.now()).astimezone(ZoneInfo(zone)).date()
