"""Letters on paper: Word files from templates that an office can replace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from xinfang_cli import files
from xinfang_cli.errors import BadValue, Unusable, system_says
from xinfang_cli.formats import word_forms
from xinfang_cli.law.letters import FIELDS, ITEM_FIELDS, LETTER, LETTERS, Fact, Facts, day_in_words
from xinfang_cli.office.work.letters import LetterToWrite

TEMPLATES = Path(__file__).parent / "templates"
_NOT_IN_NAMES = str.maketrans('\\/:*?"<>|', "＼／：＊？＂＜＞｜")
_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def shipped(kind: str) -> Path:
    """The template that comes with the program."""
    return TEMPLATES / f"{kind}.docx"


class LetterForm(word_forms.WordForm):
    """The template of one kind of letter: the program's, or the office's own."""

    def __init__(self, kind: str, template: str | Path | None) -> None:
        super().__init__(shipped(kind) if template is None else Path(template), _fields(kind))

    def render(self, facts: Facts) -> bytes:
        """The Word file of one letter."""
        return self.fill(_context(facts))


def _fields(kind: str) -> word_forms.Fields:
    return word_forms.Fields(
        "这种文书",
        frozenset(_names(kind)),
        frozenset(ITEM_FIELDS.values()),
        (_context(_sample(kind)), _context(_sample(kind, ""))),
        "{{ 信访人 }}",
        "办结期限",
        f"⟦letter⟧ ⟦.fields⟧ {LETTER.label(kind)}",
        f"⟦config.set⟧ template.letter.{kind} ⟦.default⟧",
    )


def _names(kind: str) -> dict[str, str]:
    """The fields of a letter template, each by identifier and by Chinese name."""
    own = LETTERS[kind].fields()
    return {key: key for key in own} | {FIELDS[key][0]: key for key in own}


def _context(facts: Facts) -> dict[str, Any]:
    named = {key: _said(value) for key, value in facts.items()}
    return named | {FIELDS[key][0]: value for key, value in named.items()}


def _said(value: Fact) -> Any:
    """A day as 2023年7月18日; text without signs that a Word file cannot hold; rows by their Chinese names too."""
    if isinstance(value, str):
        return _NOT_IN_XML.sub("", value)
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, list):
        rows = [{key: _said(part) for key, part in row.items()} for row in value]
        return [row | {ITEM_FIELDS[key]: part for key, part in row.items()} for row in rows]
    return value


def _sample(kind: str, word: str = "样") -> Facts:
    """Facts to try a template with: every field filled with a word, or empty; one row."""
    facts: dict[str, Fact] = dict.fromkeys(LETTERS[kind].fields(), word)
    numbers = ("headcount", "days", "window_days", "count", "overdue_count")
    facts |= {key: len(word) for key in numbers if key in facts}
    if "items" in facts:
        facts["items"] = [dict.fromkeys(ITEM_FIELDS, word)]
    return facts


# ---- files ------------------------------------------------------------------------------------------------------


def write(letters: Sequence[LetterToWrite], target: Path, *, folder: bool, force: bool) -> list[Path]:
    """Write the letters, all or none: into a folder under their own names, or the one letter to `target`."""
    paths = _named(letters, target) if folder else [target]
    taken = [path for path in paths if path.exists()]
    if taken and not force:
        more = f" 等 {len(taken)} 个文件" if len(taken) > 1 else ""
        raise BadValue("文件", str(taken[0]) + more, "已经有了", "换个名字，或加 ⟦.force⟧ 覆盖")
    word_forms: dict[tuple[str, str | None], LetterForm] = {}
    for letter in letters:
        key = (letter.kind, letter.template)
        if key not in word_forms:
            word_forms[key] = LetterForm(*key)
    _write_all(paths, (word_forms[letter.kind, letter.template].render(letter.facts) for letter in letters))
    return paths


def make_folder(folder: Path) -> None:
    """Make the folder if needed; Unusable if impossible."""
    try:
        files.make_folder(folder)
    except OSError as error:
        raise Unusable(
            f"文件夹 {folder} 用不了（{system_says(error)}）", "请换一个文件夹", code="permission"
        ) from error


def write_missing(letters: Sequence[LetterToWrite], folder: Path, *, force: bool) -> tuple[list[Path], list[Path]]:
    """Write the letters missing in a folder: (the path of each letter, the existing ones)."""
    paths = _named(letters, folder)
    kept = [] if force else [path for path in paths if path.exists()]
    wanted = [(letter, path) for letter, path in zip(letters, paths, strict=True) if path not in kept]
    if wanted:
        form = LetterForm(wanted[0][0].kind, wanted[0][0].template)
        _write_all([path for _, path in wanted], (form.render(letter.facts) for letter, _ in wanted))
    return paths, kept


def _named(letters: Sequence[LetterToWrite], folder: Path) -> list[Path]:
    """受理告知书-XF2023-000123.docx; 催办函-教育局-2023-07-17.docx. No petitioner's name stands in a file's name."""
    names: list[str] = []
    for letter in letters:
        day = f"-{letter.facts['letter_on']}" if letter.kind == "remind" else ""
        stem = f"{letter.name}-{letter.about}{day}".translate(_NOT_IN_NAMES)
        name, n = stem, 1
        while name in names:
            n += 1
            name = f"{stem}-{n}"
        names.append(name)
    return [folder / f"{name}.docx" for name in names]


def _write_all(paths: Sequence[Path], contents: Iterable[bytes]) -> None:
    """Under other names first: all of them appear, or none. For their owner only: a letter carries names."""
    try:
        with ExitStack() as waiting:
            folders: set[Path] = set()
            for path, content in zip(paths, contents, strict=True):
                files.make_folder(path.parent)
                first = path.parent not in folders  # which the stack publishes last
                folders.add(path.parent)
                waiting.enter_context(files.placed(path, names_too=first)).write_bytes(content)
    except OSError as error:
        where = error.filename or paths[0]
        raise Unusable(
            f"文件 {where} 写不了（{system_says(error)}）", "请检查文件夹、磁盘空间和权限", code="permission"
        ) from error


def export_template(kind: str, target: Path, force: bool) -> None:
    """Copy out the template that comes with the program, for editing in Word or WPS."""
    if target.exists() and not force:
        raise BadValue("文件", str(target), "已经有了", "换个名字，或加 ⟦.force⟧ 覆盖")
    _write_all([target], [shipped(kind).read_bytes()])
