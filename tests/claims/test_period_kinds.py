"""How a period is told."""

from __future__ import annotations

from datetime import date

import pytest

from mine2magnet.claims.layout import lay_out
from mine2magnet.claims.period_kinds import kind
from mine2magnet.core import thesaurus

TERMS = thesaurus.load()


@pytest.mark.parametrize(
    ("text", "period", "measure", "told"),
    [
        ("Prices rose this week.", "2025-08-11/2025-08-15", "price", "week"),
        ("As of 30 June 2025 it had 40 lines.", "2025-06-30", "plant_stops", "as_of"),
        ("As of 30 June 2025 the oxide cost $60.", "2025-06-30", "price", "day"),
        ("Exports in the first five months of 2025", "2025-01/2025-05", "exports", "year_to_date"),
        ("Exports from January to June 2025", "2025-01/2025-06", "exports", "half"),
        ("2025年1-6月营业收入24亿元", "2025-01/2025-06", "revenue", "half"),
        ("2025年1-3月营业收入24亿元", "2025-01/2025-03", "revenue", "quarter"),
        ("2025年1-5月营业收入24亿元", "2025-01/2025-05", "revenue", "year_to_date"),
        ("2025年1～6月の累計は2万トン", "2025-01/2025-06", "exports", "year_to_date"),
    ],
)
def test_kinds(text: str, period: str, measure: str, told: str) -> None:
    language = "en" if text.isascii() else "ja" if "の" in text else "zh"
    s = lay_out("", [text], language=language, today=date(2025, 8, 15), thesaurus=TERMS)[0]
    assert kind(period, s, measure) == told
