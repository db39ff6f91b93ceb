"""Every command in every form is run on a book in which each field carries a canary; every byte that it writes is searched.

`LEAVES` is the table of the guide: what leaves the book, in what form, for whom. A command that is new has to be entered
in `RUN`, under the row of the table that says what it may show.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from zipfile import ZipFile, is_zipfile

import pytest
from openpyxl import Workbook

from tests.cli.conftest import Counter, tree
from xinfang_cli.cli import parser

README = (Path(__file__).parent.parent.parent / "README.md").read_text("utf-8")
TODAY = "2023-07-17"

# ---- canaries ---------------------------------------------------------------------------------------------------

WORDS = ("概况", "内容", "记录", "答复", "理由", "其他列", "标签", "附件名")
"""What people write about a case; each field of each case has a word of its own."""


class Person(NamedTuple):
    """One petitioner's names and numbers, and the mark of the words written about his case."""

    mark: str
    name: str
    former: str
    joint: str
    phone: str
    other_phone: str
    id_no: str
    door: str
    plate: str
    mail: str

    def who(self) -> set[str]:
        spaced = f"{self.phone[:3]} {self.phone[3:7]} {self.phone[7:]}"
        wide = "".join(chr(ord(sign) + 0xFEE0) for sign in self.phone)
        return {*self[1:], spaced, wide} - {self.door}

    def says(self, field: str) -> str:
        """A text with the field's own word and everything that could tell who wrote it."""
        spaced = f"{self.phone[:3]} {self.phone[3:7]} {self.phone[7:]}"
        wide = "".join(chr(ord(sign) + 0xFEE0) for sign in self.phone)
        return (
            f"{self.word(field)}：{self.former}（{self.phone}、+86 {spaced}、{wide}）和{self.joint}住{self.door}，{self.name}的车"
            f"{self.plate}，{self.mail}，{self.id_no}，另打{self.other_phone}"
        )

    def word(self, field: str) -> str:
        return f"{field}{self.mark}"


ORDINARY = Person(
    "兰花笺", "金丝甲", "金丝乙", "金丝丙", "13900004567", "13700008899", "110101199001010013", "金丝雀路88号7栋", "鲁Q77889",
    "jinsi@example.com",
)  # fmt: skip
ACCUSER = Person(
    "梅花笺", "银丝甲", "银丝乙", "银丝丙", "13600005678", "13500006789", "110101198001010021", "银丝雀路66号3栋", "鲁B66778",
    "yinsi@example.com",
)  # fmt: skip


def words_of(person: Person, fields: set[str]) -> set[str]:
    return {person.word(field) for field in fields}


ACCUSED = ("被告局", "铁丝甲")
"""Of whom the accusation complains: told where the case itself is, and nowhere else."""
CANARIES = {
    *ACCUSED,
    *(canary for person in (ORDINARY, ACCUSER) for canary in person.who() | {person.door}),
    *(word for person in (ORDINARY, ACCUSER) for word in words_of(person, set(WORDS))),
}


# ---- what may stand where -----------------------------------------------------------------------------------------


class Leaving(NamedTuple):
    """A row of the guide's table."""

    purpose: str
    where: str
    who: str  # of an ordinary case's petitioner: 遮盖 姓和尾号、住址 本人 无 全部
    words: str  # of what was written about an ordinary case
    accusation: str  # of an accusation: 无 不指明信访人的文字 全部

    def allowed(self) -> set[str]:
        allowed = words_of(ORDINARY, _fields(self.words))
        if self.who in ("全部", "本人"):
            allowed |= ORDINARY.who() | {ORDINARY.door}
        if "住址" in self.who:
            allowed |= {ORDINARY.door}
        if self.accusation != "无":
            allowed |= words_of(ACCUSER, set(WORDS))
        if self.accusation != "无":
            allowed |= set(ACCUSED)
        if self.accusation in ("全部", "本人"):
            allowed |= ACCUSER.who() | {ACCUSER.door}
        return allowed


def _fields(said: str) -> set[str]:
    return set(WORDS) if said == "全部" else set() if said == "无" else set(said.split("、"))


