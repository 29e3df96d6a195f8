"""Cuts that stand: what they reach agrees with what was designed, and what binds is told apart."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mine2magnet.core.errors import UserError
from mine2magnet.separation import Cut, optimum, three_outlets
from mine2magnet.separation.rating import Rating, Standing, as_it_stands, rate
from mine2magnet.separation.sizing import SizedCut

CUT = Cut(np.array([1.5, 1.0]), np.array([0.75, 0.25]), np.array([True, False]), 1e-3, 1e-3)
DESIGNED = optimum(CUT)


def cost(s: SizedCut) -> float:
    return s.stages * s.organic


def standing(**changed: float) -> Standing:
    """The designed cut as one that stands, with changes."""
    d = DESIGNED
    held = {
        "n_extraction": d.n_extraction,
        "n_scrub": d.n_scrub,
        "organic": d.organic,
        "scrub": d.organic - d.extract_flow,
    }
    return Standing(**{**held, **changed})  # type: ignore[arg-type]


def rated(**changed: float) -> Rating:
    built, drawn = as_it_stands(CUT, standing(**changed))
    return rate(built, drawn, 1e-3 * (1 + 1e-6), 1e-3 * (1 + 1e-6), cost)


def test_what_was_designed_reaches_what_it_was_designed_for() -> None:
    r = rated()
    assert (r.impurity_a, r.impurity_b) == pytest.approx((1e-3, 1e-3), rel=1e-6)
    assert r.met
    assert r.binding == "nothing"
    assert r.least_organic == pytest.approx(DESIGNED.organic, rel=1e-5)
    assert r.best_scrub == pytest.approx(DESIGNED.organic - DESIGNED.extract_flow, rel=1e-6)


@pytest.mark.parametrize(
    ("changed", "binds"),
    [
        (
            {"organic": DESIGNED.organic * 0.97, "scrub": DESIGNED.organic * 0.97 - DESIGNED.extract_flow},
            "flow",
        ),
        ({"scrub": DESIGNED.organic - DESIGNED.extract_flow - 0.02}, "split"),
        ({"n_extraction": 8, "n_scrub": 8}, "stages"),
    ],
)
def test_what_binds_is_told_apart(changed: dict[str, float], binds: str) -> None:
    r = rated(**changed)
    assert not r.met
    assert r.binding == binds
    assert (r.least_organic is None) is (binds == "stages")


def test_what_is_left_open_is_found() -> None:
    free, _ = as_it_stands(CUT, Standing(DESIGNED.n_extraction, DESIGNED.n_scrub))
    assert free.organic == pytest.approx(DESIGNED.organic, rel=1e-6)
    split, _ = as_it_stands(CUT, Standing(DESIGNED.n_extraction, DESIGNED.n_scrub, DESIGNED.organic))
    assert split.extract_flow == pytest.approx(DESIGNED.extract_flow)
    with pytest.raises(UserError, match="at no flow"):
        as_it_stands(CUT, Standing(5, 5))


def test_more_stages_or_flow_never_make_products_dirtier_at_the_right_split() -> None:
    r = rated(n_extraction=20, n_scrub=20)
    changes = {c.what: c for c in r.changes}
    at, more = changes["the split that suits both purities"], changes["5 % more organic at that split"]
    assert more.impurity_a < at.impurity_a
    assert more.impurity_b < at.impurity_b
    assert r.fewest_stages is not None
    assert r.fewest_stages > 40


@settings(max_examples=15, deadline=None)
@given(st.floats(1.02, 3), st.floats(0.05, 0.95))
def test_balances_close_whatever_stands(times: float, part: float) -> None:
    organic = times * CUT.minimum_organic
    built, _ = as_it_stands(CUT, Standing(15, 15, organic, organic - part))
    s = built.solution
    assert s.residual < 1e-10
    assert s.product_a.sum() == pytest.approx(part)
    assert s.product_a + s.product_b == pytest.approx(CUT.feed)


@pytest.mark.parametrize("scrub", [DESIGNED.organic, DESIGNED.organic - 1.5])
def test_flows_that_do_not_go_together_are_told(scrub: float) -> None:
    with pytest.raises(UserError, match="would leave with the organic") as told:
        as_it_stands(CUT, standing(scrub=scrub))
    assert "between" in told.value.hint


def test_a_draw_that_stands_is_rated() -> None:
    beta = np.array([1.0, 1.96, 1.96 * 1.46])
    feed = np.array([0.55, 0.08, 0.37])
    ends = np.array([False, False, True]), np.array([False, True, False])
    cut = Cut(beta, feed, ends[0], 0.01, 0.01, free=ends[1], drawn=True)
    made = three_outlets(cut, 0.6)
    drawn = made.flow if made.phase == "organic" else 0.0
    stands = Standing(
        made.n_extraction,
        made.n_scrub,
        made.organic,
        made.organic - made.extract_flow - drawn,
        None,
        made.stage,
        made.phase,
        made.flow,
    )
    built, stream = as_it_stands(cut, stands)
    assert stream is not None
    assert stream.purity == pytest.approx(0.6, rel=1e-6)
    assert rate(built, stream, 0.0101, 0.0101, cost, 0.599).met
    less = rate(built, stream, 0.0101, 0.0101, cost, 0.7)
    assert not less.met
    assert less.draw_purity == pytest.approx(0.6, rel=1e-6)
    with pytest.raises(UserError, match="stands with its organic and scrub flow"):
        as_it_stands(cut, replace(stands, scrub=None))
    with pytest.raises(UserError, match="no product of this cut is drawn"):
        as_it_stands(CUT, replace(standing(), draw_stage=3))


def test_with_stages_beyond_need_the_split_binds_and_not_the_stages() -> None:
    cut = Cut(np.array([5.0, 1.0]), np.array([0.07, 0.93]), np.array([True, False]), 5e-4, 5e-3)
    off = 0.9 * cut.extract_flow  # too little leaves with the organic
    built, drawn = as_it_stands(cut, Standing(16, 16, 0.4, 0.4 - off))
    found = rate(built, drawn, 5e-4, 5e-3, cost)
    assert not found.met
    assert found.binding == "split"
    assert as_it_stands(cut, Standing(16, 16))[0].excess < 0
