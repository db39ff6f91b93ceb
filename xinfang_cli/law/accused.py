"""Article 30 as a relation: how a unit, a body or a leader stands to whom an accusation complains of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.terms import COMPLAINED, half_width

SAME, PARENT, CHILD, LEADER, NEAR = "same", "parent", "child", "leader", "near"
FEWEST_COMPLAINTS = 5
"""So many must complain of a unit before a report names it: of fewer it could tell which one that is."""


class Body(NamedTuple):
    """A unit in the office's list: name, parent, leaders, purpose."""

    names: tuple[str, ...] = ()
    parent: int | None = None
    leaders: tuple[str, ...] = ()
    role: str = "ordinary"


class Complained(NamedTuple):
    """The target of an accusation as recorded: unit, our unit's id if found, person; or the reason for neither
    (terms.COMPLAINED).
    """

    unit: str | None = None
    unit_id: int | None = None
    person: str | None = None
    unsaid: str | None = None

    @property
    def named(self) -> bool:
        """Whether a unit or a person complained of is named."""
        return bool(self.unit or self.unit_id is not None or self.person)

    @property
    def unknown(self) -> bool:
        """不明: asked, and nobody could say."""
        return not self.named and self.unsaid == "unknown"

    @property
    def answered(self) -> bool:
        """Whether the target was recorded, 不明 included."""
        return self.named or self.unknown


NOBODY = frozenset(
    [
        "无",
        "没有",
        "某",
        "某人",
        "某某",
        "某某某",
        "有关单位",
        "有关部门",
        "匿名",
        "未说明",
        "未写明",
        "表中未载",
        "—",
        "-",
        "/",
        "空",
    ]
)
"""Written where somebody is to be named, and naming nobody: no answer to the question who is complained of."""


def names_nobody(text: str | None) -> bool:
    """Whether what is written under 被反映单位 or 被反映人 names nobody."""
    word = "".join(half_width(text or "").split())
    return word in NOBODY or COMPLAINED.find(word) is not None


# ---- names ------------------------------------------------------------------------------------------------------

_POSTS = (
    "书记|局长|科长|处长|股长|部长|主任|镇长|乡长|区长|县长|市长|旗长|所长|站长|队长|校长|园长|院长|会长|社长|行长|庭长|"
    "检察长|村长|支书|主席|经理|董事长|厂长|干部|民警|法官|会计|工作人员|负责人|领导|班子成员"
)
# Patterns stay text and are compiled by `re` when first used: a command that needs the units mostly asks none.
_POST = r"(?:原|时任|现任|前)?(?:党组|党委|党工委|党总支|党支部)?(?:常务)?(?:第一)?副?(?P<post>" + _POSTS + ")"
_BRANCH = (
    r"(?:党组|党委|党工委|党总支|党支部|工会|机关|办公室|办|科|室|股|站|所|队|大队|中队|支队|窗口|中心|学校|小学|中学|幼儿园|"
    r"医院|分局|分院|服务部|班子|领导班子)$"
)
_GENERIC_AREA = (
    r"^(?:我|本|该|全)?(?:省|市(?!场|政|容|民|直)|区(?!域|划|块)|县(?!域)|旗|自治区)(?=.{2})|^(?:我|本|该)(?=.{2})"
)
_BRACKETS = r"[(\[【〔<《].*?[)\]】〕>》]"
_FIELD_ENDS = "(?:局|厅|工委|工作委)$"
_OF_FIELD = "(?:工委|工作委|中心|办|办公室)$"
_COMMITTEE = "^[省市区县旗]?委(?=.*(?:工委|工作委)$)"
_BETWEEN = "、，,/和及等 "
_BODY_ENDS = "局委办镇乡道部所站队院校"
_SURNAME = r"^[\u4e00-\u9fff]$"
_OF_POST = {
    "局长": "局", "科长": "科", "处长": "处", "镇长": "镇", "乡长": "乡", "所长": "所", "站长": "站", "队长": "队",
    "校长": "校学", "院长": "院", "主任": "委办会心室道", "部长": "部", "园长": "园", "行长": "行", "村长": "村", "区长": "区",
    "县长": "县", "市长": "市",
}  # fmt: skip


def areas_of(chain: str, bureau: str) -> tuple[str, ...]:
    """The area words of an office: of its own chain of regions, and of what the bureau is called; the longest first."""
    words = [word for word in re.split(r"[\s,，、/>]+", half_width(chain)) if word]
    own = re.match(r"^(.{2,}?[省市区县旗])", half_width(bureau))
    if own:
        words.append(own[1])
    short = [word[:-1] for word in words if len(word) > 2 and word[-1] in "省市区县旗州盟"]
    return tuple(sorted({*words, *short}, key=len, reverse=True))


