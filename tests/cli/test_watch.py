"""`mine2magnet watch` and `mine2magnet inbox` as a person meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mine2magnet.cli.main import main
from mine2magnet.library.library import Library
from tests.alerts.test_watches import keep, stocks

pytestmark = pytest.mark.stores


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--folder", str(folder), *arguments], catch_exceptions=False)


def test_watch_and_inbox_on_the_command_line(library: Library, tmp_path: Path) -> None:
    folder = library.settings.folder
    added = run(folder, "watch", "add", "thin", "--measure", "stock cover", "--below", "6 weeks",
                "--webhook", "https://hook.example/")  # fmt: skip
    assert added.exit_code == 0, added.output
    assert "stock cover · <6 weeks" in added.output
    assert run(folder, "watch", "secret", "thin").output.startswith("whsec_")
    assert run(folder, "watch", "share", "thin", "--private").exit_code == 0
    assert library.store.watch("thin").shared is False
    assert run(folder, "watch", "share", "none").exit_code != 0
    keep(library, stocks("four weeks"))
    shown = run(folder, "inbox", "--json", "--keep")
    (match,) = json.loads(shown.stdout)
    assert match["claim"]["measure"] == "stock_cover"
    assert "last for four weeks" in run(folder, "inbox").output.replace("\n", " ")
    assert "nothing new" in run(folder, "inbox").output
    assert "whsec" not in run(folder, "watch", "list", "--json").output
    assert run(folder, "watch", "remove", "thin").exit_code == 0
    assert json.loads(run(folder, "watch", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to look out for"),
        (["--query", 'a "'], "not closed"),
        (["--topic", "nowhere"], "no topic 'nowhere'"),
        (["--query", "a", "--below", "6 weeks"], "a figure of what?"),
        (["--measure", "price", "--below", "6", "--above", "7"], "both"),
        (["--measure", "nonsense"], "no measure of the thesaurus"),
        (["--query", "a", "--webhook", "http://127.0.0.1/"], "not the address of a webhook"),
    ],
)
def test_a_watch_that_cannot_be_is_refused_in_one_line(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = run(tmp_path, "watch", "add", "x", *arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert result.output.count("\n") <= 3
