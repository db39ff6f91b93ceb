"""Keeping the house: the book itself, units, settings, working days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from xinfang_cli.book.face import Book, create_book, open_book, put_in_place
from xinfang_cli.book.sql import settings
from xinfang_cli.errors import BadValue, Refused, Unusable, system_says
from xinfang_cli.intake import cleaning
from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.law.fold import fold
from xinfang_cli.law.rules import Rules, statutory
from xinfang_cli.office.session import Session
from xinfang_cli.records import Place, Unit


def init(session: Session) -> bool:
    """Make the book; False when it is already there (and opens)."""
    made = create_book(session.place, session.actor, session.now())
    open_book(session.place).close()
    return made


# ---- units ------------------------------------------------------------------------------------------------------


def unit_record(unit: Unit, **more: Any) -> dict[str, Any]:
    return {
        "name": unit.name,
        "short": unit.short,
        "code": unit.code,
        "group": unit.group,
        "order": unit.order,
        "initials": unit.initials,
        "aliases": list(unit.aliases),
        **more,
    }


def unit_list(session: Session) -> list[dict[str, Any]]:
    """All units in the office's order, each with its open cases."""
    with session.reading() as book:
        open_cases, called = book.cases.open_by_unit(), book.settings.group_names()
        return [
            unit_record(unit._replace(group=called[unit.group]), open_cases=open_cases.get(unit.id, 0))
            for unit in book.units.all()
        ]


def unit_add(session: Session, name: str, **given: Any) -> dict[str, Any]:
    with session.writing("unit") as (book, pen):
        return unit_record(book.units.add(pen, session.today, name, **given))


def unit_edit(session: Session, word: str, changes: dict[str, Any], add_aliases: tuple[str, ...]) -> dict[str, Any]:
    with session.writing("unit", begins=False) as (book, pen):
        unit = book.units.find(word)
        if add_aliases:
            changes["aliases"] = tuple(dict.fromkeys((*unit.aliases, *add_aliases)))
        if "group" in changes:
            changes["group"] = book.settings.group_of_word(changes["group"], "--group")
        if not changes:
            raise Refused(f"{unit.name} 没有要改的", "看用法：xinfang unit edit --help", code="same")
        return unit_record(book.units.edit(pen, session.today, unit, changes))


def unit_merge(session: Session, old: str, into: str) -> dict[str, Any]:
    """Everything of one unit becomes the other's."""
    with session.writing("unit", begins=False) as (book, pen):
        first, second = book.units.find(old), book.units.find(into)
        moved = book.cases.count_of_unit(first.id)
        book.units.merge(pen, session.today, first, second)
        return unit_record(book.units.by_id(second.id), merged=first.name, moved_cases=moved)


