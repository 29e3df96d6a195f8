"""Plain values as declared types, and one clear line for whatever is wrong."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from mine2magnet.core.decode import bounds, decode
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import plain
from mine2magnet.model.ranges import Range

Weeks = Annotated[Range, Meta(extra={"unit": "week", "ge": 0, "le": 520})]
Names = Annotated[tuple[str, ...], Meta(min_length=1, max_length=3, extra={"one_or_many": True})]


class Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    kind: Literal["outage", "delay"]
    where: dict[str, Names] = {}
    start: Weeks = Range(0, 0, 0)
    share: Annotated[float, Meta(ge=0, le=1)] = 0.5
    on: bool = False
    day: date | None = None

    def __post_init__(self) -> None:
        if self.kind == "delay" and self.on:
            raise UserError("a delay is never on", where="on")


class Whole(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=5)] = "x"
    parts: tuple[Part, ...] = ()
    feed: str | dict[str, Annotated[float, Meta(gt=0)]] = "clay"
    count: Annotated[int, Meta(ge=1, le=9)] | None = None


def test_shorthands_come_out_as_declared() -> None:
    where = {"node": "works", "abroad": True, "weeks": [3, "b"]}
    made = decode(Whole, {"parts": [{"kind": "outage", "where": where, "start": "70 days"}], "count": 2.0})
    (part,) = made.parts
    assert part.where == {"node": ("works",), "abroad": ("yes",), "weeks": ("3", "b")}
    assert part.start == Range(10, 10, 10)
    assert made.count == 2
    assert isinstance(made.count, int)
    assert decode(Whole, {"feed": {"Nd": 75}}).feed == {"Nd": 75.0}


@pytest.mark.parametrize(
    ("given_", "range_"),
    [
        (4, (4, 4, 4)),
        ([2, 6], (2, 4, 6)),
        (["2 weeks", "1 year", "2 years"], (2, 365.25 / 7, 2 * 365.25 / 7)),
        ({"low": 1, "likely": 2, "high": 5}, (1, 2, 5)),
        ({"low": 1, "value": 2, "high": 5}, (1, 2, 5)),
        (Range(1, 2, 3), (1, 2, 3)),
    ],
)
def test_a_range_is_a_number_or_two_or_three(given_: object, range_: tuple[float, ...]) -> None:
    assert decode(Weeks, given_) == Range(*range_)


def test_what_is_written_out_is_read_only_where_it_may_be() -> None:
    assert decode(Weeks, "4..5..8", written=True) == Range(4, 5, 8)
    assert decode(Weeks, "4..8", written=True) == Range(4, 6, 8)
    assert decode(Part, {"kind": "outage", "share": "0.25", "on": "true", "day": ""}, written=True) == Part(
        kind="outage", share=0.25, on=True
    )
    assert decode(Part, {"kind": "outage", "day": "2025-06-01"}).day == date(2025, 6, 1)
    with pytest.raises(UserError, match=r"'4\.\.8' is not a time"):
        decode(Weeks, "4..8")


@pytest.mark.parametrize(
    ("given_", "line"),
    [
        ([], "f.yaml: fields are wanted here, not []"),
        ({"colour": 1}, "f.yaml: unknown field 'colour' (one of name, parts, feed, count)"),
        ({"name": "longer"}, "f.yaml name: more than 5 characters"),
        ({"name": ""}, "f.yaml name: nothing stands here"),
        ({"name": 3}, "f.yaml name: 3 is not a text"),
        ({"count": 0}, "f.yaml count: 0 is out of range (1 to 9)"),
        ({"count": 1.5}, "f.yaml count: 1.5 is not a whole number (1 to 9)"),
        ({"count": True}, "f.yaml count: True is not a whole number (1 to 9)"),
        ({"feed": {"Nd": 0}}, "f.yaml feed.Nd: 0 is out of range (more than 0)"),
        ({"feed": {"Nd": "much"}}, "f.yaml feed.Nd: 'much' is not a number (more than 0)"),
        ({"parts": 3}, "f.yaml parts: a list is wanted here, not 3"),
        ({"parts": [{}]}, "f.yaml parts[1]: kind is missing"),
        ({"parts": [{"kind": "flood"}]}, "f.yaml parts[1].kind: unknown kind 'flood' (one of outage, delay)"),
        ({"parts": [{"kind": "outage", "on": 1}]}, "f.yaml parts[1].on: 1 is neither true nor false"),
        ({"parts": [{"kind": "delay", "on": True}]}, "f.yaml parts[1].on: a delay is never on"),
        (
            {"parts": [{"kind": "outage"}, {"kind": "outage", "share": float("nan")}]},
            "f.yaml parts[2].share: nan is not a number",
        ),
        (
            {"parts": [{"kind": "outage", "start": "soon"}]},
            "f.yaml parts[1].start: 'soon' is not a time (write 6, 45 days or 3 months)",
        ),
        (
            {"parts": [{"kind": "outage", "start": -1}]},
            "f.yaml parts[1].start: -1 is out of range",
        ),
        (
            {"parts": [{"kind": "outage", "start": [3, 2, 1]}]},
            "f.yaml parts[1].start: a range rises (low ≤ likely ≤ high)",
        ),
        (
            {"parts": [{"kind": "outage", "start": [1, 2, 3, 4]}]},
            "f.yaml parts[1].start: a range is two or three numbers, not 4",
        ),
        (
            {"parts": [{"kind": "outage", "where": {"node": []}}]},
            "f.yaml parts[1].where.node: nothing is",
        ),
        (
            {"parts": [{"kind": "outage", "where": {"node": list("abcd")}}]},
            "f.yaml parts[1].where.node: 4 are more than the 3 entries that are taken",
        ),
        (
            {"parts": [{"kind": "outage", "day": "2025-13-01"}]},
            "f.yaml parts[1].day: not a date",
        ),
    ],
)
def test_a_mistake_gives_one_line(given_: object, line: str) -> None:
    with pytest.raises(UserError) as caught:
        decode(Whole, given_, "f.yaml")
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


@given(st.floats(0, 520), st.floats(0, 520), st.floats(0, 520), st.floats(0, 1))
def test_what_is_made_plain_is_read_back(a: float, b: float, c: float, share: float) -> None:
    low, likely, high = sorted((a, b, c))
    made = Whole(parts=(Part(kind="outage", start=Range(low, likely, high), share=share),))
    assert decode(Whole, plain(made)) == made


FIELDS = ["name", "parts", "feed", "count", "kind", "where", "start", "share", "low", "high", "likely"]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner),
)


@given(JSON, st.booleans())
def test_nothing_but_a_user_error_comes_of_bad_values(value: object, written: bool) -> None:
    with suppress(UserError):
        assert isinstance(decode(Whole, value, written=written), Whole)


def test_bounds_in_words() -> None:
    assert [bounds(b) for b in ({}, {"ge": 1}, {"le": 5}, {"gt": 0, "lt": 1}, {"ge": 0, "lt": 2000})] == [
        "", "at least 1", "at most 5", "more than 0 and less than 1", "at least 0 and less than 2,000",
    ]  # fmt: skip


Begin = Annotated[datetime, Meta(extra={"day": "begin"})]
End = Annotated[datetime, Meta(extra={"day": "end"})]


def test_a_day_stands_for_its_begin_or_its_end() -> None:
    assert decode(Begin, "2025-06-01") == datetime(2025, 6, 1).astimezone()
    assert decode(End, "2025-06-01") == datetime(2025, 6, 1, 23, 59, 59, 999999).astimezone()
    assert decode(End, "2025-06-01 09:30").isoformat()[:16] == "2025-06-01T09:30"
    assert decode(Begin, "2025-06-01T09:30:00+08:00").isoformat() == "2025-06-01T09:30:00+08:00"
    for wrong in ("2025-13-01", "soon", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(UserError, match="not a date"):
            decode(Begin, wrong)


def test_a_time_may_need_its_zone() -> None:
    zoned = Annotated[datetime, Meta(tz=True)]
    assert decode(zoned, "2025-06-01T09:30:00Z").tzinfo is not None
    with pytest.raises(UserError, match="has no zone"):
        decode(zoned, "2025-06-01T09:30:00")
