"""The closed form, against figures worked out independently and against its own limits."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.core.errors import UserError
from mine2magnet.separation import closed_form


@pytest.mark.parametrize(
    ("f_a", "beta", "purity", "feed", "organic", "least", "n_extraction", "n_scrub"),
    [
        (0.75, 1.5, 0.999, "aqueous", 4.0898, 2.75, 23.12, 27.65),
        (0.75, 1.5, 0.9999, "aqueous", 4.0874, 2.75, 29.78, 39.01),
        (0.80, 2.0, 0.999, "aqueous", 2.7334, 1.80, 13.32, 14.93),
        (0.75, 1.5, 0.999, "organic", 3.0898, 2.00, 24.42, 27.65),
    ],
)
def test_worked_examples(
    f_a: float,
    beta: float,
    purity: float,
    feed: closed_form.Phase,
    organic: float,
    least: float,
    n_extraction: float,
    n_scrub: float,
) -> None:
    made = closed_form.design(f_a, beta, purity, purity, feed)
    assert made.organic == pytest.approx(organic, abs=5e-5)
    assert (made.n_extraction, made.n_scrub) == pytest.approx((n_extraction, n_scrub), abs=5e-3)
    assert closed_form.minimum_organic(f_a, beta, feed) == pytest.approx(least)


shares = st.floats(0.02, 0.98)
impurities = st.floats(1e-6, 1e-3)


@given(shares, st.floats(1.1, 10), impurities, impurities, st.sampled_from(["aqueous", "organic"]))
def test_balances_hold_in_every_design(
    f_a: float, beta: float, i_a: float, i_b: float, feed: closed_form.Phase
) -> None:
    d = closed_form.design(f_a, beta, 1 - i_a, 1 - i_b, feed)
    s = d.split
    assert s.extract_flow + s.raffinate_flow == pytest.approx(1)
    assert s.extract_flow * (1 - i_a) + s.raffinate_flow * i_b == pytest.approx(f_a)
    below = d.scrub + (feed == "aqueous")  # aqueous in the extraction section
    above = d.organic + (feed == "organic")  # organic in the scrub section
    assert d.e == pytest.approx(d.organic / below)
    assert d.e_scrub == pytest.approx(above / d.scrub)
    # A pinch where the section meets the feed, at the purity asked for: less than the sharp split's.
    at_feed = f_a if feed == "aqueous" else f_a / (beta - (beta - 1) * f_a)
    met = beta * at_feed / (1 + (beta - 1) * at_feed)
    assert d.organic > s.raffinate_flow * (at_feed - i_b) / (met - at_feed)
    assert 1 / beta < d.e < 1 < d.e_scrub < beta
    assert d.n_extraction + d.n_scrub > closed_form.minimum_stages(beta, 1 - i_a, 1 - i_b) - 1


def test_without_separation_stages_and_flows_diverge() -> None:
    sizes = [closed_form.design(0.5, 1 + gap, 0.999, 0.999) for gap in (1e-1, 1e-2, 1e-3)]
    for wide, narrow in pairwise(sizes):
        assert narrow.organic > 8 * wide.organic
        assert narrow.n_extraction > 8 * wide.n_extraction
    with pytest.raises(UserError, match="separates nothing"):
        closed_form.design(0.5, 1.0, 0.999, 0.999)


@pytest.mark.parametrize(
    ("f_a", "purity_a", "purity_b", "said"),
    [(1.2, 0.9, 0.9, "share of A"), (0.75, 0.7, 0.99, "purity_a"), (0.75, 0.99, 1.0, "purity_b")],
)
def test_impossible_purities_are_told(f_a: float, purity_a: float, purity_b: float, said: str) -> None:
    with pytest.raises(UserError) as caught:
        closed_form.split(f_a, purity_a, purity_b)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@given(shares, impurities, impurities)
def test_total_reflux_asks_for_fenskes_stages(f_a: float, i_a: float, i_b: float) -> None:
    """Fenske (1932): ln(ab)/ln β depends on the purities only, whatever the feed."""
    s = closed_form.split(f_a, 1 - i_a, 1 - i_b)
    assert closed_form.minimum_stages(1.5, 1 - i_a, 1 - i_b) == pytest.approx(np.log(s.a * s.b) / np.log(1.5))
