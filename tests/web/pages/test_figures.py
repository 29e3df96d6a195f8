"""Claims and figures over HTTP: the table, its order and filters, plots, conflicts, a sentence opened."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from httpx import Client

from mine2magnet.library.library import Library
from mine2magnet.model import LANGUAGES, Digest, Point, Quantity, Read
from tests.web.conftest import SLUG, id_of, tell, written

Page = Callable[..., str]

WEEKS = written(
    "Stores in weeks",
    "European carmakers have stocks of magnets for four to six weeks, a buyer said.",
    "China controls 87% of global rare earth processing capacity and 91% of refining capacity.",
    day=21,
    tags=("magnets",),
)
MONTHS = written(
    "Stores in months",
    "European carmakers have stocks of magnets for two to three months.",
    "In 2024 China produced 270,000 tonnes of <b>rare earths</b>.",
    "In 2024 China produced 270 kt of rare earths, the survey says.",
    day=22,
    source="Second <Post>",
    tags=("magnets",),
)


@pytest.fixture
def claimed(filled: Library) -> Library:
    filled.keep([Read(WEEKS), Read(MONTHS)])
    while filled.claim(50):
        pass
    stores: dict[str, object] = {"subjects": ("europe",), "measure": "stock_cover", "precision": 1.0}
    shares: dict[str, object] = {"subjects": ("china",), "measure": "share_of_capacity", "precision": 1.0}
    output: dict[str, object] = {
        "subjects": ("china",), "measure": "production", "materials": ("rare_earths",), "period": "2024",
        "period_kind": "year", "precision": 10_000.0,
    }  # fmt: skip
    tell(
        filled,
        WEEKS,
        (1, "four to six weeks", Quantity(4, 6, "week"), stores),
        (2, "87%", Quantity(87, 87, "%"), {**shares, "stage": "processing"}),
        (2, "91%", Quantity(91, 91, "%"), {**shares, "stage": "refining"}),
    )
    tell(
        filled,
        MONTHS,
        (1, "two to three months", Quantity(2, 3, "month"), stores),
        (2, "270,000 tonnes", Quantity(270_000, 270_000, "t"), output),
        (3, "270 kt", Quantity(270_000, 270_000, "t"), output),
    )
    return filled


class Elements(HTMLParser):
    """The tags of a page with their attributes, and whether they are closed in order."""

    VOID = frozenset(("meta", "link", "input", "br", "img"))

    def __init__(self, page: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def values(page: str) -> list[str]:
    found = re.findall(r'<td[^>]*class="value"><a[^>]*>([^<]+)</a>', page)
    return [html.unescape(value).replace("\u00a0", " ") for value in found]


def test_the_table_lists_the_claims_of_a_topic(claimed: Library, page: Page) -> None:
    text = page(f"/topics/{SLUG}/claims")
    assert values(text)[:6] == ["2–3 months", "270,000 t", "270,000 t", "4–6 weeks", "87 %", "91 %"]
    assert "Second &lt;Post&gt;" in text
    assert '<mark>270,000 tonnes</mark> of &lt;b&gt;<a class="name"' in text
    assert ">rare earths</a>&lt;/b&gt;" in text
    assert 'aria-current="page">Claims' in text


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("value", ["87 %", "91 %", "270,000 t", "270,000 t"]),
        ("-value", ["270,000 t", "270,000 t", "91 %", "87 %"]),
        ("measure", ["270,000 t", "270,000 t", "87 %", "91 %"]),
    ],
)
def test_a_column_can_sort(claimed: Library, page: Page, sort: str, found: list[str]) -> None:
    text = page(f"/topics/{SLUG}/claims", sort=sort, subject="china")
    assert values(text) == found
    assert f'aria-sort="{"descending" if sort.startswith("-") else "ascending"}"' in text


def test_what_is_unsaid_comes_last_in_either_direction(claimed: Library, client: Client) -> None:
    for sort in ("stage", "-stage"):
        found = client.get(f"/topics/{SLUG}/claims", params={"sort": sort, "format": "json"}).json()["claims"]
        stages = [one["claim"]["stage"] for one in found]
        assert None in stages
        assert stages.index(None) == sum(stage is not None for stage in stages)


def test_a_column_that_is_not_there_is_said(claimed: Library, client: Client) -> None:
    answer = client.get(f"/topics/{SLUG}/claims", params={"sort": "<b>", "format": "json"})
    assert answer.status_code == 400
    assert "no column" in answer.json()["detail"]


def test_json_and_csv_hold_what_the_page_shows(claimed: Library, client: Client) -> None:
    asked = {"measure": "stock_cover", "subject": "europe"}
    found = client.get(f"/topics/{SLUG}/claims", params=asked | {"format": "json"}).json()
    told = {one["sentence"][slice(*one["figure"])] for one in found["claims"]}
    assert {"four to six weeks", "two to three months"} <= told
    assert found["total"] == len(found["claims"])
    assert found["facets"]["measure"]["share_of_capacity"] == 2
    answer = client.get(f"/topics/{SLUG}/claims.csv", params=asked)
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row["figure"] for row in rows} == told


def test_a_row_opens_its_sentence_with_the_figure_marked(
    claimed: Library, page: Page, client: Client
) -> None:
    text = page(f"/topics/{SLUG}/claims", measure="share_of_capacity", stage="refining")
    (address,) = {html.unescape(a) for a in re.findall(r'<td[^>]*class="value"><a href="([^"]+)"', text)}
    assert address.endswith("#p2")
    opened = client.get(address.partition("#")[0]).text
    assert '<span class="said">China controls 87% of global' in opened
    assert "<mark>91%</mark> of refining capacity.</span>" in opened


def test_a_claim_of_a_published_digest_opens_its_point(claimed: Library, page: Page, client: Client) -> None:
    found = client.get(f"/topics/{SLUG}/claims", params={"format": "json", "all": "1"}).json()["claims"]
    one = next(one for one in found if one["claim"]["point"])
    assert one["language"] == "en"
    claim = one["claim"]
    assert (claim["point"], claim["paragraph"]) == (2, 5)  # the second point cites the fifth paragraph
    place = f"d{claim['point']}.{claim['start']}-{claim['end']}"
    opened = page(f"/documents/{claim['document']}", figure=place)
    assert 'class="says" id="figure"' in opened
    assert "<mark>Six weeks</mark>" in opened
    assert "Published by the source, unverified" in page(f"/topics/{SLUG}/claims", all="1")


def test_a_digest_in_two_languages_is_counted_once(claimed: Library, client: Client) -> None:
    def of_digests() -> list[tuple[str, str]]:
        asked = {"format": "json", "all": "1"}
        found = client.get(f"/topics/{SLUG}/claims", params=asked).json()["claims"]
        return [(one["claim"]["document"], one["sentence"]) for one in found if one["claim"]["point"]]

    ((id, sentence),) = of_digests()
    with claimed.store.writing() as writer:
        writer.put_digest(id, 1, Digest((Point("库存可维持六周。", (1,)),), (), "source", "zh"))
    assert claimed.claim(9) == 1
    assert of_digests() == [(id, sentence)]


@pytest.mark.parametrize("place", ["p1.5000-5001", "p99.0-1", "d1.0-1", "p1.5-2", "p0.0-1"])
def test_a_place_that_is_not_there_marks_nothing(claimed: Library, page: Page, place: str) -> None:
    opened = page(f"/documents/{id_of(claimed, WEEKS)}", figure=place)
    assert '<span class="said">' not in opened


@pytest.mark.parametrize("place", ["p1", "x1.0-1", "p1.a-b", "p1.0-99999999", "p１.0-1"])
def test_what_is_no_place_is_said(claimed: Library, client: Client, place: str) -> None:
    assert client.get(f"/documents/{id_of(claimed, WEEKS)}", params={"figure": place}).status_code == 400


def test_a_document_leads_to_its_claims(claimed: Library, page: Page) -> None:
    id = id_of(claimed, WEEKS)
    assert f'<a href="/documents/{id}/claims">3 claims, sure or not</a>' in page(f"/documents/{id}")
    text = page(f"/documents/{id}/claims")
    assert values(text) == ["4–6 weeks", "87 %", "91 %"]
    assert "Stores in weeks" in text


def test_a_conflict_shows_both_sentences(claimed: Library, page: Page) -> None:
    text = page(f"/topics/{SLUG}/figures", measure="stock_cover", subject="europe")
    section = text.partition('<section class="figure"')[2].partition("</section>")[0]
    assert "Europe · stock cover" in section
    sides = re.findall(r"<blockquote>(.*?)</blockquote>", section, re.DOTALL)
    assert len(sides) == 2
    assert any("<mark>four to six weeks</mark>" in side for side in sides)
    assert any("<mark>two to three months</mark>" in side for side in sides)
    assert section.count('class="dot reported conflict"') == 2


def test_marks_that_agree_stand_in_one_unit_beside_a_reference(claimed: Library, page: Page) -> None:
    text = page(f"/topics/{SLUG}/figures", measure="production")
    section = text.partition('<section class="figure"')[2].partition("</section>")[0]
    assert "China · production · rare earth" in section
    assert "all agree" in section
    assert section.count('class="dot reported"') == 2
    assert section.count('class="dot reference"') == 2
    assert "USGS Mineral Commodity Summaries 2025" in section


def test_lookalikes_say_what_differs(claimed: Library, page: Page) -> None:
    text = page(f"/topics/{SLUG}/figures", measure="share_of_capacity")
    assert "differs from" in text
    assert re.search(r"(processing, not refining|refining, not processing)", text)


def test_figures_as_json_are_json(claimed: Library, client: Client) -> None:
    answer = client.get(f"/topics/{SLUG}/figures", params={"format": "json"})
    assert "Infinity" not in answer.text
    found = answer.json()
    first = next(f for f in found["figures"] if f["conflicts"])
    assert {mark["since"] for mark in first["marks"]} >= {"2025-06-21", "2025-06-22"}
    assert found["single"] >= 0


def test_drawings_need_no_style_and_say_what_they_show(claimed: Library, page: Page) -> None:
    for language in LANGUAGES:
        text = page(f"/topics/{SLUG}/figures", lang=language)
        elements = Elements(text)
        assert elements.open == []
        assert not any("style" in attributes for _, attributes in elements.all)
        dots = [a for tag, a in elements.all if tag == "a" and (a.get("class") or "").startswith("dot")]
        assert dots
        assert all((dot["href"] or "").startswith(("/documents/", "https://")) for dot in dots)
        assert text.count("<title>") == len(dots) + 1


def test_nothing_found_is_said(claimed: Library, page: Page) -> None:
    for tab in ("figures", "claims"):
        text = page(f"/topics/{SLUG}/{tab}", subject="nobody")
        assert "No claims here" in text
        assert "Clear filters" in text


def test_claims_that_are_not_taken_yet_are_announced(filled: Library, page: Page) -> None:
    assert "Claims are still being taken from 5 documents" in page(f"/topics/{SLUG}/figures")


def test_a_topic_that_is_not_there(client: Client) -> None:
    for tab in ("figures", "claims", "claims.csv"):
        assert client.get(f"/topics/nothing/{tab}").status_code == 404
