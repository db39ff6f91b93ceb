"""The columns an import knows, how headings are matched to them, and how a row becomes values."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import cell_text, clean_text, half_width, visible
from xinfang_cli.intake.closed_words import CLOSED
from xinfang_cli.intake.days import BLANK_CELLS
from xinfang_cli.law.events.taken_down import EDITABLE
from xinfang_cli.law.labels import LABELS

Holds = Literal["text", "day", "count"]

HISTORY_HEADINGS = ("完整经过", *(f"完整经过{n}" for n in range(2, 9)))
"""Written by `export --full`: all events of a case as one text, cut where a cell ends."""


class LedgerColumn(NamedTuple):
    """A field of the glossary with its headings (canonical first, in the order of questions) and content; whether it is
    in our own sheets or only in others'.
    """

    field: str
    headings: tuple[str, ...]
    holds: Holds = "text"
    ours: bool = True


_LABELS = {field.name: field.label for field in EDITABLE} | LABELS


def _said(name: str, *also: str) -> tuple[str, ...]:
    """The headings of a column: ours, then others'."""
    return (_LABELS[name], *also)


_UNITS_RATED = ("责任单位", "办理单位", "承办单位", "单位", "有权处理机关", "责任机关")
_BUREAUS_RATED = ("信访部门", "信访局", "信访机构", "信访工作机构", "信访工作部门")


def _ratings_of(*rated: str) -> tuple[str, ...]:
    """Headings for satisfaction with these bodies, alone or under a wider heading."""
    alone = ("满意度", "评价", "的满意度", "的评价", "满意度评价")
    over = ("满意度评价", "满意度", "群众评价", "群众满意度", "群众满意度评价", "评价")
    forms = [f"{to}{{}}{what}" for what in alone for to in ("对", "")]
    forms += [f"{group}{to}{{}}" for group in over for to in ("对", "")]
    said = dict.fromkeys(form.format(who) for form in forms for who in rated)
    return tuple(heading for heading in said if heading not in (_LABELS["unit_rating"], _LABELS["bureau_rating"]))


