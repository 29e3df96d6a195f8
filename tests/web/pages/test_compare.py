"""The page of comparisons: reached from a result, a form for the next, and an address that keeps all."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from httpx import Client
from lxml import html

from tests.web.conftest import settled

FIRST = "scenario=embargo&draws=4&weeks=12"


def test_a_result_is_compared_with_more(client: Client) -> None:
    shown = settled(client, f"/stress?{FIRST}")
    (link,) = html.fromstring(shown.text).xpath("//a[starts-with(@href, '/compare')]/@href")
    form = client.get(link)
    assert 'id="compare-form"' in form.text
    sent = {"test": parse_qs(urlsplit(link).query)["test"], "scenario": "embargo", "reserve": "8"}
    page = settled(client, client.post("/compare", data=sent).url.path)
    root = html.fromstring(page.text)
    _, second = root.xpath("//table[1]/tbody/tr")[:2]
    assert "+" in second.text_content()
    assert not root.xpath("//main//td[not(@data-label) and not(ancestor::figure)]")
    tests = root.xpath("//input[@name='test']/@value")
    assert tests[1] == "draws=4&weeks=12&scenario=embargo&reserve=8"  # what else was moved stays
    linked = settled(client, "/compare", test=tests)
    assert html.fromstring(linked.text).xpath("//table[1]")[0].text_content() == (
        root.xpath("//table[1]")[0].text_content()
    )
    chart = client.get("/compare/charts/value-made.json", params={"test": tests}).json()
    assert chart["rows"][0]["week"] == 0
    third = {"test": tests, "scenario": "licence-delay"}
    three = settled(client, client.post("/compare", data=third).url.path, lang="ja")
    assert "compare-form" not in three.text  # three are enough
    assert "異なる入力" in three.text


def test_what_cannot_be_compared_is_told(client: Client) -> None:
    answer = client.get("/compare", params={"test": [FIRST, "scenario=embargo&draws=5"]})
    assert answer.status_code == 400
    assert "cannot be compared with 4 one by one" in answer.text
    assert client.get("/compare", params={"test": ["scenario=none", FIRST]}).status_code == 404
    assert client.get("/compare", params={"test": ["plant=x", FIRST]}).status_code == 400


def test_programs_compare_as_well(client: Client) -> None:
    tests = [{"scenario": "embargo", "draws": 4}, {"scenario": "embargo", "draws": 4, "mitigations": ["x"]}]
    refused = client.post("/api/comparison", json={"tests": tests})
    assert refused.status_code == 422
    tests[1]["mitigations"] = ["8 weeks of magnets in reserve"]
    found = client.post("/api/comparison", json={"tests": tests}, headers={"Prefer": "wait=60"}).json()
    assert [one["name"] for one in found["outcomes"]] == ["nothing done", "8 weeks of magnets in reserve"]
    assert found["outcomes"][1]["mean"] > 0
    assert client.post("/api/comparison", json={"tests": tests[:1]}).status_code == 422
