"""Libraries that released states of the program have written, kept as `scripts/old-libraries` made them."""

from __future__ import annotations

import lzma
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mine2magnet.core.settings import Settings
from mine2magnet.library import backup
from mine2magnet.library.library import Library
from mine2magnet.store import EVERY_CLAIM
from mine2magnet.store.sqlite import FILE
from mine2magnet.store.tables import SCHEMA, metadata

KEPT = sorted((Path(__file__).parent / "old").glob("*.sqlite.xz"))
NEW = [file for file in KEPT if not file.name.startswith("1-")]


def unpacked(file: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(lzma.decompress(file.read_bytes()))
    return folder


@pytest.fixture(params=KEPT, ids=lambda file: file.name.partition(".")[0])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return unpacked(request.param, tmp_path / "library")


def test_there_is_one_of_each_version() -> None:
    assert {int(file.name.partition("-")[0]) for file in KEPT} == set(range(1, SCHEMA + 1))


def test_what_people_made_is_as_it_was(old: Path) -> None:
    library = Library.open(Settings(folder=old))
    store = library.store
    held = {
        document.title: document for change in store.changes(0) if (document := change.document) is not None
    }
    stocks, quota = held["Carmakers count their magnets"], held["中国稀土出口许可延迟"]
    assert stocks.paragraphs[0].text.startswith("Europe's stocks of neodymium magnets last four weeks")
    assert (stocks.tags, stocks.version) == (("stocks",), 2)
    assert (
        store.document(stocks.id, 1)
        .paragraphs[0]
        .text.startswith("Europe's stocks of neodymium magnets last five")
    )
    assert str(quota.published) == "2025-06-03 08:00:00+08:00"
    (topic,) = store.topics()
    assert (topic.slug, topic.queries, topic.tags) == ("magnet-stocks", ("magnets",), ("stocks",))
    (watch,) = store.watches()
    assert watch.claims is not None
    assert (watch.name, watch.claims.measure) == ("Stocks", ("stock_cover",))
    assert watch.bound is not None
    assert (watch.bound.side, watch.bound.value) == ("below", 6)
    assert [key.name for key in store.keys.held()] == ["editor"]
    store.close()


def test_what_is_derived_is_taken_again_and_matches_are_found_but_once(old: Path) -> None:
    library = Library.open(Settings(folder=old))
    with closing(sqlite3.connect(old / FILE)) as db:
        before = db.execute("SELECT count(*) FROM matches").fetchone()[0]
    library.index.update()
    assert {hit.document for hit in library.index.search("magnets").hits}
    while library.claim(10):
        pass
    claims = library.store.claims(None, EVERY_CLAIM)
    assert any(claim.quantity.unit == "week" and claim.quantity.low == 4 for claim in claims)
    assert len(library.store.matches(library.store.watches()[0].id)) == before
    with closing(sqlite3.connect(old / FILE)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert tables >= set(metadata.tables)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    library.store.close()


@pytest.mark.parametrize("file", NEW, ids=lambda file: file.name.partition(".")[0])
def test_corrections_stay_when_claims_are_taken_again(file: Path, tmp_path: Path) -> None:
    library = Library.open(Settings(folder=unpacked(file, tmp_path / "library"), claims_threshold=0.0))
    while library.claim(10):
        pass
    (kept,) = library.store.corrections()
    assert (kept.slot, kept.new, kept.by) == ("period", "2025-06", "Mei Tanaka")
    corrected = [
        claim for claim in library.store.claims([kept.document], EVERY_CLAIM) if claim.start == kept.start
    ]
    assert "2025-06" in {claim.period for claim in corrected}
    library.store.close()


def test_a_backup_of_an_earlier_library_is_restored_and_brought_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup made by an earlier program holds a library of its version."""
    old = unpacked(KEPT[0], tmp_path / "old")
    library = Library.open(Settings(folder=unpacked(KEPT[-1], tmp_path / "new")))
    monkeypatch.setattr(
        library.store, "snapshot", lambda path, _: path.write_bytes((old / FILE).read_bytes())
    )
    backup.backup(library, tmp_path / "b.zip")
    backup.restore(tmp_path / "b.zip", tmp_path / "restored")
    again = Library.open(Settings(folder=tmp_path / "restored"))
    assert again.store.count() == 2
    again.store.close()
    library.store.close()
