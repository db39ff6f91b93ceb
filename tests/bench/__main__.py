"""How fast, as ratios taken in one run: `python -m tests.bench [--cases 100000] [--keep DIR]`.

F is `python -c pass` of the same interpreter. The two sides of a ratio run in turn; the median of the paired ratios
is printed beside what must and what should be reached. A benchmark, not a test: nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import shlex
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

TODAY = date(2023, 7, 17)
UNITS = 50
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE" and not k.startswith("XINFANG_")}
HEADINGS = [
    "登记编号",
    "外部编号",
    "收到日期",
    "信访形式",
    "信访目的",
    "内容分类",
    "问题属地",
    "概况",
    "内容",
    "姓名",
    "证件号码",
    "联系电话",
    "住址",
    "信访人数",
    "涉及人数",
    "初重件",
    "责任单位",
    "办理方式",
    "转办日期",
    "签收日期",
    "反馈期限",
    "受理日期",
    "告知日期",
    "延期天数",
    "办结日期",
    "处理意见",
    "送达日期",
    "单位满意度",
    "部门满意度",
    "评价日期",
]
CHANNELS = ("来信", "来访", "网上信访", "领导信箱", "来电")
TOPICS = ("农村农业", "国土资源", "城乡建设", "劳动和社会保障", "教育文体", "民政", "交通运输", "环境保护")


def write_ledger(path: Path, cases: int) -> None:
    """The bench book: ten years evenly, 3 % open, 50 units, 5 events a case, every day in its order."""
    chance = random.Random(cases)
    days = 3650
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        serials: dict[int, int] = {}
        for number in range(cases):
            received = TODAY - timedelta(days=days - number * days // cases)
            serials[received.year] = serials.get(received.year, 0) + 1
            assigned = received + timedelta(days=chance.randint(0, 17))
            accepted = assigned + timedelta(days=chance.randint(0, 17))
            closed = accepted + timedelta(days=chance.randint(5, 62))
            rated = closed + timedelta(days=chance.randint(0, 33))
            is_open = chance.random() < 0.03 or rated > TODAY
            row = [
                f"XF{received.year}-{serials[received.year]:06d}",
                f"WX{number:09d}",
                received.isoformat(),
                chance.choice(CHANNELS),
                "申诉求决" if chance.random() < 0.8 else "建议意见",
                chance.choice(TOPICS),
                f"测试{number % 20:02d}镇",
                f"反映第{number % 977}号事项办理问题",
                "",
                f"测试{number % 30011}",
                "",
                f"1300000{number % 10000:04d}",
                f"测试{number % 20:02d}镇测试村{number % 300}号",
                str(1 + (number % 17 == 0) * 6),
                "",
                "初次",
                f"测试单位{number % UNITS:02d}",
                "转送",
                assigned.isoformat() if assigned <= TODAY else "",
                "",
                "",
                accepted.isoformat() if accepted <= TODAY else "",
                "",
                "",
            ]
            if is_open:
                row += [""] * 6
            else:
                row += [
                    closed.isoformat(),
                    "予以支持",
                    closed.isoformat(),
                    chance.choice(("满意", "基本满意", "不满意")),
                    "满意",
                ]
                row += [rated.isoformat()]
            if assigned > TODAY:
                row[16] = ""
            writer.writerow(row)


def run(words: Sequence[str]) -> float:
    """Wall seconds of one process."""
    began = time.perf_counter()
    done = subprocess.run(words, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:  # a refusal is quick, and would pass for speed
        raise SystemExit(f"{shlex.join(words)} failed: {done.stdout.decode(errors='replace')[:500]}")
    return seconds


def times_f(words: Sequence[str], rounds: int = 15) -> float:
    """Median of paired ratios to F."""
    run(words)
    ratios = []
    for _ in range(rounds):
        base = run([sys.executable, "-c", "pass"])
        ratios.append(run(words) / base)
    return statistics.median(ratios)


# What `.venv/bin/xinfang` runs, by the interpreter itself.
SCRIPT = "from xinfang_cli.__main__ import main; main()"


def xinfang(book: Path | str, *words: str) -> list[str]:
    return [sys.executable, "-c", SCRIPT, "--db", str(book), "--today", TODAY.isoformat(), *words]


def import_time(ledger: Path, book: Path) -> tuple[float, float]:
    """(seconds, peak MiB) of one import into an empty book, as a clerk starts it."""
    for leftover in book.parent.glob(f"{book.name}*"):
        leftover.unlink()
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        running = subprocess.Popen(
            xinfang(book, "import", str(ledger), "--json"), env=ENVIRONMENT, stdout=said, stderr=said
        )
        _, status, used = os.wait4(running.pid, 0)
        seconds = time.perf_counter() - began
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode:
            said.seek(0)
            raise SystemExit(f"import failed: {said.read().decode(errors='replace')[:500]}")
    return seconds, used.ru_maxrss / 1024


def raw_time(book: Path, target: Path) -> float:
    """Seconds to executemany the same case rows, build the same indexes, and checkpoint."""
    target.unlink(missing_ok=True)
    source = sqlite3.connect(book)
    made = source.execute("SELECT sql FROM sqlite_master WHERE name = 'cases'").fetchone()[0]
    indexes = [
        row[0]
        for row in source.execute(
            "SELECT sql FROM sqlite_master WHERE type='index' AND tbl_name='cases' AND sql IS NOT NULL"
        )
    ]
    rows = source.execute("SELECT * FROM cases").fetchall()
    conn = sqlite3.connect(target, isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("CREATE TABLE docket (id INTEGER PRIMARY KEY)")
    conn.execute("CREATE TABLE units (id INTEGER PRIMARY KEY)")
    conn.execute(made)
    began = time.perf_counter()
    conn.execute("BEGIN")
    conn.executemany(f"INSERT INTO cases VALUES ({','.join('?' * len(rows[0]))})", rows)
    for sql in indexes:
        conn.execute(sql)
    conn.execute("COMMIT")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return time.perf_counter() - began


def line(what: str, measured: float, must: str, aim: str) -> None:
    print(f"{what:<44}{measured:>9.2f}   must {must:<10} aim {aim}", flush=True)  # noqa: T201


def start_up(small: Path, large: Path, cases: int) -> None:
    """The start-up budgets, and how far the size of the book matters."""
    commands: list[tuple[str, tuple[str, ...], str, str]] = [
        ("--help", ("--help",), "<= 9 F", "<= 5 F"),
        ("overdue --json, 50 rows", ("overdue", "--limit", "50", "--json"), "<= 8.5 F", "<= 6.5 F"),
        ("the desk, --json", ("--json",), "<= 14 F", "<= 12 F"),
        ("add", ("add", "--channel", "letter", "--kind", "appeal", "--title", "测试"), "<= 10 F", "<= 8 F"),
        (
            "stats --month --by unit --json",
            ("stats", "--month", "2023-06", "--by", "unit", "--json"),
            "<= 12 F",
            "<= 9 F",
        ),
        *(
            (f"search {word}, 50 hits --json", ("search", word, "--limit", "50", "--json"), "<= 10 F", "<= 8 F")
            for word in ("办", "办理", "第5号", "测试29999")  # of every case; of few; a rare word of common characters
        ),
        ("completion of a number", ("completion", "--answer", "--", "show", "XF20"), "<= 9 F", "<= 5 F"),
    ]
    for name, words, must, aim in commands:
        line(f"{name}, {cases}", times_f(xinfang(large, *words)), must, aim)
    for name, words, _, _ in commands[1:]:
        ratios = [run(xinfang(large, *words)) / run(xinfang(small, *words)) for _ in range(11)]
        # The lists and the desk must not feel the size of the book; a month's figures count a hundred times the rows.
        must, aim = ("<= 1.15", "1.0") if words[:1] in (("overdue",), ("--json",)) else ("-", "1.0")
        line(f"{name}, {cases} / small", statistics.median(ratios), must, aim)
    if shutil.which("script"):
        for name, words in (
            ("overdue as a table, 50 rows", ("overdue", "--limit", "50")),
            ("the desk, on a terminal", ()),
        ):
            terminal = ["script", "-qec", shlex.join(xinfang(large, *words)), "/dev/null"]
            line(f"{name}, {cases}", times_f(terminal), "<= 14 F", "<= 12 F")


def measure(cases: int, folder: Path) -> None:
    """Everything, for a book of that many cases."""
    small_csv, large_csv = folder / "small.csv", folder / "large.csv"
    write_ledger(small_csv, min(10_000, cases))
    write_ledger(large_csv, cases)
    small, large = folder / "small.db", folder / "large.db"
    import_time(small_csv, small)
    ratios, peaks, times, size = [], [], [], 0.0
    for _ in range(1 if cases > 200_000 else 3):
        seconds, peak = import_time(large_csv, large)
        ratios.append(seconds / raw_time(large, folder / "raw.db"))
        peaks.append(peak)
        times.append(seconds)
        size = (large.stat().st_size - text_index(large)) / cases / 1000
    line(f"import CSV, {cases} / raw executemany", statistics.median(ratios), "<= 15", "<= 9")
    line("import CSV, peak MiB", max(peaks), "<= 400", "<= 300")
    line("size of a case, kB", size, "<= 3.5", "<= 2.5")
    start_up(small, large, cases)
    check_budget(large, statistics.median(times))
    letters(small, folder)
    if cases <= 100_000:
        workbooks(large_csv, large, folder, 3)


def text_index(book: Path) -> int:
    """Bytes of the text index, which the size of a case leaves aside."""
    with sqlite3.connect(book) as conn:
        return int(conn.execute("SELECT sum(length(block)) FROM search_data").fetchone()[0])


def letters(book: Path, folder: Path) -> None:
    """100 letters, the whole command, beside 100 renders of the same template by docxtpl alone."""
    words = xinfang(book, "list", "--stage", "closed", "--kind", "appeal", "--limit", "100", "--json")
    listed = json.loads(subprocess.run(words, env=ENVIRONMENT, capture_output=True, check=True).stdout)
    numbers = [row["case_no"] for row in listed]
    ours = xinfang(book, "letter", "accept", *numbers, "-o", str(folder / "letters"), "--force")
    plain = (
        "import io, sys; from docxtpl import DocxTemplate\n"
        "for _ in range(100):\n"
        "    paper = DocxTemplate(sys.argv[1]); paper.render({'申请天数': 30}, autoescape=True); paper.save(io.BytesIO())"
    )
    template = Path(__file__).parents[2] / "xinfang_cli" / "documents" / "templates" / "accept.docx"
    theirs = [sys.executable, "-c", plain, str(template)]
    line("100 letters / docxtpl", statistics.median(run(ours) / run(theirs) for _ in range(5)), "<= 1", "<= 0.5")


# The other sides of the workbooks: reading every cell with openpyxl, writing every cell with XlsxWriter.
OPENPYXL = """
import sys, openpyxl
for page in openpyxl.load_workbook(sys.argv[1]).worksheets:
    for row in page.iter_rows(values_only=True):
        pass
