"""The separation page: form and result are one address; mistakes stand beside the form."""

from __future__ import annotations

import pytest
from httpx import Client

from mine2magnet.web import separation_page

SMALL = {
    "shares": "Pr 20\nNd 75\nDy 5",
    "products": "Dy 3N\nPr+Nd 3N",
    "throughput": "500",
    "startup_days": "0",
    "site": "europe",
}


def test_the_form_is_filled_in_with_an_example(client: Client) -> None:
    html = client.get("/separation").text
    assert '<option value="ionic-clay-mid-y" selected>' in html
    assert "Pr+Nd 3N" in html
    assert "<svg" not in html


def test_a_case_is_worked_out_and_can_be_linked_to(client: Client) -> None:
    answer = client.get("/separation", params=SMALL)
    assert answer.status_code == 200
    assert "months to first product" in answer.text
    assert answer.text.count("<svg") >= 5
    assert "style=" not in answer.text.split("<main")[1]  # the page's policy would drop it
    found = client.get("/separation", params={**SMALL, "format": "json"}).json()["result"]
    assert [cut["organic"] for cut in found["cuts"]] == [["Dy"]]
    assert [site["site"] for site in found["sites"]] == ["europe"]
    report = client.get("/separation/report.pdf", params=SMALL)
    assert report.content.startswith(b"%PDF-")
    assert client.get("/separation/report.docx", params=SMALL).status_code == 400


def test_acidity_is_worked_out_where_it_is_asked_for(client: Client) -> None:
    assert "Acidity and purity" not in client.get("/separation", params=SMALL).text
    answer = client.get("/separation", params={**SMALL, "chemistry": "yes"}).text
    assert "Acidity and purity by mass action" in answer
    assert 'name="chemistry" value="yes" checked' in answer
    assert "chemistry=yes" in answer  # in the addresses of the reports


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"shares": "Pr 20\nNd 60"}, "shares sum to 80"),
        ({"products": "Dy 3N"}, "needs no cut"),
        ({"products": "Dy 3N\n<b>Nd</b> 3N"}, "&lt;b&gt;Nd&lt;/b&gt;"),
        ({"factors": "Nd/Pr"}, "not a name and a number"),
        ({"efficiency": "high"}, "not a number"),
        ({"site": "moon"}, "unknown site"),
        ({"products": "x" * 3000}, "more than 2000 characters"),
    ],
)
def test_mistakes_are_told_and_what_was_typed_stays(
    client: Client, changed: dict[str, str], said: str
) -> None:
    answer = client.get("/separation", params={**SMALL, **changed})
    assert answer.status_code == 400
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert ">500<" in answer.text or 'value="500"' in answer.text


def test_it_reads_in_chinese_and_japanese(client: Client) -> None:
    for language, head in (("zh", "到首批产品的月数"), ("ja", "初製品までの月数")):
        assert head in client.get("/separation", params={**SMALL, "lang": language}).text


def test_fields_become_a_case() -> None:
    given = {**separation_page.EXAMPLE, "shares": "Nd 75; Pr: 25", "factors": "Nd/Pr 1.4 1.55 2.1"}
    case = separation_page.case_of(given, ["china"])
    assert case["feed"] == {"Nd": 75.0, "Pr": 25.0}
    assert case["factors"] == {"Nd/Pr": [1.4, 1.55, 2.1]}
    assert case["products"][1] == {"elements": ["Pr", "Nd"], "purity": "3N"}
