"""The questions of `add` at a terminal: what is missing, one after the other, and every answer can be mended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from xinfang_cli.cli import asking, options
from xinfang_cli.errors import BadValue, XinfangError
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake import cleaning
from xinfang_cli.law.events.taken_down import EDITABLE
from xinfang_cli.office.session import Session
from xinfang_cli.terminal import screen

BACK, WORDS, NOTHING = ("<", "＜"), ("?", "？"), ("-", "－")
HOW = "没有的直接回车；写 < 回到上一项，写 - 清空，写 ? 看可填的词；Ctrl+C 取消，什么也不写"


class Question(NamedTuple):
    """The question for a field, by default its label; `hint` follows in brackets, `default` answers for an empty line."""

    key: str
    label: str = ""
    hint: str = ""
    default: str = ""
    needed: bool = False


QUESTIONS = (
    Question("received_on", "收到日期", default="今天", needed=True),
    Question("channel", hint="来信 来访 网上信访 领导信箱 来电", needed=True),
    Question("kind", hint="申诉求决 建议意见 检举控告 咨询 其他", default="申诉求决", needed=True),
    Question("title", needed=True),
    Question("name", "信访人姓名"),
    Question("id_no"),
    Question("phone", "联系电话"),
    Question("address"),
    Question("headcount", default="1"),
    Question("topic"),
    Question("region"),
    Question("complained_unit", "被检举的单位"),
    Question("complained_person", "被检举的人"),
    Question("complained", "单位和人都没有写，是问过仍不明吗", "是 否；不写明的不能转出去", "否"),
)
_FIELDS = {field.name: field for field in EDITABLE}
LABELS = {question.key: question.label or _FIELDS[question.key].label for question in QUESTIONS}
ACCUSED = ("complained_unit", "complained_person", "complained")
"""Asked of an accusation only, until one is answered."""

Clean = Callable[..., dict[str, Any]]
"""Fields as they were typed, with what they are called in a complaint → clean values; BadValue."""


class Interview:
    """One intake dialogue: `fields` collects the answers, and at the end is registered."""

    def __init__(self, session: Session, fields: dict[str, Any], received_on: date, clean: Clean) -> None:
        self.session = session
        self.fields = fields
        self.received_on = received_on
        self.clean = clean
        self.new_topic = self.new_region = False
        self.typed: dict[str, str] = {}

    def run(self, day_given: bool) -> None:
        """Ask for everything that no flag said; at a second run the answers of the first stand as defaults."""
        given = {key for key in self.fields if key not in self.typed} | ({"received_on"} if day_given else set())
        screen.print_notice(HOW)
        asked: list[Question] = []
        pending = [question for question in QUESTIONS if question.key not in given]
        while len(asked) < len(pending):
            question = pending[len(asked)]
            if question.key in ACCUSED and self.fields.get("kind") != "accusation":
                for key in ACCUSED:
                    if self.typed.pop(key, ""):  # answered before the kind was mended
                        self.fields.pop(key, None)
                break
            if question.key == "complained_unit":
                self.tell_mentioned()
            if question.key in ACCUSED[1:] and any(self.fields.get(key) for key in ACCUSED[:-1]):
                self.fields.pop("complained", None)  # one answer is enough
                break
            if self.ask(question, first=not asked):
                asked.append(question)
            elif asked:
                asked.pop()

    def ask(self, question: Question, first: bool) -> bool:
        """Ask until the answer can be taken; False to go back."""
        key = question.key
        shown = f"{LABELS[key]}（{question.hint}）" if question.hint else LABELS[key]
        while True:
            before = self.typed.get(key)
            word = asking.ask(shown, before or question.default)
            if word in BACK:
                if not first:
                    return False
                screen.print_notice("  这是第一项")
                continue
            if word in WORDS:
                self.list_words(question)
                continue
            if word in NOTHING and not question.needed:
                word = ""
            if not word and question.needed:
                screen.print_notice("  这一项必须填")
                continue
            self.typed[key] = word
            try:
                if self.take(key, word, sure=word == before):
                    return True
            except XinfangError as error:
                self.fields.pop(key, None)
                self.typed.pop(key)
                screen.print_notice(f"  {error.line()}")

    def take(self, key: str, word: str, sure: bool) -> bool:
        """Put an answer into its field; False to ask again. What is doubtful is taken once the clerk says it again."""
        if key == "received_on":
            self.received_on = options.day(self.session, word, LABELS[key]) or self.session.today
            if self.received_on > self.session.today:
                raise BadValue(LABELS[key], word, "晚于今天", "事情发生后再登记；日期写错了请改正")
            return True
        self.fields.pop(key, None)
        if not word:
            return True
        if key == "complained":
            if asking.means_yes(word):
                self.fields[key] = "unknown"
            return True
        found = self.clean(self.session, names=LABELS, **{key: word})
        if key == "headcount" and found[key] == 1:
            return True
        self.fields.update(found)
        if key in ("topic", "region"):
            return self.listed(key)
        if key in ("id_no", "phone") and not sure:
            doubts = cleaning.doubts("有", found.get("id_no") or "", found.get("phone") or "", "有")
            for _, text in doubts:
                screen.print_notice(f"  {text}；确实如此就回车")
            return not doubts
        return True

    def tell_mentioned(self) -> None:
        """Name our units mentioned in the title: one of them is probably the accused."""
        from xinfang_cli.office.work import registering

        named = registering.mentioned(self.session, self.fields)
        if named:
            screen.print_notice(f"  概况、内容里写到：{'、'.join(named)}")

    def listed(self, key: str) -> bool:
        """A topic or a place that the office's list lacks: the nearest ones, or made new if the clerk wants."""
        from xinfang_cli.office.work import registering

        try:
            registering.check_lists(self.session, {key: self.fields[key]})
        except registering.Unlisted as error:
            near = registering.near_in_words(error.near) if error.near else "名单还是空的"
            screen.print_notice(f"  {error.message}。{near}")
            if not asking.yes(f"  新增「{self.fields[key]}」吗"):
                self.fields.pop(key)
                self.typed.pop(key)
                return False
            setattr(self, f"new_{key}", True)
        return True

    def list_words(self, question: Question) -> None:
        """The possible answers."""
        field = _FIELDS.get(question.key)
        if field is not None and field.words is not None:
            words = list(field.words.labels.values())
        elif question.key in ("topic", "region"):
            from xinfang_cli.office.work import registering

            words = registering.listed(self.session, question.key)
        else:
            words = []
        screen.print_notice(f"  可填：{'、'.join(words)}" if words else "  这一项没有固定的词，照实写")
