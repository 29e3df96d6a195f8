"""What a job is asked, computes and keeps."""

from __future__ import annotations

import os
import pickle
import zlib
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from mine2magnet.background import models
from mine2magnet.bridges.stress import AddedPlant, StressTest
from mine2magnet.core.errors import UserError
from mine2magnet.core.schema import Input
from mine2magnet.model import JobKind
from mine2magnet.separation.report.schema import NewCapacity
from mine2magnet.separation.study.schema import Case, Product
from mine2magnet.store import Store

PRODUCTS = (Product(elements=("Pr",)), Product(elements=("Nd",)))
CASE = Case(feed={"Pr": 25, "Nd": 75}, products=PRODUCTS, sites=("china",), startup_days=0, draws=0)


def run(store: Store, kind: JobKind, input: Input) -> tuple[Any, Any, list[str]]:
    """What the API answers, what pages are drawn of, and what was said meanwhile."""
    job, _ = models.ask(store, kind, input)
    said: list[str] = []
    answer, kept = models.computed(kind, job.input, lambda part, doing: said.append(doing))
    return msgspec.json.decode(answer), models.restored(job, kept), said


def test_a_stress_test_is_kept_with_maps_and_what_a_plant_changes(store: Store) -> None:
    capacity = (
        NewCapacity(
            site="europe", product="Dy", start_month=3, ramp_months=1, t_per_year=500, usd_per_kg=300
        ),
    )
    plant = AddedPlant(capacity=capacity, decided=-200)
    answer, kept, _ = run(store, "stress", StressTest(scenario="embargo", draws=5, plant=plant))
    assert isinstance(kept, models.StressRun)
    assert answer["loss"] == list(kept.result.loss)
    assert kept.change
    assert kept.change.node == "new plant, Europe"
    assert [m.unit for m in kept.maps] == ["t Nd a week", "t Dy a week"]


def test_a_plant_is_kept_whole_and_says_how_far_it_is(store: Store) -> None:
    answer, kept, said = run(store, "separation", msgspec.structs.replace(CASE, draws=50))
    assert answer["elements"] == list(kept.basis.elements)
    assert kept.sites[0].sample is None  # each draw of each input: no page needs them
    assert answer["sites"][0]["spread_5_50_95"]
    assert {"comparing sequences of cuts", "sizing every cut", "costing china"} <= set(said)


def test_nodes_at_risk_are_kept(store: Store) -> None:
    answer, kept, _ = run(store, "risk", models.RiskRequest())
    assert isinstance(kept, models.RiskReport)
    assert kept.nodes[0].index == 1
    assert set(answer) == {"nodes", "stages", "materials"}


def test_the_same_is_asked_once_and_too_much_is_refused_before(store: Store) -> None:
    (first, new), (again, old) = (models.ask(store, "separation", CASE) for _ in range(2))
    assert (new, old) == (True, False)
    assert first.id == again.id
    other, _ = models.ask(store, "separation", msgspec.structs.replace(CASE, throughput=77.0))
    assert other.id != first.id
    with pytest.raises(UserError, match="more than the 60"):
        models.ask(store, "separation", msgspec.structs.replace(CASE, draws=100_000))
    with pytest.raises(UserError, match="more than is computed here"):
        models.ask(store, "stress", StressTest(scenario="embargo", draws=100_000))


def test_only_values_of_this_version_are_restored(store: Store) -> None:
    job, _ = models.ask(store, "risk", models.RiskRequest())

    class Bad:
        def __reduce__(self) -> tuple[object, ...]:
            return os.getcwd, ()

    with pytest.raises(pickle.UnpicklingError, match="no value"):
        models.restored(job, zlib.compress(pickle.dumps(Bad())))
    older = replace(job, fingerprint="0" * 12 + "-x")
    with pytest.raises(UserError, match="another version"):
        models.restored(older, zlib.compress(pickle.dumps(models.RiskReport((), (), ()))))
