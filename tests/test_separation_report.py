"""Reports in HTML and PDF."""

import pytest

from mine2magnet import separation_answer, separation_report, separation_tables
from tests.small_case import case


@pytest.fixture(scope="module")
def answer() -> separation_answer.Answer:
    return separation_answer.solve(case())


def test_the_report_holds_what_was_found_and_escapes_names(answer: separation_answer.Answer) -> None:
    page = separation_report.html(answer)
    assert "NdPr from &lt;magnets&gt;" in page
    assert page.count("<svg") == len(separation_report.pictures(answer)) >= 7
    assert "<script" not in page
    for _, heads, rows in separation_tables.tables(answer):
        assert all(len(row) == len(heads) for row in rows)
    assert separation_report.pdf(answer)[:5] == b"%PDF-"
