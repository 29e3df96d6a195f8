from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import httpx
import pytest
from reportify_sdk import Reportify
from reportify_sdk.exceptions import APIError, NotFoundError

from mine2magnet.library.library import Library
from mine2magnet.model import Digest, Group, Point, Read
from tests.web.reportify.conftest import titles
from tests.web.reportify.shelf import OWN, written

EUROPE = "Narva, La Rochelle, Lacq: three European links and their tonnages"


@pytest.fixture
def held(shelf: Library) -> Library:
    """What `client` asks."""
    return shelf


def id_of(client: Reportify, title: str) -> str:
    found = client.docs.search(query=f'title:"{title}"')["docs"]
    return str(next(one["id"] for one in found if one["title"] == title))


def test_a_document_comes_with_its_text_and_chunks(client: Reportify, shelf: Library) -> None:
    id = id_of(client, EUROPE)
    doc = client.docs.get(id)
    held = shelf.store.document(id)
    assert doc["title"] == EUROPE
    assert doc["content"] == held.text
    assert "2,000 tonnes a year" in doc["content"]
    assert [chunk["content"] for chunk in doc["chunks"]] == [p.text for p in held.paragraphs]
    assert doc["chunks"][0]["id"] == f"{id}:1"
    assert doc["published_at"] == "2025-12-05T09:00:00+01:00", "in the zone it was stated in"
    assert (doc["category"], doc["language"]) == ("global_research", "en")
    assert "CA:NEO" in doc["symbols"]
    assert "magnets" in doc["tags"]


def test_raw_content_is_the_text_as_read(client: Reportify, shelf: Library) -> None:
    raw = client.docs.raw_content(id_of(client, "Iluka quarterly review"))
    assert raw["content"] == "Iluka reported that building work at the Eneabba refinery was on schedule."
    assert (raw["content_type"], raw["version"]) == ("text/plain", 1)


def test_what_is_not_held_is_not_found(client: Reportify) -> None:
    for call in (
        client.docs.get,
        client.docs.summary,
        client.docs.raw_content,
        client.docs.get_upload_status,
    ):
        with pytest.raises(NotFoundError) as error:
            call("dnothere")
        assert error.value.status_code == 404
    answer = httpx.get(
        f"{client.base_url}/v1/docs/dnothere",
        headers={"Authorization": f"Bearer {client.api_key}"},
        trust_env=False,
        timeout=60,
    )
    assert answer.json()["detail"].startswith("no document 'dnothere'")


def test_a_list_pages_through_all_that_passes(client: Reportify, shelf: Library) -> None:
    first = client.docs.list(page_size=25)
    assert (first["page_num"], first["page_size"]) == (1, 25)
    total = first["total_count"]
    assert total == shelf.store.count()
    seen = [one["id"] for n in (1, 2, 3) for one in client.docs.list(page_num=n, page_size=25)["docs"]]
    assert len(set(seen)) == min(total, 75)
    days = [one["published_at"][:10] for one in first["docs"]]
    assert days == sorted(days, reverse=True), "newest first"
    beyond = client.docs.list(page_num=9, page_size=100)
    assert (beyond["docs"], beyond["total_count"]) == ([], total)
    for wrong in ({"page_num": 0}, {"page_size": 0}, {"page_size": 1000}, {"page_num": 10**9}):
        with pytest.raises(APIError, match="is out of range"):
            client.docs.list(**wrong)


def test_filters_of_lists_mean_what_they_say(client: Reportify, shelf: Library) -> None:
    everything = client.docs.list(page_size=1)["total_count"]
    calls = client.docs.list(categories=["transcripts"])
    assert {one["category"] for one in calls["docs"]} == {"transcripts", "minutes"}
    assert client.docs.list(institutions=["our wire", "CALL NOTES"])["total_count"] == 2
    assert client.docs.list(institutions=["nobody"])["total_count"] == 0
    tagged = client.docs.list(tags={"tag": ["recycling"]}, page_size=100)["docs"]
    assert tagged
    assert all("recycling" in one["tags"] for one in tagged)
    either = client.docs.list(tags={"tag": ["recycling", "separation"]}, page_size=100)
    assert either["total_count"] > len(tagged)
    of_day = client.docs.list(start_date="2025-10-21", end_date="2025-10-21", categories=["filings"])
    assert titles(of_day["docs"]) == ["Iluka quarterly review"]
    in_us = client.docs.list(markets=["us"], page_size=100)
    assert in_us["docs"]
    assert all(any(s.startswith("US:") for s in one["symbols"]) for one in in_us["docs"])
    in_china = client.docs.list(markets=["cn", "hk"], page_size=100)["docs"]
    assert all(any(s[:2] in ("SH", "SZ", "HK") for s in one["symbols"]) for one in in_china)
    assert 0 < len(in_china) < everything
    with pytest.raises(APIError, match="no market 'mars'"):
        client.docs.list(markets=["mars"])
    with pytest.raises(APIError, match="no category 'gossip'"):
        client.docs.list(categories=["gossip"])