def plain(name: str, areas: Sequence[str] = ()) -> str:
    """A unit's name in the form in which names are compared: half-width, without brackets, without the office's own areas,
    without what a government is called in full."""
    text = re.sub(_BRACKETS, "", half_width(name)).replace(" ", "").strip("，,。.;；:：").lower()
    while True:
        before = text
        for area in areas:
            if text.startswith(area) and len(text) - len(area) >= 2:
                text = text[len(area) :]
        text = re.sub(_GENERIC_AREA, "", text, count=1) if len(text) > 3 else text
        if text == before:
            break
    for ending in ("人民政府", "政府", "办事处", "委员会"):
        if text.endswith(ending) and len(text) - len(ending) >= 2:
            text = text.removesuffix(ending) + ("委" if ending == "委员会" else "")
    return text


class Said(NamedTuple):
    """A recorded target in parts: body, person's name or surname, post."""

    body: str
    person: str
    post: str


def parts(text: str, areas: Sequence[str] = ()) -> Said:
    """教育局局长测试甲 → 教育局, 测试甲, 局长; 王局长 → "", 王, 局长; 教育局 → 教育局."""
    whole = re.sub(_BRACKETS, "", half_width(text)).replace(" ", "")
    found = re.search(_POST, whole)
    if found is None:
        return Said(plain(whole, areas), "", "")
    body, person, post = whole[: found.start()], whole[found.end() :], found["post"]
    person = person.strip(_BETWEEN)
    while (more := re.match(_POST, person)) is not None:  # 党组书记、局长测试甲
        person = person[more.end() :].strip(_BETWEEN)
    if re.match(_SURNAME, body) and not person:
        return Said("", body, post)
    if not person and len(body) > 2 and body[-2] in _BODY_ENDS and body[-1] not in _BODY_ENDS:
        body, person = body[:-1], body[-1]  # 教育局王局长
    elif len(body) > 1 and not body.endswith(post[0]) and _OF_POST.get(post) == post[0]:
        body += post[0]  # 教育局长 is of 教育局
    return Said(plain(body, areas) if body else "", person, post)


def _abbreviates(short: str, full: str) -> bool:
    """Whether one name is the other with signs left out, the first and the last kept: 住建局 of 住房和城乡建设局."""
    if len(short) < 3 or len(short) >= len(full) or short[0] != full[0] or short[-1] != full[-1]:
        return False
    signs = iter(full)
    return all(sign in signs for sign in short)


def by_name(accused: str, unit: str) -> str | None:
    """The relation between two normalised names: the unit's to the accused one's."""
    if accused == unit:
        return SAME
    if len(accused) < 2 or len(unit) < 2:
        return None
    if accused.startswith(unit) and re.search(_BRANCH, accused[len(unit) :]):
        return PARENT
    if unit.startswith(accused) and re.search(_BRANCH, unit[len(accused) :]):
        return CHILD
    if accused in unit or unit in accused or _abbreviates(accused, unit) or _abbreviates(unit, accused):
        return NEAR
    return NEAR if _shares_field(accused, unit) or _shares_field(unit, accused) else None


def _shares_field(one: str, other: str) -> bool:
    """Whether one is what its field is called and a 局, and the other begins with that field: 教育局, 区委教育工委,
    教育考试中心."""
    field = re.sub(_FIELD_ENDS, "", one)
    bare = re.sub(_COMMITTEE, "", other)
    return field != one and len(field) > 1 and bare.startswith(field) and re.search(_OF_FIELD, bare) is not None


def person_of(text: str) -> str:
    """The bare name in what a leader is called: 局长测试甲 → 测试甲."""
    found = parts(text)
    return found.person or ("" if found.post else found.body)


def _same_person(said: Said, leader: str, heads: Iterable[str]) -> bool:
    """Whether a recorded person is that leader: by name, or by surname and a post in that body."""
    named = parts(leader)
    name = named.person or named.body
    if not name or not said.person:
        return False
    if len(said.person) == 1:
        fits = said.post not in _OF_POST or any(head[-1:] in _OF_POST[said.post] for head in heads)
        return name[0] == said.person and fits
    return name in said.person or (len(name) > 1 and said.person in name)


# ---- the list of units ------------------------------------------------------------------------------------------


