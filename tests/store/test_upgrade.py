"""Libraries that earlier versions of the program have written."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.model import Actor, Quantity, Topic
from mine2magnet.store import Store
from mine2magnet.store.sqlite import FILE
from mine2magnet.store.tables import SCHEMA
from tests.store.test_library import claim, document, put, put_claims

OLD_CLAIM = {
    "quantity": {"low": 4.0, "high": 6.0, "unit": "week", "approx": ""}, "start": 1, "end": 3,
    "sentence": [0, 4], "subjects": ["europe"], "measure": "stock_cover", "stage": None, "materials": [],
    "as_of": "2025-06", "direction": "level", "modality": "reported", "said_by": None, "precision": 1.0,
    "paragraph": 1, "point": 0,
}  # fmt: skip
OLD_CLAIMS = """CREATE TABLE claims (document TEXT NOT NULL, position INTEGER NOT NULL,
subjects TEXT NOT NULL, measure TEXT, stage TEXT, materials TEXT NOT NULL, low FLOAT, high FLOAT,
unit TEXT NOT NULL, as_of TEXT, direction TEXT NOT NULL, modality TEXT NOT NULL, body JSON NOT NULL,
PRIMARY KEY (document, position), FOREIGN KEY(document) REFERENCES documents (id)) WITHOUT ROWID"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A library of version 1, with claims taken and a match in the inbox."""
    store = Store(tmp_path)
    put(store, document("d1"))
    put_claims(store, "d1", claim(1))
    store.close()
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("DROP TABLE corrections")
        db.execute("DROP TABLE claims")
        db.execute(OLD_CLAIMS)
        db.execute("CREATE INDEX ix_claims_measure ON claims (measure)")
        values = ("d1", 0, " europe ", "stock_cover", None, " ", 4, 6, "week", "2025-06", "level", "reported")
        marks = ", ".join("?" * 13)
        db.execute(f"INSERT INTO claims VALUES ({marks})", (*values, json.dumps(OLD_CLAIM)))
        body = json.dumps({"topic": "", "query": "", "claims": {"measure": ["stock_cover"]}, "bound": None})
        for table in ("topics", "watches"):
            for column in ("owner", "shared"):
                db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        watch = ("w1", "stocks", body, "", "s", "2025-01-01T00:00:00.000000+00:00", 1)
        db.execute("INSERT INTO watches VALUES (?, ?, ?, ?, ?, ?, ?)", watch)
        for number, held in ((1, json.dumps(OLD_CLAIM)), (2, "null")):
            match = (number, f"m{number}", "w1", f"k{number}", "d1", 1, 1, 0, 0, "稀土库存", 1, 3, held)
            seen = "2025-06-01T00:00:00.000000+00:00"
            db.execute(f"INSERT INTO matches VALUES ({', '.join('?' * 15)})", (*match, seen, False))
        db.execute("PRAGMA user_version = 1")
    return tmp_path


def test_a_library_of_version_1_opens_and_its_claims_are_taken_again(old: Path) -> None:
    for _ in range(2):  # as the one before left it, then as this one has
        store = Store(old)
        assert store.document("d1").id == "d1"
        assert store.claims() == []
        assert store.unclaimed("m", 9) == ["d1"]
        store.close()
    store = Store(old)
    put_claims(store, "d1", claim(2))
    assert [one.quantity.low for one in store.claims()] == [2]
    with sqlite3.connect(old / FILE) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA,)


def test_what_was_found_before_keeps_its_claim(old: Path) -> None:
    store = Store(old)
    without, match = store.matches("w1")
    assert without.claim is None
    assert match.claim is not None
    assert (match.claim.period, match.claim.quantity) == ("2025-06", Quantity(4, 6, "week"))
    (watch,) = store.watches()
    assert watch.claims is not None
    assert (watch.claims.measure, watch.claims.counterparty) == (("stock_cover",), ())


@pytest.mark.stores
def test_either_database_is_brought_up(store: Store, tmp_path: Path, store_url: str) -> None:
    put(store, document("d1"))
    put_claims(store, "d1", claim(1))
    with store._db.writing() as db:
        db.exec_driver_sql("DROP TABLE claims")
        db.exec_driver_sql("CREATE TABLE claims (as_of TEXT)")
        store._db._kind.create(db, 1)
    again = Store(store.folder, store_url)
    assert (again.claims(), again.unclaimed("m", 9)) == ([], ["d1"])
    put_claims(again, "d1", claim(2))
    assert [one.quantity.low for one in again.claims()] == [2]
    again.close()


def test_in_a_library_of_version_2_all_stays_shared_and_readers_run_models(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as db:
        db.executescript((Path(__file__).parent / "library_2.sql").read_text("utf-8"))
    for _ in range(2):  # as that version left it, then as this one has
        store = Store(tmp_path)
        (topic,), (watch,), (source,) = store.topics(), store.watches(), store.sources()
        assert (topic.slug, topic.names, topic.owner, topic.shared) == ("magnets", {"zh": "磁体"}, "", True)
        assert (watch.name, watch.topic, watch.owner, watch.shared) == (
            "European stocks",
            "magnets",
            "",
            True,
        )
        assert source.interval == 3600.0
        may = {key.name: sorted(key.scopes) for key in store.keys.held()}
        assert may == {
            "reader": ["read", "run"],
            "editor": ["read", "run", "write"],
            "owner": ["admin", "read", "run", "write"],
        }
        assert store.acting(Actor("reader", "reader")).topics() == [topic]
        store.close()


@pytest.mark.stores
def test_columns_come_into_either_database(store: Store, tmp_path: Path, store_url: str) -> None:
    with store.writing() as writer:
        writer.put_topic(Topic("magnets", "Magnets", ("magnets",)))
    with store._db.writing() as db:
        for table in ("topics", "watches"):
            for column in ("owner", "shared"):
                db.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
        for table in ("accounts", "sessions", "rates", "audit"):
            db.exec_driver_sql(f"DROP TABLE {table}")
        store._db._kind.create(db, 2)
    again = Store(store.folder, store_url)
    (topic,) = again.acting(Actor("b", "b")).topics()
    assert (topic.owner, topic.shared) == ("", True)
    with again.acting(Actor("é", "é")).writing() as writer:
        writer.put_topic(Topic("mine", "Mine", ("mine",), shared=False))
    assert [one.slug for one in again.acting(Actor("b", "b")).topics()] == ["magnets"]
    again.close()


def test_a_library_of_a_later_version_is_left_alone(old: Path) -> None:
    with sqlite3.connect(old / FILE) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    with pytest.raises(UserError, match=f"version {SCHEMA + 1}, this program reads version {SCHEMA}"):
        Store(old)
