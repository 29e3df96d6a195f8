"""Reports in HTML and PDF."""

from mine2magnet.core.messages import Translator
from mine2magnet.separation.report import report, tables
from mine2magnet.separation.study import study


def test_the_report_holds_what_was_found_and_escapes_names(small: study.Study) -> None:
    page = report.html(small)
    assert "NdPr from &lt;magnets&gt;" in page
    assert page.count("<svg") == len(report.pictures(small)) >= 7
    assert "<script" not in page
    for _, heads, rows in tables.tables(small):
        assert all(len(row) == len(heads) for row in rows)
    assert report.pdf(small)[:5] == b"%PDF-"


def test_a_report_reads_in_the_language_asked_for(small: study.Study) -> None:
    page = report.html(small, Translator("ja"))
    assert '<html lang="ja">' in page
    assert "段" in page
    for english in ("Sources and ranges", "Control moves", "an order of magnitude"):
        assert english not in page
