"""The office's settings: keys, parsing of values, affected clocks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, Refused, Unusable, next_step
from xinfang_cli.files import no_file
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.law.rules import DATED, Rules, statutory, with_settings
from xinfang_cli.office.keeping.accusations import against, check_change
from xinfang_cli.office.keeping.refolding import MovedClock, refold, what_moves
from xinfang_cli.office.session import Session

# ---- what can be set --------------------------------------------------------------------------------------------


class Setting(NamedTuple):
    """One thing that an office can set: its Chinese name, how its value is read and found, whether a citation is
    required, and the clocks whose last day follows."""

    key: str
    name: str
    parse: Callable[[str, str], Any]
    read: Callable[[Rules], Any]
    cited: bool = False
    moves: frozenset[str] = frozenset()


@cache
def registry() -> Mapping[str, Setting]:
    """Every setting by its key, in the order in which they are listed."""
    return {setting.key: setting for setting in (*_words(), *_numbers(), *_templates())}


def setting(key: str) -> Setting:
    """The row of the registry for a key; BadValue for an unknown one."""
    found = registry().get(key)
    if found is None:
        raise BadValue("设置项", key, "没有这一项", "看有哪些：⟦config.list⟧")
    return found


def moved_by(key: str) -> frozenset[str]:
    """The clocks whose last day follows from a setting."""
    known = registry().get(key)
    return frozenset() if known is None else known.moves


_GROUPS = {"镇街": "乡镇", "区直部门": "县直部门", "国企": "县属企业", "驻区单位": "驻县单位"}


def _words() -> Iterator[Setting]:
    def plain(key: str, name: str, parse: Callable[[str, str], Any], moves: frozenset[str] = frozenset()) -> Setting:
        return Setting(key, name, parse, _plain(key), moves=moves)

    yield plain("bureau", "本局名称", _name)
    yield plain("area", "通报里辖区的称呼：全区、全县、全市", _name)
    yield plain("prefix", "编号前缀", _prefix)
    for group, said in _GROUPS.items():
        yield Setting(
            f"groups.{group}",
            f"单位分组「{group}」的称呼，如 {said}",
            _name,
            _group(group),
        )
    yield plain("zone", "时区，今天是哪一天按它算", _zone)
    yield plain("roll", "期限遇休息日顺延", _switch, frozenset(terms.CLOCK.labels))
    yield plain("check_closings", "办结先审核", _switch)
    yield plain("unit_sees_names", "给单位的表和函写明普通信访人的姓名、电话（默认只有姓和尾号）", _switch)
    yield plain("local_finality", "按地方规定终结：逾期未申请复查复核、达成和解、信访人去世", _switch)
    yield plain("why_always", f"查阅个人信息都要写事由（{next_step('.why')}）；检举控告件的总要写", _switch)
    yield plain("area_chain", "本局所在的省、市、区县，由大到小，空格分开：比较单位名称时不看", _name)
    yield plain("minimum_denominator", "参加排名的最小分母", _whole)
    yield plain("small_base", "变化以数而不以百分比说的底数（不足此数）", _whole)
    yield plain("book_from", "本簿数据完整的起始日", _first_day)
    yield plain("backup_folder", "每天第一次写入后自动备份到这个文件夹（空：不做）", _folder)
    yield plain("backup_keep", "自动备份留几份", _at_least_one)
    yield plain("heads_file", "每天的链头记到外面这个文件，并拿它核对（空：不做）", _outside_file)
    key_made = f"{next_step('~seal')} {next_step('.new_key')}"
    yield plain("seal_key", f"签封用的钥匙：文件，或在系统的钥匙串里（空：不签），用 {key_made} 做", _seal_key)
    yield plain("four_rates", "四率", _rates)
    yield plain("more_figures", "另加的指标", _more_rates)


def _numbers() -> Iterator[Setting]:
    rules = statutory()

    def days_left(key: str) -> Callable[[Rules], Any]:
        return lambda rules: rules.reminders.get(key)

    for level in rules.reminders:
        yield Setting(f"reminders.{level}", f"{terms.REMINDER.label(level)}（剩余天数）", _whole, days_left(level))
    for kind in terms.CLOCK.labels:
        if kind not in terms.WINDOWS:
            for level in rules.reminders:
                name = f"{terms.CLOCK.label(kind)}的{terms.REMINDER.label(level)}（剩余天数）"
                key = f"{kind}.{level}"
                yield Setting(f"reminders.{key}", name, _whole, days_left(key))
    for key, definition in DEFINITIONS.items():
        yield Setting(f"targets.{key}", f"{definition.label}目标", _percent, _target(key))
    for kind, rule in rules.clocks.items():
        if rule.unit != "fixed":
            yield _clock(kind, rule.unit)
    for limit, label in (("extension", "延期上限（日）"), ("simple_acceptance", "简易办理受理期限（工作日）")):
        yield Setting(f"limits.{limit}", label, _whole, partial(_limit, limit), cited=True)


def _limit(name: str, rules: Rules) -> int:
    return rules.limits[name].n


def _clock(kind: str, unit: str) -> Setting:
    length = {"day": "日", "workday": "工作日", "month": "个月"}[unit]
    label = "简易办理" if kind == "simple" else terms.CLOCK.label(kind)
    return Setting(
        f"clocks.{kind}",
        f"{label}{'' if label.endswith(('期', '期限')) else '期限'}（{length}）",
        _whole if kind == "office" else _at_least_one,
        lambda rules: rules.clocks[kind].n,
        cited=True,
        moves=frozenset({"completion" if kind == "simple" else kind}),
    )


def _templates() -> Iterator[Setting]:
    from xinfang_cli.law.letters import LETTER

    for key, label in [
        *((f"template.{kind}", label) for kind, label in terms.REPORT.labels.items()),
        *((f"template.letter.{kind}", label) for kind, label in LETTER.labels.items()),
    ]:
        yield Setting(key, f"{label}的模板（文件）", _template, _plain(key))


def _plain(key: str) -> Callable[[Rules], Any]:
    return lambda rules: rules.settings.get(key)  # a template nobody set is nothing


def _group(name: str) -> Callable[[Rules], Any]:
    return lambda rules: rules.group(name)


def _target(key: str) -> Callable[[Rules], Any]:
    return lambda rules: rules.targets.get(key)


# ---- how a value is read ----------------------------------------------------------------------------------------


def parse(key: str, text: str) -> Any:
    """The value behind what was typed for a setting."""
    return setting(key).parse(key, text)


def _name(key: str, text: str) -> str:
    word = text.strip()
    if not word or not word.isprintable():
        raise BadValue(key, text, "不能用", "编号前缀只用字母和数字；名称不能空")
    return word


def _prefix(key: str, text: str) -> str:
    word = _name(key, text)
    if not word.isalnum():
        raise BadValue(key, text, "不能用", "编号前缀只用字母和数字；名称不能空")
    return word.upper()


def _zone(key: str, text: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    word = text.strip()
    try:
        ZoneInfo(word)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadValue(key, text, "不是时区名", "如 Asia/Shanghai、Asia/Urumqi") from None
    return word


_YES_NO = dict.fromkeys(("是", "开", "on", "true", "1", "yes"), True)
_YES_NO |= dict.fromkeys(("否", "关", "off", "false", "0", "no"), False)


def _switch(key: str, text: str) -> bool:
    found = _YES_NO.get(text.lower())
    if found is None:
        raise BadValue(key, text, "不是 是 或 否", "请写 是 或 否")
    return found


def _rates(key: str, text: str, able: Collection[str] = DEFINITIONS) -> list[str]:
    chosen = [word for word in text.replace("，", ",").replace("、", ",").split(",") if word]
    labels = {definition.label: name for name, definition in DEFINITIONS.items()}
    keys = [labels.get(word, word) for word in chosen]
    if not keys or any(word not in able for word in keys):
        raise BadValue(key, text, "有不认识的率", "可用：" + "、".join(able))
    return keys


def _more_rates(key: str, text: str) -> list[str]:
    return _rates(key, text, [name for name, row in DEFINITIONS.items() if row.optional])


def _first_day(key: str, text: str) -> str:
    from xinfang_cli.intake.days import parse_file_day

    day = parse_file_day(text, key)
    if day is None:
        raise BadValue(key, text, "不是日期", "请写带年份的日期，如 2022-07-01")
    return day.isoformat()


def _template(key: str, text: str) -> str:
    path = Path(text).expanduser().resolve()
    if what := no_file(path):
        raise Unusable(f"模板 {path} 是{what}，不是文件", "请写 .docx 文件", code="template")
    if not path.is_file():
        raise Unusable(f"模板 {path} 不存在", "请核对文件名", code="no_file")
    return str(path)


def _folder(key: str, text: str) -> str:
    path = Path(text).expanduser().resolve()
    if not path.is_dir():
        raise Unusable(f"文件夹 {path} 不存在", "请先建好，或核对写法", code="no_file")
    return str(path)


def _outside_file(key: str, text: str) -> str:
    path = Path(text).expanduser().resolve()
    _folder(key, str(path.parent))
    if path.is_dir():
        raise BadValue(key, text, "是文件夹", "请写文件名，如 /另一块盘/链头.csv")
    return str(path)


def _seal_key(key: str, text: str) -> str:
    return text if text.startswith("keyring:") else _outside_file(key, text)


def _whole(key: str, text: str) -> int:
    return _number(key, text, 0)


def _at_least_one(key: str, text: str) -> int:
    return _number(key, text, 1)


def _number(key: str, text: str, least: int) -> int:
    try:
        number = int(terms.half_width(text).strip())
    except ValueError:
        number = -1
    if not least <= number <= 3650:
        raise _unsuitable(key, text, least)
    return number


def _percent(key: str, text: str) -> float:
    try:
        number = float(terms.half_width(text).strip())
    except ValueError:
        number = -1.0
    if not 0 <= number <= 100:
        raise _unsuitable(key, text, 0)
    return number


def _unsuitable(key: str, text: str, least: int) -> BadValue:
    return BadValue(key, text, "不是合适的数", f"请填 {least} 以上的整数；目标填 0 到 100")


# ---- setting ----------------------------------------------------------------------------------------------------


class Wanted(NamedTuple):
    """A setting as somebody wants it: the text of its value (None: back to the default), its citation, since when."""

    key: str
    text: str | None
    citation: str = ""
    since: date | None = None  # from which day it holds, of a target; none: today


class SettingPlan(NamedTuple):
    """A planned setting: old and new value, running clocks that would move."""

    wanted: Wanted
    before: Any
    after: Any
    moved: tuple[MovedClock, ...]

    @property
    def moves_clocks(self) -> bool:
        """Whether clocks follow from this setting at all."""
        return bool(moved_by(self.wanted.key))


def plan(session: Session, wanted: Wanted) -> SettingPlan:
    """The effects of the setting; nothing is written."""
    value = _checked(wanted)
    _since(session, wanted)
    if not session.place.exists():
        rules = with_settings({} if value is None else {wanted.key: (value, wanted.citation)})
        read = setting(wanted.key).read
        return SettingPlan(wanted, read(statutory()), read(rules), ())
    with session.reading() as book:
        return _planned(book, wanted, value)


def _since(session: Session, wanted: Wanted) -> date:
    """The day from which it holds: of a target any day up to today, else today."""
    if wanted.since is None:
        return session.today
    if not wanted.key.startswith(DATED):
        raise BadValue("⟦.on⟧", wanted.since.isoformat(), f"不用于 {wanted.key}", "只有目标（targets.…）写从哪天起")
    if wanted.since > session.today:
        raise BadValue("⟦.on⟧", wanted.since.isoformat(), f"晚于今天 {session.today.isoformat()}", "到了那一天再设")
    return wanted.since


AREAS = ("area_chain", "bureau")
"""What tells which words of a unit's name are only where it is (art. 30)."""


