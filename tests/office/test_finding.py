"""Finding cases: the index against a plain look through the texts, through everything that changes a text."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Matter, correct, looked
from xinfang_cli.book.face import open_book
from xinfang_cli.book.place import Place
from xinfang_cli.book.sqlite import text_index
from xinfang_cli.book.sqlite.connecting import connect
from xinfang_cli.book.sqlite.schema import VERSION, schema_of_version
from xinfang_cli.cli import filters
from xinfang_cli.errors import BadValue, NotFound
from xinfang_cli.intake.where import parse
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.law.texts import Texts, normal
from xinfang_cli.office.amend import undoing
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.exchange.importing.report import Imported
from xinfang_cli.office.find import history, lists
from xinfang_cli.office.find import people as persons
from xinfang_cli.office.find.lists import CasesAsked
from xinfang_cli.office.find.search import search
from xinfang_cli.office.keeping import health, units
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework, originals, registering
from xinfang_cli.present import importing as words
from xinfang_cli.present.cases import LIST_COLUMNS
from xinfang_cli.present.casework import record

Make = Callable[..., Matter]
Open = Callable[..., Session]
ALL = CasesAsked(ListFilter())


def numbers(session: Session, *words: str, **more: bool) -> list[str]:
    return [row.case.case_no for row in search(session, words, ALL, **more).found]


def sound(session: Session) -> None:
    """The doctor finds nothing; and the index as it was kept is the one that would be built anew."""
    assert health.check(session).problems == ()

    def held() -> list[tuple[str, int, int]]:
        with session.reading() as book:
            if hasattr(book.conn, "office"):  # on a server
                return book.conn.execute("SELECT * FROM search ORDER BY case_id").fetchall()
            book.conn.execute("CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, search, row)")
            return book.conn.execute("SELECT * FROM temp.v ORDER BY term").fetchall()

    before = held()
    health.repair(session)
    assert held() == before


@pytest.mark.usefixtures("engine")
def test_what_newer_events_say_is_found_too(case: Make, session: Open) -> None:
    one = case(title="反映供水压力不足").walk(
        ("assign", "2023-03-06"),
        ("recuse", "2023-03-07", {"person": "测试回避人", "replaced_by": "测试接办人", "reason": "近亲属"}),
        ("report_up", "2023-03-08", {"where": "测试上级机关"}),
    )
    case(title="反映噪音")
    for word in ("回避人", "接办人", "近亲属", "上级机关"):
        assert numbers(session(), word) == [one.no], word
    sound(session())


@pytest.mark.usefixtures("engine")
def test_a_word_of_any_length_in_every_text(case: Make, session: Open) -> None:
    one = case(title="反映供水压力不足", content="测试路夜间水压低（三楼以上）").walk(
        ("note", "2023-03-05", {"text": "已到现场，泵房检修"}),
        ("assign", "2023-03-06"),
        ("accept", "2023-03-07"),
        ("close", "2023-03-20", {"text": "答复：更换水泵"}),
    )
    case(title="反映噪音")
    for word in ("水", "供水", "压力不", "夜间水压低", "（", "(三楼", "泵房", "更换水泵", "测试路"):
        assert numbers(session(), word) == [one.no], word
    assert numbers(session(), "供水", "泵房", "答复") == [one.no]
    assert numbers(session(), "供水", "噪音") == []
    assert numbers(session(), "足测试") == []  # not from one text into the next
    sound(session())


@pytest.mark.usefixtures("engine")
def test_the_index_is_a_look_through_the_texts(case: Make, session: Open) -> None:
    """Against `in`, on random texts: the same cases, newest first."""
    chance = random.Random(7)
    letters = "供水压力不足路灯坏了ab1，。 "
    texts: dict[str, tuple[str, str]] = {}
    for _ in range(60):
        title = "".join(chance.choices(letters, k=8)).strip() or "空"
        content = "".join(chance.choices(letters, k=20))
        day = date(2023, 1, 1) + timedelta(days=chance.randrange(200))
        made = case(day.isoformat(), title=title, content=content.strip() or None, name=None)
        texts[made.no] = (day.isoformat(), f"{title}\x00{content}".replace(" ", ""))
    for _ in range(80):
        words = ["".join(chance.choices(letters.strip(), k=chance.randint(1, 3))) for _ in range(chance.randint(1, 2))]
        plain = [no for no, (_, text) in texts.items() if all(word in text for word in words)]
        plain.sort(key=lambda no: (texts[no][0], int(no[-6:])), reverse=True)
        assert sorted(numbers(session(), *words)) == sorted(plain), words
        assert [texts[no][0] for no in numbers(session(), *words)] == [texts[no][0] for no in plain]


# What a query language, a spreadsheet or a terminal could stumble over, beside what people write.
ODD = st.sampled_from(
    [
        *"供水压力ab1，。 \"'*^:-()（）+~{}[]&|%_\\/!?#@＊＂Ａｂ１　\u200b😀𠮷ßİŉﬁ①Ⅷ",
        "AND",
        "OR",
        "NOT",
        "NEAR",
        "👨‍👩‍👧",
    ]
)
TEXT = st.lists(ODD, max_size=12).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=1, max_size=8), data=st.data())
def test_the_index_finds_whatever_like_finds(empty_book: Path, tmp_path: Path, texts: list[str], data: Any) -> None:
    """A piece of any of the texts, or any word at all: each row that LIKE finds, the index finds."""
    if data.draw(st.booleans()):
        piece = data.draw(st.sampled_from(texts))
        start = data.draw(st.integers(0, max(len(piece) - 1, 0)))
        word = piece[start : start + data.draw(st.integers(1, 6))]
    else:
        word = data.draw(TEXT)
    word = "".join(word.split())
    with open_book(Place(empty_book)) as book:
        conn = book.conn
        conn.execute("BEGIN")
        try:
            conn.execute("CREATE TEMP TABLE plain (id INTEGER PRIMARY KEY, text TEXT)")
            conn.executemany("INSERT INTO plain VALUES (?, ?)", enumerate(texts, 1))
            written = [Texts(date(2023, 1, 1), "", text, (), "", (), False) for text in texts]
            conn.executemany(text_index._PUT, [text_index.row_of(n, one) for n, one in enumerate(written, 1)])
            like = "%" + re.sub(r"([%_\\])", r"\\\1", word) + "%"
            wanted = {row[0] for row in conn.execute("SELECT id FROM plain WHERE text LIKE ? ESCAPE '\\'", (like,))}
            try:
                match = book.search.query(lists.compared([word]))
            except BadValue:
                assert not normal(word)
                return
            found = {
                row[0] & text_index.CASE_ID
                for row in conn.execute("SELECT rowid FROM search WHERE search MATCH ?", (match,))
            }
            assert wanted <= found
            assert found == {n for n, text in enumerate(texts, 1) if normal(word) in normal(text)}
        finally:
            conn.execute("ROLLBACK")


@pytest.mark.usefixtures("engine")
def test_what_is_edited_taken_back_or_set_right_is_followed(case: Make, session: Open) -> None:
    desk = session()
    one = case("2023-03-01", title="反映供水问题", name="测试甲")
    casework.edit(desk, [one.no], {"title": "反映供电问题", "name": "测试乙"})
    assert (numbers(desk, "供水"), numbers(desk, "供电")) == ([], [one.no])
    assert (numbers(desk, "测试甲"), numbers(desk, "测试乙")) == ([], [one.no])
    undoing.undo(desk)
    assert (numbers(desk, "供水"), numbers(desk, "供电")) == ([one.no], [])
    one.do("note", "2023-03-02", text="电话回访")
    assert numbers(desk, "回访") == [one.no]
    correct(desk, one.no, 4, on=None, reason="写错", changes={"text": "当面回访"})
    assert (numbers(desk, "电话"), numbers(desk, "当面")) == ([], [one.no])
    undoing.undo(desk)
    assert (numbers(desk, "电话"), numbers(desk, "当面")) == ([one.no], [])
    sound(desk)


@pytest.mark.usefixtures("engine")
def test_the_order_follows_a_received_day_that_is_set_right(case: Make, session: Open) -> None:
    desk = session()
    one, two = case("2023-03-01"), case("2023-03-02")
    assert numbers(desk, "测试件") == [two.no, one.no]
    correct(desk, one.no, 1, on=date(2023, 3, 5), reason="写错", changes={})
    assert numbers(desk, "测试件") == [one.no, two.no]
    sound(desk)


@pytest.mark.usefixtures("engine")
def test_a_registration_taken_back_is_forgotten(case: Make, session: Open) -> None:
    desk = session()
    one = case(title="反映供水问题")
    undoing.undo(desk)
    assert numbers(desk, "供水") == []
    two = case(title="反映供水问题")
    assert numbers(desk, "供水") == [two.no] != [one.no]
    sound(desk)


@pytest.mark.usefixtures("engine")
def test_a_command_that_fails_leaves_no_words(case: Make, session: Open) -> None:
    desk = session()
    with pytest.raises(BadValue):
        registering.add(
            desk, date(2023, 3, 1), {"title": "反映供水", "channel": "letter", "kind": "appeal", "topic": "奇"}
        )
    assert numbers(desk, "供水") == []


@pytest.mark.usefixtures("engine")
def test_what_is_imported_is_found_and_what_an_update_brings(tmp_path: Path) -> None:
    desk = Session(tmp_path / "book.db", date(2023, 7, 31), "测试员")
    first = tmp_path / "a.csv"
    first.write_text(
        "登记编号,收到日期,信访形式,信访目的,概况,内容,姓名,联系电话,备注\n"
        "XF2023-000001,2023-06-02,来信,申诉求决,反映供水,夜间,测试甲,13000000001,泵房旁\n"
        "XF2023-000002,2023-06-01,来信,申诉求决,反映噪音,,测试乙,,\n",
        "utf-8",
    )
    run.import_ledger(desk, first)
    assert numbers(desk, "供水") == numbers(desk, "泵房") == numbers(desk, "0001") == ["XF2023-000001"]
    assert numbers(desk, "反映") == ["XF2023-000001", "XF2023-000002"]
    with Session(desk.place.file, desk.today, "测试员").reading() as book:
        assert book.search.texts_in([1])[1].title == "反映供水"
    sound(desk)
    again = run.import_ledger(desk, first)
    assert again.already_there == 2
    sound(desk)


@pytest.mark.usefixtures("engine")
def test_phones_by_the_last_four_or_the_whole_only(case: Make, session: Open) -> None:
    """Digits that the mask hides cannot be felt out one by one."""
    desk = session()
    one = case(phone="13012345678、05390000001", name="测试甲")
    for word in ("5678", "0001", "13012345678", "05390000001", "１３０１２３４５６７８"):
        assert numbers(desk, word) == [one.no]
    for word in ("45678", "1301", "1234", "345", "678", "3012345678"):
        assert numbers(desk, word) == []


@pytest.mark.usefixtures("engine")
def test_who_made_an_accusation_is_not_found_by_name(case: Make, session: Open) -> None:
    desk = session()
    one = case(
        kind="accusation", title="反映测试局乱收费", name="测试甲", phone="13000000001", id_no="110101199001010010"
    )
    two = case(kind="appeal", title="反映供水", name="测试甲", phone="13000000001", id_no="110101199001010010")
    assert numbers(desk, "测试甲") == numbers(desk, "0001") == [two.no]
    assert numbers(desk, "测试甲", accusers=True) == [two.no, one.no]
    assert numbers(desk, "乱收费") == []  # nor by what it says
    assert numbers(desk, "乱收费", accusers=True) == [one.no]
    casework.edit(desk, [two.no], {"kind": "accusation"})
    assert numbers(desk, "测试甲") == []
    assert persons.person(desk, "测试甲", reveal=False, accusation=True).people[0].volumes.cases == 2
    with pytest.raises(NotFound):
        persons.person(desk, "测试甲", reveal=False, accusation=False)
    assert persons.likely_duplicates(desk, ALL, None).found == ()
    seen = [(one.what, one.accusation) for one in history.accesses(desk, None).looks if one.accusation]
    assert sorted(seen) == [("person", True), ("search", True), ("search", True)]
    assert [one.filter for one in history.accesses(desk, one.no).looks] == ["＊＊＊"] * 3
    assert len(looked(desk, two.no)) == 4  # who was searched for by name and phone is put down too
    sound(desk)


@pytest.mark.usefixtures("engine")
def test_best_puts_titles_first(case: Make, session: Open) -> None:
    title = case("2023-03-01", title="反映供水压力")
    content = case("2023-03-02", title="反映小区问题", content="供水压力低")
    note = case("2023-03-03", ("note", "2023-03-04", {"text": "供水压力已恢复"}), title="反映别的")
    assert numbers(session(), "供水", "压力") == [note.no, content.no, title.no]
    assert numbers(session(), "供水", "压力", best=True) == [title.no, content.no, note.no]
    few = search(session(), ["供水"], ALL, 2, best=True).found
    assert [row.case.case_no for row in few] == [title.no, content.no]


@pytest.mark.usefixtures("engine")
def test_filters_narrow_what_is_found(case: Make, session: Open) -> None:
    desk = session()
    one = case("2023-03-01", ("assign", "2023-03-02"), title="反映供水")
    two = case("2023-03-03", title="反映供水")
    assert numbers(desk, "供水") == [two.no, one.no]
    asked = CasesAsked(ListFilter(stage=("assigned",)))
    assert [row.case.case_no for row in search(desk, ["供水"], asked).found] == [one.no]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("words", [[""], [" \n"], ["\x00"], [f"字{n}" for n in range(51)]])
def test_nothing_to_look_for_is_refused(session: Open, words: list[str]) -> None:
    with pytest.raises(BadValue):
        search(session(), words, ALL)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    "word", ['"', "'", "*", "a*", "NEAR(", "OR", "{title}", "\\", "-", "^", "a" * 3000, "𠮷", "🙂", "ß", "İ"]
)
def test_no_sign_has_a_meaning_of_its_own(case: Make, session: Open, word: str) -> None:
    one = case(title=f"甲{word}乙")
    case(title="甲乙")
    assert numbers(session(), word) == [one.no]


def test_the_doctor_sees_an_index_that_is_behind(case: Make, session: Open) -> None:
    case(title="反映供水")
    with closing(connect(session().place.file)) as conn, conn:
        row = conn.execute("SELECT received_on, id FROM cases").fetchone()
        rowid = date.fromisoformat(row[0]).toordinal() << 32 | row[1]
        conn.execute(
            "INSERT INTO search(search, rowid, title) VALUES ('delete', ?, ?)", (rowid, text_index.tokens("反映"))
        )
    assert any("检索索引" in problem for problem in health.check(session()).problems)
    health.repair(session())
    sound(session())


def test_an_index_in_the_middle_of_a_merge_is_whole() -> None:
    """FTS5 merges a large import in steps: pages of the old parts go, their places stay, and doctor called that damage."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.execute(schema_of_version(VERSION)["search"].sql)
        conn.execute("INSERT INTO search(search, rank) VALUES ('automerge', 0)")
        for n in range(20):
            words = " ".join(f"{n}-{word}" for word in range(4000))
            conn.execute("INSERT INTO search(rowid, title) VALUES (?, ?)", (n + 1, words))
        conn.execute("INSERT INTO search(search, rank) VALUES ('merge', 6)")
        (structure,) = conn.execute("SELECT block FROM search_data WHERE id = 10").fetchone()
        assert any(first > 1 for first, _ in text_index._segments(structure).values())
        conn.execute("INSERT INTO search(search, rank) VALUES ('automerge', 4)")
        assert text_index._form(conn) == []
        conn.execute("UPDATE search_idx SET pgno = pgno + 2000 WHERE segid = 1")
        assert text_index._form(conn) != []