def units_from_file(session: Session, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Add the units of a list (name, short, code, group, aliases); those already there stay as they are."""
    added = already = 0
    with session.writing("unit") as (book, pen):
        for row in rows:
            if book.units.is_name(row["name"]):
                already += 1
                continue
            book.units.add(pen, session.today, **row)
            added += 1
    return {"added": added, "already_there": already}


# ---- settings ---------------------------------------------------------------------------------------------------

TEXTS = {"bureau": "本局名称", "area": "通报里辖区的称呼：全区、全县、全市", "prefix": "编号前缀"} | {
    f"groups.{group}": f"单位分组「{group}」的称呼，如 {said}"
    for group, said in (("镇街", "乡镇"), ("区直部门", "县直部门"), ("国企", "县属企业"), ("驻区单位", "驻县单位"))
}
SWITCHES = {
    "roll": "期限遇休息日顺延",
    "check_closings": "办结先审核",
    "local_finality": "按地方规定终结：逾期未申请复查复核、达成和解、信访人去世",
}


LIMITS = {"group_visit": "集体访（人）", "representatives": "走访代表上限（人）"}


def setting_names() -> dict[str, str]:
    """Every key that can be set, with its Chinese name."""
    rules = statutory()
    names = TEXTS | SWITCHES | {"minimum_denominator": "参加排名的最小分母", "four_rates": "四率"}
    names |= {f"reminders.{key}": f"{terms.REMINDER.label(key)}（剩余天数）" for key in rules.reminders}
    names |= {
        f"reminders.{kind}.{level}": f"{terms.CLOCK.label(kind)}的{terms.REMINDER.label(level)}（剩余天数）"
        for kind in terms.CLOCK.labels
        if kind not in terms.WINDOWS
        for level in rules.reminders
    }
    names |= {f"targets.{key}": f"{definition.label}目标" for key, definition in DEFINITIONS.items()}
    for kind, rule in rules.clocks.items():
        if rule.unit != "fixed":
            unit = {"day": "日", "workday": "工作日", "month": "个月"}[rule.unit]
            label = "简易办理" if kind == "simple" else terms.CLOCK.label(kind)
            names[f"clocks.{kind}"] = f"{label}{'' if label.endswith(('期', '期限')) else '期限'}（{unit}）"
    names["limits.extension"] = "延期上限（日）"
    return names | _template_names()


def _template_names() -> dict[str, str]:
    from xinfang_cli.law.letters import LETTER  # the desk comes by here and needs no letters

    names = {f"template.{kind}": f"{label}的模板（文件）" for kind, label in terms.REPORT.labels.items()}
    return names | {f"template.letter.{kind}": f"{label}的模板（文件）" for kind, label in LETTER.labels.items()}


def parse_setting(key: str, text: str) -> Any:
    """The value behind what was typed for a setting."""
    if key not in setting_names():
        raise BadValue("设置项", key, "没有这一项", "看有哪些：xinfang config list")
    if key in TEXTS:
        word = text.strip()
        if not word or not word.isprintable() or (key == "prefix" and not word.isalnum()):
            raise BadValue(key, text, "不能用", "编号前缀只用字母和数字；名称不能空")
        return word.upper() if key == "prefix" else word
    if key in _template_names():
        path = Path(text).expanduser().resolve()
        if not path.is_file():
            raise Unusable(f"模板 {path} 不存在", "请核对文件名", code="no_file")
        return str(path)
    if key in SWITCHES:
        found = {"是": True, "开": True, "on": True, "true": True, "1": True, "yes": True}.get(text.lower())
        if found is None:
            found = {"否": False, "关": False, "off": False, "false": False, "0": False, "no": False}.get(text.lower())
        if found is None:
            raise BadValue(key, text, "不是 是 或 否", "请写 是 或 否")
        return found
    if key == "four_rates":
        chosen = [word for word in text.replace("，", ",").replace("、", ",").split(",") if word]
        labels = {definition.label: name for name, definition in DEFINITIONS.items()}
        keys = [labels.get(word, word) for word in chosen]
        unknown = [word for word in keys if word not in DEFINITIONS]
        if unknown or not keys:
            raise BadValue(key, text, "有不认识的率", "可用：" + "、".join(DEFINITIONS))
        return keys
    plain = terms.half_width(text).strip()
    try:
        number = float(plain) if key.startswith("targets.") else int(plain)
    except ValueError:
        number = -1
    least = 1 if key.startswith("clocks.") and key != "clocks.office" else 0
    if number < least or number > 3650 or (key.startswith("targets.") and number > 100):
        raise BadValue(key, text, "不是合适的数", f"请填 {least} 以上的整数；目标填 0 到 100")
    return number


class SettingChange:
    """What setting a key would move: shown before it is done."""

    def __init__(self, key: str, before: Any, after: Any, moved: list[dict[str, Any]]) -> None:
        self.key, self.before, self.after, self.moved = key, before, after, moved


def config_set(
    session: Session,
    key: str,
    text: str | None,
    citation: str,
    confirm: Callable[[SettingChange], bool],
) -> SettingChange:
    """Set one setting (None: back to the default); an event in the chain, and the running clocks follow."""
    value = None if text is None else parse_setting(key, text)
    if text is None and key not in setting_names():
        raise BadValue("设置项", key, "没有这一项", "看有哪些：xinfang config list")
    overrides = key.startswith(("clocks.", "limits."))
    if overrides and value is not None and not citation:
        raise Refused(f"改 {key} 没有写依据", "请加 --citation 文件名或文号", code="missing")
    with session.writing("config") as (book, pen):
        before = _value_of(book.code.now.rules, key)
        book.settings.write(pen, key, value, citation, session.today)
        pen.flush()
        book.forget_code()
        after = _value_of(book.code.now.rules, key)
        moved = refold_open(book, moved_by(key))
        change = SettingChange(key, before, after, moved)
        if not confirm(change):
            raise Refused("没有改设置", "未确认", code="not_confirmed")
        return change


def moved_by(key: str) -> frozenset[str]:
    """The clocks whose day follows from a setting."""
    section, _, name = key.partition(".")
    if key == "roll":
        return frozenset(terms.CLOCK.labels)
    return frozenset({"completion" if name == "simple" else name}) if section == "clocks" else frozenset()


def _value_of(rules: Rules, key: str) -> Any:
    section, _, name = key.partition(".")
    if section == "clocks":
        return rules.clocks[name].n
    if section == "limits":
        return rules.limits[name].n
    if section == "reminders":
        return rules.reminders.get(name)
    if section == "targets":
        return rules.targets.get(name)
    if section == "groups":
        return rules.group(name)
    return rules.settings.get(key)  # a template nobody set is nothing


def refold_open(book: Book, kinds: frozenset[str]) -> list[dict[str, Any]]:
    """Fold every case with an unfinished clock of these kinds again under the law as it now is; the clocks whose day
    moved, those of open cases and windows alike."""
    moved = []
    for case_id in book.cases.with_unfinished(kinds):
        before = book.cases.clock_days(case_id)
        case = fold(book.events.of(case_id), book.code)
        if case is None:
            continue
        changed = [
            (n, clock) for n, clock in enumerate(case.clocks) if before.get(n) != (clock.due.isoformat(), clock.void)
        ]
        if not changed:
            continue
        case_no = book.cases.number_of(case_id)
        book.cases.put(case_id, case_no, case)
        moved += [
            {
                "case_no": case_no,
                "clock": clock.kind,
                "before": before[n][0] if n in before else None,
                "after": None if clock.void else clock.due.isoformat(),
            }
            for n, clock in changed
        ]
    return moved


def config_list(session: Session) -> list[dict[str, Any]]:
    """Every setting: its value, whether it is the default, and the citation."""
    names = setting_names()
    own: dict[str, tuple[Any, str]] = {}
    rules = statutory()
    if session.place.exists():
        with session.reading() as book:
            own = book.settings.current()
            rules = book.code.now.rules
    return [
        {
            "key": key,
            "name": name,
            "value": _value_of(rules, key),
            "default": _value_of(statutory(), key),
            "own": key in own,
            "citation": own[key][1] if key in own else "",
        }
        for key, name in names.items()
    ]


def rules_in_force(session: Session) -> list[dict[str, Any]]:
    """What is in force and where each number comes from: the clocks, then (with `clock` None) limits, reminder steps and
    the other settings."""
    rules, own = statutory(), {}
    if session.place.exists():
        with session.reading() as book:
            rules = book.code.now.rules
            own = book.settings.current()
    clocks: list[dict[str, Any]] = [
        {
            "key": f"clocks.{kind}",
            "clock": kind,
            "owner": rule.owner,
            "n": rule.n if rule.unit != "fixed" else None,
            "unit": rule.unit,
            "article": rule.article,
            "window": rule.window,
            "office": rule.office,
            "statutory": statutory().clocks[kind].n if rule.unit != "fixed" else None,
            "citation": rule.cited,
        }
        for kind, rule in rules.clocks.items()
    ]
    names = setting_names()
    limits = [
        {"key": f"limits.{name}", "name": names.get(f"limits.{name}", LIMITS.get(name, name)), "n": limit.n,
         "unit": limit.unit, "article": limit.article, "statutory": statutory().limits[name].n, "citation": limit.cited}
        for name, limit in rules.limits.items()
    ]  # fmt: skip
    others = [
        {"key": key, "name": name, "value": _value_of(rules, key), "article": "本局设置" if key in own else "默认",
         "citation": own[key][1] if key in own else ""}
        for key, name in names.items()
        if not key.startswith(("clocks.", "limits.")) and (key.count(".") < 2 or key in own)
    ]  # fmt: skip
    return [*clocks, *({"clock": None, **row} for row in [*limits, *others])]


# ---- working days -----------------------------------------------------------------------------------------------


WHOLE_YEAR = 5  # rows from which a list is that year's arrangement, not some days of it


def workdays_import(
    session: Session,
    rows: list[tuple[date, bool, str]],
    source: str,
    confirm: Callable[[list[dict[str, Any]]], bool],
) -> tuple[list[int], list[dict[str, Any]]]:
    """Put a year's arrangement into the book; (years, clocks whose day moved).

    A few days of a year that the book has already (the end of December in the notice for the next year, a day off
    announced later) are added to that year; they do not take its place.
    """
    if not rows:
        raise BadValue("文件", source, "没有一天", "每行一天：day,kind,name，kind 写 off 或 work")
    count = Counter(day.year for day, _, _ in rows)
    known = set(workdays_years(session))
    most = max(count.values())
    years = sorted(year for year, n in count.items() if n >= WHOLE_YEAR or (year not in known and n == most))
    days = {day.isoformat(): (int(work), name) for day, work, name in rows}
    return _put_workdays(session, days, years, source, confirm)


def workdays_update(
    session: Session, confirm: Callable[[list[dict[str, Any]]], bool]
) -> tuple[list[int], list[dict[str, Any]]]:
    """Take over the years that the calendar library has and the book has not; (years, clocks whose day moved)."""
    known = set(workdays_years(session))
    days, years = settings.library_arrangements()
    new = [year for year in years if year not in known]
    if not new:
        raise Refused("没有新的放假安排", "国务院公布后升级程序，或用 xinfang workdays import 导入", code="nothing")
    chosen = {day: value for day, value in days.items() if int(day[:4]) in new}
    return _put_workdays(session, chosen, new, "chinesecalendar", confirm)


def _put_workdays(
    session: Session,
    days: dict[str, tuple[int, str]],
    years: list[int],
    source: str,
    confirm: Callable[[list[dict[str, Any]]], bool],
) -> tuple[list[int], list[dict[str, Any]]]:
    with session.writing("workdays") as (book, pen):
        calendar = book.code.now.calendar
        known = calendar.known_years()
        kept = {day: said for day, said in calendar.special.items() if day.year not in years}
        kept |= {date.fromisoformat(day): (bool(work), name) for day, (work, name) in days.items()}
        if kept == calendar.special and known.issuperset(years):
            return years or sorted({int(day[:4]) for day in days}), []  # the same file again adds nothing
        book.settings.write_workdays(pen, days, years, source, session.today)
        pen.flush()
        book.forget_code()
        moved = refold_open(book, frozenset(terms.CLOCK.labels))
        if not confirm(moved):
            raise Refused("没有导入", "未确认", code="not_confirmed")
    return years or sorted({int(day[:4]) for day in days}), moved


def workdays_years(session: Session) -> list[int]:
    """The years whose arrangement the book has."""
    if not session.place.exists():
        return settings.library_arrangements()[1]
    with session.reading() as book:
        calendar = book.code.now.calendar
        return sorted(calendar.known_years()) if isinstance(calendar, settings.StoredCalendar) else []


def next_year_missing(book: Book, today: date) -> int | None:
    """From 1 November: next year, when its arrangement is missing."""
    calendar = book.code.now.calendar
    if today.month < 11 or not isinstance(calendar, settings.StoredCalendar):
        return None
    return None if today.year + 1 in calendar.known_years() else today.year + 1


# ---- the file ---------------------------------------------------------------------------------------------------


def doctor(
    session: Session, rebuild: bool = True, progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """Check the book: SQLite's own check, the chain, the texts, and the rebuilt cases against the stored ones."""
    from xinfang_cli.office.work import evidence

    with session.reading() as book:
        report = book.keeping.examine(rebuild=rebuild, progress=progress)
        files = evidence.problems(book)
        report["problems"] += files
        report["bad_files"] = len(files)
        report["ok"] = not report["problems"]
        return report | _doubtful(book)


def _doubtful(book: Book) -> dict[str, dict[str, Any]]:
    """How many open cases have a petitioner about whom something is doubtful, and the newest of each kind; they were
    registered all the same (art. 22)."""
    found: dict[str, list[str]] = {kind: [] for kind in cleaning.DOUBTS}
    for case_no, *said in book.people.of_open_cases():
        for kind, _ in cleaning.doubts(*said):
            found[kind].append(case_no)
    return {
        "doubtful": {kind: len(numbers) for kind, numbers in found.items()},
        "doubtful_cases": {kind: numbers[:10] for kind, numbers in found.items()},
    }


def rebuild(session: Session) -> int:
    """Write every case and clock again from the events; how many cases."""
    with session.writing("rebuild") as (book, _):
        return book.keeping.rebuild()


def backup(session: Session, target: Path, force: bool = False, files: bool = False) -> dict[str, Any]:
    """Copy the book with SQLite's backup API; the copy's event head.

    With `files`, what is attached is copied beside it; without, `files` in the answer is None where there is any.
    """
    from xinfang_cli.office.work import evidence

    if target.exists() and not force:
        raise BadValue("文件", str(target), "已经有了", "换个名字，或加 --force 覆盖")
    with session.reading() as book:
        try:
            events, head = book.keeping.backup(target)
        except OSError as error:
            raise Unusable(
                f"备份 {target} 写不下来（{system_says(error)}）",
                "请检查文件夹是否存在、能否写入、磁盘是否已满",
                code="output",
            ) from error
        copied = evidence.take_along(book, target) if files else None
        count = copied.files if copied else None if book.attachments.any_kept() else 0
    warnings = copied.warnings if copied else []
    return {"file": str(target), "events": events, "head": head, "files": count, "warnings": warnings}


def restore(session: Session, source: Path, force: bool) -> dict[str, Any]:
    """Put a backup in the book's place, after checking it; the book that was there is kept beside it."""
    if not source.exists():
        raise Unusable(f"备份 {source} 不存在", "请核对文件名", code="no_file")
    if session.place.exists() and not force:
        raise Refused(
            f"案件簿 {session.place} 已经有了", "确要用备份替换，加 --force（现有的会改名保存）", code="exists"
        )
    with open_book(Place(source)) as book:
        report = book.keeping.examine(rebuild=True)
        if not report["ok"]:
            raise Unusable(f"备份 {source} 本身不完好，没有恢复", "请换一份备份", code="damaged")
    from xinfang_cli.office.work import evidence

    done = put_in_place(source, session.place)
    with session.reading() as book:
        copied = evidence.bring_back(source, book)
    return {**done, "files": copied.files, "warnings": copied.warnings}


# ---- small lists from files -------------------------------------------------------------------------------------


def _table(path: Path, wanted: dict[str, str]) -> list[dict[str, str]]:
    """The rows of a small CSV by its headings (UTF-8 or GB18030)."""
    import csv

    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unusable(f"文件 {path} 读不了（{system_says(error)}）", "请核对文件名和权限", code="no_file") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadValue("文件", path.name, "不是 UTF-8 或 GB18030 的 CSV", "请另存为 CSV 再试")
    rows = list(csv.reader(text.splitlines()))
    headings = [cell.strip() for cell in rows[0]] if rows else []
    places = {wanted[heading]: place for place, heading in enumerate(headings) if heading in wanted}
    if not places:
        raise BadValue("文件", path.name, "没有认得的列标题", "第一行应有：" + "、".join(wanted))
    return [
        {name: row[place].strip() for name, place in places.items() if place < len(row)}
        for row in rows[1:]
        if any(cell.strip() for cell in row)
    ]


def read_units(path: Path) -> list[dict[str, Any]]:
    """A list of units: 名称, 简称, 代码, 分组, 别名 (several with 、)."""
    rows: list[dict[str, Any]] = []
    for row in _table(path, {"名称": "name", "简称": "short", "代码": "code", "分组": "group", "别名": "aliases"}):
        if not row.get("name"):
            continue
        aliases = tuple(word for word in row.get("aliases", "").replace(",", "、").split("、") if word)
        rows.append(
            {
                "name": row["name"],
                "short": row.get("short") or None,
                "code": row.get("code") or None,
                "group": row.get("group") or None,
                "aliases": aliases,
            }
        )
    return rows


def read_settings(path: Path) -> list[dict[str, str]]:
    """A list of settings: 设置项, 值, 依据."""
    return _table(path, {"设置项": "key", "值": "value", "依据": "citation"})


def read_workdays(path: Path) -> list[tuple[date, bool, str]]:
    """A year's arrangement: day, kind (off or work), name."""
    from xinfang_cli.intake.days import parse_file_day

    words = {
        "off": False,
        "放假": False,
        "休": False,
        "休息": False,
        "work": True,
        "上班": True,
        "班": True,
        "调休上班": True,
    }
    found: dict[date, tuple[bool, str]] = {}
    names = {"day": "day", "日期": "day", "kind": "kind", "类型": "kind", "name": "name", "名称": "name"}
    for number, row in enumerate(_table(path, names), 2):
        day = parse_file_day(row.get("day", ""), f"第 {number} 行 day")
        if day is None:
            raise BadValue(f"第 {number} 行 day", None, "是空的", "请写日期，如 2027-01-01")
        kind = row.get("kind", "").lower()
        if kind not in words:
            raise BadValue(f"第 {number} 行 kind", row.get("kind", ""), "不认得", "请写 off（放假）或 work（上班）")
        if day in found:
            raise BadValue(f"第 {number} 行 day", day.isoformat(), "重复", "一天只写一行")
        found[day] = (words[kind], row.get("name", ""))
    return [(day, work, name) for day, (work, name) in sorted(found.items())]
