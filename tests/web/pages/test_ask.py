from __future__ import annotations

import re
from typing import Any

from mine2magnet.library.library import Library
from mine2magnet.model import Read
from tests.web.conftest import SLUG, written

QUESTION = "Where did the price of dysprosium rise?"


def test_the_page_asks_and_the_same_address_gives_json(client: Any) -> None:
    empty = client.get("/ask")
    assert empty.status_code == 200
    assert 'name="q"' in empty.text
    told = client.get("/ask", params={"q": QUESTION, "format": "json"}).json()
    assert told["question"] == QUESTION
    assert told["answer"]["method"] == "passages"


def test_what_is_not_answered_says_so(client: Any) -> None:
    page = client.get("/ask", params={"q": "Who won the football world cup in 2018?"})
    assert "Nothing that has been read answers this" in page.text


def test_a_bad_question_is_one_line(client: Any) -> None:
    page = client.get("/ask", params={"q": "x" * 600})
    assert page.status_code == 400
    assert "longer than 500 characters" in page.text
    told = client.get("/ask", params={"q": "a", "topic": "none", "format": "json"})
    assert told.status_code == 404
    assert "no topic" in told.json()["detail"]


def test_claims_that_answer_stand_side_by_side_where_they_contradict(library: Library, client: Any) -> None:
    for place, weeks in (("Berlin", "four"), ("Bonn", "nine")):
        text = f"Carmakers in Germany have stocks of magnets for {weeks} weeks, a survey in {place} found."
        library.keep([Read(written(f"Asked in {place}", text))])
    library.claim(10)
    page = client.get("/ask", params={"q": "How long do German stocks last?"}).text
    conflict = page.partition('class="card conflict"')[2].partition('class="card stated"')[0]
    assert "<mark>four weeks</mark>" in conflict
    assert "<mark>nine weeks</mark>" in conflict
    (address,) = set(re.findall(r'class="amount" href="([^"]*)">4.weeks', page))
    assert "<mark>four weeks</mark>" in client.get(address.replace("&amp;", "&")).text
    told = client.get("/ask", params={"q": "How long do German stocks last?", "format": "json"}).json()
    assert {one["claim"]["quantity"]["low"] for one in told["claims"]} == {4.0, 9.0}


def test_a_search_may_be_asked_instead(filled: Library, client: Any) -> None:
    page = client.get(f"/topics/{SLUG}", params={"q": "who has magnets"}).text
    assert f'href="/ask?q=who%20has%20magnets&amp;topic={SLUG}"' in page


def test_what_is_near_is_shown_as_near(library: Library, client: Any) -> None:
    library.keep(
        [Read(written("Lynas in Malaysia", "Lynas separates 1,500 tonnes of heavy rare earths in Malaysia."))]
    )
    library.index.update()
    page = client.get("/ask", params={"q": "How many people work for Lynas in Malaysia?"}).text
    assert "Nothing that has been read answers this" in page
    assert "do not say what is asked" in page
    assert "1,500 tonnes" in re.sub("<[^>]*>", "", page)
