"""Shared parts of commands: options, session, parsing of words."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xinfang_cli.cli.moving import Watch
from xinfang_cli.errors import AskFirst, BadValue, Missing
from xinfang_cli.intake import cleaning, days
from xinfang_cli.law.terms import Vocabulary
from xinfang_cli.office.session import Place, Session, today_of
from xinfang_cli.present.width import window

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book


def _json(ctx: typer.Context, value: bool) -> bool:
    """`--json` before the command's name means the same as after it."""
    return value or bool(ctx.find_root().params.get("json"))


Json = Annotated[bool, typer.Option("--json", help="输出 JSON", callback=_json)]
Csv = Annotated[bool, typer.Option("--csv", help="输出 CSV（UTF-8，Excel 可直接打开）")]
On = Annotated[
    str | None, typer.Option("--on", metavar="日期", help="发生的日期，默认今天；可写 昨天、7-18、2023-07-18")
]
Numbers = Annotated[
    list[str],
    typer.Argument(metavar="编号…", help="登记编号，可写几件；23-123、123、外部编号也行；- 从标准输入读，一行一件"),
]
Number = Annotated[str, typer.Argument(metavar="编号", help="登记编号；23-123、123、外部编号也行")]
KeepGoing = Annotated[bool, typer.Option("--keep-going", help="能办的先办，办不了的列出来（退出码 1）")]


def _not_the_accused(ctx: typer.Context, value: str | None) -> str | None:
    if value is not None and ctx.obj is not None:
        ctx.obj.not_the_accused = cleaning.clean_text(required(value, "--not-the-accused"))
    return value


Force = Annotated[bool, typer.Option("--force", help="文件已有时覆盖")]
NotTheAccused = Annotated[
    str | None,
    typer.Option(
        "--not-the-accused",
        metavar="理由",
        help="检举控告件：确不是被反映对象（或其上下级、领导的单位）的理由，单独记入经过（条例第三十条）",
        callback=_not_the_accused,
    ),
]
"""Goes into the session: whatever the command writes of an accusation says it first (office.work.clearing)."""


def not_the_accused(
    session: Session, *units: str | None, leaders: Iterable[str | None] = (), numbers: Iterable[str] = ()
) -> None:
    """`--not-the-accused` of a command without another event: first record the clearance in every affected accusation
    of these units, leaders or holders, and say so.
    """
    if not session.not_the_accused:
        return
    from xinfang_cli.office.work import clearing
    from xinfang_cli.terminal import screen

    words, names, listed = [one for one in units if one], [one for one in leaders if one], list(numbers)
    if not (words or names or listed):
        raise Missing("--not-the-accused 没有写是哪个单位", "请写明单位、领导或编号")
    cleared = clearing.clear_of_units(session, words, names) + clearing.clear_of_holders(session, listed)
    for number in dict.fromkeys(cleared):
        screen.print_notice(f"注意：{number} 已写明不是被反映对象，单独记入经过")


def _noted(name: str) -> Callable[[typer.Context, bool], bool]:
    """The callback of a flag stored in the session under that name."""

    def callback(ctx: typer.Context, value: bool) -> bool:
        if value and ctx.obj is not None:
            setattr(ctx.obj, name, True)
        return value

    return callback


sure = _noted("sure")
Sure = Annotated[
    bool, typer.Option("--yes", help="明知改后有检举件违反条例第三十条，仍要改（doctor 会列出）", callback=sure)
]


Anyway = Annotated[
    bool,
    typer.Option("--anyway", help="别人刚才改过这一件，也照写；不写的先告诉是谁改了什么", callback=_noted("anyway")),
]


def _why(ctx: typer.Context, value: str | None) -> str | None:
    if value is not None and ctx.obj is not None:
        ctx.obj.why = cleaning.clean_text(required(value, "--why"))
    return value


Why = Annotated[
    str | None,
    typer.Option(
        "--why", metavar="事由", help="查阅个人信息的事由，记入查阅记录；看检举控告件的信访人必须写", callback=_why
    ),
]
"""Goes into the session: a look that is put down says it."""


