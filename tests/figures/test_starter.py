"""No conflict of the starter library is a false one: each that is shown was read and judged."""

from __future__ import annotations

import pytest

from mine2magnet.core.settings import DEFAULTS
from mine2magnet.figures import groups as figures
from mine2magnet.library.library import Library
from mine2magnet.model import Claim
from mine2magnet.store import EVERY_CLAIM

# Pairs that were read in their documents and cannot both hold: what the figures are of, and both values.
LESS_SURE = 0.3  # far below what is shown
REAL: frozenset[tuple[str, float, float]] = frozenset()


@pytest.fixture
def claims(library: Library) -> list[Claim]:
    library.load_starter()
    while library.claim(50):
        pass
    return library.claims(None, EVERY_CLAIM)


def test_each_conflict_shown_is_real(library: Library, claims: list[Claim]) -> None:
    least = float(DEFAULTS["claims_threshold"])
    sure = [claim for claim in claims if claim.confidence >= least]
    published = library.store.published({claim.document for claim in claims})
    assert len(published) == library.store.count()
    groups = figures.group(sure, least=least, published=published, beside=claims)
    assert {_told(*pair) for g in groups for pair in g.conflicts} <= REAL
    drawn = figures.figures(library.store, groups, groups)
    ranks = [(not f.scope.subjects, -f.sources) for f in drawn if not f.conflicts]
    assert ranks == sorted(ranks)
    assert {mark.what.claim.direction for figure in drawn for mark in figure.marks} == {"level", "change"}
    for figure in drawn:
        for mark in figure.marks:
            assert mark.what.claim.direction == figure.scope.direction
            assert bool(mark.what.claim.counterparties) == bool(figure.scope.counterparties)


def test_what_is_less_sure_makes_no_false_conflict_either(library: Library, claims: list[Claim]) -> None:
    published = library.store.published({claim.document for claim in claims})
    groups = figures.group(claims, least=LESS_SURE, published=published)
    assert {_told(*pair) for g in groups for pair in g.conflicts} <= REAL


def _told(a: Claim, b: Claim) -> tuple[str, float, float]:
    low, high = (c.quantity.low if c.quantity.low is not None else c.quantity.high for c in (a, b))
    assert low is not None
    assert high is not None
    return f"{a.subjects} {a.measure} {a.materials} {a.period}", low, high