COLUMNS: tuple[LedgerColumn, ...] = (
    LedgerColumn("case_no", _said("case_no", "信访件编号", "编号", "受理编号", "信访编号")),
    LedgerColumn(
        "external_no", _said("external_no", "国家编号", "系统编号", "工单编号", "工单号", "省信访件编号", "省编号")
    ),
    LedgerColumn("received_on", _said("received_on", "接件日期", "接件时间", "收件日期", "收件时间"), "day"),
    LedgerColumn("registered_on", _said("registered_on", "登记时间"), "day"),
    LedgerColumn(
        "petitioned_on",
        _said("petitioned_on", "来信日期", "来访日期", "来信来访日期", "来电日期", "反映日期", "信访时间"),
        "day",
    ),
    LedgerColumn("channel", _said("channel", "形式", "信访渠道", "渠道", "信访方式")),
    LedgerColumn("kind", _said("kind", "诉求类别", "诉求类型", "信访目的登记单位")),
    LedgerColumn("topic", _said("topic", "一级内容分类", "问题类别", "问题分类", "信访内容分类")),
    LedgerColumn(
        "region",
        _said(
            "region", "属地", "所属镇街", "所属乡镇", "属地镇街", "乡镇", "镇街", "问题发生地", "发生地", "问题发生街道"
        ),
    ),
    LedgerColumn(
        "title",
        _said(
            "title",
            *("标题", "概况信息", "反映事项", "信访事项", "信访事由", "反映的主要问题", "问题概述"),
            *("信访标题", "工单标题"),
        ),
    ),
    LedgerColumn("content", _said("content", "主要诉求", "反映内容", "信访内容", "信访人诉求", "信访人述求")),
    LedgerColumn("name", _said("name", "信访人", "信访人姓名", "反映人", "反映人姓名")),
    LedgerColumn(
        "id_no",
        _said(
            "id_no", "身份证号", "身份证号码", "身份证", "证件号", "公民身份号码", "信访人身份证号", "信访人证件号码"
        ),
    ),
    LedgerColumn(
        "phone",
        _said(
            "phone",
            "手机",
            "手机号码",
            "手机号",
            "电话",
            "电话号码",
            "联系方式",
            "信访人联系电话",
            "信访人电话",
            "来电号码",
        ),
    ),
    LedgerColumn("address", _said("address", "家庭住址", "家庭地址", "信访人住址", "信访人地址")),
    LedgerColumn("headcount", _said("headcount", "人数", "来访人数"), "count"),
    LedgerColumn("affected", _said("affected"), "count"),
    LedgerColumn(
        "representatives", _said("representatives", "信访代表人数", "推选代表人数", "走访代表人数"), "count", ours=False
    ),
    LedgerColumn(
        "repeat_mark",
        _said("repeat_mark", "是否初次", "是否初件", "是否初信初访", "初次/重复", "初访/重访", "初信/重信"),
    ),
    LedgerColumn(
        "again",
        ("是否重复", "是否重复件", "是否重件", "是否重复信访", "是否重信重访", "重复信访标志", "重复标志"),
        ours=False,
    ),
    LedgerColumn("repeat_of", _said("repeat_of", "重复件编号", "重复信访件编号")),
    LedgerColumn(
        "unit",
        _said(
            "unit",
            "办理单位",
            "承办单位",
            "承办部门",
            "责任部门",
            "去向机构",
            "去向单位",
            "办理机构",
            "承办机构",
            "责任机构",
            "办理部门",
        ),
    ),
    LedgerColumn("complained_unit", _said("complained_unit", "被反映的单位", "被举报单位", "被检举单位"), ours=False),
    LedgerColumn(
        "complained_person",
        _said("complained_person", "被反映人姓名", "被举报人", "被举报人姓名", "被检举人", "被检举人姓名", "被控告人"),
        ours=False,
    ),
    LedgerColumn("co_unit", ("共同承办单位", "共同责任单位", "共同办理单位"), ours=False),
    LedgerColumn("crossing", _said("crossing", "是否三跨三分离", "是否三跨三分离事项"), ours=False),
    LedgerColumn("mode", _said("mode", "办理类型")),
    LedgerColumn(
        "assigned_on",
        _said(
            "assigned_on",
            "转送日期",
            "交办日期",
            "转办时间",
            "转送时间",
            "交办时间",
            "转送交办日期",
            "转送交办时间",
            "转交日期",
            "转交时间",
        ),
        "day",
    ),
    LedgerColumn("feedback_by", _said("feedback_by"), "day"),
    LedgerColumn("signed_on", _said("signed_on"), "day"),
    LedgerColumn("accepted_on", _said("accepted_on", "受理时间"), "day"),
    LedgerColumn("told_on", _said("told_on", "受理告知日期"), "day"),
    LedgerColumn("extended_days", _said("extended_days"), "count"),
    LedgerColumn("closed_on", _said("closed_on", "答复日期", "办结时间", "答复时间"), "day"),
    LedgerColumn("outcome", _said("outcome", "办理结果", "办结结果")),
    LedgerColumn(
        "reply",
        ("答复内容", "处理情况", "办理情况", "答复意见", "处理答复", "回复内容", "反馈内容", "办理过程", "意见书内容"),
        ours=False,
    ),
    LedgerColumn(
        "outside_acceptance_due",
        _said("outside_acceptance_due", "应受理日期", "应受理时间", "受理期限", "受理截止日期"),
        "day",
        ours=False,
    ),
    LedgerColumn(
        "outside_completion_due",
        _said(
            "outside_completion_due",
            *("应办结日期", "应办结时间", "应结日期", "办结期限", "办结时限", "办结截止日期"),
            *("限办时间", "限办日期", "限办期限", "限时办结日期", "办理期限", "办理时限", "到期日期", "到期时间"),
            *("要求办结时间", "要求办结日期", "应结办日期", "应结办时间", "限办截止时间", "限办截止日期"),
        ),
        "day",
        ours=False,
    ),
    LedgerColumn("delivered_on", _said("delivered_on", "送达时间"), "day"),
    LedgerColumn(
        "unit_rating",
        _said(
            "unit_rating",
            "满意度",
            "群众评价",
            "群众满意度",
            "满意度评价",
            *_ratings_of(*_UNITS_RATED),
            "对责任单位评价满意值",
        ),
    ),
    LedgerColumn("bureau_rating", _said("bureau_rating", *_ratings_of(*_BUREAUS_RATED), "对信访部门评价满意值")),
    LedgerColumn("rated_on", _said("rated_on", "评价时间", "责任单位评价时间", "责任单位评价日期"), "day"),
    LedgerColumn("review_on", _said("review_on"), "day"),
    LedgerColumn("review_result", _said("review_result")),
    LedgerColumn("review_delivered_on", _said("review_delivered_on"), "day"),
    LedgerColumn("batch", _said("batches")),
    LedgerColumn("lead", _said("lead")),
    LedgerColumn("resolved_on", _said("resolved_on"), "day"),
    LedgerColumn("history", HISTORY_HEADINGS),
)

