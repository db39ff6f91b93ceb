"""The closed vocabularies: each label and each word means one thing, and the words of the trade are all taken."""

from __future__ import annotations

import ast
import inspect
from collections import Counter

import pytest

from xinfang_cli.errors import BadValue
from xinfang_cli.law import terms
from xinfang_cli.law.events import registry
from xinfang_cli.law.rules import statutory
from xinfang_cli.law.terms import Vocabulary

VOCABULARIES = {
    **{name: value for name, value in vars(terms).items() if isinstance(value, Vocabulary)},
    "EVENT": registry.EVENT,
    "OFFICE_EVENT": registry.OFFICE_EVENT,
}


def written(name: str) -> dict[str, list[str]]:
    """A vocabulary as it stands in the source: the parsed one has already merged what was written twice."""
    if name in ("EVENT", "OFFICE_EVENT"):  # made from the declarations: one label each
        return {kind: [label] for kind, label in VOCABULARIES[name].labels.items()}
    for module in (terms,):
        for node in ast.parse(inspect.getsource(module)).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
                assert isinstance(node.value, ast.Call)
                entries = node.value.args[1]
                assert isinstance(entries, ast.Dict)
                keys = [ast.literal_eval(key) for key in entries.keys if key is not None]
                assert len(keys) == len(set(keys)), name
                said = [ast.literal_eval(value) for value in entries.values]
                return {k: [v] if isinstance(v, str) else list(v) for k, v in zip(keys, said, strict=True)}
    raise AssertionError(name)


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_word_means_one_thing(name: str) -> None:
    entries = written(name)
    meant: dict[str, set[str]] = {}
    for key, words in entries.items():
        for word in (key, *words):
            meant.setdefault(word, set()).add(key)
    assert {word: keys for word, keys in meant.items() if len(keys) > 1} == {}
    twice = [word for key, words in entries.items() for word, n in Counter(words).items() if n > 1]
    assert twice == []


@pytest.mark.parametrize("name", VOCABULARIES)
def test_labels_are_unique_and_read_back(name: str) -> None:
    vocabulary = VOCABULARIES[name]
    assert len(set(vocabulary.labels.values())) == len(vocabulary.labels)
    for key, label in vocabulary.labels.items():
        assert key in vocabulary
        assert vocabulary.label(key) == label
        assert vocabulary.find(label) == vocabulary.find(key) == key
    for key, label in vocabulary.sayable.items():
        assert vocabulary.parse(label) == vocabulary.parse(key) == key


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_word_is_taken_in_any_width_and_case(name: str) -> None:
    vocabulary = VOCABULARIES[name]
    for word, key in vocabulary.words.items():
        assert vocabulary.find(f" {word}\u3000") == key
        if word.isascii() and word.isalpha():
            wide = "".join(chr(ord(letter) + 0xFEE0) for letter in word.upper())
            assert vocabulary.find(wide) == key


@pytest.mark.parametrize("name", VOCABULARIES)
def test_an_unknown_word_is_refused_with_the_list(name: str) -> None:
    vocabulary = VOCABULARIES[name]
    with pytest.raises(BadValue) as caught:
        vocabulary.parse("测试乱写")
    assert caught.value.exit_code == 1
    assert vocabulary.field in caught.value.message
    assert "测试乱写" in caught.value.message
    assert next(iter(vocabulary.labels.values())) in caught.value.hint
    assert vocabulary.find("") is None


@pytest.mark.parametrize("word", ["表中未载", "unstated", " 表中未载 "])
@pytest.mark.parametrize("name", ["OUTCOME", "GROUND", "HOW_RESOLVED"])
def test_what_a_sheet_did_not_say_is_nobodys_word(name: str, word: str) -> None:
    with pytest.raises(BadValue) as caught:
        VOCABULARIES[name].parse(word)
    assert "表中未载" not in caught.value.hint
    assert VOCABULARIES[name].find(word) == "unstated"


