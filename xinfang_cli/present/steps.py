"""Next steps on the command line: what the law names (an event, a command, a field) as the words to type."""

from __future__ import annotations

import re

from xinfang_cli.errors import NEXT_STEP

_ENCODED = NEXT_STEP.replace("\x02", r"\\u0002").replace("\x03", r"\\u0003")


def command(step: str) -> str:
    """The words after `xinfang` for that step."""
    from xinfang_cli.law.events.registry import EVENTS

    declared = EVENTS.get(step)
    if declared is not None and declared.answers:
        return f"{command(declared.answers)} {flag('result')}"
    if declared is not None and declared.within:
        step = f"{declared.within}.{step}"
    return step.replace(".", " ").replace("_", "-")


def flag(field: str) -> str:
    """The option of a form's field."""
    return "--" + field.replace("_", "-")


def worded(text: str) -> str:
    """A remedy or a notice with its next steps as commands and options; whatever else it is, as it is."""
    return re.sub(NEXT_STEP, _typed, text) if "\x02" in text else text


def worded_json(encoded: str) -> str:
    """The same of a JSON document."""
    return re.sub(_ENCODED, _typed, encoded) if "\\u0002" in encoded else encoded


def _typed(found: re.Match[str]) -> str:
    how, step = found.groups()
    if how == ".":
        return flag(step)
    return command(step) if how == "~" else f"xinfang {command(step)}"