NUMBERS_ROWS = frozenset({"序号", "行号", "序"})
"""Headings of columns that only count the rows."""
REJECT_HEADING = "退回原因"
"""Written by us into the file of rejected rows; ignored when that file comes back."""

RECEIVED_FIELDS = ("received_on", "registered_on", "petitioned_on")
"""The first of these that is filled is the received day."""

FOOT_WORDS = ("合计", "总计", "小计", "注", "备注", "说明", "填表")

CANONICAL: dict[str, str] = {column.field: column.headings[0] for column in COLUMNS}
_HOLDS: dict[str, Holds] = {column.field: column.holds for column in COLUMNS}
Known = Mapping[str, tuple[str, int]]
"""Heading, normalised → the field it stands for, and its place among the headings of that field."""

KNOWN: Known = {heading: (column.field, place) for column in COLUMNS for place, heading in enumerate(column.headings)}
_MARKS = "*:;,.、。﹡※★☆●○◎▲△▼■□◆•·√"
_BRACKETED = r"[(\[【〔〖「][^()\[\]【】〔〕〖〗「」]*[)\]】〕〗」]"
# What offices put around a heading: 1、收到日期  (2)收到日期  收到日期（必填）  （必填）收到日期  【收到日期】
_AROUND = (
    (re.compile(r"^(?:[(\[]?[0-9]{1,2}[)\]、.]|[\u2460-\u2473])(?=[^0-9])"), ""),
    (re.compile(f"(?:{_BRACKETED})+$"), ""),
    (re.compile(f"^(?:{_BRACKETED})+"), ""),
    (re.compile(r"^[(\[【〔〖「](.*)[)\]】〕〗」]$"), r"\1"),
)


_SIMPLER = str.maketrans(
    "編號訪責單位轉辦處結時間業務區屬電話證碼類標題內問聯繫滿評價復查領導積誤諮詢來與關實際見應屆檢舉對產從訴請"
    "記況報級訊機構據條決議過擬線網總數長縣鎮鄉戶簽達遞覆複後體備註補認調職發書",
    "编号访责单位转办处结时间业务区属电话证码类标题内问联系满评价复查领导积误咨询来与关实际见应届检举对产从诉请"
    "记况报级讯机构据条决议过拟线网总数长县镇乡户签达递复复后体备注补认调职发书",
)
"""Characters of headings as they are written in Taiwan and Hong Kong."""


def normalise_heading(cell: object) -> str:
    """A heading without blanks, line breaks, stars, a number before it and bracketed notes."""
    whole = plain = "".join(half_width(visible(cell)).split()).strip(_MARKS).translate(_SIMPLER)
    for pattern, kept in _AROUND:
        plain = pattern.sub(kept, plain).strip(_MARKS) or plain
    if plain != whole:
        return _with_its_note(plain, "".join(re.findall(_BRACKETED, whole)))
    return plain


def _with_its_note(plain: str, notes: str) -> str:
    """A heading with its bracketed note, if the note changes its meaning: 办结日期(应)."""
    note = re.sub(r"[()\[\]【】〔〕〖〗「」]", "", notes)
    field = KNOWN[plain][0] if plain in KNOWN else ""
    joined = [both for both in (f"{note}{plain}", f"{plain}{note}") if note and both in KNOWN]
    if joined:
        return joined[0]
    same = not field or KNOWN.get(note, (field,))[0] == field
    due = (field in _DAYS or not field) and _DUE_NOTE.fullmatch(note)
    return plain if same and not due and not is_of_others(note, field) else f"{note}{plain}"


_DUE_NOTE = re.compile("(?:应|限|时限|期限|要求|规定|截止|到期|最迟|计划|预计|拟)[^0-9格填写]{0,4}")


