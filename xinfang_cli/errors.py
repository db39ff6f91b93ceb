"""Errors, one class per situation; caught in one place (cli.app), printed as fact then remedy."""

from __future__ import annotations

from collections.abc import Mapping

NEXT_STEP = "\x02([~.]?)([a-z_.]+)\x03"
"""A next step within a remedy or a notice. The law writes `⟦assign⟧` (an event or a command; `⟦unit.edit⟧` within another), `⟦~assign⟧` (its name
alone) or `⟦.told⟧` (a field, as its event's form calls it); it is kept between signs that no text of a case can hold, so that a title that says
⟦assign⟧ stays as it is. Each front says how a step is taken there (present.steps)."""


def next_step(name: str) -> str:
    """The mark of a next step (`assign`, `~assign`, `.told`), for sentences that also quote users' text."""
    return f"\x02{name}\x03"


def marked(text: str) -> str:
    """A remedy, a notice as the law writes it, with its next steps marked."""
    if "⟦" not in text:
        return text
    import re

    return re.sub("⟦([~.]?)([a-z_.]+)⟧", "\x02\\1\\2\x03", text)


def steps_in(text: str) -> tuple[str, ...]:
    """The events, commands and fields that a remedy names as the next step."""
    import re

    return tuple(name for _, name in re.findall(NEXT_STEP, text))


def typed(word: str) -> str:
    """A word as it is typed in a shell: between quotation marks where the shell would take some of it for its own."""
    if word.isalnum() or not _SHELL.intersection(word):
        return word
    return "'" + word.replace("'", "’") + "'" if '"' in word or _EXPANDED.intersection(word) else f'"{word}"'


_SHELL = frozenset(" \t\n|&;<>()$`\\\"'*?[]#~!{}%^,")
_EXPANDED = frozenset("$`\\!")


class XinfangError(Exception):
    """A situation the clerk can do something about. `message` is the fact, `hint` the remedy; both Chinese, one line."""

    exit_code = 1
    code = "error"

    def __init__(self, message: str, hint: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = marked(hint)
        if code is not None:
            self.code = code

    @property
    def steps(self) -> tuple[str, ...]:
        """The events, commands and fields that the remedy names."""
        return steps_in(self.hint)

    def line(self) -> str:
        """The one line on the screen: fault, then remedy."""
        return f"{self.message}。{self.hint}" if self.hint else self.message


class BadValue(XinfangError):
    """A value that is not taken: names the field (a label, or `⟦.told⟧`), the value (None: there is none to name) and the
    remedy."""

    code = "bad_value"

    def __init__(self, field: str, value: object, why: str, hint: str = "") -> None:
        field = marked(field)
        shown = " ".join(str(value).splitlines())
        shown = shown if len(shown) <= 40 else shown[:40] + "…"
        super().__init__(f"{field}{why}" if value is None else f"{field}「{shown}」{why}", hint)
        self.field = field
        self.value = value


class NotFound(XinfangError):
    """No case, unit, person or event answers to that word."""

    code = "not_found"


class Ambiguous(XinfangError):
    """A word that names more than one case or unit."""

    code = "ambiguous"


class Refused(XinfangError):
    """A refusal by the law: fault, reason, remedy.

    `subject` is the case (empty before it has a number), `said` the fact without it, `field` the wrong field, `facts`
    the days and stages named.
    """

    code = "refused"

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        code: str | None = None,
        subject: str = "",
        said: str = "",
        field: str = "",
        facts: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, hint, code=code)
        self.subject = subject
        self.said = said or message
        self.field = field
        self.facts: Mapping[str, str] = facts or {}


class Missing(XinfangError):
    """Something required was not given (exit code 2, like a missing argument)."""

    exit_code = 2
    code = "usage"


class Unusable(XinfangError):
    """The file cannot be used: missing, locked, damaged, newer, no permission, disk full."""

    exit_code = 3
    code = "file"


class Again(Unusable):
    """Nothing was written, for a reason that passes: the same words may do it now."""


def system_says(error: BaseException) -> str:
    """The system's or SQLite's error, in Chinese for the usual ones."""
    import errno

    known = {
        "ENOSPC": "磁盘已满",
        "EDQUOT": "磁盘配额已满",
        "EACCES": "没有权限",
        "EPERM": "没有权限",
        "EROFS": "只读",
        "ENOENT": "没有这个文件或文件夹",
        "ENOTDIR": "路径中有一段不是文件夹",
        "EISDIR": "是文件夹",
        "ENAMETOOLONG": "文件名太长",
        "EEXIST": "已经有了",
        "EIO": "读写出错",
        "EFBIG": "文件太大",
        "EBUSY": "正被别的程序占用",
        "EMFILE": "打开的文件太多",
        "ENFILE": "打开的文件太多",
    }
    name = errno.errorcode.get(getattr(error, "errno", None) or 0, "")
    # Of a server's error its first line alone: the details name the values of a row.
    of_server = getattr(getattr(error, "diag", None), "message_primary", None)
    said = str(getattr(error, "strerror", None) or of_server or error)
    of_sqlite = {
        "is full": "磁盘已满",
        "readonly": "不能写",
        "unable to open": "打不开",
        "not a database": "不是案件簿",
        "malformed": "内容已损坏",
        "disk I/O": "读写出错",
        "locked": "正被另一个程序占用",
    }
    return known.get(name) or next((words for sign, words in of_sqlite.items() if sign in said), said)


class AskFirst(Exception):
    """A command that was taken back to ask the clerk, with nothing locked; it is run again after a yes."""

    def __init__(self, question: str, seen: int | None = None) -> None:
        super().__init__(question)
        self.question = question
        self.seen = seen
        """The last event of the book as the clerk was shown it."""
