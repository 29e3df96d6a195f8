"""A library in a notebook: frames with units, the fields of every door, one line for what is wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mine2magnet import open_library
from mine2magnet.client import notebook
from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import Read, Topic
from tests.conftest import empty
from tests.web.conftest import CHINESE, JAPANESE, MAGNETS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    library = Library.open(Settings(folder=empty(tmp_path)))
    library.keep([Read(d) for d in (MAGNETS, CHINESE, JAPANESE)])
    topics.save(library.store, Topic("magnets", "Magnets", ("magnet stocks",), ("magnets",)))
    library.store.close()
    return library.settings.folder


@pytest.fixture
def magnets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[notebook.NotebookLibrary]:
    monkeypatch.setenv("MINE2MAGNET_CLAIMS_THRESHOLD", "0")
    with open_library(folder) as opened:
        yield opened


def test_what_is_held_comes_as_frames(magnets: notebook.NotebookLibrary) -> None:
    assert "3 documents" in repr(magnets)
    found = magnets.search("磁体 库存", most=2)
    assert found.height == 2
    assert set(found["language"]) <= {"en", "zh", "ja"}
    held = magnets.documents(language=["ja", "zh"], until=date(2025, 6, 12))
    assert held["title"].to_list() == [JAPANESE.title]
    claims = magnets.claims(unit=["week"])
    assert set(claims["unit"]) == {"week"}
    assert {5.0, 6.0, 7.0} >= set(claims["low"].drop_nulls())
    assert MAGNETS.paragraphs[0].text in claims["sentence"].to_list()
    assert magnets.claims(unit=["week"], most=1).height == 1
    listed = magnets.topics()
    assert listed.select("slug", "documents").row(0) == ("magnets", 3)
    marks = magnets.figures("magnets", single=True)
    assert {"low", "high", "unit", "conflicts"} <= set(marks.columns)
    assert claims.to_pandas().shape == claims.shape


def test_an_answer_shows_itself_with_its_sources(magnets: notebook.NotebookLibrary) -> None:
    answer = magnets.ask("How long do magnets of carmakers in Europe last?")
    assert answer.sources["paragraph"].len() > 0
    assert answer.sources["passage"][0] in repr(answer)
    assert answer._repr_html_().startswith("<p><strong>How long")


def test_an_empty_frame_still_has_its_columns(magnets: notebook.NotebookLibrary) -> None:
    nothing = magnets.claims(unit=["kOe"])
    assert nothing.is_empty()
    assert nothing.columns == magnets.claims(unit=["week"]).columns
    assert magnets.documents(language=["fr"]).columns == magnets.documents().columns


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"mesure": ["x"]}, "unknown field 'mesure'"),
        ({"unit": ["parsec"]}, "unit: unknown unit 'parsec'"),
        ({"confidence": 2}, "confidence"),
        ({"limit": 3}, "`most` says how many rows"),
        ({"topic": "none"}, "no topic"),
    ],
)
def test_what_is_wrong_is_one_line(
    magnets: notebook.NotebookLibrary, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError) as told:
        magnets.claims(**asked)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_no_library_is_made_by_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no library there"):
        open_library(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_the_package_alone_loads_nothing() -> None:
    heavy = "{'numpy', 'polars', 'msgspec'}"
    code = f"import mine2magnet, sys; print(sorted({{m.partition('.')[0] for m in sys.modules}} & {heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    with pytest.raises(ImportError):
        from mine2magnet import nothing  # noqa: F401


def test_values_of_a_column_are_of_one_type(magnets: notebook.NotebookLibrary) -> None:
    assert magnets.claims().schema["low"] == pl.Float64