LATE_ENTRY: dict[str, tuple[Any, Any]] = {
    "late_entry": (
        Annotated[
            bool,
            typer.Option(
                "--late-entry",
                help="补记当时漏记的，插在当日应在的位置；先列出会改动什么",
                callback=_noted("late_entry"),
            ),
        ],
        False,
    ),
    "then": (
        Annotated[
            list[str] | None,
            typer.Option(
                "--then", metavar="命令", help='补记：同时漏记的下一步，可写几个，如 "uphold --on 2023-07-08"'
            ),
        ],
        None,
    ),
    "yes": (Annotated[bool, typer.Option("--yes", help="补记：看过会改动什么，不再询问")], False),
}
"""Of an event that may be missed; what it changes is said first (cli.moving)."""
Reason = Annotated[str | None, typer.Option("--reason", metavar="文字", help="理由")]
NewUnit = Annotated[bool, typer.Option("--new-unit", help="单位名单里没有就新增")]
NEW_WORDS: dict[str, tuple[Any, Any]] = {
    "new_topic": (Annotated[bool, typer.Option("--new-topic", help="内容分类名单里没有就新增")], False),
    "new_region": (Annotated[bool, typer.Option("--new-region", help="问题属地名单里没有就新增")], False),
}
"""The parameters of a command that may add to the office's own lists."""
UNKNOWN: dict[str, tuple[Any, Any]] = {
    "complained_unknown": (
        Annotated[
            bool,
            typer.Option("--complained-unknown", help="检举控告件：问过，反映的是谁不明；只能交纪检监察、组织部门"),
        ],
        False,
    )
}
"""The third answer to the question whom an accusation complains of (art. 30)."""
Reveal = Annotated[bool, typer.Option("--reveal", help="显示完整的个人信息（会记入查阅记录）")]
Accusation = Annotated[bool, typer.Option("--accusation", help="检举控告件也显示概况、按文字找（会记入查阅记录）")]
Limit = Annotated[str | None, typer.Option("--limit", metavar="件数", help="最多列几条，0 为全部")]


def words(vocabulary: Vocabulary) -> Callable[[str], list[tuple[str, str]]]:
    """Completions of an option with fixed words: Chinese, or English after an English first letter."""

    def offered(incomplete: str) -> list[tuple[str, str]]:
        sayable = vocabulary.sayable.items()
        if incomplete.isascii() and incomplete:
            return [(key, label) for key, label in sayable if key.startswith(incomplete.lower())]
        return [(label, key if key != label else "") for key, label in sayable if label.startswith(incomplete)]

    return offered


def default_path() -> Path:
    """The book's default place: the platform's user data folder."""
    from xinfang_cli.files import own_folder

    return own_folder() / "xinfang.db"


def open_session(db: str | None, today: str | None, actor: str | None, *, agreed: AskFirst | None = None) -> Session:
    """The session of this invocation: the clock is read here and nowhere else. `agreed`: what the clerk said yes to."""
    path = db or os.environ.get("XINFANG_DB")
    book = Place.of(path) if path else Place(default_path())
    word = today or os.environ.get("XINFANG_TODAY")
    name = cleaning.clean_text(actor or os.environ.get("XINFANG_ACTOR") or "")
    session = Session(book, partial(today_of, book) if not word else _day_said(book, word), name)
    session.today_by_clock = not word
    session.waits = partial(_say_waiting, book)
    session.upgraded = _say_upgraded
    session.after_writing = _once_a_day
    session.watch = Watch(session, agreed is not None)
    session.seen = None if agreed is None else agreed.seen
    return session


def _day_said(place: Place, word: str) -> date:
    """The day to work on that was given."""
    whole = len(word) == 10 and word[:4].isdigit()  # a day with its year needs no other day to be read by
    return days.parse_day(word, date.min if whole else today_of(place), "--today")


def _say_waiting(place: Place, first: bool) -> float:
    """Say who keeps the book, and until when; the seconds until then."""
    from xinfang_cli.office.session import utc_now
    from xinfang_cli.office.work.holding import holder
    from xinfang_cli.present.moments import local
    from xinfang_cli.terminal import screen

    found = holder(place)
    if found is None:
        said = "另一个程序在写"
    else:
        until = f"，最迟 {local(found.until)[11:]} 写完" if found.until and found.left(utc_now()) else ""
        said = f" {found.actor} 的 {found.what} 在写（{local(found.since)} 开始{until}）"
    if first:
        screen.print_notice(f"案件簿正由{said}，请稍候……")
    return 0.0 if found is None else found.left(utc_now())


def _say_upgraded(kept: Path) -> None:
    from xinfang_cli.terminal import screen

    screen.print_notice(f"案件簿已升级到本版本；升级前的副本存为 {kept}")


def _say_shared(session: Session, book: Book) -> None:
    from xinfang_cli.office.keeping.daily import first_today
    from xinfang_cli.terminal import screen

    if book.store.newly_shared or first_today(session, book):
        screen.print_notice(
            f"注意：案件簿在网络盘（{book.store.share}）上，已改用回滚日志：只在一台机器上用，别的机器同时写可能损坏；最好放本机磁盘"
        )


