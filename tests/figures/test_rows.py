from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mine2magnet.core import thesaurus
from mine2magnet.core.errors import UserError
from mine2magnet.figures.rows import COLUMNS, Cited, facets, matches, record, with_ids
from mine2magnet.model import Claim, ClaimFilter, Correction, Quantity

CLAIM = Claim(
    Quantity(4, 6, "week"), 0, 5, (0, 9), ("china", "Toy Works"), ("japan",), "exports", "mining",
    ("dysprosium",), "oxide", "2025-07", "month", "year_on_year", "change", "plan", "某人", 0.6,
    disputed=("subject", "form"),
)  # fmt: skip
BARE = Claim(Quantity(4, 6, "week"), 0, 5, (0, 9))
WRONG = Claim(
    Quantity(4, 6, "week"), 0, 5, (0, 9), measure="exports", confidence=0.0,
    corrections=(Correction("d1", 1, 1, 0, 0, 5, "x", "claim", "", "wrong"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("where", "threshold", "found"),
    [
        (ClaimFilter(), 0.6, True),
        (ClaimFilter(), 0.61, False),
        (ClaimFilter(all=True), 0.9, True),
        (ClaimFilter(confidence=0.3), 0.9, True),
        (ClaimFilter(confidence=0.7), 0.0, False),
        (ClaimFilter(confidence=0.7, all=True), 0.0, False),
        (ClaimFilter(subject=("toy works",)), 0.0, True),
        (ClaimFilter(subject=("toy",)), 0.0, False),
        (ClaimFilter(counterparty=("japan", "india")), 0.0, True),
        (ClaimFilter(counterparty=("china",)), 0.0, False),
        (ClaimFilter(unit=("t",)), 0.0, False),
    ],
)
def test_claims_are_narrowed_as_the_store_does(where: ClaimFilter, threshold: float, found: bool) -> None:
    assert matches(CLAIM, where, threshold) is found


def test_bare_numbers_and_what_was_marked_as_wrong_are_found_if_asked_for() -> None:
    for claim in (BARE, WRONG):
        assert not matches(claim, ClaimFilter(confidence=0.0))
        assert matches(claim, ClaimFilter(all=True))


def test_parties_may_be_words_and_other_slots_may_not() -> None:
    words = thesaurus.load()
    where = ClaimFilter(
        subject=("中国", "Harbour Magnetics"), counterparty=("日本",), confidence=0.7, all=True
    )
    assert with_ids(words, where) == ClaimFilter(
        subject=("china", "Harbour Magnetics"), counterparty=("japan",), confidence=0.7, all=True
    )
    with pytest.raises(UserError, match="no material"):
        with_ids(words, ClaimFilter(material=("Harbour Magnetics",)))


def test_a_row_has_every_slot() -> None:
    row = record(Cited(CLAIM, "4–6 w. now", (0, 5), "t", "s", datetime(2025, 6, 1, tzinfo=UTC), None, "en"))
    assert tuple(row) == COLUMNS
    told = (
        "subjects",
        "counterparties",
        "form",
        "period_kind",
        "basis",
        "confidence",
        "corrected",
        "disputed",
    )
    assert [row[name] for name in told] == [
        "china|Toy Works", "japan", "oxide", "month", "year_on_year", 0.6, "", "subject|form",
    ]  # fmt: skip


def test_counterparties_are_counted() -> None:
    assert facets([CLAIM, CLAIM])["counterparty"] == {"japan": 2}
