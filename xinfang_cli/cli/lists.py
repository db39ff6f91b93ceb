"""The desk of finding: lists, lists kept under a name, the words in the texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from xinfang_cli.cli import filters, options, output, parser
from xinfang_cli.cli.chinese import ChineseCommand, Desk
from xinfang_cli.cli.options import Csv, Json, Limit, Reveal
from xinfang_cli.law import terms
from xinfang_cli.law.conditions import EXTRA
from xinfang_cli.office.find import kept_lists, lists
from xinfang_cli.office.find.lists import CasesAsked
from xinfang_cli.office.session import Session

desk = Desk()
view_desk = Desk(
    "保存常用的列表：起个名字，以后 xinfang list @名字。\n\n例：xinfang view save 我的督办 --where 'is:督办'"
)
GROUPS: dict[str, typer.Typer] = {"view": view_desk}


class ListCommand(ChineseCommand):
    """`list`; `@NAME` or `--view NAME` inserts the saved words of that name."""

    def parse_args(self, ctx: parser.Context, args: list[str]) -> list[str]:
        """Spell out a saved list (@name) before the options are read."""
        return super().parse_args(ctx, self.spelled_out(ctx.obj, args))

    def spelled_out(self, session: Session | None, args: Sequence[str]) -> list[str]:
        """The words with every name of a kept list replaced by what it stands for."""
        takes_value = {
            name
            for param in self.params
            if isinstance(param, parser.Option) and not param.is_flag
            for name in param.opts
        }
        said: list[str] = []
        before = ""
        words = iter(args)
        for word in words:
            name = None
            if before not in takes_value:
                if word == "--view":
                    name = next(words, "")
                elif word.startswith("--view="):
                    name = word.removeprefix("--view=")
                elif word[:1] in ("@", "＠"):
                    name = word[1:]
            before = "" if before in takes_value else word
            if name is None:
                said.append(word)
            elif session is not None:
                said += kept_lists.words_of(session, name)
        return said


@desk.command("list", cls=ListCommand)
@filters.narrowed()
def list_(
    ctx: typer.Context,
    asked: CasesAsked = filters.ALL,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns", metavar="列", help="显示哪几列，如 编号,概况,单位,到期日（也管 CSV）；导入的表里别的列也可以写"
        ),
    ] = None,
    count: Annotated[bool, typer.Option("--count", help="只要件数")] = False,
    accusation: options.Accusation = False,
    why: options.Why = None,
    view: Annotated[
        str | None, typer.Option("--view", metavar="名字", help="用保存的列表，同 @名字（见 xinfang view）")
    ] = None,
    limit: Limit = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """按条件列出信访件，最近收到的在前。

    例：xinfang list --stage 办理中 --unit 教育局
        xinfang list --where 'stage:办理中 unit:教育局 due<7d 供水' --sort 到期日
        xinfang list --received 2023-06-01..2023-06-30 --channel 来访 --csv > 来访.csv
        xinfang list @我的督办
    """
    session = ctx.obj
    asked = asked._replace(accusation=accusation)
    if count:
        output.show(lists.how_many(session, asked), json)
        return
    chosen = filters.columns(session, columns)
    found = lists.listed(session, asked, options.limit_of(limit, json or csv))
    if any(key.startswith(EXTRA) for key in chosen or ()):
        found = lists.with_extras(session, found, accusation)
    output.show(found, json, csv, paged=limit is not None, columns=chosen)


@desk.command("search")
@filters.narrowed()
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="词…", help="一个或几个词，都要有；一个字也行；电话写末四位")],
    best: Annotated[bool, typer.Option("--best", help="概况里有的排在前，其次内容，再次其他")] = False,
    asked: CasesAsked = filters.ALL,
    accusation: Annotated[
        bool, typer.Option("--accusation", help="连检举控告件也按姓名、电话找（会记入查阅记录）")
    ] = False,
    why: options.Why = None,
    limit: Limit = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """在概况、内容、办理记录、答复、姓名和电话末四位里找词，最近收到的在前；找到的词在终端上标出来。

    几个词都要有，各在哪里都行。检举控告件不按姓名、电话找，除非加 --accusation（条例第三十条）。

    例：xinfang search 供水
        xinfang search 宅基地 测试甲 --stage 办理中
        xinfang search 0001 --best --limit 20
    """
    from xinfang_cli.office.find import search as texts

    most = options.limit_of(limit, json or csv)
    said = [options.unwritten(word, "要找的词") for word in words]
    found = texts.search(ctx.obj, said, asked, most, best=best, accusers=accusation)
    output.show(found, json, csv, paged=limit is not None)


@desk.command("person")
def person(
    ctx: typer.Context,
    who: Annotated[
        str,
        typer.Argument(metavar="姓名|证件号码|电话", help="写完整；电话也可只写末四位；写 - 另问，不留在命令记录里"),
    ],
    reveal: Reveal = False,
    accusation: Annotated[bool, typer.Option("--accusation", help="连检举控告件一起（会记入查阅记录）")] = False,
    why: options.Why = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """一个信访人的全部件：按证件号码，或姓名加电话，认作同一人；同名的分开列。个人信息默认遮盖。

    检举控告件不在内，除非加 --accusation（条例第三十条）。

    例：xinfang person 测试甲
        xinfang person 13000000001 --reveal
        xinfang person -
    """
    from xinfang_cli.office.find import people

    output.show(
        people.person(ctx.obj, options.unwritten(who, "姓名、证件号码或电话"), reveal=reveal, accusation=accusation),
        json,
        csv,
    )


@desk.command("duplicates")
@filters.narrowed()
def duplicates(
    ctx: typer.Context,
    ground: Annotated[
        list[str] | None,
        typer.Option(
            "--ground",
            metavar="依据",
            help="证件、姓名电话、概况，可写几次；默认都看",
            autocompletion=options.words(terms.DUPLICATE),
        ),
    ] = None,
    asked: CasesAsked = filters.ALL,
    accusation: Annotated[bool, typer.Option("--accusation", help="连检举控告件一起（会记入查阅记录）")] = False,
    why: options.Why = None,
    limit: Limit = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """可能是重复件、还没有关联的：证件号码相同；姓名和电话相同；同一属地 90 日内概况用词相同。

    只列出来，不会自动合并。确认是重复件用 link，是不同人的同一事项用 relate，之后就不再列出。

    例：xinfang duplicates --received 2023-06-01..2023-06-30
        xinfang duplicates --ground 证件
    """
    from xinfang_cli.office.find import people

    grounds = None if not ground else tuple(terms.DUPLICATE.parse(word, "--ground") for word in ground)
    most = options.limit_of(limit, json or csv)
    found = people.likely_duplicates(ctx.obj, asked, grounds, most, accusation)
    output.show(found, json, csv, paged=limit is not None)


@view_desk.command("save", context_settings={"ignore_unknown_options": True})
def view_save(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="名字", help="不要有空格")],
    words: Annotated[list[str] | None, typer.Argument(metavar="列表的选项…", help="list 的选项，照写")] = None,
    json: Json = False,
) -> None:
    """把 list 的一组选项存起来；同名的换成新的。日期写成 7d、今天 这样的，以后按当天算。

    例：xinfang view save 我的督办 --where 'is:督办 due<7d' --sort 到期日
        xinfang list @我的督办
    """
    name = name.lstrip("@＠")
    root = ctx.find_root()
    assert isinstance(root.command, parser.Group)
    command = root.command.get_command(root, "list")
    if not words:
        from xinfang_cli.errors import Missing

        raise Missing("没有写列表的选项", "如 xinfang view save 我的督办 --where is:督办")
    assert isinstance(command, ListCommand)
    words = command.spelled_out(ctx.obj, words)
    given = command.make_context("list", list(words), parent=root).params  # said wrongly, it is refused now
    filters.cases_asked(ctx.obj, given)
    filters.columns(ctx.obj, given["columns"])
    output.show(kept_lists.save(ctx.obj, name, words), json)


@view_desk.command("list")
def view_list(ctx: typer.Context, json: Json = False, csv: Csv = False) -> None:
    """保存过的列表。

    例：xinfang view list
    """
    output.show(kept_lists.every(ctx.obj), json, csv)


@view_desk.command("drop")
def view_drop(
    ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="名字", help="保存过的名字")], json: Json = False
) -> None:
    """删去一个保存的列表（件不受影响）。

    例：xinfang view drop 我的督办
    """
    output.show(kept_lists.drop(ctx.obj, name.lstrip("@＠")), json)
