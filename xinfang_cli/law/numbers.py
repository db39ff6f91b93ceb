"""The numbers of the law, each beside its article (信访工作条例, in force since 2022-05-01; `article_2005`: where the same
number stood in 信访条例 of 2005, for cases received before; tests/law/test_citations.py holds the words of both texts).

`office`: the office's own number (本局规定), in no statutory rate. An office overrides a number in its settings, with a
citation; nothing is edited here. unit: day (plain days), workday (State Council arrangement), month (calendar months),
fixed (the day an order names).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinfang_cli.frozen import NamedTuple


class ClockRule(NamedTuple):
    """A clock's length: `n` in `unit` (day, workday, month), or up to a named day (fixed)."""

    kind: str
    owner: str
    unit: str
    article: str
    n: int = 0
    window: bool = False
    office: bool = False
    cited: str = ""  # where an office's own number comes from
    article_2005: str = ""  # where it stood before the regulation of 2022


class Limit(NamedTuple):
    """A length of time set by law: `n` days, working days or months (`unit`), and its article."""

    n: int
    unit: str
    article: str
    cited: str = ""
    article_2005: str = ""
    office: bool = False


class Citation(NamedTuple):
    """The place of a rule without a number, now and in the 2005 text ("" if absent there)."""

    article: str
    article_2005: str = ""


CLOCKS: Mapping[str, ClockRule] = {
    rule.kind: rule
    for rule in (
        ClockRule("dispatch", "bureau", "day", "条例第二十二条", n=15, article_2005="2005年《信访条例》第二十一条"),
        ClockRule("redispatch", "bureau", "workday", "本局规定", n=5, office=True),
        ClockRule("decision", "bureau", "workday", "本局规定（条例第二十三条）", n=5, office=True),
        ClockRule(
            "report_up",
            "bureau",
            "fixed",
            "条例第二十二条第（三）项",
            article_2005="2005年《信访条例》第二十一条第一款第（四）项",
        ),
        ClockRule("objection", "unit", "workday", "条例第二十三条", n=5, window=True),
        ClockRule("acceptance", "unit", "day", "条例第二十三条", n=15, article_2005="2005年《信访条例》第二十一条"),
        ClockRule("completion", "unit", "day", "条例第三十四条", n=60, article_2005="2005年《信访条例》第三十三条"),
        ClockRule("simple", "unit", "workday", "信访事项简易办理办法（试行）：自受理之日起 10 个工作日", n=10),
        ClockRule("duty", "unit", "month", "行政诉讼法第四十七条：自收到之日起两个月（条例第三十一条第（五）项）", n=2),
        ClockRule("office", "unit", "day", "本局规定（条例第二十九条、第三十条）", n=0, office=True),
        ClockRule(
            "feedback",
            "unit",
            "fixed",
            "条例第二十二条第（三）项",
            article_2005="2005年《信访条例》第二十一条第一款第（四）项",
        ),
        ClockRule("assistance", "assisting_unit", "fixed", "协办要求"),
        ClockRule("fulfilment", "unit", "fixed", "条例第三十二条", article_2005="2005年《信访条例》第三十二条"),
        ClockRule(
            "redo",
            "unit",
            "fixed",
            "条例第三十五条、第三十六条",
            article_2005="2005年《信访条例》第三十四条、第三十五条",
        ),
        ClockRule(
            "review_window",
            "petitioner",
            "day",
            "条例第三十五条",
            n=30,
            window=True,
            article_2005="2005年《信访条例》第三十四条",
        ),
        ClockRule(
            "recheck_window",
            "petitioner",
            "day",
            "条例第三十六条",
            n=30,
            window=True,
            article_2005="2005年《信访条例》第三十五条",
        ),
        ClockRule("review", "body", "day", "条例第三十五条", n=30, article_2005="2005年《信访条例》第三十四条"),
        ClockRule("recheck", "body", "day", "条例第三十六条", n=30, article_2005="2005年《信访条例》第三十五条"),
        ClockRule("rating", "petitioner", "day", "本局规定", n=30, window=True, office=True),
        ClockRule("supervision", "unit", "fixed", "条例第四十条", article_2005="2005年《信访条例》第三十六条"),
        ClockRule(
            "order",
            "unit",
            "fixed",
            "领导接访交办（条例第十八条）",
            article_2005="领导接访交办（2005年《信访条例》第十条）",
        ),
    )
}