LEAVES = {
    "list": Leaving("screen", "列表、工作台、到期、统计所列的件、导出的时限", "遮盖", "概况、标签", "无"),
    "case": Leaving("screen", "一件的全部（show）", "遮盖", "全部", "无"),
    "text": Leaving("screen", "检索，导出的信访件、经过", "遮盖", "全部", "无"),
    "told": Leaving("screen", "加 --accusation 的列表、检索、show", "遮盖", "全部", "不指明信访人的文字"),
    "open": Leaving("screen", "加 --reveal", "全部", "全部", "无"),
    "whole": Leaving("screen", "加 --reveal --accusation", "全部", "全部", "全部"),
    "unit": Leaving("unit", "给单位的办理表、单位核对表、催办", "姓和尾号、住址", "概况、内容", "无"),
    "sent": Leaving("unit", "转送交办函", "姓和尾号、住址", "概况、内容", "不指明信访人的文字"),
    "public": Leaving("public", "通报、年度报告、调度会议表", "无", "概况", "无"),
    "letter": Leaving("petitioner", "给信访人的告知书、答复", "本人", "全部", "本人"),
    "nothing": Leaving("screen", "其余命令的提示、警告、出错", "无", "无", "无"),
}
PURPOSES = {"screen": "经办人", "unit": "单位", "public": "公开", "petitioner": "信访人本人"}


def guide() -> list[tuple[str, ...]]:
    """The rows of the table in the guide."""
    found = re.search(r"\| 什么 \| 给谁 .*?\n\|[-| ]+\n((?:\|.*\n)+)", README)
    assert found
    return [
        tuple(cell.strip().replace("`", "") for cell in line.strip("|").split("|")) for line in found[1].splitlines()
    ]


def test_the_guide_says_the_same() -> None:
    assert guide() == [(row.where, PURPOSES[row.purpose], *row[2:]) for row in LEAVES.values()]


# ---- the book -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def canary_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: an open case, one closed and one accusation, each with all that can be written about it."""
    folder = tmp_path_factory.mktemp("canaries")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, str(folder / "home"))
        counter = Counter(folder / "book.db", patch)

        def ok(*words: str) -> None:
            ran = counter(*words, "--json", today=TODAY)
            assert ran.code == 0, (words, ran)

        ok("unit", "add", "测试局")
        ok("unit", "add", "测试纪委")
        sheet = Workbook()
        page = sheet.active
        assert page is not None
        headings = (
            "登记编号 收到日期 信访形式 信访目的 概况 内容 姓名 证件号码 联系电话 住址 备用说明 被反映单位 被反映人"
        )
        page.append(headings.split())
        for number, person, kind in ((1, ORDINARY, "申诉求决"), (2, ACCUSER, "检举控告"), (3, ORDINARY, "申诉求决")):
            phones = f"{person.phone}、{person.other_phone}"
            who = (f"{person.former}、{person.joint}", person.id_no, phones, f"测试区某街道{person.door}")
            said = (person.says("概况"), person.says("内容"), *who, person.says("其他列"))
            accused = ACCUSED if kind == "检举控告" else ("", "")
            page.append([f"XF2023-00000{number}", f"2023-04-0{number}", "来信", kind, *said, *accused])
        sheet.save(folder / "in.xlsx")
        ok("import", str(folder / "in.xlsx"))
        for which, person in (("1", ORDINARY), ("2", ACCUSER), ("3", ORDINARY)):
            ok("edit", which, "--name", f"{person.name}、{person.joint}")
            ok("tag", which, "--add", person.says("标签"))
            ok("note", which, "--text", person.says("记录"), "--on", "2023-04-10")
            ok("assign", which, "--to", "测试纪委" if which == "2" else "测试局", "--on", "2023-04-11")
            file = folder / f"{person.word('附件名')}{person.former}{person.phone}.txt"
            file.write_text(which)
            ok("attach", which, str(file))
            ok("accept", which, "--on", "2023-04-20")
            if which == "2":  # has no 60 days to be extended
                ok("exclude", "2", "--reason", person.says("理由"), "--approved-by", "测试主任")
                ok("include", "2")
                continue
            ok(
                "extend",
                which,
                "--days",
                "10",
                "--approved-by",
                "测试主任",
                "--reason",
                person.says("理由"),
                "--on",
                "2023-05-20",
            )
        ok(
            "close",
            "3",
            "--outcome",
            "解释说明",
            "--delivered",
            "2023-06-20",
            "--text",
            ORDINARY.says("答复"),
            "--on",
            "2023-06-20",
        )
        ok("backlog", "join", "1", "2", "--batch", "第一批")
        ok("reception", "log", "1", "2", "--leader", "测试区长", "--on", "2023-07-05")
        ok("config", "set", "bureau", "测试信访局")
    (folder / "book.db-wal").unlink(missing_ok=True)
    return folder