_REVIEWS = ("review_on", "review_result", "review_delivered_on")
_COMPLAINED = ("complained_unit", "complained_person")
_ROLES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(words), fields)
    for words, fields in (
        ("复查", _REVIEWS),
        ("复核|终结", ()),
        ("被(?:反映|举报|检举|控告|投诉|诉)", _COMPLAINED),
        ("包案", ("lead",)),
        ("接访", ("received_on", "petitioned_on")),
        ("国家|上级|外部|省级|市级|原系统", ("external_no", "outside_acceptance_due", "outside_completion_due")),
        ("原件|重复件|^原(?=编号|登记|信访|件|$)", ("repeat_of", "repeat_mark", "again")),
        (
            "来文|转来|发文|填报|报送|上报|批示|审核|审批|审查|督办|督查|回访|离访|接谈|协办|配合|随访|同行|代理|委托|归属",
            (),
        ),
        ("(?:交办|转送|转办|登记|录入)(?:单位|部门|机关|机构|领导|人)", ()),
        ("承办人|经办|办理人|接办人|联络|责任人|责任领导|联名|家属|亲属|首次|初次信访|上次|二次|再次|次数|事发", ()),
        ("^办理日期$|^办理时间$", ()),
    )
)
"""Words of a heading that say whose or of which step it is → the only fields that it can then be."""
_DAYS = tuple(column.field for column in COLUMNS if column.holds == "day")
_ENDINGS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(words), fields)
    for words, fields in (
        ("(?:日期|时间)$", _DAYS),
        ("(?:电话|手机|手机号)$", ("phone",)),
        ("(?:住址|地址)$", ("address",)),
        ("(?:状态|系统)$", ()),
        ("(?:评价|满意度|满意情况|评价结果)$", ("unit_rating", "bureau_rating")),
        ("(?:单位|部门|机关|机构)$", ("unit", "co_unit", "complained_unit")),
        ("(?:人数|人次)$", ("headcount", "affected", "representatives")),
        ("(?:编号|文号|单号)$", ("case_no", "external_no", "repeat_of", "id_no")),
        ("(?:人|人员|姓名|领导|人名)$", ("name", "lead", "complained_person")),
    )
)
"""How a heading ends → the only fields that it can be: what it is, whoever's it is."""


def is_of_others(heading: str, field: str) -> bool:
    """Whether a word of a heading says that it is not this field's, but of another person, unit or step."""
    return any(words.search(heading) and field not in fields for words, fields in _ROLES)


def _can_be(heading: str, field: str) -> bool:
    """Whether a heading that is like one of a field can be it."""
    ending = next((fields for words, fields in _ENDINGS if words.search(heading)), None)
    needs = _NEEDS.get(field)
    fits = (ending is None or field in ending) and (needs is None or needs.search(heading) is not None)
    return fits and not is_of_others(heading, field)


_NEEDS = {
    "unit_rating": re.compile("评价|满意"),
    "bureau_rating": re.compile("评价|满意"),
    "name": re.compile("人|姓名|群众|当事"),
}
"""Fields that a heading is never like without one of these words."""


def field_of(heading: object, known: Known = KNOWN) -> str | None:
    """The field a heading stands for, None when it is not one of ours."""
    found = known.get(normalise_heading(heading))
    return found[0] if found else None


def known_with(mapping: Mapping[str, str]) -> Known:
    """Headings → fields: an office's own before ours, earlier ones before later."""
    said = enumerate(mapping.items(), -len(mapping))
    return {**KNOWN, **{normalise_heading(heading): (field, place) for place, (heading, field) in said}}


# Words of offices for the words of our headings: only ever to ask whether that is meant.
_SAID = (
    (re.compile("(?:日期)?时间"), "日期"),
    (re.compile("部门$"), "单位"),
    (re.compile("类[别型]$"), "分类"),
    (re.compile("(?:镇街|乡镇|街道)$"), "属地"),
    (re.compile("^录入(?=日期)"), "登记"),
    (re.compile("^(?:来[信访件电]|收[件信文]|接[收访件])(?=日)"), "收到"),
    (re.compile("^(?:反映|信访|来信|来访)(?:的)?(?:问题|事项|事由|摘要)$"), "概况"),
)


# A day by which something is due is no day on which it happened; a unit that keeps the peace does not answer.
_DUE = re.compile("限|应|要求|截止|到期|剩余|超期|逾期")
_NOT_OURS = re.compile("稳控|来源|是否|答卷|提交|填报|填表")
_TOO_SHORT = ("编号", "受理编号", "电话", "身份证", "手机号")
_LIKE_THESE = [heading for column in COLUMNS if column.ours for heading in column.headings if heading not in _TOO_SHORT]
"""A heading may be like one of these; others are known only as they stand."""
_DUE_FIELDS = (
    (re.compile("受理"), "outside_acceptance_due"),
    (re.compile("反馈|回复"), "feedback_by"),
    (re.compile("办|结|到期"), "outside_completion_due"),
)


