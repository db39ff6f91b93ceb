"""Letters to petitioners and units: which one a case allows, the article it rests on, the facts it may state.

The wording is the template's. A fact that a letter cannot do without and the book does not have is left blank, for the
clerk to fill in by hand; a letter that the stage of the case does not allow is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from xinfang_cli.errors import Refused, next_step
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.clocks import Clock, due_day
from xinfang_cli.law.event import Event
from xinfang_cli.law.finality import why_no_review
from xinfang_cli.law.inforce import InForce
from xinfang_cli.law.rules import article_of, cited, ground_article
from xinfang_cli.law.terms import CLOSED_AND_LATER, Vocabulary

LETTER = Vocabulary(
    "文书",
    {
        "accept": ("受理告知书", "受理告知", "受理"),
        "refuse": ("不予受理告知书", "不再受理告知书", "不予受理", "不再受理", "不予（不再）受理告知书"),
        "forward": ("转送函", "转送"),
        "task": ("交办函", "交办"),
        "extend": ("延期告知书", "延期告知", "延期"),
        "delivery": ("送达回证", "处理意见书送达回证", "送达"),
        "review": ("复查告知书", "复查告知", "复查"),
        "recheck": ("复核告知书", "复核告知", "复核"),
        "redirect": ("导入法定途径告知书", "导入法定途径", "法定途径告知书"),
        "supervise": ("督办函", "督办"),
        "remind": ("催办函", "催办", "催报函"),
    },
)
# What a template may ask for: the glossary's identifier, its Chinese name (both are taken), and what it is.
FIELDS: dict[str, tuple[str, str]] = {
    "letter_name": ("文书名称", "如 受理告知书；不予受理和不再受理、复查的申请和结果各有其名"),
    "case_no": ("登记编号", ""),
    "external_no": ("外部编号", ""),
    "received_on": ("收到日期", ""),
    "channel": ("信访形式", ""),
    "kind": ("信访目的", ""),
    "topic": ("内容分类", ""),
    "region": ("问题属地", ""),
    "headcount": ("信访人数", "数字"),
    "title": ("概况", "发给单位的检举控告件、督办函、催办函里，信访人的姓名换成“信访人”"),
    "content": ("内容", "同上"),
    "petitioner": ("信访人", "姓名，几人的写“某某等5人”；发给单位的检举控告件里是空的"),
    "address": ("住址", "同上"),
    "phone": ("联系电话", "同上"),
    "unit": ("责任单位", ""),
    "complained_unit": ("被反映单位", ""),
    "accusation": ("检举控告件", "是或否，用于 {% if %}"),
    "bureau": ("本局名称", next_step("~config") + " 里的 bureau"),
    "issuer": ("落款单位", f"本局或责任单位；{next_step('.issuer')} 可另定"),
    "letter_on": ("成文日期", next_step(".on") + "，默认今天"),
    "article": ("依据条款", "如 《信访工作条例》第二十三条"),
    "assigned_on": ("转办日期", ""),
    "objection_by": ("异议截止日", "可以申请退回的最后一天"),
    "acceptance_by": ("告知截止日", "书面告知信访人的最后一天"),
    "answer_article": ("告知条款", "上面两个期限的依据"),
    "feedback_by": ("反馈期限", ""),
    "accepted_on": ("受理日期", ""),
    "pathway": ("办理途径", ""),
    "due_on": ("办结期限", "没有法定期限的是空的"),
    "due_article": ("期限依据", ""),
    "reviewable": ("可复查", "是或否：答复以信访处理意见书作出，不服的可以申请复查"),
    "decision": ("受理决定", "不予受理 或 不再受理"),
    "decided_on": ("决定日期", ""),
    "ground": ("理由类别", ""),
    "reason": ("理由", ""),
    "procedure": ("法定途径", ""),
    "where": ("受理机关", ""),
    "forwarded": ("已转送", "是或否：材料已转送，还是引导信访人自己提出"),
    "days": ("延期天数", "数字"),
    "base_due_on": ("原办结期限", ""),
    "approved_by": ("批准人", ""),
    "closed_on": ("办结日期", ""),
    "outcome": ("处理意见", ""),
    "reply_no": ("文号", "处理意见书的文号"),
    "delivered_on": ("送达日期", ""),
    "delivery": ("送达方式", ""),
    "refused_receipt": ("拒签", "是或否"),
    "window_days": ("申请天数", "申请复查（复核）的天数"),
    "window_by": ("申请截止日", "申请复查（复核）的最后一天，记了送达日期才有"),
    "window_article": ("申请条款", ""),
    "body": ("复查复核机关", ""),
    "requested_on": ("申请日期", ""),
    "answer_by": ("答复期限", ""),
    "result": ("结果", "维持、变更、撤销、不予受理；还没有结果时是空的"),
    "result_on": ("结果日期", ""),
    "declined": ("不予受理", "是或否"),
    "redo_by": ("重办期限", "撤销原意见时"),
    "finalised": ("终结", "是或否：复核终结"),
    "supervised_on": ("督办日期", ""),
    "text": ("督办要求", ""),
    "overdue": ("超期情况", "责任单位已超期的各个时限，一句话；没有的是空的"),
    "items": ("事项", "要催的各项，用 {%tr for 件 in 事项 %}；每项写 {{ 件.登记编号 }} 等"),
    "count": ("项数", "数字"),
    "overdue_count": ("超期项数", "数字"),
}
ITEM_FIELDS: dict[str, str] = {
    "n": "序号",
    "case_no": "登记编号",
    "title": "概况",
    "clock": "时限",
    "due_on": "到期日",
    "state": "情况",
    "level": "级别",
    "article": "依据条款",
}
Fact = str | int | date | None | list[dict[str, str | int]]
"""What a letter states of one field; a field of rows has each by the names of ITEM_FIELDS."""
Facts = Mapping[str, Fact]

COMMON = ("letter_name", "issuer", "letter_on", "bureau", "article")
OF_CASE = (
    *("case_no", "external_no", "received_on", "channel", "kind", "topic", "region", "headcount", "title"),
    *("petitioner", "address", "phone", "unit", "complained_unit", "accusation"),
)


class Letter(NamedTuple):
    """One kind of letter. `needs`: its facts, left blank if the book lacks them; `may`: optional ones."""

    to: str  # petitioner or unit
    rule: str  # the clock or limit whose article it rests on
    when: str
    stages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    hint: str = ""
    asks_content: bool = False

    def fields(self) -> tuple[str, ...]:
        """Everything a template of this kind may ask for."""
        if "items" in self.needs:
            return (*COMMON, "unit", *self.needs)
        return (*COMMON, *OF_CASE, *(("content",) if self.asks_content else ()), *self.needs, *self.may)


_IN_HAND = ("assigned", "objected", "accepted", "reported", *CLOSED_AND_LATER)
_AFTER_ACCEPT = ("accepted", "reported", *CLOSED_AND_LATER)
LETTERS: dict[str, Letter] = {
    "accept": Letter(
        "petitioner",
        "acceptance",
        "受理之后",
        _AFTER_ACCEPT,
        ("accepted_on", "pathway"),
        ("due_on", "due_article", "reviewable", "window_days", "window_article"),
        "先受理：⟦accept⟧",
    ),
    "refuse": Letter(
        "petitioner",
        "",
        "不予受理、不再受理之后",
        ("refused",),
        ("decision", "decided_on", "ground", "reason"),
        hint="先登记不予受理：⟦refuse⟧",
    ),
    "forward": Letter(
        "unit",
        "dispatch",
        "转送之后",
        _IN_HAND,
        ("assigned_on", "objection_by", "acceptance_by", "answer_article"),
        hint="先转送：⟦assign⟧",
        asks_content=True,
    ),
    "task": Letter(
        "unit",
        "feedback",
        "交办之后",
        _IN_HAND,
        ("assigned_on", "objection_by", "acceptance_by", "answer_article", "feedback_by"),
        hint="先交办：⟦assign⟧ … ⟦.mode⟧ task ⟦.feedback_by⟧ 日期",
        asks_content=True,
    ),
    "extend": Letter(
        "petitioner",
        "extension",
        "办结期限延长之后",
        _AFTER_ACCEPT,
        ("accepted_on", "days", "base_due_on", "due_on", "reason", "approved_by"),
        hint="先登记延期：⟦extend⟧",
    ),
    "delivery": Letter(
        "petitioner",
        "",
        "出具处理意见书并办结之后",
        CLOSED_AND_LATER,
        ("closed_on", "outcome", "window_days", "window_article"),
        ("reply_no", "delivered_on", "delivery", "refused_receipt", "window_by"),
        "先办结：⟦close⟧",
    ),
    "review": Letter(
        "petitioner",
        "review",
        "申请复查之后；有了结果的告知结果",
        (),
        ("requested_on",),
        (
            *("body", "answer_by", "result", "result_on", "declined", "reason", "redo_by", "delivered_on"),
            *("window_days", "window_by", "window_article"),
        ),
        "先登记复查申请：⟦review⟧",
    ),
    "recheck": Letter(
        "petitioner",
        "recheck",
        "申请复核之后；有了结果的告知结果",
        (),
        ("requested_on",),
        ("body", "answer_by", "result", "result_on", "declined", "reason", "redo_by", "delivered_on", "finalised"),
        "先登记复核申请：⟦recheck⟧",
    ),
    "redirect": Letter(
        "petitioner",
        "",
        "导入法定途径之后",
        (),
        ("decided_on", "procedure", "where"),
        ("forwarded",),
        "先登记导入法定途径：⟦redirect⟧",
    ),
    "supervise": Letter(
        "unit",
        "supervision",
        "督办之后、单位答复之前",
        terms.OPEN_STAGES,
        ("supervised_on", "answer_by"),
        ("text", "overdue"),
        "先登记督办：⟦supervise⟧ … ⟦.answer_by⟧ 日期",
    ),
    "remind": Letter("unit", "", "有时限快到期或已超期时；每个单位一份", needs=("items", "count", "overdue_count")),
}


def cite(article: str) -> str:
    """条例第二十三条 → 《信访工作条例》第二十三条."""
    return article.replace("条例第", "《信访工作条例》第", 1)


def facts_of(kind: str, case: Case, standing: Sequence[Event], case_no: str, on: date) -> dict[str, Fact]:
    """The facts of one letter on its day: days as days, words in Chinese, missing ones None.

    `standing` are the standing events. Refused at a stage without this letter.
    """
    letter, name = LETTERS[kind], LETTER.label(kind)
    if letter.stages and case.stage not in letter.stages:
        raise _refuse(case, case_no, name, letter.hint)
    own = _FACTS[kind](case, standing, case_no)
    since = own.pop("since")
    assert isinstance(since, date)
    if on < since:
        raise Refused(
            f"{case_no} 的{own.get('letter_name', name)}日期 {on.isoformat()} 早于 {since.isoformat()}",
            "成文日期不能早于所告知的事",
            code="order",
        )
    rules = case.code.now.rules
    if letter.rule:
        rule = rules.limits[letter.rule] if letter.rule in rules.limits else rules.clocks[letter.rule]
        own.setdefault("article", article_of(rule, case.received_on))
    own["article"] = cite(str(own["article"]))
    if kind == "supervise":
        own["overdue"] = _overdue(case, on)
    fields = letter.fields()
    return {key: value for key, value in {"letter_name": name, **own}.items() if key in fields}


def _refuse(case: Case, case_no: str, name: str, hint: str, why: str = "") -> Refused:
    stage = terms.STAGE.label(case.stage)
    return Refused(f"{case_no} 现为「{stage}」{why}，不能出{name}", hint, code="stage")


def _last(standing: Sequence[Event], *kinds: str) -> Event | None:
    return next((event for event in reversed(standing) if event.kind in kinds), None)


def _sentence(text: str | None) -> str | None:
    """A clerk's text without its full stop, which the template adds."""
    return None if text is None else text.rstrip("。.；; \n")


