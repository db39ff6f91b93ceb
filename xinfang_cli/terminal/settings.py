"""Settings and the rules in force on the screen."""

from __future__ import annotations

from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.keeping.settings import SettingLine, SettingList, SettingPlan
from xinfang_cli.present import settings as said
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def draw(view: SettingList | SettingLine | SettingPlan, planned: bool = False) -> None:
    """Settings; what was changed, or is `planned` and would move."""
    if isinstance(view, SettingPlan) and planned:
        _tell_plan(view)
    elif isinstance(view, SettingPlan):
        screen.print_line("已修改")
    elif isinstance(view, SettingLine):
        screen.print_line(said.words(view.value))
    else:
        _settings(view)


def _tell_plan(view: SettingPlan) -> None:
    """A planned setting, and the clocks that would move."""
    screen.print_notice(f"{view.wanted.key}：{said.words(view.before)} → {said.words(view.after)}")
    if view.moves_clocks:
        for line in said.moved_lines(view.moved):
            screen.print_notice(line)


def _settings(view: SettingList) -> None:
    screen.table(
        [
            Column(LABELS["setting"]),
            Column("含义", fixed=False, least=18),
            Column("现值", fixed=False, least=16),
            Column("本局改过", fixed=False, least=10),
        ],
        [
            (
                row.key,
                row.name,
                said.words(row.value),
                f"默认 {said.words(row.default) or '空'}" + (f"；{row.citation}" if row.citation else "")
                if row.own
                else "",
            )
            for row in view.settings
            if row.own or (row.key.count(".") < 2 and not row.key.startswith("template."))
        ],
    )
    screen.print_wrapped("每种时限可另设提醒天数：xinfang config set reminders.completion.notice 10（warning 同样）")
    screen.print_wrapped(
        "文书、通报可换成本局的模板：xinfang config set template.letter.转送函 文件.docx，template.month 等同样"
    )
