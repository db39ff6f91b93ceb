"""The columns of a superior's table, each with the figure of ours that it stands for."""

from __future__ import annotations

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.figures.definitions import DEFINITIONS


class Indicator(NamedTuple):
    """One number of ours: a figure and its part (`numerator`, `denominator`, `percent`, `missed`), or a volume."""

    key: str
    part: str

    @property
    def id(self) -> str:
        """The figure and its part, as `acceptance.percent`."""
        return f"{self.key}.{self.part}"

    @property
    def label(self) -> str:
        """The office's name for it."""
        if self.part == "volume":
            return VOLUMES[self.key]
        return f"{DEFINITIONS[self.key].label}·{_PARTS[self.part]}"


_PARTS = {"numerator": "分子", "denominator": "分母", "percent": "率", "missed": "未按期"}
VOLUMES = {"cases": "件", "people": "人次", "first": "初次件", "groups": "来访批次", "group_visits": "集体访批次"}

# The usual headings, spaces and brackets taken off; the words of a superior's own table go with --map.
_WORDS: dict[tuple[str, str], str] = {
    ("cases", "volume"): "信访总量 总量 件 件数 总件数 信访件数 登记件数 信访件",
    ("people", "volume"): "人次 信访人次 总人次",
    ("first", "volume"): "初件 初件数 初次件 初次信访 初次信访件",
    ("groups", "volume"): "来访批次 批次 批",
    ("group_visits", "volume"): "集体访 集体访批次 集体访批",
    ("repeat", "numerator"): "重件 重件数 重复件 重复件数 重复信访 重复信访件",
    ("repeat", "percent"): "重复率 重复信访率",
    ("dispatch", "percent"): "信访部门及时受理率 信访部门受理率",
    ("acceptance", "denominator"): "转送总数 转送数 转送件数 转送交办总数 应受理 应受理数 应受理件数 受理总数",
    ("acceptance", "numerator"): "受理按期办结 按期受理 按期受理数 按期受理件数 及时受理 及时受理数 受理按期",
    ("acceptance", "percent"): "责任单位及时受理率 及时受理率 按期受理率 受理按期办结率 受理率",
    ("acceptance", "missed"): "受理超期 超期受理 逾期受理 未按期受理 受理逾期",
    ("completion", "denominator"): "应办结 应办结数 应办结件数 应答复 应答复数 答复总数 办理总数",
    ("completion", "numerator"): "答复按期办结 按期办结 按期办结数 按期办结件数 按期答复 按期答复数 答复按期",
    ("completion", "percent"): "按期办结率 按期答复率 答复按期办结率",
    ("completion", "missed"): "办结超期 超期办结 答复超期 逾期答复 未按期办结 未按期答复 答复逾期",
    ("closure", "percent"): "办结率",
    ("one_time", "denominator"): "办结初件 初件办结 办结初件数 初次件办结 初次办结 办结初次件",
    ("one_time", "numerator"): "一次性化解 一次性化解数 一次性办结 一次性办结数 一次化解",
    ("one_time", "percent"): "一次性化解率 一次性办结率 一次化解率 初次信访一次性化解率",
    ("participation", "denominator"): "应评 应评价 应评数 应评价数 应评价件数",
    ("participation", "numerator"): "已评 已评价 已评数 已评价数 参评 参评数",
    ("participation", "percent"): "参评率 评价率",
    ("satisfaction", "denominator"): "评价数 评价总数 评价件数",
    ("satisfaction", "numerator"): "满意 满意数 满意件数",
    ("satisfaction", "percent"): "满意率 群众满意率 满意度 责任单位满意率",
    ("bureau_satisfaction", "percent"): "信访部门满意率 部门满意率",
    ("backlog", "denominator"): "积案总数 积案数 交办积案 交办积案数",
    ("backlog", "numerator"): "化解数 已化解 积案化解数 化解件数",
    ("backlog", "percent"): "化解率 积案化解率",
}
UNIT_WORDS = (
    "单位",
    "单位名称",
    "责任单位",
    "办理单位",
    "承办单位",
    "镇街",
    "乡镇街道",
    "部门",
    "区直部门",
    "地区",
    "名称",
)
TOTAL_WORDS = ("合计", "总计", "全区", "全县", "全市", "总数", "全区合计")

_WORDS |= {(key, "percent"): row.label for key, row in DEFINITIONS.items() if (key, "percent") not in _WORDS}
INDICATORS = {Indicator(*of).id: Indicator(*of) for of in _WORDS}
HEADINGS: dict[str, str] = dict.fromkeys(UNIT_WORDS, "unit") | {
    word: Indicator(*of).id for of, words in _WORDS.items() for word in words.split()
}
