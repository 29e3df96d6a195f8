from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isclose
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec import structs

from mine2magnet.alerts import watches
from mine2magnet.alerts.describe import condition
from mine2magnet.background.worker import look_out
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import (
    LANGUAGES,
    Bound,
    Claim,
    ClaimFilter,
    Digest,
    Document,
    Match,
    Paragraph,
    Point,
    Quantity,
    Read,
    Side,
    Topic,
    Watch,
)

pytestmark = pytest.mark.stores

STOCKS = ClaimFilter(measure=("stock_cover",))
FILLER = "Buyers were asked by telephone, and a good many of them would rather not have been named here."


def written(title: str, *paragraphs: str, language: str = "en", **fields: Any) -> Document:
    given: dict[str, Any] = {
        "source": "Example Post",
        "fetched": datetime.now(UTC),
        "published": datetime(2025, 6, 2, tzinfo=UTC),
        "paragraphs": tuple(Paragraph(i, text) for i, text in enumerate(paragraphs, 1)),
    }
    return Document(title=title, language=language, **(given | fields))


def keep(library: Library, *documents: Document) -> None:
    """As a read does, without the vectors that no watch asks for."""
    library.keep(Read(document) for document in documents)
    while library.claim(100):
        pass


def look(library: Library) -> list[Match]:
    while look_out(library):
        pass
    return library.store.matches()


def stocks(weeks: str, place: str = "Germany") -> Document:
    return written(
        f"Stocks in {place}: {weeks}",
        FILLER,
        f"Magnet stocks at carmakers in {place} last for {weeks}, a survey of the trade found.",
    )


# --- matching


def test_a_query_finds_what_comes_after_it_was_made_once(library: Library) -> None:
    keep(library, written("Held before", "Terbium is scarce in the ports of the north."))
    watches.add(library.store, Watch("terbium", query="terbium"))
    assert look(library) == []
    keep(
        library,
        written(
            "Comes after", FILLER, "The price is high. Terbium went to a bidder from abroad. So it goes."
        ),
    )
    keep(library, written("Not about it", "Cerium is plentiful."))
    (match,) = look(library)
    assert (match.title, match.paragraph, match.read) == ("Comes after", 2, False)
    assert match.sentence == "Terbium went to a bidder from abroad."
    assert match.sentence[match.start - match.offset : match.end - match.offset] == "Terbium"
    library.index.rebuild()
    assert look(library) == [match]


def test_the_words_of_a_query_count_in_every_language(library: Library) -> None:
    watches.add(library.store, Watch("inventory", query="inventory"))
    keep(library, written("磁材厂", "几家磁材厂的库存只够六周。", language="zh"))
    (match,) = look(library)
    assert match.sentence == "几家磁材厂的库存只够六周。"


def test_a_topic_is_watched_with_what_is_read_into_it(library: Library) -> None:
    topics.save(library.store, Topic("cobalt", "cobalt", ("cobalt",)))
    watch = watches.add(library.store, Watch("cobalt", topic="cobalt"))
    document = written("Ore on its way", "A ship left the port.")
    library.keep([Read(document, topic="cobalt"), Read(written("Congo", "Cobalt again."))])
    assert {match.title for match in look(library)} == {"Ore on its way", "Congo"}
    with library.store.writing() as writer:
        writer.remove_topic("cobalt")
    keep(library, written("Later", "Cobalt, cobalt."))
    assert len(look(library)) == 2
    assert library.store.watch(watch.id).seq == library.store.last_change()


def test_a_claim_is_watched_with_its_bound(library: Library) -> None:
    watches.add(
        library.store,
        Watch(
            "thin",
            claims=structs.replace(STOCKS, subject=("europe",)),
            bound=watches.bound("below", "6 weeks"),
        ),
    )
    keep(library, stocks("four weeks"), stocks("nine weeks", "France"), stocks("two weeks", "Japan"))
    (match,) = look(library)
    assert match.title == "Stocks in Germany: four weeks"
    assert match.claim is not None
    assert (match.claim.subjects, match.claim.quantity.low) == (("germany",), 4.0)
    assert match.sentence[match.start - match.offset : match.end - match.offset] == "four weeks"


def test_a_claim_without_a_subject_is_about_whom_its_sentence_or_the_title_names(library: Library) -> None:
    watch = Watch("thin", claims=structs.replace(STOCKS, subject=("europe",)))
    watches.add(library.store, watch)
    keep(
        library,
        *(
            written(f"{place} runs short", "Magnet stocks last for four weeks.")
            for place in ("Europe", "Japan")
        ),
    )
    found = look(library)
    assert [match.title for match in found] == ["Europe runs short"]


def test_claims_wait_until_they_have_been_taken(library: Library) -> None:
    watches.add(library.store, Watch("thin", claims=STOCKS))
    library.keep([Read(stocks("four weeks"))])
    assert look(library) == []
    library.claim(100)
    assert len(look(library)) == 1


