"""Who is logged in on what machine, as the system says it: no word on the command line changes that."""

from __future__ import annotations

import os
from functools import cache


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
    import platform

    return platform.node()
