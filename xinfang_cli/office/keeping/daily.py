"""What the program does by itself after a command that wrote: a copy in another place once a day, the head outside."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from xinfang_cli.book.face import Book
from xinfang_cli.errors import Unusable, XinfangError, next_step
from xinfang_cli.office.keeping import heads
from xinfang_cli.office.keeping.backup import into
from xinfang_cli.office.session import Session


def after_writing(session: Session, book: Book) -> list[str]:
    """Do what is due; in words what went wrong, for which no command fails."""
    wanted = book.code.now.rules.settings
    said: list[str] = []
    if book.keeping.first_time_today("check", _day(session, wanted["zone"])):
        said += [
            f"每天的自检发现：{problem}。请停用，用 {next_step('doctor')} 检查" for problem in book.keeping.glance()[:1]
        ]
    if (folder := wanted.get("backup_folder")) and book.keeping.first_time_today(
        "backup", _day(session, wanted["zone"])
    ):
        try:
            done = into(session, book, Path(folder), int(wanted["backup_keep"]))
            said += done.warnings
        except Unusable as error:
            book.keeping.not_done_after_all("backup")
            said.append(f"今天的自动备份没有做成：{error.line()}")
    if file := wanted.get("heads_file"):
        try:
            problems = heads.keep(book, Path(file), _day(session, wanted["zone"]))
            said += [
                f"案件簿与外面记下的链头不符：{problem}。请停用，用 {next_step('doctor')} 检查"
                for problem in problems[:1]
            ]
        except XinfangError as error:
            said.append(f"今天的链头没有记到外面：{error.line()}")
    return said


def _day(session: Session, zone: str) -> date:
    """The office's day by the machine's clock, which `--today` does not move."""
    return datetime.fromisoformat(session.now()).astimezone(ZoneInfo(zone)).date()
