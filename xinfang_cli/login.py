"""The user and machine as reported by the system, beyond the reach of command-line words; and whether anybody can be
asked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_unasked: list[bool] = []


@cache
def os_user() -> str:
    """The system's user; by its number, not by the environment, where the system has numbers."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        pass
    try:
        return os.getlogin()
    except OSError:
        return ""


@cache
def host() -> str:
    """The machine's name."""
    if sys.platform != "win32":
        return os.uname().nodename
    import platform

    return platform.node()


@contextmanager
def unasked() -> Iterator[None]:
    """While it lasts nobody is asked for anything: whoever presses Tab only looks."""
    _unasked.append(True)
    try:
        yield
    finally:
        _unasked.pop()


def answers() -> bool:
    """Whether somebody sits at the terminal who may be asked."""
    return not _unasked and sys.stdin is not None and sys.stdin.isatty()
