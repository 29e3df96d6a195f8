"""An ensemble on a real local cluster gives the same as here."""

from __future__ import annotations

import numpy as np
import pytest

from mine2magnet.chain import Event, Scenario, simulate
from mine2magnet.chain.examples import joint, of
from mine2magnet.model.ranges import Range

distributed = pytest.importorskip("distributed")


def test_dask_workers_give_the_same_outcome() -> None:
    scenario = Scenario("out", (Event("outage", {"node": ("works",)}, of(5), Range(5, 20, 40)),), weeks=40)
    here = simulate(joint(), scenario, 1200)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        there = simulate(
            joint(), scenario, 1200, mapper=lambda run, parts: client.gather(client.map(run, list(parts)))
        )
    np.testing.assert_array_equal(here.loss, there.loss)
    np.testing.assert_array_equal(here.price, there.price)
