"""Whether anything answers: the floor of each language, moved with the library."""

from __future__ import annotations

import pytest

from mine2magnet.search.floor import FLOOR, FURTHEST, MOVE, NAMED, SHARE, STARTER, WORDS, answered

USUAL = dict(STARTER)


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
def test_meaning_words_and_concepts_add_up_to_the_floor(language: str) -> None:
    floor = FLOOR[language]
    assert answered(language, 0.0, False, floor + 1e-6, USUAL)
    assert not answered(language, 0.0, False, floor - 1e-6, USUAL)
    assert answered(language, 0.5, False, floor - 0.5 * SHARE + 1e-6, USUAL)
    assert not answered(language, 0.5, False, floor - 0.5 * SHARE - 1e-6, USUAL)
    assert answered(language, 0.0, True, floor - NAMED + 1e-6, USUAL)
    assert not answered(language, 0.0, True, floor - NAMED - 1e-6, USUAL)


def test_the_floor_moves_with_what_the_library_has_near_anything_but_not_far() -> None:
    at = FLOOR["zh"] + 1e-6
    assert not answered("zh", 0.0, False, at, USUAL | {"zh": STARTER["zh"] + 0.05 / MOVE})
    assert answered("zh", 0.0, False, at - 0.05, USUAL | {"zh": STARTER["zh"] - 0.0501 / MOVE})
    assert answered("zh", 0.0, False, at + FURTHEST, USUAL | {"zh": 0.9})
    assert not answered("zh", 0.0, False, at - FURTHEST - 2e-6, USUAL | {"zh": -1.0})


def test_without_vectors_the_share_of_the_words_decides() -> None:
    for language, share in WORDS.items():
        assert answered(language, share, False, None, USUAL)
        assert not answered(language, share - 1e-6, True, None, USUAL)


def test_a_language_that_nothing_was_set_for_stands_by_english() -> None:
    assert answered("fr", 0.0, False, FLOOR["en"] + 1e-6, USUAL)
    assert not answered("fr", 0.0, False, FLOOR["en"] - 1e-6, USUAL)
