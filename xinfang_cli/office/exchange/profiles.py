"""Profiles: how an office's sheets of one kind are read, kept under a name, shown, changed, handed on as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from json import dumps, loads
from pathlib import Path
from typing import Any

from xinfang_cli.book.kept import Profile
from xinfang_cli.errors import BadValue, Refused, Unusable, system_says, typed
from xinfang_cli.files import read_text, written_whole
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.closed_words import BY_SECTION, CLOSED
from xinfang_cli.intake.headings import CANONICAL, field_of, normalise_heading
from xinfang_cli.intake.readers.marks import code_of
from xinfang_cli.intake.rows import ORDERS
from xinfang_cli.intake.sections import GROUP_HEADING, GROUP_OF_NEW
from xinfang_cli.office.exchange.headings import default_heading, forget, kept_sets, no_set, parse_given
from xinfang_cli.office.session import Session


class Change(NamedTuple):
    """Changes to a profile; an empty text removes a word, heading or default."""

    fields: Mapping[str, str] = {}
    words: Mapping[str, str] = {}
    defaults: Mapping[str, str] = {}
    year: int | None = None
    sheet: str | None = None
    gone: tuple[str, ...] = ()
    day_order: str = ""
    codes: Mapping[str, str] = {}


def parse_words(pairs: Sequence[str]) -> dict[str, str]:
    """`手机信访=网上信访`, `满意度:0=不满意` → word → word of ours. BadValue for one that no column of ours takes."""
    words: dict[str, str] = {}
    for pair in pairs:
        word, sign, meant = pair.replace("＝", "=").rpartition("=")
        word, meant = word.strip().replace("：", ":"), meant.strip()
        if not sign or not word or not meant:
            raise BadValue("⟦.word⟧", pair, "看不懂", "写法：⟦.word⟧ 表里的词=本程序的词，如 ⟦.word⟧ 手机信访=网上信访")
        if not any(vocabulary.find(meant) for vocabulary in CLOSED.values()):
            raise BadValue("⟦.word⟧", meant, "不是本程序的词", "可用的词见 ⟦template⟧ 生成的模板里的下拉表")
        words[word] = meant
    return words


def parse_defaults(pairs: Sequence[str]) -> dict[str, str]:
    """`信访形式=来信` → {channel: 来信}. BadValue for a heading that is none of ours."""
    defaults: dict[str, str] = {}
    for pair in pairs:
        heading, sign, value = pair.replace("＝", "=").partition("=")
        found = GROUP_OF_NEW if heading.strip() == GROUP_HEADING else field_of(heading)
        by_section = value.strip() == BY_SECTION
        if not sign or not value.strip() or found in (None, "history") or (found == GROUP_OF_NEW and not by_section):
            raise BadValue(
                "⟦.default⟧",
                pair,
                "看不懂",
                f"写法：⟦.default⟧ 列=空着时当作什么，如 ⟦.default⟧ 信访形式=来信、⟦.default⟧ 责任单位={BY_SECTION}",
            )
        assert found is not None
        defaults[found] = value.strip()
    return defaults


def parse_order(word: str | None) -> str:
    """日月年; BadValue for what is no order of days."""
    plain = (word or "").strip()
    if plain and plain not in ORDERS:
        raise BadValue("⟦.day_order⟧", plain, "不是日期的顺序", f"可用：{'、'.join(ORDERS)}")
    return plain


def parse_codes(pairs: Sequence[str]) -> dict[str, str]:
    """`登记编号=00000` → {case_no: 00000}. BadValue for a heading without numbers, or an invalid format."""
    codes: dict[str, str] = {}
    for pair in pairs:
        heading, sign, form = pair.replace("＝", "=").partition("=")
        found = field_of(heading)
        if not sign or found not in ("case_no", "external_no", "repeat_of") or code_of(form.strip()) is None:
            raise BadValue("⟦.code⟧", pair, "看不懂", "写法：⟦.code⟧ 编号的列=格式，如 ⟦.code⟧ 登记编号=00000")
        codes[found] = form.strip()
    return codes


def one(session: Session, name: str) -> Profile:
    """The profile of that name; NotFound lists those there are."""
    there = kept_sets(session)
    for found in there:
        if found.name == name:
            return found
    raise no_set(name, there)


_OF_ONE_VALUE = ("年份", "工作表", "日期顺序")


def edit(session: Session, name: str, change: Change) -> Profile:
    """Change a profile and keep it."""
    found = one(session, name)
    gone = {normalise_heading(word) for word in change.gone} | set(change.gone)
    if change == Change():
        raise BadValue("对照方案", name, "没有写要改什么", "看现在的内容用 ⟦profile.show⟧")
    there = {*found.fields, *found.words, *_OF_ONE_VALUE, *map(default_heading, found.defaults)}
    there |= {*found.defaults, *found.codes, *(CANONICAL[field] for field in found.codes)}
    for word in change.gone:
        if word not in there and normalise_heading(word) not in there:
            listed = "、".join([*found.fields, *found.words]) or "没有列和词"
            raise BadValue("⟦.remove⟧", word, f"不在「{name}」里", f"有：{listed}；也可写 {'、'.join(_OF_ONE_VALUE)}")
    made = found._replace(
        fields={heading: field for heading, field in {**found.fields, **change.fields}.items() if heading not in gone},
        words={word: meant for word, meant in {**found.words, **change.words}.items() if word not in gone},
        defaults={
            field: word
            for field, word in {**found.defaults, **change.defaults}.items()
            if field not in gone and default_heading(field) not in gone
        },
        year=None if "年份" in gone else change.year or found.year,
        sheet=None if "工作表" in gone else change.sheet or found.sheet,
        day_order="" if "日期顺序" in gone else change.day_order or found.day_order,
        codes={
            field: form
            for field, form in {**found.codes, **change.codes}.items()
            if field not in gone and CANONICAL[field] not in gone
        },
    )
    keep(session, made)
    return made


def keep(session: Session, profile: Profile) -> None:
    """Keep a profile under its name."""
    with session.writing("profile") as (book, pen):
        book.mappings.keep(pen, profile)


class ShownProfile(NamedTuple):
    """A profile as it is shown and handed on: our own headings instead of fields."""

    name: str
    map: Mapping[str, str]
    words: Mapping[str, str]
    year: int | None
    default: Mapping[str, str]
    sheet: str | None
    day_order: str | None
    codes: Mapping[str, str]
    headings: tuple[str, ...]


class ProfileList(NamedTuple):
    """The profiles of an office."""

    profiles: tuple[ShownProfile, ...]


class MappingList(NamedTuple):
    """The same, of which only the columns are shown."""

    profiles: tuple[ShownProfile, ...]


class ProfileFile(NamedTuple):
    """The file that a profile was written to."""

    file: Path


class ProfileRemoved(NamedTuple):
    """The name of a profile that is gone."""

    removed: str


def shown(profile: Profile) -> ShownProfile:
    """A profile in the words of a ledger."""
    return ShownProfile(
        profile.name,
        {heading: CANONICAL[field] for heading, field in profile.fields.items()},
        dict(profile.words),
        profile.year,
        {default_heading(field): word for field, word in profile.defaults.items()},
        profile.sheet,
        profile.day_order or None,
        {CANONICAL[field]: form for field, form in profile.codes.items()},
        tuple(profile.headings),
    )


def kept(session: Session) -> ProfileList:
    """The profiles that the office has kept."""
    return ProfileList(tuple(map(shown, kept_sets(session))))


def mappings(session: Session) -> MappingList:
    """The same, for `mapping list`."""
    return MappingList(kept(session).profiles)


def remove(session: Session, name: str) -> ProfileRemoved:
    """Forget a profile."""
    forget(session, name)
    return ProfileRemoved(name)


def write_file(session: Session, name: str, path: Path) -> ProfileFile:
    """A profile as a JSON file for another office; no personal data stands in it."""
    text = dumps(shown(one(session, name))._asdict(), ensure_ascii=False, indent=2) + "\n"
    with written_whole(path) as made:
        made.write_text(text, encoding="utf-8")
    return ProfileFile(path)


def _is_profile(said: Any) -> bool:
    """Whether a file's JSON has the form of a profile; the words in it are read afterwards."""
    if not isinstance(said, dict) or not isinstance(said.get("name"), str) or not isinstance(said.get("map"), dict):
        return False
    pairs = (said.get(key) or {} for key in ("words", "default", "codes"))
    return isinstance(said.get("headings") or [], list) and all(isinstance(part, dict) for part in pairs)


