"""Closed vocabularies: one identifier and one Chinese label a term, and the words people use for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xinfang_cli.errors import BadValue

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as their ordinary forms."""
    return text if text.isascii() else text.translate(FULL_WIDTH)


class Vocabulary:
    """A closed list of words: identifier → label, and every accepted word → identifier."""

    def __init__(self, field: str, entries: Mapping[str, str | Iterable[str]]) -> None:
        self.field = field
        self.labels: dict[str, str] = {}
        self.words: dict[str, str] = {}
        for key, value in entries.items():
            words = [value] if isinstance(value, str) else list(value)
            self.labels[key] = words[0]
            for word in (key, *words):
                self.words[word] = self.words[word.lower().replace(" ", "")] = key

    def __contains__(self, key: object) -> bool:
        return key in self.labels

    @property
    def sayable(self) -> dict[str, str]:
        """Every label but 表中未载, which only imports record."""
        return {key: label for key, label in self.labels.items() if key != "unstated"}

    def label(self, key: str | None) -> str:
        """The Chinese label, or an empty text for nothing."""
        return "" if key is None else self.labels.get(key, key)

    def find(self, word: str) -> str | None:
        """The identifier behind a word in English or Chinese, or None."""
        found = self.words.get(word)
        if found is None:
            plain = half_width(word).strip().lower().replace(" ", "")
            found = self.words.get(plain) or self.words.get(plain.removesuffix("类"))
        return found

    def parse(self, word: str, field: str | None = None) -> str:
        """The identifier of a word; BadValue lists the valid words."""
        found = self.find(word)
        if found is None or found not in self.sayable:
            listed = "、".join(self.sayable.values())
            raise BadValue(field or self.field, word, "不在规定的词语里", f"可用：{listed}")
        return found


CHANNEL = Vocabulary(
    "信访形式",
    {
        "letter": ("来信", "信件", "信", "群众来信", "书信", "初信", "重信", "联名信", "联名来信"),
        "fax": ("传真",),
        "visit": (
            "来访",
            "走访",
            "到访",
            "上访",
            "群众来访",
            "访",
            "个访",
            "集体访",
            "集体走访",
            "集体上访",
            "初访",
            "重访",
        ),
        "video": ("视频", "视频接访", "视频信访"),
        "web": (
            "网上信访",
            "网信",
            "网上",
            "网络",
            "网上投诉",
            "网络信访",
            "网投",
            "网络投诉",
            "互联网",
            "网",
            "初网",
            "重网",
            "手机信访",
            "微信",
            "微信信访",
            "信访APP",
        ),
        "mailbox": (
            "领导信箱",
            "信箱",
            "书记信箱",
            "区长信箱",
            "市长信箱",
            "县长信箱",
            "省长信箱",
            "省委书记信箱",
            "电子邮件",
        ),
        "phone": (
            "来电",
            "电话",
            "热线",
            "初电",
            "重电",
            "12345",
            "12345热线",
            "市长热线",
            "县长热线",
            "区长热线",
            "省长热线",
            "政务热线",
        ),
        "other": ("其他", "其它"),
    },
)
CHANNEL_GROUP = {
    "letter": "来信",
    "fax": "来信",
    "visit": "来访",
    "video": "来访",
    "web": "网信",
    "mailbox": "网信",
    "phone": "来电",
    "other": "其他",
}
CHANNEL_ALONE = {"fax": "letter", "video": "visit", "mailbox": "web"}
"""The form by which a whole group is known, where no more is to be said of it."""
VISITS = ("visit", "video")
GROUP_VISIT = 5  # how many make a visit one of a group (集体访)

