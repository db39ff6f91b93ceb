"""What every test stands on: a user's folder of its own, width and time zone pinned, a real book, a case factory.

`story` is the law alone (events in memory); `session` and `case` go through the office to a SQLite file.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.district import district, district_book, own_district  # noqa: F401  (fixtures)
from tests.postgres.offices import cluster, pooler  # noqa: F401
from xinfang_cli import keys
from xinfang_cli.book.calendars import library_arrangements
from xinfang_cli.book.face import create_book
from xinfang_cli.book.place import Place
from xinfang_cli.errors import Refused
from xinfang_cli.law import terms
from xinfang_cli.law.accused import Body, Relations
from xinfang_cli.law.case import Case
from xinfang_cli.law.clocks import Clock
from xinfang_cli.law.decide import Decision, decide
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext, Notice
from xinfang_cli.law.events.intake import COMPLAINED_FIELDS
from xinfang_cli.law.events.registry import DAY_FIELDS
from xinfang_cli.law.fold import fold
from xinfang_cli.law.inforce import Code, InForce
from xinfang_cli.law.rules import statutory
from xinfang_cli.law.workdays import Calendar
from xinfang_cli.office.amend import correcting
from xinfang_cli.office.find import explaining, history, one_case
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting, casework, registering, responsible
from xinfang_cli.office.work.done import Done
from xinfang_cli.present import explaining as explaining_words
from xinfang_cli.present import one_case as one_case_words
from xinfang_cli.present.steps import worded

TODAY = "2024-12-31"
ACTOR = "测试员"
ENCRYPTED = os.environ.get("XINFANG_TEST_ENGINE") == "encrypted"  # the same tests on SQLCipher
FULL = bool(os.environ.get("XINFANG_FULL"))  # the long form of the heavy tests


def pytest_configure(config: pytest.Config) -> None:
    """Hold the key of every book where all are to be encrypted, those of the session's fixtures too.

    The whole suite leaves the long tests out, as README's command takes it; named ones, or `-m long`, run."""
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.markexpr:
        config.option.markexpr = "not long"
    if ENCRYPTED:
        monkeypatch = pytest.MonkeyPatch()  # for good
        monkeypatch.setattr(keys, "current", [b"k" * 32])
        monkeypatch.setattr(keys, "unlocked", {keys.id_of(b"k" * 32): b"k" * 32})
        monkeypatch.setattr(keys, "unlock", lambda _: b"k" * 32)
        _with_key_files(monkeypatch)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if ENCRYPTED:
        plain = [item for item in items if item.get_closest_marker("plain")]
        config.hook.pytest_deselected(items=plain)
        items[:] = [item for item in items if item not in plain]


def day(text: str | date) -> date:
    return text if isinstance(text, date) else date.fromisoformat(text)


def _days(data: dict[str, Any]) -> dict[str, Any]:
    """Fields named like days, given as text, as days."""
    return {k: day(v) if isinstance(v, str) and k in DAY_FIELDS else v for k, v in data.items()}


@pytest.fixture(autouse=True)
def own_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Nothing of the person who runs the tests gets in, nothing of the tests gets out."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith("XINFANG_") and name != "XINFANG_FULL"]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PAGER", "LINES"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    if hasattr(time, "tzset"):
        time.tzset()
    yield home
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


