"""What enters and leaves a cut is brought to balance; what spoils it is named."""

import numpy as np
import pytest

from mine2magnet.separation.reconciliation import reconcile
from tests.separation.running_cut import EXTRACT, FEED, circuit

S = circuit().solution
STREAMS = np.array([FEED, S.product_b / S.product_b.sum(), S.product_a / S.product_a.sum()])
ERRORS = np.full(STREAMS.shape, 0.05)


def noisy(seed: int) -> np.ndarray:
    return STREAMS * np.exp(0.05 * np.random.default_rng(seed).standard_normal(STREAMS.shape))


def test_balances_close_and_are_nearer_to_the_truth_than_what_was_measured() -> None:
    better = 0
    for seed in range(10):
        measured = noisy(seed)
        found = reconcile(measured, ERRORS, EXTRACT, 0.05)
        part = found.extract_part
        assert part * found.extract + (1 - part) * found.raffinate == pytest.approx(found.feed)
        assert found.feed.sum() == pytest.approx(1)
        better += np.abs(np.log(found.feed / FEED)).sum() < np.abs(np.log(measured[0] / FEED)).sum()
        assert abs(part - EXTRACT) < 0.03
    assert better >= 8


def test_what_balances_is_left_as_it_is() -> None:
    found = reconcile(STREAMS, ERRORS, EXTRACT, 0.05)
    assert found.extract_part == pytest.approx(EXTRACT, abs=1e-6)
    assert np.abs(found.misses).max() < 1e-3
    assert found.chance > 0.99
    assert not found.gross.any()


def test_a_gross_error_is_named() -> None:
    measured = noisy(1)
    measured[2, 3] *= 1.6  # Gd in the extract
    found = reconcile(measured, ERRORS, EXTRACT, 0.01)
    assert found.chance < 0.01
    assert found.gross[2, 3] or found.gross[0, 3]
    assert not found.gross[:, [0, 1]].any()


def test_what_was_not_measured_is_found_by_difference() -> None:
    measured = STREAMS.copy()
    measured[1, 0] = np.nan
    found = reconcile(measured, ERRORS, EXTRACT, 0.01)
    assert found.raffinate[0] == pytest.approx(STREAMS[1, 0], rel=0.02)
    assert np.isnan(found.misses[1, 0])
