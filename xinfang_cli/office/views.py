"""The views that several rooms of the office make, as the fronts know them."""

from xinfang_cli.book.lines import CaseInBrief as CaseInBrief
from xinfang_cli.book.lines import CaseLine as CaseLine
from xinfang_cli.book.lines import DeadlineLine as DeadlineLine
from xinfang_cli.book.lines import Unit as Unit