# Chinese → identifier, as the glossary and the contract have them.
GLOSSARY = {
    "CHANNEL": "来信=letter 传真=fax 来访=visit 走访=visit 视频=video 网上信访=web 网信=web 网上=web 领导信箱=mailbox "
    "来电=phone 其他=other 初信=letter 初访=visit 初网=web 初电=phone",
    "KIND": "建议意见=suggestion 检举控告=accusation 揭发控告=accusation 申诉求决=appeal 申诉=complaint_appeal 求决=request "
    "申诉求决类=appeal 咨询=inquiry 其他=other 建议意见类=suggestion 检举控告类=accusation 咨询类=inquiry",
    "SOURCE": "本级登记=own 上级转送=forwarded 上级交办=tasked",
    "LEVEL": "到区=district 到市=city 赴省=province 进京=beijing",
    "PRIORITY": "普通=normal 重点=key 重大紧急=urgent",
    "MODE": "转送=forward 交办=task",
    "PATHWAY": "信访处理意见=opinion 依法履职=duty 简易程序=simple 简易=simple 建议意见=suggestion 检举控告=accusation 咨询=answer",
    "PROCEDURE": "诉讼=litigation 仲裁=arbitration 党员申诉=party 行政程序=administrative 纪检监察=discipline 其他=other",
    "HOW_REDIRECTED": "转送=forwarded 引导=guided",
    "OUTCOME": "予以支持=supported 部分支持=partly_supported 解释说明=explained 不予支持=rejected 采纳=adopted "
    "已采纳=adopted 部分采纳=partly_adopted 不予采纳=not_adopted 调解和解=settled 已答复=answered 法定途径处理结果=procedure_result",
    "DELIVERY": "当面=in_person 邮寄=post 其他=other",
    "RESULT": "维持=upheld 变更=changed 撤销=revoked 不予受理=declined",
    "RATING": "满意=satisfied 基本满意=fair 不满意=dissatisfied 未评价=none 待评价=none 超期未评价=none —=none",
    "HOW_RESOLVED": "诉求解决=demand_met 签订息访协议=agreement 三级终结=three_levels 导入法定程序=procedure "
    "教育疏导=education 帮扶救助=relief 依法处理=lawful_action",
    "REMINDER": "提醒=notice 预警=warning 督办=supervision 通报=bulletin",
    "STEP": "约谈=talk 挂牌督办=listed 问责=accountability",
    "GROUP": "镇街=镇街 区直部门=区直部门 国企=国企 驻区单位=驻区单位",
    "STAGE": "待转送交办=registered 待受理=assigned 办理中=accepted 待审核=reported 已办结=closed 申请退回待审核=objected "
    "复查中=in_review 已复查=reviewed 复核中=in_recheck 已复核终结=finalised 不予受理=refused 不再受理=refused "
    "已导入法定途径=redirected 已存查=filed 已撤回=withdrawn 已退回上级=returned_up",
    "EVENT": "登记=register 签收=sign 申请退回=object 同意退回=uphold 不同意退回=overrule 受理=accept 转普通程序=convert "
    "不予受理=refuse 导入法定途径=redirect 存查=file 退回上级=return_up 延期=extend 协办=assist 办结=close 审核认定=approve "
    "退回重办=return 送达=deliver 落实=fulfil 听证=hearing 撤回=withdraw 重复件关联=link 关联=relate 剔除=exclude 恢复=include "
    "满意度评价=rate 报告上级=report_up 督办=supervise 化解=resolve 上级认定=recognise",
}


@pytest.mark.parametrize("name", GLOSSARY)
def test_the_words_of_the_glossary(name: str) -> None:
    pairs = dict(pair.rsplit("=", 1) for pair in GLOSSARY[name].split())
    assert {word: VOCABULARIES[name].find(word) for word in pairs} == pairs