def _law(case: Case, clock: Clock) -> InForce:
    return case.code.at(clock.law_at) if clock.law_at else case.code.now


def _due(clock: Clock) -> date | str:
    """Its last day; one that may still move says so."""
    return f"{day_in_words(clock.due)}（约）" if clock.guessed else clock.due


def _window(case: Case, kind: str, delivered: date | None) -> dict[str, Fact]:
    """The right to ask for review or recheck: its last day only where the day of delivery is known, never a guess."""
    clock = next((c for c in reversed(case.clocks) if c.kind == kind), None)
    rule = (_law(case, clock) if clock is not None else case.code.now).rules.clocks[kind]
    return {
        "window_days": rule.n,
        "window_by": clock.due if clock is not None and delivered is not None and not clock.guessed else None,
        "window_article": cite(article_of(rule, case.received_on)),
    }


def _accept(case: Case, standing: Sequence[Event], case_no: str) -> dict[str, Fact]:
    event = _last(standing, "accept")
    if event is None or case.accepted_on is None:
        raise _refuse(case, case_no, LETTER.label("accept"), LETTERS["accept"].hint, "，没有受理记录")
    clock = next(
        (c for c in case.clocks if c.opened_by == event.seq and c.kind in ("completion", "duty", "office")), None
    )
    found: dict[str, Fact] = {
        "since": case.accepted_on,
        "accepted_on": case.accepted_on,
        "pathway": terms.PATHWAY.label(case.pathway),
        "reviewable": case.pathway in ("opinion", "simple"),
        **_window(case, "review_window", None),
    }
    if clock is not None and not (clock.kind == "office" and clock.void):
        rule = _law(case, clock).rules.clocks[clock.rule]
        due = f"{day_in_words(clock.base_due)}（约）" if clock.guessed else clock.base_due
        found |= {"due_on": due, "due_article": cite(rule.cited or article_of(rule, case.received_on))}
    return found


