"""A chart's own address: the picture and its data, in the reader's language, of what the page shows."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest
from httpx import Client

ASKED = {"scenario": "embargo", "draws": "10"}


def test_the_addresses_on_the_page_lead_to_its_charts(client: Client) -> None:
    page = client.get("/stress", params=ASKED).text
    root = ElementTree.fromstring(client.get("/stress/charts/map-nd.svg", params=ASKED).content)
    assert root.get("aria-label") == "Nd"
    assert "/stress/charts/map-nd.svg?scenario=embargo&amp;draws=10" in page
    answer = client.get("/stress/charts/car-parts-europe-share-of-what-is-wanted.csv", params=ASKED)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 104
    assert {"week", "P10, share of what is wanted", "P90, share of what is wanted"} < set(rows[0])
    assert answer.headers["content-disposition"].startswith('inline; filename="car-parts-europe')


def test_a_chart_reads_in_the_reader_s_language(client: Client) -> None:
    told = client.get("/stress/charts/map-dy.json", params=ASKED, headers={"Accept-Language": "ja"}).json()
    assert "ミャンマー" in {row["から"] for row in told["rows"]}
    picture = client.get("/stress/charts/map-dy.svg", params=ASKED, headers={"Accept-Language": "zh"}).text
    assert ">缅甸<" in picture


def test_a_picture_of_points_is_of_a_fixed_size(client: Client) -> None:
    answer = client.get("/stress/charts/map-nd.png", params=ASKED)
    assert answer.headers["content-type"] == "image/png"
    wide = int.from_bytes(answer.content[16:20], "big")  # of the header, IHDR
    assert wide == 2 * 760


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/stress/charts/nix.svg", "no chart &#39;nix&#39;"),
        ("/stress/charts/map-nd.gif", "no format &#39;gif&#39; (use svg, png, csv, json)"),
        ("/stress/charts/map-nd.svg?scenario=nix", "no scenario &#39;nix&#39;"),
        ("/separation/charts/sequence.svg?products=Xx", "products"),
    ],
)
def test_what_is_not_there_is_said(client: Client, path: str, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (400, 404)
    assert said in answer.text
