"""Public holidays fixed by statute: the floor for a year without an announced arrangement.

全国年节及纪念日放假办法, as revised with effect from 2025: 1 January; New Year's Eve and the first three days of the lunar year;
清明; 1 and 2 May; 端午; 中秋; 1 to 3 October. The weekends moved to them are announced each autumn. Lunar days stand in a
table up to 2050; for a later year they are unknown, and the output says so.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_FIXED = ((1, 1, "元旦"), (5, 1, "劳动节"), (5, 2, "劳动节"), (10, 1, "国庆节"), (10, 2, "国庆节"), (10, 3, "国庆节"))
_NAMES = ("春节", "清明", "端午", "中秋")
# Year → month and day of the first of the lunar year, 清明, 端午, 中秋.
_LUNAR = {
    2025: "0129 0404 0531 1006",
    2026: "0217 0405 0619 0925",
    2027: "0206 0405 0609 0915",
    2028: "0126 0404 0528 1003",
    2029: "0213 0404 0616 0922",
    2030: "0203 0405 0605 0912",
    2031: "0123 0405 0624 1001",
    2032: "0211 0404 0612 0919",
    2033: "0131 0404 0601 0908",
    2034: "0219 0405 0620 0927",
    2035: "0208 0405 0610 0916",
    2036: "0128 0404 0530 1004",
    2037: "0215 0404 0618 0924",
    2038: "0204 0405 0607 0913",
    2039: "0124 0405 0527 1002",
    2040: "0212 0404 0614 0920",
    2041: "0201 0404 0603 0910",
    2042: "0122 0404 0622 0928",
    2043: "0210 0405 0611 0917",
    2044: "0130 0404 0531 1005",
    2045: "0217 0404 0619 0925",
    2046: "0206 0404 0608 0915",
    2047: "0126 0405 0529 1004",
    2048: "0214 0404 0615 0922",
    2049: "0202 0404 0604 0911",
    2050: "0123 0404 0623 0930",
}


def knows_lunar(year: int) -> bool:
    """Whether the festivals of the lunar year are in the table; of another year only those by the solar calendar are."""
    return year in _LUNAR


@cache
def fixed_holidays(year: int) -> dict[date, str]:
    """The days off of a year that no arrangement can take away: day → name."""
    found = {date(year, month, day): name for month, day, name in _FIXED}
    for name, said in zip(_NAMES, _LUNAR.get(year, "").split(), strict=False):
        day = date(year, int(said[:2]), int(said[2:]))
        span = range(-1, 3) if name == "春节" else range(1)
        found |= {day + timedelta(days=n): name for n in span}
    return found