def test_identifiers_of_the_glossary_are_the_whole_list() -> None:
    """Nothing beyond the glossary but 表中未载, which a sheet's silence is recorded as."""
    for name in (
        "CHANNEL",
        "KIND",
        "SOURCE",
        "LEVEL",
        "PRIORITY",
        "MODE",
        "OUTCOME",
        "RESULT",
        "RATING",
        "STAGE",
        "GROUP",
    ):
        named = {pair.rsplit("=", 1)[1] for pair in GLOSSARY[name].split()}
        assert set(VOCABULARIES[name].labels) - {"unstated"} == named, name


def test_topics_of_the_glossary() -> None:
    listed = (
        "农村农业 国土资源 城乡建设 劳动和社会保障 卫生计生 教育文体 民政 政法 经济管理 交通运输 商贸旅游 科技与信息产业 "
        "环境保护 党务政务 组织人事 纪检监察 其他"
    )
    assert list(terms.TOPICS) == listed.split()
    for variant, topic in (
        ("劳动社保", "劳动和社会保障"),
        ("卫生健康", "卫生计生"),
        ("自然资源", "国土资源"),
        ("生态环境", "环境保护"),
    ):
        assert variant in terms.TOPICS[topic]
    words = [word for name, words in terms.TOPICS.items() for word in (name, *words)]
    assert [word for word, n in Counter(words).items() if n > 1] == []


def test_tables_beside_the_vocabularies_are_complete() -> None:
    assert set(terms.CHANNEL_GROUP) == set(terms.CHANNEL.labels)
    assert set(terms.PATHWAY_OF_KIND) == set(terms.KIND.labels)
    assert set(terms.PATHWAY_OF_KIND.values()) <= set(terms.PATHWAY.labels)
    assert set(terms.GROUND_ARTICLE) == set(terms.GROUND.labels)
    assert set(terms.NO_LONGER) <= set(terms.GROUND.labels)
    for kind, outcomes in terms.USUAL_OUTCOMES.items():
        assert kind in terms.KIND
        assert set(outcomes) <= set(terms.OUTCOME.labels)
    assert set(terms.OPEN_STAGES) | set(terms.CLOSED_AND_LATER) < set(terms.STAGE.labels)


def test_every_clock_has_a_rule_an_owner_and_an_article() -> None:
    rules = statutory().clocks
    assert set(rules) == set(terms.CLOCK.labels) | {"simple"}
    for kind, rule in rules.items():
        assert rule.owner in terms.OWNER, kind
        assert rule.article, kind
        assert rule.window == (kind in terms.WINDOWS), kind
        assert rule.unit in ("day", "workday", "month", "fixed"), kind
        assert (rule.n > 0) == (rule.unit != "fixed" and kind != "office"), kind


def test_numbers_of_the_law() -> None:
    """The table of the workflow, and which numbers are the office's own."""
    rules = statutory()
    assert {kind: (rule.n, rule.unit) for kind, rule in rules.clocks.items() if rule.unit != "fixed"} == {
        "dispatch": (15, "day"),
        "redispatch": (5, "workday"),
        "decision": (5, "workday"),
        "objection": (5, "workday"),
        "acceptance": (15, "day"),
        "completion": (60, "day"),
        "simple": (10, "workday"),
        "duty": (2, "month"),
        "office": (0, "day"),
        "review_window": (30, "day"),
        "recheck_window": (30, "day"),
        "review": (30, "day"),
        "recheck": (30, "day"),
        "rating": (30, "day"),
    }
    assert {kind for kind, rule in rules.clocks.items() if rule.office} == {
        "redispatch",
        "decision",
        "office",
        "rating",
    }
    assert rules.limits["extension"].n == 30
    assert rules.limits["group_visit"].n == rules.limits["representatives"].n == 5
    assert (rules.reminders["notice"], rules.reminders["warning"]) == (5, 2)
    assert rules.roll is False
    assert rules.settings["check_closings"] is rules.settings["local_finality"] is False
    for kind, article in (
        ("dispatch", "二十二"),
        ("acceptance", "二十三"),
        ("completion", "三十四"),
        ("review", "三十五"),
        ("recheck", "三十六"),
    ):
        assert article in rules.clocks[kind].article
