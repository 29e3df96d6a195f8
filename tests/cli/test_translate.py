"""`mine2magnet translate` as a person meets it, with a mirror on loopback."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from mine2magnet.cli.main import main
from tests.conftest import Site
from tests.translate.test_models import offer


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--folder", str(folder), "translate", *arguments])


def test_a_model_is_added_listed_and_removed(site: Site, tmp_path: Path) -> None:
    offer(site, "zh-en")
    models = str(tmp_path / "models")
    added = run(tmp_path, "add", "zh", "en", "--mirror", site.url, "--folder", models)
    assert added.exit_code == 0, added.output
    assert "zh-en" in added.stderr
    assert run(tmp_path, "list", "--folder", models).stdout == "zh → en\n"
    told = json.loads(run(tmp_path, "list", "--folder", models, "--json").stdout)
    assert told == [{"source": "zh", "target": "en"}]
    assert run(tmp_path, "remove", "zh", "en", "--folder", models).exit_code == 0
    assert "mine2magnet translate add" in run(tmp_path, "list", "--folder", models).stderr


def test_what_goes_wrong_is_one_line(site: Site, tmp_path: Path) -> None:
    models = str(tmp_path / "models")
    failed = run(tmp_path, "add", "zh", "en", "--mirror", site.url, "--folder", models)
    assert failed.exit_code != 0
    assert "answers 404" in failed.output
    assert run(tmp_path, "add", "zh", "zh", "--folder", models).exit_code != 0
    assert run(tmp_path, "add", "zh", "de").exit_code != 0
