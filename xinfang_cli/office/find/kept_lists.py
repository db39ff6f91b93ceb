"""Lists kept under a name: the words after `list`, not what they found."""

from __future__ import annotations

from collections.abc import Sequence

from xinfang_cli.book.kept import KeptList
from xinfang_cli.errors import BadValue, NotFound
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.session import Session


class KeptLists(NamedTuple):
    """All of them, by name."""

    lists: tuple[KeptList, ...]


class Saved(NamedTuple):
    """A list that is now kept; whether its name is new."""

    name: str
    words: tuple[str, ...]
    new: bool


class Dropped(NamedTuple):
    """A name that no list is kept under any more."""

    name: str


def words_of(session: Session, name: str) -> tuple[str, ...]:
    """The words behind the name of a list; NotFound names the others."""
    kept = {one.name: one for one in every(session).lists}
    if name not in kept:
        raise NotFound(
            f"没有保存过的列表「{name}」",
            f"有：{'、'.join(kept)}" if kept else "先保存：⟦view.save⟧ 名字 ⟦.stage⟧ 办理中",
        )
    return kept[name].words


def every(session: Session) -> KeptLists:
    """The lists kept under a name."""
    with session.reading() as book:
        return KeptLists(tuple(book.views.kept()))


def save(session: Session, name: str, words: Sequence[str]) -> Saved:
    """Keep the words of a list under a name."""
    if not name or any(char.isspace() for char in name):
        raise BadValue("名字", name, "不能用", "名字不能空，也不要有空格")
    with session.writing("view") as (book, pen):
        new = book.views.keep(pen, KeptList(name, tuple(words), session.actor))
    return Saved(name, tuple(words), new)


def drop(session: Session, name: str) -> Dropped:
    """Forget a list."""
    words_of(session, name)
    with session.writing("view") as (book, pen):
        book.views.drop(pen, name)
    return Dropped(name)
