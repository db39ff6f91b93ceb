"""Drafts of intakes taken while the book was locked: kept beside it, for their clerk alone, until entered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from xinfang_cli.book.face import serving
from xinfang_cli.errors import Unusable, system_says
from xinfang_cli.files import make_folder, own_folder, placed, without_overwriting
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.events.registry import DAY_FIELDS
from xinfang_cli.office.session import Session, sha256_of

MARK = "待补-"
"""How an intake is called that was put down without the server."""


class Draft(NamedTuple):
    """The answers of an intake: as they are to be registered, and as they were typed; which of the office's lists may
    grow by it; the original where one was named."""

    received_on: date
    fields: Mapping[str, Any]
    typed: Mapping[str, str]
    repeat_of: str | None
    new_topic: bool
    new_region: bool


class Offline(NamedTuple):
    """An intake put down on this machine while the server was away: what it is called, until it has its number."""

    name: str
    file: str
    received_on: date


def keep(session: Session, draft: Draft) -> Path:
    """Write a draft beside the book, of one on a server into the user's own folder; OSError when that cannot be done."""
    said = draft._asdict() | {"token": uuid4().hex}  # by which it is known once it was entered
    text = json.dumps(said, ensure_ascii=False, default=date.isoformat)
    if session.place.address:
        make_folder(own_folder())
        moment = ""
    else:
        moment = datetime.fromisoformat(session.now()).astimezone().strftime("%Y%m%dT%H%M%S")
    n = 1
    while True:
        file = _named(session, moment, n)
        try:
            with placed(file, publish=without_overwriting) as made:
                made.write_text(text, "utf-8")
            return file
        except FileExistsError:
            n += 1


def keep_offline(session: Session, draft: Draft) -> Offline:
    """Put an intake down on this machine; it is entered with its received day when the server is there again."""
    try:
        file = keep(session, draft)
    except OSError as error:
        raise Unusable(
            f"本机也存不下来（{system_says(error)}），没有登记", "请看磁盘是否已满、能否写入", code="output"
        ) from error
    return Offline(name_of(file), str(file), draft.received_on)


def name_of(file: Path) -> str:
    """The name of a draft for people: 待补-3, or that of its file."""
    return file.stem.rpartition(".")[2] if MARK in file.name else file.name


def source_of(file: Path) -> tuple[str, str]:
    """A draft's name and the SHA-256 of what it says: so it is entered once, whatever happens to the file."""
    return name_of(file), sha256_of(file)


def _named(session: Session, moment: str, n: int) -> Path:
    if session.place.address:
        return own_folder() / f"{serving(session.place).local_name}.{MARK}{n}.json"
    book = session.place.file.resolve()
    return book.with_name(f"{book.stem}.draft-{moment}-{n:02d}.json")


def kept(session: Session) -> list[Path]:
    """The drafts of this book that this user may read, the oldest first."""
    if session.place.address:
        name = _literal(serving(session.place).local_name)
        folder = own_folder()
        found = folder.glob(f"{name}.{MARK}*.json") if folder.is_dir() else ()
        return sorted(found, key=lambda file: (len(file.name), file.name))
    book = session.place.file.resolve()
    return sorted(book.parent.glob(f"{_literal(book.stem)}.draft-*.json")) if book.parent.is_dir() else []


def _literal(name: str) -> str:
    from glob import escape

    return escape(name)


def read(file: Path) -> Draft:
    """A draft as it was kept; Unusable for one that cannot be read."""
    try:
        said = json.loads(file.read_text("utf-8"))
        said.pop("token", None)
        fields = {
            key: date.fromisoformat(value) if key in DAY_FIELDS and value else value
            for key, value in said["fields"].items()
        }
        return Draft(**{**said, "received_on": date.fromisoformat(said["received_on"]), "fields": fields})
    except OSError as error:
        raise Unusable(f"草稿 {file} 读不了（{system_says(error)}）", "请看是不是别人的草稿", code="draft") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unusable(f"草稿 {file} 的内容不完整", "请打开它照着重新登记，再把它删去", code="draft") from error
