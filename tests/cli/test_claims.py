from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mine2magnet.cli.main import main
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import CorrectionRequest

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
    lines = [line for line in result.output.splitlines() if "4–6 weeks" in line]
    assert len(lines) == 1
    for part in ("level", "¶1"):
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
    result = run(library, "claims", "高性能磁体", "--subject", "中国", "--unit", "%", "--json")
    found = json.loads(result.stdout)
    assert all("china" in one["claim"]["subjects"] for one in found)
    assert {one["claim"]["quantity"]["unit"] for one in found} == {"%"}
    assert {91, 92} <= {one["claim"]["quantity"]["low"] for one in found if one["claim"]["point"]}
    one = next(one for one in found if one["claim"]["point"] and one["claim"]["quantity"]["low"] in (91, 92))
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


def test_what_is_not_sure_is_left_out_and_said(
    library: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def figures(*options: str, threshold: str = "1") -> tuple[int, str]:
        given = ["--folder", str(library), "--claims-threshold", threshold, "claims", "高性能磁体", *options]
        result = CliRunner().invoke(main, [*given, "--json"], catch_exceptions=False)
        return len(json.loads(result.stdout)), result.stderr

    shown, said = figures()
    every, rest = figures("--all")
    assert (shown, rest) == (0, "")
    assert every > 0
    assert f"{every} more below a confidence of 1" in said
    assert "--all" in said
    assert figures("--confidence", "0")[0] == figures(threshold="0")[0] <= every
    monkeypatch.setenv("MINE2MAGNET_CLAIMS_THRESHOLD", "1")
    assert json.loads(run(library, "claims", "高性能磁体", "--json").stdout) == []
    for wrong in (["--confidence", "2"], ["--confidence", "much"]):
        result = run(library, "claims", "高性能磁体", *wrong)
        assert result.exit_code != 0
        assert "Traceback" not in result.output
    monkeypatch.setenv("MINE2MAGNET_CLAIMS_THRESHOLD", "7")
    assert "claims_threshold: cannot be 7 (use 0 to 1" in run(library, "claims", "x").output


def test_corrections_are_listed_exported_and_taken_back(library: Path, tmp_path: Path) -> None:
    assert "nothing was corrected yet" in run(library, "claims", "corrections").output
    found = json.loads(run(library, "claims", "Carmakers count their magnets", "--all", "--json").stdout)
    claim = found[0]["claim"]
    held = Library.open(Settings(folder=library))
    place = {name: claim[name] for name in ("document", "paragraph", "point", "start", "end")}
    with held.store.writing() as writer:
        made = writer.correct(CorrectionRequest(**place, slot="form", value="magnet", by="Mei"))
    held.store.close()
    listed = run(library, "claims", "corrections").output
    assert made.id in listed
    assert "Mei" in listed
    assert json.loads(run(library, "claims", "corrections", "--json").stdout)[0]["new"] == "magnet"
    (row,) = csv.DictReader(io.StringIO(run(library, "claims", "corrections", "--csv").stdout))
    assert (row["slot"], row["figure"]) == ("form", "four to six weeks")
    file = tmp_path / "corrections.jsonl"
    assert "(1 corrections)" in run(library, "claims", "corrections", "--export", str(file)).output
    (label,) = json.loads(file.read_text("utf-8"))["claims"]
    assert (label["form"], label["figure"]) == ("magnet", "four to six weeks")
    assert "taken back: form" in run(library, "claims", "corrections", "--undo", made.id).output
    for arguments, said in (
        (["corrections", "--undo", made.id], "no correction"),
        (["corrections", "--export", str(tmp_path / "no" / "x.csv")], "choose another file"),
        (["高性能磁体", "--export", "x"], "only of corrections"),
    ):
        result = run(library, "claims", *arguments)
        assert (result.exit_code, said in result.output) == (1, True)
