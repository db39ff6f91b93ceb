"""The rules in force, the pathways and the definitions of the figures, printed."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.present import machine
from xinfang_cli.present.figures import definitions
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column

_UNITS = {"day": "日", "workday": "个工作日", "month": "个月"}
PATHWAYS = {
    "opinion": ("条例第三十一条第（六）项", "60 日内出具信访处理意见书，可延期不超过 30 日；可申请复查、复核"),
    "simple": ("简易办理", "初次、事实清楚的申诉求决件，10 个工作日内答复；不能延期，转普通程序后按 60 日；可申请复查"),
    "duty": ("条例第三十一条第（五）项", "依法履职，期限依有关法律规定，没有规定的从收到起 2 个月；不适用复查"),
    "suggestion": ("条例第二十九条", "研究论证，采纳的予以回复；没有法定期限，本局可设；不适用复查"),
    "accusation": ("条例第三十条", "依规依纪依法接收办理；不得转给被检举的人和单位；不适用复查"),
    "answer": ("咨询等", "直接答复；没有法定期限，本局可设；不适用复查"),
}
_BY_KIND = {"opinion": "申诉求决（默认）", "suggestion": "建议意见", "accusation": "检举控告", "answer": "咨询、其他"}


AWAY = "导入法定途径，不出具信访处理意见书，不适用复查"


def show_clocks(rows: list[dict[str, Any]], as_json: bool, as_csv: bool) -> None:
    """Each clock: who, how long, which article; ◇ marks the office's own numbers. Then limits and settings."""
    if as_json:
        machine.print_json(rows)
        return

    def length(row: dict[str, Any]) -> str:
        if row["unit"] == "fixed":
            return "由要求方指定"
        if row["clock"] == "office" and not row["n"]:
            return "未设"
        return f"{row['n']} {_UNITS[row['unit']]}"

    clocks = [
        (
            ("简易办理" if row["clock"] == "simple" else terms.CLOCK.label(row["clock"]))
            + (" ◇" if row["office"] or row["citation"] else ""),
            terms.OWNER.label(row["owner"]),
            length(row),
            _source(row),
        )
        for row in rows
        if row["clock"]
    ]
    others = [
        (row["name"], words(row.get("n", row.get("value"))), _source(row))
        for row in rows
        if not row["clock"] and row.get("value", row.get("n")) is not None
    ]
    if as_csv:
        machine.print_csv_rows(
            ("规定", "责任方", "现行", "依据"), [*clocks, *((name, "", now, source) for name, now, source in others)]
        )
        return
    screen.table([Column("时限"), Column("责任方"), Column("长度"), Column("依据", fixed=False, least=16)], clocks)
    screen.prose("◇ 本局规定，可用 xinfang config set clocks.… 改；起算当天不计，到期日遇休息日默认不顺延")
    screen.table(
        [Column("其他规定", fixed=False, least=20), Column("现行"), Column("依据", fixed=False, least=16)],
        others,
        title="限度、提醒和设置",
    )


def _source(row: dict[str, Any]) -> str:
    """Where a number comes from: the office's citation beside what it overrides, else the article."""
    if not row["citation"]:
        return str(row["article"])
    was = row.get("statutory")
    return f"{row['citation']}（本局设置" + (f"，原为 {was}，{row['article']}）" if was is not None else "）")


def words(value: Any) -> str:
    """A setting's value on the screen."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        from xinfang_cli.law.figures.definitions import DEFINITIONS

        return "、".join(DEFINITIONS[key].label if key in DEFINITIONS else str(key) for key in value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def show_pathways(as_json: bool, as_csv: bool) -> None:
    """Which pathway an acceptance can take, by kind unless given, and what follows from it."""
    if as_json:
        machine.print_json(
            [
                {"pathway": key, "label": terms.PATHWAY.label(key), "article": article, "follows": words}
                for key, (article, words) in PATHWAYS.items()
            ]
            + [
                {
                    "pathway": None,
                    "procedure": key,
                    "label": label,
                    "article": terms.PROCEDURE_ARTICLE[key],
                    "follows": AWAY,
                }
                for key, label in terms.PROCEDURE.labels.items()
            ]
        )
        return
    columns = [
        Column("途径"),
        Column("依据", False, least=14),
        Column("用于", False, least=14),
        Column("后果", False, least=28),
    ]
    rows = [
        (terms.PATHWAY.label(key), article, _BY_KIND.get(key, "申诉求决，须写 --pathway"), words)
        for key, (article, words) in PATHWAYS.items()
    ]
    rows += [
        (label, terms.PROCEDURE_ARTICLE[key], f"xinfang redirect --to {label}", AWAY)
        for key, label in terms.PROCEDURE.labels.items()
    ]
    if as_csv:
        machine.print_csv_rows([column.heading for column in columns], rows)
        return
    screen.table(columns, rows)
    screen.prose("受理时按信访目的定途径，要改写 --pathway；只有出具信访处理意见书的走 60 日")


def show_figures(as_json: bool, as_csv: bool) -> None:
    """Every rate: its formula in words and its basis."""
    rows = definitions()
    if as_json:
        machine.print_json(rows)
        return
    if as_csv:
        machine.print_csv(rows, {"label": "名称", "words": "定义", "basis": "口径"})
        return
    screen.table(
        [Column("名称"), Column("定义", fixed=False, least=30), Column("口径")],
        [(row["label"], row["words"], row["basis"]) for row in rows],
    )
    screen.prose("百分数按分数四舍五入到两位小数；分母为零记 —")
