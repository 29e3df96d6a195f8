"""`mine2magnet brief`: told, and set to go out by mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mine2magnet.cli.main import main
from mine2magnet.core.settings import Settings
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import Topic
from tests.conftest import empty


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    topics.save(Library.open(Settings(folder=empty(tmp_path))).store, Topic("tin", "Tin", ("tin",)))
    return tmp_path


def run(folder: Path, *words: str, **given: str) -> Result:
    env = {f"MINE2MAGNET_{name.upper()}": value for name, value in given.items()}
    return CliRunner().invoke(main, ["--folder", str(folder), "brief", "tin", *words], env=env)


def test_it_is_told(folder: Path) -> None:
    assert "# Tin: brief" in run(folder, "--since", "7d").stdout


def test_it_is_set_and_ended(folder: Path) -> None:
    given = {"smtp_host": "mail.example", "mail_to": "me@example.com"}
    found = run(folder, "--at", "7:30", "--days", "weekdays", "--zone", "UTC", "--language", "ja", **given)
    assert found.exit_code == 0
    assert "goes out next at" in found.stderr
    one = Library.open(Settings(folder=folder)).store.brief_mails.of("tin")
    assert one
    assert (one.schedule.days, one.schedule.language, f"{one.due:%H:%M}") == ("weekdays", "ja", "07:30")
    assert "by itself no more" in run(folder, "--stop").stderr
    assert "was not sent" in run(folder, "--stop").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--at", "25:00"), "07:30"),
        (("--at", "07:30", "--zone", "Mars"), "no time zone"),
        (("--at", "07:30"), "no mail server is set up"),
        (("--zone", "UTC"), "at"),
    ],
)
def test_what_is_wrong_is_one_line(folder: Path, words: tuple[str, ...], said: str) -> None:
    given = {} if words == ("--at", "07:30") else {"smtp_host": "mail.example", "mail_to": "me@example.com"}
    found = run(folder, *words, **given)
    assert found.exit_code != 0
    assert said in found.stderr
    assert "Traceback" not in found.output
