"""An appeal accepted on a pathway without a day of completion: counted in the report, with the cases behind it."""

from __future__ import annotations

from .conftest import Counter

NOW = "2023-09-30"


def test_it_is_counted_and_listed(counter: Counter) -> None:
    for _ in range(3):
        counter.ok(
            "add",
            "--received",
            "2023-08-01",
            "--channel",
            "来信",
            "--kind",
            "申诉求决",
            "--title",
            "t",
            "--yes",
            today=NOW,
        )
    counter.ok("assign", "1", "2", "3", "--to", "测试局", "--new-unit", "--on", "2023-08-02", today=NOW)
    counter.ok("accept", "1", "--pathway", "answer", "--reason", "只问政策", "--on", "2023-08-10", today=NOW)
    counter.ok("accept", "2", "--on", "2023-08-10", today=NOW)
    counter.ok("accept", "3", "--pathway", "answer", "--reason", "只问政策", "--on", "2023-09-01", today=NOW)
    august = counter("report", "month", "2023-08", today=NOW).out
    assert "申诉求决件按没有办结期限的途径受理 1 件：测试局 1 件。" in august
    assert "| 申诉求决件按没有办结期限的途径受理 | XF2023-000001 |" in august
    assert "按没有办结期限的途径受理" not in counter("report", "month", "2023-07", today=NOW).out
    counter.ok("exclude", "1", "--reason", "测试", "--approved-by", "局长", today=NOW)
    assert "按没有办结期限的途径受理" not in counter("report", "month", "2023-08", today=NOW).out


def test_a_later_gap_does_not_take_an_earlier_month_out_of_the_book(counter: Counter) -> None:
    """The book is complete as far as the day asked about can know: what comes after a gap changes nothing before it."""
    for month in ("01", "02", "03"):
        counter.ok(
            "add",
            "--received",
            f"2023-{month}-05",
            "--channel",
            "来信",
            "--kind",
            "咨询",
            "--title",
            "t",
            "--yes",
            today=NOW,
        )
    asked = ("report", "month", "2023-02", "--as-of", "2023-03-20")
    before = counter(*asked, today=NOW).out
    counter.ok(
        "add", "--received", "2023-09-05", "--channel", "来信", "--kind", "咨询", "--title", "t", "--yes", today=NOW
    )
    assert counter(*asked, today=NOW).out == before
    assert "共收到信访事项 1 件" in before
