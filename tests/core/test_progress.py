"""A bar in a notebook's kernel; nothing anywhere else."""

from __future__ import annotations

import sys
from contextlib import suppress
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from mine2magnet.core.progress import notebook_bar


def test_nothing_is_shown_outside_of_a_kernel(capsys: pytest.CaptureFixture[str]) -> None:
    with notebook_bar("working") as tell:
        tell(0.5, "more")
    assert capsys.readouterr() == ("", "")


def test_a_kernel_shows_a_bar_that_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    def show(data: dict[str, Any], **_: object) -> None:
        shown.append(data["text/html"])

    made, display = ModuleType("IPython"), ModuleType("IPython.display")
    made.get_ipython = lambda: SimpleNamespace(kernel=object())  # type: ignore[attr-defined]
    display.display = display.update_display = show  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", made)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    with suppress(ValueError), notebook_bar("reading <all>") as tell:
        tell(0.5, "")
        raise ValueError
    assert shown == [
        '<progress max="1"></progress> reading &lt;all&gt;',
        '<progress max="1" value="0.50"></progress> reading &lt;all&gt;',
        "",
    ]