def _with_key_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside every book that is made stands its key, as `encrypt` puts it there; those that fixtures copy have none."""
    from xinfang_cli.book.sqlite import copies, placing

    monkeypatch.setattr(copies, "_is_database", lambda file: file.suffix == ".db")
    original = placing.publish_new
    monkeypatch.setattr(keys, "_N", 1 << 4)
    file = keys.wrap(b"k" * 32, "测试口令", keys.new_code())

    def publish_new(made: Path, path: Path) -> None:
        original(made, path)
        keys.write(Path(f"{path}{keys.END}"), file)

    monkeypatch.setattr(placing, "publish_new", publish_new)


# ---- the law alone ----------------------------------------------------------------------------------------------


def _calendar(*years: int) -> Calendar:
    days, known = library_arrangements(years or None)
    return Calendar({date.fromisoformat(d): (bool(w), n) for d, (w, n) in days.items()}, frozenset(known))


@pytest.fixture(scope="session")
def calendar_2023() -> Calendar:
    """2023 alone, as a new book has it: every other year is unknown."""
    return _calendar(2023)


@pytest.fixture(scope="session")
def calendar_2024() -> Calendar:
    return _calendar(2024)


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    """Every year a new book knows."""
    return _calendar()


@pytest.fixture(scope="session")
def code(calendar: Calendar) -> Code:
    """The law as it is shipped, with the calendar of a new book."""
    return Code([InForce(0, statutory(), calendar)])


# What an event says when a test does not care.
SAID: dict[str, dict[str, Any]] = {
    "assign": {"unit": 1, "mode": "forward"},
    "object": {"reason": "不属本单位职权"},
    "overrule": {"reason": "属其职权"},
    "refuse": {"ground": "already_handled", "reason": "正在办理"},
    "redirect": {"procedure": "litigation", "where": "测试法院", "how": "guided"},
    "file": {"reason": "内容不清"},
    "return_up": {"reason": "不属本区"},
    "extend": {"days": 30, "approved_by": "测试甲", "reason": "情况复杂"},
    "note": {"text": "已调查"},
    "attach": {"file": "照片.jpg", "sha256": "0" * 64, "size": 1},
    "assist": {"unit": 9, "answer_by": date(2024, 12, 30)},
    "answered": {"unit": 9},
    "co_handle": {"unit": 8, "agreed": "agreed"},
    "recuse": {"person": "测试丙", "replaced_by": "测试丁", "reason": "与信访人是亲属"},
    "not_the_accused": {"unit": 9, "reason": "名称相近，不是一个单位"},
    "close": {"outcome": "explained"},
    "return": {"reason": "事实不清"},
    "withdraw": {"reason": "信访人要求"},
    "review_result": {"result": "upheld"},
    "recheck_result": {"result": "upheld"},
    "report_up": {"to": "测试市信访局"},
    "rate": {"unit_rating": "satisfied"},
    "link": {"repeat_of": 999},
    "relate": {"to": 998},
    "lead": {"lead": "测试乙"},
    "tag": {"add": ["扬言"]},
    "join": {"batch": "测试批次"},
    "resolve": {"batch": "测试批次", "how": "agreement"},
    "recognise": {"batch": "测试批次"},
    "exclude": {"reason": "测试", "approved_by": "测试甲"},
    "remind": {"level": "notice"},
    "supervise": {"answer_by": date(2024, 12, 30)},
    "step": {"step": "talk", "where": "测试联席会议"},
    "receive": {"form": "open", "leaders": ["测试领导甲"], "people": 1},
    "order": {"unit": 1, "leader": "测试领导甲", "answer_by": date(2024, 12, 30)},
    "follow": {"order": 3, "loop": "carried_out"},
    "edit": {"set": {"headcount": 2}, "was": {"headcount": 1}},
}


def answered(intake: dict[str, Any]) -> dict[str, Any]:
    """Intake as a clerk takes it down: an accusation says who is complained of, unless the test does (art. 30)."""
    if intake.get("kind") != "accusation" or not set(COMPLAINED_FIELDS).isdisjoint(intake):
        return intake
    return {**intake, "complained_person": "被反映甲"}


class Story:
    """One case's events as the law takes them, one after another; nothing is stored."""

    def __init__(self, code: Code, received: str | date, today: str | date, intake: dict[str, Any]) -> None:
        self.code = code
        self.today = day(today)
        self.events: list[Event] = []
        self.warnings: list[str] = []
        self.notices: list[Notice] = []
        self.next_id = 1
        self.do("register", received, **answered({"title": "测试件", "kind": "appeal", "name": "测试甲", **intake}))

    def decide(self, kind: str, on: str | date, /, *, from_sheet: bool = False, **data: Any) -> Decision:
        said = {**SAID.get(kind, {}), **_days(data)}
        if kind == "accept":
            said.setdefault("pathway", terms.PATHWAY_OF_KIND[self.case.kind])
            said.setdefault("told_on", day(on))
        if kind == "hearing":
            said = {"from_on": day(on), "to_on": day(on), **said}
        said = {key: value for key, value in said.items() if value is not None}
        event = Event(kind, day(on), said, len(self.events) + 1)
        names = tuple(said.pop("unit_names", ()))
        units = Relations({said.get("unit", 1): Body(names)})
        asked = CheckContext(self.today, from_sheet, related=lambda: units)
        return decide(self.events, event, self.code, asked, case_no="XF2023-000001")

    def do(self, kind: str, on: str | date, /, **data: Any) -> Story:
        decision = self.decide(kind, on, **data)
        decision.event.id = self.next_id
        self.next_id += 1
        self.events.append(decision.event)
        self.notices = decision.warnings
        self.warnings = [worded(notice.text) for notice in decision.warnings]
        return self

    def walk(self, *steps: tuple[Any, ...]) -> Story:
        """Steps of (kind, day) or (kind, day, {field: value})."""
        for kind, on, *rest in steps:
            self.do(kind, on, **(rest[0] if rest else {}))
        return self

    def refused(self, kind: str, on: str | date, /, **data: Any) -> Refused:
        before = list(self.events)
        with pytest.raises(Refused) as caught:
            self.decide(kind, on, **data)
        assert self.events == before
        return caught.value

    def set_right(self, seq: int, on: str | None = None, **changes: Any) -> Story:
        """A correction, without asking the law."""
        data: dict[str, Any] = {"event": seq, "set": _days(changes)}
        if on is not None:
            data["new_on"] = day(on)
        self.events.append(Event("correct", self.today, data, len(self.events) + 1, self.next_id))
        self.next_id += 1
        return self

    def take_back(self, seq: int) -> Story:
        self.events.append(Event("revoke", self.today, {"event": seq}, len(self.events) + 1, self.next_id))
        self.next_id += 1
        return self

    @property
    def case(self) -> Case:
        case = fold(self.events, self.code)
        assert case is not None
        return case

    def as_of(self, until: str | date) -> Case | None:
        return fold(self.events, self.code, day(until))

    def clocks(self, kind: str) -> list[Clock]:
        return [clock for clock in self.case.clocks if clock.kind == kind]

    def clock(self, kind: str) -> Clock:
        """The latest clock of that kind."""
        return self.clocks(kind)[-1]

    def state(self, kind: str, on: str | date | None = None) -> str:
        return self.clock(kind).state(day(on or self.today))