# ---- every command ------------------------------------------------------------------------------------------------

NO = ("1", "2", "3")
RUN: dict[str, list[tuple[str, str]]] = {
    "add": [
        ("list", "--channel 来信 --kind 申诉求决 --title 另一件 --name {o.name} --phone {o.phone} --id-no {o.id_no}"),
        ("list", "--channel 来信 --kind 检举控告 --title 另一件 --name {a.name} --id-no {a.id_no} --complained-unit 某局"),
    ],
    "overdue": [("list", ""), ("told", "--accusation --why 测试")],
    "due": [("list", "--within 900"), ("list", "--within 900 --windows"), ("list", "--differs"), ("told", "--within 900 --accusation --why 测试")],
    "remind": [("unit", "--dry-run"), ("unit", ""), ("unit", "--letters {out}/letters")],
    "list": [("list", ""), ("list", "--where 概况兰花笺"), ("list", "--where 概况梅花笺"), ("text", "--columns 编号,备用说明"), ("told", "--accusation --why 测试")],
    "search": [("text", "花笺"), ("text", "{o.name}"), ("text", "{o.phone}"), ("text", "{a.name}"), ("text", "5678"), ("told", "花笺 --accusation --why 测试")],
    "person": [("list", "4567"), ("list", "{a.phone}"), ("told", "6789 --accusation --why 测试"), ("open", "4567 --reveal"), ("whole", "6789 --reveal --accusation --why 测试")],
    "show": [*(("case", no) for no in NO), ("told", "2 --accusation --why 测试"), ("open", "1 --reveal"), ("case", "2 --reveal"), ("whole", "2 --reveal --accusation --why 测试")],
    "explain": [("list", no) for no in NO],
    "stats": [("list", "--year 2023"), ("list", "--year 2023 --cases cases"), ("list", "--year 2023 --by unit --cases acceptance"), ("nothing", "--year 2023 --backdated"), ("nothing", "--year 2023 --backdated --csv")],
    "outlook": [("list", "--year 2023"), ("list", "--year 2023 --clock acceptance")],
    "blame": [("list", "--year 2023"), ("list", "--year 2023 --cases")],
    "report": [
        *(("public", f"month 2023-05 -o {{out}}/m.{end}") for end in ("docx", "xlsx", "html", "md", "json")),
        *(("public", f"year 2023 -o {{out}}/y.{end}") for end in ("docx", "xlsx", "html", "md")),
        ("public", "week 2023-05-30 -o {out}/w.docx"), ("public", "month 2023-05"), ("public", "month 2023-05 --json"),
        ("unit", "unit 测试局 2023-05 -o {out}/u.xlsx"), ("unit", "unit 测试纪委 2023-05 --json"),
    ],
    "letter": [
        ("letter", "受理告知书 1 2 -o {out}"), ("letter", "延期告知书 1 2 -o {out}"), ("letter", "答复意见书 3 -o {out}/a.docx"),
        ("sent", "转送函 1 2 -o {out}"), ("unit", "催办函 -o {out}"), ("unit", "督办函 1 2 -o {out}"), ("nothing", ""),
    ],
    "duplicates": [("list", ""), ("told", "--accusation --why 测试")],
    "backlog list": [("list", "")], "backlog status": [("list", "")],
    "reception list": [("list", "")], "reception status": [("list", "--year 2023"), ("list", "")],
    "reception roster": [("nothing", "--days 3 --leader 测试甲长 -o {out}/r.docx"), ("nothing", "")],
    "meeting": [("public", ""), ("public", "-o {out}/meeting.xlsx"), ("public", "1 2 -o {out}/few.xlsx")],
    "import": [("list", "{folder}/other.xlsx --dry-run"), ("list", "{folder}/other.xlsx"), ("text", "{folder}/more.xlsx --dry-run")],
    "export": [
        *(("text", f"{what} -o {{out}}/{what}.{end}") for what in ("cases", "events") for end in ("xlsx", "csv", "json")),
        *(("list", f"clocks -o {{out}}/clocks.{end}") for end in ("xlsx", "csv", "json")),
        ("text", "--full -o {out}/full.xlsx"), ("open", "--full --reveal -o {out}/full.xlsx"), ("nothing", "units -o {out}/u.xlsx"),
        ("nothing", "--anonymous -o {out}/a.xlsx"), ("nothing", "--anonymous --json"), ("open", "cases --reveal -o {out}/c.xlsx"), ("open", "events --reveal -o {out}/e.csv"), ("open", "clocks --reveal -o {out}/k.json"),
        ("whole", "events --reveal --accusation --why 测试 -o {out}/e.json"), ("text", "cases --json"), ("text", "cases --csv"),
    ],
    "sheet": [("unit", "测试局 测试纪委 -o {out}"), ("open", "测试局 测试纪委 -o {out} --reveal")],
    "collect": [("list", "{folder}/in.xlsx")],
    "reconcile": [("list", "{folder}/in.xlsx --month 2023-05")],
    "history": [("list", "1"), ("list", "2"), ("nothing", ""), ("nothing", "--access")],
    "undo": [("list", ""), ("list", "--list")],
    "backup": [("whole", "{out}/b.db"), ("nothing", "")],
    "restore": [("nothing", "{folder}/in.xlsx")],
    "encrypt": [("nothing", "")], "decrypt": [("nothing", "")],
    # Of a server's logins; of a book that is a file they are refused.
    "city stats": [("nothing", "--year 2023")], "city overdue": [("nothing", "")], "city report": [("nothing", "year 2023")], "server init": [("nothing", "")], "server check": [("nothing", "")], "server upgrade": [("nothing", "--yes")], "server user list": [("nothing", "")],
    "server user add": [("nothing", "测试员 --role 经办")], "server grant": [("nothing", "测试员 --role 经办")],
    "server office add": [("nothing", "罗庄")], "server office list": [("nothing", "")],
    "move": [("nothing", "--to {out}/m.db"), ("nothing", "--to postgresql:///x?office=局&service=none")],
    "key change": [("nothing", "")], "key remember": [("nothing", "")], "key forget": [("nothing", "")],
    "purge": [("list", "--closed-before 2023-07-01 --dry-run"), ("list", "--undone --dry-run"), ("list", "--closed-before 2023-07-01 --yes")],
    "completion": [("list", "bash"), ("list", "complete bash 2 xinfang show"), ("list", "complete bash 3 xinfang tag 1")],
    "view save": [("nothing", "甲 --where is:在办")], "view drop": [("nothing", "没有")],
    "demo": [("nothing", "--help")],
    "attach": [("list", "1 {folder}/none.txt"), ("list", "2 {folder}/in.xlsx")],
    "edit": [("list", "1 --headcount 2"), ("list", "2 --name {a.former}"), ("list", "1 2 --phone 13000000000")],
    "correct": [("list", "1 --event 4 --on 2023-04-11 --reason 测试"), ("list", "2 --event 4 --on 2023-04-11 --reason 测试")],
    "relate": [("list", "1 --to 3"), ("list", "2 --to 1")],
    "link": [("list", "3 --repeat-of 1"), ("list", "2 --repeat-of 1")],
    "template": [("nothing", "{out}/t.xlsx")],
    "unit add": [("nothing", "另局")], "unit edit": [("nothing", "测试局 --short 测")], "unit merge": [("list", "测试局 --into 测试纪委 --yes")],
    "config get": [("nothing", "bureau")], "config set": [("nothing", "prefix XF")],
    "advise add": [("nothing", "改进工作 --to 测试局 --text 请改进 --cases 1")], "advise answer": [("nothing", "1 --adopted")],
    "standing add": [("nothing", "积案化解率 --rank 3 --of 12")],
    "backlog batch add": [("nothing", "第二批 --target 60")], "backlog batch edit": [("nothing", "第一批 --target 70")],
    "backlog edit": [("list", "1 2 --guard-unit 测试局")], "backlog resolve": [("list", "1 2 --how 诉求解决")],
    "backlog recognise": [("list", "1 2")], "backlog join": [("list", "3 2 --batch 第一批")],
    "reception swap": [("nothing", "2023-07-18 2023-07-19")], "reception log": [("list", "1 2 3 --leader 测试区长")],
    "reception order": [("list", "1 --leader 测试区长 --to 测试局 --answer-by 2023-08-01"), ("list", "2 --leader 测试区长 --to 测试局 --answer-by 2023-08-01")],
    "not-the-accused": [("list", "2 --unit 测试局 --reason 测试")],
    "reception follow": [("list", "落实 1"), ("list", "落实 2")], "reception cancel": [("nothing", "1")],
}  # fmt: skip
ON_A_CASE = {
    "assign": "--to 测试局", "sign": "", "object": "--reason 不属本单位", "uphold": "", "overrule": "--reason 属其职权",
    "accept": "", "convert": "", "refuse": "--ground 正在办理 --reason 测试", "redirect": "--to 诉讼 --where 测试法院", "file": "--reason 测试",
    "return-up": "--reason 测试", "extend": "--days 5 --approved-by 测试主任 --reason 测试", "note": "--text 另记",
    "assist": "--unit 测试局 --answer-by 2023-08-01", "co-handle": "--unit 测试局", "recuse": "--person 测试员 --reason 测试",
    "close": "--outcome 解释说明", "deliver": "", "approve": "", "return": "--reason 测试", "fulfil": "", "withdraw": "--reason 测试",
    "review": "", "recheck": "", "hearing": "--from 2023-07-01 --to 2023-07-02", "report-up": "--to 测试市局", "rate": "--unit-rating 满意",
    "supervise": "--answer-by 2023-08-01", "step": "--kind 约谈 --body 测试会", "lead": "--name 测试区长", "tag": "--add 夜间",
    "exclude": "--reason 测试 --approved-by 测试主任", "include": "",
}  # fmt: skip
"""Commands that record one event on a case: what they need beside its number."""
WITHOUT_A_CASE = frozenset(
    [
        "init",
        "advise_list",
        "standing_list",
        "mapping_list",
        "mapping_remove",
        "profile_list",
        "profile_show",
        "profile_edit",
        "profile_export",
        "profile_import",
        "profile_remove",
        "unit_list",
        "config_list",
        "workdays_list",
        "workdays_import",
        "workdays_update",
        "rules",
        "view_list",
        "doctor",
        "seal",
        "verify",
        "backlog_batch_list",
    ]
)
"""Commands that say nothing of any case."""


