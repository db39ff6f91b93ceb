"""A backup put in the book's place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from xinfang_cli.book.carrying import Carried, carry
from xinfang_cli.book.engine import Conn, Lacking, Restored
from xinfang_cli.book.face import Book, lacking, restore_book
from xinfang_cli.errors import BadValue, Refused, Unusable, next_step
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.keeping import purging
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen
    from xinfang_cli.book.kept import Taken


class Restoration(NamedTuple):
    """A restored book: contents, place of the replaced one, and what the backup lacked."""

    db: str
    events: int
    head: str
    kept: str | None
    lacking: Lacking | None
    files: int
    warnings: tuple[Warned, ...]
    carried: Carried | None = None


def restore(session: Session, source: Path, force: bool, *, carry_over: bool = False) -> Restoration:
    """Put a backup in the book's place, after checking it; the book that was there is kept beside it. With `carry_over`
    what that one recorded since the backup is carried into it, as far as the chain and the law let it stand."""
    from xinfang_cli.office.work import evidence

    if not source.exists():
        raise Unusable(f"备份 {source} 不存在", "请核对文件名", code="no_file")
    if session.place.exists():
        if source.samefile(session.place.file):
            raise BadValue("备份", str(source), "就是案件簿本身", "请写备份的文件名")
        if not force:
            raise Refused(
                f"案件簿 {session.place} 已经有了{_what_would_go(session, source)}",
                "确要用备份替换，加 ⟦.force⟧（现有的会改名保存）",
                code="exists",
            )

    def check(book: Book) -> None:
        if not book.keeping.examine(rebuild=True).ok:
            raise Unusable(f"备份 {source} 本身不完好，没有恢复", "请换一份备份", code="damaged")

    carried: Carried | None = None

    def newer(book: Book, old: Conn, after: int, pen: Callable[[], Pen]) -> None:
        nonlocal carried
        carried = carry(book, old, after, session.today, pen)

    again: list[int] = []
    anew = not session.place.exists()

    def purge_again(book: Book, taken: Taken, pen: Callable[[], Pen]) -> None:
        again.append(purging.again(session, book, taken, pen))

    done = restore_book(source, session.place, check, session.waits, newer if carry_over else None, purge_again)
    with session.reading() as book:
        copied = evidence.bring_back(source, book)
        with_texts = len(book.purging.ended_before(session.today)) if anew else 0
    warnings = [*_what_went(done, carried, carry_over), *copied.warnings]
    if with_texts:
        text = f"这里原来没有案件簿：备份里办结的 {with_texts} 件还有文字，备份以后清除过的跟着回来了，请再清除一次："
        warnings.append(Warned("", text + next_step("purge"), "purged_back"))
    if any(again):
        text = f"备份里有 {again[0]} 件的文字早已按期清除，已在恢复时照样清除"
        warnings += [Warned("", text, "purged_again"), *purging.finish(session)]
    return Restoration(
        str(session.place),
        done.events,
        done.head,
        str(done.kept) if done.kept else None,
        done.lacking,
        copied.files,
        tuple(warnings),
        carried,
    )


def newer_in_words(session: Session, source: Path) -> str:
    """The book's additions since a backup in words, for the question whether to carry them over; empty if none."""
    if not (session.place.exists() and source.exists()):
        return ""
    try:
        lost = lacking(source, session.place)
    except Unusable:
        return ""
    return _in_words(lost).lstrip("，") if lost.same and lost.events else ""


def _what_went(done: Restored, carried: Carried | None, wanted: bool) -> list[Warned]:
    if carried is not None:
        left = [
            Warned("", f"没有补：{' '.join(filter(None, (one.case_no, one.on, one.what)))}，{one.why}", "not_carried")
            for one in carried.left
        ]
        again = Warned("", f"没有补的要重新登记，原来怎样看 {done.kept}", "to_register_again")
        return [*left, again] if left else []
    if wanted and (done.lacking is None or not done.lacking.same):
        return [Warned("", "没有补后来的：备份是另一本案件簿的，或原来的案件簿已经读不出", "none_carried")]
    if done.lacking is None or not done.lacking.events:
        return []
    text = f"换下的案件簿有备份没有的内容{_in_words(done.lacking)}；要补的，看 {done.kept}"
    return [Warned("", text, "lacking")]


def _what_would_go(session: Session, source: Path) -> str:
    """Content of the book missing in the backup, in words; empty if either is unreadable."""
    try:
        return _in_words(lacking(source, session.place))
    except Unusable:
        return ""


def _in_words(lost: Lacking) -> str:
    if not lost.same:
        return "，备份却是另一本案件簿的"
    if not lost.events:
        return "，与备份相同"
    since = f"（{lost.since[:10]} 起）" if lost.since else ""
    published = f"、{lost.publications} 次发布" if lost.publications else ""
    return f"，备份比它少 {lost.cases} 件、{lost.events} 个事件{published}{since}"