@pytest.fixture
def story(code: Code) -> Callable[..., Story]:
    """story(received, code=…, today=…, **intake): a registered case, by the law alone."""

    def make(received: str = "2023-03-01", *, code: Code = code, today: str = TODAY, **intake: Any) -> Story:
        return Story(code, received, today, _days(intake))

    return make


# ---- through the office, on a real file -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def empty_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new book, made once the long way; tests copy it."""
    path = tmp_path_factory.mktemp("empty") / "book.db"
    assert create_book(Place(path), "init", "2023-01-01T00:00:00+00:00")
    return path


@pytest.fixture
def session(tmp_path: Path, empty_book: Path) -> Callable[..., Session]:
    """session(today=…, actor=…, path=…): one clerk at one book; the book is there, empty."""

    def make(today: str | date = TODAY, actor: str = ACTOR, path: Path | None = None) -> Session:
        path = path or tmp_path / "book.db"
        if not path.exists():
            shutil.copyfile(empty_book, path)
        made = Session(path, day(today), actor)
        made.why = "测试事由"
        return made

    return make


def shown_case(at: Session, number: str, reveal: bool = False, accusation: bool = False) -> dict[str, Any]:
    """One case whole as its JSON has it, and whether who petitioned was revealed."""
    view = one_case.show(at, number, reveal, accusation)
    return {**one_case_words.document(view), "revealed": view.revealed, "withheld": view.withheld}


def explained_case(at: Session, number: str, kind: str | None) -> dict[str, Any]:
    """The reckoning of a case's clocks as its JSON has it."""
    return explaining_words.document(explaining.explain_case(at, number, kind))


def explained_day(at: Session, kind: str, start: date) -> dict[str, Any]:
    """The reckoning of a clock from a day as its JSON has it."""
    return explaining_words.document(explaining.explain_day(at, kind, start))


def looked(session: Session, number: str | None = None) -> list[str]:
    """The looks at personal data, the first one first, each as its kind and what it was at."""
    seen = history.accesses(session, number).looks
    return [" ".join(word for word in (one.what, one.filter, *one.cases) if word) for one in reversed(seen)]


