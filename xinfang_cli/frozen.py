"""`typing.NamedTuple`, made when it is first filled: a command defines a hundred records and fills a few of them, and
the making (source text evaluated for each, a forward reference compiled for each field) cost a quarter of its start."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import namedtuple
    from operator import itemgetter

    try:
        from _collections import _tuplegetter as _field
    except ImportError:  # another Python than CPython

        def _field(index, doc):
            return property(itemgetter(index), doc=doc)

    def _first(cls, *values, **named):
        """Stands as `__new__` until the first record: then the real one takes its place."""
        owner = next(kind for kind in cls.__mro__ if "_fields" in kind.__dict__)
        made = namedtuple(owner.__name__, owner._fields, defaults=owner._field_defaults.values())
        owner.__new__ = made.__new__
        return made.__new__(cls, *values, **named)

    class _Record(type):
        """Makes of a class body with annotated fields a tuple with names; its own subclasses are plain classes."""

        def __new__(mcs, name, bases, body):
            if not any(type(base) is _Record and not hasattr(base, "_fields") for base in bases):
                return super().__new__(mcs, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body[field] for field in fields if field in body}
            for index, field in enumerate(fields):
                body[field] = _field(index, None)
            body.update(__slots__=(), __new__=_first, __match_args__=fields, _fields=fields, _field_defaults=defaults)
            return super().__new__(mcs, name, bases, body)

    class NamedTuple(tuple, metaclass=_Record):
        __slots__ = ()

        @classmethod
        def _make(cls, values):
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"{cls.__name__}: expected {len(cls._fields)} fields, got {len(made)}")
            return made

        def _replace(self, /, **changes):
            made = self._make(map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(changes)}")
            return made

        __replace__ = _replace

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"
