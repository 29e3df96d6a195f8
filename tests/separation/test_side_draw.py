"""Cuts with a third outlet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.separation import side_draw
from mine2magnet.separation.cut import Cut
from mine2magnet.separation.stages import Array

if TYPE_CHECKING:
    from tests.conftest import Record

BETA = np.array([1.0, 1.96, 1.96 * 1.46])  # Sm, Eu, Gd on P507
FEED = np.array([0.55, 0.08, 0.37])


def cut(phase: str = "aqueous", **more: object) -> Cut:
    middle, last = np.arange(3) == 1, np.arange(3) == 2
    return Cut(BETA, FEED, last, 1e-2, 1e-2, phase, free=middle, drawn=True, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made() -> side_draw.SideStream:
    return side_draw.three_outlets(cut(), 0.6)


def test_three_outlets_meet_their_purities_and_balance(made: side_draw.SideStream) -> None:
    assert made.purity == pytest.approx(0.6, rel=1e-6)
    assert (made.sized.impurity_a, made.sized.impurity_b) == pytest.approx((1e-2, 1e-2), rel=1e-6)
    leaving = made.stream + made.solution.product_a + made.solution.product_b
    assert leaving == pytest.approx(FEED, abs=1e-12)
    assert made.solution.residual < 1e-12
    lost = (
        1e-2 * (made.extract_flow + 1 - made.extract_flow - made.flow) / FEED[1]
    )  # all that the ends may hold of it
    assert made.recovery == pytest.approx(1 - lost, abs=1e-3)


def test_no_neighbour_is_better(made: side_draw.SideStream) -> None:
    """A stage more or less in either section, one up or down, the other phase: each holds more."""
    for dn, dm, up in side_draw.MOVES:
        for phase in side_draw.PHASES:
            other = side_draw._beside(made, dn, dm, up, phase, 0.6)
            assert other is None or other.volume() >= made.volume()


def test_the_draw_is_where_it_is_purest(made: side_draw.SideStream) -> None:
    best = side_draw.richest(made.cut, made.n_extraction, made.n_scrub, made.organic)
    assert best is not None
    assert (best.stage, best.phase) == (made.stage, made.phase)
    assert best.purity == pytest.approx(0.6, rel=1e-6)
    more = side_draw.richest(made.cut, made.n_extraction, made.n_scrub, 1.5 * made.organic)
    assert more is not None
    assert more.purity > best.purity


@pytest.mark.parametrize("phase", ["aqueous", "organic"])
@pytest.mark.parametrize(
    ("drawn", "stage"), [("aqueous", 9), ("aqueous", 24), ("organic", 9), ("organic", 24)]
)
def test_adjoint_derivatives_agree_with_differences(phase: str, drawn: str, stage: int) -> None:
    c, step = cut(phase, efficiency=0.9), 1e-5
    flows = np.log([3.0, 0.36, 0.11])

    def misses(flows: Array) -> Array:
        return side_draw._point(c, 18, 18, stage, drawn, flows, 0.6, None).misses  # type: ignore[arg-type]

    slopes = side_draw._point(c, 18, 18, stage, drawn, flows, 0.6, None).slopes  # type: ignore[arg-type]
    for k in range(3):
        change = step * (np.arange(3) == k)
        found = (misses(flows + change) - misses(flows - change)) / (2 * step)
        assert slopes[:, k] == pytest.approx(found, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(("purity", "said"), [(0.05, "more than the feed has"), (1.0, "less than 1")])
def test_a_purity_that_is_none_is_told(purity: float, said: str) -> None:
    with pytest.raises(UserError, match=said):
        side_draw.three_outlets(cut(), purity)


def test_a_trace_that_the_ends_may_hold_is_not_drawn() -> None:
    with pytest.raises(UserError, match="both ends may hold as much"):
        side_draw.three_outlets(replace(cut(), feed=np.array([0.6, 0.005, 0.395])), 0.5)


def test_a_purity_that_no_draw_reaches_is_told_with_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_draw, "MOST_RESIZED", 2)
    with pytest.raises(UserError, match=r"reaches a purity of 0\.\d+ at most"):
        side_draw.three_outlets(replace(cut(), beta=np.array([1.0, 1.3, 1.5])), 0.999)


def test_draws_are_placed_and_sized_as_they_were(made: side_draw.SideStream, recorded: Record) -> None:
    first = side_draw.richest(cut("organic"), 20, 20, 3.0)
    assert first is not None
    recorded(
        {
            name: [
                d.n_extraction,
                d.n_scrub,
                d.stage,
                d.phase,
                d.organic,
                d.extract_flow,
                d.flow,
                d.purity,
                d.recovery,
                d.volume(),
            ]
            for name, d in {"made": made, "richest": first}.items()
        },
        1e-5,
    )
