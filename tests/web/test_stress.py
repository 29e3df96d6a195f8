"""The page with sliders."""

from __future__ import annotations

from httpx import Client


def test_the_page_and_its_json_say_the_same(client: Client) -> None:
    page = client.get("/stress", params={"scenario": "embargo"})
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
    page = client.get("/stress", params={"scenario": "embargo", "weeks": "52"}).text
    assert 'name="weeks" type="range" min="1" max="104" step="1" value="52"' in page


def test_what_cannot_be_asked_is_refused_in_one_line(client: Client) -> None:
    for asked, line in (
        ({"scenario": "flood"}, "no scenario"),
        ({"scenario": "embargo", "weeks": "9999"}, "not between 1 and 104"),
        ({"scenario": "embargo", "weeks": "many"}, "is not a number"),
        ({"do": "hope"}, "no set of mitigations"),
    ):
        answer = client.get("/stress", params={**asked, "format": "json"})
        assert answer.status_code == 400
        assert line in answer.json()["detail"]
