"""Web pages and XML under the name of a workbook, as many systems export them."""

from __future__ import annotations

from pathlib import Path

from xinfang_cli.errors import Unusable
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.sheet import SheetFile

_BEGINS = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta", b"<head", b"mime-version:")


def recognises(path: Path, head: bytes) -> bool:
    """By its first tag."""
    return head[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_BEGINS)


def read(path: Path, head: bytes) -> SheetFile:
    """Unusable, always."""
    raise Unusable(f"文件 {path.name} 其实是网页或 XML，不是工作簿（不少系统导出的 xls 是这样）", guard.SAVE_AS)