def suggest(heading: str, taken: Collection[str]) -> str | None:
    """The likeliest field for an unknown heading, among fields without a column."""
    plain = normalise_heading(heading)
    if len(plain) < 2 or plain in KNOWN or plain == REJECT_HEADING or _NOT_OURS.search(plain):
        return None
    if _DUE.search(plain):
        found = next((field for word, field in _DUE_FIELDS if word.search(plain)), None) if _says_when(plain) else None
        return None if found in taken else found
    as_day = plain
    for said, ours in _SAID:
        as_day = said.sub(ours, as_day)
    from difflib import get_close_matches

    found = field_of(as_day)
    if found is None:
        inner = [word for word in _LIKE_THESE if len(word) > 1 and (word in as_day or as_day in word)]
        if inner:
            found = KNOWN[max(inner, key=lambda word: (len(word) if word in as_day else 0, -len(word)))][0]
    if found is None and (near := get_close_matches(as_day, _LIKE_THESE, n=1, cutoff=0.5)):
        found = KNOWN[near[0]][0]
    if found is None or (_HOLDS[found] == "day" and not _says_when(as_day)) or not _can_be(plain, found):
        found = "unit_rating" if "评价" in plain and _can_be(plain, "unit_rating") else None
    return None if found is None or found in taken or found == "history" else found


def _says_when(plain: str) -> bool:
    """Whether a heading could stand over days: it says so, or it is a step alone (转办, 办结) under a wider heading."""
    return plain.endswith(("日期", "日", "时间", "时", "期限", "时限")) or (f"{plain}日期" in KNOWN and plain != "评价")


def by_content(field: str, cells: Sequence[object], taken: Collection[str]) -> str | None:
    """The field suggested by heading and cells together: the heading's, or another by its cells (listed words under
    内容分类, sentences under 处理意见). None if they disagree.
    """
    texts = {text for cell in cells if (text := filled_text(cell))}
    if texts and field not in CLOSED and _HOLDS.get(field) == "text":
        for other in ("kind", "channel"):
            if other not in taken and all(CLOSED[other].find(text) for text in texts):
                return other
    if agrees(field, cells):
        return field
    if field == "outcome" and "reply" not in taken and agrees("reply", cells):
        return "reply"
    return None


def agrees(field: str, cells: Sequence[object]) -> bool:
    """Whether the cells fit the field; an empty column fits any."""
    texts = [text for cell in cells if (text := filled_text(cell))]
    if not texts:
        return True
    days = sum(not isinstance(cell, str) or bool(_LIKE_DAY.fullmatch(clean_text(cell))) for cell in cells if cell)
    digits = sum(sum(sign.isdigit() for sign in text) * 2 > len(text) for text in texts)
    holds = _HOLDS.get(field)
    half = len(texts) / 2
    if holds == "day":
        return days >= half
    if holds == "count":
        return digits >= half
    if field == "phone":
        return sum(sum(sign.isdigit() for sign in text) >= 6 for text in texts) >= half
    if field == "id_no":
        return sum(len(text) >= 15 for text in texts) >= half
    if field in _NUMBERS:
        return days < half or digits >= half
    vocabulary = CLOSED.get(field)
    if vocabulary is not None:
        return sum(vocabulary.find(text) is not None for text in texts) >= half
    return days < half and digits < half and not _YES_OR_NO.issuperset(texts)


_LIKE_DAY = re.compile(
    r"[0-9]{1,4}[-/.年][0-9]{1,2}(?:[-/.月][0-9]{1,2}日?)?(?:[ T].*)?|[0-9]{1,2}月[0-9]{1,2}日|20[0-9]{6}"
)
_NUMBERS = ("case_no", "external_no", "repeat_of")
_YES_OR_NO = frozenset("是否有无√×YNyn✓")
"""Answers, and no text of any field."""


