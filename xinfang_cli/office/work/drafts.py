"""Drafts of intakes taken while the book was locked: kept beside it, for their clerk alone, until entered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xinfang_cli.errors import Unusable, system_says
from xinfang_cli.files import placed, without_overwriting
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.events.registry import DAY_FIELDS
from xinfang_cli.office.session import Session


class Draft(NamedTuple):
    """The answers of an intake: as they are to be registered, and as they were typed; which of the office's lists may
    grow by it; the original where one was named."""

    received_on: date
    fields: Mapping[str, Any]
    typed: Mapping[str, str]
    repeat_of: str | None
    new_topic: bool
    new_region: bool


def keep(session: Session, draft: Draft) -> Path:
    """Write a draft beside the book; OSError when that cannot be done."""
    if session.place.address:
        raise OSError("案件簿在服务器上，旁边没有地方")
    book = session.place.file.resolve()
    moment = datetime.fromisoformat(session.now()).astimezone().strftime("%Y%m%dT%H%M%S")
    text = json.dumps(draft._asdict(), ensure_ascii=False, default=date.isoformat)
    n = 1
    while True:
        file = book.with_name(f"{book.stem}.draft-{moment}-{n:02d}.json")
        try:
            with placed(file, publish=without_overwriting) as made:
                made.write_text(text, "utf-8")
            return file
        except FileExistsError:
            n += 1


def kept(session: Session) -> list[Path]:
    """The drafts beside the book that this user may read, the oldest first."""
    if session.place.address:
        return []
    book = session.place.file.resolve()
    return sorted(book.parent.glob(f"{_literal(book.stem)}.draft-*.json")) if book.parent.is_dir() else []


def _literal(name: str) -> str:
    from glob import escape

    return escape(name)


def read(file: Path) -> Draft:
    """A draft as it was kept; Unusable for one that cannot be read."""
    try:
        said = json.loads(file.read_text("utf-8"))
        fields = {
            key: date.fromisoformat(value) if key in DAY_FIELDS and value else value
            for key, value in said["fields"].items()
        }
        return Draft(**{**said, "received_on": date.fromisoformat(said["received_on"]), "fields": fields})
    except OSError as error:
        raise Unusable(f"草稿 {file} 读不了（{system_says(error)}）", "请看是不是别人的草稿", code="draft") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unusable(f"草稿 {file} 的内容不完整", "请打开它照着重新登记，再把它删去", code="draft") from error
