"""Word templates that an office can replace: read, checked and filled in; for letters and for bulletins.

A template is compiled once a call, by docxtpl's rules, and filled in as often as wanted; only the parts that have fields
in them are made anew, the others go over as they are.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from xinfang_cli.errors import BadValue, Unusable, system_says
from xinfang_cli.files import no_file
from xinfang_cli.frozen import NamedTuple

if TYPE_CHECKING:
    from jinja2 import Template

    from xinfang_cli.formats.bounded import BoundedEnvironment

_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_MOMENT = (1980, 1, 1, 0, 0, 0)


class Fields(NamedTuple):
    """Fields of templates of one kind, and the wording for wrong ones."""

    label: str  # 这种文书
    names: frozenset[str]  # of the fields
    parts: frozenset[str]  # of what stands within them: a row's cells
    samples: Sequence[Mapping[str, Any]]  # contexts to try a template with
    example: str  # a field as it is written
    condition: str  # one that may be empty
    look: str  # the command that lists the fields
    reset: str  # the command that goes back to the program's own template


class WordForm:
    """A template read and compiled; Unusable when it is no Word file, BadValue naming the field that is wrong in it."""

    def __init__(self, path: Path, fields: Fields) -> None:
        self.path = path
        self.fields = fields
        self._parts: dict[str, bytes] = self._read()
        self._forms: dict[str, Template] = {}
        self._around = (b"", b"")
        self._compile()
        for sample in fields.samples:  # a condition may tear a table only when it is not met
            self.fill(sample)

    def _read(self) -> dict[str, bytes]:
        if what := no_file(self.path):
            raise Unusable(
                f"模板 {self.path} 是{what}，不是文件", f"恢复程序自带的：{self.fields.reset}", code="template"
            )
        try:
            with ZipFile(self.path) as archive:
                return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
        except FileNotFoundError as error:
            raise Unusable(
                f"模板 {self.path} 不存在",
                f"放回原处，或恢复程序自带的：{self.fields.reset}",
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
        environment = self._environment = _environment()
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

    def _form(self, environment: BoundedEnvironment, text: str) -> Template:
        from jinja2 import TemplateError, meta
        from jinja2.exceptions import SecurityError

        from xinfang_cli.formats.bounded import check_loops

        try:
            tree = environment.parse(text)
            check_loops(tree)
            asked = meta.find_undeclared_variables(tree)
            found = environment.from_string(text)
        except SecurityError as error:
            raise self._broken(str(error)) from error
        except TemplateError as error:
            raise self._misspelt(text, error) from error
        unknown = sorted(asked - self.fields.names)
        if unknown:
            raise self._unknown(unknown[0], self.fields.names)
        return found

    def _unknown(self, field: str, known: Iterable[str]) -> BadValue:
        from difflib import get_close_matches

        near = get_close_matches(field, sorted({*known} - {field}), n=3, cutoff=0.3)
        hint = f"相近的有：{'、'.join(near)}；" if near else ""
        return self._wrong(field, f"不是{self.fields.label}的字段", f"{hint}看有哪些：{self.fields.look}")

    def _misspelt(self, text: str, error: Exception) -> BadValue:
        """A field that Jinja cannot read, shown as it stands in the document."""
        for found in re.finditer(r"\{\{.*?(?:\}\}|(?=\{\{|\{%|</w:t>))|\{%.*?(?:%\}|(?=\{\{|\{%|</w:t>))", text, re.S):
            shown = re.sub(r"<[^>]+>", "", found.group(0))
            if not _readable(shown):
                hint = f"字段写成 {self.fields.example}，条件写成 {{% if {self.fields.condition} %}}……{{% endif %}}"
                return self._wrong(shown, "写得不对", hint)
        return self._wrong("{% %}", f"不成对（{error}）", "{% if %} 要有 {% endif %}，{% for %} 要有 {% endfor %}")

    def fill(self, context: Mapping[str, Any]) -> bytes:
        """The Word file that the template makes of these fields."""
        from docx.oxml.parser import parse_xml
        from jinja2 import TemplateError

        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=3) as archive:
            for name, content in self._parts.items():
                form = self._forms.get(name)
                if form is not None:
                    try:
                        text = self._paper.resolve_listing(self._environment.filled(form, context))
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
            return self._unknown(field.group(1) or field.group(2), self.fields.parts)
        return self._wrong("{% %}", f"算不出来（{told}）", f"看有哪些字段：{self.fields.look}")


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _MOMENT)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _environment() -> BoundedEnvironment:
    from xinfang_cli.formats.bounded import BoundedEnvironment

    return BoundedEnvironment()


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
