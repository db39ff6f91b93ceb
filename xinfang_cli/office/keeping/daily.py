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
        said += _copied(session, book, Path(folder), int(wanted["backup_keep"]))
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


def _copied(session: Session, book: Book, folder: Path, keep: int) -> tuple[str, ...]:
    """The daily copy; in words what went wrong. That of a server is the business of who keeps it."""
    if session.place.address:
        return ("设了 backup_folder，但案件簿在服务器上，没有自动备份；请管理员用 pg_dump 定时备份",)
    try:
        return into(session, book, folder, keep).warnings
    except Unusable as error:
        book.keeping.not_done_after_all("backup")
        return (f"今天的自动备份没有做成：{error.line()}",)


def _day(session: Session, zone: str) -> date:
    """The office's day by the machine's clock, which `--today` does not move."""
    return datetime.fromisoformat(session.now()).astimezone(ZoneInfo(zone)).date()
