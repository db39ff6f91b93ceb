"""The counter: global options, the list of commands, and the one place where errors are caught."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Annotated, Any

from xinfang_cli.cli import parser  # isort: skip  before Typer, whose imports it puts off

import typer

from xinfang_cli.cli.chinese import ChineseGroup, said_in_chinese
from xinfang_cli.cli.encoding import readable
from xinfang_cli.errors import Again, AskFirst, Unusable, XinfangError, system_says

# Command → (module, one line of help): the modules are imported only when one of their commands is called.
DESKS: dict[str, dict[str, tuple[str, str]]] = {
    "每天：": {
        "add": ("adding", "登记一件信访事项"),
        "overdue": ("morning", "已经超期的时限"),
        "due": ("morning", "几天内到期的时限"),
        "remind": ("morning", "今天要催办的，按单位成文，并记入簿中"),
        "list": ("lists", "按条件列出信访件"),
        "search": ("lists", "在文字、姓名、电话里找词"),
        "person": ("lists", "一个信访人的全部件"),
        "show": ("one_case", "一件的全部：信访人、时限、经过"),
        "explain": ("one_case", "期限为什么是这一天"),
        "stats": ("figures", "一段时期的各项率和数"),
        "outlook": ("figures", "本期还会变成多少，差哪几件"),
        "blame": ("figures", "逾期的里面，本局和单位各用了几天"),
        "report": ("reports", "通报和年度报告：周、月、季、年"),
        "city": ("city", "全市：一个服务器上几个局的数，一局一行和合计"),
    },
    "办理：": {
        "assign": ("casework", "转送或交办给责任单位"),
        "sign": ("casework", "单位签收"),
        "object": ("casework", "单位提出异议，申请退回"),
        "uphold": ("casework", "同意退回"),
        "overrule": ("casework", "不同意退回"),
        "accept": ("casework", "受理并告知"),
        "convert": ("casework", "简易程序转普通程序"),
        "refuse": ("casework", "不予受理或不再受理"),
        "redirect": ("casework", "导入法定途径"),
        "file": ("casework", "存查"),
        "return-up": ("casework", "退回上级"),
        "extend": ("casework", "延长办理期限"),
        "note": ("casework", "办理记录、办结报告"),
        "attach": ("evidence", "附上证据材料"),
        "assist": ("casework", "请其他单位协办，或记其答复"),
        "co-handle": ("casework", "几个单位共同承办，一个牵头"),
        "recuse": ("casework", "经办人回避"),
        "not-the-accused": ("casework", "检举控告件：写明谁不是被反映对象"),
        "close": ("casework", "办结"),
        "deliver": ("casework", "补记送达"),
        "approve": ("casework", "审核认定办结"),
        "return": ("casework", "审核退回重办"),
        "fulfil": ("casework", "落实了办结时的承诺"),
        "withdraw": ("casework", "信访人撤回"),
        "review": ("casework", "申请复查，或记复查结果"),
        "recheck": ("casework", "申请复核，或记复核结果"),
        "hearing": ("casework", "复核听证的起止日"),
        "report-up": ("casework", "报告上级"),
        "rate": ("casework", "满意度评价"),
        "supervise": ("casework", "督办，或记督办答复"),
        "step": ("casework", "约谈、挂牌督办、问责"),
        "letter": ("letters", "给信访人、单位的文书（Word）"),
    },
    "整理：": {
        "link": ("casework", "关联为重复件"),
        "duplicates": ("lists", "可能是重复件、还没有关联的"),
        "relate": ("casework", "关联他人同一事项的件"),
        "lead": ("casework", "指定包案领导"),
        "tag": ("casework", "加减标签"),
        "exclude": ("casework", "从统计中剔除"),
        "include": ("casework", "恢复统计"),
        "edit": ("amending", "改正登记内容"),
        "correct": ("amending", "更正一条经过的日期或内容"),
        "undo": ("amending", "撤销自己的上一个操作"),
        "backlog": ("backlog", "积案：批次、列入、化解、认定、进度"),
        "reception": ("reception", "领导接访：排班、登记、交办、闭环、统计"),
        "meeting": ("backlog", "调度会议表"),
        "advise": ("advice", "三项建议：改进工作、完善政策、追究责任"),
        "standing": ("advice", "上级公布的排名"),
    },
    "台账：": {
        "init": ("adding", "建立案件簿"),
        "import": ("importing", "导入台账（xlsx、xls、csv）"),
        "template": ("importing", "生成导入模板"),
        "mapping": ("importing", "列标题对照：列出、删去"),
        "profile": ("importing", "对照方案：列、词、年份怎么认"),
        "export": ("exchange", "导出：信访件、时限、经过、单位"),
        "sheet": ("exchange", "给没有账号的单位出办理表，一个单位一份"),
        "collect": ("exchange", "收回单位填好的办理表"),
        "reconcile": ("exchange", "上级的通报表和本局的数逐格对照"),
        "unit": ("keeping", "责任单位：增加、列出、修改、合并"),
        "config": ("keeping", "本局设置"),
        "workdays": ("keeping", "工作日安排：查看、导入"),
        "rules": ("keeping", "现行期限和各项率的定义"),
        "view": ("lists", "保存常用的列表"),
        "history": ("one_case", "一件的操作记录；查阅记录"),
        "doctor": ("keeping", "检查案件簿是否完好"),
        "backup": ("keeping", "备份案件簿"),
        "restore": ("keeping", "从备份恢复"),
        "purge": ("purging", "按期清除办结多年的件的文字"),
        "encrypt": ("encrypting", "加密案件簿和附件"),
        "decrypt": ("encrypting", "解密"),
        "move": ("serving", "把整本案件簿搬到服务器上，或搬回文件"),
        "server": ("serving", "服务器上的案件簿：建立、升级、登录名、权限、检查"),
        "key": ("encrypting", "加密的口令、钥匙"),
        "seal": ("sealing", "签封链头、文件，供别人核对"),
        "verify": ("sealing", "核对签封"),
        "completion": ("completion", "按 Tab 补全：打印给 shell 的脚本"),
        "demo": ("demo", "看一个虚构区的演示"),
    },
}
COMMANDS = {name: entry for desk in DESKS.values() for name, entry in desk.items()}


FILES_ONLY = {
    "init": "请用 xinfang server init，连同各种角色一起建立",
    "restore": "先恢复成文件，再整本搬上去：xinfang --db 文件 restore 备份，xinfang --db 文件 move --to 地址",
    "encrypt": "服务器的磁盘请管理服务器的人加密",
    "decrypt": "服务器上的案件簿没有用本程序加密",
    "key": "服务器上的案件簿没有用本程序加密",
}
"""What a book on a server (`--db postgresql://…`) leaves to its keeper, or cannot do yet: refused, with what to do."""


TRIES = 5
"""So often a command on a server is tried whose line was cut, or that met another's, before anything was written."""


