"""Whether anything answers: the floor of each language, moved with the library."""

from __future__ import annotations

import numpy as np
import pytest

from mine2magnet.search.floor import FLOOR, FURTHEST, MOVE, NAMED, SHARE, STARTER, WORDS, answered

USUAL = dict(STARTER)
NOTHING = np.zeros(1)


def one(value: float) -> np.ndarray:
    return np.array([value])


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
def test_meaning_words_and_concepts_add_up_to_the_floor(language: str) -> None:
    floor = FLOOR[language]
    assert answered(language, NOTHING, False, one(floor + 1e-6), USUAL)
    assert not answered(language, NOTHING, False, one(floor - 1e-6), USUAL)
    assert answered(language, one(0.5), False, one(floor - 0.5 * SHARE + 1e-6), USUAL)
    assert not answered(language, one(0.5), False, one(floor - 0.5 * SHARE - 1e-6), USUAL)
    assert answered(language, NOTHING, True, one(floor - NAMED + 1e-6), USUAL)
    assert not answered(language, NOTHING, True, one(floor - NAMED - 1e-6), USUAL)


def test_the_floor_moves_with_what_the_library_has_near_anything_but_not_far() -> None:
    at = FLOOR["zh"] + 1e-6
    assert not answered("zh", NOTHING, False, one(at), USUAL | {"zh": STARTER["zh"] + 0.05 / MOVE})
    assert answered("zh", NOTHING, False, one(at - 0.05), USUAL | {"zh": STARTER["zh"] - 0.0501 / MOVE})
    assert answered("zh", NOTHING, False, one(at + FURTHEST[1]), USUAL | {"zh": 0.9})
    assert not answered("zh", NOTHING, False, one(at + FURTHEST[0] - 2e-6), USUAL | {"zh": -1.0})


def test_without_vectors_the_share_of_the_words_decides() -> None:
    for language, share in WORDS.items():
        assert answered(language, one(share), False, None, USUAL)
        assert not answered(language, one(share - 1e-6), True, None, USUAL)


def test_nearness_of_one_document_and_words_of_another_do_not_add_up() -> None:
    near, half = FLOOR["en"] - 0.4 * SHARE, 0.5
    assert answered("en", np.array([half, 0.0]), False, np.array([near, 0.0]), USUAL)
    assert not answered("en", np.array([half, 0.0]), False, np.array([0.0, near]), USUAL)


def test_nothing_found_answers_nothing() -> None:
    assert not answered("en", np.zeros(0), True, np.zeros(0), USUAL)
    assert not answered("en", np.zeros(0), True, None, USUAL)


def test_a_language_that_nothing_was_set_for_stands_by_english() -> None:
    assert answered("fr", NOTHING, False, one(FLOOR["en"] + 1e-6), USUAL)
    assert not answered("fr", NOTHING, False, one(FLOOR["en"] - 1e-6), USUAL)
