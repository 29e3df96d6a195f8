from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from reportify_sdk import Reportify
from reportify_sdk.exceptions import APIError, AuthenticationError

from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import Read
from mine2magnet.web.reportify import shapes
from tests.web.reportify.conftest import titles
from tests.web.reportify.shelf import written

AS_JSON = {"Content-Type": "application/json"}


@pytest.fixture
def held(shelf: Library) -> Library:
    """What `client` asks."""
    return shelf


def days(found: list[dict[str, Any]]) -> list[datetime]:
    return [datetime.fromisoformat(one["published_at"]) for one in found]


def test_a_question_finds_documents_in_every_language(client: Reportify) -> None:
    found = client.search.all("dysprosium prices outside China", num=20)
    assert {one["language"] for one in found} == {"en", "zh", "ja"}
    assert any("镝" in one["title"] or "価格" in one["title"] or "价" in one["title"] for one in found[:6])
    assert all(0 < one["score"] <= 1 and one["channel_name"] and one["id"] for one in found)
    assert len(client.search.all("dysprosium prices outside China", num=3)) == 3


def test_a_question_that_looks_like_syntax_is_taken_as_words(client: Reportify) -> None:
    for query in (
        'What of "dysprosium',
        "(dysprosium",
        "dysprosium OR",
        "since:ever dysprosium",
        "NOT dysprosium",
    ):
        assert client.search.all(query), query


def test_categories_part_reports_by_language(client: Reportify) -> None:
    reports = client.search.all("稀土 磁体 库存", num=100, categories=["reports"])
    abroad = client.search.all("稀土 磁体 库存", num=100, categories=["global_research"])
    assert {one["language"] for one in reports} == {"zh"}
    assert {one["language"] for one in abroad} == {"en", "ja"}
    assert {one["category"] for one in reports} == {"reports"}
    both = client.search.reports("稀土 磁体 库存", num=100)
    assert {one["id"] for one in both} == {one["id"] for one in (*reports, *abroad)}
    narrowed = client.search.reports("稀土 磁体 库存", num=100, categories=["reports"])
    assert titles(narrowed) == titles(reports)
    with pytest.raises(APIError, match="categories: no category 'news'"):
        client.search.reports("稀土", categories=["news"])


def test_each_kind_is_searched_by_its_own_call(client: Reportify) -> None:
    assert titles(client.search.socials("dysprosium")) == ["Energy Fuels shows a jar of dysprosium oxide"]
    assert titles(client.search.webpages("magnet grades")) == ["Questions and answers on magnet grades"]
    assert titles(client.search.filings("refinery", ["AU:ILU"])) == ["Iluka quarterly review"]
    assert titles(client.search.filings("concentrate", ["US:MP"])) == [
        "MP Materials annual report for 2024 on Form 10-K"
    ]
    news = client.search.news("rare earths", num=50)
    assert news
    assert {one["category"] for one in news} == {"news"}
    minutes = client.search.minutes("晶界渗透 镝", symbols=["SZ:300748"])
    assert titles(minutes) == ["金力永磁投资者关系活动记录表"]
    assert titles(client.search.minutes("magnet trials"))[0] == "MP Materials Q3 2025 earnings call"


def test_symbols_are_companies_by_any_name_in_any_language(client: Reportify) -> None:
    lynas = client.search.all("rare earths", symbols=["AU:LYC"], num=50)
    assert {one["language"] for one in lynas} >= {"zh", "ja"}
    assert all("AU:LYC" in one["symbols"] for one in lynas)
    listed_twice = client.search.all("rare earths", symbols=["HK:6680"], num=50)
    assert {"HK:06680", "SZ:300748"} <= set(listed_twice[0]["symbols"])
    assert client.search.all("rare earths", symbols=["US:NOSUCH"]) == []
    more = client.search.all("rare earths", symbols=["AU:LYC", "US:MP"], num=100)
    assert len(more) > len(lynas)
    with pytest.raises(APIError, match="no symbol: 'MP'") as error:
        client.search.all("rare earths", symbols=["MP"])
    assert error.value.status_code == 400