# Built once in a process: a yes runs the same words again, and a process may run many.
@cache
def _built(info: Any) -> parser.Command:
    from typer.main import get_command_from_info

    parser.settled(info.callback)
    return get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)


@cache
def _built_group(declared: typer.Typer) -> parser.Group:
    from typer.main import get_group

    for info in declared.registered_commands:
        parser.settled(info.callback)
    return get_group(declared)


class Counter(ChineseGroup):
    """The root: knows every command by name and imports its module only when it is called."""

    def list_commands(self, ctx: parser.Context) -> list[str]:
        """The names of all commands; none is imported for it."""
        return list(COMMANDS)

    def listing(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The commands for the help page, desk by desk."""
        return [(title, [(name, entry[1]) for name, entry in desk.items()]) for title, desk in DESKS.items()]

    def get_command(self, ctx: parser.Context, cmd_name: str) -> parser.Command | None:
        """The command of that name; its desk is imported only now."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        desk = import_module(f"xinfang_cli.cli.{entry[0]}")
        for info in desk.desk.registered_commands:
            if info.name == cmd_name:
                return _built(info)
        return _built_group(desk.GROUPS[cmd_name])


app = typer.Typer(
    cls=Counter,
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
@parser.settled
def counter(
    ctx: typer.Context,
    db: Annotated[
        str | None,
        typer.Option(
            "--db", metavar="文件", help="案件簿文件，或服务器上的地址 postgresql://…（或环境变量 XINFANG_DB）"
        ),
    ] = None,
    today: Annotated[
        str | None, typer.Option("--today", metavar="日期", help="把这一天当作今天（或 XINFANG_TODAY）")
    ] = None,
    actor: Annotated[str | None, typer.Option("--actor", metavar="姓名", help="经办人（或 XINFANG_ACTOR）")] = None,
    json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    version: Annotated[bool, typer.Option("--version", help="显示版本")] = False,
) -> None:
    """信访局的案件簿：登记、转送、期限、催办、办结、统计，都在一个文件里。

    不带命令时显示今天的工作台。

    例：xinfang add
        xinfang overdue
        xinfang stats --month 2023-06 --by unit --rank
    """
    if version:
        from xinfang_cli import __version__

        print_line(f"xinfang {__version__}")
        raise typer.Exit
    from functools import partial

    from xinfang_cli.cli.options import open_session
    from xinfang_cli.office.session import zone_of_office
    from xinfang_cli.present import moments

    if ctx.invoked_subcommand in FILES_ONLY and "://" in (db or os.environ.get("XINFANG_DB") or ""):
        raise Unusable(
            f"案件簿在服务器上，不能用 {ctx.invoked_subcommand}", FILES_ONLY[ctx.invoked_subcommand], code="engine"
        )
    ctx.obj = open_session(db, today, actor, agreed=ctx.meta.get("agreed"))
    ctx.call_on_close(ctx.obj.leave)
    moments.shown_in(partial(zone_of_office, ctx.obj.place))
    _at_work[:] = [(ctx.obj, ctx.invoked_subcommand or "")]
    if ctx.invoked_subcommand != "completion":
        _tell_untold(ctx.obj.place)
    ctx.call_on_close(lambda: say_what_was_reckoned(ctx.obj))
    if ctx.invoked_subcommand is None:
        from xinfang_cli.cli.morning import desk_of_today

        desk_of_today(ctx.obj, json)


def say_what_was_reckoned(session: Any) -> None:
    """Say once that a year's holiday arrangement is unknown, and that cases were recomputed as of an earlier day."""
    if session.told_anew:
        day = session.today.isoformat()
        warn(f"按 {day} 当天的样子显示：有 {session.told_anew} 件以后又有变动，按到这一天为止的经过重新推算")
    if session.unknown_years:
        years = "、".join(str(year) for year in sorted(session.unknown_years))
        warn(f"{years} 年的放假安排未知，按周末和法定节假日休息计算；公布后用 xinfang workdays import 导入")
        from xinfang_cli.law.festivals import knows_lunar

        if without := "、".join(str(year) for year in sorted(session.unknown_years) if not knows_lunar(year)):
            warn(f"{without} 年的春节、清明、端午、中秋本程序没有日期，没有算作休息")


def print_line(text: str) -> None:
    """One line on stdout."""
    sys.stdout.write(text + "\n")


def warn(text: str) -> None:
    """One line on stderr."""
    from xinfang_cli.terminal.screen import print_notice

    print_notice(f"注意：{text}")


def _prepare_streams() -> None:
    """Any character must be printable: JSON and CSV in UTF-8, a GBK terminal with what it cannot show as `?`."""
    if sys.stdin is None:  # started with `<&-`
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    wants_utf8 = any(word in sys.argv for word in ("--json", "--csv"))
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream is sys.stdin:
            reconfigure(errors="surrogateescape")
        elif wants_utf8 and stream is sys.stdout:
            reconfigure(encoding="utf-8", errors="replace", newline="\n" if "--json" in sys.argv else "")
        else:
            reconfigure(errors="replace")


def _complain(message: str, hint: str, code: str, as_json: bool) -> None:
    """One line on stderr: the fact, then the remedy; with `--json` the same as a document on stdout."""
    from xinfang_cli.terminal.screen import print_notice

    line = f"{message}。{hint}" if hint else message
    print_notice("出错：" + " ".join(line.split()))
    if as_json:
        from xinfang_cli.present.machine import print_json

        with suppress(OSError):  # nobody can take it, which is perhaps what the line is about
            print_json({"error": {"code": code, "message": message, "hint": hint}})


def run() -> None:
    """Run one command and leave with its exit code: 0 done, 1 refused, 2 wrong words, 3 the file cannot be used."""
    _prepare_streams()
    sys.argv[1:] = [word if word.isprintable() or os.path.lexists(word) else readable(word) for word in sys.argv[1:]]
    as_json = "--json" in sys.argv
    getattr(sys.modules.get("xinfang_cli.cli.asking"), "heard", []).clear()  # where one process runs several
    code = 0
    _heed_interrupts()
    try:
        code = _invoke(as_json)
        sys.stdout.flush()
    except BrokenPipeError:
        code = 0  # `xinfang list | head`: the reader has what it wanted
        _let_go()
    except OSError as error:
        _let_go()
        if code == 0 and not _told("出错：" + "。".join(_unwritten(error))):  # else it has been said
            _leave_untold(error)
        code = 3
    sys.exit(code)


def _heed_interrupts() -> None:
    """From here on Ctrl-C is answered in words; before, it ended the process at once (__main__)."""
    import _signal  # type: ignore[import-not-found]

    if _signal.getsignal(_signal.SIGINT) is _signal.SIG_DFL:
        _signal.signal(_signal.SIGINT, _signal.default_int_handler)


def _unwritten(error: OSError) -> tuple[str, str]:
    hint = "请腾出空间或换个地方"
    if entered := getattr(error, "entered", ""):
        return (
            f"输出写不出去（{system_says(error)}），{entered} 已经写入案件簿",
            f"{hint}，用 xinfang show 看，不要再写一次",
        )
    return f"输出写不出去（{system_says(error)}）", f"{hint}；已记入案件簿的不受影响"


_deaf: list[object] = []
"""The streams that take nothing any more."""
_at_work: list[tuple[Any, str]] = []
"""The session of this invocation and its command."""


def _let_go() -> None:
    """Nobody takes our output any more: what is still waiting goes nowhere, and Python does not complain on leaving."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
            _deaf.append(stream)


def _told(line: str) -> bool:
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except OSError:
        return False
    return sys.stderr not in _deaf


def _leave_untold(error: BaseException | None) -> None:
    """Neither stream took a word of what a command wrote: the next one tells it."""
    entered = ""
    while error is not None and not entered:
        entered, error = getattr(error, "entered", ""), error.__context__
    for session, command in _at_work:
        if session.wrote and not session.place.address:
            from xinfang_cli.office.work import untold

            untold.keep(session.place, untold.Untold(command, session.now(), entered))


def _tell_untold(place: Any) -> None:
    """Report an earlier command whose output was lost."""
    if place.address or not os.path.exists(f"{place.file}.untold"):
        return
    from xinfang_cli.office.work import untold
    from xinfang_cli.present.moments import local

    if (found := untold.read(place)) is not None:
        said = f"{found.entered} 已经写入案件簿" if found.entered else "写入的已在案件簿里"
        warn(f"{local(found.at)} 的 {found.command} 没能显示结果，{said}，不要再写一次；看 xinfang undo --list")
        untold.forget(place)


def _once_more(error: Exception, session: Any, tried: int) -> bool:
    """Whether the same words are to be tried again: nothing was written, nothing asked, and the reason passes; after a
    moment, so that two who met do not meet again."""
    if not isinstance(error, Again) or tried >= TRIES or getattr(session, "wrote", True):
        return False
    if getattr(sys.modules.get("xinfang_cli.cli.asking"), "heard", None):
        return False
    from random import uniform
    from time import sleep

    sleep(uniform(0, 0.05 * 2**tried))
    return True


def _invoke(as_json: bool, agreed: AskFirst | None = None, tried: int = 1) -> int:
    ctx = None
    try:
        # not through main(): it would swallow the code of an Exit, and leave with 1 when a pipe closes
        group = _built_group(app)
        with group.make_context("xinfang", sys.argv[1:]) as ctx:
            ctx.meta["agreed"] = agreed
            group.invoke(ctx)
    except parser.Exit as leaving:
        return leaving.exit_code
    except (parser.Abort, KeyboardInterrupt):
        sys.stderr.write("\n")
        if getattr(ctx and ctx.obj, "wrote", False):  # what came after it was stopped: a file, a list
            hint = "看 xinfang undo --list；导入中断的，同一份表再导一次，不会重复，退回的行会重新写出"
            _complain("已中断，此前的已经写入案件簿", hint, "cancelled", as_json)
        else:
            _complain("已取消，没有写入", "", "cancelled", as_json)
        return 1
    except BrokenPipeError:
        raise
    except AskFirst as waiting:
        return _ask_first(waiting)
    except Exception as error:
        if _once_more(error, ctx and ctx.obj, tried):
            return _invoke(as_json, agreed, tried + 1)
        if os.environ.get("XINFANG_DEBUG") == "1":
            import traceback

            traceback.print_exc()
        return _explain(error, as_json)
    return 0


def _ask_first(waiting: AskFirst) -> int:
    """Ask, with nothing locked; on a yes run the same words again."""
    from xinfang_cli.cli import asking

    try:
        if asking.yes(waiting.question):
            return _invoke(False, agreed=waiting)
    except (parser.Abort, KeyboardInterrupt):
        sys.stderr.write("\n")
    _complain("没有写入", "未确认", "not_confirmed", False)
    return 1


def _who_holds() -> str:
    """The holder of the book's lock as a sentence; empty if unknown."""
    from xinfang_cli.office.work.holding import holder
    from xinfang_cli.present.moments import local

    found = next((who for session, _ in _at_work if (who := holder(session.place)) is not None), None)
    return "" if found is None else f"{found.actor} 的 {found.what} 在写，{local(found.since)} 开始；"


def _explain(error: Exception, as_json: bool) -> int:
    """Print an error as one line and return the exit code; unforeseen errors too, never a traceback."""
    if isinstance(error, XinfangError):
        hint = _who_holds() + error.hint if error.code == "locked" else error.hint
        if error.code == "io" and any(session.place.address and name == "add" for session, name in _at_work):
            hint += "；可以先记在本机，连上以后再登记：加 --offline"
        _complain(error.message, hint, error.code, as_json)
        return error.exit_code
    if isinstance(error, parser.ClickException):
        message, hint, code = said_in_chinese(error)
        _complain(message, hint, "usage" if code == 2 else "bad_value", as_json)
        return code
    if type(error).__module__ == "sqlite3" or isinstance(error, OSError | MemoryError):
        file = error.filename if isinstance(error, OSError) else None
        if isinstance(error, OSError) and not file:
            _complain(*_unwritten(error), "output", as_json)
        else:
            hint = "请检查文件名、磁盘空间和读写权限"
            _complain(f"文件不能用：{system_says(error)}" + (f" {file}" if file else ""), hint, "file", as_json)
        return 3
    if type(error).__module__.startswith("psycopg2"):
        said = " ".join(system_says(error).split())[:160]
        _complain(f"服务器上的案件簿不能用（{said}）", "请告诉管理服务器的人", "database", as_json)
        return 3
    _complain(
        f"程序出了意外：{type(error).__name__} {error}",
        "请设 XINFANG_DEBUG=1 再试一次，把输出交给维护人员",
        "bug",
        as_json,
    )
    return 1
