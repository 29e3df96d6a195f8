"""What stands before a topic's documents: what is new since the last visit, key figures, conflicts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from httpx import Client

from mine2magnet.library.library import Library
from mine2magnet.model import Quantity, Read
from mine2magnet.web.pages import topic_front
from mine2magnet.web.pages.topic_front import readable
from tests.web.conftest import CHINESE, MAGNETS, SLUG, tell, written

Get = Callable[..., str]
TOPIC = f"/topics/{SLUG}"
COVER: dict[str, object] = {
    "subjects": ("europe",),
    "measure": "stock_cover",
    "materials": ("permanent_magnet",),
}


def test_what_came_since_the_last_visit_is_told(
    filled: Library, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "since your last visit" not in client.get(TOPIC).text
    filled.keep([Read(written("New magnets arrive", "Magnets came.", tags=("magnets",), day=28))])
    monkeypatch.setattr(topic_front, "VISIT", -1)  # the next look is another visit
    html = client.get(TOPIC).text
    assert "1 new since your last visit" in html
    assert html.count('class="badge new"') == 1
    monkeypatch.undo()
    assert "1 new since your last visit" in client.get(TOPIC).text  # the same visit


@pytest.mark.parametrize("value", ["", "x-y-z", "1-2", "9" * 400 + "-1-1", "-1-2-3", "١-٢-٣"])
def test_a_cookie_of_anybodys_making_is_a_first_visit(filled: Library, client: Client, value: str) -> None:
    name = topic_front.COOKIE + SLUG.encode().hex()[:40]
    header = f"{name}={value}".encode()
    assert client.get(TOPIC, headers={b"Cookie": header}).status_code == 200


def test_a_key_figure_has_unit_source_and_trend(filled: Library, page: Get) -> None:
    tell(
        filled,
        MAGNETS,
        (1, "five weeks", Quantity(5, 5, "week"), {**COVER, "period": "2025-06", "period_kind": "month"}),
    )
    tell(
        filled,
        CHINESE,
        (1, "六周", Quantity(6, 6, "week"), {**COVER, "period": "2025-05", "period_kind": "month"}),
    )
    html = page(TOPIC)
    front = re.search(r'<section class="front".*?</section>', html, re.DOTALL)
    assert front
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", front[0]).replace("\u00a0", " "))
    assert "5 weeks" in text
    assert "↓ from 6 weeks (May 2025)" in text
    assert "Our Wire" in text


def test_conflicts_that_hold_are_told_first(filled: Library, page: Get) -> None:
    at = {**COVER, "period": "2025-06", "period_kind": "month"}
    tell(filled, MAGNETS, (1, "five weeks", Quantity(5, 5, "week"), at))
    tell(filled, CHINESE, (1, "六周", Quantity(6, 6, "week"), at))
    html = page(TOPIC)
    assert "Sources that contradict each other" in html
    assert "Sources that contradict each other" not in page(TOPIC, q="magnets")  # a search has its own order


def test_queries_are_shown_in_the_readers_script() -> None:
    queries = ["磁体", "レアアース", "magnet"]
    assert [readable(queries, code) for code in ("en", "zh", "ja")] == [["magnet"], ["磁体"], ["レアアース"]]
    assert readable(["磁体"], "en") == ["磁体"]
