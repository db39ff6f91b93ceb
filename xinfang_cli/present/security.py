"""The page of doctor --security as JSON and in words."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.office.keeping.security import Security


def document(view: Security) -> dict[str, Any]:
    """The JSON of the views of security."""
    return view._asdict() | {
        "files": [one._asdict() for one in view.files],
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
    asked = "每次查阅都要写事由" if view.why_always else "查阅检举控告件的信访人要写事由"
    page += ["", "## 查阅记录", "", f"- 共 {view.looks} 次，其中含检举控告件 {view.looks_at_accusations} 次"]
    page += [f"- 显示了个人信息而没有写事由 {view.looks_without_why} 次；现行设置：{asked}"]
    page += ["", "## 检举控告件（条例第三十条）", ""]
    page += _cases("在被反映的单位、人或与其有牵连的单位手里", view.with_the_accused)
    page += _cases("没有写反映的是谁，不能转出去", view.unsaid.unanswered)
    page += _cases("反映的是谁不明", view.unsaid.unknown)
    known = tuple(f"{one.case_no} {one.unit}（{terms.ACCUSED.label(one.relation)}）" for one in view.cleared)
    return page + _cases("写明过不是被反映对象", known)


def _cases(what: str, numbers: tuple[str, ...]) -> list[str]:
    return [f"- {what}：{len(numbers)} 件{'：' + '、'.join(numbers) if numbers else ''}"]
