"""The page of doctor --security as JSON and in words."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.office.keeping.security import AtRest, Security


def document(view: Security) -> dict[str, Any]:
    """The JSON of the views of security."""
    return view._asdict() | {
        "files": [one._asdict() for one in view.files],
        "at_rest": None if view.at_rest is None else view.at_rest._asdict(),
        "unsaid": view.unsaid._asdict(),
        "cleared": [one._asdict() for one in view.cleared],
    }


def lines(view: Security) -> list[str]:
    """The page, line by line: Markdown that reads as plain text."""
    page = [f"# {view.bureau}案件簿保密检查 {view.today.isoformat()}", ""]
    page += [f"程序 xinfang {view.program}，Python {view.python}；{view.events} 个事件，链头 {view.head}", ""]
    page += ["## 文件权限", ""]
    page += [
        f"- {one.name} {one.mode} {'只有本人能读写' if one.closed else '别人也能读，请收紧'}" for one in view.files
    ] or ["- 案件簿在服务器上，谁能读由服务器上的授权决定，这里不查"]
    page += ["", "## 加密", "", *_at_rest(view.at_rest)]
    asked = "每次查阅都要写事由" if view.why_always else "查阅检举控告件的信访人要写事由"
    page += ["", "## 查阅记录", "", f"- 共 {view.looks} 次，其中含检举控告件 {view.looks_at_accusations} 次"]
    page += [f"- 显示了个人信息而没有写事由 {view.looks_without_why} 次；现行设置：{asked}"]
    page += ["", "## 检举控告件（条例第三十条）", ""]
    page += _cases("在被反映的单位、人或与其有牵连的单位手里", view.with_the_accused)
    page += _cases("没有写反映的是谁，不能转出去", view.unsaid.unanswered)
    page += _cases("反映的是谁不明", view.unsaid.unknown)
    known = tuple(f"{one.case_no} {one.unit}（{terms.ACCUSED.label(one.relation)}）" for one in view.cleared)
    return page + _cases("写明过不是被反映对象", known)


def _at_rest(view: AtRest | None) -> list[str]:
    if view is None:
        return ["- 案件簿在服务器上，磁盘是否加密由服务器决定，这里不查"]
    if not view.encrypted:
        return ["- 案件簿、备份、附件没有加密：拿到文件的人就读得到内容"]
    copies, files = view.plain_copies, view.plain_files
    return [
        f"- 案件簿已加密；钥匙{'在本用户的系统钥匙串里，打开不问口令' if view.in_keyring else '不在系统钥匙串里，打开要口令'}",
        f"- 没有加密的备份：{len(copies)} 份{'：' + '、'.join(copies) if copies else ''}",
        f"- 没有加密的附件：{files} 个{'，再运行一次 encrypt 补上' if files else ''}",
    ]


def _cases(what: str, numbers: tuple[str, ...]) -> list[str]:
    return [f"- {what}：{len(numbers)} 件{'：' + '、'.join(numbers) if numbers else ''}"]