def test_the_doctor_sees_a_token_of_another_row_or_place(case: Make, session: Open) -> None:
    """As many tokens of each column, as many of each row: only where they stand tells."""
    for title in ("反映供水", "反映供电"):
        case(title=title)
    with closing(connect(session().place.file)) as conn, conn:
        rows = [
            (date.fromisoformat(on).toordinal() << 32 | id, text_index.tokens(title))
            for on, id, title in conn.execute("SELECT received_on, id, title FROM cases ORDER BY id")
        ]
        taken, put = (
            "INSERT INTO search(search, rowid, title) VALUES ('delete', ?, ?)",
            "INSERT INTO search(rowid, title) VALUES (?, ?)",
        )
        for row, title in rows:
            conn.execute(taken, (row, title))
        for (row, _), (_, title) in zip(rows, reversed(rows), strict=True):
            conn.execute(put, (row, title))
    assert any("检索索引" in problem for problem in health.check(session()).problems)
    health.repair(session())
    sound(session())


# ---- conditions -------------------------------------------------------------------------------------------------


def listed(session: Session, where: str) -> list[str]:
    terms, words = parse(where, session.today)
    rows = lists.listed(session, CasesAsked(ListFilter(terms=terms), None, words)).lines
    assert lists.how_many(session, CasesAsked(ListFilter(terms=terms), None, words)).cases == len(rows)
    return [row.case_no for row in rows]


