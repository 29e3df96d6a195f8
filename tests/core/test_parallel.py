"""Work shared out: here, one by one as it is asked for."""

from __future__ import annotations

from mine2magnet.core.parallel import mapped


def test_here_nothing_is_done_before_it_is_asked_for() -> None:
    done: list[int] = []

    def work(thing: int) -> int:
        done.append(thing)
        return thing * thing

    results = mapped(work, range(3))
    assert done == []
    assert list(results) == [0, 1, 4]
