"""What a bulletin never says: every line of the list is read over the example district and over books in their first month."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from tests.district import DATA, DISTRICT_TODAY
from xinfang_cli.documents import bulletin as out
from xinfang_cli.documents.bulletin.sentences import most
from xinfang_cli.formats.model import Document
from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.law.periods import Period
from xinfang_cli.office.campaigns import advice, batches, roster, visits
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.figures import bulletin
from xinfang_cli.office.keeping import settings, units
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting, registering
from xinfang_cli.present.figures import partly_before_the_book_in_words

pytestmark = pytest.mark.long

D = date
MONTHS = {
    "before the book": Period("month", D(2022, 5, 1), D(2022, 5, 31)),
    "first": Period("month", D(2022, 7, 1), D(2022, 7, 31)),
    "second": Period("month", D(2022, 8, 1), D(2022, 8, 31)),
    "before the batch": Period("month", D(2022, 12, 1), D(2022, 12, 31)),
    "full": Period("month", D(2023, 6, 1), D(2023, 6, 30)),
    "running": Period("month", D(2023, 7, 1), D(2023, 7, 31)),
}
PERIODS = {
    **MONTHS,
    "quarter": Period("quarter", D(2023, 4, 1), D(2023, 6, 30)),
    "half a year": Period("year", D(2022, 1, 1), D(2022, 12, 31)),
    "year": Period("year", D(2023, 1, 1), D(2023, 12, 31)),
    "week": Period("week", D(2023, 7, 10), D(2023, 7, 16)),
    "old week": Period("week", D(2022, 8, 8), D(2022, 8, 14)),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """The example district with its batch, its roster, what was logged, and the superior's ranks."""
    clerk = Session(tmp_path_factory.mktemp("truth") / "demo.db", DISTRICT_TODAY, "测试员")
    units.add_all(clerk, units.read_file(DATA / "units.csv"))
    for wanted in settings.read_file(DATA / "settings.csv"):
        settings.change(clerk, wanted)
    assert run.import_ledger(clerk, DATA / "ledger.csv").rejected == 0
    batches.from_file(clerk, DATA / "batches.csv")
    visits.log_file(clerk, DATA / "reception.csv")
    advice.standings_from_file(clerk, DATA / "standing.csv")
    return clerk


@pytest.fixture(scope="module")
def made(demo: Session) -> dict[str, Document]:
    return {name: out.document(bulletin.bulletin(demo, period)) for name, period in PERIODS.items()}


def sentences(document: Document) -> Iterator[str]:
    for part in document.sections:
        yield from part.paragraphs
    for table in document.tables:
        yield table.note
    yield from document.foot


def told(document: Document) -> str:
    return "\n".join(sentences(document))


def keys(document: Document) -> set[str]:
    return {part.key for part in document.sections}


# ---- no data, no claim --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PERIODS)
def test_no_change_against_what_the_book_does_not_hold(made: dict[str, Document], name: str) -> None:
    text = told(made[name])
    assert "2197.50" not in text
    assert not re.search(r"(上升|下降) \d{3,}\.", text)
    if name != "running":  # the district's book begins in July 2022
        assert "上年同期为零" not in text
        assert "同比" not in text.replace("不列同比", "")


@pytest.mark.parametrize("name", ["full", "quarter", "year", "half a year"])
def test_it_says_so(made: dict[str, Document], name: str) -> None:
    assert "上年同期无数据" in made[name].sections[0].paragraphs[0]


def test_a_month_before_the_book_tells_only_that(made: dict[str, Document]) -> None:
    document = made["before the book"]
    assert [part.paragraphs for part in document.sections] == [
        ["簿中的数据自2022年7月1日起完整；2022年5月在此之前，无数据，不作通报。"]
    ]
    assert (document.tables, document.charts, document.attached) == ([], [], [])


def test_the_first_month_has_no_trend_and_the_second_has_two(made: dict[str, Document]) -> None:
    assert "上期无数据" in told(made["first"])
    titles = [chart.title for chart in made["first"].charts]
    assert "收到件数走势" not in titles
    assert "四率走势" not in titles
    trend = next(table for table in made["second"].tables if table.key == "trend")
    assert [row.cells[0] for row in trend.rows] == ["2022-07", "2022-08"]


def test_a_year_that_the_book_holds_in_part_says_from_when(made: dict[str, Document]) -> None:
    first = made["half a year"].sections[0].paragraphs[0]
    assert first.startswith("2022年（簿中数据自2022年7月1日起），")
    assert "2022年累计（簿中数据自此起，2022年7月1日至8月31日）" in told(made["second"])
    assert "今年以来（2023年1月1日至6月30日）" in told(made["full"])