@pytest.mark.usefixtures("engine")
def test_conditions_combine(case: Make, session: Open) -> None:
    desk = session("2023-04-10")
    one = case("2023-03-01", ("assign", "2023-03-02", {"to": "教育局"}), at=desk, title="反映供水", headcount=6)
    two = case("2023-03-20", ("assign", "2023-04-01", {"to": "教育局"}), at=desk, title="反映供电")
    three = case("2023-03-21", at=desk, title="反映供水", channel="visit", headcount=7, tags=("扬言",))
    assert listed(desk, "unit:教育局") == [two.no, one.no]
    assert listed(desk, "unit:无") == listed(desk, "-unit:教育局") == [three.no]
    assert listed(desk, "stage:待受理 unit:jyj due<7d") == [two.no, one.no]  # due 04-16 and overdue since 03-17
    assert listed(desk, "unit:教育局 due<6d") == [one.no]
    assert listed(desk, "is:overdue") == [three.no, one.no]
    assert listed(desk, "is:overdue 供水 -is:group") == [one.no]
    assert listed(desk, "人数>5 收到:2023-03-21") == [three.no]
    assert listed(desk, "left<0") == [three.no, one.no]
    assert listed(desk, "tag:扬言") == [three.no]
    assert listed(desk, "tag:无") == listed(desk, "-tag:扬言") == [two.no, one.no]
    assert listed(desk, "closed:无 batch:无 lead:无 is:在办") == [three.no, two.no, one.no]
    assert listed(desk, "反映 -供水") == [no for no in listed(desk, "反映") if no not in listed(desk, "供水")] != []
    assert listed(desk, "-供水") == [no for no in listed(desk, "人数>=0") if no not in listed(desk, "供水")]
    assert listed(desk, '-"供水" -没有的词') == listed(desk, "-供水")
    with pytest.raises(NotFound) as caught:
        listed(desk, "unit:没有的单位")
    assert "new_unit" not in caught.value.steps
    with pytest.raises(BadValue):
        listed(desk, "topic:没有的分类")