"""
XLSXWRITER = """
import sys, csv, re, datetime, xlsxwriter
book = xlsxwriter.Workbook(sys.argv[2])
page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
is_day = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
csv.field_size_limit(1 << 20)
with open(sys.argv[1], encoding="utf-8-sig", newline="") as stream:
    for at, row in enumerate(csv.reader(stream)):
        for place, cell in enumerate(row):
            if is_day(cell):
                page.write(at, place, datetime.date.fromisoformat(cell), day)
            elif cell:
                page.write(at, place, cell)
book.close()
"""


def rewritten(workbook: Path, as_csv: Path) -> Path:
    """The first sheet of a workbook as a CSV with the same cells, for XlsxWriter to write."""
    from python_calamine import CalamineWorkbook

    with as_csv.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(CalamineWorkbook.from_path(str(workbook)).get_sheet_by_index(0).to_python())
    return as_csv


def workbooks(ledger: Path, book: Path, folder: Path, rounds: int) -> None:
    """Workbooks in, out, and out and in again; whole processes."""
    python = [sys.executable, "-c"]
    sheet, out, full = folder / "ledger.xlsx", folder / "out.xlsx", folder / "full.xlsx"
    run([*python, XLSXWRITER, str(ledger), str(sheet)])
    ratios, peaks = [], []
    for _ in range(rounds):
        ours, peak = import_time(sheet, folder / "sheet.db")
        ratios.append(ours / run([*python, OPENPYXL, str(sheet)]))
        peaks.append(peak)
    line("import xlsx / openpyxl reading", statistics.median(ratios), "<= 0.6", "<= 0.35")
    line("import xlsx, peak MiB", max(peaks), "<= 400", "<= 300")
    export = xinfang(book, "export", "--force", "-o", str(out))
    run(export)
    cells = rewritten(out, folder / "out.csv")
    written = [*python, XLSXWRITER, str(cells), str(folder / "written.xlsx")]
    ratios = [run(export) / run(written) for _ in range(rounds)]
    line("export xlsx / XlsxWriter cell by cell", statistics.median(ratios), "<= 1", "<= 0.6")
    export = xinfang(book, "export", "--full", "--reveal", "--accusation", "--why", "bench", "--force", "-o", str(full))
    run(export)
    written = [*python, XLSXWRITER, str(rewritten(full, cells)), str(folder / "written.xlsx")]
    ratios = []
    for _ in range(rounds):
        ours = run(export) + import_time(full, folder / "sheet.db")[0]
        ratios.append(ours / (run(written) + run([*python, OPENPYXL, str(full)])))
    line("round trip --full / written and read so", statistics.median(ratios), "<= 1", "-")


def check_budget(book: Path, import_seconds: float) -> None:
    """The chain beside a bare scan of the event rows; the whole of `doctor`, every case folded again, beside the import."""

    def scan() -> None:
        conn = sqlite3.connect(book)
        for _ in conn.execute("SELECT * FROM events ORDER BY id"):
            pass

    def timed(work: Callable[[], object]) -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    def chain() -> None:
        from xinfang_cli.book.checking import walk_chain
        from xinfang_cli.book.sqlite.connection import Connection

        walk_chain(sqlite3.connect(book, factory=Connection))

    line("chain / bare scan", statistics.median(timed(chain) / timed(scan) for _ in range(3)), "<= 3", "<= 2")
    line("doctor with rebuild / import", run(xinfang(book, "doctor")) / import_seconds, "<= 1", "<= 0.5")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
        measure(given.cases, given.keep)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(given.cases, Path(folder))


if __name__ == "__main__":
    main()