def test_a_year_that_is_not_over_is_not_a_whole_one(made: dict[str, Document]) -> None:
    assert "今年以来转送" in told(made["year"])
    assert "全年（簿中数据自2022年7月1日起）转送" in told(made["half a year"])


# ---- nothing later than its period --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["first", "second", "before the batch", "half a year", "old week"])
def test_no_batch_and_no_rank_that_came_later(made: dict[str, Document], name: str) -> None:
    document = made[name]
    assert not keys(document) & {"backlog", "standing"}
    assert "积案" not in "".join(part.heading for part in document.sections)
    assert not [table for table in document.tables if table.key == "backlog"]
    assert not [chart for chart in document.charts if "积案" in chart.title]
    assert not re.search("第 [0-9]+ 名", told(document))
    due = [row.cells[4] for table in document.tables if table.key == "overdue" for row in table.rows]
    assert all(day <= PERIODS[name].last for day in due)


def test_backlog_and_ranks_as_of_the_end_of_the_period(made: dict[str, Document]) -> None:
    """90 were resolved by the end of June, 96 by the 17th of July, on which the superior told the ranks."""
    june, july = told(made["full"]), told(made["running"])
    assert "截至6月30日，交办积案 167 件，本期化解 19 件，累计化解 90 件，化解率 53.89%" in june
    assert "standing" not in keys(made["full"])
    assert "累计化解 96 件，化解率 57.49%" in july
    assert "积案化解率第 7 名" in july


# ---- small bases --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PERIODS)
def test_no_percentage_over_a_handful_of_cases(made: dict[str, Document], name: str) -> None:
    document = made[name]
    for sentence in sentences(document):
        for whole in re.findall(r"\d+\.\d{2}%（\d+/(\d+)）", sentence):
            assert int(whole) >= 20, sentence
    for table in document.tables:
        if table.key == "trend":
            shares = {value for row in table.rows for value in row.cells if isinstance(value, str) and "/" in value}
            assert all(int(share.split("/")[1]) < 20 for share in shares)


def first_month(session: Callable[..., Session], today: str = "2023-05-10") -> Session:
    at = session(today)
    for place in range(3):
        fields = {"channel": "letter", "kind": "appeal", "title": "反映测试", "name": f"测试{place}", "address": "某街"}
        registering.add(at, D(2023, 4, 3), fields, repeat_of=None)
    return at


APRIL = Period("month", D(2023, 4, 1), D(2023, 4, 30))


def test_a_book_in_its_first_month(session: Callable[..., Session]) -> None:
    at = first_month(session)
    document = out.document(bulletin.bulletin(at, APRIL))
    first = document.sections[0].paragraphs[0]
    assert first.startswith(
        "2023年4月（簿中数据自2023年4月3日起），全区共收到信访事项 3 件 3 人，上期无数据、上年同期无数据。"
    )
    text = told(document)
    assert "%" not in "".join(paragraph for part in document.sections for paragraph in part.paragraphs)
    assert "各单位均" not in text
    assert [chart.title for chart in document.charts] == []
    assert "未转送 3 件" not in text  # nobody is named with nothing


def test_an_empty_book_tells_nothing(session: Callable[..., Session]) -> None:
    document = out.document(bulletin.bulletin(session("2023-05-10"), APRIL))
    assert [part.paragraphs for part in document.sections] == [["簿中还没有件，没有数据可以通报。"]]


def test_units_without_cases_reach_no_target(session: Callable[..., Session]) -> None:
    at = session("2023-05-10")
    units.add(at, units.NewUnit("测试局", group="区直部门"))
    first_month(session)
    text = told(out.document(bulletin.bulletin(at, APRIL)))
    assert "均达到" not in text


# ---- 剔除 ---------------------------------------------------------------------------------------------------------


def test_excluding_a_late_case_is_told_beside_the_rate_it_lifts(case: Callable[..., Any]) -> None:
    """History 1: completion 2/3 before, 2/2 after; one excluded, and it was 超期."""
    matters = [case("2023-04-03") for _ in range(3)]
    for matter in matters:
        matter.assign("2023-04-04")
        matter.do("accept", "2023-04-10", pathway="opinion")
    for matter in matters[1:]:
        matter.do("close", "2023-06-01")
    at = Session(matters[0].session.place, D(2023, 12, 31), "测试员")
    june = Period("month", D(2023, 6, 1), D(2023, 6, 30))
    before = bulletin.bulletin(at, june)
    assert (before.now.rates["completion"].numerator, before.now.rates["completion"].denominator) == (2, 3)
    acting.act(
        at,
        "exclude",
        [matters[0].no],
        acting.simple("exclude", D(2023, 12, 31), reason="测试", approved_by="测试局长"),
    )
    after = out.document(bulletin.bulletin(at, june))
    rate = next(line for line in sentences(after) if line.startswith("按期办结率 "))
    assert rate.startswith("按期办结率 2/2（剔除 1 件，其中")
    table = next(table for table in after.tables if table.key == "rates")
    assert "按期办结率 1 件" in table.note
    assert "剔除 0 件" not in told(after)
    assert "剔除：本期按期办结率 1 件" in told(after)