def _decline(case: Case, standing: Sequence[Event], case_no: str) -> dict[str, Fact]:
    event = _last(standing, "refuse")
    assert event is not None
    ground = event.data.get("ground", "unstated")
    decision = terms.refused_as(event.data)
    return {
        "since": event.on,
        "letter_name": f"{decision}告知书",
        "article": ground_article(ground, case.received_on),
        "decision": decision,
        "decided_on": event.on,
        "ground": terms.GROUND.label(ground),
        "reason": _sentence(event.data.get("reason")),
    }


def _sent(mode: str) -> Callable[[Case, Sequence[Event], str], dict[str, Fact]]:
    def facts(case: Case, standing: Sequence[Event], case_no: str) -> dict[str, Fact]:
        kind = "task" if mode == "task" else "forward"
        if case.unit is None or case.assigned_on is None or case.mode != mode:
            said = f"，是{terms.MODE.label(case.mode)}件" if case.mode else "，没有转送交办"
            raise _refuse(case, case_no, LETTER.label(kind), LETTERS[kind].hint, said)
        mine = {clock.kind: clock for clock in case.clocks if clock.opened_by == case.assign_seq}
        feedback = mine.get("feedback")
        return {
            "since": case.assigned_on,
            "assigned_on": case.assigned_on,
            "objection_by": _due(mine["objection"]) if "objection" in mine else None,
            "acceptance_by": _due(mine["acceptance"]),
            "answer_article": cite(
                article_of(_law(case, mine["acceptance"]).rules.clocks["acceptance"], case.received_on)
            ),
            "feedback_by": None if feedback is None else feedback.due,
        }

    return facts


