from __future__ import annotations

from pathlib import Path

import pytest
from reportify_sdk import Reportify
from reportify_sdk.exceptions import APIError

from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from tests.conftest import Site

BODY = (
    "<p>The mine stands on a hill. Its ore is bastnaesite. Trucks leave at six. It has a canteen.</p>"
    "<p>Dysprosium is short in every country. Buyers of dysprosium wait for months. "
    "Prices &amp; terms vary.</p>"
    "<p>Read on in <a href='/kiln#top'>the kiln's own page</a>, <a href='/canteen'>the canteen</a> or "
    "<a href='https://elsewhere.example/'>elsewhere</a>, if you have an hour to spare before the bus.</p>"
)


@pytest.fixture
def held(tmp_path: Path) -> Library:
    return Library.open(Settings(folder=tmp_path, allow_private=True))


def page(site: Site, path: str, title: str, body: str) -> str:
    return site.page(path, f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}")


def test_pages_are_read_and_nothing_is_kept(client: Reportify, site: Site) -> None:
    url = page(site, "/mine", "A mine on a hill", BODY)
    answer = client.search.crawl([url, site.url + "/missing"])
    (result,) = answer["results"]
    assert (result["url"], result["title"]) == (url, "A mine on a hill")
    assert "Its ore is bastnaesite." in result["text"]
    good, bad = answer["statuses"]
    assert good == {"id": url, "status": "success", "source": "crawled"}
    assert bad["status"] == "error"
    assert "404" in bad["error"]["message"]
    assert client.docs.list()["total_count"] == 0


def test_text_can_be_left_out_cut_or_kept_in_html(client: Reportify, site: Site) -> None:
    url = page(site, "/mine", "A mine on a hill", BODY)
    assert "text" not in client.search.crawl([url], text=None)["results"][0]
    cut = client.search.crawl([url], text={"max_characters": 8})
    assert cut["results"][0]["text"] == "The mine"
    html = client.search.crawl([url], text={"include_html_tags": True, "verbosity": "compact"})
    assert html["results"][0]["text"].startswith("<p>The mine stands")
    assert "Prices &amp; terms" in html["results"][0]["text"]


def test_highlights_and_summaries_speak_to_a_query(client: Reportify, site: Site) -> None:
    url = page(site, "/mine", "A mine on a hill", BODY)
    answer = client.search.crawl(
        [url],
        text=False,
        highlights={
            "query": "dysprosium buyers",
            "num_sentences": 1,
            "highlights_per_url": 2,
            "max_characters": 60,
        },
        summary={"query": "What ore does the mine have?"},
    )
    (result,) = answer["results"]
    assert len(result["highlights"]) == 2
    assert all("ysprosium" in one and len(one) <= 60 for one in result["highlights"])
    first, second = result["highlightScores"]
    assert first >= second
    assert "bastnaesite" in result["summary"]
    plain = client.search.crawl([url], summary={})["results"][0]["summary"]
    assert plain
    assert plain.split(". ")[0] in BODY.replace("&amp;", "&")


def test_subpages_of_the_same_site_come_with_it(client: Reportify, site: Site) -> None:
    url = page(site, "/mine", "A mine on a hill", BODY)
    page(site, "/kiln", "The kiln", "<p>The kiln burns at nine hundred degrees, as it has for years.</p>")
    page(site, "/canteen", "The canteen", "<p>The canteen serves soup on Mondays, bread on other days.</p>")
    (result,) = client.search.crawl([url], subpages=1, subpage_target=["canteen"])["results"]
    assert [one["title"] for one in result["subpages"]] == ["The canteen"]
    (result,) = client.search.crawl([url], subpages=5)["results"]
    assert [one["title"] for one in result["subpages"]] == ["The kiln", "The canteen"]


def test_what_is_held_is_not_fetched_unless_it_is_too_old(
    client: Reportify, site: Site, held: Library
) -> None:
    url = page(site, "/mine", "A mine on a hill", BODY)
    held.read(url)
    asked = len(site.asked("/mine"))
    assert client.search.crawl([url])["statuses"][0]["source"] == "cached"
    assert client.search.crawl([url], max_age_hours=1)["statuses"][0]["source"] == "cached"
    assert len(site.asked("/mine")) == asked
    assert client.search.crawl([url], max_age_hours=0)["statuses"][0]["source"] == "crawled"
    assert len(site.asked("/mine")) == asked + 1


def test_wrong_options_are_named(client: Reportify) -> None:
    for given, said in (
        ({"ids": []}, "urls: has 0 addresses"),
        ({"ids": ["http://x.example"] * 21}, "urls: has 21 addresses"),
        ({"text": "yes"}, "text: not an object"),
        ({"text": {"max_characters": 0}}, "text.max_characters: cannot be 0"),
        ({"text": {"verbosity": "loud"}}, "text.verbosity: cannot be 'loud'"),
        ({"highlights": {"query": 7}}, "highlights.query: cannot be 7"),
        ({"subpages": 99}, "subpages: 99 is out of range"),
        ({"livecrawl_timeout": -1}, "livecrawl_timeout: -1 is out of range"),
        ({"max_age_hours": "old"}, "max_age_hours: 'old' is not a"),
    ):
        with pytest.raises(APIError, match=said) as error:
            client._post("/v2/search/crawl", json={"ids": ["http://x.example"]} | given)
        assert error.value.status_code == 400


def test_a_slow_page_is_waited_for_only_as_long_as_asked(client: Reportify, site: Site) -> None:
    unheard = "http://10.255.255.1/"  # routed nowhere
    answer = client.search.crawl([unheard], livecrawl_timeout=300)
    assert answer["statuses"][0]["status"] == "error"
