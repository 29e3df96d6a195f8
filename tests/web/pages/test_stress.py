"""The page with sliders."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from httpx import Client

from mine2magnet.chain.io import scenarios
from mine2magnet.library.library import Library
from mine2magnet.model import Document, Paragraph, Read
from tests.web.conftest import settled


def test_the_page_and_its_json_say_the_same(client: Client) -> None:
    page = settled(client, "/stress", scenario="embargo")
    assert page.status_code == 200
    assert "car parts, Europe" in page.text
    assert page.text.count("<svg") >= 8
    held = client.get("/stress", params={"scenario": "embargo", "format": "json"}).json()
    assert held["scenario"] == "embargo"
    assert held["moved"] == {}
    assert held["result"]["draws"] == 200


def test_sliders_move_the_result_and_the_address_keeps_them(client: Client) -> None:
    def loss(**moved: int) -> float:
        asked = {"scenario": "embargo", "format": "json"} | {k: str(v) for k, v in moved.items()}
        return float(client.get("/stress", params=asked).json()["result"]["loss"][1])

    assert loss(weeks=52) > loss(weeks=13)
    assert loss(weeks=52, reserve=26) < loss(weeks=52)
    assert loss(weeks=52) == loss(weeks=52)
    page = client.get("/stress", params={"scenario": "embargo", "weeks": "200", "draws": "10"}).text
    assert 'name="weeks" type="range" min="1" max="200" step="1" value="200"' in page  # as the API takes it
    assert '<input type="hidden" name="draws" value="10">' in page
    page = client.get("/stress", params={"scenario": "embargo", "weeks": "52"}).text
    assert 'name="weeks" type="range" min="1" max="104" step="1" value="52"' in page


def test_what_cannot_be_asked_is_refused_in_one_line(client: Client) -> None:
    for asked, status, line in (
        ({"scenario": "flood"}, 404, "no scenario"),
        ({"scenario": "embargo", "weeks": "9999"}, 400, "9,999 is out of range (0 to 5,200)"),
        ({"scenario": "embargo", "strength": "105"}, 400, "1.05 is out of range (the strength of embargo is"),
        ({"scenario": "embargo", "weeks": "many"}, 400, "is not a number"),
        ({"scenario": "embargo", "draws": "1300"}, 400, "at most 1,250 of so many weeks"),
        ({"scenario": "embargo", "draws": "-1"}, 400, "-1 is out of range (0 to 100,000)"),
        ({"do": "hope"}, 400, "no set of mitigations"),
    ):
        answer = client.get("/stress", params={**asked, "format": "json"})
        assert answer.status_code == status
        assert line in answer.json()["detail"]


def test_a_topic_gives_its_inputs_with_their_sentences(filled: Library, client: Client) -> None:
    text = "European carmakers have magnet stocks for about five weeks."
    now = datetime(2025, 6, 20, tzinfo=UTC)
    document = Document("Stocks in Europe", "Our Wire", now, "en", (Paragraph(1, text),), tags=("magnets",))
    filled.keep([Read(document)])
    while filled.claim(10):
        pass
    address = "/topics/t-7b8cbc33/stress"
    page = client.get(address).text
    shown = re.sub(r"</?a\b[^>]*>", "", page)  # names in a sentence link to what they mean
    assert "European carmakers have magnet stocks for about <mark>five weeks</mark>" in shown
    held = client.get(address, params={"format": "json"}).json()
    (cover,) = [p for p in held["premises"] if (p["kind"], p["where"]) == ("cover", "Europe")]
    assert cover["value"]["likely"] == 5
    id = cover["id"]
    edited = {"asked": "1", "take": id, f"low.{id}": "2", f"likely.{id}": "3", f"high.{id}": "4"}
    again = client.get(address, params={**edited, "format": "json"}).json()
    assert [p["value"] for p in again["premises"] if p["taken"]] == [{"low": 2, "likely": 3, "high": 4}]
    saved = scenarios.parse(client.get(address, params={**edited, "format": "yaml"}).text)
    assert saved.covers[0].weeks.high == 4
    assert "five weeks" in saved.covers[0].evidence[0]
    assert "Said in 1 place · 1 source" in page
    assert held["result"] is None
    assert "The documents tell of no event" in page
    settled(client, address, scenario="embargo")
    happens = {"scenario": "embargo", "format": "json"}
    assert client.get(address, params=happens).json()["result"]["loss"][1] > 1e9
    assert client.get(address, params={"scenario": "flood"}).status_code == 404
    wrong = client.get(address, params={**edited, f"low.{id}": "9", "format": "json"})
    assert wrong.status_code == 400
    assert "stock cover, Europe" in wrong.json()["detail"]


def test_a_topic_that_says_nothing_to_start_from_says_so(filled: Library, client: Client) -> None:
    page = client.get("/topics/t-7b8cbc33/stress").text  # its claims are not taken yet
    assert "No stock cover" in page


def test_nodes_and_materials_at_risk(client: Client) -> None:
    page = settled(client, "/stress/risk").text
    assert "China, Dy metal" in page
    held = client.get("/stress/risk", params={"format": "json"}).json()
    assert held["nodes"][0]["index"] == 1
    assert {m["material"] for m in held["materials"]} >= {"Dy", "Tb", "Nd"}
