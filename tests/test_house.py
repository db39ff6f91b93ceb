"""What the walls of pyproject.toml cannot say: who knows SQLite, what crosses from room to room, where the form is chosen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import xinfang_cli
from xinfang_cli.book.face import Book

HOUSE = Path(xinfang_cli.__file__).parent


def modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for file in sorted((HOUSE / room).rglob("*.py")):
            yield ".".join(file.relative_to(HOUSE).with_suffix("").parts), ast.parse(file.read_text("utf-8"))


def test_only_its_engine_knows_sqlite() -> None:
    for file, tree in modules("."):
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "sqlite3" for name in names):
                assert file.startswith("book.sqlite."), file


def test_records_are_made_when_they_are_first_filled() -> None:
    """`typing.NamedTuple` makes each at once, which a quarter of every command's start went to (xinfang_cli/frozen.py)."""
    for file, tree in modules("."):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "typing" and file != "frozen":
                assert "NamedTuple" not in {alias.name for alias in node.names}, file


# What may still cross untyped, and why.
EVENT = "the fields of an event, as the chain keeps them; its EventType checks them"
INTAKE = "the fields of a registration, as the event will keep them"
SETTING = "a setting's value, read by its row of the registry"
UNTYPED = {
    "law.events.article30:against": EVENT,
    "law.events.article30:complained_of": EVENT,
    "law.redaction:data": EVENT,
    "office.session:Session.gave": EVENT,
    "office.session:Session.look": EVENT,
    "office.session:Session.looks": EVENT,
    "office.work.registering:mentioned": INTAKE,
    "office.work.registering:unit_unsaid": INTAKE,
    "law.decide:decide": EVENT,
    "law.decide:replay_checked": EVENT,
    "law.event:Event.__init__": EVENT,
    "law.redaction:known_in": EVENT,
    "law.texts:written": EVENT,
    "office.campaigns.batches:BatchFields.given": EVENT,
    "office.exchange.importing.write:Writer.listed": EVENT,
    "office.exchange.row_plan:Plan.add": EVENT,
    "office.exchange.whole_cases:dated": EVENT,
    "office.work.acting:simple": EVENT,
    "office.work.casework:backlog_entry": EVENT,
    "office.work.casework:close": EVENT,
    "office.work.casework:edit": INTAKE,
    "office.work.casework:edit_event": INTAKE,
    "office.work.casework:extend": EVENT,
    "office.exchange.importing.against_book:AgainstBook.by_our_names": INTAKE,
    "office.exchange.importing.identify:UnitWords.of": INTAKE,
    "office.exchange.row_plan:intake_data": INTAKE,
    "office.work.registering:add": INTAKE,
    "office.work.registering:add_within": INTAKE,
    "office.work.registering:check_given": INTAKE,
    "office.work.registering:check_lists": INTAKE,
    "office.work.registering:earlier": INTAKE,
    "office.work.registering:known_word": INTAKE,
    "office.work.registering:link_complained": INTAKE,
    "law.purging:is_remains": EVENT,
    "law.purging:remains": EVENT,
    "law.rules:with_settings": SETTING,
    "office.keeping.settings:in_force": SETTING,
    "office.keeping.settings:parse": SETTING,
    "office.exchange.anonymous:anonymous": "the cells of an export's row by key; ExportTable names its columns",
    "office.find.redacting:closed": "what an event says, as law.redaction:data",
    "office.exchange.whole_cases:ledger_values": "the cells of a ledger row by field",
}


def _untyped(annotation: ast.expr | None) -> bool:
    """Any, or a dictionary of anything."""
    if annotation is None:
        return False
    said = ast.unparse(annotation)
    return said == "Any" or any(part in said for part in ("dict[str, Any]", "dict[str, object]", "Any,", ", Any]"))


