"""The cell of the responsible unit: one name, or several to be told apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from xinfang_cli.errors import next_step, typed
from xinfang_cli.intake.cleaning import clean_name, clean_text

# 测试区住房和城乡 is half of a name: 城乡 ends no township's.
_WHOLE_UNIT = r".{2,}(?:[局镇委办院队所部会站处厅]|(?<!城)乡|街道|中心|公司|集团|政府|联社|支行)"
_UNIT_TAILS = (
    *("办事处", "办公室", "委员会", "人民政府", "管委会", "居委会", "分公司"),
    *("管理局", "管理处", "服务中心", "监督局", "建设局", "保障局"),
)


def clean_unit(cell: object) -> str:
    """A unit's name, or several parted by 、 where a line break parts whole names: a long name broken by hand is one,
    城管局 over 住建局 are two."""
    text = clean_text(cell)
    for parted in (text.splitlines(), text.split()):
        lines = [name for line in parted if (name := clean_name(line))]
        if len(lines) > 1 and all(map(_whole, lines)):
            return "、".join(lines)
    return clean_name(text).rstrip("、，,；;/／ ")


_WHOLE = re.compile(_WHOLE_UNIT)
_JOINED = re.compile(r"[、，,；;/／|｜+＋&→>~～]|—+|－|(?<=[一-鿿])-(?=[一-鿿])")
_ROLES = re.compile(r"主办|协办|牵头|配合|主责|会办")
_BRACKETS = re.compile(r"[(（\[【](.*)[)）\]】]")
_STATE = re.compile("[退转送已待未协等?？]")
_AND = ("以及", "及", "和", "与", "转", "会同", "同")
_ENDS = re.compile(r"[局委办院厅镇]|街道|(?<!城)乡|公司")
_LIKE = re.compile(r".{2,6}(?:[局委镇]|街道)")


_ROLE = re.compile(r"[(（\[【]?\s*(?:(主办|牵头|主责)|协办|配合|会办)(?:单位|部门)?\s*[)）\]】]?\s*[:：]?")
_SIGNS = re.compile(r"[、，,;；/／|｜+＋&。\s]+")


def lead_and_helpers(word: str) -> tuple[str, tuple[str, ...]] | None:
    """教育局（主办）、卫健委（协办） as lead unit and assisting units; None unless the roles single out one lead."""
    roles = list(_ROLE.finditer(word))
    if not roles:
        return None
    before = roles[0].start() == 0
    if before:  # 主办：教育局 协办：卫健委
        ends = [*(role.start() for role in roles[1:]), len(word)]
        parts = [(role, word[role.end() : end]) for role, end in zip(roles, ends, strict=True)]
    else:
        starts = [0, *(role.end() for role in roles[:-1])]
        parts = [(role, word[start : role.start()]) for role, start in zip(roles, starts, strict=True)]
    leads: list[str] = []
    helpers: list[str] = []
    for role, text in parts:
        names = [name for part in _SIGNS.split(text) if part for name in _two_by_and(part)]
        if not names or not all(map(_whole, names)):
            return None
        (leads if role[1] else helpers).extend(names)
    rest = "" if before else word[roles[-1].end() :]
    if len(leads) != 1 or leads[0] in helpers or _SIGNS.sub("", rest):
        return None
    return leads[0], tuple(dict.fromkeys(helpers))


def _two_by_and(part: str) -> tuple[str, ...]:
    """卫健委和住建局 are two, 太和街道 is one."""
    for between in ("以及", "和", "及", "与"):
        left, _, right = part.partition(between)
        if right and _whole(left) and _whole(right):
            return left, right
    return (part,)


def not_one_unit(word: str, is_known: Callable[[str], bool]) -> str | None:
    """Why a word that names no unit of ours is not taken for a new one; None: it looks like one name."""
    if _ROLES.search(word):
        return (
            f"「{word}」写了主办和协办。请只写主办的一个，协办的导入后用 {next_step('assist')}；"
            f"确是一个单位的名称，先用 {next_step('unit.add')} {typed(word)} 加上"
        )
    if _JOINED.search(word) or any(_whole(left) and _whole(right) for left, right in _halves(word, is_known)):
        return (
            f"「{word}」像是几个单位。请只写主办的一个，协办的导入后用 {next_step('assist')}；"
            f"确是一个单位的名称，先用 {next_step('unit.add')} {typed(word)} 加上"
        )
    aside = _BRACKETS.search(word)
    if (aside and (_STATE.search(aside[1]) or _whole(aside[1]))) or word.endswith(("等", "?", "？")):
        return (
            f"「{word}」不只是单位的名称。请只写单位，说明写在别的列；"
            f"确是一个单位的名称，先用 {next_step('unit.add')} {typed(word)} 加上"
        )
    return None


def _halves(word: str, is_known: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """The two names that a word may be made of: 教育局和卫健委, 教育局卫健委."""
    for between in _AND:
        at = word.find(between, 2)
        while at > 0:
            yield word[:at], word[at + len(between) :]
            at = word.find(between, at + 1)
    for found in _ENDS.finditer(word, 2):
        left, right = word[: found.end()], word[found.end() :]
        if right and right not in _UNIT_TAILS:
            alike = found[0] in "局委" and _LIKE.fullmatch(right) is not None and not right.endswith(_PARTS_OF)
            if alike or (is_known(left) and is_known(right)):
                yield left, right


_PARTS_OF = ("分局", "支局", "管理局", "监督局", "大队", "党委", "纪委", "交警局", "管委", "工委")


def looks_whole(name: str) -> bool:
    """Whether a word looks like the whole name of one unit."""
    return _whole(name) and not_one_unit(name, lambda word: False) is None


def _whole(name: str) -> bool:
    return _WHOLE.fullmatch(name) is not None and name not in _UNIT_TAILS