class Values(NamedTuple):
    """A row's known fields and its unknown columns, the filled ones only."""

    fields: dict[str, object]
    """Field id → clean text; in day columns of a workbook also date, datetime or a serial number."""
    extras: dict[str, str]
    """Heading as written → text; also what a second heading of a field says differently from the first."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A header row made ready to read the rows below it."""

    headings: tuple[str, ...]
    """As written, in one line; one for each cell of the header row."""
    columns: dict[str, int]
    """Field id → index of the column asked first."""
    plan: tuple[tuple[int, str, bool], ...]
    """(index, field, whether its cells may hold dates) of the column asked first for each field."""
    more: tuple[tuple[int, str, str, bool], ...]
    _unknown: tuple[tuple[int, str], ...]
    _width: int
    twice: frozenset[str] = frozenset()
    """Headings of ours that stand there twice."""
    others: frozenset[str] = frozenset()
    """Other headings of fields that have a column already."""

    @classmethod
    def of(cls, cells: Sequence[object], known: Known = KNOWN) -> Layout:
        """Several headings for one field: the contract's order decides."""
        headings = tuple(" ".join(clean_text(cell).split()) for cell in cells)
        found: dict[str, list[tuple[int, int]]] = {}
        unknown: list[tuple[int, str]] = []
        names: set[str] = set()
        for index, heading in enumerate(headings):
            plain = normalise_heading(heading)
            if field := known.get(plain):
                found.setdefault(field[0], []).append((field[1], index))
            elif plain != REJECT_HEADING:
                name, copy = heading or f"第{index + 1}列", 2
                base = name
                while name in names:
                    name, copy = f"{base}({copy})", copy + 1
                names.add(name)
                unknown.append((index, name))
        plan: list[tuple[int, str, bool]] = []
        more: list[tuple[int, str, str, bool]] = []
        for name, places in found.items():
            places.sort()
            for order, (_, index) in enumerate(places):
                typed = _HOLDS.get(name) == "day"
                if order == 0:
                    plan.append((index, name, typed))
                else:
                    more.append((index, name, headings[index], typed))
        first = {name: min(places)[1] for name, places in found.items()}
        return cls(
            headings=headings,
            columns=first,
            plan=tuple(plan),
            more=tuple(more),
            _unknown=tuple(unknown),
            _width=len(headings),
            twice=frozenset(heading for _, name, heading, _ in more if heading == headings[first[name]]),
            others=frozenset(heading for _, name, heading, _ in more if heading != headings[first[name]]),
        )

    def unknown(self) -> list[str]:
        """The headings that are not ours."""
        return [name for index, name in self._unknown if self.headings[index]]

    def unknown_at(self) -> list[tuple[int, str]]:
        """The same with their columns."""
        return [(index, name) for index, name in self._unknown if self.headings[index]]

    def has(self, field: str) -> bool:
        """Whether the sheet has a column for this field at all."""
        return field in self.columns

    def heading_of(self, field: str) -> str:
        """The sheet's own heading for a field, ours when it has none: the `column` of a rejected row."""
        return self.headings[self.columns[field]] if field in self.columns else CANONICAL.get(field, field)

    def read(self, cells: Sequence[object]) -> Values | None:
        """A row's values; None for a row that is passed over (contract, import: blank, unknown columns only, foot)."""
        if len(cells) < self._width:
            cells = [*cells, *[""] * (self._width - len(cells))]
        fields: dict[str, object] = {}
        for index, field, typed in self.plan:
            value = cell_value(cells[index], typed)
            if value is not None:
                fields[field] = value
        extras: dict[str, str] = {}
        for index, field, heading, typed in self.more:
            if filled := filled_text(cells[index]):
                if field not in fields:
                    fields[field] = cells[index] if typed and not isinstance(cells[index], str) else filled
                elif filled != cell_text(fields[field]):
                    extras.setdefault(heading, filled)
        if not fields:
            return None
        if not any(field in fields for field in RECEIVED_FIELDS) and self.is_foot(cells):
            return None
        extras |= self.unknown_cells(cells)
        return Values(fields, extras)

    def unknown_cells(self, cells: Sequence[object]) -> dict[str, str]:
        """The filled cells of columns that are not ours."""
        extras: dict[str, str] = {}
        for index, name in self._unknown:
            cell = cells[index]
            if cell != "" and (filled := filled_text(cell)):
                extras[name] = filled
        return extras

    @staticmethod
    def is_foot(cells: Sequence[object]) -> bool:
        """Whether a row begins with a word of the foot of a table: totals, notes."""
        first = next((text for cell in cells if (text := filled_text(cell))), "")
        return "".join(first.split()).startswith(FOOT_WORDS)


def cell_value(cell: object, typed: bool) -> object | None:
    """A cell's clean text, or in a day column also the date or number it holds; None when it says nothing."""
    if cell.__class__ is str:
        text = cell.strip() if cell.isprintable() else clean_text(cell)
        return None if len(text) < _BLANKS_END and text in BLANK_CELLS else text
    if cell is None:
        return None
    return cell if typed else cell_text(cell)


_BLANKS_END = max(map(len, BLANK_CELLS)) + 1


def filled_text(cell: object) -> str:
    """A cell's text; nothing for a dash and other signs that say nothing."""
    text = clean_text(cell)
    return "" if text in BLANK_CELLS else text