@pytest.mark.usefixtures("engine")
def test_what_is_quoted_of_an_accusation_does_not_name_who_made_it(case: Make, session: Open) -> None:
    case("2023-03-01", kind="accusation", title="反映测试局乱收费", content="测试甲来信反映乱收费", name="测试甲")
    desk = session()
    assert search(desk, ["乱收费"], ALL).found == ()
    [asked] = search(desk, ["乱收费"], ALL, accusers=True).found
    assert asked.case.title == "反映测试局乱收费"
    assert [hit.text for hit in asked.hits] == ["反映测试局乱收费", "测**来信反映乱收费"]


def test_an_accusation_stays_out_of_the_list_of_the_unit_complained_of(case: Make, session: Open) -> None:
    desk = session()
    case("2023-03-01", ("assign", "2023-03-02", {"to": "教育局"}))
    hidden = case("2023-03-01", kind="accusation", complained_unit="教育局")
    with closing(connect(desk.place.file)) as conn, conn:
        conn.execute("UPDATE cases SET unit_id = 1, complained_unit_id = 1 WHERE case_no = ?", (hidden.no,))
    assert hidden.no not in listed(desk, "unit:教育局")


@pytest.mark.usefixtures("engine")
def test_order(case: Make, session: Open) -> None:
    one, two, three = (
        case(day, title=title) for day, title in (("2023-03-01", "乙"), ("2023-03-02", "甲"), ("2023-03-03", "乙"))
    )
    rows = lists.listed(session(), CasesAsked(ListFilter(), order=(("title", True), ("received_on", False)))).lines
    assert [row.case_no for row in rows] == [two.no, one.no, three.no]