class Relations:
    """The office's list of units asked about article 30; `merged`: units that became another's."""

    def __init__(
        self, bodies: Mapping[int, Body], merged: Mapping[int, int] | None = None, areas: Sequence[str] = ()
    ) -> None:
        self.bodies = bodies
        self.merged = merged or {}
        self.areas = tuple(areas)
        self._plain = {
            unit: tuple(dict.fromkeys(form for name in body.names for form in self._forms(name)))
            for unit, body in bodies.items()
        }
        self._kept: dict[Complained, Mapping[int, str]] = {}

    def of_unit(self, of: Complained, unit: int) -> str | None:
        """A unit's relation to the target of an accusation, or None."""
        return self.kept_from(of).get(self.merged.get(unit, unit))

    def of_name(self, of: Complained, name: str) -> str | None:
        """The same for a body of which there is only a name."""
        forms = self._forms(name)
        direct = [
            bound for said in self._said(of) for form in forms if said.body and (bound := by_name(said.body, form))
        ]
        direct += [bound for unit in self.called(name) if (bound := self.of_unit(of, unit))]
        return min(direct, key=_ORDER.index, default=None)

    def called(self, name: str) -> tuple[int, ...]:
        """The units of ours that are called so."""
        forms = self._forms(name)
        return tuple(unit for unit, names in self._plain.items() if not forms.isdisjoint(names))

    def of_leader(self, of: Complained, leader: str) -> str | None:
        """The same for a leader, by name and by the units of ours that he leads."""
        name = person_of(leader)
        for text in (of.unit, of.person):
            if text and (leader in text or (len(text) > 1 and text in leader) or (len(name) > 1 and name in text)):
                return SAME
        for said in self._said(of):
            if len(name) > 1 and len(said.person) > 1 and said.person in name:
                return SAME
        for unit, body in self.bodies.items():
            if len(name) > 1 and any(name in other for other in body.leaders):
                relation = self.of_unit(of, unit)
                if relation is not None:
                    return relation
        return None

    def mentioned(self, text: str) -> tuple[int, ...]:
        """Units named in a text, in full or short."""
        plainly = half_width(text).replace(" ", "").lower()
        return tuple(
            unit for unit, names in self._plain.items() if any(len(name) > 2 and name in plainly for name in names)
        )

    def role(self, unit: int) -> str:
        """The purpose of our unit (terms.UNIT_ROLE)."""
        body = self.bodies.get(self.merged.get(unit, unit))
        return "ordinary" if body is None else body.role

    def kept_from(self, of: Complained) -> Mapping[int, str]:
        """Unit → relation to the target, for every unit barred from the accusation."""
        if of not in self._kept:
            self._kept[of] = dict(self._find(of))
        return self._kept[of]

    def _forms(self, name: str) -> frozenset[str]:
        """A name with and without the office's areas: a word of an area may be part of what a body is called."""
        return frozenset((plain(name), plain(name, self.areas)))

    def _said(self, of: Complained) -> list[Said]:
        found = []
        for areas in ((), self.areas) if self.areas else ((),):
            if of.unit:
                found.append(parts(of.unit, areas))
            if of.person:
                said = parts(of.person, areas)
                bare = not said.post and len(said.body) < 5  # a name, and no body
                found.append(Said("", said.body, "") if bare else said)
        return found

    def _find(self, of: Complained) -> dict[int, str]:
        found: dict[int, str] = {}

        def note(unit: int, relation: str) -> None:
            if unit not in found or _ORDER.index(relation) < _ORDER.index(found[unit]):
                found[unit] = relation

        if of.unit_id is not None:
            note(self.merged.get(of.unit_id, of.unit_id), SAME)
        for unit, relation in self._by_words(of):
            note(unit, relation)
        for unit, relation in list(found.items()):
            if relation in (SAME, PARENT):
                for above in self._above(unit):
                    note(above, PARENT)
        same = {unit for unit, relation in found.items() if relation == SAME}
        near = {unit for unit, relation in found.items() if relation == NEAR}
        for unit in self.bodies:
            over = set(self._above(unit))
            if not same.isdisjoint(over):
                note(unit, CHILD)
            elif not near.isdisjoint(over):  # if that is who is meant, it is below or above him
                note(unit, NEAR)
            for one in over if unit in near else ():
                note(one, NEAR)
        return found

    def _by_words(self, of: Complained) -> Iterator[tuple[int, str]]:
        """Units named by the recorded target, or led by the recorded person."""
        said = self._said(of)
        texts = [text for text in (of.unit, of.person) if text]
        for unit, names in self._plain.items():
            for part in said:
                if part.body:
                    yield from ((unit, relation) for name in names if (relation := by_name(part.body, name)))
            for leader in self.bodies[unit].leaders:
                if any(leader in text for text in texts) or any(_same_person(part, leader, names) for part in said):
                    yield unit, LEADER

    def _above(self, unit: int) -> Iterator[int]:
        """The ancestors of a unit, nearest first."""
        seen = {unit}
        current = self.bodies[unit].parent if unit in self.bodies else None
        while current is not None and (current := self.merged.get(current, current)) not in seen:
            yield current
            seen.add(current)
            current = self.bodies[current].parent if current in self.bodies else None


_ORDER = (SAME, PARENT, CHILD, LEADER, NEAR)
