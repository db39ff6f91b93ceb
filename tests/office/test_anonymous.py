"""export --anonymous: no case is told apart from fewer than four others, in any column or all together."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfang_cli.law import terms
from xinfang_cli.office.exchange.anonymous import LEAST, MERGED, anonymous


def case(**said: Any) -> dict[str, Any]:
    return {
        "received_on": "2023-06-07",
        "channel": "letter",
        "kind": "appeal",
        "topic": "供水",
        "region": "望禾街道",
        "headcount": 1,
        "first": True,
        "unit": "测试局",
        "stage": "accepted",
        "outcome": None,
        "name": "测试甲",
        **said,
    }


def of(words: dict[str, str]) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(words))


CASES = st.lists(
    st.fixed_dictionaries(
        {
            "received_on": st.dates().map(lambda day: day.isoformat()),
            "channel": of(dict(terms.CHANNEL.labels)),
            "kind": of(dict(terms.KIND.labels)),
            "topic": st.sampled_from([None, "供水", "噪声"]),
            "region": st.sampled_from([None, "望禾街道一社区", "望禾街道", "听澜镇", "高新区"]),
            "headcount": st.integers(1, 9),
            "first": st.booleans(),
            "unit": st.sampled_from([None, "测试局", "别局"]),
            "stage": of(dict(terms.STAGE.labels)),
            "outcome": st.sampled_from([None, *terms.OUTCOME.labels]),
        }
    ),
    max_size=60,
)


@given(CASES)
def test_nobody_is_alone(cases: list[dict[str, Any]]) -> None:
    found = anonymous(cases)
    assert len(found.rows) + found.left_out == len(cases)
    assert all(count >= LEAST for count in Counter(tuple(row.values()) for row in found.rows).values())
    assert found.left_out < LEAST
    assert found.rows == sorted(found.rows, key=lambda row: tuple(row.values()))


@pytest.mark.parametrize(("count", "written"), [(LEAST - 1, 0), (LEAST, LEAST)])
def test_the_least_number(count: int, written: int) -> None:
    found = anonymous([case() for _ in range(count)])
    assert len(found.rows) == written
    assert found.left_out == count - written
    if written:
        assert found.rows[0]["month"] == "2023-06"
        assert not any(found.merged.values())


def test_what_is_merged_is_counted_and_the_rest_stays() -> None:
    found = anonymous([*(case() for _ in range(6)), *(case(region=f"{n}镇某村") for n in range(5))])
    assert found.merged["region"] == 5
    assert Counter(row["region"] for row in found.rows) == {"望禾街道": 6, MERGED: 5}
    assert "问题属地 5 件" in found.told()


def test_places_only_to_the_town_and_months_to_quarters() -> None:
    found = anonymous([case(region=f"望禾街道第{n}社区", received_on=f"2023-0{4 + n % 3}-01") for n in range(6)])
    assert {row["region"] for row in found.rows} == {"望禾街道"}
    assert {row["month"] for row in found.rows} == {"2023年第2季度"}
