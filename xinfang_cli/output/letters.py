"""Letters on paper: Word files from templates that an office can replace.

A template is compiled once a call, by docxtpl's rules, and filled in for each letter; only the parts that have fields in
them are made anew, the others go over as they are.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from xinfang_cli.errors import BadValue, Unusable, system_says
from xinfang_cli.law.letters import FIELDS, ITEM_FIELDS, LETTER, LETTERS, said
from xinfang_cli.records import LetterToWrite

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

TEMPLATES = Path(__file__).parent / "templates"
_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_NOT_IN_NAMES = str.maketrans('\\/:*?"<>|', "＼／：＊？＂＜＞｜")
_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
_MOMENT = (1980, 1, 1, 0, 0, 0)


def shipped(kind: str) -> Path:
    """The template that comes with the program."""
    return TEMPLATES / f"{kind}.docx"


class Form:
    """A template read and compiled; Unusable when it is no Word file, BadValue naming the field that is wrong in it."""

    def __init__(self, kind: str, template: str | Path | None) -> None:
        self.kind = kind
        self.path = shipped(kind) if template is None else Path(template)
        self._parts: dict[str, bytes] = self._read()
        self._forms: dict[str, Template] = {}
        self._around = (b"", b"")
        self._compile()
        self.render(_sample(kind))
        self.render(_sample(kind, ""))  # a condition may tear a table only when it is not met

    def _read(self) -> dict[str, bytes]:
        try:
            with ZipFile(self.path) as archive:
                return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
        except FileNotFoundError as error:
            raise Unusable(
                f"模板 {self.path} 不存在",
                f"放回原处，或恢复程序自带的：xinfang config set template.letter.{self.kind} --default",
                code="no_file",
            ) from error
        except (BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
            raise self._no_word() from error
        except OSError as error:
            raise Unusable(
                f"模板 {self.path} 读不了（{system_says(error)}）", "请检查权限", code="permission"
            ) from error

    def _no_word(self) -> Unusable:
        return Unusable(f"模板 {self.path} 不是 Word 文档（.docx）", "请用 Word 或 WPS 另存为 .docx", code="template")

    def _wrong(self, field: str, why: str, hint: str) -> BadValue:
        return BadValue(f"模板 {self.path.name} 里的", field, why, hint)

    def _compile(self) -> None:
        from docx.opc.exceptions import PackageNotFoundError
        from docxtpl import DocxTemplate

        paper = DocxTemplate(self.path)
        try:
            paper.init_docx()
            body = paper.get_xml()
        except (PackageNotFoundError, KeyError, ValueError, AttributeError, SyntaxError) as error:
            raise self._no_word() from error
        self._paper = paper
        environment = _environment()
        whole = paper.xml_to_string(paper.docx._element)
        start = whole.index("<w:body")
        end = whole.index("</w:body>") + len("</w:body>")
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        self._around = ((head + whole[:start]).encode(), whole[end:].encode())
        for name, content in self._parts.items():
            if _PARTS.fullmatch(name):
                part = body if name == "word/document.xml" else content.decode("utf-8", "replace")
                text = paper.patch_xml(part)
                if "{{" in text or "{%" in text or name == "word/document.xml":
                    self._forms[name] = self._form(environment, text)

    def _form(self, environment: SandboxedEnvironment, text: str) -> Template:
        from jinja2 import TemplateError, meta

        try:
            asked = meta.find_undeclared_variables(environment.parse(text))
            found = environment.from_string(text)
        except TemplateError as error:
            raise self._misspelt(text, error) from error
        known = _names(self.kind)
        unknown = sorted(asked - known.keys())
        if unknown:
            raise self._unknown(unknown[0], known)
        return found

    def _unknown(self, field: str, known: Iterable[str]) -> BadValue:
        from difflib import get_close_matches

        near = get_close_matches(field, list(known), n=3, cutoff=0.3)
        hint = f"相近的有：{'、'.join(near)}；" if near else ""
        return self._wrong(
            field, "不是这种文书的字段", f"{hint}看有哪些：xinfang letter --fields {LETTER.label(self.kind)}"
        )

    def _misspelt(self, text: str, error: Exception) -> BadValue:
        """A field that Jinja cannot read, shown as it stands in the document."""
        for found in re.finditer(r"\{\{.*?(?:\}\}|(?=\{\{|\{%|</w:t>))|\{%.*?(?:%\}|(?=\{\{|\{%|</w:t>))", text, re.S):
            shown = re.sub(r"<[^>]+>", "", found.group(0))
            if not _readable(shown):
                return self._wrong(shown, "写得不对", "字段写成 {{ 信访人 }}，条件写成 {% if 办结期限 %}……{% endif %}")
        return self._wrong("{% %}", f"不成对（{error}）", "{% if %} 要有 {% endif %}，{% for %} 要有 {% endfor %}")

    def render(self, facts: dict[str, Any]) -> bytes:
        """The Word file of one letter."""
        from docx.oxml.parser import parse_xml
        from jinja2 import TemplateError

        named = _context(facts)
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=3) as archive:
            for name, content in self._parts.items():
                form = self._forms.get(name)
                if form is not None:
                    try:
                        text = self._paper.resolve_listing(form.render(named))
                        parse_xml(text.encode())
                    except TemplateError as error:
                        raise self._broken(str(error)) from error
                    except (SyntaxError, ValueError, TypeError, ArithmeticError) as error:
                        raise self._wrong(
                            "{% %}",
                            "放的位置不对",
                            "整段的条件用 {%p if … %}、整行的用 {%tr for … %}，各自单独成段成行",
                        ) from error
                    content = text.encode()
                    if name == "word/document.xml":
                        content = self._around[0] + self._fixed(text) + self._around[1]
                archive.writestr(_entry(name), content)
        return out.getvalue()

    def _fixed(self, text: str) -> bytes:
        """The body, with docxtpl's care for tables whose columns were repeated."""
        if "<w:tbl>" not in text and "<wp:docPr" not in text:
            return text.encode()
        self._paper.docx_ids_index = 1000
        tree = self._paper.fix_tables(text)
        self._paper.fix_docpr_ids(tree)
        return bytes(self._paper.xml_to_string(tree), "utf-8")

    def _broken(self, told: str) -> BadValue:
        field = re.search(r"attribute '([^']+)'|'([^']+)' is undefined", told)
        if field:
            return self._unknown(field.group(1) or field.group(2), ITEM_FIELDS.values())
        return self._wrong("{% %}", f"算不出来（{told}）", "看有哪些字段：xinfang letter --fields")


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _MOMENT)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _environment() -> SandboxedEnvironment:
    """Fields are escaped, a field that is not there is an error, and a template cannot reach the program."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def _readable(tag: str) -> bool:
    from jinja2 import TemplateSyntaxError

    word = tag[2:].split()[0] if tag[2:].split() else ""
    if word in ("if", "for", "endif", "endfor", "else", "elif", "set", "p", "tr", "tc", "r"):
        return tag.endswith("%}")
    try:
        _environment().parse(tag)
    except TemplateSyntaxError:
        return False
    return True


def _names(kind: str) -> dict[str, str]:
    """What a template of that kind may ask for: each field by its identifier and by its Chinese name."""
    own = LETTERS[kind].fields()
    return {key: key for key in own} | {FIELDS[key][0]: key for key in own}


def _context(facts: dict[str, Any]) -> dict[str, Any]:
    named = {key: _said(value) for key, value in facts.items()}
    return named | {FIELDS[key][0]: value for key, value in named.items()}


def _said(value: Any) -> Any:
    """A day as 2023年7月18日; text without signs that a Word file cannot hold; rows by their Chinese names too."""
    if isinstance(value, str):
        return _NOT_IN_XML.sub("", value)
    if isinstance(value, date):
        return said(value)
    if isinstance(value, list):
        rows = [{key: _said(part) for key, part in row.items()} for row in value]
        return [row | {ITEM_FIELDS[key]: part for key, part in row.items()} for row in rows]
    return value


def _sample(kind: str, word: str = "样") -> dict[str, Any]:
    """Facts to try a template with: every field filled with a word, or empty; one row."""
    facts: dict[str, Any] = dict.fromkeys(LETTERS[kind].fields(), word)
    numbers = ("headcount", "days", "window_days", "count", "overdue_count")
    facts |= {key: len(word) for key in numbers if key in facts}
    if "items" in facts:
        facts["items"] = [dict.fromkeys(ITEM_FIELDS, word)]
    return facts


# ---- files ------------------------------------------------------------------------------------------------------


def write(letters: Sequence[LetterToWrite], target: Path, *, folder: bool, force: bool) -> list[Path]:
    """Write the letters, all or none: into a folder under their own names, or the one letter to `target`."""
    paths = _named(letters, target) if folder else [target]
    taken = [path for path in paths if path.exists()]
    if taken and not force:
        more = f" 等 {len(taken)} 个文件" if len(taken) > 1 else ""
        raise BadValue("文件", str(taken[0]) + more, "已经有了", "换个名字，或加 --force 覆盖")
    forms: dict[tuple[str, str | None], Form] = {}
    for letter in letters:
        key = (letter.kind, letter.template)
        if key not in forms:
            forms[key] = Form(*key)
    _write_all(paths, (forms[letter.kind, letter.template].render(letter.facts) for letter in letters))
    return paths


def make_folder(folder: Path) -> None:
    """The folder, made where it is not there; Unusable where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(
            f"文件夹 {folder} 用不了（{system_says(error)}）", "请换一个文件夹", code="permission"
        ) from error