def test_extended_filters_are_conditions_on_fields(client: Reportify) -> None:
    def total(*conditions: Mapping[str, object]) -> int:
        return int(client.docs.list(extended_filters=list(conditions))["total_count"])

    everything = total({"field": "language", "operator": "in", "value": ["en", "zh", "ja"]})
    chinese = total({"field": "language", "value": "zh"})
    assert total({"field": "language", "operator": "ne", "value": "zh"}) == everything - chinese
    posts = {"field": "source", "operator": "eq", "value": "A Chemist's Posts"}
    assert total(posts) == 1
    assert total(posts, {"field": "language", "value": "zh"}) == 0, "all conditions hold"
    for word in ("socials", "social"):
        assert total({"field": "category", "value": word}) == 1
    assert total({"field": "title", "value": "quarterly review"}) == 1
    assert total({"field": "tag", "operator": "not_in", "value": ["magnets"]}) < everything
    for wrong, said in (
        ({"field": "price", "value": 1}, "no field 'price'"),
        ({"field": "tag", "operator": "near", "value": "x"}, "no operator 'near'"),
        ({"field": "tag"}, "has no value"),
        ({"value": "x"}, "None is not a text"),
    ):
        with pytest.raises(APIError, match=f"extended_filters.*{said}") as error:
            total(wrong)
        assert error.value.status_code == 400


def test_lists_by_symbols_and_by_tags(client: Reportify) -> None:
    found = client.docs.list_by_symbols(
        ["US:MP"], categories=["financials", "transcripts"], start_date="2025-08-01", page_size=1
    )
    assert (found["total_count"], titles(found["docs"])) == (2, ["MP Materials Q3 2025 earnings call"])
    second = client.docs.list_by_symbols(
        ["US:MP"], categories=["financials", "transcripts"], start_date="2025-08-01", page_size=1, page_num=2
    )
    assert titles(second["docs"]) == ["MP Materials Q2 2025 earnings call"]
    assert client.docs.list_by_symbols(["US:MP"], markets=["hk"], end_date="2025-03-01")["total_count"] == 0
    tagged = client.docs.list_by_tags(
        {"tags": ["recycling"]}, categories=["reports"], markets=["cn"], start_date="2020-01-01"
    )
    alone = client.docs.list_by_tags({"tags": ["recycling"]})
    assert tagged["total_count"] <= alone["total_count"]
    assert alone["total_count"] > 0
    assert client.docs.list_by_tags({"tags": ["recycling"]}, end_date="2019-01-01")["docs"] == []
    with pytest.raises(APIError, match="symbols: is missing"):
        client.docs.list_by_symbols([])
    with pytest.raises(APIError, match="tags: is missing"):
        client.docs.list_by_tags({})


def test_a_search_sorts_and_highlights(client: Reportify) -> None:
    best = client.docs.search(query="dysprosium oxide", should_highlight=True, page_size=5)
    assert titles(best["docs"])[0] == "Energy Fuels shows a jar of dysprosium oxide"
    assert "<em>dysprosium oxide</em>" in best["docs"][0]["highlight_title"]
    assert any("<em>" in one for one in best["docs"][0]["highlights"])
    plain = client.docs.search(query="dysprosium oxide", page_size=5)
    assert titles(plain["docs"]) == titles(best["docs"])
    assert "highlights" not in plain["docs"][0]
    latest = client.docs.search(query="dysprosium oxide", sort="latest", page_size=100)
    days = [date.fromisoformat(one["published_at"][:10]) for one in latest["docs"]]
    assert days == sorted(days, reverse=True)
    assert latest["total_count"] == plain["total_count"]
    narrowed = client.docs.search(
        query="dysprosium oxide",
        symbols=["US:UUUU"],
        categories=["socials"],
        markets=["us"],
        institutions=["chemist"],
        start_date="2025-09-15",
        end_date="2025-09-15",
    )
    assert narrowed["total_count"] == 1
    with pytest.raises(APIError, match="sort: cannot be 'size'"):
        client.docs.search(query="x", sort="size")


