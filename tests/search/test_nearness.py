"""Documents by the vectors of their passages: the best, a few further ones, the mean of a language."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mine2magnet.encoder.encode import DIMENSIONS
from mine2magnet.search import centring
from mine2magnet.search.centring import SAMPLE, SHIPPED, Centring, centred_query, shipped, unit
from mine2magnet.search.nearness import BEST, DEPTH, FEEDBACK, FURTHER, NEAR, Nearness, Passages, _records


def passages(lengths: list[int], languages: list[int] | None = None) -> Passages:
    """Rows 0, 2, 4 … with so many passages each; the paragraphs of row r are numbered from 10 r."""
    count, languages = len(lengths), languages or [0] * len(lengths)
    row = 2 * np.arange(count)
    stretch = np.full(2 * count, -1)
    stretch[row] = np.arange(count)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    paragraph = np.concatenate([10 * r + np.arange(n) for r, n in zip(row, lengths, strict=True)])
    parts: dict[str, Any] = {
        "row": row,
        "language": np.array(languages),
        "stretch": stretch,
        "starts": starts,
    }
    return Passages(
        SimpleNamespace(),
        np.arange(starts[-1]),
        paragraph,
        languages=("en", "zh"),
        centring=Centring(np.zeros((2, DIMENSIONS), np.float32), {}),
        lengths=np.ones(starts[-1]),
        **parts,
    )


def near(known: Passages, far: list[float]) -> Nearness:
    cosines = 1.0 - np.array(far)
    return Nearness(
        known, np.zeros(DIMENSIONS, np.float32), cosines, np.maximum.reduceat(cosines, known.starts[:-1])
    )


def test_a_document_is_as_near_as_its_best_passage_and_partly_its_best_few() -> None:
    n = near(passages([5, 1, 2]), [0.9, 0.2, 0.3, 0.4, 0.8, 0.6, 0.6, np.inf])
    assert BEST == 3
    assert n.of(np.array([0, 1, 2, 4])).tolist() == pytest.approx(
        [(1 - FURTHER) * 0.8 + FURTHER * 0.7, 0.0, 0.4, 0.4]
    )


def test_what_was_not_looked_at_is_not_near() -> None:
    n = near(passages([2, 1]), [np.inf, np.inf, 0.1])
    assert n.of(np.array([0, 2])).tolist() == pytest.approx([0, 0.9])
    assert n.paragraph(0) is None


def test_the_nearest_paragraph_is_shown_if_it_is_near_enough() -> None:
    n = near(passages([3, 2, 1]), [0.5, 0.2, 0.4, 0.97, 1 - NEAR, 1 - NEAR / 2])
    assert n.paragraph(0) == 1
    assert n.paragraph(2) == 21
    assert n.paragraph(4) is None
    assert n.paragraph(1) is None


def test_the_nearest_of_each_language_are_found() -> None:
    many = DEPTH + 5
    known = passages([1] * (many + 2), [0] * many + [1, 1])
    far = [0.1 + 0.5 * i / many for i in range(many)] + [0.9, 1 - NEAR / 2]
    found = near(known, far).found(np.ones(2 * (many + 2), bool))
    assert found.tolist() == [*range(0, 2 * DEPTH, 2), 2 * many]
    only = np.zeros(2 * (many + 2), bool)
    only[[4, 8]] = True
    assert near(known, far).found(only).tolist() == [4, 8]
    assert near(known, [0.99] * (many + 2)).found(np.ones_like(only)).tolist() == []


def test_equals_stand_in_the_order_of_their_rows() -> None:
    assert near(passages([1] * 4), [0.3, 0.2, 0.3, 0.2]).found(np.ones(8, bool)).tolist() == [2, 6, 0, 4]


def test_the_further_passages_may_bring_a_document_among_the_first() -> None:
    """More than twice as many as are found are looked at by their best passage alone."""
    many = 2 * DEPTH + 40
    far = [
        x
        for i in range(many)
        for x in ((0.1, 0.9) if i < DEPTH + 20 else (0.2, 0.2) if i < 2 * DEPTH else (0.3, 0.3))
    ]
    found = set(near(passages([2] * many), far).found(np.ones(2 * many, bool)).tolist())
    assert len(found) == DEPTH
    assert {2 * i for i in range(DEPTH + 20, 2 * DEPTH)} <= found


def test_records_are_found_by_key() -> None:
    keys = np.array([9, 3, 7], np.uint64)
    assert _records(np.array([7, 9, 1, 3, 12], np.uint64), keys).tolist() == [2, 0, -1, 1, -1]
    assert _records(np.array([7], np.uint64), keys[:0]).tolist() == [-1]


def test_passages_of_some_rows_are_told_by_language() -> None:
    known = passages([2, 1, 1], [0, 1, 0])
    rows = np.array([True, False, True, False, False, False])
    assert {name: found.tolist() for name, found in known.of_rows(rows).items()} == {"en": [0, 1], "zh": [2]}


def test_a_query_is_centred_by_its_language_to_length_one() -> None:
    means = shipped("queries-")
    assert set(means) == {"en", "zh", "ja", ""}
    for code in ("en", "zh", "ja"):
        vector = np.asarray(means[code] + np.eye(DIMENSIONS, dtype=np.float32)[3] * 2)
        assert centred_query(vector, code) == pytest.approx(np.eye(DIMENSIONS)[3], abs=1e-6)
        assert not centred_query(means[code], code).any()
    assert not centred_query(means[""], "fr").any()
    assert means[""] == pytest.approx(np.mean([means[code] for code in ("en", "zh", "ja")], axis=0))


def test_a_mean_is_drawn_to_the_shipped_one_while_passages_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def vectors(records: Any) -> Any:
        asked.append(len(records))
        return np.full((len(records), DIMENSIONS), 2.0, np.float32)

    monkeypatch.setattr(centring, "SAMPLE", 50)
    language = np.array([0] * 100 + [1] * 10)
    en, xx, ja = Centring.of(vectors, np.arange(110), language, ["en", "xx", "ja"]).means
    assert en == pytest.approx((100 * 2 + SHIPPED * shipped()["en"]) / (100 + SHIPPED), abs=1e-6)
    assert xx == pytest.approx((10 * 2 + SHIPPED * shipped()[""]) / (10 + SHIPPED), abs=1e-6)
    assert ja == pytest.approx(shipped()["ja"])
    assert asked == [50, 10]
    assert SAMPLE == 2000


def test_how_near_a_library_comes_to_what_nothing_answers_is_the_middle_over_such_queries() -> None:
    queries = shipped("unanswered-")["zh"]
    count = len(queries)
    few, most = queries[: count // 4], queries[: 3 * count // 4]

    def middle(held: Any) -> float:
        found = Centring.of(
            lambda records: held[records], np.arange(len(held)), np.zeros(len(held), int), ["zh"]
        )
        return found.unanswered["zh"]

    assert middle(few) < 0.6 < 0.8 < middle(most)
    nothing = np.arange(0)
    assert Centring.of(lambda r: queries[r], nothing, nothing, ["zh"]).unanswered["zh"] == -1.0


def test_a_centred_cosine_is_of_vectors_brought_back_to_length_one() -> None:
    means = shipped("queries-")
    along = np.eye(DIMENSIONS, dtype=np.float32)
    held = np.array(
        [0.9 * shipped()["en"] + 0.3 * along[5], 0.9 * shipped()["en"] + 0.1 * along[5]], np.float32
    )

    class Held:
        keys = np.array([1, 2], np.uint64)

        def quick(self, _: Any) -> None:
            """None."""

        def distances(self, query: Any, *_: Any) -> Any:
            return 1.0 - held @ query

        def products(self, vector: Any) -> Any:
            return held @ vector

        def vectors(self, records: Any) -> Any:
            return held[records]

    table: Any = SimpleNamespace(
        passage_key=np.array([1, 2], np.uint64),
        passage_row=np.array([0, 1]),
        passage_paragraph=np.array([1, 1]),
        size=2,
        language=np.array([0, 0]),
        codes={"language": SimpleNamespace(numbers={"en": 0})},
    )
    known = Passages.of(table, Held())
    every = np.ones(2, bool)
    query = np.asarray(means["en"] + along[5], np.float32)
    cosines = known.nearness(query, "en", every, every).cosines
    centred = held - known.centring.means[0]
    products = centred @ centred_query(query, "en")
    lengths = np.sqrt(
        1 - 2 * held @ known.centring.means[0] + known.centring.means[0] @ known.centring.means[0]
    )
    assert cosines == pytest.approx(products / lengths, abs=1e-5)


def test_what_answers_in_one_language_is_near_in_the_others() -> None:
    """Rows 2 and 4, in another language, are as near to the query; 4 says what row 0 does, which answers."""
    said, other, asked = np.eye(3, DIMENSIONS, dtype=np.float32)
    vectors = np.stack([unit(asked + said), unit(asked + other), unit(asked + said)])
    known = replace(passages([1, 1, 1], [0, 1, 1]), records=SimpleNamespace(vectors=vectors.__getitem__))
    cosines = (vectors @ asked).astype(float)
    plain = Nearness(known, asked, cosines, cosines)
    rows = np.array([0, 2, 4])
    assert plain.of(rows[1:]).tolist() == pytest.approx([0.5**0.5] * 2)
    fed = plain.fed(rows[:1], rows)
    one, two = fed.of(rows[1:])
    assert two > one
    added = asked + FEEDBACK * vectors[0]
    assert fed.cosines == pytest.approx(vectors @ added / np.linalg.norm(added), abs=1e-6)
    assert plain.fed(rows[:0], rows) is plain
    assert plain.fed(rows[:1], rows[:0]) is plain