def test_copies_and_new_versions_that_say_the_same_appear_once(library: Library) -> None:
    watches.add(library.store, Watch("thin", claims=STOCKS))
    watches.add(library.store, Watch("carmakers", query="carmakers"))
    text = [FILLER] * 6 + ["Magnet stocks at carmakers in Germany last for four weeks, a survey found."]
    page = written("Survey", *text, url="https://a.example/1")
    keep(library, page)
    assert len(look(library)) == 2
    keep(library, written("Survey, reprinted", *text, url="https://b.example/2"))
    longer = (*page.paragraphs, Paragraph(8, "Magnet stocks at carmakers in Japan last for nine weeks."))
    keep(library, replace(page, paragraphs=longer))
    found = look(library)
    assert [(match.claim is not None, match.version) for match in found] == [(True, 2), (False, 1), (True, 1)]


def test_an_old_text_that_is_read_again_is_no_news(library: Library) -> None:
    page = written("Survey", FILLER, "Stocks of magnets last for four weeks.", url="https://a.example/1")
    keep(library, replace(page, fetched=datetime.now(UTC) - timedelta(days=1)))
    watches.add(library.store, Watch("thin", claims=STOCKS))
    watches.add(library.store, Watch("magnets", query="magnets"))
    keep(library, replace(page, paragraphs=(*page.paragraphs, Paragraph(3, "Corrected on Tuesday."))))
    assert look(library) == []


def test_a_document_known_by_its_digest_is_found_by_a_point(library: Library) -> None:
    watches.add(library.store, Watch("thin", claims=STOCKS))
    watches.add(library.store, Watch("bavaria", query="bavaria"))
    digest = Digest(
        (Point("Nothing is sure.", (1,)), Point("Stocks of magnets in Bavaria last for two weeks.", (4,))),
        (), "source", "en",
    )  # fmt: skip
    library.keep([Read(written("Known by name"), digest)])
    library.claim(10)
    assert [(match.paragraph, match.point) for match in look(library)] == [(0, 2), (0, 2)]


def test_what_is_denied_is_no_alarm_unless_asked_for(library: Library) -> None:
    watches.add(library.store, Watch("thin", claims=STOCKS))
    watches.add(library.store, Watch("denials", claims=structs.replace(STOCKS, modality=("denied",))))
    claim = Claim(Quantity(2, 2, "week"), 0, 9, (0, 30), measure="stock_cover", modality="denied")
    library.keep([Read(written("A denial", "Two weeks of stock? No, said the plant."))])
    (change,) = library.store.changes(0)
    with library.store.writing() as writer:
        writer.put_claims(change.id, 1, library.claimer, [claim])
    assert [library.store.watch(match.watch).name for match in look(library)] == ["denials"]


def test_what_is_not_sure_is_no_alarm_unless_asked_for(library: Library) -> None:
    library.store.threshold = 0.5
    for name, changes in (
        ("usual", {}),
        ("sure", {"confidence": 0.9}),
        ("any", {"all": True}),
        ("to Japan", {"counterparty": ("japan",), "confidence": 0.1}),
        ("to Toyo", {"counterparty": ("toyo works",), "confidence": 0.1}),
        ("to India", {"counterparty": ("india",), "all": True}),
    ):
        wanted = ClaimFilter(measure=("exports",), **changes)
        watches.add(library.store, Watch(name, claims=wanted))
    text = "Some 30 t went to Japan and 20 t to Toyo Works, the paper said."
    library.keep([Read(written("Shipments", text))])
    (change,) = library.store.changes(0)
    found = [
        Claim(
            Quantity(value, value, "t"), text.index(figure), text.index(figure) + 4, (0, len(text)),
            counterparties=parties, measure="exports", confidence=confidence,
        )
        for figure, value, parties, confidence in (
            ("30 t", 30, ("japan",), 0.3), ("20 t", 20, ("Toyo Works",), 0.6),
        )
    ]  # fmt: skip
    with library.store.writing() as writer:
        writer.put_claims(change.id, 1, library.claimer, found)
    assert sorted(
        (library.store.watch(match.watch).name, match.claim.quantity.low)
        for match in look(library)
        if match.claim
    ) == [("any", 20), ("any", 30), ("to Japan", 30), ("to Toyo", 20), ("usual", 20)]
    said = [condition(one, library.store, library.thesaurus, "ja") for one in library.store.watches()]
    assert said[1] == "輸出 · 確度 ≥ 0.9"
    assert said[2] == "輸出 · 確度を問わない"


