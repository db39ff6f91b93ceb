"""The access log: author, moment, subject and reason of each look at personal data, as events of the chain without a
case.
"""

from __future__ import annotations

from json import loads

from xinfang_cli.book.looks import Look, among
from xinfang_cli.book.part import Part

_LOOKS = """SELECT c.recorded_at, c.actor, c.os_user, c.host, e.body, t.body FROM events e
JOIN commands c ON c.id = e.command_id LEFT JOIN texts t ON t.event_id = e.id
WHERE e.case_id IS NULL AND e.kind = 'access' ORDER BY e.id DESC"""


class Access(Part):
    """The access log: viewers, cases, manner, reason."""

    def looks(self, case_id: int | None = None, case_no: str = "", limit: int = 0) -> list[Look]:
        """The looks, latest first, 0: all of them; of a case those that it was among, one of many in an export too."""
        found = []
        for at, actor, user, host, body, text in self.conn.execute(_LOOKS):
            said = loads(body) | (loads(text) if text else {})
            if case_id is not None and not among(case_id, said.get("cases", "")):
                continue
            found.append(
                Look(
                    *(at, actor, user, host, said["what"], said.get("filter"), said.get("rows"), said.get("cases", "")),
                    *(said.get("file"), said.get("sha256"), said.get("why")),
                    bool(said.get("accusation")),
                    bool(said.get("revealed")),
                )
            )
            if limit and len(found) >= limit:
                return found
        return found + self._before_the_chain(case_no if case_id is not None else "", limit and limit - len(found))

    def _before_the_chain(self, about: str, limit: int) -> list[Look]:
        """Looks recorded before they joined the chain: one line of words each."""
        rows = self.conn.execute(
            "SELECT at, actor, what FROM access_log WHERE instr(what, ?) > 0 ORDER BY id DESC"
            + (f" LIMIT {int(limit)}" if limit else ""),
            (about,),
        )
        return [Look(at, actor, None, None, *_parted(what)) for at, actor, what in rows]


_CALLED = {"show": "reveal", "duplicates": "search"}


def _parted(what: str) -> tuple[str, str]:
    command, _, rest = what.partition(" ")
    return _CALLED.get(command, command), rest
