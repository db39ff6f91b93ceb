"""The receipts of imports on the screen."""

from __future__ import annotations

from xinfang_cli.office.exchange.importing.receipts import Import, Imports
from xinfang_cli.present import importing
from xinfang_cli.present import receipts as words
from xinfang_cli.present.moments import local
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.cases import foot
from xinfang_cli.terminal.screen import Column


def draw(view: Imports | Import) -> None:
    """A line an import; or one whole."""
    if isinstance(view, Import):
        _one(view)
    elif not view.imports:
        screen.print_line("没有导入过，或导入时还不留回执")
    else:
        number, moment, who, file, *counts, note = words.LIST
        columns = [Column(number, right=True), Column(moment, drop=2), Column(who, fixed=False, least=6, drop=1)]
        columns += [Column(file, fixed=False, least=10), *(Column(name, right=True) for name in counts), Column(note)]
        screen.table(columns, words.lines(view))
        foot(len(view.imports), view.limit, "次")


def _one(view: Import) -> None:
    write = screen.print_wrapped
    undone = "，已撤销" if view.undone else ""
    write(f"第 {view.number} 号  {view.file}  {local(view.at)}  {view.actor}{undone}")
    write(f"文件的 SHA-256：{view.sha256}")
    write(importing.receipt_line(view.receipt))
    if noticed := importing.noticed_line(view.noticed):
        write(noticed)
    if view.noticed.outside_differs:
        write(f"当时有 {view.noticed.outside_differs} 件的上级期限与本局算的不是一天，现在的看 xinfang due --differs")
    if view.updated:
        write(f"按表更新 {view.updated} 件")
    if view.turned_back:
        write("退回的原因在：" + "、".join(f"{heading} {count} 行" for heading, count in view.turned_back.items()))
    if view.profile:
        write(f"对照方案：{view.profile}")
    if view.learnt:
        write("学到的：" + "、".join(f"{said}={meant}" for said, meant in view.learnt))
    if view.book_from:
        write(
            f"本簿第一次导入，当时没有人说过数据从哪天起是全的，暂当作 {view.book_from}；现在的看 xinfang config get book_from"
        )
    for warning in view.warnings:
        write(f"注意：{importing.warning_line(warning)}")
