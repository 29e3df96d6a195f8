"""The catalogue of sources: each row can be followed."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

import pytest

from mine2magnet.library.identity import url_key
from mine2magnet.model import LANGUAGES
from mine2magnet.reading.catalogue import CatalogueEntry, catalogue


def test_each_address_is_one_and_stands_once() -> None:
    keys = [url_key(one.url) for one in catalogue()]
    assert max(Counter(keys).values()) == 1
    assert max(Counter(one.id for one in catalogue()).values()) == 1
    for one in catalogue():
        assert urlsplit(one.url).scheme in ("http", "https")
        assert one.name
        assert one.english


def test_each_language_has_authorities_and_press() -> None:
    for language in LANGUAGES:
        kinds = {one.kind for one in catalogue() if one.language == language}
        assert {"ministry", "survey", "exchange", "press"} <= kinds


def test_what_a_row_may_say() -> None:
    with pytest.raises(ValueError, match="unknown 'x'"):
        CatalogueEntry("a", "A", "A", "https://a.example", "x", "en", "", "terms", "recalled")