KIND = Vocabulary(
    "信访目的",
    {
        "suggestion": ("建议意见", "意见建议", "建议", "意见", "批评建议"),
        "accusation": ("检举控告", "揭发控告", "检举", "控告", "检举揭发", "举报"),
        "appeal": ("申诉求决", "申诉求决类", "投诉请求", "投诉"),
        "complaint_appeal": ("申诉", "申诉类"),
        "request": ("求决", "求决类", "求助"),
        "inquiry": ("咨询", "政策咨询"),
        "other": ("其他", "其它", "感谢", "表扬感谢", "表扬"),
    },
)
CLOCKED = ("opinion", "duty", "simple")
"""The pathways that have a statutory day of completion."""
APPEALS = ("appeal", "complaint_appeal", "request")
"""申诉求决, and the two that the national form tells apart: one pathway, and one sum in the figures."""
TOPICS: dict[str, tuple[str, ...]] = {
    "农村农业": ("农业农村", "三农", "农村", "农业"),
    "国土资源": ("自然资源", "国土"),
    "城乡建设": ("住房城乡建设", "城建", "住建"),
    "劳动和社会保障": ("劳动社保", "劳动保障", "人力资源和社会保障", "劳动和社保", "人社"),
    "卫生计生": ("卫生健康", "卫健", "医疗卫生"),
    "教育文体": ("教育", "文体", "科教文体"),
    "民政": ("民政事务",),
    "政法": ("涉法涉诉",),
    "经济管理": ("经济",),
    "交通运输": ("交通",),
    "商贸旅游": ("商贸", "旅游"),
    "科技与信息产业": ("科技", "信息产业", "科技信息"),
    "环境保护": ("生态环境", "环保"),
    "党务政务": ("党务", "政务"),
    "组织人事": ("组织", "人事"),
    "纪检监察": ("纪检", "监察"),
    "其他": ("其它",),
}


def usual_topic(word: str) -> str | None:
    """The topic of the national list that a word means."""
    said = half_width(word).strip()
    return next((name for name, words in TOPICS.items() if said == name or said in words), None)


SOURCE = Vocabulary(
    "来源",
    {"own": ("本级登记", "本级", "本级受理"), "forwarded": ("上级转送", "转送"), "tasked": ("上级交办", "交办")},
)
LEVEL = Vocabulary(
    "到访层级",
    {
        "district": ("到区", "区级", "到县", "本级"),
        "city": ("到市", "市级"),
        "province": ("赴省", "到省", "省级"),
        "beijing": ("进京", "赴京", "到京"),
    },
)
PRIORITY = Vocabulary(
    "重要程度",
    {"normal": ("普通", "一般"), "key": ("重点", "重点件"), "urgent": ("重大紧急", "紧急", "重大", "急")},
)
MODE = Vocabulary("办理方式", {"forward": ("转送", "转办"), "task": ("交办", "交办件")})
CROSSING = Vocabulary(
    "三跨三分离",
    {
        "regions": ("跨地区", "跨区域", "跨区县", "跨行政区"),
        "departments": ("跨部门", "跨系统"),
        "trades": ("跨行业",),
        "person_apart": ("人事分离",),
        "home_apart": ("人户分离",),
        "all_apart": ("人事户分离", "人户事分离"),
        "crossing": ("三跨",),
        "apart": ("三分离",),
        "both": ("三跨三分离", "是"),
    },
)
"""Which of the three crossings and three separations; the last three for a sheet that says no more."""


def crossing_of(text: str, field: str) -> str:
    """One word or several as the book keeps them: identifiers in the order of the list, commas between."""
    for sign in "、，；;/ 　":
        text = text.replace(sign, ",")
    said = {CROSSING.parse(word, field) for word in text.split(",") if word}
    return ",".join(key for key in CROSSING.labels if key in said)


def crossing_label(value: str | None) -> str:
    """The same in words."""
    return "" if not value else "、".join(map(CROSSING.label, value.split(",")))


