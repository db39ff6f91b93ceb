"""An office on a server: set up, its logins, what was checked; in words and as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.keeping.serving import (
    Logins,
    OfficesMade,
    OfficesThere,
    RoleGiven,
    ServerChecked,
    ServerMade,
    Upgraded,
    UpgradePlan,
)

HEADINGS = ("登录名", "角色")
OFFICES = (LABELS["office"], "版本", HEADINGS[0], "情况")


View = ServerMade | OfficesMade | RoleGiven | ServerChecked | UpgradePlan | Upgraded


def document(view: View | Logins | OfficesThere) -> dict[str, Any]:
    """The JSON of `server`."""
    if isinstance(view, Logins):
        return {"office": view.office, "logins": [one._asdict() for one in view.logins]}
    if isinstance(view, OfficesMade | OfficesThere):
        return {"offices": [one._asdict() for one in view.offices]}
    if isinstance(view, ServerChecked):
        return {"office": view.office, "ok": view.ok, "findings": [one._asdict() for one in view.findings]}
    if isinstance(view, UpgradePlan):
        return {"office": view.office, **view.upgrade._asdict(), "nothing": view.upgrade.nothing}
    return view._asdict()


def table(view: Logins | OfficesThere) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The list of logins, or of offices."""
    if isinstance(view, OfficesThere):
        return OFFICES, [
            (
                one.office,
                f"第 {one.version} 版",
                str(one.logins),
                "在用" if one.moved_to is None else f"已搬到 {one.moved_to}",
            )
            for one in view.offices
        ]
    return HEADINGS, [(one.login, terms.ROLE_ON_SERVER.labels.get(one.role, "管理员")) for one in view.logins]


def _to_be_done(view: UpgradePlan) -> list[str]:
    found = view.upgrade
    if found.nothing:
        return [f"「{view.office}」的案件簿已是第 {found.here} 版，和本程序一样，不用升级"]
    if not found.steps:
        return [
            f"「{view.office}」的案件簿是第 {found.here} 版，下面的照本版本重做：",
            *(f"  {one}" for one in found.again),
        ]
    said = [f"「{view.office}」的案件簿从第 {found.there} 版升级到第 {found.here} 版："]
    said += [f"  {step}" for step in found.steps]
    if found.rewrites:
        said.append("  全部信访件、时限、检索索引按事件重写")
    said.append("升级时别人不能写；升级以后照 doctor 检查，有一处不对就整个退回")
    if found.here - 1 < found.oldest:
        said.append(f"升级以后，第 {found.here} 版以前的程序不能再用这本案件簿，各人也要升级程序")
    return said


def lines(view: View) -> list[str]:
    """The changes made, or the findings."""
    if isinstance(view, UpgradePlan):
        return _to_be_done(view)
    if isinstance(view, Upgraded):
        said = f"已升级：第 {view.before} 版到第 {view.version} 版" if view.before < view.version else "已照本版本重做"
        again = "" if view.rewritten is None else f"，{view.rewritten} 件按事件重写"
        older = f"；第 {view.version - 1} 版的程序还能用" if view.oldest < view.version else ""
        return [f"「{view.office}」{said}{again}；{view.cases} 件、{view.events} 个事件检查完好{older}"]
    if isinstance(view, ServerMade):
        database = "，数据库是新建的" if view.database_made else ""
        if view.created:
            return [f"已在服务器上建立「{view.office}」的案件簿和角色{database}"]
        return [f"「{view.office}」的案件簿已经有了，角色的权限已按本版本放好"]
    if isinstance(view, OfficesMade):
        return [line for one in view.offices for line in lines(one)]
    if isinstance(view, RoleGiven):
        role = terms.ROLE_ON_SERVER.label(view.role)
        done = "已收回" if view.taken else "已增加登录名，角色" if view.new else "已给"
        return [f"{view.office or '全市'}：{view.login} {done} {role}"]
    return [f"{'好' if one.ok else '不对'}  {one.what}{'' if one.ok else '。' + one.remedy}" for one in view.findings]