@pytest.mark.usefixtures("engine")
def test_order_by_every_column_in_the_order_people_mean(case: Make, session: Open) -> None:
    """Stages as the work goes, units and lists as the office has them; a heading that is shown can be sorted by."""
    desk = session()
    units.add(desk, units.NewUnit("乙局", order=9))
    units.add(desk, units.NewUnit("甲局", order=10))
    units.add(desk, units.NewUnit("丙街道", order=11))
    to = {"to": "甲局"}
    done = case("2023-03-01", ("assign", "2023-03-02", to), ("accept", "2023-03-03"), ("close", "2023-03-04"))
    new = case("2023-03-02", topic="交通运输", priority="urgent", channel="visit")
    given = case("2023-03-03", ("assign", "2023-03-04", {"to": "丙街道"}), topic="教育文体", priority="key")
    begun = case("2023-03-04", ("assign", "2023-03-05", {"to": "乙局"}), ("accept", "2023-03-06"), repeat_of=new.no)
    want = {
        "阶段": [new, given, begun, done],
        "责任单位": [given, begun, done, new],
        "内容分类": [given, new, begun, done],
        "重要程度": [begun, done, given, new],
        "信访形式": [begun, given, done, new],
        "处理意见": [done, begun, given, new],
        "初次": [given, new, done, begun],
        "原登记编号": [begun, given, new, done],
    }
    for heading in LIST_COLUMNS.values():
        asked = filters.cases_asked(desk, {"sort": heading})
        rows = [row.case_no for row in lists.listed(desk, asked).lines]
        assert len(rows) == 4
        assert heading not in want or rows == [matter.no for matter in want[heading]], heading


