"""The page of flowsheets: the case in the address, its answer, and mistakes beside the form."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from mine2magnet.background import models
from mine2magnet.core.errors import UserError
from mine2magnet.store import Store
from mine2magnet.web.pages import flowsheet

CASE = """
feeds: [{ name: ore, composition: { Pr: 25, Nd: 75 }, throughput: 500 }]
trains: [{ name: one, parts: Nd/Pr, feed: [ore, nd.mother] }]
products: [{ name: nd, feed: one.liquor, elements: [Nd] }]
sites: [china]
"""


def test_the_form_begins_with_an_example(client: TestClient) -> None:
    html = client.get("/flowsheet").text
    assert "parts: Sm/Nd" in html
    assert "<table" not in html
    assert flowsheet.case(flowsheet.example()).trains


def test_a_case_in_the_address_is_solved(client: TestClient) -> None:
    html = client.get("/flowsheet", params={"case": CASE}).text
    assert html.count("<table") == 5
    assert "<svg" in html.split('id="outcome"')[1]
    found = client.get("/flowsheet", params={"case": CASE, "format": "json"}).json()["result"]
    assert found["closure"] < 1e-10
    same = client.post("/api/flowsheet", json=_plain()).json()
    assert same["streams"] == found["streams"]


def _plain() -> object:
    import yaml

    return yaml.safe_load(CASE)


def test_reports_come_in_three_forms(client: TestClient) -> None:
    for format, begin in (("html", b"<!doctype"), ("pdf", b"%PDF"), ("csv", b"cut,stage")):
        answer = client.get(f"/flowsheet/report.{format}", params={"case": CASE})
        assert answer.content.startswith(begin)
    assert client.get("/flowsheet/report.docx", params={"case": CASE}).status_code == 400


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("feed: araxa\nproducts: [{ elements: [La] }]", "a flowsheet has trains"),
        (CASE.replace("nd.mother", "nd.father"), "there is no stream"),
        (CASE.replace("one, parts", "one, strip: 400, parts"), "strip"),
        ("trains: [", "not YAML"),
    ],
)  # fmt: skip
def test_mistakes_stand_beside_the_form(client: TestClient, text: str, said: str) -> None:
    answer = client.get("/flowsheet", params={"case": text})
    assert answer.status_code == 400
    assert said in answer.text.split('id="flowsheet-error"')[1]


def test_what_is_too_long_or_too_much_is_refused(store: Store) -> None:
    with pytest.raises(UserError, match="more than 8000 characters"):
        flowsheet.case("#" * 9000)
    stands = "extraction: 1000, scrub: 1000, organic_flow: 4"
    trains = f"[{{ name: one, parts: Nd/Pr, feed: ore, {stands} }}, {{ name: two, parts: Nd/Pr, {stands}, "
    text = CASE.replace(
        "[{ name: one, parts: Nd/Pr, feed: [ore, nd.mother] }]", trains + "feed: one.raffinate }]"
    )
    with pytest.raises(UserError, match="4,000 stages"):
        models.ask(store, "flowsheet", flowsheet.case(text))