LIMITS: Mapping[str, Limit] = {
    "extension": Limit(30, "day", "条例第三十四条", article_2005="2005年《信访条例》第三十三条"),
    "group_visit": Limit(5, "people", "本局规定（统计口径：来访五人以上为集体访）"),
    "simple_acceptance": Limit(
        3, "workday", "本局规定（信访事项简易办理办法（试行）：自收到之日起 3 个工作日内决定是否受理）", office=True
    ),
    "representatives": Limit(5, "people", "条例第二十条", article_2005="2005年《信访条例》第十八条"),
}

# What has no number of its own: where it stands, and where it stood in 2005.
ARTICLES: Mapping[str, Citation] = {
    "feedback": Citation("条例第二十二条第（三）项", "2005年《信访条例》第二十一条第一款第（四）项"),
    "no_notice": Citation("条例第二十三条", "2005年《信访条例》第二十二条"),
    "several_units": Citation("条例第二十四条", "2005年《信访条例》第二十四条"),
    "urgent": Citation("条例第二十五条", "2005年《信访条例》第二十六条"),
    "recusal": Citation("条例第二十八条", "2005年《信访条例》第三十条"),
    "accused": Citation("条例第三十条", "2005年《信访条例》第二十三条"),
    "pathways": Citation("条例第三十一条"),
    "opinion": Citation("条例第三十一条第（六）项", "2005年《信访条例》第三十二条"),
    "other_ways": Citation("条例第三十一条", "2005年《信访条例》第二十一条第一款第（一）项"),
    "litigation": Citation("条例第三十一条第（一）项", "2005年《信访条例》第二十一条第一款第（一）项"),
    "arbitration": Citation("条例第三十一条第（二）项", "2005年《信访条例》第二十一条第一款第（一）项"),
    "party": Citation("条例第三十一条第（三）项", "2005年《信访条例》第二十一条"),
    "administrative": Citation("条例第三十一条第（四）项", "2005年《信访条例》第二十一条第一款第（一）项"),
    "discipline": Citation("条例第二十二条", "2005年《信访条例》第二十一条"),  # its text names neither party nor 监察
    "accusation": Citation("条例第三十条", "2005年《信访条例》第二十一条"),
    "already_handled": Citation("条例第十九条", "2005年《信访条例》第十六条"),
    "fulfilment": Citation("条例第三十二条", "2005年《信访条例》第三十二条"),
    "completion": Citation("条例第三十四条", "2005年《信访条例》第三十三条"),
    "review": Citation("条例第三十五条", "2005年《信访条例》第三十四条"),
    "recheck": Citation("条例第三十六条", "2005年《信访条例》第三十五条"),
    "hearing": Citation("条例第三十六条", "2005年《信访条例》第三十五条"),
}

REMINDERS: Mapping[str, int] = {"notice": 5, "warning": 2}
"""Days left at which a clock is to be pressed; supervision is everything overdue."""

SETTINGS: Mapping[str, Any] = {
    "bureau": "区信访局",
    "area": "全区",
    "prefix": "XF",
    "zone": "Asia/Shanghai",
    "roll": False,
    "check_closings": False,
    "unit_sees_names": False,
    "local_finality": False,
    "why_always": False,
    "area_chain": "",
    "minimum_denominator": 0,
    "small_base": 20,
    "book_from": "",
    "backup_folder": "",
    "backup_keep": 30,
    "heads_file": "",
    "seal_key": "",
    "more_figures": [],
    "four_rates": ["acceptance", "completion", "participation", "satisfaction"],
}

TARGETS: Mapping[str, float] = {"one_time": 90, "backlog": 95}
"""Percent."""