class Matter:
    """One case in a book, driven as a clerk would; every call is a command of its own and gives what it gave."""

    def __init__(self, session: Session, no: str) -> None:
        self.session = session
        self.no = no

    def do(self, kind: str, on: str | date, /, **data: Any) -> Done:
        said = {**SAID.get(kind, {}), **_days(data)}
        if kind == "hearing":
            said = {"from_on": day(on), "to_on": day(on), **said}
        return acting.act(self.session, kind, [self.no], acting.simple(kind, day(on), **said))

    def assign(self, on: str | date, to: str = "测试局", mode: str = "forward", feedback_by: str | None = None) -> Done:
        by = None if feedback_by is None else day(feedback_by)
        return casework.assign(
            self.session, [self.no], to, mode=mode, feedback_by=by, on=day(on), new_unit=True, keep_going=False
        )

    def assist(self, on: str | date, unit: str = "协办局", answer_by: str | None = None) -> Done:
        by = None if answer_by is None else day(answer_by)
        return casework.assist(self.session, [self.no], unit, answer_by=by, on=day(on), new_unit=True)

    def co_handle(self, on: str | date, unit: str = "共办局", ended: bool = False) -> Done:
        said = responsible.CoHandling(unit, day(on), None if ended else "agreed", ended=ended)
        return responsible.co_handle(self.session, [self.no], said, new_unit=True)

    def accept(
        self, on: str | date, told: str | None = None, pathway: str | None = None, due: str | None = None
    ) -> Done:
        said = casework.Acceptance(
            day(on), None if told is None else day(told), pathway, None if due is None else day(due)
        )
        return casework.accept(self.session, [self.no], said)

    def close(self, on: str | date, outcome: str = "explained", **data: Any) -> Done:
        return casework.close(self.session, [self.no], day(on), outcome=outcome, **_days(data))

    def walk(self, *steps: tuple[Any, ...]) -> Matter:
        """Steps of (kind, day) or (kind, day, {what is said})."""
        own: dict[str, Callable[..., Done]] = {
            "assign": self.assign,
            "accept": self.accept,
            "close": self.close,
            "assist": self.assist,
            "co_handle": self.co_handle,
        }
        for kind, on, *rest in steps:
            said = rest[0] if rest else {}
            if kind in own:
                own[kind](on, **said)
            else:
                self.do(kind, on, **said)
        return self

    def events(self) -> list[Event]:

        with self.session.reading() as book:
            return book.events.of(book.cases.find(self.no)[0])

    def shown(self) -> dict[str, Any]:
        """The case as contract.md's JSON has it."""

        with self.session.reading() as book:
            return book.lists.one(book.cases.find(self.no)[0], self.session.today)._asdict()

    def clock(self, kind: str) -> dict[str, Any]:
        """The latest clock of that kind as the book has it: start, due, stop, void."""

        with self.session.reading() as book:
            row = book.conn.execute(
                "SELECT start_on, due_on, stop_on, void FROM clocks WHERE case_id = ? AND kind = ? ORDER BY n DESC",
                (book.cases.find(self.no)[0], kind),
            ).fetchone()
        return dict(zip(("start", "due", "stop", "void"), row, strict=True))


@pytest.fixture
def case(session: Callable[..., Session]) -> Callable[..., Matter]:
    """case(received, *steps, **intake): registers a case and drives it on, through the office."""

    def make(received: str = "2023-03-01", *steps: tuple[Any, ...], at: Session | None = None, **intake: Any) -> Matter:
        at = at or session()
        repeat_of = intake.pop("repeat_of", None)
        fields = {"channel": "letter", "kind": "appeal", "title": "测试件", "name": "测试甲", **_days(intake)}
        fields = answered(fields)
        done = registering.add(at, day(received), fields, repeat_of=repeat_of)
        return Matter(at, done.cases[0].case.case_no).walk(*steps)

    return make


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """In CI everything that tests can need is installed: a skip there is a failure."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if os.environ.get("XINFANG_NO_SKIP") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"


def correct(
    at: Session,
    no: str,
    seq: int,
    *,
    on: date | None = None,
    reason: str = "记错了",
    changes: dict[str, Any] | None = None,
) -> tuple[Done, correcting.CorrectionPlan]:
    """Correct an event; what became of the case, and what it said it would move."""
    planned = correcting.plan(at, correcting.CorrectionRequest(no, seq, on, reason, changes or {}))
    return correcting.commit(at, planned), planned


@pytest.fixture(
    params=["file", pytest.param("server", marks=(pytest.mark.long, pytest.mark.plain("its book is no file")))]
)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each test of a file that uses it twice: with books in files, and with each an office on a server."""
    if request.param == "server":
        from tests.postgres import engine as offices
        from xinfang_cli.book import face

        monkeypatch.setattr(offices, "folder", request.getfixturevalue("cluster"))
        monkeypatch.setattr(face, "engine_of", lambda place: offices.Engine())
    return str(request.param)


@pytest.fixture(autouse=True)
def no_line_is_left() -> Iterator[None]:
    """A command ends its lines to a server as it leaves; what a test opened without a command would stay, and fill it."""
    yield
    if (connection := sys.modules.get("xinfang_cli.book.postgres.connection")) is not None:
        connection.let_go()


if os.environ.get("XINFANG_TEST_ENGINE") == "postgres":

    @pytest.fixture(scope="session", autouse=True)
    def on_a_server() -> Iterator[None]:
        """Every book an office on a server of the tests' own (tests/postgres/engine.py)."""
        from tests.postgres.engine import everywhere

        with everywhere():
            yield