def _once_a_day(session: Session, book: Book) -> None:
    if book.store.share:
        _say_shared(session, book)
    code = book.code_asked
    if code is None or not any(code.now.rules.settings[key] for key in ("backup_folder", "heads_file")):
        return
    from xinfang_cli.office.keeping.daily import after_writing
    from xinfang_cli.terminal import screen

    for line in after_writing(session, book):
        screen.print_notice(f"注意：{line}")


def day(session: Session, text: str | None, field: str = "日期") -> date | None:
    """A day that somebody typed, or None."""
    return None if text is None else days.parse_day(text, session.today, field)


def on_day(session: Session, text: str | None) -> date:
    """The effective day of an event: today unless given."""
    return session.today if text is None else days.parse_day(text, session.today, "--on")


def whole_number(text: str | None, field: str, least: int = 0, most: int = 999_999_999) -> int | None:
    """A whole number that somebody typed, full-width digits too."""
    if text is None:
        return None
    plain = cleaning.half_width(text).strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 9 and least <= int(plain) <= most):
        limit = f"{least} 到 {most} 的整数" if most < 999_999_999 else f"{least} 以上的整数"
        raise BadValue(field, text, "不是合适的整数", f"请填 {limit}")
    return int(plain)


NUMBER_HEADING = "登记编号"


def read_numbers(numbers: Iterable[str]) -> list[str]:
    """The case numbers of a call; `-` reads them from stdin, one a line, as `list --columns 编号 --csv` writes them."""
    listed: list[str] = []
    for number in numbers:
        if number == "-":
            lines = [line.strip() for line in _all_of_stdin().splitlines() if line.strip()]
            listed += lines[1:] if lines[:1] == [NUMBER_HEADING] else lines
        else:
            listed.append(number)
    if not listed:
        raise Missing("没有写登记编号", "请写编号，一件或几件")
    return listed


_MOST_NUMBERS = 16 * 1024 * 1024
"""Bytes of case numbers: half a million of them."""


def _all_of_stdin() -> str:
    """Everything that comes in, whatever the terminal's encoding: UTF-8 with or without BOM, else GB18030."""
    from xinfang_cli.cli.asking import heard

    heard[:] = ["all"]
    raw = getattr(sys.stdin, "buffer", None)
    if raw is None:
        return sys.stdin.read()
    content: bytes = raw.read(_MOST_NUMBERS + 1)
    if len(content) > _MOST_NUMBERS:
        raise BadValue("标准输入", "-", "太长，不像是登记编号", "一行一个编号")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")


def clean(text: str | None) -> str | None:
    """Free text without control characters; None when nothing is left."""
    return None if text is None else cleaning.clean_text(text) or None


def required(text: str | None, flag: str) -> str:
    """A flag that must be given, or exit 2."""
    if text is None:
        from xinfang_cli.cli import parser

        ctx = parser.get_current_context(silent=True)
        raise Missing(f"缺少选项 {flag}", f"看用法：{ctx.command_path if ctx else 'xinfang'} --help")
    if not text.strip():
        raise BadValue(flag, text, "是空的", "请写上内容")
    return text


def unwritten(word: str, question: str) -> str:
    """A word of the call; for `-` one line read unseen, so that a name stands in no history and no list of processes."""
    if word != "-":
        return word
    if sys.stdin.isatty():
        from getpass import getpass

        said = getpass(f"{question}（不显示）：")
    else:
        said = _all_of_stdin().partition("\n")[0]
    if not said.strip():
        raise BadValue(question, None, "是空的", "请写上")
    return said.strip()


def limit_of(text: str | None, for_a_program: bool = False) -> int:
    """The number of rows to list: 0 for all; on a small terminal as many as fit."""
    given = whole_number(text, "--limit")
    if given is not None:
        return given
    if sys.stdout.isatty() and not for_a_program:
        return max(window(80).lines - 7, 5)
    return 0


def target_of(output: str | None, force: bool, forms: tuple[str, ...] = (), field: str = "-o") -> Path | None:
    """The file to write: of a known format, and no overwriting without `force`."""
    if output is None:
        return None
    from xinfang_cli.formats import FORMATS

    target = Path(output).expanduser()
    forms = forms or (*FORMATS,)
    if target.suffix.lower() not in forms:
        raise BadValue(field, output, "的格式不认得", "可用：" + "、".join(forms))
    if target.exists() and not force:
        raise BadValue(field, output, "已经有了", "换个名字，或加 --force 覆盖")
    return target