def write_missing(letters: Sequence[LetterToWrite], folder: Path, *, force: bool) -> tuple[list[Path], list[Path]]:
    """Write those letters of a folder that are not there yet: (the path of each letter, those that were there)."""
    paths = _named(letters, folder)
    kept = [] if force else [path for path in paths if path.exists()]
    wanted = [(letter, path) for letter, path in zip(letters, paths, strict=True) if path not in kept]
    if wanted:
        form = Form(wanted[0][0].kind, wanted[0][0].template)
        _write_all([path for _, path in wanted], (form.render(letter.facts) for letter, _ in wanted))
    return paths, kept


def _named(letters: Sequence[LetterToWrite], folder: Path) -> list[Path]:
    """受理告知书-XF2023-000123.docx; 催办函-教育局-2023-07-17.docx. No petitioner's name stands in a file's name."""
    names: list[str] = []
    for letter in letters:
        day = f"-{letter.facts['letter_on'].isoformat()}" if letter.kind == "remind" else ""
        stem = f"{letter.name}-{letter.about}{day}".translate(_NOT_IN_NAMES)
        name, n = stem, 1
        while name in names:
            n += 1
            name = f"{stem}-{n}"
        names.append(name)
    return [folder / f"{name}.docx" for name in names]


def _write_all(paths: Sequence[Path], contents: Iterable[bytes]) -> None:
    """Under other names first: all of them appear, or none. For their owner only: a letter carries names."""
    waiting: list[tuple[Path, Path]] = []
    try:
        for path, content in zip(paths, contents, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.{os.getpid()}.new")
            waiting.append((beside, path))
            with open(os.open(beside, _NEW, 0o600), "wb") as file:
                file.write(content)
        for beside, path in waiting:
            beside.replace(path)
    except OSError as error:
        where = error.filename or paths[0]
        raise Unusable(
            f"文件 {where} 写不了（{system_says(error)}）", "请检查文件夹、磁盘空间和权限", code="permission"
        ) from error
    finally:
        for beside, _ in waiting:
            beside.unlink(missing_ok=True)


def export_template(kind: str, target: Path, force: bool) -> None:
    """Copy out the template that comes with the program, for editing in Word or WPS."""
    if target.exists() and not force:
        raise BadValue("文件", str(target), "已经有了", "换个名字，或加 --force 覆盖")
    _write_all([target], [shipped(kind).read_bytes()])


# ---- on the screen ----------------------------------------------------------------------------------------------


def fields_of(kind: str) -> list[dict[str, str]]:
    """The fields of one kind of letter: identifier, Chinese name, what it is."""
    return [{"field": key, "name": FIELDS[key][0], "meaning": FIELDS[key][1]} for key in LETTERS[kind].fields()]


def kinds() -> list[dict[str, str]]:
    """The kinds of letters, to whom each goes, and when it can be made."""
    to = {"petitioner": "信访人", "unit": "责任单位"}
    return [
        {"kind": kind, "name": LETTER.label(kind), "to": to[letter.to], "when": letter.when}
        for kind, letter in LETTERS.items()
    ]
