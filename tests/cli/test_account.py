"""`mine2magnet account`: who has logged in by a provider."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from mine2magnet.cli.main import main
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library


def test_accounts_are_listed_and_removed(tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["--folder", str(tmp_path), "account", *arguments])
        return result.exit_code, result.output

    assert "nobody has logged in" in run("list")[1]
    store = Library.open(Settings(folder=tmp_path)).store
    account = store.accounts.put("https://login.example", "7", "alice@example.org", "write")
    token = store.sessions.begin(account)
    assert json.loads(run("list", "--json")[1])[0]["name"] == "alice@example.org"
    assert "alice@example.org" in run("list")[1]
    assert run("remove", "alice@example.org") == (0, "")
    assert store.sessions.find(token) is None
    code, said = run("remove", "alice@example.org")
    assert code == 1
    assert said.strip() == "Error: no account 'alice@example.org' (`mine2magnet account list` shows them)"
    assert [one.action for one in store.audit.entries()] == ["account.removed"]
