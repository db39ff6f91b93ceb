"""Intake fields, editable later: one row a field.

`about` is the help in a registration's form, `mended` the one in an edit's.
"""

from __future__ import annotations

from xinfang_cli.law import terms
from xinfang_cli.law.events.fields import Field


def _text(name: str, label: str, about: str = "", mended: str = "", value: str = "文字") -> Field:
    return Field(name, label, private=True, about=about, mended=mended, value=value)


def _word(name: str, label: str, words: terms.Vocabulary, about: str, value: str) -> Field:
    return Field(name, label, "word", words, about=about, value=value)


def _count(name: str, label: str, about: str = "") -> Field:
    return Field(name, label, "number", about=about, value="人数")


def _outside(name: str, label: str) -> Field:
    """Fields from the superior system: imported from sheets, absent from forms."""
    return Field(name, label, "day", asked=False)


EDITABLE = (
    _text("title", "概况", "概况，一句话", "概况"),
    _text("content", "内容"),
    _word("channel", "信访形式", terms.CHANNEL, "来信、来访、网上信访、领导信箱、来电……", "形式"),
    _word("kind", "信访目的", terms.KIND, "申诉求决、建议意见、检举控告、咨询、其他", "目的"),
    Field("topic", "内容分类", about="内容分类，如 城乡建设", value="分类"),
    Field("region", "问题属地", about="问题属地，乡镇街道", value="属地"),
    _word("source", "来源", terms.SOURCE, "本级登记（默认）、上级转送、上级交办", "来源"),
    _word("priority", "重要程度", terms.PRIORITY, "普通（默认）、重点、紧急", "程度"),
    _text("name", "姓名", "信访人", "信访人", "姓名"),
    _text("id_no", "证件号码", value="号码"),
    _text("phone", "电话", "联系电话", "联系电话", "号码"),
    _text("address", "住址", value="住址"),
    _count("headcount", "信访人数", "来了或联名几人，默认 1"),
    _count("affected", "涉及人数"),
    _count("representatives", "代表人数", "推选的代表，不超过 5 人"),
    Field("external_no", "外部编号", about="国家或省系统的编号", value="编号"),
    _text("complained_unit", "被反映单位", "被反映单位；检举控告件即被检举的", value="单位"),
    _text("complained_person", "被反映人", "被反映人；检举控告件即被检举的人", "被反映人", "姓名"),
    _word("level", "到访层级", terms.LEVEL, "到区、到市、赴省、进京", "层级"),
    Field(
        *("crossing", "三跨三分离", "words", terms.CROSSING),
        about="三跨三分离：跨地区、跨部门、跨行业、人事分离、人户分离、人事户分离，可写几样",
        value="情形",
        mended="三跨三分离，如 跨地区、人户分离；不是的写 无",
    ),
    Field("report_by", "上级限报", "day", about="上级限报日期", mended="上级限报日期；没有限报写 无"),
    Field("deceased_on", "信访人去世", "day", mended="信访人去世的日期；记错了写 无"),
    Field("complained", "被反映的是谁", "word", terms.COMPLAINED, asked=False),
    Field("complained_unit_id", nature="number", asked=False),
    Field("guard_unit", "稳控单位", asked=False),
    _outside("outside_completion_due", "上级办结期限"),
    _outside("outside_acceptance_due", "上级受理期限"),
)
