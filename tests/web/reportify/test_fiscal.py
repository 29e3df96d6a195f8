from __future__ import annotations

import pytest

from mine2magnet.model import Upload
from mine2magnet.web.reportify.fiscal import Period, passes, period
from tests.web.reportify.shelf import written


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Lynas FY25 results", Period(2025, 0)),
        ("Third quarter 2025 results", Period(2025, 3)),
        ("3Q25 presentation", Period(2025, 3)),
        ("Q1'26 call", Period(2026, 1)),
        ("Iluka half-year report 2024", Period(2024, 2)),
        ("Annual report 2023", Period(2023, 4)),
        ("北方稀土2025年半年度报告", Period(2025, 2)),
        ("盛和资源2025年一季报", Period(2025, 1)),
        ("中科三环：2024年年报", Period(2024, 4)),
        ("TDK 2025年度 第2四半期 決算短信", Period(2025, 2)),
        ("信越化学 有価証券報告書 2024", Period(2024, 4)),
        ("Magnets for 20250 cars", None),
        ("A quarter of all magnets", None),
    ],
)
def test_a_title_tells_its_period(title: str, told: Period | None) -> None:
    assert period(title) == told


def test_what_an_upload_states_counts_before_the_title() -> None:
    document = written("Q3 2025 call", "transcript", "2025-11-01T00:00", "Said.")
    stated = Upload(
        "d", "https://a.example", "default", metadata={"fiscal_year": 2026, "fiscal_quarter": "q1"}
    )
    assert passes(document, None, "2025", "Q3")
    assert not passes(document, None, "2025", "Q2")
    assert passes(document, stated, "2026", "Q1")
    assert not passes(document, stated, "2025", "")
    untold = written("A call", "transcript", "2025-11-01T00:00", "Said.")
    assert passes(untold, None, "", "")
    assert not passes(untold, None, "2025", "")
