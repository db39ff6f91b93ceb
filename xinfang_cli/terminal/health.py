"""The check of a book on the screen."""

from __future__ import annotations

from xinfang_cli.intake.cleaning import DOUBTS
from xinfang_cli.law import terms
from xinfang_cli.office.keeping.health import Health
from xinfang_cli.present.health import named
from xinfang_cli.terminal import screen


def draw(view: Health) -> None:
    """The book's size, points to look at, problems, remedies."""
    screen.print_line(f"{view.book.cases} 件，{view.book.events} 个事件，链头 {view.book.head}")
    if view.repaired is not None:
        kept = f"；重写前的簿存为 {view.repaired.kept}" if view.repaired.kept else ""
        screen.print_line(f"已按事件链重写 {view.repaired.cases} 件{kept}")
    _article30(view)
    for file in view.mended:
        screen.print_wrapped(f"已收紧权限：{file} 原来别人也能读，现在只有本人能读写")
    for kind, numbers in view.doubtful.items():
        if numbers:
            screen.print_wrapped(f"注意：在办件中{DOUBTS[kind]}的 {len(numbers)} 件：{named(numbers)}")
    if missing := view.acceptance_missing:
        screen.print_wrapped(f"注意：缺受理（已办结，没有受理日期）的 {len(missing)} 件：{named(missing)}")
    for problem in view.problems:
        screen.print_line(f"问题：{problem}")
    if view.ok:
        screen.print_line("完好" + (f"：已按事件重算 {view.book.rebuilt} 件，全部一致" if view.compared else ""))
        if view.heads:
            screen.print_line(f"与外面记下的 {view.heads} 个链头一致")
    if view.bad_heads:
        screen.print_notice(
            "外面的链头不符的，先不要写入，拿最近的备份对照；恢复过备份的，用 config set heads_file 另起一个文件"
        )
    _tell_remedies(view)


def _tell_remedies(view: Health) -> None:
    if view.bad_files:
        screen.print_notice(
            "附件有原件的，用 xinfang attach 编号 文件 放回；案件簿搬过地方的，把原来的 .files 文件夹拷到它旁边"
        )
    if len(view.problems) > view.bad_files + view.bad_heads:
        if view.mendable and view.repaired is None:
            screen.print_notice("这些都能按事件链补写：xinfang doctor --repair（现在的簿先另存一份）")
        else:
            screen.print_notice(
                "其中有事件链补不回来的，请恢复最近完好的备份：xinfang backup --list 列出，xinfang restore 恢复"
            )


def _article30(view: Health) -> None:
    """The accusations that somebody should look at."""
    if view.with_the_accused:
        screen.print_wrapped(
            "注意：检举控告件在被检举的单位或其上下级手里，请改派（条例第三十条）：" + named(view.with_the_accused)
        )
    if unsaid := view.unsaid.unanswered:
        said = f"注意：在办检举控告件没有写反映的是谁的 {len(unsaid)} 件，写明以前不能转出去：{named(unsaid)}"
        screen.print_wrapped(f"{said}；xinfang edit 编号 --complained-unit 单位（条例第三十条）")
    if unknown := view.unsaid.unknown:
        screen.print_wrapped(f"检举控告件反映的是谁不明的 {len(unknown)} 件：{named(unknown)}")
    if view.cleared:
        known = tuple(f"{one.case_no} {one.unit}（{terms.ACCUSED.label(one.relation)}）" for one in view.cleared)
        screen.print_wrapped(f"写明过不是被反映对象的 {len(known)} 处：{named(known)}")
