"""Templates with limits on computation, repetition and output; otherwise one line of a template could use up the
memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from typing import Any

from jinja2 import StrictUndefined, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

LONGEST_TEXT = 1_000_000
MOST_PIECES = 2_000_000
WIDEST = 10_000
_LONGEST_REPLACEMENT = 100
_FILLS = re.compile("[0-9]{5}")
_TOO_MUCH = "算出来的太多"


class BoundedEnvironment(SandboxedEnvironment):
    """Fields are escaped, a field that is not there is an error, and a template cannot reach the program."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals = {}
        self.filters = {name: _bounded(filter) for name, filter in self.filters.items()}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """As Python reckons it, where the outcome stays small."""
        if operator == "*":
            size = _size(left) * _size(right)
        elif operator == "**":
            size = left.bit_length() * abs(right) if isinstance(left, int) and isinstance(right, int) else 0
        elif operator == "%":
            size = LONGEST_TEXT + 1 if isinstance(left, str) and _FILLS.search(left) else 0
        else:
            size = _size(left) + _size(right)
        if size > LONGEST_TEXT:
            raise SecurityError(_TOO_MUCH)
        return super().call_binop(context, operator, left, right)

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """A method of a text fills no more than a filter does."""
        if isinstance(whose := getattr(obj, "__self__", None), str):
            _check(obj.__name__, (whose, *args), kwargs)
            return _short(super().call(context, obj, *args, **kwargs))
        return super().call(context, obj, *args, **kwargs)

    def filled(self, form: Template, fields: Mapping[str, Any]) -> str:
        """Render a template of this environment; SecurityError beyond a limit."""
        return "".join(_counted(form.generate(fields)))


def check_loops(tree: nodes.Template) -> None:
    """SecurityError for what may go round without end: loops over anything but fields, or deeper than rows and their
    cells; macros, which may call themselves."""
    if next(tree.find_all((nodes.Macro, nodes.CallBlock)), None) is not None:
        raise SecurityError("不能用 macro")
    set_here = {
        name.name for one in tree.find_all((nodes.Assign, nodes.AssignBlock)) for name in one.find_all(nodes.Name)
    }
    for loop in tree.find_all(nodes.For):
        of = _root(loop.iter)
        if loop.recursive or not isinstance(of, nodes.Name) or (of.name in set_here and of.ctx == "load"):
            raise SecurityError("循环只能照字段")
        inner = loop.find_all(nodes.For)
        if any(next(one.find_all(nodes.For), None) is not None for one in inner):
            raise SecurityError("循环套得太深")


def _root(node: nodes.Node | None) -> nodes.Node | None:
    """The name that an expression begins with: 行 of 行.各率[:3]|sort."""
    while isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Filter):
        node = node.node
    return node


def _counted(pieces: Iterable[str]) -> Iterator[str]:
    length = 0
    for count, piece in enumerate(pieces):
        length += len(piece)
        if count > MOST_PIECES or length > 64 * LONGEST_TEXT:
            raise SecurityError(_TOO_MUCH)
        yield piece


def _size(value: Any) -> int:
    """The repetitions of a value, or its length."""
    if isinstance(value, bool) or value is None:
        return 1
    if isinstance(value, int):
        return abs(value) if value.bit_length() < 64 else LONGEST_TEXT + 1
    return len(value) if isinstance(value, (str, list, tuple)) else 1


def _bounded(filter: Callable[..., Any]) -> Callable[..., Any]:
    before = int(hasattr(filter, "jinja_pass_arg"))  # what Jinja hands over before the value

    @wraps(filter)
    def checked(*args: Any, **kwargs: Any) -> Any:
        _check(filter.__name__, args[before:], kwargs)
        return _short(filter(*args, **kwargs))

    return checked


def _check(name: str, args: tuple[Any, ...], given: Mapping[str, Any]) -> None:
    """Refuse what would fill up a text, or put long ones in for short ones."""
    said = [*args, *given.values()]
    wide = any(isinstance(value, int) and abs(value) > WIDEST for value in said[1:])
    filling = "format" in name and any(isinstance(value, str) and _FILLS.search(value) for value in said)
    texts = (value for value in said[1:] if isinstance(value, str))
    long = "replace" in name and any(len(text) > _LONGEST_REPLACEMENT for text in texts)
    if wide or filling or long:
        raise SecurityError(_TOO_MUCH)


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise SecurityError(_TOO_MUCH)
    return value
