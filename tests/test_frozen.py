"""Records behave as `typing.NamedTuple` does: made, filled, compared, copied, pickled, told."""

from __future__ import annotations

import copy
import pickle
import typing
from typing import Any

import pytest

from xinfang_cli.frozen import NamedTuple


class Light(NamedTuple):
    a: int
    b: str | None = None
    c: tuple[int, ...] = ()

    @property
    def twice(self) -> int:
        return self.a * 2


class Known(typing.NamedTuple):
    a: int
    b: str | None = None
    c: tuple[int, ...] = ()


class Later(Light):
    """A plain class below a record, as with typing's own."""

    more = 1

    def __new__(cls, a: int) -> Later:
        return super().__new__(cls, a, "later")


def both(do: Any) -> tuple[Any, Any]:
    found = []
    for kind in (Light, Known):
        try:
            found.append(do(kind))
        except (TypeError, ValueError, AttributeError) as error:
            found.append(type(error))
    return found[0], found[1]


@pytest.mark.parametrize(
    "do",
    [
        lambda kind: tuple(kind(1)),
        lambda kind: tuple(kind(1, c=(2,))),
        lambda kind: kind(1, "x", (), 4),
        lambda kind: kind(),
        lambda kind: kind(a=1, d=2),
        lambda kind: kind(1)._asdict(),
        lambda kind: tuple(kind(1)._replace(b="x")),
        lambda kind: kind(1)._replace(d="x"),
        lambda kind: tuple(kind._make((1, 2, 3))),
        lambda kind: kind._make((1, 2)),
        lambda kind: kind._fields,
        lambda kind: kind._field_defaults,
        lambda kind: kind.__match_args__,
        lambda kind: (kind(1).a, kind(1).b, kind(1).c),
        lambda kind: kind(1) == (1, None, ()),
        lambda kind: hash(kind(1)),
        lambda kind: setattr(kind(1), "a", 2),
        lambda kind: setattr(kind(1), "d", 2),
        lambda kind: tuple(copy.copy(kind(1))),
        lambda kind: repr(kind(1, "x")).partition("(")[2],
        lambda kind: isinstance(kind(1), tuple),
    ],
)
def test_it_does_what_the_known_one_does(do: Any) -> None:
    light, known = both(do)
    assert light == known


def test_a_record_is_pickled_and_has_its_own_properties() -> None:
    assert pickle.loads(pickle.dumps(Light(2, "x"))) == Light(2, "x")
    assert Light(2).twice == 4
    match Light(1, "x"):
        case Light(1, name):
            assert name == "x"


def test_a_class_below_a_record_is_made_before_and_after_it() -> None:
    class First(NamedTuple):
        a: int

    class Second(First):
        pass

    assert Second(3) == First(3) == (3,)
    assert type(Second(3)) is Second
    assert type(First(3)) is First
    assert (Later(1).b, Later(2).b, Later(1).more) == ("later", "later", 1)