# ---- one person, likely duplicates ------------------------------------------------------------------------------


@pytest.mark.usefixtures("engine")
def test_one_person_by_number_phone_and_name(case: Make, session: Open) -> None:
    desk = session()
    a = case("2023-03-01", name="测试甲", id_no="110101199001010010")
    b = case("2023-03-02", name="测试甲", id_no="110101199001010010", phone="13000000001")
    c = case("2023-03-03", name="测试甲", phone="13000000001")
    d = case("2023-03-04", name="测试甲", phone="13000000002")
    e = case("2023-03-05", name="测试甲")
    people = persons.person(desk, "测 试 甲", reveal=True, accusation=False).people
    assert [[case.case_no for case in person.cases] for person in people] == [[e.no], [d.no], [c.no, b.no, a.no]]
    assert [person.sure for person in people] == [False, True, True]
    for word in ("110101 19900101 0010", "130-0000-0001", "0001"):
        (found,) = persons.person(desk, word, reveal=False, accusation=False).people
        assert found.volumes._asdict() == {"cases": 3, "first": 3, "repeat": 0, "open": 3}
    with pytest.raises(NotFound):
        persons.person(desk, "测试", reveal=False, accusation=False)
    (seen,) = history.accesses(desk, e.no).looks
    assert (seen.what, seen.rows, seen.revealed, seen.accusation) == ("person", 5, True, False)


