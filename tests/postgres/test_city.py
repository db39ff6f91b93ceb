"""The superior of several offices: each row of his figures is that office's own, the sum theirs; nothing else is his."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.cli.conftest import ADD, Counter
from tests.district import DATA
from tests.postgres import server
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres import opening, schema

OFFICES = ("东区", "南区", "西区")
EMPTY = "北区"
HANDED_ON = ("2023-01-03", "2023-01-03", "2023-07-01")
"""The day on which each was handed its backlog: the last one after June."""
RECOGNISE = ("--recognise",)


def at(cluster: Path, office: str = "", user: str = server.USER) -> str:
    named = f"&office={office}" if office else ""
    return f"postgresql:///quanshi?host={cluster}&user={user}{named}"


@pytest.fixture(scope="module")
def city(cluster: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo district's ledger dealt out to three offices, a fourth one without a case; the superior's address."""
    folder = tmp_path_factory.mktemp("city")
    with (DATA / "ledger.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    number, again = head.index("登记编号"), head.index("原登记编号")
    whose: dict[str, int] = {}
    for n, row in enumerate(rows):  # a repeat goes where its first petition went
        whose[row[number]] = whose.get(row[again], n % 3)
    with pytest.MonkeyPatch.context() as patch:
        counter = Counter(at(cluster), patch)  # type: ignore[arg-type]
        assert counter("server", "office", "add", *OFFICES, EMPTY).code == 0
        assert counter("server", "user", "add", "全市督", "--role", "上级", "--no-password").code == 0
        for place, office in enumerate(OFFICES):
            ledger = folder / f"{office}.csv"
            mine = [row for row in rows if whose[row[number]] == place]
            with ledger.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([head, *mine])
            db = at(cluster, office)
            assert counter("unit", "add", "--file", str(DATA / "units.csv"), db=db).code == 0
            ran = counter("import", str(ledger), "--json", db=db)
            assert ran.json()["imported"] > 200, ran
            batch = (
                "backlog",
                "batch",
                "add",
                "市交积案2023",
                "--handed-on",
                HANDED_ON[place],
                *(RECOGNISE * (place == 1)),
            )
            assert counter(*batch, db=db).code == 0
        listed = counter("list", "--received", "2023-06-01..2023-06-30", "--json", db=at(cluster, OFFICES[0])).json()
        ran = counter(
            "exclude", listed[0]["case_no"], "--reason", "测试", "--approved-by", "测试丙", db=at(cluster, OFFICES[0])
        )
        assert ran.code == 0, ran
    return at(cluster, user="全市督")


@pytest.fixture
def run(city: str, monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(city, monkeypatch)  # type: ignore[arg-type]


PERIODS = (
    "--month 2023-06",
    "--month 2023-07",
    "--year 2022",
    "--week 2023-07-10",
    "--from 2023-05-03 --to 2023-05-21",
)


def _own(run: Counter, cluster: Path, office: str, period: str) -> dict[str, Any]:
    ran = run("stats", *period.split(), "--json", db=at(cluster, office))
    assert ran.code == 0, ran
    found: dict[str, Any] = ran.json()
    return found


@pytest.mark.parametrize("period", [PERIODS[0], *(pytest.param(one, marks=pytest.mark.long) for one in PERIODS[1:])])
def test_each_row_is_the_offices_own(cluster: Path, run: Counter, period: str) -> None:
    ran = run("city", "stats", *period.split(), "--json")
    assert ran.code == 0, ran
    found = ran.json()
    assert [one["office"] for one in found["offices"]] == sorted(OFFICES)
    assert [(one["office"], one["why"]) for one in found["not_counted"]] == [(EMPTY, "no_cases")]
    whole: dict[str, list[int]] = {}
    for row in found["offices"]:
        own = _own(run, cluster, row["office"], period)
        for key in ("rates", "excluded", "guesses", "coverage"):
            assert row[key] == own[key], (row["office"], key)
        kinds = row["volumes"].pop("by_kind")
        assert row["volumes"] == {key: own["volumes"][key] for key in row["volumes"]}
        theirs = own["volumes"]["by_kind"]
        assert kinds.keys() == theirs.keys()
        few = 0 < theirs.get("accusation", 0) < 3
        assert {kind for kind, told in kinds.items() if told is None} == (_hidden(theirs) if few else set())
        assert all(told in (None, theirs[kind]) for kind, told in kinds.items())
        assert row["unsettled"] == 0
        for key, rate in row["rates"].items():
            sums = whole.setdefault(key, [0, 0])
            sums[0], sums[1] = sums[0] + rate["numerator"], sums[1] + rate["denominator"]
    for key, rate in found["total"]["rates"].items():
        assert [rate["numerator"], rate["denominator"]] == whole[key]
    for key in ("cases", "people", "visit_people"):
        assert found["total"]["volumes"][key] == sum(row["volumes"][key] for row in found["offices"])


@pytest.mark.long
def test_the_figures_are_not_empty(run: Counter) -> None:
    """What is held equal above is worth it: backlog handed down, excluded cases, accusations too few to be told."""
    june = {one["office"]: one for one in run("city", "stats", "--month", "2023-06", "--json").json()["offices"]}
    backlog = {office: one["rates"]["backlog"] for office, one in june.items()}
    assert backlog["东区"]["numerator"] > 0
    assert (backlog["南区"]["numerator"], backlog["南区"]["denominator"] > 0) == (0, True)  # nothing was recognised
    assert backlog["西区"]["denominator"] == 0
    assert june["东区"]["excluded"] == 1
    weeks = [f"2023-0{month}-{day}" for month in (4, 5) for day in ("05", "12", "19", "26")]
    told = [
        one["volumes"]["by_kind"].get("accusation", 0)
        for week in weeks
        for one in run("city", "stats", "--week", week, "--json").json()["offices"]
    ]
    assert None in told
    assert not {1, 2} & {*told}


def test_what_may_be_otherwise_is_said(cluster: Path, run: Counter) -> None:
    """A backlog case that was excluded after the period stood otherwise at its end, as only its events tell."""
    db = at(cluster, "东区")
    (case_no, *_) = (one["case_no"] for one in run("list", "--batch", "市交积案2023", "--json", db=db).json())
    before = run("city", "stats", "--month", "2023-06", "--json").json()["offices"]
    assert run("exclude", case_no, "--reason", "测试", "--approved-by", "测试丙", db=db).code == 0
    after = run("city", "stats", "--month", "2023-06", "--json").json()["offices"]
    assert [one["unsettled"] for one in after if one["office"] == "东区"] == [1]
    assert [one for one in after if one["office"] != "东区"] == [one for one in before if one["office"] != "东区"]
    assert "东区有 1 件" in run("city", "stats", "--month", "2023-06").out
    assert run("undo", "--yes", db=db).code == 0
    assert run("city", "stats", "--month", "2023-06", "--json").json()["offices"] == before


@pytest.mark.long
@pytest.mark.parametrize("day", ["2023-06-15", "2023-03-03"])
def test_a_day_that_is_over(cluster: Path, run: Counter, day: str) -> None:
    """Read back as of a past day: as the office's own of that day, but for the cases that are said to be unsettled."""
    ran = run("city", "stats", "--from", "2023-01-01", "--to", day, "--json", today=day)
    for row in ran.json()["offices"]:
        own = run(
            "stats", "--from", "2023-01-01", "--to", day, "--json", db=at(cluster, row["office"]), today=day
        ).json()
        for key, rate in own["rates"].items():
            for part in ("numerator", "denominator"):
                assert abs(row["rates"][key][part] - rate[part]) <= row["unsettled"], (row["office"], key)
        assert row["volumes"]["cases"] == own["volumes"]["cases"]


def _hidden(kinds: dict[str, int]) -> set[str]:
    others = {kind: number for kind, number in kinds.items() if kind != "accusation"}
    return {"accusation", *([min(others, key=lambda kind: (others[kind], kind))] if others else [])}


def test_overdue_is_as_long_as_each_list(cluster: Path, run: Counter) -> None:
    found = run("city", "overdue", "--json").json()
    assert [(one["office"], one["why"]) for one in found["not_counted"]] == [(EMPTY, "no_cases")]
    for row in found["offices"]:
        own = run("overdue", "--json", db=at(cluster, row["office"])).json()
        assert row["overdue"] == len(own), row
        assert row["over_30"] == sum(one["days_left"] < -30 for one in own)
        for clock, number in row["by_clock"].items():
            assert number == sum(one["clock"] == clock for one in own)
    assert {row["office"] for row in found["offices"]} == {*OFFICES}
    assert found["total"]["overdue"] == sum(one["overdue"] for one in found["offices"]) > 0


def test_nothing_but_sums_is_the_superiors(cluster: Path, city: str) -> None:
    """As the superior, past the program: no row, no text, no event, no person, no function but the two that count."""
    got_in = []
    with closing(opening.connect(Place.of(at(cluster, "东区", "全市督")))) as conn, conn.raw.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = '\"东区\"'::regnamespace AND relkind IN ('r', 'v')"
        )
        tables = [row[0] for row in cursor.fetchall()]
        assert len(tables) > 20
        tries = [f'SELECT * FROM "东区".{table} LIMIT 1' for table in tables]
        tries += [f'SELECT count(*) FROM "东区".{table}' for table in tables if table != "meta"]
        tries += [
            'SELECT title FROM "东区".cases',
            'SELECT held FROM "东区".meta FOR UPDATE',
            'UPDATE "东区".meta SET version = 1',
            'INSERT INTO "东区".written VALUES (gen_random_uuid())',
            "SELECT * FROM \"东区\".matching('[]')",
            "SELECT \"东区\".is_head(1, '')",
            'CREATE TABLE "东区".x (y integer)',
            'SET ROLE "东区_clerk"',
            'SET ROLE "东区_director"',
            "CREATE TEMP TABLE x (y integer)",
        ]
        for sql in tries:
            conn.begin()
            try:
                cursor.execute(sql)
                got_in.append(sql)
            except psycopg2.errors.InsufficientPrivilege:
                pass
            finally:
                conn.rollback()
        assert got_in == []
        conn.begin()
        cursor.execute("SELECT told FROM \"东区\".city_counts('2023-06-01', '2023-06-30', '2023-07-17', 'month')")
        said = " ".join(str(row[0]) for row in cursor.fetchall())
        assert all(word not in said for word in ("测试", "教育局", "供水"))
        conn.rollback()


def test_the_clerks_have_no_city(cluster: Path, run: Counter) -> None:
    assert run("server", "user", "add", "东区经办", "--role", "经办", "--no-password", db=at(cluster, "东区")).code == 0
    for words in (("stats",), ("overdue",), ("report", "month", "2023-06")):
        ran = run("city", *words, "--json", db=at(cluster, "东区", "东区经办"))
        assert ran.code == 0, ran
        found = ran.json().get("now") or ran.json()
        assert [one["why"] for one in found["not_counted"]] == ["permission"]
        assert found["offices"] == []


@pytest.mark.long
def test_what_was_published(cluster: Path, run: Counter) -> None:
    """A row says whether it is what its office published, and which numbers are others now."""
    where = at(cluster, "南区")
    assert (
        run("report", "month", "2023-05", "--publish", "--yes", "--as-of", "2023-07-17", "--json", db=where).code == 0
    )
    found = run("city", "stats", "--month", "2023-05", "--json").json()
    sealed = {one["office"]: one["sealed"] for one in found["offices"]}
    assert sealed == {
        "东区": None,
        "南区": {"published_on": "2023-07-17", "as_of": "2023-07-17", "differing": []},
        "西区": None,
    }
    published = run("city", "stats", "--month", "2023-05", "--published", "--json").json()
    assert [one["office"] for one in published["offices"]] == ["南区"]
    own = _own(run, cluster, "南区", "--month 2023-05")
    (row,) = published["offices"]
    for key, rate in row["rates"].items():
        assert (rate["numerator"], rate["denominator"]) == tuple(
            own["rates"][key][part] for part in ("numerator", "denominator")
        )
    assert row["volumes"] == {**{key: own["volumes"][key] for key in row["volumes"]}, "by_kind": {}}
    assert {one["office"]: one["why"] for one in published["not_counted"]} == dict.fromkeys(
        ("东区", EMPTY, "西区"), "unpublished"
    )
    ran = run(*ADD, "--received", "2023-05-20", "--json", db=where)
    assert ran.code == 0, ran
    changed = run("city", "stats", "--month", "2023-05", "--json").json()
    (beside,) = [one["sealed"] for one in changed["offices"] if one["office"] == "南区"]
    figures = {one["figure"]: (one["published"], one["now"]) for one in beside["differing"]}
    cases = own["volumes"]["cases"]
    assert figures["cases"] == ([cases], [cases + 1])
    assert "closure" in figures
    shown = run("city", "stats", "--month", "2023-05")
    assert "和发布的不同" in shown.out
    assert run("undo", "--yes", db=where).code == 0


def test_offices_without_numbers_are_named(cluster: Path, run: Counter) -> None:
    """Another version, functions that are not this program's, moved, nothing in the period, before the book: no zero."""
    assert run("config", "set", "book_from", "2023-01-01", "--yes", db=at(cluster, "西区")).code == 0
    found = run("city", "stats", "--month", "2022-12", "--json").json()
    assert {one["office"]: (one["why"], one["from"]) for one in found["not_counted"]} == {
        EMPTY: ("no_cases", None),
        "西区": ("before_book", "2023-01-01"),
    }
    found = run("city", "stats", "--from", "2022-12-20", "--to", "2023-01-10", "--json").json()
    coverage = {one["office"]: one["coverage"]["complete"] for one in found["offices"]}
    assert (coverage["西区"], coverage["东区"]) == (False, True)
    assert not found["total"]["coverage"]["complete"]
    assert "西区的数据自 2023-01-01 起完整" in run("city", "stats", "--from", "2022-12-20", "--to", "2023-01-10").out
    assert run("undo", "--yes", db=at(cluster, "西区")).code == 0
    later = run("city", "stats", "--month", "2020-01", "--json").json()
    assert later["offices"] == []
    assert {one["why"] for one in later["not_counted"]} == {"no_cases", "before_book"}
    assert (later["total"]["rates"], later["total"]["volumes"]) == ({}, {"by_kind": {}})
    assert "合计" not in run("city", "stats", "--month", "2020-01").out
    for words in (("report", "month", "2020-01"), ("stats", "--month", "2020-01", "--csv")):
        ran = run("city", *words)
        assert (ran.code, "合计 " in ran.out, "|" in ran.out) == (0, False, False), ran
    owner = at(cluster, EMPTY)
    with closing(opening.connect(Place.of(owner))) as conn, conn.raw.cursor() as cursor:
        for sql, why, back in (
            (
                f'UPDATE "{EMPTY}".meta SET version = 16',
                "version",
                f'UPDATE "{EMPTY}".meta SET version = {schema.version()}',
            ),
            (
                f"UPDATE \"{EMPTY}\".meta SET application = 'moved to x.db'",
                "moved",
                f"UPDATE \"{EMPTY}\".meta SET application = 'xinfang'",
            ),
            (f'DROP FUNCTION "{EMPTY}".city_counts', "version", ""),
        ):
            cursor.execute(sql)
            for words in (("stats", "--month", "2023-06"), ("report", "month", "2023-06")):
                ran = run("city", *words, "--json")
                assert ran.code == 0, ran
                document = ran.json() if words[0] == "stats" else ran.json()["now"]
                assert [(one["office"], one["why"]) for one in document["not_counted"]] == [(EMPTY, why)], sql
                assert len(document["offices"]) == 3
            if back:
                cursor.execute(back)
    assert run("server", "init", db=owner).code == 0
    assert run("city", "stats", "--json").json()["not_counted"][0]["why"] == "no_cases"


@pytest.mark.long
def test_the_citys_bulletin(cluster: Path, run: Counter, tmp_path: Path) -> None:
    """Its tables say what each office's own figures say; every format is written."""
    for suffix in (".docx", ".xlsx", ".html", ".md", ".json"):
        file = tmp_path / f"周通报{suffix}"
        ran = run("city", "report", "week", "2023-07-10", "-o", str(file), "--issuer", "测试市信访局")
        assert ran.code == 0, ran
        assert file.stat().st_size > 500
        assert run("city", "report", "week", "2023-07-10", "-o", str(file)).code == 1
    made = run("city", "report", "month", "2023-06", "--json").json()
    tables = {table["key"]: table for table in made["tables"]}
    assert set(tables) == {"volumes", "results", "rates"}
    for row in tables["volumes"]["rows"][:-1]:
        own = _own(run, cluster, row["office"], "--month 2023-06")["volumes"]
        far = _own(run, cluster, row["office"], "--from 2023-01-01 --to 2023-06-30")
        assert (row["cases"], row["visit_people"], row["so_far"]) == (
            own["cases"],
            own["visit_people"],
            far["volumes"]["cases"],
        )
        (line,) = [one for one in tables["results"]["rows"] if one["office"] == row["office"]]
        assert line["closed"] == far["rates"]["one_time"]["denominator"]
    assert EMPTY in str(made["sections"])
    assert run("city", "report", "month", "2023-06").out.count(EMPTY) >= 1
    assert run("city", "report", "month").code == 2


def test_a_file_has_no_city(run: Counter, tmp_path: Path) -> None:
    for words in (("stats",), ("overdue",), ("report", "month", "2023-06")):
        ran = run("city", *words, "--json", db=str(tmp_path / "a.db"))
        assert (ran.code, ran.error()["code"]) == (3, "engine"), ran
    assert list(tmp_path.iterdir()) == []
