"""Inverted lists: what they find of clustered vectors, what passes a filter, what comes and goes, damage."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mine2magnet.encoder.encode import DIMENSIONS
from mine2magnet.search import files, lists, vectors
from mine2magnet.search.centring import centred_query, shipped, unit
from mine2magnet.search.lists import Listed, Lists
from mine2magnet.search.nearness import Nearness, Passages
from mine2magnet.search.vectors import RECORD, SCALE, VectorFile, quantised

DOCUMENTS = 1200  # of three passages each
NAMES = ("en", "zh")
RNG = np.random.default_rng(4)


def clustered(count: int, clusters: int = 60) -> Any:
    """About as many points as `clusters`, of length 1, the mean of English in all of them."""
    middles = unit(RNG.normal(size=(clusters, DIMENSIONS)).astype(np.float32))
    some = middles[RNG.integers(0, clusters, count)]
    apart = unit(some + np.float32(0.045) * RNG.normal(size=(count, DIMENSIONS)).astype(np.float32))
    return unit(shipped()["en"] + np.float32(0.6) * apart)


def table(keys: Any, documents: int) -> Any:
    """Documents of three passages, every other one in another language."""
    return SimpleNamespace(
        passage_key=keys, passage_row=np.repeat(np.arange(documents), 3)[: len(keys)],
        passage_paragraph=np.tile([1, 2, 3], documents)[: len(keys)], size=documents,
        language=np.arange(documents) % 2, codes={"language": SimpleNamespace(numbers={"en": 0, "zh": 1})},
    )  # fmt: skip


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "FEW", 200)
    monkeypatch.setattr(vectors, "EXACT", 1000)
    monkeypatch.setattr(vectors, "TAIL", 500)


class Shelf:
    """A file of vectors and the table that asks for them."""

    def __init__(self, path: Path, documents: int = DOCUMENTS) -> None:
        self.path = path
        self.file = VectorFile(path)
        self.held = np.zeros((0, DIMENSIONS), np.float32)
        self.add(documents)

    def add(self, documents: int) -> None:
        new = clustered(3 * documents)
        self.file.append(range(len(self.held), len(self.held) + len(new)), ["en"] * len(new), new)
        self.held = np.concatenate([self.held, new])

    def passages(self, file: VectorFile | None = None) -> Passages:
        file = file or self.file
        file.reload()
        count = len(self.held)
        return Passages.of(table(np.arange(count, dtype=np.uint64), count // 3), file.mapped())

    def listed(self) -> Passages:
        """With the lists in use, once the thread has made them."""
        for _ in range(vectors.FEW + 1):
            known = self.passages()
            ask(known, self.held[0])
        settle()
        return self.passages()


def settle() -> None:
    for thread in threading.enumerate():
        if thread.name == "lists":
            thread.join()


def ask(known: Passages, query: Any, allowed: Any = None, sure: Any = None) -> Nearness:
    rows = np.ones(len(known.stretch), bool)
    none = np.zeros_like(rows) if sure is None else sure
    return known.nearness(query, "en", rows if allowed is None else allowed, none)


def exactly(shelf: Shelf, known: Passages, query: Any) -> Any:
    """Centred cosines by floats, of passages in the order of the table."""
    language = np.repeat(np.arange(len(shelf.held) // 3) % 2, 3)
    return unit(shelf.held - known.centring.means[language]) @ centred_query(query, "en")


def recall(shelf: Shelf, known: Passages, queries: Any, allowed: Any) -> float:
    """Of the ten nearest passages of each language that pass, by floats."""
    shares = []
    for query in queries:
        exact = exactly(shelf, known, query)
        near = ask(known, query, allowed).cosines
        for code in (0, 1):
            mine = np.flatnonzero(np.repeat(allowed & (np.arange(len(allowed)) % 2 == code), 3))
            shares.append(
                np.isin(mine[np.argsort(-exact[mine])[:10]], mine[np.argsort(-near[mine])[:10]]).mean()
            )
    return float(np.mean(shares))


def in_use(known: Passages) -> bool:
    return known.records.quick(known) is not None


@pytest.mark.usefixtures("small")
def test_the_nearest_of_each_language_are_found_and_most_others_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LEAST", 0)
    monkeypatch.setattr(lists, "NEAREST", 30)
    shelf = Shelf(tmp_path / "vectors.bin")
    assert not in_use(shelf.passages())
    known = shelf.listed()
    assert in_use(known)
    near = ask(known, shelf.held[7])
    assert np.isfinite(near.cosines).mean() < 0.2
    looked = np.flatnonzero(np.isfinite(near.cosines))
    assert near.cosines[looked] == pytest.approx(exactly(shelf, known, shelf.held[7])[looked], abs=0.01)
    assert (np.isfinite(near.cosines).reshape(-1, 3).sum(1) % 3 == 0).all()  # all passages of a document
    assert near.best == pytest.approx(near.cosines.reshape(-1, 3).max(1))
    every = np.ones(DOCUMENTS, bool)
    assert recall(shelf, known, shelf.held[:40], every) >= 0.95


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("share", [0.5, 0.02])
def test_a_filter_loses_nothing_and_what_words_have_found_is_compared(tmp_path: Path, share: float) -> None:
    """Of half of the documents, and of so few that all that pass are compared."""
    shelf = Shelf(tmp_path / "vectors.bin")
    known = shelf.listed()
    allowed: Any = RNG.random(DOCUMENTS) < share
    assert recall(shelf, known, shelf.held[:20], allowed) >= 0.95
    sure: Any = np.zeros(DOCUMENTS, bool)
    sure[[3, 8]] = True
    looked: Any = np.isfinite(ask(known, shelf.held[0], allowed, sure).cosines).reshape(-1, 3).all(1)
    assert looked[[3, 8]].all()
    assert not looked[~allowed & ~sure].any()


@pytest.mark.usefixtures("small")
def test_what_comes_later_is_found_and_put_into_lists_when_it_is_much(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "vectors.bin")
    shelf.listed()
    shelf.add(100)
    known = shelf.passages()
    quick = known.records.quick(known)
    assert quick is not None
    assert len(quick.lists) == 3 * DOCUMENTS
    for at in (-1, -150, -299):
        query = shelf.held[at] - shipped()["en"] + shipped("queries-")["en"]
        assert int(np.argmax(ask(known, query).cosines)) == len(shelf.held) + at
    shelf.add(200)
    known = shelf.listed()
    quick = known.records.quick(known)
    assert quick is not None
    assert len(quick.lists) == len(shelf.held) == len(known.records.keys)
    assert recall(shelf, known, shelf.held[-20:], np.ones(DOCUMENTS + 300, bool)) >= 0.95


@pytest.mark.usefixtures("small")
def test_a_copy_shares_its_vector_and_what_was_removed_is_passed_over(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "vectors.bin")
    shelf.listed()
    keys = np.arange(len(shelf.held), dtype=np.uint64)
    keys[-3:] = keys[:3]  # the last document says what the first does, in the other language
    shelf.file.reload()
    known = Passages.of(table(keys, DOCUMENTS), shelf.file.mapped())
    assert in_use(known)
    alive = np.ones(DOCUMENTS, bool)
    query = shelf.held[0] - shipped()["en"] + shipped("queries-")["en"]
    near = ask(known, query, alive)
    assert near.best[[0, -1]].min() > 0.9
    alive[0] = False
    near = ask(known, query, alive)
    assert np.isneginf(near.best[0])
    assert near.best[-1] > 0.9


@pytest.mark.usefixtures("small")
def test_every_vector_outlives_the_change_of_order_and_another_process_takes_it_up(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "vectors.bin")
    before = shelf.passages()
    shelf.listed()
    shelf.add(1)
    after = np.fromfile(shelf.path, RECORD)
    assert sorted(after["key"].tolist()) == list(range(len(shelf.held)))
    assert (after["key"][:-3] != np.arange(len(after) - 3)).any()
    assert (after["vector"] == quantised(shelf.held, SCALE)[after["key"].astype(int)]).all()
    query = shelf.held[5] - shipped()["en"] + shipped("queries-")["en"]
    assert np.argmax(ask(before, query).cosines) == 5  # what was mapped stays as it was
    other = VectorFile(shelf.path)
    for _ in range(vectors.FEW + 1):
        ask(shelf.passages(other), shelf.held[0])
    stamp = shelf.path.stat().st_mtime_ns
    settle()
    assert in_use(shelf.passages(other))
    assert shelf.path.stat().st_mtime_ns == stamp  # nothing had to be made


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("damage", ["cut", "gone", "noise", "others"])
def test_lists_that_are_damaged_or_of_other_vectors_are_made_anew(tmp_path: Path, damage: str) -> None:
    shelf = Shelf(tmp_path / "vectors.bin")
    shelf.listed()
    beside = shelf.path.with_suffix(".lists")
    content = beside.read_bytes()
    if damage == "gone":
        beside.unlink()
    elif damage == "others":
        shelf.path.write_bytes(np.fromfile(shelf.path, RECORD)[::-1].tobytes())
    else:
        beside.write_bytes(content[:1000] if damage == "cut" else b"noise" * 100)
    shelf.file = VectorFile(shelf.path)
    with files.locked(tmp_path / "vectors.lock", 0):  # so that they are not made at once
        assert not in_use(shelf.passages())  # compared with all meanwhile
    known = shelf.listed()
    assert in_use(known)
    assert recall(shelf, known, shelf.held[:10], np.ones(DOCUMENTS, bool)) >= 0.95
    assert Lists.read(beside.read_bytes(), known.records.keys) is not None


@pytest.mark.usefixtures("small")
def test_while_another_writes_for_long_or_the_file_was_taken_away_all_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "WAIT", 0.0)
    shelf = Shelf(tmp_path / "vectors.bin")
    with files.locked(tmp_path / "vectors.lock", 0) as mine:
        assert mine
        known = shelf.listed()
    assert not in_use(known)
    assert np.isfinite(ask(known, shelf.held[0]).cosines).all()
    shelf.file.clear()
    assert not shelf.passages().records.keys.size
    assert not list(tmp_path.glob("*.lists"))


def test_no_lists_are_all_records() -> None:
    held = np.zeros(30, RECORD)
    held["vector"] = quantised(clustered(30), SCALE)
    assert len(Lists.nothing()) == 0
    assert Listed(Lists.nothing(), held.view(np.int8).reshape(30, -1), 1 / SCALE).lists.holds(held["key"])
