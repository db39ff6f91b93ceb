"""The fields of bulletin templates, on the screen."""

from __future__ import annotations

from xinfang_cli.law.labels import LABELS
from xinfang_cli.law.terms import REPORT
from xinfang_cli.office.figures.bulletin import TemplateFields, TemplateSaved
from xinfang_cli.terminal import screen


def draw(view: TemplateFields | TemplateSaved) -> None:
    """The fields of a template, or where one was saved."""
    if isinstance(view, TemplateSaved):
        screen.print_line(f"已另存为 {view.file}；改好后：xinfang config set template.{view.kind} {view.file}")
        return
    columns = [
        screen.Column(LABELS["field_written"]),
        screen.Column(LABELS["field_in_english"]),
        screen.Column(LABELS["note"], fixed=False, least=16),
    ]
    rows = [(f"{{{{ {found.name} }}}}", found.field, found.meaning) for found in view.fields]
    screen.table(columns, rows, title=REPORT.label(view.kind))