def _extended(case: Case, standing: Sequence[Event], case_no: str) -> dict[str, Fact]:
    accepted = _last(standing, "accept")
    since = standing.index(accepted) if accepted is not None else len(standing)
    extended = [
        event
        for event in standing[since:]
        if event.kind == "extend" and event.data.get("clock", "completion") == "completion"
    ]
    clock = next(
        (c for c in case.clocks if accepted is not None and c.kind == "completion" and c.opened_by == accepted.seq),
        None,
    )
    if not extended or clock is None or case.accepted_on is None:
        raise _refuse(case, case_no, LETTER.label("extend"), LETTERS["extend"].hint, "，没有延长过办结期限")
    event = extended[-1]
    days = event.data["days"]
    return {
        "since": event.on,
        "accepted_on": case.accepted_on,
        "days": days,
        "base_due_on": due_day(clock.rule, clock.start, _law(case, clock), clock.extra - days),
        "due_on": _due(clock),
        "reason": _sentence(event.data.get("reason")),
        "approved_by": event.data.get("approved_by"),
    }


def _delivery(case: Case, standing: Sequence[Event], case_no: str) -> dict[str, Fact]:
    why = why_no_review(case)
    if why or case.closed_on is None:
        raise Refused(
            f"{case_no} 不能出{LETTER.label('delivery')}：{why or '没有办结'}",
            "送达回证用于信访处理意见书",
            code="no_opinion",
        )
    slip = next((e for e in reversed(standing) if e.kind == "deliver" and e.on == case.delivered_on), None)
    told = slip.data if slip is not None else case.close_data
    return {
        "since": case.closed_on,
        "article": cited("opinion", case.received_on),
        "closed_on": case.closed_on,
        "outcome": terms.OUTCOME.label(case.outcome),
        "reply_no": case.close_data.get("reply_no"),
        "delivered_on": case.delivered_on,
        "delivery": terms.DELIVERY.label(told.get("how")),
        "refused_receipt": told.get("receipt") == "refused",
        **_window(case, "review_window", case.delivered_on),
    }


