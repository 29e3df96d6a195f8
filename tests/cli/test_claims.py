from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mine2magnet.cli.main import main

ARTICLE = """---
title: Carmakers count their magnets
source: Example Post
published: 2025-06-02T09:00:00+02:00
---
European carmakers have stocks of magnets for four to six weeks.

China controls 87% of global rare earth processing capacity and 91% of refining capacity.

Prices of dysprosium rose 40% in May.
"""


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "article.md"
    file.write_text(ARTICLE)
    return file


@pytest.fixture
def library(tmp_path: Path, article: Path, seed: Path) -> Path:
    folder = tmp_path / "library"
    assert run(folder, "read", str(article), str(seed)).exit_code == 0
    return folder


def run(folder: Path, *arguments: str, stdin: str | bytes | None = None) -> Result:
    given = ["--folder", str(folder), *arguments]
    return CliRunner().invoke(main, given, input=stdin, catch_exceptions=False)


def test_a_file_is_read_and_not_kept(tmp_path: Path, article: Path) -> None:
    result = run(tmp_path / "library", "claims", str(article))
    lines = [line for line in result.output.splitlines() if "stock cover" in line]
    assert len(lines) == 1
    for part in ("Europe", "4–6 weeks", "level", "¶1"):
        assert part in lines[0]
    assert json.loads(run(tmp_path / "library", "search", "magnets", "--json").stdout)["total"] == 0


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Stocks in Europe last six weeks.", 6, "week"),
        ("欧洲车企的库存仅能维持六周。", 6, "week"),
        ("欧州の自動車メーカーの在庫は6週間分しかない。", 6, "week"),
    ],
)
def test_standard_input_in_any_of_the_languages(tmp_path: Path, text: str, value: float, unit: str) -> None:
    result = run(tmp_path / "library", "claims", "-", "--json", stdin=f"A line\n\n{text}\n")
    (found,) = json.loads(result.stdout)
    assert (found["claim"]["quantity"]["low"], found["claim"]["quantity"]["unit"]) == (value, unit)
    assert found["claim"]["paragraph"] == 2
    assert found["sentence"] == text


def test_a_topic_is_listed_with_filters(library: Path) -> None:
    result = run(
        library, "claims", "高性能磁体", "--measure", "share of capacity", "--stage", "精炼", "--json"
    )
    found = json.loads(result.stdout)
    assert {one["claim"]["stage"] for one in found} == {"refining"}
    assert sorted(one["claim"]["quantity"]["low"] for one in found if one["claim"]["point"]) == [91, 92]
    one = next(one for one in found if one["claim"]["point"])
    start, end = one["figure"]
    assert one["sentence"][start:end] in ("91%", "92%")


def test_a_document_by_title_as_csv(library: Path) -> None:
    result = run(library, "claims", "Carmakers count their magnets", "--csv", "--subject", "China")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["subjects"], row["low"], row["stage"], row["figure"]) for row in rows] == [
        ("china", "87.0", "processing", "87%"),
        ("china", "91.0", "refining", "91%"),
    ]
    assert rows[0]["sentence"].startswith("China controls 87%")
    assert rows[0]["published"] == "2025-06-02T09:00:00+02:00"


def test_parquet_keeps_numbers_and_what_is_unsaid(library: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "claims.parquet"
    result = run(library, "claims", "Carmakers count their magnets", "--parquet", str(file))
    assert result.exit_code == 0, result.output
    rows = parquet.read_table(file).to_pylist()
    assert [(row["low"], row["high"]) for row in rows] == [(4, 6), (87, 87), (91, 91), (40, 40)]
    assert [row["stage"] for row in rows] == [None, "processing", "refining", None]
    assert rows[3]["direction"] == "change"


def test_what_is_wrong_is_said_in_a_line(library: Path, tmp_path: Path) -> None:
    for arguments, said in (
        (["claims", "nobody"], "no document 'nobody'"),
        (["claims", "高性能磁体", "--measure", "smell"], "'smell' is no measure"),
        (["claims", "高性能磁体", "--parquet", str(tmp_path / "no" / "where")], "no/where"),
    ):
        result = run(library, *arguments)
        assert result.exit_code == 1
        assert said in result.output
        assert "Traceback" not in result.output
    assert "nothing on standard input" in run(library, "claims", "-", stdin=" \n").output


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    result = run(tmp_path / "library", "claims", "-", stdin=b"\xff\xfe 40% \x00 of all")
    assert result.exit_code == 0
