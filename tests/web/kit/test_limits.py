"""Limits of declared fields, as forms show them and say them."""

from __future__ import annotations

from typing import Annotated

import pytest
from msgspec import Meta

from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.model.fields import Input
from mine2magnet.web.kit.limits import limits, longest, told


class Form(Input, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=1200)] = "x"
    tags: Annotated[tuple[Annotated[str, Meta(max_length=3)], ...], Meta(max_length=2)] = ()
    weeks: Annotated[Annotated[float, Meta(ge=0)] | None, Meta(lt=9)] = None


def test_limits_are_those_of_all_annotations() -> None:
    assert limits(Annotated[Annotated[float, Meta(ge=0)] | None, Meta(lt=9)]) == {"ge": 0, "lt": 9}
    assert limits(Annotated[int, Meta(gt=1, le=2)]) == {"gt": 1, "le": 2}
    assert limits(Annotated[str, Meta(min_length=1, max_length=2), "a note"]) == {
        "min_length": 1,
        "max_length": 2,
    }
    assert limits(int) == {}


def test_a_field_says_how_long_it_may_be() -> None:
    assert (longest(Form, "name"), longest(Form, "tags")) == (1200, 2)


def refused(**given: object) -> UserError:
    with pytest.raises(UserError) as refusal:
        decode(Form, given)
    return refusal.value


@pytest.mark.parametrize(
    ("given", "where", "said"),
    [
        ({"name": "x" * 1201}, "name", Translator("zh")("error.long", n=1200)),
        ({"tags": ["a", "b", "c"]}, "tags", Translator("zh")("error.many", n=2)),
        ({"tags": ["a", "long"]}, "tags", Translator("zh")("error.long", n=3)),
    ],
)
def test_what_is_too_long_is_said_in_the_readers_language(
    given: dict[str, object], where: str, said: str
) -> None:
    error = told(refused(**given), Translator("zh"))
    assert (error.where, error.what) == (where, said)


def test_what_has_no_words_of_its_own_stays_as_it_is() -> None:
    error = refused(weeks=9)
    kept = told(error, Translator("ja"))
    assert (kept.what, kept.where, kept.hint) == (error.what, "weeks", error.hint)