def _second_look(kind: str) -> Callable[[Case, Sequence[Event], str], dict[str, Fact]]:
    """The request for review or recheck with its day, or its result with the next remedy (art. 35, 36)."""
    word = "复查" if kind == "review" else "复核"
    waiting = f"in_{kind}"

    def facts(case: Case, standing: Sequence[Event], case_no: str) -> dict[str, Fact]:
        name, hint = LETTER.label(kind), LETTERS[kind].hint
        request, event = _last(standing, kind), _last(standing, kind, f"{kind}_result")
        if request is None or event is None:
            raise _refuse(case, case_no, name, hint, f"，没有{word}申请")
        found = {"requested_on": request.on, "body": request.data.get("where")}
        if event is request:
            if case.stage != waiting:
                raise _refuse(case, case_no, name, hint, f"，{word}申请已撤回")
            clock = case.open_clock(kind)
            found |= {"since": request.on, "answer_by": None if clock is None else _due(clock)}
            return {**found, "letter_name": f"{word}申请受理告知书"}
        if case.stage == waiting:
            raise _refuse(case, case_no, name, f"有了新的{word}结果再告知", f"，原{word}意见已撤销")
        result = event.data["result"]
        declined = result == "declined"
        found |= {
            "since": event.on,
            "letter_name": f"{word}不予受理告知书" if declined else f"{word}意见告知书",
            "result": terms.RESULT.label(result),
            "result_on": event.on,
            "declined": declined,
            "reason": _sentence(event.data.get("reason")),
            "redo_by": event.data.get("redo_by"),
            "finalised": kind == "recheck" and result in ("upheld", "changed"),
        }
        if kind == "review":
            found["delivered_on"] = case.review_delivered_on
            if result in ("upheld", "changed"):
                found |= _window(case, "recheck_window", case.review_delivered_on)
        else:
            found["delivered_on"] = event.data.get("delivered_on")
        return found

    return facts


_WAYS = ("litigation", "arbitration", "party", "administrative", "discipline")
"""Procedures that an item of the article names."""


def _redirect(case: Case, standing: Sequence[Event], case_no: str) -> dict[str, Fact]:
    event = _last(standing, "redirect")
    if event is None or case.redirected_on is None:
        raise _refuse(case, case_no, LETTER.label("redirect"), LETTERS["redirect"].hint)
    procedure = event.data.get("procedure")
    way = "accusation" if case.kind == "accusation" else procedure if procedure in _WAYS else "other_ways"
    return {
        "since": event.on,
        "article": cited(way, case.received_on),
        "decided_on": event.on,
        "procedure": terms.PROCEDURE.label(procedure),
        "where": event.data.get("where"),
        "forwarded": event.data.get("how") == "forwarded",
    }


def _supervise(case: Case, standing: Sequence[Event], case_no: str) -> dict[str, Fact]:
    clock = case.open_clock("supervision")
    if clock is None or case.unit is None:
        raise _refuse(case, case_no, LETTER.label("supervise"), LETTERS["supervise"].hint, "，没有待答复的督办")
    event = next(event for event in standing if event.seq == clock.opened_by)
    return {
        "since": event.on,
        "supervised_on": event.on,
        "answer_by": clock.due,
        "text": _sentence(event.data.get("text")),
    }


def _overdue(case: Case, on: date) -> str:
    """The unit's clocks overdue on that day, as a sentence."""
    late = [
        clock
        for clock in case.clocks
        if clock.owner == "unit" and clock.kind != "supervision" and clock.state(on) == "overdue"
    ]
    return "；".join(
        f"{terms.CLOCK.label(clock.kind)}期限为{day_in_words(clock.due)}{'（约）' if clock.guessed else ''}，已超期{(on - clock.due) // timedelta(days=1)}天"
        for clock in sorted(late, key=lambda clock: clock.due)
    )


def day_in_words(day: date) -> str:
    """2023年7月18日, as a letter writes it."""
    return f"{day.year}年{day.month}月{day.day}日"


_FACTS: Mapping[str, Callable[[Case, Sequence[Event], str], dict[str, Fact]]] = {
    "accept": _accept,
    "refuse": _decline,
    "forward": _sent("forward"),
    "task": _sent("task"),
    "extend": _extended,
    "delivery": _delivery,
    "review": _second_look("review"),
    "recheck": _second_look("recheck"),
    "redirect": _redirect,
    "supervise": _supervise,
}
