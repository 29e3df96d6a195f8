"""A document's page: its paragraphs beside its digest, and its versions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from httpx import Client

from mine2magnet.library.library import Library
from mine2magnet.model import Paragraph, Read
from tests.web.conftest import MAGNETS, SLUG, id_of

Get = Callable[..., str]


TOPIC = f"/topics/{SLUG}"


def test_a_document_shows_numbered_paragraphs_beside_its_digest(filled: Library, page: Get) -> None:
    html = page(f"/documents/{id_of(filled, MAGNETS)}")
    assert '<li id="p2" value="2">' in html
    assert MAGNETS.paragraphs[1].text in html
    assert 'href="https://wire.example/magnets" rel="noopener noreferrer"' in html
    assert "Stored version 1 of 1" in html
    assert "#autos" in html
    assert f'href="{TOPIC}"' in html


def test_earlier_versions_stay(filled: Library, page: Get) -> None:
    newer = replace(
        MAGNETS,
        paragraphs=(Paragraph(1, "The carmakers now have magnets for nine weeks."),),
        fetched=datetime(2025, 12, 1, tzinfo=UTC),
    )
    filled.keep([Read(newer)])
    id = id_of(filled, MAGNETS)
    now, before = page(f"/documents/{id}"), page(f"/documents/{id}", version="1")
    assert "for nine weeks" in now
    assert "for nine weeks" not in before
    assert MAGNETS.paragraphs[0].text in before
    assert "This is an earlier version" in before
    assert '<option value="1" selected>' in before


def test_a_version_that_is_not_held_is_not_found(filled: Library, client: Client) -> None:
    path = f"/documents/{id_of(filled, MAGNETS)}"
    assert client.get(path, params={"version": "7"}).status_code == 404
    assert client.get(path, params={"version": "last"}).status_code == 400


def test_a_search_folds_digests_and_each_is_fetched_for_itself(filled: Library, page: Get) -> None:
    html = page("/documents", q="dysprosium")
    (place, *_) = re.findall(r'<details class="folded" data-from="(/documents/\w+/digest)">', html)
    assert 'class="digest"' not in html
    filled.digest(place.split("/")[2])
    part = page(place, lang="en")
    assert part.count('class="digest"') == 1
    assert "<html" not in part