ACCUSED = Vocabulary(
    "关系",
    {
        "same": ("同一单位",),
        "parent": ("上级单位", "上级"),
        "child": ("下级单位", "下级"),
        "leader": ("领导所在单位", "领导"),
        "near": ("名称相近", "相近"),
    },
)
"""How a unit stands to who is complained of (art. 30)."""
ROLE_ON_SERVER = Vocabulary(
    "角色",
    {
        "clerk": ("经办", "经办人", "办理"),
        "reviewer": ("审核", "审核人"),
        "director": ("领导", "局长", "只看"),
        "auditor": ("上级", "全市", "汇总"),
    },
)
LOOK = Vocabulary(
    "查阅方式",
    {
        "export": ("导出",),
        "backup": ("备份",),
        "person": ("查人",),
        "search": ("查找",),
        "reveal": ("显示个人信息",),
        "letter": ("文书",),
        "sheet": ("办理表",),
        "report": ("通报",),
        "evidence": ("附件",),
        "import": ("导入时核对",),
    },
)
AGREED = Vocabulary(
    "牵头确定方式",
    {
        "agreed": ("协商确定", "协商"),
        "superior": ("共同上级决定", "上级决定", "上级指定"),
        "conference": ("联席会议协调", "联席会议"),
    },
)
PATHWAY = Vocabulary(
    "办理途径",
    {
        "opinion": ("信访处理意见", "处理意见书", "普通程序", "信访程序"),
        "duty": ("依法履职", "履行职责", "申请查处"),
        "simple": ("简易办理", "简易程序", "简易"),
        "suggestion": ("建议意见办理", "建议意见", "建议"),
        "accusation": ("检举控告办理", "检举控告"),
        "answer": ("答复办理", "答复", "咨询", "其他"),
    },
)
PATHWAY_OF_KIND = {
    "appeal": "opinion",
    "complaint_appeal": "opinion",
    "request": "opinion",
    "suggestion": "suggestion",
    "accusation": "accusation",
    "inquiry": "answer",
    "other": "answer",
}
PROCEDURE = Vocabulary(
    "法定途径",
    {
        "litigation": ("诉讼", "涉法涉诉", "司法程序"),
        "arbitration": ("仲裁",),
        "party": ("党员申诉", "申请复审"),
        "administrative": ("行政程序", "行政复议", "行政裁决", "行政确认", "行政许可", "行政处罚"),
        "discipline": ("纪检监察",),
        "other": ("其他", "其它"),
    },
)
PROCEDURE_ARTICLE = {
    "litigation": "条例第三十一条第（一）项",
    "arbitration": "条例第三十一条第（二）项",
    "party": "条例第三十一条第（三）项",
    "administrative": "条例第三十一条第（四）项",
    "discipline": "条例第二十二条、第三十条",
    "other": "其他法律法规",
}
HOW_REDIRECTED = Vocabulary("导入方式", {"forwarded": ("转送",), "guided": ("引导", "引导告知")})
GROUND = Vocabulary(
    "不受理理由",
    {
        "already_handled": ("已受理或正在办理", "已经受理", "正在办理", "重复提出", "不予受理"),
        "over_level": ("越级走访", "越级"),
        "review_missed": ("逾期未申请复查", "逾期未申请复查复核"),
        "rechecked": ("已经复核", "已复核终结", "已复核", "复核终结", "不再受理"),
        "ended_locally": ("按地方规定终结", "地方规定终结"),
        "unstated": ("表中未载",),
    },
)
NO_LONGER = ("rechecked", "ended_locally")  # 不再受理; the other grounds are 不予受理


def refused_as(said: Mapping[str, object]) -> str:
    """不予受理, or 不再受理 if that is the ground or the sheet's word."""
    return "不再受理" if said.get("ground") in NO_LONGER or said.get("form") == "不再受理" else "不予受理"


