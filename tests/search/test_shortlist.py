"""The few of many vectors that are compared exactly, and the estimates of the others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mine2magnet.encoder.encode import DIMENSIONS
from mine2magnet.search import shortlist
from mine2magnet.search.nearness import BEST, DEPTH, Nearness
from mine2magnet.search.shortlist import COMPONENTS, Shortlist
from mine2magnet.search.vectors import RECORD, SCALE, quantised

COUNT = 3000
RNG = np.random.default_rng(4)
TURN, _ = np.linalg.qr(RNG.normal(size=(DIMENSIONS, DIMENSIONS)))


def vectors(count: int = COUNT) -> Any:
    """Of length 1 about a mean, most of what they differ in along few directions, as those of texts."""
    made = RNG.normal(size=(count, DIMENSIONS)) / (1 + np.arange(DIMENSIONS)) ** 0.6
    made[:, 0] += 1.0
    made @= TURN  # no component is large
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def records(held: Any) -> Any:
    made = np.zeros(len(held), RECORD)
    made["vector"] = quantised(held, SCALE)
    return made.view(np.int8).reshape(len(made), -1)


def passages(held: Any) -> Any:
    """Three to a document but for the last, which has one; in two languages."""
    starts = np.append(np.arange(0, len(held) - 1, 3), [len(held) - 1, len(held)])
    row = np.arange(len(starts) - 1, dtype=np.int32)
    language = (row % 2).astype(np.int32)
    of = np.repeat(language, np.diff(starts))
    means = np.array([held[of == code].mean(0) for code in (0, 1)], np.float32)
    return SimpleNamespace(
        record=np.arange(len(held)),
        row=row,
        stretch=row,
        starts=starts,
        language=language,
        paragraph=np.arange(len(held)),
        centring=SimpleNamespace(means=means),
        lengths=np.linalg.norm(held - means[of], axis=1).astype(np.float64),
        exact=(held - means[of]) / np.linalg.norm(held - means[of], axis=1, keepdims=True),
    )


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortlist, "SAMPLE", 500)


def test_the_nearest_of_each_language_have_their_cosine() -> None:
    held = vectors()
    known, quick = passages(held), Shortlist.of(records(held), 1 / SCALE)
    every = np.ones(len(known.row), bool)
    query = known.exact[77].astype(np.float32)
    near, best, some = quick.nearness(query, known, every, ~every)
    exact = known.exact @ query
    for code in (0, 1):
        mine = np.flatnonzero(np.repeat(known.language == code, np.diff(known.starts)))
        nearest = mine[np.argsort(-exact[mine])[:50]]
        assert near[nearest] == pytest.approx(exact[nearest], abs=0.02)
    assert near == pytest.approx(exact, abs=0.25)  # estimates
    assert best == pytest.approx(np.maximum.reduceat(near, known.starts[:-1]))
    few = [np.sort(near[a:b])[-BEST:].mean() for a, b in zip(known.starts, known.starts[1:], strict=False)]
    assert some == pytest.approx(few, abs=1e-6)
    found = Nearness(known, query, near, best, some)
    alone = Nearness(known, query, near, best)
    rows = np.arange(len(known.row))
    assert found.of(rows) == pytest.approx(alone.of(rows), abs=1e-6)
    assert len(found.found(every)) == 2 * DEPTH


def test_only_what_passes_the_filter_is_looked_at_and_what_words_have_found_exactly() -> None:
    held = vectors(90)
    known, quick = passages(held), Shortlist.of(records(held), 1 / SCALE)
    allowed, sure = np.zeros((2, len(known.row)), bool)
    allowed[[2, 3]] = sure[[5]] = True
    near, best, some = quick.nearness(known.exact[9].astype(np.float32), known, allowed, sure)
    looked = np.repeat(allowed | sure, np.diff(known.starts))
    assert np.isneginf(near[~looked]).all()
    assert near[looked] == pytest.approx((known.exact @ known.exact[9])[looked], abs=0.02)
    assert np.isneginf(best[~(allowed | sure)]).all()
    assert np.isneginf(some[~(allowed | sure)]).all()


def test_records_that_come_later_are_as_if_they_had_been_there() -> None:
    held = vectors(400)
    raw = records(held)
    first = Shortlist.of(raw[:300], 1 / SCALE)
    both = first.extended(raw)
    assert both.turned.shape == (400, COMPONENTS)
    assert (both.turned[:300] == first.turned).all()
    again = first.extended(raw[:300])
    assert (again.extended(raw).turned == both.turned).all()
