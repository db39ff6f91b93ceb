"""Letters in words and JSON: written ones, kinds, template fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinfang_cli.law.letters import FIELDS, ITEM_FIELDS, LETTER, LETTERS
from xinfang_cli.office.work.letters import LetterFields, LetterKinds, TemplateCopied, WrittenLetter, WrittenLetters

View = WrittenLetters | TemplateCopied | LetterKinds | LetterFields
TO = {"petitioner": "信访人", "unit": "责任单位"}


def document(view: View) -> Any:
    """The JSON of the views of letters."""
    if isinstance(view, WrittenLetters):
        made = [_letter(letter) for letter in view.letters] + [
            {"cases": [number], "error": {"code": error.code, "message": error.message, "hint": error.hint}}
            for number, error in view.failed
        ]
        return made if view.many or len(made) != 1 else made[0]
    if isinstance(view, TemplateCopied):
        return {"kind": view.kind, "name": LETTER.label(view.kind), "file": str(view.file)}
    if isinstance(view, LetterKinds):
        return [
            {"kind": kind, "name": LETTER.label(kind), "to": TO[LETTERS[kind].to], "when": LETTERS[kind].when}
            for kind in view.kinds
        ]
    said: dict[str, Any] = {"kind": view.kind, "name": LETTER.label(view.kind)}
    said["fields"] = [{"field": key, "name": FIELDS[key][0], "meaning": FIELDS[key][1]} for key in view.fields]
    return said | {"item_fields": ITEM_FIELDS} if "items" in view.fields else said


def _letter(letter: WrittenLetter) -> dict[str, Any]:
    return letter._asdict() | {"file": str(letter.file), "warnings": [warned.text for warned in letter.warnings]}


def notices(view: View) -> Iterator[str]:
    """Notes on the letters, and cases without one."""
    if isinstance(view, WrittenLetters):
        yield from (f"注意：{warning}" for warning in view.warnings)
        yield from (f"出错：{number}：{error.line()}" for number, error in view.failed)