GROUND_ARTICLE = {
    "already_handled": "条例第十九条",
    "over_level": "本地规定",
    "review_missed": "本地规定",
    "rechecked": "条例第三十六条",
    "ended_locally": "本地规定",
    "unstated": "表中未载",
}
OUTCOME = Vocabulary(
    "处理意见",
    {
        "supported": ("予以支持", "支持"),
        "partly_supported": ("部分支持", "部分予以支持"),
        "explained": ("解释说明", "作出解释说明", "说明解释", "解释", "说明"),
        "rejected": ("不予支持", "不支持"),
        "adopted": ("采纳", "已采纳", "予以采纳"),
        "partly_adopted": ("部分采纳",),
        "not_adopted": ("不予采纳", "不采纳", "未采纳"),
        "settled": ("调解和解", "调解", "和解", "达成和解"),
        "answered": ("已答复", "答复", "已回复", "直接答复", "直接回复"),
        "procedure_result": ("法定途径处理结果", "法定途径处理"),
        "unstated": ("表中未载",),
    },
)
_OF_APPEALS = ("supported", "partly_supported", "explained", "rejected", "settled", "procedure_result")
USUAL_OUTCOMES = {
    "suggestion": ("adopted", "partly_adopted", "not_adopted", "explained", "answered"),
    "accusation": ("answered", "explained", "procedure_result", "supported", "partly_supported", "rejected"),
    **dict.fromkeys(APPEALS, _OF_APPEALS),
    "inquiry": ("answered", "explained"),
}
DELIVERY = Vocabulary(
    "送达方式",
    {"in_person": ("当面", "直接送达", "当面送达"), "post": ("邮寄", "邮寄送达", "挂号"), "other": ("其他", "其它")},
)
RESULT = Vocabulary(
    "复查复核结果",
    {
        "upheld": ("维持", "维持原意见", "予以维持"),
        "changed": ("变更", "予以变更"),
        "revoked": ("撤销", "撤消", "予以撤销"),
        "declined": ("不予受理", "不受理"),
    },
)
RATING = Vocabulary(
    "满意度",
    {
        "satisfied": ("满意", "非常满意", "很满意"),
        "fair": ("基本满意", "比较满意", "较满意", "一般"),
        "dissatisfied": ("不满意", "很不满意", "非常不满意"),
        "none": (
            "未评价",
            "待评价",
            "超期未评价",
            "未参评",
            "—",
            "-",
            "无",
            "弃权",
            "未表态",
            "不表态",
            "拒绝评价",
            "拒评",
            "无法联系",
            "联系不上",
            "其他",
            "其它",
        ),
    },
)
RATING_SOURCE = Vocabulary(
    "评价来源",
    {
        "self": ("自评", "本人评价", "网上评价"),
        "phone": ("电话回访", "电话", "回访"),
        "other": ("其他", "其它", "当面"),
    },
)
HOW_RESOLVED = Vocabulary(
    "化解方式",
    {
        "demand_met": ("诉求解决", "解决诉求"),
        "agreement": ("签订息访协议", "息访协议", "息诉罢访"),
        "three_levels": ("三级终结", "复核终结"),
        "procedure": ("导入法定程序", "导入法定途径"),
        "education": ("教育疏导", "思想疏导"),
        "relief": ("帮扶救助", "帮扶", "救助"),
        "lawful_action": ("依法处理",),
        "unstated": ("表中未载",),
    },
)
BACKLOG_STATE = Vocabulary(
    "积案状态",
    {
        "open": ("未化解",),
        "waiting": ("待上级认定", "待认定"),
        "resolved": ("已化解",),
        "relapsed": ("反弹",),
    },
)
REMINDER = Vocabulary(
    "提醒级别", {"notice": ("提醒",), "warning": ("预警",), "supervision": ("督办",), "bulletin": ("通报",)}
)
STEP = Vocabulary(
    "问责措施", {"talk": ("约谈",), "listed": ("挂牌督办", "挂牌"), "accountability": ("问责", "通报批评")}
)
UNIT_ROLE = Vocabulary(
    "单位职能",
    {"ordinary": ("一般",), "discipline": ("纪检监察", "纪委监委", "纪检"), "personnel": ("组织", "组织人事")},
)
COMPLAINED = Vocabulary(
    "被反映的是谁", {"unknown": ("不明", "不详", "未知", "不清楚", "不知道"), "unstated": ("表中未载",)}
)
"""Why an accusation does not name who is complained of (art. 30)."""
GROUP = Vocabulary(
    "单位分组",
    {
        "镇街": ("镇街", "镇", "街道", "乡镇", "乡镇街道"),
        "区直部门": ("区直部门", "区直", "部门", "县直部门"),
        "国企": ("国企", "国有企业"),
        "驻区单位": ("驻区单位", "驻区", "垂直管理单位"),
    },
)
REPORT = Vocabulary(
    "通报",
    {
        "week": ("周通报", "周", "周报"),
        "month": ("月通报", "月", "月报"),
        "quarter": ("季度通报", "季度", "季", "季报"),
        "year": ("年度报告", "年", "年报"),
    },
)
DUPLICATE = Vocabulary(
    "重复依据",
    {
        "id_no": ("证件号码相同", "证件号码", "证件"),
        "name_phone": ("姓名和电话相同", "姓名电话", "姓名和电话"),
        "title": ("同一属地90日内概况用词相同", "概况用词相同", "概况"),
    },
)
DUPLICATE_DAYS = 90