# ---- words --------------------------------------------------------------------------------------------------------


def test_what_the_bureau_answered_is_not_called_unforwarded(case: Callable[..., Any]) -> None:
    answered = case("2023-04-03").walk(("close", "2023-04-05"))
    at = Session(answered.session.place, D(2023, 5, 10), "测试员")
    table = next(t for t in out.document(bulletin.bulletin(at, APRIL)).tables if t.key == "volumes")
    assert [row.cells[0] for row in table.rows] == [terms.BY_BUREAU, "合计"]
    case("2023-04-06")
    table = next(t for t in out.document(bulletin.bulletin(at, APRIL)).tables if t.key == "volumes")
    assert [row.cells[0] for row in table.rows] == ["本局直接办理、未转送", "合计"]
    assert "本局直接办理 1 件，未转送 1 件" in table.note


def test_other_is_no_topic_to_be_named_first(case: Callable[..., Any]) -> None:
    for _ in range(3):
        case("2023-04-03", topic="其他")
    last = case("2023-04-03", topic="环境保护")
    at = Session(last.session.place, D(2023, 5, 10), "测试员")
    text = told(out.document(bulletin.bulletin(at, APRIL)))
    assert "反映较多的是：环境保护（1 件）、其他（3 件）。" in text


def test_as_of_which_day_the_earlier_period_stands_is_said_once(made: dict[str, Document]) -> None:
    said = [line for line in sentences(made["full"]) if "截至 2023年6月17日" in line]
    assert len(said) == 1
    assert said[0].startswith("环比对 2023年5月1日至31日，截至 2023年6月17日")
    assert "一次性化解率" in said[0]


# ---- visits, the published month ----------------------------------------------------------------------------------


def visits_of(month: int, sizes: list[int], level: str) -> Iterator[tuple[date, dict[str, Any]]]:
    for place, people in enumerate(sizes):
        fields = {
            "channel": "visit",
            "kind": "appeal",
            "title": "来访反映",
            "name": f"测试{place}",
            "headcount": people,
        }
        yield D(2023, month, 1 + place % 28), {**fields, "level": level, "representatives": 1}


def test_the_published_month_of_visits(session: Callable[..., Session]) -> None:
    """One city, one month: 110 batches 1731 person-times, group visits 76 and 1677, both against the month before."""
    at = session("2023-07-10")
    april = [*[26] * 42, 52, *[2] * 18, *[1] * 11]
    may = [*[22] * 75, 27, *[2] * 20, *[1] * 14]
    assert (len(april), sum(april), len(may), sum(may)) == (72, 1191, 110, 1731)
    rows = [*visits_of(4, april, "city"), *visits_of(5, may, "city")]
    rows += [*visits_of(5, [3, 2], "province"), *visits_of(5, [4], "beijing"), *visits_of(4, [2], "province")]
    for day, fields in rows:
        registering.add(at, day, fields, repeat_of=None)
    document = out.document(bulletin.bulletin(at, Period("month", D(2023, 5, 1), D(2023, 5, 31))))
    assert (
        "来访中，到市 110 批 1731 人次，批次环比上升 52.78%，人次环比上升 45.34%；"
        "其中集体访 76 批 1677 人次，批次环比上升 76.74%，人次环比上升 46.59%。"
    ) in told(document)
    assert "到省 2 批 5 人次" in told(document)
    assert "进京 1 批 4 人次" in told(document)


# ---- read line by line --------------------------------------------------------------------------------------------


def test_who_has_as_many_as_the_last_named_is_named_too() -> None:
    counts = [("甲", 9), ("乙", 7), ("丙", 5), ("丁", 5), ("戊", 4)]
    assert most(counts, 3) == "甲（9 件）、乙（7 件）、丙（5 件）、丁（5 件）"
    assert most(counts, 2) == "甲（9 件）、乙（7 件）"
    alike = [(name, 1) for name in "甲乙丙丁戊己"]
    assert most(alike, 3) == "甲（1 件）、乙（1 件）、丙（1 件）、丁（1 件）、戊（1 件）、己（1 件）"
    assert most([*alike, ("庚", 1)], 3) == "甲（1 件）、乙（1 件）、丙（1 件），另有 4 个也是 1 件"


