"""Reports in HTML and PDF."""

import pytest

from mine2magnet.separation.report import report, tables
from mine2magnet.separation.study import study
from tests.small_case import basis


@pytest.fixture(scope="module")
def answer() -> study.Study:
    return study.solve(basis())


def test_the_report_holds_what_was_found_and_escapes_names(answer: study.Study) -> None:
    page = report.html(answer)
    assert "NdPr from &lt;magnets&gt;" in page
    assert page.count("<svg") == len(report.pictures(answer)) >= 7
    assert "<script" not in page
    for _, heads, rows in tables.tables(answer):
        assert all(len(row) == len(heads) for row in rows)
    assert report.pdf(answer)[:5] == b"%PDF-"
