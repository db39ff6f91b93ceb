"""What was answered while another command kept the book is not lost: a draft, and add --resume."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Counter
from xinfang_cli.book.sqlite import opening
from xinfang_cli.cli import asking

Answers = Callable[..., Any]
SAID = {"信访形式": "来访", "信访目的": "申诉求决", "概况": "反映供水压力不足", "信访人姓名": "测试甲"}
SAID |= {"联系电话": "13900001234", "住址": "望禾街道一号"}


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Somebody answers each question as SAID has it, else takes what is offered; what was asked with which default."""
    asked: list[tuple[str, str]] = []

    def answer(question: str, default: str = "") -> str:
        asked.append((question, default))
        if default == "今天":
            return "昨天"
        return default or SAID.get(question.partition("（")[0], "")

    monkeypatch.setattr(asking, "somebody_there", lambda: True)
    monkeypatch.setattr(asking, "ask", answer)
    monkeypatch.setattr(opening, "BUSY_MS", 50)
    return asked


@contextmanager
def _kept_busy(path: Path) -> Iterator[None]:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("BEGIN IMMEDIATE")
    yield
    conn.execute("ROLLBACK")
    conn.close()


def _drafts(counter: Counter) -> list[Path]:
    return sorted(counter.path.parent.glob("*.draft-*"))


def test_the_answers_stay_and_are_entered_later(counter: Counter, at_a_terminal: list[tuple[str, str]]) -> None:
    with _kept_busy(counter.path):
        ran = counter("add", "--tag", "扬言")
        assert ran.code == 3, ran
        again = counter("add")
        assert "1 份没有登记的草稿" in again.err
    first, second = _drafts(counter)
    assert first.stat().st_mode & 0o777 == 0o600
    assert counter.ok("list") == []
    at_a_terminal.clear()
    done = counter("add", "--resume", today="2023-07-20")
    assert done.code == 0, done
    assert ("概况", "反映供水压力不足") in at_a_terminal
    assert ("收到日期", "2023-07-16") in at_a_terminal  # not the day before the day of the second call
    assert _drafts(counter) == [second]
    shown = counter.ok("show", "1", "--reveal")
    assert (shown["received_on"], shown["petitioner"]["name"], shown["tags"]) == ("2023-07-16", "测试甲", ["扬言"])


def test_a_draft_can_be_entered_without_questions(
    counter: Counter, at_a_terminal: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with _kept_busy(counter.path):
        counter("add")
    monkeypatch.setattr(asking, "somebody_there", lambda: False)
    assert counter.ok("add", "--resume", "--phone", "13900005678")["received_on"] == "2023-07-16"
    assert counter.ok("show", "1", "--reveal")["petitioner"]["phone"] == "13900005678"
    assert _drafts(counter) == []


def test_there_is_nothing_to_resume(counter: Counter) -> None:
    assert counter("add", "--resume", "--json").error()["code"] == "not_found"


def test_a_draft_that_cannot_be_read_stays(counter: Counter) -> None:
    file = counter.path.with_name("book.draft-20230717T100000.json")
    file.write_text('{"fields": {', "utf-8")
    ran = counter("add", "--resume", "--json")
    assert (ran.code, ran.error()["code"]) == (3, "draft")
    assert file.exists()


def test_without_a_terminal_no_draft_is_kept(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BUSY_MS", 50)
    with _kept_busy(counter.path):
        assert counter("add", "--channel", "来信", "--kind", "咨询", "--title", "测试件").code == 3
    assert _drafts(counter) == []
