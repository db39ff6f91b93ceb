"""`add` at a real terminal: asks for what is missing, asks again, offers earlier cases; Ctrl-C and Ctrl-D write nothing."""

from __future__ import annotations

import io
import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Counter
from xinfang_cli.present.width import NOT_AT_START, cells

pexpect = pytest.importorskip("pexpect")
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a Unix terminal"),
    pytest.mark.long,
]

Terminal = Callable[..., Any]


@pytest.fixture
def terminal(shell: Callable[..., tuple[list[str], dict[str, str]]]) -> Terminal:
    """terminal(*words): the command at a terminal of 100 columns."""

    def start(*words: str, columns: int = 100) -> Any:
        argv, around = shell(*words, TERM="xterm")
        around.pop("COLUMNS", None)
        return pexpect.spawn(
            argv[0],
            argv[1:],
            env=around,
            encoding="utf-8",
            timeout=20,
            dimensions=(40, columns),
            preexec_fn=ctrl_c_works,
        )

    return start


def ctrl_c_works() -> None:
    """As at a real terminal: a test run in the background is started with the interrupt ignored, and hands that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def answer(child: Any, *pairs: tuple[str, str]) -> None:
    for question, line in pairs:
        child.expect_exact(question)
        child.sendline(line)


def code(child: Any) -> int:
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus)


def test_everything_is_asked(counter: Counter, terminal: Terminal) -> None:
    child = terminal("add")
    answer(
        child,
        ("收到日期", "昨天"),
        ("信访形式", "来访"),
        ("信访目的", ""),
        ("概况", "反映供水压力不足"),
        ("信访人姓名", "测试甲"),
        ("证件号码", ""),
        ("联系电话", "139 0000 1234"),
        ("住址", "望禾街道一号"),
        ("信访人数", "６"),
        ("内容分类", "劳动社保"),
        ("问题属地", ""),
    )
    child.expect_exact("XF2023-000001")
    child.expect_exact("2023-07-31")
    assert code(child) == 0
    shown = counter.ok("show", "1", "--reveal")
    assert shown["received_on"] == "2023-07-16"
    assert shown["channel"] == "visit"
    assert shown["kind"] == "appeal"
    assert shown["headcount"] == 6
    assert shown["topic"] == "劳动和社会保障"
    assert shown["petitioner"] == {"name": "测试甲", "id_no": None, "phone": "13900001234", "address": "望禾街道一号"}


def test_a_long_complaint_is_folded_with_numbers_whole(counter: Counter, terminal: Terminal) -> None:
    counter.add("2022-07-01")
    counter.add("2023-07-01")
    child = terminal("show", "1", columns=60)
    assert code(child) == 1
    assert "XF2022-000001" in child.before
    assert max(cells(line) for line in child.before.split("\r\n")) <= 60
    assert len(child.before.strip().split("\r\n")) == 2


def test_wrong_answers_are_asked_again(counter: Counter, terminal: Terminal) -> None:
    child = terminal("add", "--name", "测试甲")
    answer(child, ("收到日期", "2023-02-30"))
    child.expect_exact("不存在")
    answer(child, ("收到日期", "明天"))
    answer(child, ("收到日期", ""), ("信访形式", "飞鸽"))
    child.expect_exact("不在规定的词语里")
    answer(child, ("信访形式", ""))
    child.expect_exact("必须填")
    answer(child, ("信访形式", "来信"), ("信访目的", "咨询"), ("概况", ""), ("概况", "问政策"))
    answer(child, ("证件号码", ""), ("联系电话", ""), ("住址", ""), ("信访人数", "零"))
    child.expect_exact("不是人数")
    answer(child, ("信访人数", ""), ("内容分类", "没有的分类"))
    child.expect_exact("不在本局的分类里")
    answer(child, ("新增「没有的分类」吗", ""), ("内容分类", ""), ("问题属地", ""))
    child.expect_exact("XF2023-000001")
    assert code(child) == 0
    shown = counter.ok("show", "1", "--reveal")
    assert (shown["received_on"], shown["title"], shown["headcount"]) == ("2023-07-17", "问政策", 1)
    assert shown["petitioner"]["name"] == "测试甲"


def test_complaints_name_the_question_not_a_flag(counter: Counter, terminal: Terminal) -> None:
    child = terminal("add")
    answer(child, ("收到日期", "12-1"))
    child.expect_exact("收到日期「12-1」晚于今天")
    answer(child, ("收到日期", ""), ("信访形式", "飞鸽"))
    child.expect_exact("信访形式「飞鸽」不在规定的词语里")
    answer(child, ("信访形式", "来信"), ("信访目的", ""), ("概况", "x"), ("信访人姓名", ""), ("证件号码", ""))
    answer(child, ("联系电话", ""), ("住址", ""), ("信访人数", "六人"))
    child.expect_exact("信访人数「六人」不是人数")
    child.expect_exact("信访人数 [1]：")  # Python loses a Ctrl+C that comes while it is still setting up the question
    child.sendcontrol("c")
    assert code(child) == 1


def test_any_answer_can_be_mended(counter: Counter, terminal: Terminal) -> None:
    """< goes back with what was typed as the default, - takes it away again."""
    child = terminal("add", "--received", "2023-07-17")
    child.expect_exact("写 < 回到上一项，写 - 清空")
    answer(child, ("信访形式", "<"))
    child.expect_exact("这是第一项")
    answer(child, ("信访形式", "来信"), ("信访目的", "检举控告"), ("概况", "写错了"), ("信访人姓名", "测试甲"))
    answer(child, ("证件号码", ""), ("联系电话", "<"), ("证件号码", "<"))
    answer(child, ("信访人姓名 [测试甲]", "<"), ("概况 [写错了]", "反映供水压力不足"))
    answer(child, ("信访人姓名 [测试甲]", ""), ("证件号码", ""), ("联系电话", ""), ("住址", "望禾街道一号"))
    answer(child, ("信访人数", "<"), ("住址 [望禾街道一号]", "-"), ("信访人数", ""), ("内容分类", ""), ("问题属地", ""))
    answer(child, ("被检举的单位", "测试局"))
    assert code(child) == 0
    shown = counter.ok("show", "1", "--reveal", "--accusation", "--why", "测试核对")
    assert (shown["title"], shown["kind"], shown["complained_unit"]) == ("反映供水压力不足", "accusation", "测试局")
    assert shown["petitioner"] == {"name": "测试甲", "id_no": None, "phone": None, "address": None}


def test_the_arrow_keys_mend_an_answer(counter: Counter, terminal: Terminal) -> None:
    """A slip in the middle of a line: left, left, backspace, the right sign; nothing of the keys gets into the name."""
    pytest.importorskip("readline")
    child = terminal("add", "--received", "2023-07-17", "--channel", "来信", "--kind", "咨询", "--title", "x")
    answer(child, ("信访人姓名", "测式甲乙\x1b[D\x1b[D\x7f试"), ("证件号码", "\x1b[A"), ("联系电话", ""), ("住址", ""))
    answer(child, ("信访人数", ""), ("内容分类", ""), ("问题属地", ""))
    assert code(child) == 0
    assert counter.ok("show", "1", "--reveal")["petitioner"]["name"] == "测试甲乙"


def test_a_question_is_never_written_into_the_file_that_takes_the_answer(
    counter: Counter, shell: Callable[..., tuple[list[str], dict[str, str]]], tmp_path: Path
) -> None:
    argv, around = shell("add", "--received", "2023-07-17", "--channel", "来信", "--kind", "咨询", TERM="xterm")
    line = f"{shlex.join(argv)} > {shlex.quote(str(tmp_path / 'out.txt'))}"
    child = pexpect.spawn("bash", ["-c", line], env=around, encoding="utf-8", timeout=20, dimensions=(40, 100))
    answer(child, ("概况", "x"), ("信访人姓名", "测试甲"), ("证件号码", ""), ("联系电话", ""), ("住址", ""))
    answer(child, ("信访人数", ""), ("内容分类", ""), ("问题属地", ""))
    assert code(child) == 0
    assert (tmp_path / "out.txt").read_text("utf-8").startswith("XF2023-000001")


def test_what_could_be_answered_is_listed(counter: Counter, terminal: Terminal) -> None:
    counter.ok("unit", "add", "望禾街道")
    child = terminal("add", "--received", "2023-07-17", "--title", "x", "--name", "测试甲")
    answer(child, ("信访形式", "?"))
    child.expect_exact("来信、传真、来访、视频、网上信访")
    answer(child, ("信访形式", "来信"), ("信访目的", "咨询"), ("证件号码", "？"))
    child.expect_exact("没有固定的词")
    answer(child, ("证件号码", ""), ("联系电话", ""), ("住址", ""), ("信访人数", ""), ("内容分类", "?"))
    child.expect_exact("城乡建设")
    answer(child, ("内容分类", "城建"), ("问题属地", "?"))
    child.expect_exact("望禾街道")
    answer(child, ("问题属地", "听澜街道"), ("新增「听澜街道」吗", "y"))
    assert code(child) == 0
    shown = counter.ok("show", "1")
    assert (shown["topic"], shown["region"]) == ("城乡建设", "听澜街道")


def test_a_doubtful_number_is_asked_about_once_more(counter: Counter, terminal: Terminal) -> None:
    child = terminal("add", "--received", "2023-07-17", "--channel", "来信", "--kind", "咨询", "--title", "x")
    answer(child, ("信访人姓名", "测试甲"), ("证件号码", "11010119900307005"))
    child.expect_exact("现为 17 位")
    answer(child, ("证件号码 [11010119900307005]", ""), ("联系电话", "1300000"))
    child.expect_exact("现为 7 位")
    answer(child, ("联系电话 [1300000]", "130000000"))
    child.expect_exact("现为 9 位")
    answer(child, ("联系电话 [130000000]", "13000000001"), ("住址", ""), ("信访人数", ""), ("内容分类", ""))
    answer(child, ("问题属地", ""))
    assert code(child) == 0
    person = counter.ok("show", "1", "--reveal")["petitioner"]
    assert (person["id_no"], person["phone"]) == ("11010119900307005", "13000000001")


def test_the_first_case_of_a_new_book(counter: Counter, terminal: Terminal) -> None:
    """Before there is a book its lists are known already: nothing that was typed is lost at the end."""
    counter.path.unlink()
    child = terminal("add", "--received", "2023-07-17", "--channel", "来信", "--kind", "咨询", "--title", "x")
    answer(child, ("信访人姓名", "测试甲"), ("证件号码", ""), ("联系电话", ""), ("住址", ""), ("信访人数", ""))
    answer(child, ("内容分类", "城乡"))
    child.expect_exact("相近的有：城乡建设")
    answer(child, ("新增「城乡」吗", ""), ("内容分类", "城乡建设"), ("问题属地", "望禾街道"))
    child.expect_exact("名单还是空的")
    answer(child, ("新增「望禾街道」吗", "y"))
    assert code(child) == 0
    shown = counter.ok("show", "1")
    assert (shown["topic"], shown["region"]) == ("城乡建设", "望禾街道")


def test_wrong_flags_are_told_before_the_questions(counter: Counter, terminal: Terminal) -> None:
    counter.add(external_no="GJ-1")
    for words in (("--topic", "没有的分类"), ("--repeat-of", "99"), ("--external-no", "GJ-1"), ("--region", "无此地")):
        child = terminal("add", *words)
        assert code(child) == 1
        assert "收到日期" not in child.before


def test_what_is_refused_in_the_end_can_be_mended(counter: Counter, terminal: Terminal) -> None:
    counter.add("2023-07-10")
    child = terminal(
        "add", "--repeat-of", "1", "--channel", "来信", "--kind", "咨询", "--title", "x", "--name", "测试甲"
    )
    answer(child, ("收到日期", "7-1"), ("证件号码", ""), ("联系电话", ""), ("住址", ""), ("信访人数", ""))
    answer(child, ("内容分类", ""), ("问题属地", ""))
    child.expect_exact("没有登记：")
    answer(child, ("从头改一遍吗", "y"), ("收到日期 [7-1]", "7-11"))
    answer(
        child, ("证件号码", ""), ("联系电话", ""), ("住址", ""), ("信访人数", ""), ("内容分类", ""), ("问题属地", "")
    )
    assert code(child) == 0
    assert counter.ok("show", "2")["repeat_of"] == "XF2023-000001"


GIVEN = (
    "add",
    "--received",
    "2023-07-17",
    "--channel",
    "来信",
    "--kind",
    "申诉求决",
    "--title",
    "再次反映",
    "--name",
    "测试甲",
)
REST = (
    ("证件号码", ""),
    ("联系电话", "13900001234"),
    ("住址", ""),
    ("信访人数", ""),
    ("内容分类", ""),
    ("问题属地", ""),
)


def test_a_repeat_whose_original_is_not_known_is_offered_too(counter: Counter, terminal: Terminal) -> None:
    first = counter.add("2023-03-01", phone="13900001234")
    child = terminal(*GIVEN, "--repeat")
    answer(child, *REST, ("重复件", "1"))
    assert code(child) == 0
    assert counter.ok("show", "2")["repeat_of"] == first


def test_earlier_cases_are_offered(counter: Counter, terminal: Terminal) -> None:
    first = counter.add("2023-03-01", phone="13900001234", title="首次反映")
    second = counter.add("2023-04-01", phone="13900001234", title="第二次")
    counter.add("2023-04-01", phone="13999999999", title="别人的")
    child = terminal(*GIVEN)
    answer(child, *REST)
    child.expect_exact(second)
    child.expect_exact(first)
    answer(child, ("重复件", "9"))
    child.expect_exact("序号")
    answer(child, ("重复件", "2"))
    assert code(child) == 0
    assert counter.ok("show", "4")["repeat_of"] == first


def test_an_offer_may_be_declined(counter: Counter, terminal: Terminal) -> None:
    counter.add("2023-03-01", phone="13900001234")
    child = terminal(*GIVEN)
    answer(child, *REST, ("重复件", ""))
    assert code(child) == 0
    assert counter.ok("show", "2")["first"] is True


@pytest.mark.parametrize("key", ["c", "d"])
@pytest.mark.parametrize("stop_at", [0, 1, 4])
def test_leaving_writes_nothing(counter: Counter, terminal: Terminal, key: str, stop_at: int) -> None:
    before = counter.path.read_bytes()
    child = terminal("add")
    questions = (("收到日期", "今天"), ("信访形式", "来信"), ("信访目的", "咨询"), ("概况", "x"), ("信访人姓名", "甲"))
    answer(child, *questions[:stop_at])
    child.expect_exact(questions[stop_at][0])
    told = 1
    for _ in range(5):  # a key that comes just before readline waits is seen with the next one only
        child.sendcontrol(key)
        if (told := child.expect_exact(["已取消，没有写入", pexpect.TIMEOUT], timeout=4)) == 0:
            break
    assert told == 0
    assert code(child) == 1
    assert counter.path.read_bytes() == before


@pytest.mark.parametrize("words", [("--yes",), ("--json",)])
def test_nobody_is_asked_with_yes_or_json(counter: Counter, terminal: Terminal, words: tuple[str, ...]) -> None:
    child = terminal("add", "--channel", "来信", "--kind", "咨询", "--title", "x", *words)
    child.expect_exact("XF2023-000001")
    assert code(child) == 0
    child = terminal("add", *words)
    child.expect_exact("--channel")
    assert code(child) == 2


def test_without_a_terminal_nobody_is_asked(counter: Counter) -> None:
    ran = counter("add", "--channel", "来信", "--kind", "咨询", stdin="x\n" * 30)
    assert ran.code == 2
    assert "--title" in ran.err


def test_a_correction_is_shown_before_it_is_made(counter: Counter, terminal: Terminal) -> None:
    counter.add("2023-07-01")
    for reply, day in (("n", "2023-07-01"), ("y", "2023-06-25")):
        child = terminal("correct", "1", "--event", "1", "--on", "2023-06-25", "--reason", "录错")
        child.expect_exact("2023-07-16 → 2023-07-10")
        answer(child, ("确认更正吗", reply))
        assert code(child) == (0 if reply == "y" else 1)
        assert counter.ok("show", "1")["received_on"] == day


def test_a_repeat_of_what_ended_for_good_is_offered_as_no_longer_accepted(counter: Counter, terminal: Terminal) -> None:
    counter.ok("config", "set", "local_finality", "是", "--citation", "测试条例第四十六条")
    counter.add("2023-03-01")
    counter.ok("assign", "1", "--to", "测试局", "--new-unit", "--on", "2023-03-02")
    counter.ok("close", "1", "--outcome", "调解和解", "--on", "2023-03-10")
    for number, reply, stage in (("2", "n", "registered"), ("3", "y", "refused")):
        counter.add("2023-07-01")
        child = terminal("link", number, "--repeat-of", "1", columns=200)
        child.expect_exact("测试条例第四十六条")
        answer(child, ("这一件按不再受理登记吗", reply))
        if reply == "y":
            child.expect_exact("不再受理")
        assert code(child) == 0
        assert counter.ok("show", number)["stage"] == stage


def test_a_correction_names_the_published_month_it_moves(counter: Counter, terminal: Terminal, tmp_path: Path) -> None:
    """Before it asks, and in --json."""
    counter.add("2023-07-01")
    counter.ok("assign", "1", "--to", "测试局", "--new-unit", "--on", "2023-07-16")
    made = tmp_path / "七月.md"
    counter.ok("report", "month", "2023-07", "--publish", "--yes", "-o", str(made))
    child = terminal("correct", "1", "--event", "2", "--on", "2023-07-17", "--reason", "录错")
    child.expect_exact("转送交办：完成日 2023-07-16 → 2023-07-17，按期 → 逾期完成")
    child.expect_exact("已发布的2023年7月")
    child.expect_exact("信访部门及时受理率：分子 -1（发布的是 1/1）")
    answer(child, ("确认更正吗", "n"))
    assert code(child) == 1
    (moved,) = counter.ok("correct", "1", "--event", "2", "--on", "2023-07-17", "--reason", "录错")["published"]
    assert moved["period"]["label"] == "2023年7月"
    assert {"span": "now", "row": "合计", "figure": "dispatch", "published": [1, 1], "change": [-1, 0]} in moved[
        "cells"
    ]


def test_a_merge_is_confirmed(counter: Counter, terminal: Terminal) -> None:
    counter.ok("unit", "add", "甲局")
    counter.ok("unit", "add", "乙局")
    child = terminal("unit", "merge", "甲局", "--into", "乙局")
    answer(child, ("确认吗", ""))
    assert code(child) == 1
    assert len(counter.ok("unit", "list")) == 2


def test_a_setting_that_moves_deadlines_is_confirmed(counter: Counter, terminal: Terminal) -> None:
    counter.add("2023-07-01")
    child = terminal("config", "set", "clocks.dispatch", "10", "--citation", "测试〔2023〕1号")
    child.expect_exact("2023-07-16 → 2023-07-11")
    answer(child, ("确认修改吗", "n"))
    assert code(child) == 1
    assert counter.ok("show", "1")["due_on"] == "2023-07-16"


# ---- import: exports as the national and a provincial system write them -----------------------------------------------

NATIONAL = """序号,信访件编号,登记时间,信访人姓名,证件号码,手机号码,住址,信访形式,信访目的,一级内容分类,问题属地,概况信息,人数,是否重复,信访件状态,登记机构,去向机构,办理方式,转送时间,受理时间,限办时间,办结时间,办理结果,单位满意度
1,371311202305040001,2023-05-04 09:12:33,测试甲,,13000000001,望禾街道,网上信访,申诉,城乡建设,望禾街道,反映供水压力不足,1,否,办理中,某区信访局,区教育局,转送,2023-05-08 10:00:00,2023-05-12 00:00:00,2023-07-12 23:59:59,,,
2,371311202305040002,2023-05-05 09:12:33,测试乙等6人,,13000000002,望禾街道,集体访,求决,教育文体,望禾街道,反映学区划分,6,是,已办结,某区信访局,区教育局,交办,2023-05-08 10:00:00,2023-05-12,2023-07-11,2023-06-20,予以支持,满意
3,371311202305040003,2023-05-06 09:12:33,测试丙,,13000000003,望禾街道,手机信访,建议意见,教育文体,望禾街道,建议增设校车,1,否,已办结,某区信访局,区教育局,转送,2023-05-08 10:00:00,2023-05-12,,2023-06-01,采纳,基本满意
"""
PROVINCIAL = """2023年度信访事项台账
登记编号,来信日期,反映人,联系方式,信访渠道,诉求类别,所属镇街,反映问题,来访人数,初次/重复,承办部门,交办时间,要求办结时间,答复日期,办理意见,群众评价
2023-001,5月4日,测试甲,13000000001,来信,求决,望禾街道,反映供水压力不足,1,初次,教育局,5月8日,7月1日,6月20日,已更换水管,满意
2023-002,5月6日,测试乙,13000000002,随手拍,咨询,望禾街道,咨询社保,1,重复,教育局,5月8日,7月2日,,,
"""


def _narrow(terminal: Terminal, path: Path) -> Any:
    child = terminal("import", str(path), columns=80)
    child.setwinsize(24, 80)
    return child


def test_a_national_export_asks_only_from_when_the_book_is_whole(
    counter: Counter, terminal: Terminal, tmp_path: Path
) -> None:
    path = tmp_path / "国家系统.csv"
    path.write_text(NATIONAL, encoding="gb18030")
    child = _narrow(terminal, path)
    answer(child, ("本簿的数据从哪天起是全的", "明天"), ("本簿的数据从哪天起是全的", ""))
    assert code(child) == 0
    cases = counter.ok("list")
    assert [(one["channel"], one["headcount"], one["first"], one["unit"]) for one in reversed(cases)] == [
        ("web", 1, True, "区教育局"),
        ("visit", 6, False, "区教育局"),
        ("web", 1, True, "区教育局"),
    ]
    assert [line["later"] for line in counter.ok("due", "--differs")] == [1]
    assert counter.ok("config", "get", "book_from")["value"] == "2023-05-04"
    again = counter("import", str(path), "--json").json()
    assert (again["already_there"], again["rejected"], again["differs"]) == (3, 0, [])


def test_a_provincial_ledger_is_taken_by_answers_and_kept(counter: Counter, terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "省台账.csv"
    path.write_text(PROVINCIAL, encoding="gb18030")
    child = _narrow(terminal, path)
    answer(child, ("「反映问题」", "y"), ("「办理意见」", "y"))
    answer(child, ("存个名字", "省台账"), ("2023 年", "y"))
    answer(child, ("（写序号或词", "来电"), ("本簿的数据从哪天起是全的", "2023-01-01"))
    assert code(child) == 0
    first, second = (counter.ok("show", number) for number in ("2023-001", "2023-002"))
    assert (first["received_on"], first["kind"], first["outcome"]) == ("2023-05-04", "request", "unstated")
    assert [event["text"] for event in first["events"] if event["kind"] == "close"] == ["已更换水管"]
    assert (second["channel"], second["first"], second["title"]) == ("phone", False, "咨询社保")
    again = counter("import", str(path), "--json").json()
    assert (again["already_there"], again["differs"], again["profile"]) == (2, [], "省台账")


ANOTHER = """信访件办理情况明细（2023年度）
序号,信访件编号,登记时间,信访形式,信访目的,信访人姓名,手机号码,家庭住址,信访人数,问题属地,概况信息,去向机构,办理方式,转送时间,受理时间,限办时间,办结时间,办理结果,群众评价,是否重复件,稳控单位
1,3713020230001,2023-05-04 09:30:00,手机信访,求决,测试甲等12人,13000000001,测试路1号,12,望禾街道,反映工资,教育局,转送,2023-05-08,2023-05-12,2023-07-20,2023-06-20,经查属实，已补发工资,满意,否,望禾街道
2,3713020230002,2023-05-05 10:30:00,省长热线,申诉,测试乙,13000000002,测试路2号,1,望禾街道,反映道路,望禾街道,转送,2023-05-08,2023-05-12,2023-07-11,,,未评价,是,
"""


def test_results_told_in_words_are_asked_about_once(counter: Counter, terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "某省导出.csv"
    path.write_text(ANOTHER, encoding="gb18030")
    child = _narrow(terminal, path)
    answer(child, ("「办理结果」这一列写的不是规定的词语，像「答复内容」", "y"), ("存个名字", "某省"))
    answer(child, ("本簿的数据从哪天起是全的", "2023-01-01"))
    assert code(child) == 0
    first, second = (counter.ok("show", number) for number in ("3713020230001", "3713020230002"))
    assert (first["channel"], first["headcount"], first["outcome"]) == ("web", 12, "unstated")
    assert [event["text"] for event in first["events"] if event["kind"] == "close"] == ["经查属实，已补发工资"]
    assert (second["channel"], second["kind"], second["first"]) == ("phone", "complaint_appeal", False)
    assert [line["later"] for line in counter.ok("due", "--differs")] == [9]
    assert "其他列「稳控单位」：望禾街道" in counter("show", "3713020230001").out
    again = counter("import", str(path), "--json").json()
    assert (again["already_there"], again["profile"]) == (2, "某省")


# Headings as a city's system exports them and as another one lists its cases; what stands below them is invented.
CITY = """受理查询
2023年5月1日至2023年5月31日
序号,省信访件编号,市受理编号,区县受理编号,反映日期,姓名,来电号码,联系电话,发生地,反映内容,内容分类,紧急程度,处理人,上导区县
1,370000202305040001,370000001,370302001,2023-05-04,测试甲,13000000001,13000000001,望禾街道,反映小区二次供水压力不足并且水质浑浊已经向物业公司和自来水公司反映过三次都没有答复,城乡建设,一般,测试员,某区
2,370000202305040002,370000002,370302002,2023-05-05,测试乙,13000000002,13000000002,望禾街道,反映夜间施工噪声扰民,环境保护,一般,测试员,某区
"""
LISTED = """信访人,信访件编号,信访人联系电话,属地,信访日期,登记单位,信访形式,信访目的,信访标题,信访内容,信访人住址,办理类型,归属机构,信访件状态,包案人所在单位办理结论说明
测试甲,370302202305040001,13000000001,望禾街道,2023-05-04,某区信访局,来信,求决,反映供水,反映供水压力不足,测试路1号,,某区,办理中,
"""


# Headings as programs in public repositories write them; what stands below is invented.
# POLICE: the columns that a work-order system of a public security bureau exports (its Java entity names them).
POLICE = """工单ID,信访件编号,工单标题,来源类型,姓名,身份证号,手机号码,住址,信访内容,登记时间,限办时间,信访件状态,信访形式,信访日期,问题发生地,异常动态,问题发生日期,信访人数,信访诉求,公安业务分类,登记单位,档案编号,转往处,办理方式,具体承办单位,办结状态,责任部门,办结时间,信访事项编号,警种名称,信访目的(登记单位),工单状态,超期次数
101,XF3700002023050400011,反映户口迁移,Excel导入,测试甲,,13000000001,测试路1号,反映户口迁移久拖不办,2023-05-04 09:12:33,2023-07-12 23:59:59,办理中,网信,2023-05-04 00:00:00,望禾街道,,2023-04-20 00:00:00,1,请求办理户口迁移,户籍管理,某局信访处,D1,某分局,转送,望禾派出所,未办结,治安支队,,S1,治安,求决,待提交,0
102,XF3700002023050400012,反映停车难,Excel导入,测试乙等7人,,13000000002,测试路2号,反映停车难,2023-05-04 10:12:33,2023-07-12 23:59:59,已办结,来访,2023-05-04 00:00:00,望禾街道,,2023-04-20 00:00:00,7,请求增设车位,交通管理,某局信访处,D2,某分局,转送,望禾派出所,已办结,治安支队,2023-06-01 10:00:00,S2,交警,申诉,待提交,0
"""
# TOWN: the table that a county bureau's PHP program writes as HTML, column numbers above the headings, 0 as 1970-01-01.
TOWN = """1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
编号 责任科室 信访方式 标题 接件时间 举报类型 类型 乡镇 转办时间 应结办日期 办理情况 办结时间 接件人 科室接办人 办理人
1 城建科 来信 反映违建 2023-05-04 土地 普通 望禾镇 2023-05-05 2023-07-04 是 2023-06-20 测试 测试 测试
2 农业科 来访 反映占地 2023-05-06 土地 普通 望禾镇 2023-05-08 2023-07-08 否 1970-01-01 测试 测试 测试
"""
# EXCHANGED: fields of the data that provinces hand to the national system, as a program that receives them names them.
EXCHANGED = """信访件编号,问题属地,内容分类,集体访标识,限办截止时间,办结标志,首次信访日期,涉及人数,信件条码,信访日期,信访人数,信访件状态,信访形式,信访目的,登记时间,登记机构名称,重复信访件编号,信访来源,办理方式,转送时间,信访人住址,证件类型,证件号码,固定电话,信访人姓名,手机号,是否联名,全国初次标志,重复信访标志,意见书内容,送达时间,送达方式,责任单位评价时间,责任单位评价状态,对责任单位评价满意值,对责任单位评价内容,对信访部门评价满意值,小去向名称,去向机构,办结时间,经办人,办理意见
371311202305040001,望禾街道,城乡建设,0,2023-07-12 23:59:59,0,2023-05-04,1,,2023-05-04,1,办理中,网上信访,求决,2023-05-04 09:12:33,某区信访局,,网民,转送,2023-05-08,测试路1号,身份证,,,测试甲,13000000001,否,是,否,,,,,待评价,,,,,区教育局,,测试员,请依法办理
371311202305040002,望禾街道,城乡建设,1,2023-07-12 23:59:59,1,2023-05-04,6,,2023-05-05,6,已办结,来访,求决,2023-05-05 09:12:33,某区信访局,371311202305040001,走访,转送,2023-05-08,测试路1号,身份证,,,测试乙,13000000001,否,否,是,经查属实，已整改,2023-06-03,当面送达,2023-06-10,已评价,满意,,基本满意,,区教育局,2023-06-01,测试员,请依法办理
"""


def test_a_police_export_is_taken_with_one_question(counter: Counter, terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "公安.csv"
    path.write_text(POLICE, encoding="gb18030")
    child = terminal("import", str(path), "--assign-on-receipt", columns=80)
    answer(child, ("「工单ID」", "n"), ("本簿的数据从哪天起是全的", ""))
    assert code(child) == 0
    first, second = (counter.ok("show", f"XF370000202305040001{n}") for n in (1, 2))
    assert (first["title"], first["kind"], first["unit"]) == ("反映户口迁移", "request", "治安支队")
    assert (second["kind"], second["headcount"], second["closed_on"]) == ("complaint_appeal", 7, "2023-06-01")
    assert "其他列「信访诉求」：请求办理户口迁移" in counter("show", "XF3700002023050400011").out


def test_a_town_ledger_of_a_web_program(counter: Counter, terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "信访台账.xls"
    rows = ("".join(f'<td><div align="center">{cell}</div></td>' for cell in row.split()) for row in TOWN.splitlines())
    table = "".join(f"<tr>{row}</tr>" for row in ('<td colspan="15"><strong>信访台账</strong></td>', *rows))
    path.write_text(f'<table width="966" border="1">{table}</table>', encoding="gb18030")
    child = _narrow(terminal, path)
    answer(child, ("「责任科室」", "y"), ("「举报类型」", "y"), ("存个名字", "某镇"))
    child.expect_exact("是程序的空日期")
    answer(child, ("本簿的数据从哪天起是全的", ""))
    assert code(child) == 1
    (one,) = counter.ok("list")
    assert (one["received_on"], one["channel"], one["unit"]) == ("2023-05-04", "letter", "城建科")
    assert (one["assigned_on"], one["closed_on"]) == ("2023-05-05", "2023-06-20")


def test_fields_of_the_national_exchange_leave_no_question(
    counter: Counter, terminal: Terminal, tmp_path: Path
) -> None:
    path = tmp_path / "交换.csv"
    path.write_text(EXCHANGED, encoding="utf-8-sig")
    child = _narrow(terminal, path)
    answer(child, ("哪一列是「概况」", ""), ("本簿的数据从哪天起是全的", ""))
    assert code(child) == 0
    shown = counter.ok("show", "371311202305040002")
    assert (shown["first"], shown["repeat_of"] is not None, shown["headcount"]) == (False, True, 6)
    told = {event["kind"]: event for event in shown["events"]}
    assert (told["close"]["text"], told["close"]["delivered_on"]) == ("经查属实，已整改", "2023-06-03")
    assert (told["rate"]["unit_rating"], told["rate"]["bureau_rating"]) == ("satisfied", "fair")


def test_lines_of_questions_begin_with_no_punctuation(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "城市.csv"
    path.write_text(CITY, encoding="gb18030")
    child = _narrow(terminal, path)
    seen = child.logfile_read = io.StringIO()
    answer(child, ("哪一列是「概况」", ""), ("本簿的数据从哪天起是全的", "2023-01-01"))
    assert code(child) == 0
    lines = seen.getvalue().replace("\r", "").split("\n")
    assert [line for line in lines if line[:1] in NOT_AT_START and line] == []
    assert max(map(cells, lines)) <= 80


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_headings_of_public_systems_are_known(counter: Counter, tmp_path: Path, encoding: str) -> None:
    for name, text, imported in (("城市.csv", CITY, 2), ("列表.csv", LISTED, 1)):
        (tmp_path / name).write_text(text, encoding=encoding)
        done = counter("import", str(tmp_path / name), "--json").json()
        assert (done["imported"], done["rejected"]) == (imported, 0)
        assert [found for found in done["warnings"] if found["kind"] in ("unknown_column", "columns_differ")] == []
    shown = counter.ok("show", "370302202305040001", "--reveal")
    assert shown["petitioner"]["address"] == "测试路1号"
    assert (shown["title"], shown["unit"]) == ("反映供水", None)
    assert {one["external_no"] for one in counter.ok("list")} >= {"370000202305040001", "370000202305040002"}


def test_without_a_terminal_each_line_says_what_to_add(counter: Counter, tmp_path: Path) -> None:
    path = tmp_path / "省台账.csv"
    path.write_text(PROVINCIAL, encoding="gb18030")
    ran = counter("import", str(path))
    assert ran.code == 1
    assert all(said in ran.out + ran.err for said in ("--year", "--map 反映问题=概况"))
    maps = ("--map", "反映问题=概况", "--map", "办理意见=答复内容", "--word", "随手拍=来电", "--year", "2023")
    assert counter("import", str(path), *maps, "--json").json()["imported"] == 2