def commit(session: Session, planned: SettingPlan) -> SettingPlan:
    """Set it: an event in the chain, and the running clocks follow. Refused where something else would move by now."""
    wanted = planned.wanted
    value = _checked(wanted)
    with session.writing("config") as (book, pen):
        if _planned(book, wanted, value) != planned:
            raise Refused("案件簿刚才有了变动，没有改设置", "请再试一次，看清会变什么", code="moved")
        if setting(wanted.key).moves:
            session.watch_whole(book, "config", cases=True)
        before = against(book) if wanted.key in AREAS else ()
        book.settings.write(pen, wanted.key, value, wanted.citation, _since(session, wanted))
        pen.flush()
        book.forget_code()
        book.code  # noqa: B018  (loaded, so that what is done after writing knows of it)
        refold(book, setting(wanted.key).moves)
        if wanted.key in AREAS:
            check_change(book, before, session.sure)
    return planned


def change(session: Session, wanted: Wanted) -> SettingPlan:
    """Set it without asking."""
    return commit(session, plan(session, wanted))


def _checked(wanted: Wanted) -> Any:
    known = setting(wanted.key)
    if wanted.text is None:
        return None
    value = known.parse(known.key, wanted.text)
    if known.cited and not wanted.citation:
        raise Refused(f"改 {known.key} 没有写依据", "请加 ⟦.citation⟧ 文件名或文号", code="missing")
    return value


