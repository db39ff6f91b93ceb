"""The fields of an event in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinfang_cli.law import terms

_DETAILS = {
    "on": None,
    "pathway": terms.PATHWAY,
    "mode": terms.MODE,
    "outcome": terms.OUTCOME,
    "ground": terms.GROUND,
    "result": terms.RESULT,
    "procedure": terms.PROCEDURE,
    "unit_rating": terms.RATING,
    "bureau_rating": terms.RATING,
    "level": terms.REMINDER,
    "clock": terms.CLOCK,
    "channel": terms.CHANNEL,
    "source": terms.RATING_SOURCE,
    "form": terms.RECEPTION,
    "loop": terms.LOOP,
    "agreed": terms.AGREED,
    "relation": terms.ACCUSED,
}
_NAMES = {
    "unit": "单位",
    "mode": "方式",
    "told_on": "告知",
    "pathway": "途径",
    "due_on": "期限",
    "feedback_by": "反馈期限",
    "answer_by": "答复期限",
    "delivered_on": "送达",
    "fulfil_by": "落实期限",
    "redo_by": "重办期限",
    "days": "天数",
    "approved_by": "批准人",
    "reason": "理由",
    "late_reason": "逾期理由",
    "ground": "理由类别",
    "outcome": "处理意见",
    "text": "内容",
    "where": "机关",
    "procedure": "法定途径",
    "result": "结果",
    "from_on": "起",
    "to_on": "止",
    "unit_rating": "对单位",
    "bureau_rating": "对信访部门",
    "lead": "包案领导",
    "add": "加",
    "remove": "减",
    "batch": "批次",
    "level": "级别",
    "clock": "时限",
    "repeat_of": "原件",
    "to": "关联",
    "event": "第几号",
    "new_on": "改为",
    "was_on": "原为",
    "reply_no": "文号",
    "report": "办结报告",
    "file": "文件",
    "sha256": "SHA-256",
    "guard": "稳控单位",
    "how": "方式",
    "returned": "上级退回",
    "form": "形式",
    "leaders": "领导",
    "leader": "领导",
    "people": "人数",
    "settled": "当场答复",
    "loop": "闭环",
    "person": "对象",
    "replaced_by": "接办人",
    "agreed": "确定方式",
    "relation": "关系",
    "ended": "不再共同承办",
    "late_entry": "补记",
    "no_notice": "姓名住址不清，不必告知",
}
_HOW = {
    "resolve": terms.HOW_RESOLVED,
    "close": terms.DELIVERY,
    "deliver": terms.DELIVERY,
    "redirect": terms.HOW_REDIRECTED,
}
_TO: dict[str, tuple[str, terms.Vocabulary | None]] = {
    "redirect": ("法定途径", terms.PROCEDURE),
    "report_up": ("报告", None),
}
FIELDS = {
    "title": "概况",
    "content": "内容",
    "channel": "信访形式",
    "kind": "信访目的",
    "topic": "内容分类",
    "region": "问题属地",
    "source": "来源",
    "priority": "重要程度",
    "name": "姓名",
    "id_no": "证件号码",
    "phone": "电话",
    "address": "住址",
    "headcount": "信访人数",
    "affected": "涉及人数",
    "representatives": "代表人数",
    "external_no": "外部编号",
    "complained_unit": "被反映单位",
    "crossing": "三跨三分离",
    "level": "到访层级",
    "report_by": "上级限报",
    "deceased_on": "信访人去世",
}
_FIELD_WORDS = {
    "channel": terms.CHANNEL,
    "kind": terms.KIND,
    "source": terms.SOURCE,
    "priority": terms.PRIORITY,
    "level": terms.LEVEL,
}
_INTAKE_KINDS = ("register",)
_FILE = ("file", "sha256")  # where an import came from is said by `history`


def detail(event: Mapping[str, Any], *, intake: bool = False) -> str:
    """The fields of an event in words; of a registration only with `intake`."""
    if event["kind"] in _INTAKE_KINDS:
        return _registered({**event, "kind": event.get("case_kind")}) if intake else ""
    if event["kind"] == "edit":
        return _changed(event)
    parts = []
    for key, name in _NAMES.items():
        value = event.get(key)
        if value is None or value is False or value == [] or (key in _FILE and event["kind"] != "attach"):
            continue
        vocabulary = _HOW.get(event["kind"]) if key == "how" else _DETAILS.get(key)
        if key == "to":
            name, vocabulary = _TO.get(event["kind"], (name, None))
        if vocabulary is not None:
            value = vocabulary.label(value)
        if isinstance(value, list):
            value = "、".join(map(str, value))
        parts.append(name if value is True else f"{name} {value}")
    if changed := _changed(event):
        parts.append(changed)
    return "，".join(parts)


def _registered(said: Mapping[str, Any]) -> str:
    """What was taken down at intake."""
    parts = [f"{name} {_said(key, said[key])}" for key, name in FIELDS.items() if said.get(key) not in (None, "")]
    if said.get("repeat"):
        parts.append(f"重复件，原件 {said.get('repeat_of') or said.get('repeat_of_no') or '不详'}")
    parts += [f"{heading} {value}" for heading, value in (said.get("extras") or {}).items()]
    return "，".join(parts)


def _changed(event: Mapping[str, Any]) -> str:
    """What an edit or a correction put in the place of what."""
    was, now = event.get("was", {}) | event.get("changed_from", {}), event.get("set", {}) | event.get("changes", {})
    return "；".join(
        f"{FIELDS.get(key) or _NAMES.get(key, key)}：{_said(key, was.get(key))} → {_said(key, value)}"
        for key, value in now.items()
    )


def _said(field: str, value: Any) -> str:
    """A value of a field in words."""
    if field == "crossing" and value:
        return terms.crossing_label(value)
    vocabulary = _FIELD_WORDS.get(field) or _DETAILS.get(field)
    return "空" if value is None or value == "" else str(vocabulary.label(value) if vocabulary else value)
