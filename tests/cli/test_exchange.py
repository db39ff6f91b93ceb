"""export, sheet, collect, reconcile and mapping at the counter."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.conftest import ADD, Counter


@pytest.fixture
def one(counter: Counter) -> Counter:
    """A book with one case at 教育局, assigned on 10 July."""
    assert counter(*ADD, "--received", "2023-07-03", "--phone", "13000000001").code == 0
    assert counter("assign", "1", "--to", "教育局", "--new-unit", "--on", "2023-07-10").code == 0
    return counter


def test_export_to_stdout_and_to_files(one: Counter, tmp_path: Path) -> None:
    [row] = one("export", "--json").json()
    assert (row["case_no"], row["name"], row["stage"], row["unit"]) == ("XF2023-000001", "测**", "assigned", "教育局")
    ran = one("export", "经过", "--csv")
    assert ran.out.startswith("\ufeff")
    assert [found["事件"] for found in csv.DictReader(io.StringIO(ran.out[1:]))] == ["登记", "转送交办"]
    path = tmp_path / "信访件.xlsx"
    ran = one("export", "-o", str(path))
    assert (ran.code, ran.out) == (0, f"已导出 1 行到 {path}，个人信息已遮盖；检举控告件没有文字和信访人\n")
    ran = one("export", "-o", str(path))
    assert (ran.code, "已经有了" in ran.err) == (1, True)
    assert one("export", "clocks", "-o", str(path), "--force", "--json").json()["rows"] == 3
    assert one("export", "--stage", "已办结", "--json").json() == []


def test_a_csv_with_id_numbers_says_what_excel_does_to_them(one: Counter, tmp_path: Path) -> None:
    for words, said in (
        (("--csv", "--reveal"), True),
        (("-o", str(tmp_path / "a.csv"), "--reveal"), True),
        (("-o", str(tmp_path / "a.xlsx"), "--reveal"), False),
        (("--json", "--reveal"), False),
        (("--csv",), False),
        (("clocks", "--csv", "--reveal"), False),
    ):
        ran = one("export", *words)
        assert (ran.code, "后三位" in ran.err) == (0, said), words


def test_export_takes_the_filters_of_list(one: Counter) -> None:
    assert one(*ADD, "--title", "小区校车", "--topic", "劳动和社会保障", "--received", "2023-07-04").code == 0
    filters: list[tuple[str, ...]] = [
        (),
        ("--topic", "劳动社保"),  # as the office's list has it
        ("--where", "校车"),
        ("--where", "校车 -unit:教育局"),
        ("--where", "unit:无 -校车"),
        ("--unit", "jyj", "--where", "received<2023-07-04"),
    ]
    for words in filters:
        listed = one("list", *words, "--json").json()
        for what in ("cases", "clocks", "events"):
            out = one("export", what, *words, "--json").json()
            assert {row["case_no"] for row in out} == {row["case_no"] for row in listed}, (what, words)
    assert len(one("export", "--where", "校车", "--json").json()) == 1
    assert one("export", "--topic", "没有的", "--json").code == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 2),
        (("--full",), 2),
        (("--full", "-o", "a.csv"), 1),
        (("-o", "a.txt"), 1),
        (("没有", "--json"), 1),
        (("--accusation", "--json"), 1),
        (("clocks", "--full", "-o", "a.xlsx"), 1),
        (("-o", "没有的文件夹/a.xlsx"), 3),
    ],
)
def test_export_refused(one: Counter, words: tuple[str, ...], code: int) -> None:
    ran = one("export", *words)
    assert ran.code == code
    assert ran.err.startswith("出错：")


def test_a_sheet_goes_out_and_comes_back(one: Counter, tmp_path: Path) -> None:
    ran = one("sheet", "jyj", "-o", str(tmp_path), "--json")
    [issued] = ran.json()
    assert (issued["unit"], issued["cases"], issued["hidden"]) == ("教育局", 1, 0)
    assert one("sheet", "--all", "-o", str(tmp_path)).code == 1
    book = openpyxl.load_workbook(issued["file"])
    page = book.worksheets[0]
    column = {cell.value: cell.column for cell in page[3]}
    page.cell(4, column["受理日期"]).value = "2023-07-12"
    book.save(issued["file"])
    ran = one("collect", issued["file"], "--dry-run")
    assert (ran.code, "试运行" in ran.out) == (0, True)
    ran = one("collect", issued["file"])
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "已写入 1 件")
    assert one("show", "1", "--json").json()["accepted_on"] == "2023-07-12"
    assert one("history", "1", "--json").json()[-1]["file"] == "教育局-20230717.xlsx"
    page.cell(4, column["办结日期"]).value = "2023-07-18"
    page.cell(4, column["受理日期"]).value = None
    book.save(issued["file"])
    ran = one("collect", issued["file"], "--json")
    assert (ran.code, ran.json()["refused"], ran.json()["written"]) == (1, 1, False)
    page.cell(4, column["办结日期"]).value = "7月12日"
    book.save(issued["file"])
    assert "XF2023-000001 办结日期「7月12日」没有年份" in one("collect", issued["file"], "--dry-run").out
    assert one("collect", str(tmp_path / "没有.xlsx")).code == 3


def test_sheet_and_collect_ask_for_what_they_need(one: Counter, tmp_path: Path) -> None:
    assert one("sheet", "-o", str(tmp_path)).code == 2
    assert one("sheet", "教育局").code == 2
    assert one("sheet", "没有的局", "-o", str(tmp_path)).code == 1
    assert one("sheet", "教育局", "--all", "-o", str(tmp_path)).code == 1
    assert one("collect").code == 2


def test_their_headings(counter: Counter, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("系统编号,收到日期,概要,来信人\nW1,2023-06-01,反映甲,测试甲\n", encoding="utf-8")
    report = counter("import", str(path), "--dry-run", "--json").json()
    assert [found["kind"] for found in report["warnings"] if found["kind"] == "unknown_column"]
    maps = ("--map", "概要=概况", "--map", "来信人=姓名", "--mapping", "国家系统")
    assert counter("import", str(path), *maps, "--json").json()["mapping"] == "国家系统"
    assert counter("mapping", "list", "--json").json() == [
        {"name": "国家系统", "map": {"概要": "概况", "来信人": "姓名"}}
    ]
    assert "概要=概况" in counter("mapping", "list").out
    path.write_text("系统编号,收到日期,概要,来信人\nW2,2023-06-02,反映乙,测试乙\n", encoding="utf-8")
    ran = counter("import", str(path))
    assert "按「国家系统」对照" in ran.err
    assert counter("show", "W2", "--json").json()["title"] == "反映乙"
    assert counter("mapping", "remove", "国家系统").code == 0
    assert counter("mapping", "remove", "国家系统").code == 1
    assert counter("import", str(path), "--map", "概要=没有").code == 1


def test_reconcile(one: Counter, tmp_path: Path) -> None:
    path = tmp_path / "通报.csv"
    path.write_text("单位,件数,转交件\n教育局,2,1\n合计,1,1\n", encoding="utf-8")
    ran = one("reconcile", str(path), "--month", "2023-07")
    assert ran.code == 0
    assert "2 格：一致 1，不一致 1" in ran.out
    assert "没有认出的列：转交件" in ran.err
    found = one("reconcile", str(path), "--month", "2023-07", "--map", "转交件=转送总数", "--json").json()
    assert (found["same"], found["different"]) == (1, 3)
    rows = list(csv.DictReader(io.StringIO(one("reconcile", str(path), "--month", "2023-07", "--csv").out[1:])))
    assert [row["是否一致"] for row in rows] == ["不一致", "一致"]
    assert one("reconcile", str(path), "--basis", "没有").code == 1
    path.write_text("单位,件数\n某区教育局,1\n外区某局,2\n合计,1\n", encoding="utf-8")
    ran = one("reconcile", str(path), "--month", "2023-07")
    assert "像是「教育局」，加别名：xinfang unit edit 教育局 --alias 某区教育局" in ran.err
    assert "xinfang unit edit 单位 --alias 外区某局" in ran.err
    one.ok("unit", "edit", "教育局", "--alias", "某区教育局")
    assert "某区教育局" not in one("reconcile", str(path), "--month", "2023-07").err


def test_a_reason_names_its_column_once(counter: Counter, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_text(
        "收到日期,信访形式,信访目的,概况,延期天数\n6-1,来信,咨询,甲,\n2023-06-01,来信,咨询,乙,15\n", "utf-8"
    )
    ran = counter("import", str(path))
    assert "第 2 行 收到日期「6-1」没有年份" in ran.out
    assert "第 3 行 延期天数：有延期天数，没有受理日期" in ran.out
    assert "注意：表中没有「姓名」这一列\n" in ran.err  # said once, no row to look at


def test_what_is_wrong_in_many_rows_is_told_once(counter: Counter, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    rows = ["2023-06-01,来信,咨询,甲,胡说,2023-06-05"] * 30 + ["6-1,来信,咨询,乙,,", "2023-06-01,托梦,咨询,乙,,"]
    path.write_text("\n".join(["收到日期,信访形式,信访目的,概况,处理意见,办结日期", *rows]), "utf-8")
    ran = counter("import", str(path))
    lines = [line for line in ran.out.splitlines() if line.startswith("  第 ")]
    assert [line.partition("「")[0] for line in lines] == [
        "  第 2、3、4、5、6、7、8、9 等 30 行 处理意见",
        "  第 32 行 收到日期",
        "  第 33 行 信访形式",
    ]
    assert "……" not in ran.out


@pytest.mark.parametrize("begun", [False, True])
def test_stopped_after_the_rows_were_written(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    """Ctrl-C while the rejected rows are saved: the cases are in the book, and nobody is told that they are not."""
    if not begun:
        counter.path.unlink()
    sheet = tmp_path / "台账.csv"
    sheet.write_text("收到日期,信访形式,信访目的,概况\n2023-07-01,来信,申诉,一\n七月,来信,申诉,二\n", encoding="utf-8")
    with monkeypatch.context() as patch:

        def stop(*given: object) -> None:
            raise KeyboardInterrupt

        patch.setattr("xinfang_cli.documents.rejects._write_rejects", stop)
        ran = counter("import", str(sheet), "--json")
        assert (ran.code, ran.error()["code"], "已经写入" in ran.err) == (1, "cancelled", True)
        assert counter("import", str(sheet), "--dry-run", "--json").json()["already_there"] == 1
        patch.setattr("xinfang_cli.office.exchange.importing.run._Import.run", stop)
        assert "已取消，没有写入" in counter("import", str(sheet)).err
    assert list(tmp_path.glob("台账.rej*")) == []
    ran = counter("import", str(sheet), "--json")
    assert (ran.json()["already_there"], Path(ran.json()["rejects_file"]).exists()) == (1, True)


# ---- receipts and superiors' deadlines ------------------------------------------------------------------------------

_OUTSIDE = (
    "登记编号,收到日期,信访形式,信访目的,概况,责任单位,转办日期,受理日期,限办时间\n"
    "A1,2023-05-04,来信,申诉求决,反映水压,测试局,2023-05-08,2023-05-12,{}\n"
)


def test_imports_and_their_receipts_at_the_counter(counter: Counter, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(_OUTSIDE.format("2023-07-12") + "合计,1件\n", encoding="utf-8")
    ran = counter("import", str(path))
    assert (ran.code, "due --differs" in ran.out, "book_from" in ran.err) == (0, True, True)
    [listed] = counter("history", "--imports", "--json").json()
    receipt = listed["receipt"]
    assert receipt["lines"] == receipt["cases"] + receipt["passed_over"]["total"] == 2
    assert (listed["noticed"]["outside_differs"], listed["undone"]) == (1, False)
    one = counter("history", "--imports", str(listed["import"]), "--json").json()
    assert {key: one[key] for key in listed} == listed
    assert one["book_from"] == "2023-05-04"
    [row] = csv.DictReader(io.StringIO(counter("history", "--imports", "--csv").out[1:]))
    assert (row["文件"], row["行"], row["导入"], row["期限不同"]) == ("a.csv", "2", "1", "1")
    assert counter("history", "--imports").code == counter("history", "--imports", str(listed["import"])).code == 0
    for words in (("99",), ("XF2023-000001",), ("--access",), ("1", "--limit", "2")):
        assert counter("history", "--imports", *words).code == 1, words


def test_deadlines_that_differ_at_the_counter(counter: Counter, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(_OUTSIDE.format("2023-07-12"), encoding="utf-8")
    assert counter("import", str(path), "--json").json()["noticed"]["outside_differs"] == 1
    [line] = counter("due", "--differs", "--json").json()
    assert (line["clock"], line["due_on"], line["outside_due"], line["later"]) == (
        "completion",
        "2023-07-11",
        "2023-07-12",
        1,
    )
    [clock] = [one for one in counter("explain", "1", "--json").json()["clocks"] if one["clock"] == "completion"]
    assert line["explain"] == "；".join(clock["steps"])
    [row] = csv.DictReader(io.StringIO(counter("due", "--differs", "--csv").out[1:]))
    assert (row["本局到期日"], row["上级期限"], row["上级晚几天"]) == ("2023-07-11", "2023-07-12", "1")
    assert "2023-07-12" in counter("due", "--differs").out
    assert counter("due", "--differs", "--unit", "测试局", "--clock", "受理", "--json").json() == []
    assert counter("due", "--differs", "--within", "3").code == counter("due", "--differs", "--windows").code == 1


def test_rejects_go_elsewhere_where_the_disk_is_full(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """XlsxWriter says it with an exception of its own."""
    from xlsxwriter.exceptions import FileCreateError

    from xinfang_cli.documents import rejects

    there, here = tmp_path / "满", tmp_path / "这里"
    there.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    (there / "a.csv").write_text("登记编号,收到日期,概况\nA1,不是日期,供水\n", "utf-8")
    write = rejects._write_rejects

    def full(file: Any, rows: Any, heads: Any, folder: Path) -> None:
        if folder.is_relative_to(there):
            raise FileCreateError(OSError(28, "No space left on device"))
        write(file, rows, heads, folder)

    monkeypatch.setattr(rejects, "_write_rejects", full)
    ran = counter("import", str(there / "a.csv"), "--json")
    assert (ran.code, Path(ran.json()["rejects_file"])) == (1, here / "a.rejected.xlsx")
    monkeypatch.setattr(rejects, "_write_rejects", lambda *_: (_ for _ in ()).throw(FileCreateError(OSError(28, "x"))))
    assert counter("import", str(there / "a.csv"), "--json").code == 3


def test_an_anonymous_export_names_nobody(counter: Counter, tmp_path: Path) -> None:
    for n in range(6):
        counter.ok(
            "add", "--channel", "来信", "--kind", "申诉求决", "--title", f"反映测试第{n}栋漏水", "--name", f"测试{n}"
        )
    target = tmp_path / "公开.csv"
    ran = counter("export", "--anonymous", "-o", str(target))
    assert ran.code == 0
    assert "至少 5 件" in ran.err
    text = target.read_text("utf-8-sig")
    assert len(text.splitlines()) == 7
    assert "测试" not in text
    assert "XF2023" not in text
    assert [row["month"] for row in counter.ok("export", "--anonymous")] == ["2023-07"] * 6
    for words in (("--reveal", "--why", "测试"), ("--full", "-o", str(tmp_path / "x.xlsx"))):
        assert counter("export", "--anonymous", *words, "--json").error()["code"] == "bad_value"
