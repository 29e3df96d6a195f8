"""`mine2magnet key` as a person meets it, and the arithmetic behind it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mine2magnet.cli.main import main
from mine2magnet.core import api_keys
from mine2magnet.store import Store


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--folder", str(folder), *arguments])


def test_a_key_is_made_shown_once_listed_and_revoked(tmp_path: Path) -> None:
    made = run(tmp_path, "key", "create", "notebook")
    assert made.exit_code == 0
    secret = made.stdout.strip()
    found = Store(tmp_path).keys.find(api_keys.fingerprint(secret))
    assert found
    assert (found.name, sorted(found.scopes), found.per_minute) == ("notebook", ["read"], 600)
    listed = run(tmp_path, "key", "list")
    assert "notebook" in listed.stdout
    assert secret not in listed.output
    assert run(tmp_path, "key", "revoke", "notebook").exit_code == 0
    assert Store(tmp_path).keys.held() == []


def test_scope_and_rate_as_json(tmp_path: Path) -> None:
    made = run(tmp_path, "key", "create", "up", "--scope", "write", "--per-minute", "60", "--json")
    told = json.loads(made.stdout)
    assert told.pop("key").startswith(api_keys.PREFIX)
    assert told == {"name": "up", "scopes": ["read", "run", "write"], "per_minute": 60}
    (listed,) = json.loads(run(tmp_path, "key", "list", "--json").stdout)
    assert listed.pop("made")
    assert listed == told | {"used": None}


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "notebook"),  # there is one
        ("create", " "),
        ("create", "a\x1b[31m"),
        ("create", "x" * 61),
        ("create", "new", "--scope", "all"),
        ("create", "new", "--per-minute", "0"),
        ("revoke", "none"),
    ],
)
def test_bad_input_gets_one_clear_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    run(tmp_path, "key", "create", "notebook")
    result = run(tmp_path, "key", *arguments)
    assert result.exit_code in (1, 2)
    assert len([line for line in result.stderr.splitlines() if line.startswith("Error:")]) == 1
    assert "\x1b" not in result.stderr
    assert [key.name for key in Store(tmp_path).keys.held()] == ["notebook"]


def test_elsewhere_nothing_is_served_without_a_key(tmp_path: Path) -> None:
    result = run(tmp_path, "serve", "--host", "0.0.0.0", "--port", "0")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "mine2magnet key create" in result.stderr
