"""The table of claims over HTTP: every slot, how sure it is, and what readers correct."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from httpx import Client

from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import LANGUAGES, Claim, ClaimFilter, Quantity, Read, Topic
from mine2magnet.store import EVERY_CLAIM
from mine2magnet.web.pages.claim_form import key
from tests.web.conftest import id_of, tell, written

Page = Callable[..., str]
PATH = "/topics/exports/claims"
EXPORTS = written(
    "Exports, by whom",
    "China sent 420 t of dysprosium oxide to Japan in the ten months to October, up 12 % on the year.",
    "Harbour Magnetics asks 85.6 USD/kg and has 90 people.",
    day=25,
    tags=("exports",),
)
SHIPPED: dict[str, object] = {
    "subjects": ("china",), "counterparties": ("japan",), "measure": "exports",
    "materials": ("dysprosium",), "form": "oxide", "period": "2025-01/2025-10", "period_kind": "year_to_date",
}  # fmt: skip

DISPUTED = {**SHIPPED, "confidence": 0.95, "disputed": ("value", "counterparty")}


@pytest.fixture
def held(filled: Library) -> Library:
    """With a threshold of 0.5: two claims above, one below, and one that is a number alone."""
    filled.store.threshold = 0.5
    filled.settings = replace(filled.settings, claims_threshold=0.5)
    filled.keep([Read(EXPORTS)])
    topics.save(filled.store, Topic("exports", "Exports", tags=("exports",)))
    while filled.claim(50):
        pass
    price: dict[str, object] = {"subjects": ("Harbour Magnetics",), "measure": "price", "confidence": 0.3}
    change = {
        **SHIPPED,
        "direction": "change",
        "basis": "year_on_year",
        "confidence": 0.7,
        "modality": "plan",
    }
    tell(
        filled,
        EXPORTS,
        (1, "420 t", Quantity(420, 420, "t"), {**SHIPPED, "confidence": 0.95}),
        (1, "12 %", Quantity(12, 12, "%"), change),
        (2, "85.6 USD/kg", Quantity(85.6, 85.6, "USD/kg"), price),
        (2, "90 people", Quantity(90, 90, "person"), {"confidence": 0.9}),
    )
    return filled


def claim(held: Library, figure: int = 0) -> Claim:
    return held.store.claims([id_of(held, EXPORTS)], EVERY_CLAIM)[figure]


def values(text: str) -> list[str]:
    found = re.findall(r'<td[^>]*class="value"><a[^>]*>([^<]+)</a>', text)
    return [html.unescape(value).replace("\u00a0", " ") for value in found]


def post(client: Client, held: Library, figure: int = 0, **fields: str) -> str:
    client.get(PATH)
    one = claim(held, figure)
    sent = {"document": one.document, "claim": key(one), **fields}
    answer = client.post(f"{PATH}?all=1", data=sent)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            ["China → Japan", "dysprosium (oxide)", "year to date", "year on year", "change, plan", "sure"],
        ),
        ("zh", ["中国 → 日本", "镝（氧化物）", "年初累计", "同比", "变化、计划", "确定"]),
        (
            "ja",
            ["中国 → 日本", "ジスプロシウム（酸化物）", "年初からの累計", "前年同期比", "変化、計画", "確か"],
        ),
    ],
)
def test_every_slot_is_shown_in_words(held: Library, page: Page, language: str, said: list[str]) -> None:
    text = html.unescape(page(PATH, lang=language))
    for words in said:
        assert words in text, words
    assert 'title="confidence 0.95"' in page(PATH, lang="en")


def test_what_is_not_sure_waits_behind_a_switch(held: Library, page: Page, client: Client) -> None:
    text = page(PATH)
    assert values(text) == ["420 t", "+12 %"]
    assert "Show 2 more that are less sure" in text
    assert "Shown from a confidence of 0.5 up" in text
    assert values(page(PATH, all="1")) == ["420 t", "+12 %", "85.6 USD/kg", "90 people"]
    assert "Show only what is sure enough" in page(PATH, all="1")
    assert values(page(PATH, confidence="0.9")) == ["420 t"]
    assert values(page(PATH, confidence="0.3")) == ["420 t", "+12 %", "85.6 USD/kg"]
    found = client.get(PATH, params={"format": "json"}).json()
    assert (found["total"], found["hidden"]) == (2, 2)
    assert "85.6" not in client.get(f"{PATH}.csv").text
    assert "85.6" in client.get(f"{PATH}.csv", params={"all": "1"}).text
    assert "85.6" not in page("/topics/exports/figures")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_confidence_that_is_none_is_said(held: Library, client: Client, language: str) -> None:
    said = {"en": "a number from 0 to 1", "zh": "0 到 1", "ja": "0から1"}[language]
    for path in (PATH, "/topics/exports/figures"):
        answer = client.get(path, params={"confidence": "much", "lang": language})
        assert answer.status_code == 400
        assert said in answer.text


def test_words_that_no_thesaurus_has_can_be_asked_for(held: Library, page: Page) -> None:
    text = page(PATH, all="1", subject="Harbour Magnetics")
    assert values(text) == ["85.6 USD/kg"]
    assert '<option value="Harbour Magnetics" selected>' in text
    assert values(page(PATH, counterparty="japan")) == ["420 t", "+12 %"]


def test_a_slot_leads_to_a_form_without_script(held: Library, page: Page, client: Client) -> None:
    text = page(PATH)
    address = next(
        html.unescape(a)
        for a in re.findall(r'class="mend" rel="nofollow" href="([^"]+)"', text)
        if "period" in a
    )
    opened = client.get(address.partition("#")[0]).text
    assert 'name="period" autofocus' in opened
    assert 'value="2025-01/2025-10"' in opened
    assert 'name="subject" value="China"' in opened.replace(' id="e-subject"', "")
    assert '<option value="oxide" selected>' in opened


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "read differently by the model and without it: Value and unit, To or from whom"),
        ("zh", "模型与内置读取不一致：数值与单位、对方"),
        ("ja", "モデルと内蔵の読み取りが不一致：値と単位、相手先"),
    ],
)
def test_what_readers_dispute_is_said(held: Library, page: Page, language: str, said: str) -> None:
    tell(held, EXPORTS, (1, "420 t", Quantity(420, 420, "t"), DISPUTED))
    assert said in html.unescape(page(PATH, lang=language))


def test_a_slot_that_somebody_settles_is_disputed_no_more(held: Library, client: Client) -> None:
    tell(held, EXPORTS, (1, "420 t", Quantity(420, 420, "t"), DISPUTED))
    assert "without it: Value and unit<" in post(client, held, counterparty="Japan; Toyo Works")
    assert "without it" not in post(client, held, value="42 t")


def test_a_slot_is_mended_and_shown_as_theirs(held: Library, page: Page, client: Client) -> None:
    text = post(client, held, counterparty="韩国; Toyo Works", by="Mei <b>")
    assert claim(held).counterparties == ("south_korea", "Toyo Works")
    assert "corrected by Mei &lt;b&gt;: To or from whom" in text
    assert "China → South Korea, Toyo Works" in html.unescape(text)
    (made,) = claim(held).corrections
    assert (made.slot, made.old, made.by) == ("counterparty", "japan", "Mei <b>")
    opened = page(PATH, edit=key(claim(held)))
    assert "read as “Japan” (Mei &lt;b&gt;" in opened
    assert "corrected by" not in post(client, held, undo=made.id)
    assert claim(held).counterparties == ("japan",)


def test_only_what_was_changed_is_a_correction(held: Library, client: Client) -> None:
    whole: dict[str, Any] = {
        "value": "420 t", "subject": "China", "counterparty": "Japan", "measure": "exports", "stage": "",
        "material": "dysprosium", "form": "metal", "period": "2025", "period_kind": "year", "basis": "",
        "direction": "level", "modality": "reported", "said_by": "",
    }  # fmt: skip
    post(client, held, **whole)
    assert [one.slot for one in claim(held).corrections] == ["form", "period", "period_kind"]


def test_a_slot_is_emptied_and_a_claim_confirmed_or_rejected(held: Library, client: Client) -> None:
    post(client, held, 2, empty="measure")
    assert claim(held, 2).measure is None
    text = post(client, held, 2, whole="right")
    assert claim(held, 2).confidence == 1
    assert "checked by a reader" in text
    text = post(client, held, whole="wrong")
    assert "marked as wrong by a reader" in text
    assert values(client.get(PATH).text) == ["+12 %", "85.6 USD/kg"]
    assert held.store.claims(where=ClaimFilter(unit=("t",), confidence=0.0)) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"value": "many"},
            {"en": "Not a figure with a unit", "zh": "不是带单位的数值", "ja": "単位の付いた数値"},
        ),
        ({"period": "soon"}, {"en": "Not a period", "zh": "不是有效时间", "ja": "時期として"}),
        ({"basis": "before"}, {"en": "Not a basis", "zh": "不是有效基准", "ja": "基準として"}),
        (
            {"material": "kryptonite"},
            {"en": "“kryptonite” is not", "zh": "“kryptonite”", "ja": "「kryptonite」"},
        ),
        ({"measure": "smell"}, {"en": "“smell” is not", "zh": "“smell”", "ja": "「smell」"}),
        ({"value": ""}, {"en": "cannot be empty", "zh": "不能为空", "ja": "空欄にはできません"}),
        ({"subject": "x" * 401}, {"en": "longer than 400", "zh": "400", "ja": "400"}),
    ],
)
def test_what_no_slot_can_hold_is_said_in_the_readers_language(
    held: Library, client: Client, fields: dict[str, str], said: dict[str, str]
) -> None:
    client.get(PATH)
    one = claim(held)
    for language in LANGUAGES:
        sent = {"document": one.document, "claim": key(one), "form": "metal", **fields}
        answer = client.post(f"{PATH}?lang={language}&edit={key(one)}", data=sent)
        assert answer.status_code == 400
        (slot,) = fields
        assert f'id="{slot}-error"' in answer.text
        assert said[language] in html.unescape(answer.text)
        assert html.escape(fields[slot]) in answer.text, "what was typed stays"
    assert claim(held).corrections == (), "nothing is kept if one slot is wrong"


def test_a_form_of_what_is_no_longer_so_changes_nothing(held: Library, client: Client) -> None:
    client.get(PATH)
    one = claim(held)
    sent = {"document": one.document, "claim": key(one), "seen": "before", "form": "metal"}
    answer = client.post(f"{PATH}?edit={key(one)}", data=sent)
    assert answer.status_code == 409
    assert "look at it again" in answer.text
    answer = client.post(PATH, data={"document": one.document, "claim": "nothing"})
    assert answer.status_code == 404
    assert client.post(PATH, data={**sent, "undo": "nothing"}).status_code == 404
    assert held.store.corrections() == []


def test_another_site_corrects_nothing(held: Library, client: Client) -> None:
    one = claim(held)
    sent = {"document": one.document, "claim": key(one), "whole": "wrong"}
    assert client.post(PATH, data=sent).status_code == 403, "the page was not opened"
    client.get(PATH)
    answer = client.post(PATH, data=sent, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert held.store.corrections() == []


def test_a_document_s_claims_are_corrected_on_their_page(held: Library, client: Client) -> None:
    one = claim(held)
    path = f"/documents/{one.document}/claims"
    client.get(path)
    sent = {"document": one.document, "claim": key(one), "form": "metal"}
    assert client.post(path, data=sent).status_code == 200
    assert claim(held).form == "metal"
    rows = client.get("/corrections.csv").text
    assert rows.startswith("\ufeffid,document,")
    assert ",form,oxide,metal," in rows


def test_the_table_opens_with_claims_that_tell_most(filled: Library, page: Page) -> None:
    document = written("Orders", "There are 90 people.", "China sent 420 t of it.", tags=("orders",))
    filled.keep([Read(document)])
    topics.save(filled.store, Topic("orders", "Orders", tags=("orders",)))
    tell(
        filled,
        document,
        (1, "90 people", Quantity(90, 90, "person"), {"confidence": 0.9, "materials": ("dysprosium",)}),
        (2, "420 t", Quantity(420, 420, "t"), {**SHIPPED, "confidence": 0.9}),
    )
    text = page("/topics/orders/claims", all="1")
    assert text.index("420") < text.index("90 people")
