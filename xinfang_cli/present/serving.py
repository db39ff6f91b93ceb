"""An office on a server: set up, its logins, what was checked; in words and as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.office.keeping.serving import Logins, RoleGiven, ServerChecked, ServerMade

HEADINGS = ("登录名", "角色")


def document(view: ServerMade | RoleGiven | Logins | ServerChecked) -> dict[str, Any]:
    """The JSON of `server`."""
    if isinstance(view, Logins):
        return {"office": view.office, "logins": [one._asdict() for one in view.logins]}
    if isinstance(view, ServerChecked):
        return {"office": view.office, "ok": view.ok, "findings": [one._asdict() for one in view.findings]}
    return view._asdict()


def table(view: Logins) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The list of logins."""
    return HEADINGS, [(one.login, terms.ROLE_ON_SERVER.labels.get(one.role, "管理员")) for one in view.logins]


def lines(view: ServerMade | RoleGiven | ServerChecked) -> list[str]:
    """What was done, or found."""
    if isinstance(view, ServerMade):
        database = "，数据库是新建的" if view.database_made else ""
        if view.created:
            return [f"已在服务器上建立「{view.office}」的案件簿和角色{database}"]
        return [f"「{view.office}」的案件簿已经有了，角色的权限已按本版本放好"]
    if isinstance(view, RoleGiven):
        role = terms.ROLE_ON_SERVER.label(view.role)
        done = "已收回" if view.taken else "已增加登录名，角色" if view.new else "已给"
        return [f"{view.office}：{view.login} {done} {role}"]
    return [f"{'好' if one.ok else '不对'}  {one.what}{'' if one.ok else '。' + one.remedy}" for one in view.findings]