def _public(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and (inner.name == "__init__" or not inner.name.startswith("_")):
                    yield f"{node.name}.{inner.name}", inner


def test_no_dictionary_of_anything_crosses_a_room() -> None:
    """A use-case gives a record, a law takes one."""
    found = set()
    for file, tree in modules("office", "law"):
        for name, function in _public(tree):
            arguments = function.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            annotations = [one.annotation for one in (*every, arguments.vararg, arguments.kwarg) if one is not None]
            if any(map(_untyped, [*annotations, function.returns])):
                found.add(f"{file}:{name}")
    assert found == set(UNTYPED)


def test_one_place_chooses_the_form() -> None:
    """`if json` stands in cli/output.py; the error of a command, which has no view, in cli/app.py."""
    chosen, written = set(), set()
    for file, tree in modules("cli"):
        for node in ast.walk(tree):
            test = node.test if isinstance(node, ast.If | ast.IfExp) else None
            if isinstance(test, ast.UnaryOp):
                test = test.operand
            if isinstance(test, ast.Name) and test.id in ("json", "csv", "as_json", "as_csv"):
                chosen.add(file)
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name.startswith(("print_json", "print_csv")):
                written.add(file)
    assert chosen | written == {"cli.output", "cli.app"}


PAGE = (HOUSE.parent / "CONTRIBUTING.md").read_text("utf-8")
ROOMS = [one for one in sorted(HOUSE.iterdir()) if one.is_dir() and one.name not in ("__pycache__", "data")]


def test_every_place_that_the_page_names_is_there() -> None:
    """CONTRIBUTING.md names rooms and files from the package, or from the top of the repository."""
    shown = re.sub(r"(?m)^    .*$", "", PAGE)  # the pictures and the commands have a form of their own
    named = set(re.findall(r"(?<![\w./-])((?:[a-z_]+/)+[a-z_]*(?:\.(?:py|toml))?|[a-z_]+\.py)(?![\w*])", shown))
    tops = (HOUSE, HOUSE.parent)
    lost = {one for one in named if not any((top / one).exists() or (top / f"{one}.py").exists() for top in tops)}
    assert lost == set()
    assert len(named) > 30


def test_every_function_that_the_page_names_is_there() -> None:
    for module in set(re.findall(r"`((?:law|office|book|intake|present|terminal|cli)(?:\.[a-z_]+)+)`", PAGE)):
        if module == "book.counts":  # a part of the book that is open
            continue
        assert (HOUSE / module.replace(".", "/")).with_suffix(".py").exists() or (
            HOUSE / module.replace(".", "/")
        ).is_dir(), module
    for part in set(re.findall(r"`book\.([a-z]+)\b", PAGE)) - {"engine", "face"}:
        assert hasattr(Book, part), part


def test_the_page_names_every_room() -> None:
    assert {f"`{room.name}/`" for room in ROOMS} <= set(re.findall("`[a-z_]+/`", PAGE))
    assert {f"`{file.name}`" for file in HOUSE.glob("[a-z]*.py")} <= set(re.findall(r"`[a-z_]+\.py`", PAGE))
    within = PAGE.partition("Inside `office`")[2].partition("\n")[0]
    desks = {one.name for one in (HOUSE / "office").iterdir() if one.is_dir() and one.name != "__pycache__"}
    assert desks <= set(re.findall("[a-z]+", within))


def sentences(*rooms: str) -> Iterator[tuple[str, str]]:
    """Every text in the code of these rooms but the docstrings."""
    for file, tree in modules(*rooms):
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                yield file, node.value


def test_no_room_below_the_fronts_speaks_the_command_line() -> None:
    """A next step is an id (`⟦unit.edit⟧`, `next_step(".map")`), which each front words (present/steps.py)."""
    spoken = [
        (file, text)
        for file, text in sentences("law", "book", "intake", "office", "documents", "formats")
        if re.search(r"xinfang [a-z]|(?<![\w-])--[a-z]", text)
    ]
    assert spoken == []


def test_every_next_step_is_there_to_be_taken() -> None:
    """Its command and its option are words that the counter knows."""
    from tests.cli.conftest import tree
    from xinfang_cli.errors import steps_in
    from xinfang_cli.present import steps

    known = {" ".join(words) for words, _, _ in tree()}
    options = {option for _, command, _ in tree() for param in command.params for option in param.opts} | {"--help"}
    named = set()
    for file, module in modules("law", "book", "intake", "office", "documents"):
        del file
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named |= set(re.findall("⟦([~.]?[a-z_.]+)⟧", node.value))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "next_step":
                named |= {ast.literal_eval(node.args[0])}
    assert len(named) > 100
    assert steps_in("\x02.map\x03") == ("map",)
    for step in named:
        if step.startswith("."):
            assert steps.flag(step[1:]) in options, step
        else:
            assert steps.command(step.lstrip("~")).split(" --")[0] in known, step


_HEADED = ("Column", "LedgerColumn", "Col", "numbers")


def _headings(tree: ast.Module) -> Iterator[str]:
    """The labels of columns that a module spells itself: in its tables of columns, and of a table it draws."""
    for node in ast.walk(tree):
        inside: list[ast.AST] = []
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in _HEADED:
            inside = [one for one in node.args if isinstance(one, ast.Constant)]
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if re.search(r"(COLUMNS|HEADINGS|CASES|CLOCKS|UNITS|HISTORY|ACCESSES|FILL)$", ast.unparse(target)):
                inside = list(ast.walk(node.value))
        for one in inside:
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and re.search("[\u4e00-\u9fff]", one.value):
                yield one.value


def test_a_column_is_labelled_in_one_place() -> None:
    """law/labels.py; lists, exports, the screen, the ledger to fill in and the import take its labels."""
    from xinfang_cli.intake.headings import CANONICAL
    from xinfang_cli.law.labels import LABELS

    assert len(set(LABELS.values())) == len(LABELS)
    ours = set(LABELS.values())
    spelt: dict[str, list[str]] = {}
    for file, tree in modules("present", "terminal", "documents", "office/exchange"):
        for label in _headings(tree):
            spelt.setdefault(label, []).append(file)
    assert {label: files for label, files in spelt.items() if label in ours} == {}
    assert {label: files for label, files in spelt.items() if len(files) > 1} == {}
    assert len(spelt) > 40
    assert {"case_no", "unit", "closed_on"} <= CANONICAL.keys()
    assert all(CANONICAL[field] == label for field, label in LABELS.items() if field in CANONICAL and field != "batch")


def test_a_docstring_begins_with_a_verb_or_a_thing() -> None:
    """Not with a relative clause (What is …, Who has …): an engineer reads it once."""
    found = [
        f"{file}.{getattr(node, 'name', '')}: {said.splitlines()[0]}"
        for file, tree in modules(".")
        if not file.startswith("book.sqlite.migrations.0")  # never edited once they have landed
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and (said := ast.get_docstring(node))
        and re.match(r"(What|Who|Whose|Which|Where|That|Those)\b", said)
    ]
    assert found == []
