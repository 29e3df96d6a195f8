"""Reconciling figures that do not add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mine2magnet.chain.balance import Given, balance
from mine2magnet.core.errors import UserError

IN_OUT = np.array([[1.0, -1.0, -1.0]])


def test_the_least_certain_figure_gives_most() -> None:
    """Mined 100 ± 2, separated 80 ± 2, stocked 10 ± 8: the ten that are missing go by variance."""
    found = balance(
        [Given("mined", 100, 98, 102), Given("separated", 80, 78, 82), Given("stocked", 10, 2, 18)],
        IN_OUT,
        np.zeros(1),
        ["ore"],
    )
    assert [a.value - a.given for a in found] == pytest.approx([-10 * 4 / 72, 10 * 4 / 72, 10 * 64 / 72])
    assert found[0].value == pytest.approx(found[1].value + found[2].value, rel=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0.1, 1e3)), min_size=3, max_size=3))
def test_flows_balance_and_are_not_negative(figures: list[tuple[float, float]]) -> None:
    given_ = [Given(str(i), v, v - s, v + s) for i, (v, s) in enumerate(figures)]
    x = np.array([a.value for a in balance(given_, IN_OUT, np.zeros(1), ["ore"])])
    assert (x >= 0).all()
    assert abs((IN_OUT @ x).item()) < 1e-6 * max(1.0, x.max())


def test_what_cannot_balance_is_named() -> None:
    with pytest.raises(UserError, match=r"no flows balance (Nd|Dy) oxide: 2 is always missing or over"):
        balance(
            [Given("a", 1, 0, 2), Given("b", 1, 0, 2)],
            np.array([[1.0, 0.0], [1.0, 1.0]]),
            np.array([5.0, 3.0]),
            ["Nd oxide", "Dy oxide"],
        )


def test_more_than_a_balance_can_take_is_named_too() -> None:
    with pytest.raises(UserError, match=r"no flows balance Nd oxide: 5 is always missing or over"):
        balance(
            [Given("a", 1, 0, 2), Given("b", 1, 0, 2)],
            np.array([[1.0, 1.0], [1.0, -1.0]]),
            np.array([-5.0, 0.0]),
            ["Nd oxide", "Dy oxide"],
        )


def test_a_negative_figure_is_refused() -> None:
    with pytest.raises(UserError, match="mined is below nought"):
        balance([Given("mined", -1, -2, 0)], np.array([[1.0]]), np.array([1.0]), ["ore"])