RECEPTION = Vocabulary(
    "接访形式",
    {
        "open": ("接访", "公开接访", "坐班接访", "定点接访"),
        "by_appointment": ("约访", "预约接访", "重点约访"),
        "outgoing": ("下访", "专题接访"),
        "with_case": ("带案下访",),
        "video": ("视频", "视频接访"),
    },
)
# 接访→交办→落实→反馈→跟进: the first two are events of their own, the others steps of an order.
LOOP = Vocabulary(
    "闭环步骤",
    {
        "carried_out": ("落实", "已落实"),
        "fed_back": ("反馈", "已反馈"),
        "followed_up": ("跟进", "回访", "已跟进"),
    },
)
LOOP_STEPS = tuple(LOOP.labels)
LOOP_STATES = {
    "received": "接访，未交办",
    "ordered": "已交办，待落实",
    "carried_out": "已落实，待反馈",
    "fed_back": "已反馈，待跟进",
    "done": "已闭环",
}
"""How far a matter heard has come; its case may still be 办理中 when the loop is done."""
ADVICE = Vocabulary(
    "建议类别",
    {
        "improve_work": ("改进工作", "改进"),
        "complete_policy": ("完善政策", "政策"),
        "accountability": ("追究责任", "追责", "问责"),
    },
)

STAGE = Vocabulary(
    "阶段",
    {
        "registered": ("待转送交办", "待转送"),
        "assigned": ("待受理",),
        "accepted": ("办理中",),
        "reported": ("待审核",),
        "closed": ("已办结", "办结"),
        "objected": ("申请退回待审核", "申请退回"),
        "in_review": ("复查中",),
        "reviewed": ("已复查",),
        "in_recheck": ("复核中",),
        "finalised": ("已复核终结",),
        "refused": ("不予受理", "不再受理"),
        "redirected": ("已导入法定途径", "导入法定途径"),
        "filed": ("已存查", "存查"),
        "withdrawn": ("已撤回",),
        "returned_up": ("已退回上级", "退回上级"),
    },
)
OPEN_STAGES = ("registered", "assigned", "accepted", "reported", "objected")
CLOSED_AND_LATER = ("closed", "in_review", "reviewed", "in_recheck", "finalised")

CLOCK = Vocabulary(
    "时限",
    {
        "dispatch": ("转送交办", "转送"),
        "redispatch": ("退回后再转送",),
        "decision": ("异议审核",),
        "report_up": ("上级限报",),
        "objection": ("异议期",),
        "acceptance": ("受理告知", "受理"),
        "completion": ("办结",),
        "duty": ("依法履职",),
        "office": ("本局办理期限",),
        "feedback": ("反馈结果", "反馈"),
        "assistance": ("协办答复", "协办"),
        "fulfilment": ("落实承诺", "落实"),
        "redo": ("重新办理", "重办"),
        "review_window": ("申请复查期",),
        "recheck_window": ("申请复核期",),
        "review": ("复查",),
        "recheck": ("复核",),
        "rating": ("评价期",),
        "supervision": ("督办答复", "督办"),
        "order": ("接访交办", "领导交办"),
    },
)
# What `explain` also reckons: the completion clock of the simplified procedure, and the longest that one may run.
RECKONED = Vocabulary("时限", {"simple": ("简易办理", "简易", "简易程序"), "extension": ("延期", "延长办理期限")})
OWNER = Vocabulary(
    "责任方",
    {
        "bureau": ("信访部门", "本局"),
        "unit": ("责任单位", "单位"),
        "assisting_unit": ("协办单位",),
        "petitioner": ("信访人",),
        "body": ("复查复核机关", "复查机关", "复核机关"),
    },
)
CLOCK_STATE = Vocabulary(
    "时限状态",
    {
        "running": ("在期",),
        "met": ("按期",),
        "late": ("逾期完成",),
        "overdue": ("超期未完成", "超期"),
        "void": ("失效",),
        "lapsed": ("已过期",),
    },
)
# Rights and chances rather than duties: they lapse, and are never overdue.
WINDOWS = frozenset({"objection", "review_window", "recheck_window", "rating"})
UNSTATED = "表中未载"
WITHOUT_ACCEPTANCE = "缺受理"
ACCEPTANCE_MISSING = f"{WITHOUT_ACCEPTANCE}：没有受理日期，受理期限算到办结日，没有办结期限"
ACCEPTANCE_UNSTATED = f"{WITHOUT_ACCEPTANCE}：受理日期{UNSTATED}，受理、办结期限都不计"
NO_UNIT = "未转送"
BY_BUREAU = "本局直接办理"


def no_unit(stage: str, closed: bool) -> str:
    """The entry in place of a missing unit: to be forwarded, answered by the bureau itself, or else the stage."""
    return BY_BUREAU if closed else NO_UNIT if stage == "registered" else "—"


PLACED = frozenset({"title", "content", "name", "id_no", "phone", "address", "approved_by", "purged"})
"""What is written of a case and has a place of its own; every other free text of its events is a note of it."""
