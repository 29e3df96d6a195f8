"""What a result rests on, from the form of the stress page: drivers first, each with its rows."""

from __future__ import annotations

from httpx import Client


def test_drivers_come_first_and_open_their_rows(client: Client) -> None:
    assert 'formaction="/stress/sources"' in client.get("/stress", params={"draws": "2"}).text
    asked = {"scenario": "embargo", "lang": "zh"}
    page = client.get("/stress/sources", params=asked).text
    assert "持续时间" in page
    assert page.index("持续时间") < page.index("EV motors, Europe → NdFeB SH: cover 5 (2 … 13) week")
    assert "判断" in page
    assert 'href="https://www.ainvest.com/news/' in page
    assert 'href="https://staging' not in page
    told = client.get("/stress/sources", params={"scenario": "embargo", "format": "json"}).json()
    shares = [d["share"] for d in told["drivers"]]
    assert shares == sorted(shares, reverse=True)
    assert told["drivers"][0]["kind"] == "duration"


def test_a_slider_that_was_moved_has_no_range_left(client: Client) -> None:
    asked = {"scenario": "embargo", "weeks": "30", "format": "json"}
    kinds = {d["kind"] for d in client.get("/stress/sources", params=asked).json()["drivers"]}
    assert "duration" not in kinds
    assert client.get("/stress/sources", params={"scenario": "flood"}).status_code == 404
