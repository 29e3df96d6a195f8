from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from mine2magnet.cli.main import main


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--folder", str(folder), *arguments], catch_exceptions=False)


def test_a_library_goes_into_a_file_and_out_again(tmp_path: Path, seed: Path) -> None:
    folder, file, again = tmp_path / "library", tmp_path / "b.zip", tmp_path / "again"
    assert run(folder, "read", str(seed)).exit_code == 0
    made = run(folder, "backup", str(file))
    assert made.exit_code == 0, made.output
    assert "documents" in made.stdout
    assert f"written to {file}" in made.stderr
    checked = run(folder, "backup", "--check", str(file))
    assert "2 documents, all found" in checked.stderr
    restored = run(folder, "restore", str(file), str(again), "--json")
    assert json.loads(restored.stdout)["tables"]["documents"] == 2
    listed = [run(one, "search", "稀土", "--json").stdout for one in (folder, again)]
    assert listed[0] == listed[1]
    for target, said in ((str(again), "not empty"), ("postgresql://a/b", "restored into a folder")):
        refused = run(folder, "restore", str(file), target)
        assert refused.exit_code == 1
        assert said in refused.stderr
    assert "cannot be read" in run(folder, "backup", "--check", str(tmp_path / "none")).stderr
