"""Make a book with the program of an earlier commit, and write down what that program said of it.

    python tests/book/old/make.py COMMIT …

Of each schema that ever stood on main one book is kept here, made by the last program that had it: `vN-COMMIT.db.gz` and
`vN-COMMIT.json`. Commands that the program of the day did not have yet, or that it refused, are passed over.
"""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TODAY = "2023-07-18"
ADD = "add --yes --channel 来信 --kind 申诉求决 --new-topic --new-region"
COMMANDS = f"""
unit add 甲街道 --group 镇街
unit add 财政局 --short 财政
unit add 测试乙局
unit add 旧局
{ADD} --received 2023-03-01 --title 反映供水压力不足 --content 三楼以上没有水 --name 测试甲 --phone 13000000001 --topic 城乡建设
{ADD} --received 2023-03-02 --title 反映道路积水 --name 测试乙 --id-no 110101199001010010 --region 测试镇
{ADD} --received 2023-04-03 --title 反映噪声 --name 测试丙 --channel 来访 --headcount 6 --tag 夜间
{ADD} --received 2023-04-10 --title 举报测试乙局人员 --kind 检举控告 --complained-unit 测试乙局
{ADD} --received 2023-05-08 --title 建议增设公交站 --kind 建议意见 --name 测试丁
{ADD} --received 2023-06-01 --title 反映供水压力仍不足 --name 测试甲 --repeat-of 1
{ADD} --received 2023-06-20 --title 反映欠薪 --name 测试戊 --external-no W0001 --level 到区
{ADD} --received 2023-07-03 --title 反映路灯不亮 --name 测试己 --priority 紧急
{ADD} --received 2023-07-04 --title 写错了的一件
undo
assign 1 --to 甲街道 --on 2023-03-03
accept 1 --on 2023-03-08
extend 1 --days 30 --approved-by 测试主任 --reason 需要勘查 --on 2023-04-20
note 1 --text 已到现场 --on 2023-04-21
close 1 --outcome 予以支持 --delivered 2023-05-22 --fulfil-by 2023-08-01 --text 已排期改造 --on 2023-05-20
rate 1 --unit-rating 满意 --bureau-rating 基本满意 --on 2023-05-25
review 1 --body 区政府 --on 2023-06-10
review 1 --body 区政府 --result 维持 --delivered 2023-07-05 --on 2023-07-05
assign 2 --to 财政局 --on 2023-03-05
object 2 --reason 不是本单位的事 --on 2023-03-07
uphold 2 --on 2023-03-08
assign 2 --to 测试乙局 --on 2023-03-09
accept 2 --on 2023-03-15
close 2 --outcome 解释说明 --delivered 2023-04-28 --on 2023-04-28
rate 2 --unit-rating 不满意 --bureau-rating 满意 --on 2023-05-05
assign 3 --to 旧局 --mode 交办 --feedback-by 2023-05-10 --on 2023-04-05
accept 3 --told 2023-04-12 --on 2023-04-11
assist 3 --unit 财政局 --answer-by 2023-05-01 --on 2023-04-12
supervise 3 --answer-by 2023-07-20 --text 请尽快答复 --on 2023-07-10
lead 3 --name 测试区长 --on 2023-04-13
assign 4 --to 财政局 --on 2023-04-12
assign 5 --to 测试乙局 --on 2023-05-10
accept 5 --on 2023-05-12
close 5 --outcome 予以支持 --delivered 2023-05-20 --on 2023-05-20
assign 7 --to 甲街道 --on 2023-06-21
accept 7 --on 2023-06-25
edit 7 --content 测试项目部欠三人工资 --headcount 3
correct 7 --event 3 --on 2023-06-26 --reason 日期录错
exclude 5 --reason 测试 --approved-by 测试主任 --on 2023-06-01
tag 7 --add 欠薪
backlog join 3 --batch 第一批 --on 2023-05-01
backlog join 1 --batch 第一批 --on 2023-05-01
backlog resolve 1 --how 诉求解决 --on 2023-06-01
backlog batch edit 第一批 --target 80
backlog batch add 第二批 --target 60
step 3 --kind 约谈 --body 信访工作联席会议 --on 2023-07-01
remind
reception log 8 --leader 测试区长 --on 2023-07-05
advise add 完善政策 --to 区政府 --text 建议列入计划 --on 2023-07-06
config set groups.镇街 镇街道 --citation 测试〔2023〕1号
unit merge 旧局 --into 测试乙局
view save 超期 --overdue
"""
ASKED = {
    "list": "list --json",
    "overdue": "overdue --json",
    "stats": "stats --from 2023-01-01 --to 2023-07-18 --by unit --json",
}


def run(tree: Path, book: Path, words: str) -> tuple[int, str, str]:
    said = subprocess.run(
        [sys.executable, "-m", "xinfang_cli", *words.split()],
        cwd=tree,
        env={
            **os.environ,
            "PYTHONPATH": str(tree),
            "XINFANG_DB": str(book),
            "XINFANG_TODAY": TODAY,
            "XINFANG_ACTOR": "测试员",
            "HOME": str(book.parent),
            "COLUMNS": "120",
        },
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return said.returncode, said.stdout, said.stderr


def make(commit: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tree, book = Path(folder) / "tree", Path(folder) / "book.db"
        subprocess.run(["git", "worktree", "add", "-q", "--detach", str(tree), commit], cwd=HERE, check=True)
        try:
            taken: list[str] = []
            passed: list[str] = []
            for words in COMMANDS.strip().splitlines():
                code, _, error = run(tree, book, words)
                (passed if code else taken).append(words)
                if code:
                    print(f"{commit}: {words[:60]}: {error.strip().splitlines()[:1]}", file=sys.stderr)  # noqa: T201
            said: dict[str, Any] = {name: json.loads(run(tree, book, words)[1]) for name, words in ASKED.items()}
            said["ok"] = run(tree, book, "doctor --json")[0] == 0
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=HERE, check=True)
        with closing(sqlite3.connect(book)) as conn:
            conn.execute("PRAGMA journal_mode=DELETE")
            version = conn.execute("PRAGMA user_version").fetchone()[0]
            kinds = [row[0] for row in conn.execute("SELECT DISTINCT kind FROM events ORDER BY kind")]
            conn.execute("VACUUM")
        name = f"v{version}-{commit}"
        with (HERE / f"{name}.db.gz").open("wb") as out, gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as packed:
            packed.write(book.read_bytes())
        said |= {"kinds": kinds, "passed": passed}
        (HERE / f"{name}.json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")
        print(name, len(taken), "commands,", len(passed), "passed over;", len(kinds), "kinds of events")  # noqa: T201


if __name__ == "__main__":
    for commit in sys.argv[1:]:
        make(commit)