def leaves() -> dict[str, parser.Command]:
    return {" ".join(words): command for words, command, _ in tree() if words and not isinstance(command, parser.Group)}


def calls(name: str) -> list[tuple[str, str]]:
    """(row of the table, words after the command) of every way a command is tried."""
    if name in ON_A_CASE:
        return [("list", f"{no} {ON_A_CASE[name]}") for no in NO]
    if name.replace(" ", "_") in WITHOUT_A_CASE:
        return [("nothing", {"mapping remove": "无", "unit edit": "测试局"}.get(name, ""))]
    return RUN[name]


def test_every_command_is_tried() -> None:
    tried = {*RUN, *ON_A_CASE, *(name.replace("_", " ") for name in WITHOUT_A_CASE)}
    assert tried == set(leaves())


def _other_sheets(folder: Path) -> None:
    """Sheets about the same cases: with other names, and with more words."""
    for name, person in (("other", ORDINARY), ("more", ACCUSER)):
        sheet = Workbook()
        page = sheet.active
        assert page is not None
        page.append(["登记编号", "收到日期", "信访形式", "信访目的", "概况", "姓名", "联系电话", "被反映单位"])
        for number in (1, 2):
            kind = "申诉求决" if number == 1 else "检举控告"
            own = person.says("概况") if name == "more" and number == 2 else "别的概况"
            page.append(
                [f"XF2023-00000{number}", f"2023-04-0{number}", "来信", kind, own, "别人甲", "13000000009", "被告局"]
            )
        sheet.save(folder / f"{name}.xlsx")


