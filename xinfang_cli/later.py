"""Modules that a library imports at its top and a command hardly ever uses: loaded when something of them is touched.

Typer and Click import a third of the standard library (subprocess, uuid, difflib, traceback …) for what no command of
ours asks of them; loading it was a fifth of every start. A stand-in is right at any moment: it becomes the module at
the first use, and while a module is not loaded nothing can be an instance of its classes.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Module(ModuleType):
    """In the place of a module; `names` of it may be taken (`from … import name`) without loading it."""

    def __init__(self, name: str, names: str) -> None:
        super().__init__(name)
        self.__dict__["_names"] = {each: _Name(each, (), {"_of": name}) for each in names.split()}

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":  # what the import system asks of any module
            raise AttributeError(name)
        return self._names[name] if name in self._names else getattr(_loaded(self), name)


class _Name(type):
    """In the place of a class or a function of such a module."""

    def __call__(cls, *args: Any, **named: Any) -> Any:
        return _own(cls)(*args, **named)

    def __getattr__(cls, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        return getattr(_own(cls), name)

    def __eq__(cls, other: object) -> bool:
        return cls is other or (cls._of in sys.modules and other is _own(cls))

    __hash__ = type.__hash__

    def __instancecheck__(cls, instance: object) -> bool:
        return cls._of in sys.modules and isinstance(instance, _own(cls))

    def __subclasscheck__(cls, kind: type) -> bool:
        return kind is cls or (cls._of in sys.modules and issubclass(kind, _own(cls)))


def _loaded(module: ModuleType) -> ModuleType:
    if sys.modules.get(module.__name__) is module:
        del sys.modules[module.__name__]
    from importlib import import_module

    return import_module(module.__name__)


def _own(name: _Name) -> Any:
    from importlib import import_module

    return getattr(import_module(name._of), name.__name__)


class put_off:
    """`with put_off({"uuid": "UUID"}): import typer`: what is named and not yet loaded is stood in for, inside only."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self.modules = {name: _Module(name, names) for name, names in modules.items() if name not in sys.modules}

    def __enter__(self) -> None:
        sys.modules.update(self.modules)

    def __exit__(self, *_: object) -> None:
        for name, module in self.modules.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
