from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from reportify_sdk import Reportify

from mine2magnet.library.library import Library
from mine2magnet.model import Read
from tests.web.reportify.shelf import written


@pytest.fixture
def held(shelf: Library) -> Library:
    """What `client` asks."""
    return shelf


def test_the_newest_documents_are_about_these(client: Reportify, shelf: Library) -> None:
    found = client.concepts.latest()
    counts = [one["doc_count"] for one in found]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] >= 2
    dysprosium = next(one for one in found if one["concept_id"] == "dysprosium")
    assert {"dysprosium", "镝", "ジスプロシウム"} <= set(dysprosium["keywords"])
    for doc in dysprosium["docs"]:
        named = shelf.thesaurus.find(doc["title"] + "\n" + shelf.store.document(doc["id"]).text)
        assert "dysprosium" in {mention.concept.id for mention in named}
    assert dysprosium["earliest_at"] < dysprosium["latest_at"]
    assert {stock["symbol"] for stock in dysprosium["stocks"]} >= {"SZ:300748"}
    assert dysprosium["events"][0]["doc_id"] == dysprosium["docs"][0]["id"]
    bare = client.concepts.latest(include_docs=False)
    assert [one["concept_id"] for one in bare] == [one["concept_id"] for one in found]
    assert all("docs" not in one for one in bare)


def test_a_concept_is_named_as_its_reader_does(client: Reportify) -> None:
    client._client.headers["Accept-Language"] = "zh-CN,zh;q=0.9"
    assert "镝" in {one["concept_name"] for one in client.concepts.latest(include_docs=False)}


class TestToday:
    @pytest.fixture
    def held(self, library: Library) -> Library:
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        when = {"Terbium today": midnight, "Cerium yesterday": midnight - timedelta(seconds=1)}
        library.keep(
            Read(written(title, "news", "2025-01-01", f"Lynas sold {title.lower()}.", published=time))
            for title, time in when.items()
        )
        return library

    def test_only_what_was_published_today_counts(self, client: Reportify) -> None:
        feeds = {one["concept_id"]: one for one in client.concepts.today()}
        assert "terbium" in feeds
        assert "cerium" not in feeds
        feed = feeds["terbium"]
        assert (feed["concept_name"], feed["gen_count"]) == ("terbium", 1)
        assert feed["earliest_at"] == feed["latest_at"] == feed["docs"][0]["published_at"]
        assert {"symbol": "AU:LYC", "name": "Lynas Rare Earths Limited"} in feed["stocks"]

    def test_nothing_today_is_an_empty_list(self, client: Reportify, held: Library) -> None:
        (id,) = [c.id for c in held.store.changes(0) if c.document and c.document.title == "Terbium today"]
        client.docs.delete([id])
        assert client.concepts.today() == []