def pairs(session: Session, **more: object) -> list[tuple[str, str, list[str]]]:
    rows = persons.likely_duplicates(session, ALL, more.get("grounds")).found  # type: ignore[arg-type]
    return [(row.case.case_no, row.earlier.case_no, list(row.grounds)) for row in rows]


@pytest.mark.usefixtures("engine")
def test_duplicates_and_their_grounds(case: Make, session: Open) -> None:
    desk = session()
    with desk.writing("unit") as (book, pen):
        book.units.add_region(pen, "测试镇", desk.today)
    a = case("2023-03-01", name="测试甲", id_no="110101199001010010", title="反映供水压力不足", region="测试镇")
    b = case("2023-03-02", name="测试乙", id_no="110101199001010010", title="反映别的事情")
    c = case("2023-03-03", name="测试丙", phone="13000000001", title="反映路灯不亮")
    d = case("2023-03-04", name="测试丙", phone="13000000001", title="反映路灯不亮")
    e = case("2023-05-30", name="测试丁", title="供水压力不足问题", region="测试镇")  # 90 days after a
    f = case("2023-08-29", name="测试戊", title="供水压力不足问题", region="测试镇")  # 91 days after e
    assert pairs(desk) == [(e.no, a.no, ["title"]), (d.no, c.no, ["name_phone"]), (b.no, a.no, ["id_no"])]
    assert pairs(desk, grounds=("id_no",)) == [(b.no, a.no, ["id_no"])]
    casework.relate(desk, [e.no], a.no, desk.today)
    originals.link(desk, [d.no], c.no, desk.today)
    assert pairs(desk) == [(b.no, a.no, ["id_no"])]
    undoing.undo(desk)
    assert (d.no, c.no, ["name_phone"]) in pairs(desk)
    assert f.no not in {pair[0] for pair in pairs(desk)}


@pytest.mark.usefixtures("engine")
def test_a_registration_offers_the_same_words_from_the_same_place(case: Make, session: Open) -> None:
    desk = session()
    with desk.writing("unit") as (book, pen):
        book.units.add_region(pen, "测试镇", desk.today)
    one = case("2023-03-01", title="反映供水压力不足", region="测试镇")
    fields = {
        "channel": "letter",
        "kind": "appeal",
        "title": "供水压力不足的问题",
        "region": "测试镇",
        "name": "测试乙",
    }
    done = registering.add(desk, date(2023, 5, 30), dict(fields))
    assert [(found["case_no"], found["ground"]) for found in record(done.cases[0])["earlier"]] == [(one.no, "title")]
    again = registering.add(
        desk, date(2023, 5, 30), {**fields, "repeat": True}
    )  # its original is not known: it may be here
    assert one.no in [found["case_no"] for found in record(again.cases[0])["earlier"]]
    assert registering.earlier(desk, fields, date(2023, 3, 1))[0].case.case_no == one.no
    assert registering.earlier(desk, fields, date(2023, 2, 1)) == ()


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("rows", [3, 2100], ids=["few", "many"])
def test_an_import_tells_of_likely_duplicates(tmp_path: Path, rows: int) -> None:
    desk = Session(tmp_path / "book.db", date(2023, 7, 31), "测试员")
    lines = ["登记编号,收到日期,信访形式,信访目的,概况,姓名,联系电话"]
    for n in range(1, rows + 1):
        who = "测试甲,13000000001" if n in (1, 3) else f"测试{n},"
        lines.append(f"XF2023-{n:06d},2023-06-{n % 3 + 1:02d},来信,申诉求决,反映第{n}事,{who}")
    sheet = tmp_path / "a.csv"
    sheet.write_text("\n".join(lines), "utf-8")
    trial = run.import_ledger(desk, sheet, run.Choices(dry_run=True))
    report = run.import_ledger(desk, sheet)
    pair = {"case_no": "XF2023-000001", "earlier": "XF2023-000003", "ground": "name_phone"}
    for found in (trial, report):
        assert words.document(Imported(found))["likely_duplicates"] == {"count": 1, "first": [pair]}
    sound(desk)
