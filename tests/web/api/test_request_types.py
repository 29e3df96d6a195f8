"""The described forms of a request are those that are decoded, at and beyond each limit."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.core.schema import Input
from mine2magnet.model.ranges import Range
from mine2magnet.web.api.request_types import described

Prices = dict[str, Annotated[Range, Meta(extra={"gt": 0})]]


class Order(Input, frozen=True, kw_only=True):
    """All that can be declared."""

    weeks: Annotated[Range, Meta(description="Weeks.", extra={"unit": "week", "ge": 0, "le": 520})]
    share: Annotated[Annotated[Range, Meta(extra={"ge": 0, "le": 1})] | None, Meta(description="Part.")] = (
        None
    )
    days: Annotated[float, Meta(ge=0, le=9, extra={"unit": "day"})] = 1.0
    sites: Annotated[tuple[str, ...], Meta(max_length=2, extra={"one_or_many": True})] = ()
    since: Annotated[datetime, Meta(extra={"day": "begin"})] | None = None
    prices: Prices = {}  # noqa: RUF012  never changed


SCHEMA: Any = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(described(Order))))
FIT = jsonschema.Draft202012Validator(SCHEMA).is_valid


def fits(given: Any) -> bool:
    with suppress(UserError):
        decode(Order, given)
        return True
    return False


@pytest.mark.parametrize(
    ("given", "good"),
    [
        ({"weeks": 520}, True),
        ({"weeks": 521}, False),
        ({"weeks": [0, 520]}, True),
        ({"weeks": [0, 1, 520.5]}, False),
        ({"weeks": [1, 2, 3, 4]}, False),
        ({"weeks": []}, False),
        ({"weeks": {"low": 1, "likely": 2, "high": 3}}, True),
        ({"weeks": {"low": 1, "high": 3}}, False),
        ({"weeks": "45 days"}, True),
        ({"weeks": ["1 week", "2 months"]}, True),
        ({"weeks": "soon"}, False),
        ({"weeks": 1, "share": None}, True),
        ({"weeks": 1, "share": 1.1}, False),
        ({"weeks": 1, "days": 9}, True),
        ({"weeks": 1, "days": 9.5}, False),
        ({"weeks": 1, "sites": "china"}, True),
        ({"weeks": 1, "sites": ["a", 2]}, True),
        ({"weeks": 1, "sites": ["a", "b", "c"]}, False),
        ({"weeks": 1, "since": "2025-06-01"}, True),
        ({"weeks": 1, "since": 2025}, False),
        ({"weeks": 1, "prices": {"Nd": [60, 80]}}, True),
        ({"weeks": 1, "prices": {"Nd": 0}}, False),
        ({"weeks": 1, "colour": 1}, False),
        ({}, False),
    ],
)
def test_a_schema_says_what_is_taken(given: Any, good: bool) -> None:
    assert (FIT(given), fits(given)) == (good, good)


def test_units_and_help_are_told() -> None:
    told = SCHEMA["$defs"]["Order"]["properties"]
    assert told["weeks"]["x-unit"] == "week"
    assert told["weeks"]["description"] == "Weeks."
    assert told["days"] == {"type": "number", "minimum": 0, "maximum": 9, "x-unit": "day", "default": 1.0}
    assert SCHEMA["$defs"]["Order"]["description"] == "All that can be declared."


NUMBERS = st.floats(-2, 530) | st.integers(-2, 530)


@given(st.fixed_dictionaries({"weeks": NUMBERS | st.lists(NUMBERS, max_size=4), "days": st.floats(-1, 10)}))
def test_whatever_is_decoded_is_described(value: Any) -> None:
    assert FIT(value) or not fits(value)