def found_in(content: bytes) -> set[str]:
    """The canaries in a file, in each part of a packed one."""
    parts = [content]
    if is_zipfile(io.BytesIO(content)):
        with ZipFile(io.BytesIO(content)) as packed:
            parts = [packed.read(name) for name in packed.namelist()]
    texts = [part.decode("utf-8", "replace") for part in parts]
    texts += [text.encode().decode("unicode_escape", "replace") for text in texts if "\\u" in text]
    return {word for word in CANARIES for text in texts if word in text}


@pytest.fixture
def at(canary_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    for name in ("book.db", "in.xlsx"):
        shutil.copyfile(canary_book / name, tmp_path / name)
    shutil.copytree(canary_book / "book.db.files", tmp_path / "book.db.files")
    _other_sheets(tmp_path)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return Counter(tmp_path / "book.db", monkeypatch)


class Passing:
    """What stands in the temporary folder while commands run: each file is read just before it goes."""

    watched: ClassVar[list[Passing]] = []
    hooked: ClassVar[bool] = False

    def __init__(self, folder: Path) -> None:
        self.folder, self.found, self.seen = folder, set[str](), 0

    def __enter__(self) -> Passing:
        if not Passing.hooked:  # such a hook stays as long as the process
            sys.addaudithook(Passing.hear)
            Passing.hooked = True
        Passing.watched.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        Passing.watched.remove(self)

    @staticmethod
    def hear(event: str, told: tuple[Any, ...]) -> None:
        if Passing.watched and event in ("os.remove", "os.rename"):
            name, holder = told[0], told[1 if event == "os.remove" else 2]
            path = Path(os.fsdecode(name))
            if isinstance(holder, int) and holder >= 0:
                path = Path(os.readlink(f"/proc/self/fd/{holder}")) / path
            for one in Passing.watched:
                one.look(path.absolute())

    def look(self, path: Path) -> None:
        if self.folder in path.parents and path.is_file() and not path.is_symlink():
            self.seen += 1
            self.found |= found_in(path.read_bytes()) | found_in(path.name.encode())


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_what_passes_through_the_temporary_folder_is_seen(tmp_path: Path) -> None:
    with Passing(tmp_path) as passing:
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            (Path(folder) / "a").write_text(ACCUSER.name, "utf-8")
        (tmp_path / "b").write_text(ORDINARY.phone, "utf-8")
        (tmp_path / "b").rename(tmp_path / "c")
    assert (passing.found, passing.seen) == ({ACCUSER.name, ORDINARY.phone}, 2)


def forms(command: parser.Command, words: str) -> list[str]:
    """As it is, and as JSON and CSV where it can be so."""
    given = {name for param in command.params for name in param.opts}
    more = [form for form in ("--json", "--csv") if form in given and form not in words and "-o " not in words]
    return ["", *more, *(["?"] if command.name in ASKING and "--json" not in words else [])]


ASKING = ("add", "edit", "correct", "merge", "set", "log", "collect", "undo", "join", "report", "import")
"""Commands that ask somebody who is there: `?`, every question answered with Enter."""


@pytest.mark.long
@pytest.mark.parametrize("name", sorted({*RUN, *ON_A_CASE, *(n.replace("_", " ") for n in WITHOUT_A_CASE)}))
def test_no_canary_leaves(name: str, at: Counter, canary_book: Path, tmp_path: Path) -> None:
    command = leaves()[name]
    wrong: list[Any] = []
    for row, words in calls(name):
        for form in forms(command, words):
            for path in (tmp_path / "out", *tmp_path.glob("book.db-*"), *tmp_path.glob("*退回*")):
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
            shutil.copyfile(canary_book / "book.db", tmp_path / "book.db")
            (tmp_path / "out").mkdir()
            said = words.format(out=tmp_path / "out", folder=tmp_path, o=ORDINARY, a=ACCUSER).split()
            typed = {canary for canary in CANARIES if any(canary in word for word in said)}
            there = form == "?"
            words_typed = [*name.split(), *said, *([form] if form and not there else [])]
            with Passing(tmp_path / "tmp") as passing:
                ran = at(*words_typed, today=TODAY, terminal=there, stdin="\n" * 40 if there else "")
            if passing.found:  # whoever it may be shown to: that folder is everybody's
                wrong.append((f"{name} {words} {form}", "temporary folder", ran.code, sorted(passing.found)))
            assert "程序出了意外" not in ran.err, ran
            found = found_in((ran.out + ran.err).encode())
            for file in (*(tmp_path / "out").rglob("*"), *(tmp_path / "tmp").rglob("*")):
                found |= found_in(file.read_bytes()) | found_in(file.name.encode()) if file.is_file() else set()
            if leaked := found - LEAVES[row].allowed() - typed:
                wrong.append((f"{name} {words} {form}", row, ran.code, sorted(leaked)))
    assert wrong == []


def test_the_petitioner_reads_what_he_wrote(at: Counter, tmp_path: Path) -> None:
    at.ok("letter", "受理告知书", "1", "-o", str(tmp_path / "accept.docx"))
    assert ORDINARY.name in found_in((tmp_path / "accept.docx").read_bytes())


@pytest.mark.parametrize(
    "word", [ACCUSER.name, ACCUSER.former, ACCUSER.phone, "5678", ACCUSER.id_no, "梅花笺", "概况梅花笺"]
)
def test_an_accusation_is_neither_found_nor_confirmed(at: Counter, word: str) -> None:
    assert at.ok("search", word) == at.ok("list", "--where", word) == []
    nobody, asked = at("person", "没有此人", "--json"), at("person", word, "--json")
    assert (asked.code, asked.out.replace(word, "")) == (nobody.code, nobody.out.replace("没有此人", ""))
    assert [case["case_no"] for case in at.ok("search", "梅花笺", "--accusation", "--why", "测试")] == ["XF2023-000002"]
