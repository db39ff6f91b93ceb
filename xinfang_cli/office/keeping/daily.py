"""Automatic duties after a writing command: daily copy, head outside the book."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from xinfang_cli.book.face import Book, keeps_copies
from xinfang_cli.errors import Unusable, XinfangError, next_step
from xinfang_cli.office.keeping import heads
from xinfang_cli.office.keeping.backup import into
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned


def after_writing(session: Session, book: Book) -> list[Warned]:
    """Do the due duties; returns failures in words, none of which fails the command."""
    wanted = book.code.now.rules.settings
    said: list[Warned] = []
    if first_today(session, book):
        said += [
            Warned("", f"每天的自检发现：{problem}。请停用，用 {next_step('doctor')} 检查", "damaged")
            for problem in book.keeping.glance()[:1]
        ]
    if folder := wanted.get("backup_folder"):
        said += _copied(session, book, Path(folder), wanted)
    if file := wanted.get("heads_file"):
        try:
            problems = heads.keep(book, Path(file), _day(session, wanted["zone"]))
            said += [
                Warned(
                    "", f"案件簿与外面记下的链头不符：{problem}。请停用，用 {next_step('doctor')} 检查", "other_head"
                )
                for problem in problems[:1]
            ]
        except XinfangError as error:
            said.append(Warned("", f"今天的链头没有记到外面：{error.line()}", "no_head"))
    return said


def _copied(session: Session, book: Book, folder: Path, wanted: Mapping[str, Any]) -> tuple[Warned, ...]:
    """The daily copy; returns a failure in words. A server's copies are its administrator's duty."""
    if not keeps_copies(session.place):
        if not first_today(session, book):
            return ()
        text = "设了 backup_folder，但案件簿在服务器上，没有自动备份；请管理员用 pg_dump 定时备份"
        return (Warned("", text, "on_a_server"),)
    if book.keeping.copied_since("backup", _midnight(session, wanted["zone"]), folder):
        return ()
    try:
        return into(session, book, folder, int(wanted["backup_keep"])).warnings
    except Unusable as error:  # tried again with the next command
        return (Warned("", f"今天的自动备份没有做成：{error.line()}", "no_backup"),)


def first_today(session: Session, book: Book) -> bool:
    """Whether this is the day's first writing command, with the daily duties still open."""
    if session.first_today is None:
        midnight = _midnight(session, book.code.now.rules.settings["zone"])
        session.first_today = session.began_after is not None and book.events.first_since(midnight, session.began_after)
    return session.first_today


def _midnight(session: Session, zone: str) -> str:
    """The moment (UTC) at which the office's day began."""
    begins = datetime.combine(_day(session, zone), time(), ZoneInfo(zone))
    return begins.astimezone(UTC).isoformat(timespec="seconds")


def _day(session: Session, zone: str) -> date:
    """The office's day by the machine's clock, which `--today` does not move."""
    return datetime.fromisoformat(session.now()).astimezone(ZoneInfo(zone)).date()
