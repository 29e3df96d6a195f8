"""The compiled balances against the same equations written out as one dense matrix."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.separation.balances import Balances, Exchange, Linearised, exchange
from mine2magnet.separation.stages import Array, Cascade, cascade


@st.composite
def states(draw: st.DrawFn) -> tuple[Cascade, Array]:
    """A cascade with side draws and by-passes, and some κ that is not its solution."""
    size, n, m = draw(st.integers(2, 6)), draw(st.integers(2, 8)), draw(st.integers(2, 8))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    beta: Array = np.exp(random.uniform(0.2, 1.4, size).cumsum())
    feed = random.uniform(0.01, 1, size)
    c = cascade(
        beta,
        feed,
        2 * feed.sum(),
        0.4 * feed.sum(),
        n,
        m,
        phase=draw(st.sampled_from(["aqueous", "organic"])),
        efficiency=draw(st.sampled_from([1.0, 0.8])),
        entrained_aqueous=draw(st.sampled_from([0.0, 0.01])),
    )
    drawn = np.where(random.random((2, n + m)) < 0.2, 0.1, 0.0)
    c = replace(c, draw_aqueous=drawn[0], draw_organic=drawn[1])
    return c, random.normal(-1, 0.5, n + m)


def net(c: Cascade, x: Exchange, z: Array) -> Array:
    """What leaves every stage less what enters it (N, C).

    The part 1 − η of the organic by-passes, the rest meets the aqueous phase and leaves as x.up z; so what
    arrives is (z + x.up z − coming) / η.
    """
    coming = c.feed_aqueous.copy()
    coming[:-1] += (1 - c.draw_aqueous[1:, None]) * z[1:]
    out = x.up * z + (1 / c.efficiency - 1)[:, None] * (z + x.up * z - coming)
    error = z + out - coming - c.feed_organic
    error[1:] -= (1 - c.draw_organic[:-1, None]) * out[:-1]
    return error


@given(states())
def test_flows_balance_every_element_at_every_stage(state: tuple[Cascade, Array]) -> None:
    c, kappa = state
    x = exchange(c, kappa)
    balances = Balances(c, x)
    z = balances.solve()
    assert abs(net(c, x, z)).max() < 1e-11 * abs(z).max()
    leaving = z + balances.organic(z)
    leaving[:-1] -= (1 - c.draw_aqueous[1:, None]) * z[1:]
    leaving[1:] -= (1 - c.draw_organic[:-1, None]) * balances.organic(z)[:-1]
    assert leaving == pytest.approx(c.feed_aqueous + c.feed_organic, abs=1e-10 * abs(z).max())


@given(states(), st.integers(0, 10**6))
def test_the_elimination_solves_the_bordered_system_and_its_transpose(
    state: tuple[Cascade, Array], seed: int
) -> None:
    c, kappa = state
    random = np.random.default_rng(seed)
    x = exchange(c, kappa)
    balances = Balances(c, x)
    z = balances.solve()
    stages, elements = z.shape
    weight, slope = random.uniform(0.5, 1.5, z.shape), random.uniform(-0.1, 0.0, stages)
    linearised = Linearised(balances, z, weight, slope)
    size = stages * elements

    def written_out(off_z: Array, off_kappa: Array) -> Array:
        """The linear system applied to one vector, by differences of the balances themselves."""
        moved = Exchange(x.up + x.d_up * off_kappa[:, None], x.d_up)
        left = net(c, x, z + off_z) - net(c, x, z) + net(c, moved, z) - net(c, x, z)
        return np.append(left.ravel(), (weight * off_z).sum(axis=1) + slope * off_kappa)

    columns = np.eye(size + stages)
    dense = np.array([written_out(v[:size].reshape(z.shape), v[size:]) for v in columns]).T
    right, wanted = random.normal(size=z.shape), random.normal(size=stages)
    given_ = np.append(right.ravel(), wanted)
    for transposed, matrix in ((False, dense), (True, dense.T)):
        d_z, d_kappa = linearised.solve(right, wanted, transposed)
        if np.linalg.cond(matrix) < 1e8:
            found = np.append(d_z.ravel(), d_kappa)
            assert matrix @ found == pytest.approx(given_, abs=1e-6 * (1 + abs(found).max()))


def test_an_impurity_of_1e_287_has_as_many_right_digits_as_the_rest() -> None:
    stages = 600
    zero = np.zeros(stages)
    fed = np.zeros((stages, 1))
    fed[-1] = 1.0
    c = Cascade(np.array([3.0]), np.ones(stages), fed, np.zeros_like(fed), zero, zero, np.ones(stages))
    z = Balances(c, exchange(c, zero)).solve()[:, 0]
    # z_0 = (r − 1)/(r^{N+1} − 1) with r = 3 (Kremser 1930)
    assert z[0] / (2 / 3.0**601) == pytest.approx(1.0, rel=1e-12)
