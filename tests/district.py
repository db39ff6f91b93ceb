"""The example district in a book, made once for all tests of figures and reports."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.keeping import units
from xinfang_cli.office.session import Session

DATA = Path(__file__).parents[1] / "data"
DISTRICT_TODAY = date(2023, 7, 17)


@pytest.fixture(scope="session")
def district_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("district") / "book.db"
    clerk = Session(path, DISTRICT_TODAY, "测试员")
    units.add_all(clerk, units.read_file(DATA / "units.csv"))
    assert run.import_ledger(clerk, DATA / "ledger.csv").rejected == 0
    return path


@pytest.fixture
def district(district_book: Path) -> Session:
    """The example district as it stands; nothing may be written."""
    return Session(district_book, DISTRICT_TODAY, "测试员")


@pytest.fixture
def own_district(district_book: Path, tmp_path: Path) -> Callable[..., Session]:
    """A copy of the example district to write in."""

    def make(today: date = DISTRICT_TODAY, actor: str = "测试员") -> Session:
        path = tmp_path / "district.db"
        if not path.exists():
            shutil.copyfile(district_book, path)
        return Session(path, today, actor)

    return make
