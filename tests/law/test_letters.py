"""Which letter a case allows, the article it rests on, the days it states: regulation, articles 19 to 40."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.conftest import Story, day
from xinfang_cli.errors import Refused
from xinfang_cli.law.fold import in_force
from xinfang_cli.law.letters import FIELDS, ITEM_FIELDS, LETTER, LETTERS, facts_of
from xinfang_cli.law.terms import GROUND_ARTICLE

NO = "XF2023-000001"
ASSIGNED = [("assign", "2023-03-03")]
ACCEPTED = [*ASSIGNED, ("accept", "2023-03-10")]
CLOSED = [*ACCEPTED, ("close", "2023-05-05", {"outcome": "rejected", "reply_no": "测信复〔2023〕1号"})]
IN_REVIEW = [*CLOSED, ("deliver", "2023-05-08", {"how": "in_person"}), ("review", "2023-06-01", {"where": "测试市局"})]
REVIEWED = [*IN_REVIEW, ("review_result", "2023-06-20", {"result": "upheld", "delivered_on": date(2023, 6, 22)})]
IN_RECHECK = [*REVIEWED, ("recheck", "2023-07-01")]


def facts(kind: str, story: Story, on: str = "2023-12-01") -> dict[str, Any]:
    found = facts_of(kind, story.case, in_force(story.events), NO, day(on))
    assert found.keys() <= set(LETTERS[kind].fields())
    return found


def refused(kind: str, story: Story, on: str = "2023-12-01") -> Refused:
    with pytest.raises(Refused) as caught:
        facts_of(kind, story.case, in_force(story.events), NO, day(on))
    assert caught.value.hint
    return caught.value


STORIES: dict[str, list[Any]] = {
    "registered": [],
    "forwarded": ASSIGNED,
    "tasked": [("assign", "2023-03-03", {"mode": "task", "feedback_by": date(2023, 5, 1)})],
    "objected": [*ASSIGNED, ("object", "2023-03-06")],
    "accepted": ACCEPTED,
    "extended": [*ACCEPTED, ("extend", "2023-04-01", {"days": 10})],
    "supervised": [*ACCEPTED, ("supervise", "2023-06-01", {"answer_by": date(2023, 6, 10)})],
    "answered": [*ACCEPTED, ("supervise", "2023-06-01"), ("supervise_answered", "2023-06-05")],
    "moved on": [*ACCEPTED, ("extend", "2023-04-01", {"days": 10}), ("assign", "2023-04-10", {"unit": 2})],
    "closed": CLOSED,
    "closed by the bureau": [("close", "2023-03-05")],
    "in review": IN_REVIEW,
    "review taken back": [*IN_REVIEW, ("withdraw", "2023-06-05")],
    "reviewed": REVIEWED,
    "in recheck": IN_RECHECK,
    "finalised": [*IN_RECHECK, ("recheck_result", "2023-07-20")],
    "refused": [("refuse", "2023-03-05")],
    "redirected": [("redirect", "2023-03-05", {"procedure": "arbitration", "where": "测试仲裁委", "how": "guided"})],
    "filed": [("file", "2023-03-05")],
    "withdrawn": [*ACCEPTED, ("withdraw", "2023-04-01")],
}
ALLOWED = {
    "registered": "",
    "forwarded": "forward",
    "tasked": "task",
    "objected": "forward",
    "accepted": "forward accept",
    "extended": "forward accept extend",
    "supervised": "forward accept supervise",
    "answered": "forward accept",
    "moved on": "forward",
    "closed": "forward accept delivery",
    "closed by the bureau": "",
    "in review": "forward accept delivery review",
    "review taken back": "forward accept delivery",
    "reviewed": "forward accept delivery review",
    "in recheck": "forward accept delivery review recheck",
    "finalised": "forward accept delivery review recheck",
    "refused": "refuse",
    "redirected": "redirect",
    "filed": "",
    "withdrawn": "",
}


@pytest.mark.parametrize("name", STORIES)
def test_the_letters_that_each_stage_allows(story: Callable[..., Story], name: str) -> None:
    told = story().walk(*STORIES[name])
    allowed = set(ALLOWED[name].split())
    for kind in LETTERS.keys() - {"remind"}:
        if kind in allowed:
            facts(kind, told)
        else:
            error = refused(kind, told)
            assert error.code in ("stage", "no_opinion")
            assert error.message.startswith(NO)


ARTICLES = [
    ("accept", "accepted", "第二十三条"),
    ("forward", "forwarded", "第二十二条"),
    ("task", "tasked", "第二十二条第（三）项"),
    ("extend", "extended", "第三十四条"),
    ("delivery", "closed", "第三十一条第（六）项"),
    ("review", "in review", "第三十五条"),
    ("review", "reviewed", "第三十五条"),
    ("recheck", "in recheck", "第三十六条"),
    ("supervise", "supervised", "第四十条"),
    ("redirect", "redirected", "第三十一条第（二）项"),
    ("refuse", "refused", "第十九条"),
]


@pytest.mark.parametrize(("kind", "name", "article"), ARTICLES)
def test_the_article_each_rests_on(story: Callable[..., Story], kind: str, name: str, article: str) -> None:
    assert facts(kind, story().walk(*STORIES[name]))["article"] == f"《信访工作条例》{article}"


@pytest.mark.parametrize("ground", GROUND_ARTICLE)
def test_no_and_no_longer(story: Callable[..., Story], ground: str) -> None:
    found = facts("refuse", story().do("refuse", "2023-03-05", ground=ground, reason="已有复核意见。", of=1))
    said = "不再受理" if ground in ("rechecked", "ended_locally") else "不予受理"
    assert (found["decision"], found["letter_name"]) == (said, f"{said}告知书")
    assert found["reason"] == "已有复核意见"


def test_an_acceptance_states_the_day_without_extensions(story: Callable[..., Story]) -> None:
    found = facts("accept", story().walk(*STORIES["extended"]))
    assert found["due_on"] == date(2023, 5, 9)  # 60 days after 10 March
    assert found["due_article"] == "《信访工作条例》第三十四条"
    assert found["reviewable"]


@pytest.mark.parametrize(
    ("kind", "pathway", "due", "reviewable"),
    [
        ("appeal", "opinion", date(2023, 5, 9), True),
        ("appeal", "simple", date(2023, 3, 24), True),  # 10 working days, no holiday among them
        ("appeal", "duty", date(2023, 5, 1), False),  # two months after receipt
        ("suggestion", "suggestion", None, False),
        ("accusation", "accusation", None, False),
        ("inquiry", "answer", None, False),
    ],
)
def test_the_day_of_each_pathway(
    story: Callable[..., Story], kind: str, pathway: str, due: date | None, reviewable: bool
) -> None:
    told = story(kind=kind).walk(*ASSIGNED).do("accept", "2023-03-10", pathway=pathway)
    found = facts("accept", told)
    assert (found.get("due_on"), found["reviewable"]) == (due, reviewable)


def test_each_extension_from_where_the_last_one_ended(story: Callable[..., Story]) -> None:
    told = story().walk(*ACCEPTED, ("extend", "2023-04-01", {"days": 10}), ("extend", "2023-05-01", {"days": 20}))
    found = facts("extend", told)
    assert (found["base_due_on"], found["days"], found["due_on"]) == (date(2023, 5, 19), 20, date(2023, 6, 8))
    assert (found["reason"], found["approved_by"]) == ("情况复杂", "测试甲")


def test_an_extension_of_the_report_is_none_of_the_petitioners(story: Callable[..., Story]) -> None:
    told = story().walk(*STORIES["tasked"], ("accept", "2023-03-10"))
    told.do("extend", "2023-04-01", days=5, clock="feedback")
    refused("extend", told)
    assert facts("task", told)["feedback_by"] == date(2023, 5, 6)


def test_the_days_of_a_sending_run_from_the_receipt(story: Callable[..., Story]) -> None:
    found = facts("forward", story().walk(*ASSIGNED, ("sign", "2023-03-06")))
    assert found["acceptance_by"] == date(2023, 3, 21)  # 15 days
    assert found["objection_by"] == date(2023, 3, 13)  # 5 working days
    assert "是转送件" in refused("task", story().walk(*ASSIGNED)).message


def test_the_last_day_for_review_is_never_presumed(story: Callable[..., Story]) -> None:
    told = story().walk(*CLOSED)
    assert facts("delivery", told)["window_by"] is None
    told.do("deliver", "2023-05-08", how="post")
    found = facts("delivery", told)
    assert (found["window_by"], found["window_days"]) == (date(2023, 6, 7), 30)
    assert (found["delivery"], found["reply_no"]) == ("邮寄", "测信复〔2023〕1号")
    assert found["window_article"] == "《信访工作条例》第三十五条"


def test_no_slip_where_no_opinion_was_written(story: Callable[..., Story]) -> None:
    told = story(kind="inquiry").walk(*ASSIGNED, ("accept", "2023-03-10"), ("close", "2023-03-20"))
    assert refused("delivery", told).code == "no_opinion"


def test_a_review_asked_for_and_answered(story: Callable[..., Story]) -> None:
    found = facts("review", story().walk(*IN_REVIEW))
    assert found["letter_name"] == "复查申请受理告知书"
    assert (found["requested_on"], found["answer_by"]) == (date(2023, 6, 1), date(2023, 7, 1))
    assert "result" not in found
    found = facts("review", story().walk(*REVIEWED))
    assert (found["letter_name"], found["result"], found["body"]) == ("复查意见告知书", "维持", "测试市局")
    assert found["window_by"] == date(2023, 7, 22)
    assert found["window_article"] == "《信访工作条例》第三十六条"


def test_a_review_declined_or_revoked(story: Callable[..., Story]) -> None:
    declined = story().walk(*IN_REVIEW, ("review_result", "2023-06-20", {"result": "declined", "reason": "已撤诉"}))
    found = facts("review", declined)
    assert (found["letter_name"], found["declined"], found["reason"]) == ("复查不予受理告知书", True, "已撤诉")
    assert "window_by" not in found
    revoked = story().walk(*IN_REVIEW)
    revoked.do("review_result", "2023-06-20", result="revoked", redo_by=date(2023, 7, 20))
    assert facts("review", revoked)["redo_by"] == date(2023, 7, 20)


def test_a_recheck_ends_it_unless_it_revokes(story: Callable[..., Story]) -> None:
    assert facts("recheck", story().walk(*STORIES["finalised"]))["finalised"]
    again = story().walk(*IN_RECHECK)
    again.do("recheck_result", "2023-07-20", result="revoked", back_to="reviewer", redo_by=date(2023, 8, 20))
    assert not facts("recheck", again)["finalised"]
    assert "原复查意见已撤销" in refused("review", again).message


def test_what_is_overdue_on_the_day_of_the_letter(story: Callable[..., Story]) -> None:
    told = story().walk(*STORIES["supervised"])
    assert facts("supervise", told, "2023-06-01")["overdue"] == "办结期限为2023年5月9日，已超期23天"
    early = story().walk(*ACCEPTED, ("supervise", "2023-05-09", {"answer_by": date(2023, 5, 20)}))
    assert facts("supervise", early, "2023-05-09")["overdue"] == ""


def test_no_letter_before_what_it_tells(story: Callable[..., Story]) -> None:
    told = story().walk(*ACCEPTED)
    assert refused("accept", told, "2023-03-09").code == "order"
    facts("accept", told, "2023-03-10")


@pytest.mark.parametrize(
    ("kind", "procedure", "article"),
    [
        ("appeal", "litigation", "第三十一条第（一）项"),
        ("appeal", "party", "第三十一条第（三）项"),
        ("appeal", "administrative", "第三十一条第（四）项"),
        ("appeal", "discipline", "第二十二条"),
        ("appeal", "other", "第三十一条"),
        ("accusation", "discipline", "第三十条"),
    ],
)
def test_the_article_of_each_procedure(story: Callable[..., Story], kind: str, procedure: str, article: str) -> None:
    told = story(kind=kind).do("redirect", "2023-03-05", procedure=procedure, where="某机关", how="forwarded")
    found = facts("redirect", told)
    assert found["article"] == f"《信访工作条例》{article}"
    assert found["forwarded"]


def test_every_field_has_a_name_of_its_own_that_a_template_can_use() -> None:
    names = [name for name, _ in FIELDS.values()]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in [*names, *ITEM_FIELDS.values(), *FIELDS, *ITEM_FIELDS])
    assert LETTER.labels.keys() == LETTERS.keys()
    for letter in LETTERS.values():
        assert set(letter.fields()) <= FIELDS.keys()
        assert len(set(letter.fields())) == len(letter.fields())
