"""A whole book moved between a file and a server: copied, compared, then the old one closed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from xinfang_cli.book.engine import AlreadyThereError
from xinfang_cli.book.face import Book, engine_of, is_encrypted, open_book, serving
from xinfang_cli.book.relocating import copy_book
from xinfang_cli.errors import BadValue, Refused, Unusable
from xinfang_cli.files import BESIDE
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.figures.stats import FiguresRequest, asked_of, cells, figures
from xinfang_cli.office.session import Place, Session
from xinfang_cli.office.work import evidence

MONTHS = 12
"""So many months' figures are counted in both before the old book is closed."""


class Moved(NamedTuple):
    """A moved book: from, to, contents, and the place of the old one."""

    source: str
    target: str
    cases: int
    events: int
    head: str
    files: int
    kept: str


def move(session: Session, target: Place) -> Moved:
    """Move the book: nobody writes it meanwhile; row by row, table by table compared, checked where it came to and the
    figures of twelve months counted there, before the old one is closed. Killed at any moment, one of them is whole and the
    old one is closed last."""
    source = session.place
    if bool(source.address) == bool(target.address):
        raise BadValue(
            "⟦.to⟧", str(target), "和现在的同一种", "从文件搬到服务器写 postgresql://…，从服务器搬回写文件的路径"
        )
    if is_encrypted(source):
        raise Refused("案件簿是加密的，没有搬", "请先 ⟦decrypt⟧；服务器的磁盘请管理员加密", code="encrypted")
    if target.address:
        serving(target).prepare()
    elif target.path.exists() or Path(f"{target.path}.files").exists():
        raise _there(target)
    with session.reading() as book:  # in the chain of what leaves, as of every copy
        session.look(book, "backup", file=target.path.name or str(target))
    engine = engine_of(source)
    with engine.leaving(source, session.waits) as (store, close):
        old = Book(store)
        if problems := old.keeping.examine().problems:
            raise Refused(f"案件簿不完好，没有搬：{problems[0]}", "请先看 ⟦doctor⟧", code="damaged")
        try:
            files = _to_server(session, old, target) if target.address else _to_file(session, old, target)
        except AlreadyThereError:
            raise _there(target) from None
        events, head = old.events.head()
        cases = old.cases.count()
        try:
            kept = close(str(target))
        except BaseException as error:  # two that are both open would go different ways
            if getattr(error, "code", "") != "unknown":
                _take_back(target)
            raise
    return Moved(str(source), str(target), cases, events, head, files, kept)


def _to_server(session: Session, old: Book, target: Place) -> int:
    """All in one transaction of the server."""
    with engine_of(target).arriving(target) as store:
        new = Book(store)
        copy_book(old, new)
        files = evidence.take_all(old, new)
        _compare(session, old, new)
    serving(target).allow()
    return files


def _to_file(session: Session, old: Book, target: Place) -> int:
    """Write to a file under its final name, required by SQLite's own check; removed again after any difference."""
    with engine_of(target).arriving(target) as store:
        copy_book(old, Book(store))
    try:
        with open_book(target) as new:
            files = evidence.take_all(old, new)
            _compare(session, old, new)
    except BaseException:
        _take_back(target)
        raise
    return files


def _take_back(target: Place) -> None:
    """Remove a moved book from its target again."""
    if target.address:
        serving(target).drop()
        return
    from shutil import rmtree

    for end in ("", *BESIDE):
        Path(f"{target.path}{end}").unlink(missing_ok=True)
    rmtree(f"{target.path}.files", ignore_errors=True)


def _there(target: Place) -> Refused:
    return Refused(f"{target} 已经有案件簿了，没有搬", "请写一个还没有的", code="exists")


def _compare(session: Session, old: Book, new: Book) -> None:
    """The new book checked as `doctor` does, and the same figures by unit in both; Unusable where anything is otherwise."""
    problems = [*new.keeping.examine().problems]
    if len(lost := evidence.problems(new)) > len(evidence.problems(old)):
        problems += lost
    if problems:
        raise Unusable(f"搬过去的不完好，没有搬：{problems[0]}", "请把这句话交给维护人员", code="copy")
    last = session.today
    for _ in range(MONTHS):
        first = last.replace(day=1)
        for basis in ("due", "received"):
            request = FiguresRequest(first, last, basis=basis, by=("unit",))
            if _counted(session, old, request) != _counted(session, new, request):
                raise Unusable(f"{first:%Y-%m} 的数两边不一样，没有搬", "请把这句话交给维护人员", code="copy")
        last = first - timedelta(days=1)


def _counted(session: Session, book: Book, request: FiguresRequest) -> object:
    asked, _ = asked_of(book, session, request)
    found = figures(book, book.counts.as_of(asked.as_of), asked)
    return cells(found), found.excluded, found.guesses