def test_what_goes_takes_its_matches_along(library: Library) -> None:
    watch = watches.add(library.store, Watch("x", query="terbium", webhook="https://hook.example/"))
    keep(library, written("One", "Terbium here."), written("Two", "Terbium there, in quite other words."))
    first, _ = look(library)
    with library.store.writing() as writer:
        writer.remove(first.document)
    assert len(library.store.matches()) == len(library.store.deliveries()) == 1
    with library.store.writing() as writer:
        writer.remove_watch(watch.id)
    assert (library.store.matches(), library.store.deliveries(), library.store.watches()) == ([], [], [])


def test_two_processes_that_look_at_once_find_a_thing_once(library: Library) -> None:
    watches.add(library.store, Watch("x", query="terbium"))
    keep(library, *(written(f"Number {n}", f"Terbium lot {n} went to bidder {n * 7}.") for n in range(30)))
    others = [Library.open(library.settings) for _ in range(4)]
    threads = [threading.Thread(target=look, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(library.store.matches()) == 30


@pytest.mark.parametrize(
    ("low", "high", "unit", "side", "expected"),
    [
        (4, 6, "week", "below", True),
        (6, 6, "week", "below", False),
        (1, 1, "month", "below", True),
        (2, 3, "month", "below", False),
        (None, 6, "week", "below", True),  # "under six weeks"
        (None, 8, "week", "below", False),
        (5, None, "week", "below", True),
        (5, 7, "week", "above", True),
        (6, None, "week", "above", True),
        (5, None, "week", "above", False),
        (4, 4, "t", "below", False),
        (4, 4, "%", "below", False),
    ],
)
def test_a_bound_is_met_by_what_reaches_beyond_it(
    low: float | None, high: float | None, unit: str, side: Side, expected: bool
) -> None:
    claim = Claim(Quantity(low, high, unit), 0, 1, (0, 1))
    assert watches.within(claim, Bound(side, 6, "week")) is expected


@given(st.floats(0.1, 1e6), st.floats(0.1, 1e6))
def test_a_single_value_lies_on_one_side_of_another_or_on_neither(value: float, limit: float) -> None:
    claim = Claim(Quantity(value, value, "t"), 0, 1, (0, 1))
    assume(not isclose(value, limit, rel_tol=2 * watches.EXACT))  # else it lies on the limit
    sides = [watches.within(claim, Bound(side, limit, "t")) for side in ("below", "above")]
    assert sides == [value < limit, value > limit]


@pytest.mark.parametrize(
    ("measure", "side", "figure", "why"),
    [
        ("stock_cover", "below", "6 kg", "not told in kg"),
        ("price", "above", "6 weeks", "not told in week"),
        ("stock_cover", "below", "-6 weeks", "below zero"),
        ("stock_cover", "below", "0 weeks", "below zero"),
        ("stock_cover", "above", "6 weeks", ""),
        ("inventory", "below", "6 weeks", ""),
        ("price", "above", "20 %", ""),
        ("profit", "below", "0 USD", ""),
    ],
)
def test_a_bound_fits_what_it_bounds(
    library: Library, measure: str, side: Side, figure: str, why: str
) -> None:
    watch = Watch("x", claims=ClaimFilter(measure=(measure,)), bound=watches.bound(side, figure))
    if not why:
        assert watches.add(library.store, watch).bound == watch.bound
        return
    with pytest.raises(UserError, match=why) as failed:
        watches.add(library.store, watch)
    assert len({Translator(language).error(failed.value) for language in LANGUAGES}) == 3


def test_a_fall_is_a_change(library: Library) -> None:
    claims = ClaimFilter(measure=("stock_cover",), direction=("change",))
    assert watches.add(library.store, Watch("x", claims=claims, bound=Bound("below", -6, "week")))


@pytest.mark.parametrize("text", ["", "many", "6", "6 weeks or 7 t", "x" * 5000])
def test_a_bound_needs_one_figure_with_a_unit(text: str) -> None:
    with pytest.raises(UserError, match="no figure"):
        watches.bound("below", text)


def test_a_bound_may_be_written_in_any_language() -> None:
    assert [watches.bound("below", text) for text in ("6 weeks", "六周", "6週間")] == [
        Bound("below", 6, "week")
    ] * 3


@pytest.mark.parametrize(
    "webhook",
    [
        "ftp://a.example/",
        "http://a.example/",
        "https://user:key@a.example/",
        "https://",
        "a.example",
        "https://a b/",
    ],
)
def test_a_webhook_is_an_https_address(library: Library, webhook: str) -> None:
    with pytest.raises(UserError) as raised:
        watches.add(library.store, Watch("x", query="y", webhook=webhook))
    assert raised.value.where == "webhook"


def test_a_name_is_taken_once(library: Library) -> None:
    watches.add(library.store, Watch("x", query="y"))
    with pytest.raises(UserError, match="already"):
        watches.add(library.store, Watch("x", query="z"))


# --- delivering


# --- command line
