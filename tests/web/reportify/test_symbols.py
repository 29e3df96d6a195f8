from __future__ import annotations

import pytest

from mine2magnet.core import thesaurus
from mine2magnet.core.errors import UserError
from mine2magnet.web.reportify import symbols


def test_every_listing_is_well_written_and_of_a_known_company() -> None:
    words = thesaurus.load()
    seen = set()
    for one in thesaurus.listings():
        assert symbols.symbol(one.symbol) == one.symbol
        assert words[one.company].kind == "company"
        assert one.name
        assert one.source
        seen.add(one.symbol)
    assert len(seen) == len(thesaurus.listings()), "each symbol once"


def test_the_english_label_of_a_listed_company_means_that_company_alone() -> None:
    words = thesaurus.load()
    for one in thesaurus.listings():
        label = words.label(one.company, "en")
        assert [mention.concept.id for mention in words.find(label)] == [one.company]


def test_markets_part_the_listings() -> None:
    in_markets = [one for market in symbols.MARKETS for one in symbols.of_market(market)]
    assert sorted(one.symbol for one in in_markets) == sorted(one.symbol for one in thesaurus.listings())
    assert {one.company for one in symbols.of_market("HK")} >= {"jl_mag", "byd"}
    with pytest.raises(UserError, match="no market"):
        symbols.of_market("moon")


@pytest.mark.parametrize("given", ["MP", "US:", ":MP", "USA:MP", "US:M P", "US:" + "X" * 20, "US:镝"])
def test_what_is_no_symbol_is_refused(given: str) -> None:
    with pytest.raises(UserError, match="no symbol"):
        symbols.symbol(given)