def test_other_is_said_only_where_it_is_among_the_largest() -> None:
    counts = [("甲", 9), ("乙", 7), ("丙", 5)]
    assert most([*counts, ("其他", 7)], 2) == "甲（9 件）、乙（7 件）、其他（7 件）"
    assert most([*counts, ("其他", 6)], 2) == "甲（9 件）、乙（7 件）"
    assert most([("其他", 9), ("", 3)], 3) == ""
    assert most([*counts, ("其他", 1)], 3) == "甲（9 件）、乙（7 件）、丙（5 件）、其他（1 件）"


def test_a_trend_says_as_of_which_day_its_earlier_periods_stand(made: dict[str, Document]) -> None:
    said = {name: next(t.note for t in made[name].tables if t.key == "trend") for name in ("full", "running", "first")}
    assert said["full"].startswith("以前各期截至该期末以后 17 天，")
    assert said["running"].startswith("以前各期截至该期末，")
    assert "以前各期" not in said["first"]


def test_rates_soon_after_the_first_day_say_what_the_book_has_not() -> None:
    start = D(2022, 7, 1)
    assert "2022年7月1日起完整" in partly_before_the_book_in_words(start, D(2022, 11, 27))
    assert partly_before_the_book_in_words(start, D(2022, 11, 28)) == ""
    assert partly_before_the_book_in_words(None, start) == ""


@pytest.mark.parametrize(
    ("name", "partly"), [("first", True), ("half a year", True), ("old week", True), ("year", False)]
)
def test_which_bulletins_say_so(made: dict[str, Document], name: str, partly: bool) -> None:
    assert any("此前收到的件不全" in line for line in made[name].foot) is partly


def test_what_nobody_entered_is_not_said_to_have_been_done_no_times(made: dict[str, Document]) -> None:
    text = told(made["year"])
    assert "今年以来转送 867 件次，交办 27 件次；督办、催办提醒、向上级报告、约谈、挂牌督办、问责没有登记。" in text


@pytest.mark.parametrize("name", ["year", "quarter", "first", "week"])
def test_the_foot_defines_what_is_said_and_no_more(made: dict[str, Document], name: str) -> None:
    said = "".join(line for part in made[name].sections for line in part.paragraphs)
    for key in ("dispatch", "acceptance", "one_time", "backlog"):
        row = DEFINITIONS[key]
        names = (row.label, "交办积案") if key == "backlog" else (row.label,)
        defined = any(line.startswith(f"{row.label}：") for line in made[name].foot)
        assert defined is any(word in said for word in names), key
    assert ("应办口径" in made[name].foot[0]) is ("及时受理率" in said)


def test_the_year_so_far_of_the_leaders_reception_says_its_last_day(made: dict[str, Document]) -> None:
    assert "今年以来（至6月30日）领导干部接访 159 人次" in told(made["quarter"])
    assert "今年以来领导干部接访 172 人次" in told(made["running"])


@pytest.mark.parametrize("name", ["full", "quarter", "first"])
def test_dissatisfied_of_how_many_that_were_rated(demo: Session, made: dict[str, Document], name: str) -> None:
    rate = bulletin.bulletin(demo, PERIODS[name]).now.rates["satisfaction"]
    said = re.search(r"群众评价不满意 (\d+) 件（本期评价责任单位的 (\d+) 件中）", told(made[name]))
    assert said is not None
    assert (rate.denominator - rate.numerator, rate.denominator) == (int(said[1]), int(said[2]))


@pytest.mark.parametrize(("today", "late"), [("2023-04-30", False), ("2023-05-01", True)])
def test_a_roster_put_down_after_its_period_says_so(session: Callable[..., Session], today: str, late: bool) -> None:
    at = first_month(session)
    roster.make(session(today), roster.RosterRequest(("测试领导",), D(2023, 4, 12), D(2023, 4, 13)))
    visits.attend(at, D(2023, 4, 13), "open", ["测试领导"])
    said = told(out.document(bulletin.bulletin(at, APRIL)))
    assert re.search("缺访 [1-9][0-9]* 天", said)
    assert ("接访日程于2023年5月1日在期后录入" in said) is late


@pytest.mark.parametrize(("today", "later"), [("2023-04-30", False), ("2023-05-02", True)])
def test_how_it_is_made_was_set_after_its_period(session: Callable[..., Session], today: str, later: bool) -> None:
    at = first_month(session)
    settings.change(session(today), settings.Wanted("small_base", "2"))
    foot = out.document(bulletin.bulletin(at, APRIL)).foot
    assert ("不说百分比的件数按 2023年5月10日 的设置，是本期以后改定的。" in foot) is later