def _planned(book: Book, wanted: Wanted, value: Any) -> SettingPlan:
    known = setting(wanted.key)
    values = book.settings.current()
    if value is None:
        values.pop(wanted.key, None)
    else:
        values[wanted.key] = (value, wanted.citation)
    now = book.code.now
    rules = with_settings(values)
    code = book.code.changed_to(rules, now.calendar)
    return SettingPlan(wanted, known.read(now.rules), known.read(rules), what_moves(book, code, known.moves))


# ---- lists ------------------------------------------------------------------------------------------------------


class SettingLine(NamedTuple):
    """One setting as it stands: its value, its default, whether the office set it, under what citation."""

    key: str
    name: str
    value: Any
    default: Any
    own: bool
    citation: str


class SettingList(NamedTuple):
    """The settings in force."""

    settings: tuple[SettingLine, ...]


def listed(session: Session) -> SettingList:
    """Every setting as it stands."""
    rules, own = in_force(session)
    return SettingList(
        tuple(
            SettingLine(
                known.key,
                known.name,
                known.read(rules),
                known.read(statutory()),
                known.key in own,
                own[known.key][1] if known.key in own else "",
            )
            for known in registry().values()
        )
    )


def line(session: Session, key: str) -> SettingLine:
    """One setting as it stands."""
    wanted = setting(key)
    return next(found for found in listed(session).settings if found.key == wanted.key)


def in_force(session: Session) -> tuple[Rules, Mapping[str, tuple[Any, str]]]:
    """The rules in force with the office's settings; the statutory ones without a book."""
    if not session.place.exists():
        return statutory(), {}
    with session.reading() as book:
        return book.code.now.rules, book.settings.current()


_COLUMNS = {"设置项": "key", "值": "value", "依据": "citation", "起": "since"}


def read_file(path: Path) -> list[Wanted]:
    """A list of settings: 设置项, 值, 依据, and of a target 起."""
    from xinfang_cli.intake.days import parse_day
    from xinfang_cli.intake.small_lists import read_plain_csv

    def since(row: Mapping[str, str]) -> date | None:
        return parse_day(row["since"], date.min, "起") if row.get("since") else None

    return [Wanted(row["key"], row["value"], row["citation"], since(row)) for row in read_plain_csv(path, _COLUMNS)]