def test_industries_and_channels_narrow(client: Reportify, shelf: Library) -> None:
    cars = client.search.all("magnets", industries=["automotive industry"], num=100)
    everything = client.search.all("magnets", num=100)
    assert 0 < len(cars) < len(everything)
    wire = shapes.channel_of_source("A Chemist's Posts")
    assert titles(client.search.all("dysprosium", channel_ids=[wire])) == [
        "Energy Fuels shows a jar of dysprosium oxide"
    ]
    assert titles(client.search.socials("dysprosium", channel_ids=[wire])) != []
    topic = shapes.channel_of_topic(shelf.store.topics()[0])
    of_topic = client.search.all("magnets", channel_ids=[topic], num=100)
    assert 0 < len(of_topic) <= len(everything)
    either = client.search.all("dysprosium", channel_ids=[topic, wire], num=100)
    assert "Energy Fuels shows a jar of dysprosium oxide" in titles(either)
    assert client.search.news("magnets", channel_ids=["source:0"]) == []


def test_times_bound_both_ends_and_know_zones(client: Reportify) -> None:
    first, last = "2025-08-08", "2025-11-07"
    found = client.search.all("MP Materials", start_datetime=first, end_datetime=last, num=100)
    assert titles(found)[:2]
    assert {
        "MP Materials Q2 2025 earnings call",
        "MP Materials Q3 2025 earnings call",
    } <= set(titles(found))
    assert all(
        datetime(2025, 8, 7, tzinfo=UTC) <= day < datetime(2025, 11, 9, tzinfo=UTC) for day in days(found)
    )
    exact = "2025-08-08T01:00:00+00:00"
    only = client.search.minutes("MP Materials", start_datetime=exact, end_datetime=exact)
    assert titles(only) == ["MP Materials Q2 2025 earnings call"]
    in_china = client.search.minutes(
        "MP Materials", start_datetime="2025-08-08 09:00:00+08:00", end_datetime="2025-08-08 09:00:01+08:00"
    )
    assert titles(in_china) == titles(only)
    assert client.search.webpages("grades", start_datetime="2025-07-02") == []
    with pytest.raises(APIError, match="start_datetime: not a date: 'yesterday'"):
        client.search.news("rare earths", start_datetime="yesterday")


def test_calls_come_by_date_and_by_fiscal_period(client: Reportify) -> None:
    q2, q3 = "MP Materials Q2 2025 earnings call", "MP Materials Q3 2025 earnings call"
    assert titles(client.search.conference_calls(["US:MP"])) == [q3, q2]
    assert titles(client.search.conference_calls(["US:MP"], sort_by="date_asc")) == [q2, q3]
    assert titles(client.search.conference_calls(["US:MP"], sort_by="date_asc", num=1)) == [q2]
    by_words = client.search.conference_calls(
        ["US:MP"], query="heavy rare earth circuit", sort_by="relevance"
    )
    assert titles(by_words)[0] == q2
    assert titles(client.search.conference_calls(["US:MP"], fiscal_quarter="Q3")) == [q3]
    assert client.search.conference_calls(["US:MP"], fiscal_year="2024") == []
    with pytest.raises(APIError, match="fiscal_year: cannot be '20x5'"):
        client.search.conference_calls(["US:MP"], fiscal_year="20x5")
    assert titles(client.search.conference_calls(["US:MP"], end_datetime="2025-09-01")) == [q2]
    pack = client.search.earnings_pack(["SH:600111"], fiscal_year="2025", fiscal_quarter="Q3")
    assert titles(pack) == ["北方稀土2025年第三季度报告"]
    assert titles(client.search.earnings_pack(["US:MP", "SH:600111"], fiscal_year="2024")) == [
        "MP Materials annual report for 2024 on Form 10-K"
    ]
    for call in (client.search.conference_calls, client.search.earnings_pack):
        with pytest.raises(APIError, match="symbols: is missing"):
            call([])
        with pytest.raises(APIError, match="fiscal_quarter: cannot be 'Q5'"):
            call(["US:MP"], fiscal_quarter="Q5")
        with pytest.raises(APIError, match="sort_by: cannot be 'size'"):
            call(["US:MP"], sort_by="size")


