"""The foot of a city's bulletin: what is said of the period, and of the year so far that its tables print too."""

from __future__ import annotations

from datetime import date

from xinfang_cli.documents.city import bulletin
from xinfang_cli.law.figures.definitions import Excluded, Rate
from xinfang_cli.law.periods import Coverage, Period, period_of, so_far
from xinfang_cli.office.figures.city import KEYS, CityBulletin, CityFigures, District

VOLUMES = dict.fromkeys(
    ("cases", "people", "first", "repeat", "groups", "visit_people", "group_visits", "group_visit_people"), 0
)
DAY = date(2023, 7, 17)


def _district(office: str, start: date, period: Period, excluded: Excluded) -> District:
    rate = Rate(3, 4)
    rate.excluded = excluded
    rates = {key: rate if key == "one_time" else Rate() for key in KEYS}
    complete = start <= period.first
    return District(office, rates, VOLUMES, {}, excluded.cases, {}, Coverage(start, complete), 0, None)


def _figures(period: Period, start: date, excluded: Excluded) -> CityFigures:
    one = _district("罗庄", start, period, excluded)
    return CityFigures(period, DAY, False, (one,), one._replace(office="合计"), (), ("one_time",), 20, {"罗庄": {}})


def _foot(start: date, excluded: Excluded) -> list[str]:
    june = period_of(date(2023, 6, 1), date(2023, 6, 30))
    now = _figures(june, start, Excluded())
    view = CityBulletin(now, _figures(so_far(june), start, excluded), DAY, "", "测试市信访局")
    return bulletin(view).foot


def test_a_year_that_an_office_has_in_part_is_said() -> None:
    """June is complete, the year before May is not: the sum of the year is no sum of the year."""
    foot = _foot(date(2023, 5, 8), Excluded())
    assert "罗庄的数据自 2023-05-08 起完整，累计在此之前的部分不全。" in foot
    assert not [line for line in foot if "本期在此之前" in line]
    assert not [line for line in _foot(date(2022, 1, 1), Excluded()) if "起完整" in line]


def test_what_the_year_leaves_out_is_said() -> None:
    foot = _foot(date(2022, 1, 1), Excluded(2, 1))
    (said,) = [line for line in foot if "剔除" in line]
    assert said.startswith("累计：剔除：期内收到的 2 件；各率不计 一次性化解率 2 件（其中")
