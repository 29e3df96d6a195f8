"""Models from a mirror, over real HTTP: fetched, checked by digest, kept for all who share the folder."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.translate import models
from mine2magnet.translate.local import LocalTranslator
from tests.conftest import Site


def compressed(data: bytes) -> bytes:
    """A zstd frame of one block as it is (RFC 8878, 3.1.1): what a reader of zstd must take."""
    size = len(data)
    return b"\x28\xb5\x2f\xfd\xa0" + size.to_bytes(4, "little") + (size << 3 | 1).to_bytes(3, "little") + data


def offer(site: Site, *pairs: str, spoil: str = "") -> None:
    """A mirror with models of these pairs: files of our own, packed and listed as Mozilla's are."""
    records = []
    for pair in pairs:
        source, target = pair.split("-")
        for kind, name in (("model", "model.x.bin"), ("lex", "lex.x.bin"), ("vocab", "vocab.x.spm")):
            data = f"{pair} {kind}".encode() * 50
            place = f"{pair}/{name}.zst"
            packed = compressed(b"other" if kind == spoil else data)
            site.pages[f"/{place}"] = (200, {"Content-Type": "application/octet-stream"}, packed)
            records.append(
                {
                    "name": name, "fileType": kind, "sourceLanguage": source, "targetLanguage": target,
                    "version": "3.0", "architecture": "base-memory", "decompressedSize": len(data),
                    "decompressedHash": hashlib.sha256(data).hexdigest(),
                    "attachment": {
                        "location": place, "filename": name, "size": len(packed),
                        "hash": hashlib.sha256(packed).hexdigest(),
                    },
                }
            )  # fmt: skip
    site.page("/records.json", json.dumps({"data": records}), "application/json")


def test_a_model_is_fetched_checked_and_kept(site: Site, tmp_path: Path) -> None:
    offer(site, "zh-en")
    told: list[tuple[int, int]] = []
    assert models.add(tmp_path, "zh", "en", site.url, lambda *n: told.append(n)) == ["zh-en"]
    assert models.held(tmp_path) == [("zh", "en")]
    assert set(models.files(tmp_path, "zh", "en")) == {"model", "shortlist", "src_vocab", "trg_vocab"}
    assert told
    assert all(0 < done <= of for done, of in told)
    asked = len(site.requests)
    models.add(tmp_path, "zh", "en", site.url)
    assert len(site.requests) == asked + 1  # the list alone


def test_between_two_without_a_model_of_their_own_english_stands(site: Site, tmp_path: Path) -> None:
    offer(site, "zh-en", "en-ja")
    assert models.add(tmp_path, "zh", "ja", site.url) == ["zh-en", "en-ja"]
    assert LocalTranslator(tmp_path).pairs("zh", "ja")
    assert not LocalTranslator(tmp_path).pairs("ja", "zh")


def test_a_file_that_is_not_the_one_listed_is_not_kept(site: Site, tmp_path: Path) -> None:
    offer(site, "zh-en", spoil="model")
    with pytest.raises(UserError, match="not the file that is listed"):
        models.add(tmp_path, "zh", "en", site.url)
    assert models.held(tmp_path) == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and "model" in path.name]


def test_what_is_not_offered_or_not_reached_is_one_line(site: Site, tmp_path: Path) -> None:
    offer(site, "zh-en")
    with pytest.raises(UserError, match="no model from ja to en"):
        models.add(tmp_path, "ja", "en", site.url)
    with pytest.raises(UserError, match="answers 404"):
        models.add(tmp_path, "zh", "en", site.url + "/nowhere")
    with pytest.raises(UserError, match="cannot be reached"):
        models.add(tmp_path, "zh", "en", "http://127.0.0.1:9")


def test_a_model_is_removed(site: Site, tmp_path: Path) -> None:
    offer(site, "zh-en")
    models.add(tmp_path, "zh", "en", site.url)
    models.remove(tmp_path, "zh", "en")
    assert models.held(tmp_path) == []
    with pytest.raises(UserError, match="no model"):
        models.remove(tmp_path, "zh", "en")
