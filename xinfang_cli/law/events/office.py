"""Events of the office rather than of one case: units, settings, working days, publications, batches."""

from __future__ import annotations

from xinfang_cli.law import terms
from xinfang_cli.law.events.base import EventType
from xinfang_cli.law.events.fields import Field, day, flag, number, text, word

EVENTS = (
    EventType("unit", "单位变动", instead="直接改：⟦unit.edit⟧"),
    EventType("topic", "分类变动"),
    EventType("setting", "设置变动", instead="直接改成要的值：⟦config.set⟧"),
    EventType("workdays", "工作日安排", instead="重新导入要的安排：⟦workdays.import⟧"),
    EventType("publish", "通报发布", instead="看变了什么：⟦report⟧ ⟦.changes⟧ 时期"),
    EventType(
        "advise",
        "三项建议",
        (
            word("category", "类别", terms.ADVICE),
            text("text", "内容"),
            day("answer_by", "答复期限"),
            day("answered_on", "答复日期"),
        ),
        instead="答复写错了再记一次：⟦advise.answer⟧",
    ),
    EventType(
        "access",
        "查阅",
        (
            word("what", "查阅方式", terms.LOOK),
            text("filter", "筛选"),
            number("rows", "件数"),
            text("cases", "哪些件"),
            text("file", "文件"),
            Field("sha256", "SHA-256"),
            text("why", "事由"),
            flag("accusation", "含检举控告件"),
            flag("revealed", "显示个人信息"),
        ),
    ),
    EventType("kept", "留底"),
    EventType(
        "purge",
        "按期清除",
        (
            day("closed_before", "办结早于"),
            Field("of_cases", "哪些件"),
            Field("of_events", "哪些事件"),
            number("texts", "段数"),
            number("files", "附件"),
            flag("finished", "案件簿的文件已整理"),
        ),
        instead="清除的文字不能恢复",
    ),
    EventType("reception", "领导接访", instead="换人用 ⟦reception.swap⟧，重排用 ⟦reception.roster⟧ ⟦.replace⟧"),
    EventType("standing", "上级排名", instead="同一指标同一天再记一次就是改正：⟦standing.add⟧"),
    EventType(
        "batch",
        "积案批次",
        (
            Field("batch", "批次"),
            Field("source", "来源"),
            day("handed_on", "交办日"),
            Field("target_percent", "目标", "number"),
            day("target_on", "目标日"),
        ),
        instead="直接改：⟦backlog.batch.edit⟧",
    ),
)
