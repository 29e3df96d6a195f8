"""Two documents tell of the same events where figures, what they are of, and times agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mine2magnet.claims.agreement import Told, apart, same_events
from mine2magnet.model import Claim, Correction, Quantity


def claim(value: float, unit: str = "t", **slots: Any) -> Claim:
    said: dict[str, Any] = {
        "subjects": ("china",), "measure": "exports", "materials": ("rare_earth_magnet",),
        "period": "2025-08", "precision": 1.0,
    }  # fmt: skip
    return Claim(Quantity(value, value, unit), 0, 1, (0, 1), **{**said, **slots})


TO = [claim(6146), claim(590, counterparties=("united_states",)), claim(1210, counterparties=("germany",))]


def alike(ours: list[Claim], theirs: list[Claim]) -> bool:
    found = same_events(Told.by(ours), Told.by(theirs))
    assert found == same_events(Told.by(theirs), Told.by(ours))
    return found


def test_reports_that_tell_the_same_figures_of_the_same_things_are_one() -> None:
    assert alike(TO, TO)
    assert alike(TO, TO[:2]), "one leaves something out"
    assert alike(TO, [claim(6_146_000, "kg", precision=1000), *TO[1:]]), "another unit"
    assert alike(TO, [replace(one, period=None) for one in TO]), "one does not say when"
    assert alike(TO, [replace(one, subjects=("海关部门",)) for one in TO]), "named in one language"


@pytest.mark.parametrize(
    "slots",
    [
        {"period": "2025-09"},
        {"direction": "change"},
        {"subjects": ("japan",), "measure": "imports"},
        {"subjects": ("japan",), "materials": ("gallium",)},
    ],
)
def test_figures_of_other_things_or_times_are_no_agreement(slots: dict[str, Any]) -> None:
    assert not alike(TO, [replace(one, **slots) for one in TO])


def test_one_slot_may_be_read_otherwise() -> None:
    assert alike(TO, [replace(one, measure="supply") for one in TO])


def test_one_figure_is_not_enough_and_round_ones_say_less() -> None:
    assert not alike(TO[:1], TO[:1])
    assert not alike([claim(5)], [claim(5)])
    assert not alike([claim(5), claim(90)], [claim(5), claim(80)])
    assert alike([claim(5), claim(90)], [claim(5), claim(90)])


def test_what_is_known_besides_does_not_make_two_events_one() -> None:
    known = [claim(91, "%", measure="share"), claim(60.5, "%", measure="share_of_production")]
    one = [claim(73, "INR", subjects=("india",)), claim(6000, subjects=("india",)), *known]
    other = [claim(465, "USD", subjects=("brazil",)), claim(6500, subjects=("brazil",)), *known]
    assert not alike(one, other)


def test_another_value_of_one_thing_speaks_against_it() -> None:
    other = [claim(5774), *TO[1:]]
    assert apart(Told.by(TO), Told.by(other))
    assert not alike(TO, other)
    assert not apart(Told.by(TO), Told.by([claim(5774), *TO])), "which tells both"


def test_what_was_marked_as_wrong_or_says_nothing_does_not_count() -> None:
    wrong = Correction("d", 1, 1, 0, 0, 1, "6", "claim", "", "wrong")
    assert Told.by([replace(TO[0], corrections=(wrong,))]).figures == ()
    assert Told.by([claim(7, subjects=(), measure=None, materials=())]).figures == ()
