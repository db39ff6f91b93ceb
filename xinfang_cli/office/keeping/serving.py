"""The server of an office: set up, its logins and their roles, whether it is as it should be."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xinfang_cli.book.engine import Finding, Login, OfficeThere, Upgrade
from xinfang_cli.book.face import create_book, offices, serving, upgrading
from xinfang_cli.errors import BadValue, Unusable
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.office.session import Place, Session


class ServerMade(NamedTuple):
    """An office on a server: what of it was made just now."""

    office: str
    database_made: bool
    created: bool


class OfficesMade(NamedTuple):
    """Offices of one database: what of each was made just now."""

    offices: tuple[ServerMade, ...]


class OfficesThere(NamedTuple):
    """The offices of a server's database that the login may see."""

    offices: tuple[OfficeThere, ...]


class RoleGiven(NamedTuple):
    """A login and the role that it has in an office, or (`taken`) has no more; `new`: the login was made for it."""

    office: str
    login: str
    role: str
    taken: bool = False
    new: bool = False


class Logins(NamedTuple):
    """The roles in an office."""

    office: str
    logins: tuple[Login, ...]


class ServerChecked(NamedTuple):
    """The checked points of a server, with results."""

    office: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether all is as it should be."""
        return all(one.ok for one in self.findings)


class UpgradePlan(NamedTuple):
    """A planned upgrade of an office on a server."""

    office: str
    upgrade: Upgrade


class Upgraded(NamedTuple):
    """An office brought to this program's version: from which, how many cases and events were checked afterwards, how many
    cases were written again (None: none had to be); `oldest`: of which version a program may still work on it."""

    office: str
    before: int
    version: int
    cases: int
    events: int
    rewritten: int | None
    oldest: int


def plan_upgrade(session: Session) -> UpgradePlan:
    """Plan the upgrade of the office; nothing is written."""
    server = serving(session.place)
    return UpgradePlan(server.office, server.upgrade())


def upgrade(session: Session, planned: UpgradePlan) -> Upgraded:
    """Bring the office to this program's version, in one transaction, nobody else writing; checked as `doctor` does before
    it is kept so, and left as it was where anything is not sound."""
    from xinfang_cli.office.work import evidence

    found = planned.upgrade
    with upgrading(session.place, session.waits) as book:
        examined = book.keeping.examine()
        if problems := (*examined.problems, *evidence.problems(book)):
            raise Unusable(
                f"升级以后检查不完好，没有升级，案件簿还是第 {found.there} 版：{problems[0]}",
                "请用升级前的程序看 ⟦doctor⟧；原来完好的，把这句话交给维护人员",
                code="damaged",
            )
    rewritten = examined.cases if found.rewrites else None
    return Upgraded(planned.office, found.there, found.here, examined.cases, examined.events, rewritten, found.oldest)


def make(session: Session) -> ServerMade:
    """Set an office up: database if missing, roles, book, grants. Existing parts stay; a repetition restores the
    grants.
    """
    return _made(session, session.place)


def _made(session: Session, place: Place) -> ServerMade:
    server = serving(place)
    database = server.prepare()
    created = create_book(place, session.actor, session.now())
    server.allow()
    return ServerMade(server.office, database, created)


def add_offices(session: Session, names: Sequence[str]) -> OfficesMade:
    """Set several offices up, each with its own book, roles and numbers; every name is looked at before the first."""
    server = offices(session.place)
    places = [server.place(name.strip()) for name in dict.fromkeys(names)]
    return OfficesMade(tuple(_made(session, place) for place in places))


def list_offices(session: Session) -> OfficesThere:
    """The offices of the server's database that this login may see."""
    return OfficesThere(offices(session.place).listed())


def add_user(session: Session, login: str, role: str, password: Callable[[], str | None]) -> RoleGiven:
    """A new login with a role; `password` is asked for when all else is in order."""
    server, name = serving(session.place), _login(login)
    key = terms.ROLE_ON_SERVER.parse(role, "⟦.role⟧")
    server.add_login(name, key, password())
    return RoleGiven(server.office, name, key, new=True)


def grant(session: Session, login: str, role: str, take: bool) -> RoleGiven:
    """Give a login a role, or take it."""
    server, name = serving(session.place), _login(login)
    key = terms.ROLE_ON_SERVER.parse(role, "⟦.role⟧")
    server.grant(name, key, take=take)
    return RoleGiven(server.office, name, key, taken=take)


def listed(session: Session) -> Logins:
    """The logins by role."""
    server = serving(session.place)
    return Logins(server.office, tuple(server.logins()))


def check(session: Session) -> ServerChecked:
    """Whether the server, the office and its roles are as they should be."""
    server = serving(session.place)
    return ServerChecked(server.office, tuple(server.check()))


def _login(word: str) -> str:
    name = word.strip()
    if not name or len(name.encode()) > 63 or not all(sign.isalnum() or sign in "_-." for sign in name):
        raise BadValue("登录名", word, "不能用", "请只用汉字、字母、数字，不超过二十个汉字")
    return name
