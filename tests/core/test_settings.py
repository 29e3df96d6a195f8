from __future__ import annotations

from pathlib import Path

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import given_elsewhere, load, save


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


def test_what_is_saved_is_loaded_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "settings.toml"
    save({"model": '"quoted" 模型', "claims_by_model": True, "claims_threshold": 0.25}, file)
    file.write_text("# ours\n" + file.read_text())
    save({"model": "other"}, file)
    settings = load({}, {}, file)
    assert (settings.model, settings.claims_by_model, settings.claims_threshold) == ("other", True, 0.25)
    assert file.read_text().startswith("# ours\n")
    assert given_elsewhere(load({"port": 9000}, {"MINE2MAGNET_MODEL": "x"}, file), file) == {"port", "model"}


def test_a_file_that_cannot_be_read_or_written_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("port = = 1")
    with pytest.raises(UserError, match="Invalid value"):
        save({"port": 1}, file)
    assert file.read_text() == "port = = 1"
    with pytest.raises(UserError, match="cannot be written"):
        save({"port": 1}, file / "settings.toml")
