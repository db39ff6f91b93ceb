"""Tables in terminals of 80 and 120 columns: aligned, readable, no day and no number cut."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

import pytest

from tests.cli.conftest import Counter
from xinfang_cli.present.width import cells

pytestmark = pytest.mark.long

UNITS = ("人力资源和社会保障局", "望禾街道", "住房和城乡建设局", "某某区国有资产监督管理委员会办公室")
TITLES = (
    "反映北苹村生活困难要求解决",
    "反映某某小区供水压力不足、物业服务不到位、电梯长期停运且维修资金去向不明，要求书面答复（第三次）",
    "[red]反映[/red] English words 和中文 mixed 的事",
    "供暖",
)


@pytest.fixture
def office(counter: Counter) -> Counter:
    for unit in UNITS:
        counter.ok("unit", "add", unit, "--short", unit[:4], "--alias", f"区{unit}")
    for number in range(8):
        no = counter.add(f"2023-0{4 + number % 3}-0{1 + number}", title=TITLES[number % 4])
        counter.ok("assign", no, "--to", UNITS[number % 4], "--on", f"2023-07-0{number + 1}")
        if number % 2:
            counter.ok("accept", no, "--on", "2023-07-10")
    counter.ok("close", "2", "--outcome", "解释说明")
    counter.ok("note", "1", "--text", "长长的办理记录，" * 20 + "完")
    return counter


WIDE = [
    ("show", "1"),
    ("stats", "--month", "2023-07", "--by", "unit", "--rank"),
    ("stats", "--month", "2023-07", "--by", "unit,channel"),
    ("unit", "list"),
    ("config", "list"),
    ("rules",),
    ("rules", "--figures"),
    ("rules", "--pathways"),
    ("explain", "1"),
    ("history", "1"),
    ("undo", "--list"),
    ("list",),
    ("overdue",),
    ("due", "--within", "60"),
    (),
]


def page(counter: Counter, words: tuple[str, ...], columns: int) -> list[str]:
    ran = counter(*words, terminal=True, env={"COLUMNS": str(columns), "LINES": "60", "TERM": "xterm-256color"})
    assert ran.code == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", ran.out).split("\n")


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("words", WIDE, ids=lambda words: "_".join(words) or "desk")
def test_fits_and_cuts_no_day(office: Counter, words: tuple[str, ...], columns: int) -> None:
    lines = page(office, words, columns)
    for line in lines:
        path = str(office.path) in line
        assert path or cells(line) <= columns, line
    plain = office(*words).out
    fitted = "\n".join(lines)
    hidden = re.findall(r"没有显示：(.*)）", fitted)
    for value in set(re.findall(r"\d{4}-\d{2}-\d{2}|XF\d{4}-\d{6}|\d+\.\d+%", plain)):
        assert value in fitted or hidden, value
    assert not any(re.search(r"\d{4}-\d{0,2}-?$", line.rstrip()) for line in lines if "《" not in line)
    assert not re.search(r"^\s+\S\s*\n\s+\S\s*\n\s+\S\s*$", fitted, re.M), "one character a line"


@pytest.mark.parametrize("columns", [80, 100, 120, 200])
@pytest.mark.parametrize("words", [("list",), ("overdue",), ("due", "--within", "60")])
def test_columns_stand_under_their_headings(office: Counter, words: tuple[str, ...], columns: int) -> None:
    lines = page(office, words, columns)
    head = next(line for line in lines if line.startswith("登记编号"))
    place = cells(head[: head.index("到期日")])
    rows = [line for line in lines if line.startswith("XF")]
    assert len(rows) >= 4 or words == ("overdue",)
    for row in rows:
        if "已办结" in row:  # no clock runs
            continue
        days = [cells(row[: found.start()]) for found in re.finditer(r"\d{4}-\d{2}-\d{2}", row)]
        assert place in days, row


def test_a_narrow_window_leaves_out_the_least_important(office: Counter) -> None:
    narrow, wide = "\n".join(page(office, ("list",), 80)), "\n".join(page(office, ("list",), 120))
    assert "收到日期" in wide
    assert "没有显示：收到日期" in narrow
    assert "没有显示" not in wide


def test_a_wide_table_is_split_with_the_units_at_the_head_of_each_part(office: Counter) -> None:
    words = ("stats", "--month", "2023-07", "--by", "unit", "--rank")
    narrow, wide = page(office, words, 80), page(office, words, 130)
    assert sum(line.startswith("单位") for line in narrow) == 2
    assert sum(line.startswith("单位") for line in wide) == 1
    assert "（续）" in narrow
    for heading in ("按期受理", "按期办结", "参评率", "满意率", "一次化解", "综合"):
        assert any(heading in line for line in narrow)
    for line in narrow:
        if line.startswith("单位"):  # a rank stands beside its rate
            assert line.split()[-1] in ("名次", "综合")
            assert line.split()[1] != "名次"


def test_nothing_of_a_note_is_cut(office: Counter) -> None:
    shown = "".join(part.strip() for part in page(office, ("show", "1"), 80))
    assert "完" in shown
    assert shown.count("长长的办理记录") >= 15


def test_no_color_is_plain_but_fits(office: Counter) -> None:
    ran = office("overdue", terminal=True, today="2023-12-01", env={"NO_COLOR": "1", "COLUMNS": "80", "LINES": "60"})
    assert "\x1b" not in ran.out
    assert all(cells(line) <= 80 for line in ran.out.split("\n"))
    colour = office("overdue", terminal=True, today="2023-12-01", env={"COLUMNS": "80", "TERM": "xterm-256color"})
    assert "\x1b[31m" in colour.out


def test_a_short_terminal_shows_what_fits_and_says_so(office: Counter) -> None:
    ran = office("list", terminal=True, env={"COLUMNS": "120", "LINES": "12"})
    assert "显示前 5 件，全部用 --limit 0" in ran.out
    assert (
        "共 8 件"
        in office("list", "--limit", "0", terminal=True, env={"COLUMNS": "120", "LINES": "12", "PAGER": "no-pager"}).out
    )


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a Unix terminal")
@pytest.mark.parametrize("columns", [80, 120])
def test_a_real_terminal(office: Counter, shell: Callable[..., tuple[list[str], dict[str, str]]], columns: int) -> None:
    pexpect = pytest.importorskip("pexpect")
    argv, around = shell("list", TERM="xterm-256color")
    around.pop("COLUMNS", None)
    child = pexpect.spawn(argv[0], argv[1:], env=around, encoding="utf-8", timeout=20, dimensions=(50, columns))
    child.expect(pexpect.EOF)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", child.before).split("\r\n")
    assert max(map(cells, lines)) <= columns
    assert max(map(cells, lines)) > columns * 0.8
    assert "共 8 件" in child.before
