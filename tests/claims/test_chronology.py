"""Days without a year between dated ones."""

from __future__ import annotations

from datetime import date

import pytest

from mine2magnet.claims import chronology, times

TODAY = date(2026, 5, 8)


def told(*texts: str, today: date | None = TODAY) -> list[str | None]:
    found = chronology.in_order([times.find(text, today) for text in texts], today)
    return [time.period for text in found for time in text]


@pytest.mark.parametrize(
    ("texts", "periods"),
    [
        (("In April 2025 it began.", "On 6 May it rose.", "By November 2025 it fell."), "2025-05-06"),
        (("2025年4月实施管制。", "5月6日的评估。", "到2025年11月。"), "2025-05-06"),
        (("2024年12月に始まった。", "3月に下げた。", "2025年6月に戻した。"), "2025-03"),
        # What follows is no later, or only a year, or the same month of another.
        (("In April 2025 it began.", "On 6 May it rose.", "It goes on."), "2026-05-06"),
        (("In April 2025 it began.", "On 6 May it rose, by 5 % on 2025.",), "2026-05-06"),
        (("In April 2025 it began.", "In March it rose on March 2025.",), "2026-03"),
        (("On 6 May it rose.", "By November 2025 it fell."), "2026-05-06"),
    ],
)  # fmt: skip
def test_a_day_lies_between_the_dated_ones_around_it(texts: tuple[str, ...], periods: str) -> None:
    found = told(*texts)
    assert periods in found
    other = {"2025-05-06", "2026-05-06"} - {periods}
    assert not other & set(found)


def test_what_is_to_come_stays_ahead() -> None:
    texts = ("In April 2025 it began.", "It will reach 600 t by December.", "In March 2026 it paused.")
    assert "2026-12" in told(*texts)


def test_nothing_moves_without_a_day_of_publication() -> None:
    assert told("2025年4月。", "5月6日。", "2025年11月。", today=None)[1] is None
