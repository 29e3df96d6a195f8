"""The background work of `serve`."""

from __future__ import annotations

from pathlib import Path

import pytest

from mine2magnet.background import worker as background
from mine2magnet.library.library import Library
from tests.conftest import until


def test_the_idle_worker_looks_for_work_when_something_has_changed_and_now_and_then(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "IDLE_SECONDS", 0.01)
    looked = rounds = 0  # how often at all documents, and at the store
    undigested, update = library.undigested, library.index.update

    def look(limit: int) -> list[str]:
        nonlocal looked
        looked += 1
        return undigested(limit)

    def begin() -> int:
        nonlocal rounds
        rounds += 1
        return update()

    given = list[None]()  # how often memory was given back
    monkeypatch.setattr("mine2magnet.core.memory.give_back", lambda: given.append(None))
    monkeypatch.setattr(library, "undigested", look)
    monkeypatch.setattr(library.index, "update", begin)

    def go_round(times: int) -> int:
        end = rounds + times
        until(lambda: rounds >= end)
        return looked

    def add(name: str) -> None:
        (tmp_path / f"{name}.md").write_text(
            f"# {name}\n\nCarmakers have stocks for six weeks, says {name}.\n"
        )
        library.read(str(tmp_path / f"{name}.md"))

    def all_done() -> bool:
        made = library.progress()
        return not (made.undigested or made.unclaimed or made.passages - made.embedded)

    worker = background.Worker(library)
    worker.start()
    try:
        for name in ("first", "second"):
            add(name)
            until(all_done)
        seen = go_round(3)  # until it has seen that there is nothing left
        times = len(given)
        assert 1 <= times <= seen, "it was, when there was nothing left"
        assert go_round(20) == seen
        monkeypatch.setattr(background, "LOOK_AGAIN", 0.0)
        until(lambda: looked > seen + 1)
        assert len(given) == times, "but not when there had been nothing"
    finally:
        worker.stop()
