"""Actions on a server's book that are left to its administrator, or not supported yet."""

from __future__ import annotations

from xinfang_cli.errors import Unusable


def not_here(what: str) -> Unusable:
    """Refuse one such thing."""
    return Unusable(
        f"案件簿在服务器上，还不能{what}", "备份和恢复请管理服务器的人用 pg_dump、pg_restore 做", code="engine"
    )
