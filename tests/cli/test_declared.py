"""A type's fields as options, and options as a value of the type."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import click
import pytest
from click.testing import CliRunner, Result
from msgspec import Meta, field

from mine2magnet.cli.declared import declared, options_of
from mine2magnet.core.errors import UserError
from mine2magnet.model.fields import Input, several


class Order(Input, frozen=True, kw_only=True):
    words: Annotated[str, Meta(max_length=9, description="What to look for.", examples=["magnets"])] = ""
    tag: Annotated[tuple[str, ...], several("With this tag.", "stocks", "autos")] = ()
    sort: Annotated[Literal["time", "rank"], Meta(description="Order.", examples=["time"])] = "time"
    since: Annotated[datetime | None, Meta(description="From this time.")] = None
    names: Annotated[dict[Literal["en", "zh"], str], Meta(description="Names.")] = field(default_factory=dict)
    many: Annotated[int, Meta(ge=1, le=5)] = 3


def asked(*arguments: str, **given: Any) -> tuple[Result, list[Order]]:
    """What comes of a command line, and the orders that reached the command."""
    came: list[Order] = []

    @click.command()
    @options_of(Order, **given)
    def command(**values: Any) -> None:
        came.append(declared(Order, values))

    return CliRunner().invoke(command, arguments), came


def test_what_is_given_is_read_and_the_rest_left_to_its_default() -> None:
    given = ("--words", "镝", "--tag", "a", "--tag", "b", "--sort", "rank", "--since", "2025-06-01T09:00:00Z")
    result, came = asked(*given, "--names", " zh = 磁体=1", "--names", "en=magnets")
    assert result.exit_code == 0, result.exception
    (order,) = came
    assert (order.words, order.tag, order.sort, order.many) == ("镝", ("a", "b"), "rank", 3)
    assert order.since == datetime(2025, 6, 1, 9, tzinfo=UTC)
    assert order.names == {"zh": "磁体=1", "en": "magnets"}
    assert asked()[1] == [Order()]


def test_flags_of_ones_own_take_the_place_of_the_name() -> None:
    (order,) = asked("-w", "x", flags={"words": ("-w",)})[1]
    assert order.words == "x"
    assert "no such option" in asked("--words", "x", flags={"words": ("-w",)})[0].output.lower()


def test_what_is_left_out_is_no_option() -> None:
    assert asked("--sort", "rank", leave={"sort"})[0].exit_code == 2


def test_help_says_what_a_field_is_with_its_examples_and_whether_it_may_be_repeated() -> None:
    told = " ".join(asked("--help")[0].output.split())
    assert "What to look for. E.g. magnets." in told
    assert "With this tag (may be repeated). E.g. stocks, autos." in told
    assert "Order." in told
    assert "E.g. time" not in told  # its choices stand there already
    assert "en|zh=TEXT" in told
    assert "DATE" in told


@pytest.mark.parametrize(
    ("arguments", "where", "what"),
    [
        (("--words", "0123456789"), "--words", "more than 9 characters"),
        (("--many", "6"), "--many", "out of range"),
        (("--since", "soon"), "--since", ""),
        (("--names", "fr=aimants"), "--names", ""),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_its_flag(
    arguments: tuple[str, ...], where: str, what: str
) -> None:
    error = asked(*arguments)[0].exception
    assert isinstance(error, UserError)
    assert error.where.startswith(where)
    assert what in error.what
