"""What can happen to a case: the closed list of events, and which of their fields are days or personal text."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinfang_cli.law.terms import Vocabulary

EVENT = Vocabulary(
    "事件",
    {
        "register": "登记",
        "assign": "转送交办",
        "sign": "签收",
        "object": "申请退回",
        "uphold": "同意退回",
        "overrule": "不同意退回",
        "accept": "受理",
        "convert": "转普通程序",
        "refuse": "不予受理",
        "redirect": "导入法定途径",
        "file": "存查",
        "return_up": "退回上级",
        "extend": "延期",
        "note": "办理记录",
        "attach": "附件",
        "assist": "协办",
        "answered": "协办答复",
        "close": "办结",
        "deliver": "送达",
        "approve": "审核认定",
        "return": "退回重办",
        "fulfil": "落实",
        "withdraw": "撤回",
        "review": "申请复查",
        "review_result": "复查结果",
        "recheck": "申请复核",
        "recheck_result": "复核结果",
        "hearing": "听证",
        "report_up": "报告上级",
        "rate": "满意度评价",
        "link": "重复件关联",
        "relate": "关联",
        "lead": "包案",
        "tag": "标签",
        "join": "列入积案",
        "resolve": "化解",
        "recognise": "上级认定",
        "exclude": "剔除",
        "include": "恢复",
        "remind": "催办",
        "supervise": "督办",
        "supervise_answered": "督办答复",
        "step": "问责措施",
        "receive": "领导接访",
        "order": "领导交办",
        "follow": "接访跟进",
        "edit": "更正登记内容",
        "revoke": "撤销操作",
        "correct": "更正",
    },
)
# Events of the house rather than of one case; they stand in the same chain.
HOUSE_EVENT = Vocabulary(
    "事务",
    {
        "unit": "单位变动",
        "topic": "分类变动",
        "setting": "设置变动",
        "workdays": "工作日安排",
        "publish": "通报发布",
        "advise": "三项建议",
        "reception": "领导接访",
        "standing": "上级排名",
        "batch": "积案批次",
    },
)

# Commands that are called otherwise than the event they record.
_COMMANDS = {
    "add": "登记",
    "import": "导入台账",
    "collect": "收回各单位的表",
    "undo": "撤销",
    "backlog": "修改积案",
    "roster": "接访排班",
    "reception": "领导接访",
    "attend": "无访值班",
    "unit": "单位变动",
    "config": "改设置",
}


def command_label(name: str) -> str:
    """What a command is called on the screen."""
    return _COMMANDS.get(name) or (EVENT if name in EVENT.labels else HOUSE_EVENT).label(name)


DAY_FIELDS = frozenset(
    {
        "told_on",
        "due_on",
        "feedback_by",
        "answer_by",
        "delivered_on",
        "fulfil_by",
        "redo_by",
        "report_by",
        "registered_on",
        "petitioned_on",
        "from_on",
        "to_on",
        "clock_due",
        "target_on",
        "handed_on",
        "answered_on",
        "deceased_on",
    }
)
# Personal and free text: kept in its own table under a salted hash, so that it can be purged one day
# without breaking the chain (DESIGN, truth 1).
PRIVATE_FIELDS = frozenset(
    {
        "title",
        "content",
        "name",
        "id_no",
        "phone",
        "address",
        "text",
        "reason",
        "late_reason",
        "where",
        "complained_unit",
        "extras",
        "file",
        "changes",
        "changed_from",
    }
)
# The fields an `edit` may set right: what the clerk took down at intake.
INTAKE_FIELDS = (
    "external_no",
    "channel",
    "kind",
    "topic",
    "region",
    "source",
    "priority",
    "title",
    "content",
    "name",
    "id_no",
    "phone",
    "address",
    "headcount",
    "affected",
    "representatives",
    "level",
    "complained_unit",
    "complained_unit_id",
    "guard_unit",
    "report_by",
    "deceased_on",
)
# What a correction may set right beside the day, and the events that say it.
CORRECTABLE: dict[str, tuple[str, ...]] = {
    "mode": ("assign",),
    "feedback_by": ("assign",),
    "told_on": ("accept",),
    "pathway": ("accept",),
    "due_on": ("accept",),
    "days": ("extend",),
    "answer_by": ("assist", "supervise", "order"),
    "outcome": ("close",),
    "fulfil_by": ("close",),
    "delivered_on": ("close", "review_result", "recheck_result"),
    "redo_by": ("review_result", "recheck_result"),
    "from_on": ("hearing",),
    "to_on": ("hearing",),
    "text": ("note", "close", "supervise", "supervise_answered", "report_up", "step"),
}
# They hold for every day a report looks at, whenever they were recorded (workflow.md).
TIMELESS = frozenset({"link", "edit", "correct", "revoke"})


class Event:
    """One thing that happened. `on` is its effective day; `id` its place in the book's chain (0: not appended yet)."""

    __slots__ = ("data", "id", "kind", "on", "seq")

    def __init__(self, kind: str, on: date, data: dict[str, Any] | None = None, seq: int = 0, id: int = 0) -> None:
        self.kind = kind
        self.on = on
        self.data: dict[str, Any] = {} if data is None else data
        self.seq = seq
        self.id = id

    def __repr__(self) -> str:
        return f"Event({self.kind!r}, {self.on.isoformat()}, {self.data!r}, seq={self.seq})"
