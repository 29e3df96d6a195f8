"""The engine on this machine: what it cannot load, or has no model for, it says in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.translate.local import NAME, LocalTranslator


def test_without_a_model_it_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        LocalTranslator(tmp_path).translate(["一"], "zh", "en")
    assert caught.value.hint == "mine2magnet translate add zh en"


def test_a_broken_model_is_no_traceback(tmp_path: Path) -> None:
    place = tmp_path / "zh-en"
    place.mkdir()
    for name in ("model.zhen.bin", "vocab.zhen.spm"):
        (place / name).write_bytes(b"no model")
    translator = LocalTranslator(tmp_path)
    assert translator.pairs("zh", "en")
    assert translator.version == f"{NAME} zh-en"
    with pytest.raises(UserError, match="cannot be used"):
        translator.translate(["一"], "zh", "en")
