"""`mine2magnet audit`: who did what, also at the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from click.testing import CliRunner

from mine2magnet.cli.main import main


def test_what_is_done_at_the_command_line_is_noted_and_shown(tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(main, ["--folder", str(tmp_path), *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    assert "nothing is noted" in run("audit")
    run("key", "create", "print")
    run("topic", "new", "Magnets", "-q", "magnets", "--private")
    run("key", "revoke", "print")
    entries = json.loads(run("audit", "--json"))
    assert [one["action"] for one in entries] == ["key.revoked", "topic.made", "key.made"]
    assert {one["address"] for one in entries} == {"command line"}
    assert [one["target"] for one in json.loads(run("audit", "--json", "--action", "topic"))] == ["magnets"]
    rows = list(csv.DictReader(io.StringIO(run("audit", "--csv", "--action", "key"))))
    assert [row["action"] for row in rows] == ["key.revoked", "key.made"]
    assert "topic.made" in run("audit", "-n", "2")
    assert "nothing is noted" in run("audit", "--until", "2020-01-01")