def read_file(session: Session, path: Path, *, force: bool = False) -> Profile:
    """Keep a profile from a file. Unusable or BadValue for other files; Refused for an existing different profile of
    that name without `force`.
    """
    try:
        said = loads(read_text(path))
    except OSError as error:
        raise Unusable(
            f"文件 {path.name} 打不开（{system_says(error)}）", "请核对文件名和权限", code="no_file"
        ) from None
    except ValueError:
        said = None
    except RecursionError:  # nested a thousand deep
        said = None
    if not _is_profile(said):
        raise BadValue("文件", path.name, "不是导出的对照方案", "请用 ⟦profile.export⟧ 写出的文件")
    year = said.get("year")
    made = Profile(
        said["name"],
        tuple(str(heading) for heading in said.get("headings") or ()),
        parse_given([f"{heading}={meant}" for heading, meant in said["map"].items()]),
        parse_words([f"{word}={meant}" for word, meant in (said.get("words") or {}).items()]),
        year if isinstance(year, int) else None,
        parse_defaults([f"{heading}={word}" for heading, word in (said.get("default") or {}).items()]),
        said.get("sheet") if isinstance(said.get("sheet"), str) else None,
        parse_order(said.get("day_order") if isinstance(said.get("day_order"), str) else None),
        parse_codes([f"{heading}={form}" for heading, form in (said.get("codes") or {}).items()]),
    )
    there = next((kept for kept in kept_sets(session) if kept.name == made.name), None)
    if there == made:
        return made
    if there is not None and not force:
        raise Refused(
            f"对照方案「{made.name}」已经有了，与文件里的不同",
            f"确要换掉加 ⟦.force⟧；原来的先用 ⟦profile.export⟧ {typed(made.name)} 存一份",
            code="exists",
        )
    keep(session, made)
    return made
