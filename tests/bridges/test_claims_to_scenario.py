"""What documents say, as inputs of a stress test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import to_builtins

from mine2magnet.bridges import claims_to_scenario
from mine2magnet.bridges.claims_to_scenario import Premise
from mine2magnet.chain import Scenario, simulate
from mine2magnet.chain.io import tables
from mine2magnet.claims import extract_text
from mine2magnet.core import thesaurus
from mine2magnet.core.errors import UserError
from mine2magnet.model import Claim, Quantity
from mine2magnet.model.ranges import Range

if TYPE_CHECKING:
    from tests.conftest import Record

WORDS = thesaurus.load()
NETWORK = tables.load()


def claims(*texts: str, language: str = "en") -> list[Claim]:
    day = datetime(2025, 6, 1, tzinfo=UTC)
    return [
        claim
        for text in texts
        for claim in extract_text(text, language=language, published=day, thesaurus=WORDS)
    ]


def proposed(*texts: str, language: str = "en") -> dict[tuple[str, str], Premise]:
    return {
        (p.kind, p.where): p for p in claims_to_scenario.propose(claims(*texts, language=language), WORDS)
    }


def test_sources_that_differ_span_the_range_and_their_median_is_most_likely() -> None:
    found = proposed(
        "European manufacturers have rare earth inventory for four to six weeks.",
        "European carmakers hold magnet stocks of 8 weeks.",
        "German plants have magnet inventory for 3 weeks.",
    )
    cover = found["cover", "Europe"]
    assert cover.value == Range(3, 5, 8)
    assert cover.unit == "week"
    assert len(cover.claims) == 3


def test_chinese_and_japanese_say_the_same() -> None:
    chinese = proposed("欧洲企业的磁体库存只够四到六周。", language="zh")
    japanese = proposed("欧州の磁石の在庫は4～6週間分しかない。", language="ja")
    assert chinese["cover", "Europe"].value == japanese["cover", "Europe"].value == Range(4, 5, 6)


@pytest.mark.parametrize(
    "text",
    [
        "The plant employs 300 people.",
        "European reserves of rare earths last for 40 years.",  # not the stock of those who use it
        "Magnet stocks in China last four weeks.",  # the model's shocks come from there
        "Japan's share of rare earth refining is 2 per cent.",
        "Rare earth prices fell by 40 per cent.",
    ],
)
def test_what_is_no_input_gives_none(text: str) -> None:
    assert claims_to_scenario.propose(claims(text), WORDS) == ()


def told(value: Quantity, **slots: Any) -> Claim:
    return Claim(value, 0, 1, (0, 1), subjects=("japan",), measure="stock_cover", **slots)


def test_a_stock_is_what_is_held_and_reported() -> None:
    held = told(Quantity(90, 90, "day"))
    assert [p.where for p in claims_to_scenario.propose([held], WORDS)] == ["Japan"]
    none = [
        told(Quantity(None, 90, "day", "at most")),
        told(Quantity(90, None, "day", "over")),
        told(Quantity(90, 90, "day"), modality="forecast"),
        told(Quantity(90, 90, "day"), modality="threatened"),
    ]
    assert claims_to_scenario.propose(none, WORDS) == ()


def test_a_premise_is_no_more_exact_than_its_sources() -> None:
    def value(*claims: Claim) -> Range:
        return claims_to_scenario.propose(claims, WORDS)[0].value

    weeks = told(Quantity(2, 4, "week"), precision=1.0)
    months = told(Quantity(3, 3, "month"), precision=1.0, document="other")
    assert value(weeks, months) == Range(2, 8, 13)
    assert value(told(Quantity(80, 80, "day"), precision=1.0)) == Range(11.4, 11.4, 11.4)
    assert value(told(Quantity(3, 3, "day"), precision=10.0)) == Range(*[3 / 7] * 3)


def test_a_range_of_weeks_to_months_gives_both_its_ends() -> None:
    told = proposed("库存能撑多久？欧洲企业的磁体库存从两周到三个月不等。", language="zh")
    assert told["cover", "Europe"].value == Range(2, 8, 13)


def test_copies_of_one_document_count_once() -> None:
    once = claims("European manufacturers have rare earth inventory for four to six weeks.")
    assert len(claims_to_scenario.propose([*once, *once], WORDS, lambda _: "same")[0].claims) == 1


def test_a_price_rise_is_left_where_a_delay_says_what_happens() -> None:
    rise = "The price of rare earths has surged by 40% to 50%."
    delay = "China's review of export licence applications takes 45 days."
    assert proposed(rise)["price", ""].taken
    both = proposed(rise, delay)
    assert not both["price", ""].taken
    assert both["delay", "China"].taken


def test_the_reader_accepts_edits_and_refuses() -> None:
    found = claims_to_scenario.propose(
        claims(
            "European manufacturers have rare earth inventory for four to six weeks.",
            "The price of rare earths has surged by 40% to 50%.",
        ),
        WORDS,
    )
    cover, price = claims_to_scenario.decided(found, refused=["2"], edited={"1": Range(8, 9, 10)})
    assert (cover.value, cover.taken) == (Range(8, 9, 10), True)
    assert not price.taken
    (again, _) = claims_to_scenario.decided((cover, price), accepted=[price.id], refused=[cover.id])
    assert not again.taken
    with pytest.raises(UserError, match="no premise '7'"):
        claims_to_scenario.decided(found, refused=["7"])


def test_the_scenario_carries_its_evidence_and_stops_what_it_says() -> None:
    network = NETWORK
    found = claims_to_scenario.propose(
        claims(
            "European manufacturers have rare earth inventory for two to three weeks.",
            "China's review of export licence applications takes 80 days.",
            "China controls 87% of global rare earth processing capacity.",
        ),
        WORDS,
    )
    posed = claims_to_scenario.scenario(found, network, "as read", lambda claim: f"in {claim.paragraph}")
    (licence,) = posed.events
    assert licence.processing == Range(11.4, 11.4, 11.4)
    assert 0.9 < licence.strength.likely < 1  # less hangs on China than in the network
    assert licence.evidence == ("in 1",)
    assert [c.where for c in posed.covers] == [{"stage": ("end use",), "region": ("Europe",)}]
    outcome = simulate(network, posed, 20)
    stopped = dict(zip(outcome.ends, outcome.weeks_stopped.mean(axis=1), strict=True))
    longer = claims_to_scenario.decided(found, edited={"1": Range(20, 20, 20)})
    covered = simulate(network, claims_to_scenario.scenario(longer, network, "covered"), 20)
    spared = dict(zip(covered.ends, covered.weeks_stopped.mean(axis=1), strict=True))
    assert stopped["car parts, Europe"] > spared["car parts, Europe"]
    assert stopped["car parts, Japan"] == pytest.approx(spared["car parts, Japan"], abs=0.5)


@given(st.floats(1, 200), st.floats(0, 100))
def test_a_shortage_read_from_prices_rises_with_them(percent: float, more: float) -> None:
    network = NETWORK
    low, high = percent, percent + more
    shortage = claims_to_scenario._shortage(network, Range(low, low, high), Range.of(0.9))
    assert 0 < shortage.low <= shortage.high < 1 / 0.9
    # The other way round: buyers who lack that much pay that much (see chain.simulate). The elasticity of
    # what end uses buy in data/chain/materials.csv is 0.8 in 24 markets; that of oxides, in five, is 0.35.
    bought = (24 * 0.8 + 5 * 0.35) / 29
    assert (1 - shortage.low * 0.9) ** (-1 / bought) == pytest.approx(1 + low / 100)


SAID = (
    "European manufacturers have rare earth inventory for four to six weeks.",
    "European carmakers hold magnet stocks of 8 weeks.",
    "Carmakers in Japan have stocks of magnets for two to three months.",
    "China's review of export licence applications takes 45 to 60 days.",
    "Applications for export licences in China are decided after 80 days.",
    "China controls 87% of global rare earth processing capacity.",
    "China accounts for 91% of refining capacity.",
    "The price of rare earths has surged by 40% to 50%.",
    "The price of dysprosium doubled.",
)


def test_what_is_proposed_and_posed_is_what_it_was(recorded: Record) -> None:
    found = claims_to_scenario.propose(claims(*SAID), WORDS)
    all_taken = claims_to_scenario.decided(found, accepted=[p.id for p in found])
    recorded(
        {
            "premises": [
                [p.id, p.kind, p.where, to_builtins(p.value), p.unit, p.taken, len(p.claims)] for p in found
            ],
            "posed": posed(claims_to_scenario.scenario(found, NETWORK, "as read")),
            "all": posed(claims_to_scenario.scenario(all_taken, NETWORK, "all")),
        }
    )


def posed(scenario: Scenario) -> list[object]:
    events = [
        [e.kind, e.where, e.name, *(to_builtins(r) for r in (e.start, e.weeks, e.strength, e.processing))]
        for e in scenario.events
    ]
    return [events, [[c.where, to_builtins(c.weeks), c.name] for c in scenario.covers]]
