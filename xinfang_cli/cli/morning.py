"""The desk of the day: what is open this morning, overdue, coming due, to be pressed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xinfang_cli.cli import options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Accusation, Csv, Json, Limit
from xinfang_cli.law import terms
from xinfang_cli.office.session import Session
from xinfang_cli.terminal import screen

if TYPE_CHECKING:
    from xinfang_cli.office.work.pressing import Reminders

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}

Unit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="只看一个单位")]
Clock = Annotated[
    list[str] | None,
    typer.Option(
        "--clock",
        metavar="时限",
        help="只看一种时限：转送、受理、办结、反馈……可写几次",
        autocompletion=options.words(terms.CLOCK),
    ),
]
Owner = Annotated[
    list[str] | None,
    typer.Option(
        "--owner",
        metavar="责任方",
        help="只看一方：信访部门、责任单位、协办单位、复查机关",
        autocompletion=options.words(terms.OWNER),
    ),
]


def desk_of_today(session: Session, json: bool) -> None:
    """今天的工作台：各阶段件数、本周到期、超期、督办，以及最急的几条。"""
    from xinfang_cli.office.find import morning

    output.show(morning.desk(session), json)


def _clock_kinds(words: list[str] | None) -> tuple[str, ...] | None:
    return None if not words else tuple(terms.CLOCK.parse(word, "--clock") for word in words)


def _owners(words: list[str] | None) -> tuple[str, ...] | None:
    return None if not words else tuple(terms.OWNER.parse(word, "--owner") for word in words)


@desk.command("overdue")
def overdue(
    ctx: typer.Context,
    unit: Unit = None,
    clock: Clock = None,
    owner: Owner = None,
    not_the_accused: options.NotTheAccused = None,
    accusation: Accusation = False,
    why: options.Why = None,
    limit: Limit = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """已经超期、还没有完成的时限，最早到期的在前。

    例：xinfang overdue
        xinfang overdue --unit 教育局 --clock 办结 --csv > 超期.csv
    """
    from xinfang_cli.office.find import morning

    kinds, owners = _clock_kinds(clock), _owners(owner)
    options.not_the_accused(ctx.obj, unit)
    most = options.limit_of(limit, json or csv)
    found = morning.deadlines(ctx.obj, unit=unit, kinds=kinds, owners=owners, limit=most, accusation=accusation)
    output.show(found, json, csv)


@desk.command("due")
def due(
    ctx: typer.Context,
    within: Annotated[str | None, typer.Option("--within", metavar="天数", help="几天之内到期，默认 7")] = None,
    unit: Unit = None,
    clock: Clock = None,
    owner: Owner = None,
    windows: Annotated[bool, typer.Option("--windows", help="看快要过期的申请复查、复核、评价、异议期")] = False,
    differs: Annotated[
        bool, typer.Option("--differs", help="看上级系统的期限（限办时间、应办结日期）与本局算的不是一天的，逐件说明")
    ] = False,
    not_the_accused: options.NotTheAccused = None,
    accusation: Accusation = False,
    why: options.Why = None,
    limit: Limit = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """今天起几天内到期的时限（不含已超期的），最早到期的在前。

    例：xinfang due --within 3
        xinfang due --within 7 --windows
        xinfang due --differs --csv > 期限不同.csv
    """
    from xinfang_cli.office.find import morning

    options.not_the_accused(ctx.obj, unit)
    most = options.limit_of(limit, json or csv)
    kinds, owners = _clock_kinds(clock), _owners(owner)
    if differs:
        _differing(ctx.obj, unit, kinds, owners, most, (json, csv), [within and "--within", windows and "--windows"])
        return
    found = morning.deadlines(
        ctx.obj,
        options.whole_number(within or "7", "--within", most=3650),
        unit=unit,
        kinds=kinds,
        owners=owners,
        windows=windows,
        limit=most,
        accusation=accusation,
    )
    output.show(found, json, csv)


def _differing(
    session: Session,
    unit: str | None,
    kinds: tuple[str, ...] | None,
    owners: tuple[str, ...] | None,
    limit: int,
    form: tuple[bool, bool],
    besides: list[Any],
) -> None:
    """Clocks with a different day in another system, whenever they fall due."""
    from xinfang_cli.errors import BadValue
    from xinfang_cli.office.find import differing

    if said := next((flag for flag in besides if flag), None):
        raise BadValue(said, None, "不和 --differs 同用", "去掉一个；--differs 列出全部不同的期限")
    output.show(differing.differing(session, unit=unit, kinds=kinds, owners=owners, limit=limit), *form)


@desk.command("remind")
def remind(
    ctx: typer.Context,
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="[编号…]", help="只催这几件；不写就是今天该催的全部")
    ] = None,
    unit: Unit = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看，不记入簿中，也不写函")] = False,
    letters: Annotated[
        str | None, typer.Option("--letters", metavar="文件夹", help="每个单位写一份催办函（Word）放在这里")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="今天的催办函已有时重写")] = False,
    not_the_accused: options.NotTheAccused = None,
    json: Json = False,
) -> None:
    """今天要催办的，按单位成文，可直接粘贴发送，并记入各件的经过；同一天再运行不会重复记。

    级别：提醒（剩 5 天以内）、预警（剩 2 天以内）、督办（已超期）；天数可用 xinfang config 改。

    例：xinfang remind
        xinfang remind --dry-run --unit 教育局
        xinfang remind --letters 催办函
    """
    from xinfang_cli.office.work import pressing as press

    listed = options.read_numbers(numbers) if numbers else []
    if not dry_run:
        options.not_the_accused(ctx.obj, unit, numbers=listed)
    if letters is None or dry_run:
        output.show(press.remind(ctx.obj, listed, unit, dry_run=dry_run), json)
    else:
        output.show(_remind_by_letter(ctx.obj, listed, unit, Path(letters).expanduser(), force), json)


def _remind_by_letter(session: Session, numbers: list[str], unit: str | None, folder: Path, force: bool) -> Reminders:
    """Press, and write a letter to each unit; a template or a folder that cannot be used stops it before anything is
    recorded. A letter of today that is there stays."""
    from xinfang_cli.documents import letters as paper
    from xinfang_cli.office.work import letters as office
    from xinfang_cli.office.work import pressing as press

    paper.LetterForm("remind", office.template_of(session, "remind"))
    paper.make_folder(folder)
    found = press.remind(session, numbers, unit)
    composed = office.reminders(session, found)
    paths, kept = paper.write_missing(composed.letters, folder, force=force)
    written = {letter.about: str(path) for letter, path in zip(composed.letters, paths, strict=True)}
    made = zip(composed.letters, paths, strict=True)
    session.gave_each("letter", [(path, letter.name, letter.cases) for letter, path in made if path not in kept])
    screen.print_notice(f"催办函写了 {len(paths) - len(kept)} 份，在 {folder}")
    if kept:
        screen.print_notice(f"注意：{len(kept)} 份今天已经写过，没有重写；要重写加 --force")
    return found._replace(letters=written)