def test_wrong_types_are_named(client: Reportify) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"num": "many"}, "num: 'many' is not a whole number"),
        ({"num": 101}, "num: 101 is out of range"),
        ({"num": True}, "num: True is not a whole number"),
        ({"categories": [1]}, "categories.*: 1 is not a text"),
        ({"symbols": {"US": "MP"}}, "symbols.* is not a text"),
        ({"start_datetime": 20250101}, "start_datetime: 20250101 is not a text"),
        ({"query": "x" * 1001}, "query: more than 1,000 characters"),
        ({"query": "  "}, "query: is missing"),
        ({"query": ["a"]}, r"query: .* is not a text"),
        ({"channel_ids": ["x"] * 501}, "channel_ids: has 501 values"),
    ]
    for given, said in wrong:
        with pytest.raises(APIError, match=said) as error:
            client._post("/v2/search", json={"query": "magnets"} | given)
        assert error.value.status_code == 400
    for body in (b"{", b'{"query": "\\ud800"}', b"[" * 100_000, b'{"query": "\xff"}'):
        answer = client._client.post("/v2/search", content=body, headers=AS_JSON)
        assert (answer.status_code, answer.json()["detail"]) == (400, "the body: not JSON")
    with pytest.raises(APIError, match="the body: not an object"):
        client._post("/v2/search", json=[1])


def test_whoever_has_no_key_finds_nothing(client: Reportify) -> None:
    stranger = Reportify(api_key="guessed", base_url=client.base_url)
    with pytest.raises(AuthenticationError):
        stranger.search.all("magnets")
    stranger.close()


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library.open(Settings(folder=tmp_path_factory.mktemp("embedded")))
    library.keep(
        Read(written(title, "news", f"2025-06-0{i}T00:00", said))
        for i, (title, said) in enumerate(
            [
                ("Cars wait for parts", "Assembly lines stood still, as components for motors did not come."),
                ("Kiln lit again", "A works in Estonia has lit its kiln after the summer break."),
                ("Motor makers look elsewhere", "Buyers of motors search for other sellers abroad."),
            ],
            1,
        )
    )
    while library.index.embed(16):
        pass
    return library


class TestModes:
    @pytest.fixture
    def held(self, embedded: Library) -> Library:
        return embedded

    def test_a_mode_is_the_evidence_that_counts(self, client: Reportify) -> None:
        query = "factories halted for lack of supplies"
        by_meaning = client.docs.search(query=query, mode="semantic")
        assert titles(by_meaning["docs"])[0] == "Cars wait for parts"
        assert client.docs.search(query=query, mode="keywords")["docs"] == []
        assert titles(client.docs.search(query=query)["docs"])[0] == "Cars wait for parts"
        by_words = client.docs.search(query="kiln", mode="keywords")
        assert titles(by_words["docs"]) == ["Kiln lit again"]
        with pytest.raises(APIError, match="mode: cannot be 'magic'"):
            client.docs.search(query=query, mode="magic")

    def test_min_score_bounds_the_score_that_is_told(self, client: Reportify) -> None:
        found = client.docs.search(query="motors")["docs"]
        scores = sorted(one["score"] for one in found)
        assert len(found) > 1
        assert scores[0] < scores[-1]
        between = (scores[0] + scores[-1]) / 2
        above = client.docs.search(query="motors", min_score=between)
        assert titles(above["docs"]) == [one["title"] for one in found if one["score"] >= between]
        assert above["total_count"] == len(above["docs"])
        assert client.docs.list(min_score=1.0)["total_count"] == 3, "without a query all answer it"
        assert client.docs.list(min_score=1.1)["total_count"] == 0
        with pytest.raises(APIError, match="min_score: 'high' is not a number"):
            client.docs.search(query="motors", min_score="high")


class TestRecent:
    @pytest.fixture
    def held(self, library: Library) -> Library:
        now = datetime.now(UTC)
        ages = {"hour": 0.5, "day": 20, "week": 24 * 6, "month": 24 * 20, "year": 24 * 200, "older": 24 * 400}
        library.keep(
            Read(
                written(
                    f"Magnets of the {name}",
                    "news",
                    (now - timedelta(hours=age)).replace(tzinfo=None).isoformat(),
                    f"Magnets were made {name}.",
                )
            )
            for name, age in ages.items()
        )
        return library

    def test_a_range_reaches_back_from_now(self, client: Reportify) -> None:
        for n, span in enumerate(("h", "d", "w", "m", "y"), 1):
            found = client.docs.search_chunks("magnets", date_range=span)
            assert len(found) == n, span
        with pytest.raises(APIError, match="date_range: cannot be 'z'"):
            client.docs.search_chunks("magnets", date_range="z")
