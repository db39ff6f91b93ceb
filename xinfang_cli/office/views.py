"""The views that several rooms of the office make, as the fronts know them."""

from __future__ import annotations

from xinfang_cli.book.lines import CaseInBrief as CaseInBrief
from xinfang_cli.book.lines import CaseLine as CaseLine
from xinfang_cli.book.lines import DeadlineLine as DeadlineLine
from xinfang_cli.book.lines import Unit as Unit
from xinfang_cli.frozen import NamedTuple


class Warned(NamedTuple):
    """A note on a command carried out: about one case, or ("") none. The code is for programs."""

    case_no: str
    text: str
    code: str = ""

    def __str__(self) -> str:
        return f"{self.case_no}：{self.text}" if self.case_no else self.text