def test_chunks_are_passages_with_their_documents(client: Reportify) -> None:
    found = client.docs.search_chunks("How many tonnes of magnets does the plant in Narva make?", num=4)
    assert len(found) == 4
    assert "Narva" in found[0]["content"]
    assert found[0]["doc"]["title"] == EUROPE
    assert found[0]["doc_id"] == found[0]["doc"]["id"]
    assert "metadatas" not in found[0]["doc"]
    doc = client.docs.get(found[0]["doc_id"])
    assert doc["chunks"][found[0]["paragraph"] - 1]["content"] == found[0]["content"]
    only = client.docs.search_chunks("tonnes", doc_ids=[found[0]["doc_id"]], include_doc_extra_details=True)
    assert {one["doc"]["title"] for one in only} == {EUROPE}
    assert only[0]["doc"]["version"] == 1
    assert client.docs.search_chunks("tonnes", symbols=["SH:600111"], institutions=["交易所"], num=3) == []


def test_refining_a_question_keeps_what_the_thesaurus_knows(client: Reportify) -> None:
    wordy = "Kindly enumerate whichever pamphlets mention Iluka"
    refined = client.docs.search_chunks(wordy, refine_question=True, num=50)
    assert refined
    names = ("iluka", "伊鲁卡", "アイルカ", "イルカ")
    assert [one["content"] for one in refined if not any(n in one["content"].lower() for n in names)] == []


class TestSummary:
    TITLE = "Two kilns and a queue"
    TEXT = ("Orders for magnets doubled in May.", "The second kiln starts in June.", "Dysprosium is short.")

    @pytest.fixture
    def held(self, library: Library) -> Library:
        library.keep([Read(written(self.TITLE, "news", "2025-05-20T00:00", *self.TEXT)), Read(OWN[1])])
        return library

    def put(self, library: Library, language: str, method: str, said: str) -> str:
        id = next(c.id for c in library.store.changes(0) if c.document and c.document.title == self.TITLE)
        points = (Point("The second kiln starts in June.", (2,), "holds"), Point("Short of Dy.", (3, 9)))
        digest = Digest((Point(said, (1,)),), (Group("Supply", points, "aspect.supply"),), method, language)
        with library.store.writing() as writer:
            writer.put_digest(id, 1, digest)
        return id

    def test_it_is_the_digest_with_cited_paragraphs(self, client: Reportify, held: Library) -> None:
        id = self.put(held, "en", "source", "Demand doubled.")
        summary = client.docs.summary(id)
        assert (summary["title"], summary["summary"]) == (self.TITLE, "Demand doubled.")
        assert summary["key_points"] == ["The second kiln starts in June.", "Short of Dy."]
        (group,) = summary["groups"]
        assert group["heading"] == "Supply and stocks"
        first, second = group["points"]
        assert first["verdict"] == "holds"
        assert first["citations"] == [{"paragraph": 2, "text": self.TEXT[1]}]
        assert second["citations"] == [{"paragraph": 3, "text": self.TEXT[2]}, {"paragraph": 9, "text": None}]
        assert summary["viewpoint"][0]["citations"][0]["text"] == self.TEXT[0]
        assert summary["method"] == "source"

    def test_it_is_made_when_there_is_none(self, client: Reportify, held: Library) -> None:
        id = next(c.id for c in held.store.changes(0) if c.document and c.document.title == self.TITLE)
        summary = client.docs.summary(id)
        assert summary["method"] == "extractive"
        cited = [c["text"] for g in summary["groups"] for p in g["points"] for c in p["citations"]]
        cited += [c["text"] for p in summary["viewpoint"] for c in p["citations"]]
        assert cited
        assert set(cited) <= set(self.TEXT)
        assert client.docs.get(id)["summary"] == summary["summary"]

    def test_it_is_in_the_language_that_is_asked_for(self, client: Reportify, held: Library) -> None:
        id = self.put(held, "en", "source", "Demand doubled.")
        self.put(held, "ja", "a-model", "需要は倍増した。")
        assert client.docs.summary(id)["language"] == "en"
        client._client.headers["Accept-Language"] = "ja"
        summary = client.docs.summary(id)
        assert (summary["summary"], summary["languages"]) == ("需要は倍増した。", ["en", "ja"])
        assert summary["groups"][0]["heading"] == "供給と在庫"
