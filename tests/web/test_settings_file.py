"""Settings that change while a server runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mine2magnet.core import settings as kept
from mine2magnet.core.settings import Settings, load
from mine2magnet.library.library import Library
from mine2magnet.web.settings_file import SettingsFile
from tests.conftest import empty


def test_what_the_page_shows_is_taken_up_and_nothing_of_a_file_with_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "settings.toml"
    monkeypatch.setattr(kept, "of_user", lambda: file)
    flags: dict[str, Any] = {"folder": empty(tmp_path), "audit_days": 7}
    library = Library.open(Settings(**flags))
    watched = SettingsFile(library, lambda: load(flags, {}, file))
    watched.look()
    assert library.settings == Settings(**flags)
    kept.save({"language": "ja", "port": 9, "audit_days": 30, "claims_threshold": 0.7}, file)
    watched.look()
    assert (library.settings.language, library.store.threshold) == ("ja", 0.7)
    assert library.settings.port == Settings().port, "from the next start"
    assert library.settings.audit_days == 7, "a flag's"
    before = library.settings
    file.write_text('language = "de"\n')
    os.utime(file, (1, 1))
    watched.look()
    assert library.settings is before
    assert "settings stay as they were" in caplog.text
    file.unlink()
    watched.look()
    assert library.settings.language == "en"
    library.store.close()
