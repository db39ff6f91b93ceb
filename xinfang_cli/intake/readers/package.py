"""Workbook packages that Excel opens and calamine or we cannot navigate, rebuilt in memory with the usual part names."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from io import BytesIO

from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.sheet import File, Held

_TYPES, _ROOT, _WORKBOOKS = "[Content_Types].xml", "_rels/.rels", ("xl/workbook.xml", "xl/workbook.bin")
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{}" Target="{}"/></Relationships>'
)
_RELATION = r"<(?:\w+:)?Relationship\b[^>]*>"
_HEAD = 4096
_DIMENSION = rb"""<(?:\w+:)?dimension\b[^>]*?\bref\s*=\s*["']([^"']*)["'][^>]*>"""
_PLACES = rb"[A-Z]{1,7}[1-9][0-9]{0,9}(?::[A-Z]{1,7}[1-9][0-9]{0,9})?"
_ENCODED = rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*\bencoding\s*=\s*["']([\w-]+)["']"""


def proper(path: File) -> File:
    """The file, or one made of it: names with backslashes, in other letters, in other folders; roundabout targets; a
    missing list of the package; sheets of macros; parts in another encoding, or that say nonsense of their extent."""
    with guard.package(path) as archive:
        found = _Package(archive)
        return path if found.is_proper() else Held(path, found.made_anew())


class _Package:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = archive.namelist()
        self.by_plain = {name.replace("\\", "/").lstrip("/").lower(): name for name in self.names}
        self.workbook = self._workbook()
        self.folder = posixpath.dirname(self.workbook)
        self.relations = self._text(self._relations_of(self.workbook))
        self.targets = {tag: self._target(tag) for tag in re.findall(_RELATION, self.relations)}

    def _workbook(self) -> str:
        """The part that the package says is the document, or the usual one."""
        for tag in re.findall(_RELATION, self._text(_ROOT)):
            if "/officeDocument" in _said(tag, "Type"):
                target = _said(tag, "Target").replace("\\", "/").lstrip("/").lower()
                if target in self.by_plain:
                    return target
        return next((name for name in _WORKBOOKS if name in self.by_plain), "")

    @staticmethod
    def _relations_of(part: str) -> str:
        folder, name = posixpath.split(part)
        return posixpath.join(folder, "_rels", f"{name}.rels")

    def _text(self, plain: str) -> str:
        if plain not in self.by_plain:
            return ""
        return _utf8(guard.read_part(self.archive, self.by_plain[plain])).decode("utf-8", "replace")

    def _target(self, tag: str) -> str:
        """The part a workbook relation points to; nothing without one."""
        said = _said(tag, "Target").strip().replace("\\", "/")
        whole = said if said.startswith("/") else posixpath.join(self.folder, said)
        for found in (posixpath.normpath(whole), said):
            if (plain := found.lstrip("/").lower()) in self.by_plain:
                return plain
        return ""

    def is_proper(self) -> bool:
        """Whether it can be read as it stands."""
        if not any(_said(tag, "Type").endswith("/worksheet") for tag in self.targets):
            return True  # no workbook: what it is then is said elsewhere
        usual = self.workbook in _WORKBOOKS and {self.workbook, _ROOT} <= set(self.names)
        if not usual or any("\\" in name for name in self.names):
            return False
        for tag, plain in self.targets.items():
            said = _said(tag, "Target")
            straight = said.removeprefix("/") if said.startswith("/") else f"xl/{said}"
            if (plain and (straight not in self.names and straight.lower() != plain)) or _is_of_macros(tag):
                return False
        return all(self._is_plain(plain) for plain in {self.workbook, *self.targets.values()} if plain)

    def _is_plain(self, plain: str) -> bool:
        if not plain.endswith(".xml"):
            return True
        with self.archive.open(self.by_plain[plain]) as file:
            head = file.read(_HEAD)
        return not _is_encoded(head) and not _says_nonsense(head)

    def made_anew(self) -> bytes:
        """The package with the usual names."""
        renamed = {plain: self._new_name(plain) for plain in self.by_plain}
        sheets_gone = {_said(tag, "Id") for tag in self.targets if _is_of_macros(tag)}
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            new.writestr(_ROOT, _RELATIONS.format(_OFFICE, renamed[self.workbook]))
            new.writestr(self._relations_of(renamed[self.workbook]), self._relations_with(renamed))
            for plain, name in self.by_plain.items():
                if plain in (_ROOT, self._relations_of(self.workbook)):
                    continue
                with new.open(renamed[plain], "w") as part:
                    if plain == self.workbook or (plain in self.targets.values() and not self._is_plain(plain)):
                        part.write(
                            _put_right(self.archive.read(name), sheets_gone if plain == self.workbook else set())
                        )
                        continue
                    for chunk in guard.chunks(self.archive, self.archive.getinfo(name)):
                        part.write(chunk)
        return out.getvalue()

    def _new_name(self, plain: str) -> str:
        if plain == _TYPES.lower():
            return _TYPES
        if plain == self.workbook:
            return _WORKBOOKS[plain.endswith(".bin")]
        inside = plain.startswith(f"{self.folder}/") or not self.folder or plain in self.targets.values()
        if not inside or plain == _ROOT or plain.startswith("docprops/"):
            return plain
        return f"xl/{plain.removeprefix(f'{self.folder}/')}"

    def _relations_with(self, renamed: Mapping[str, str]) -> str:
        def changed(found: re.Match[str]) -> str:
            tag = found[0]
            plain = self.targets.get(tag, "")
            if _is_of_macros(tag):
                return ""
            return (
                re.sub(r"""\bTarget\s*=\s*(?:"[^"]*"|'[^']*')""", f'Target="{renamed[plain].removeprefix("xl/")}"', tag)
                if plain
                else tag
            )

        return re.sub(_RELATION, changed, self.relations)


def _said(tag: str, name: str) -> str:
    found = re.search(rf"""\b{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return (found[1] if found[1] is not None else found[2]) if found else ""


def _is_of_macros(tag: str) -> bool:
    return _said(tag, "Type").lower().endswith("macrosheet")


def _is_encoded(head: bytes) -> bool:
    """Whether a part is in another encoding than UTF-8."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    found = re.search(_ENCODED, head)
    return found is not None and found[1].lower() not in (b"utf-8", b"utf8", b"us-ascii")


def _says_nonsense(head: bytes) -> bool:
    found = re.search(_DIMENSION, head)
    return found is not None and re.fullmatch(_PLACES, found[1]) is None


def _utf8(raw: bytes) -> bytes:
    """A part in UTF-8, as it is where it cannot be decoded."""
    if not _is_encoded(raw[:_HEAD]):
        return raw
    found = re.search(_ENCODED, raw[:_HEAD])
    encoding = found[1].decode().lower() if found else "utf-16"
    try:
        text = raw.decode("gb18030" if encoding in ("gb2312", "gbk") else encoding)
    except (UnicodeDecodeError, LookupError):
        return raw
    return re.sub(r"^\ufeff?<\?xml[^>]*\?>", "", text).encode()


def _put_right(raw: bytes, gone: set[str]) -> bytes:
    """A part in UTF-8, without what it says wrongly of its extent, and without the sheets of these relations."""
    raw = _utf8(raw)
    if _says_nonsense(raw[:_HEAD]):
        raw = re.sub(_DIMENSION, b"", raw[:_HEAD], count=1) + raw[_HEAD:]
    for identity in gone:
        raw = re.sub(rb"""<(?:\w+:)?sheet\b[^>]*:id\s*=\s*["']""" + identity.encode() + rb"""["'][^>]*/>""", b"", raw)
    return raw
