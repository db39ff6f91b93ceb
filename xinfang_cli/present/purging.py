"""Purges in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinfang_cli.law.purging import GIVEN, KEPT
from xinfang_cli.office.keeping.purging import KINDS, Purged, PurgePlan

MOST = 10


def document(view: PurgePlan | Purged) -> dict[str, Any]:
    """The JSON of `purge`."""
    found = view._asdict()
    if isinstance(view, PurgePlan):
        found |= {"kept": [one._asdict() for one in view.kept], "events": len(view.events)}
        found["given"] = [one._asdict() for one in view.given]
        found["stays"] = [one._asdict() for one in view.stays]
        del found["ids"]
        return found
    return found | {
        "warnings": [str(warned) for warned in view.warnings],
        "stays": [one._asdict() for one in view.stays],
    }


def texts(counts: Mapping[str, int]) -> str:
    """The number of texts by kind, in words."""
    return "、".join(f"{KINDS[kind]} {count} 处" for kind, count in counts.items())


def named(numbers: tuple[str, ...]) -> str:
    """The first of some cases, and whether there are more."""
    return "、".join(numbers[:MOST]) + ("……" if len(numbers) > MOST else "")


def kept(view: PurgePlan) -> list[str]:
    """The cases exempt from the purge, with reasons."""
    return [f"{KEPT.label(one.why)}的 {len(one.cases)} 件不清除：{named(one.cases)}" for one in view.kept]


def given(view: PurgePlan) -> list[str]:
    """The files outside the book, kind by kind."""
    kinds: dict[str, list[str]] = {}
    for one in view.given:
        kinds.setdefault(one.what, []).append(f"{one.file}（{one.on}）")
    return [f"{GIVEN.label(what)}：{'、'.join(files)}" for what, files in kinds.items()]


def notices(view: PurgePlan | Purged) -> Iterator[str]:
    """Remaining places of purged texts, and failures."""
    for copy in view.copies:
        yield f"备份 {copy} 里还有这些文字（连同旁边的 .files），请自己删去，或换成清除以后的备份"
    for one in view.stays:
        yield (
            f"{one.what}由早先版本写在事件里，事件链不能改，清除不到，留着：{len(one.cases)} 件（{named(one.cases)}）"
        )
    if isinstance(view, Purged):
        yield from map(str, view.warnings)
