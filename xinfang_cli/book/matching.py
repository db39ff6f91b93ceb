"""Likely equals: petitioners' identifying details, and likely duplicates of a case."""

from __future__ import annotations

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.texts import is_masked, is_telling_phone


class PersonEntry(NamedTuple):
    """One case's details of its petitioner."""

    case_id: int
    name: str | None
    id_no: str | None
    phone: str | None
    address: str | None

    @property
    def name_and_phone(self) -> tuple[str, str] | None:
        """The key of one person, if both name and phone are whole."""
        if not self.name or not self.phone or is_masked(self.name) or not is_telling_phone(self.phone):
            return None
        return self.name, self.phone


class Likely(NamedTuple):
    """A case, the earlier one it may repeat, and why: a word of terms.DUPLICATE."""

    case_id: int
    earlier_id: int
    ground: str


class Seen(NamedTuple):
    """The compared details of a case; `id` 0 before it is in the book."""

    id: int
    received_on: str
    title: str
    region: str | None
    name: str | None
    id_no: str | None
    phone: str | None


# An accusation is never offered as an earlier case: who made it is not to be told, nor that he made one (art. 30).
