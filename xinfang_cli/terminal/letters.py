"""Letters on the screen."""

from __future__ import annotations

from xinfang_cli.law.labels import LABELS
from xinfang_cli.law.letters import FIELDS, ITEM_FIELDS, LETTER, LETTERS
from xinfang_cli.office.work.letters import LetterFields, LetterKinds, TemplateCopied, WrittenLetters
from xinfang_cli.present.letters import TO, View
from xinfang_cli.terminal import screen


def draw(view: View) -> None:
    """The written letters or template; the kinds, or the fields of one."""
    if isinstance(view, WrittenLetters):
        for letter in view.letters:
            screen.print_line(f"{letter.name}  {'、'.join(letter.cases)}  {letter.file}")
    elif isinstance(view, TemplateCopied):
        screen.print_line(f"已另存为 {view.file}；改好后：xinfang config set template.letter.{view.kind} {view.file}")
    elif isinstance(view, LetterKinds):
        _draw_kinds(view)
    else:
        _draw_fields(view)


def _draw_kinds(view: LetterKinds) -> None:
    columns = [screen.Column("文书"), screen.Column("英文名"), screen.Column("给谁")]
    screen.table(
        [*columns, screen.Column("什么时候可以出", fixed=False, least=16)],
        [(LETTER.label(kind), kind, TO[LETTERS[kind].to], LETTERS[kind].when) for kind in view.kinds],
    )
    screen.print_line("某一种的模板字段：xinfang letter --fields 转送函")


def _draw_fields(view: LetterFields) -> None:
    columns = [
        screen.Column(LABELS["field_written"]),
        screen.Column(LABELS["field_in_english"]),
        screen.Column(LABELS["note"], fixed=False, least=16),
    ]
    rows = [(f"{{{{ {FIELDS[key][0]} }}}}", key, FIELDS[key][1]) for key in view.fields]
    if "items" in view.fields:
        rows += [(f"{{{{ 件.{name} }}}}", f"件.{key}", "每项的") for key, name in ITEM_FIELDS.items()]
    screen.table(columns, rows, title=LETTER.label(view.kind))
