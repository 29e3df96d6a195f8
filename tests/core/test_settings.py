from __future__ import annotations

from pathlib import Path

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import load


def test_flags_beat_the_environment_and_that_beats_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('language = "ja"\nport = 9000\ntimeout = 5\nallow_private = true\n')
    settings = load({"port": 9002, "language": None}, {"MINE2MAGNET_PORT": "9001"}, file)
    assert (settings.language, settings.port, settings.timeout) == ("ja", 9002, 5.0)
    assert settings.allow_private


def test_the_defaults_hold_without_a_file(tmp_path: Path) -> None:
    settings = load({}, {}, tmp_path / "none.toml")
    assert (settings.host, settings.port, settings.allow_private) == ("127.0.0.1", 8000, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('langauge = "ja"', "unknown setting 'langauge'"),
        ('language = "de"', "unknown language 'de'"),
        ('port = "many"', "port cannot be 'many'"),
        ("port = 70000", "no port 70000"),
        ("timeout = 0", "must be above 0"),
        ("port = = 1", "Invalid value"),
        ("claims_threshold = 1.5", "cannot be 1.5"),
        ('claims_threshold = "sure"', "claims_threshold cannot be 'sure'"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    with pytest.raises(UserError, match=said) as raised:
        load({}, {}, file)
    assert "\n" not in str(raised.value)
