"""A plant of which one cut stands and another is designed: tables, words and numbers."""

from dataclasses import replace

import pytest

from mine2magnet.core.messages import Translator
from mine2magnet.separation import plant
from mine2magnet.separation.report import rating_tables, tables
from mine2magnet.separation.report.result import report
from mine2magnet.separation.study import study
from tests.small_case import basis

STANDS = {"parts": "Nd/Pr", "extraction": 30, "scrub": 25, "strip": 8, "organic_flow": 4, "scrub_flow": 3.1}
PRODUCTS = [{"elements": [e], "purity": "2N"} for e in ("Pr", "Nd", "Dy")]


@pytest.fixture(scope="module")
def mixed() -> study.Study:
    return study.solve(basis(products=PRODUCTS, cuts=[STANDS], draws=0, startup_days=0))


def test_a_cut_stands_beside_one_that_is_designed(mixed: study.Study) -> None:
    rated = [d for d in mixed.designs if d.rating]
    assert len(mixed.designs) == 2
    assert len(rated) == 1
    d = rated[0]
    assert (d.n_extraction, d.n_scrub, d.strip) == (30, 25, 8)
    assert d.organic == pytest.approx(4 * d.cut.feed.sum())
    assert d.scrub == pytest.approx(3.1 * d.cut.feed.sum())
    found = report(mixed)
    assert found.purity_margin == 0.8
    by_cut = [cut.rating for cut in found.cuts]
    assert by_cut.count(None) == 1
    told = next(r for r in by_cut if r)
    assert told.binding == "split"
    assert told.best_scrub_flow is not None
    assert len(told.changes) == 5


def test_stages_that_stand_are_neither_spared_nor_resized(mixed: study.Study) -> None:
    other = plant.resized(mixed.designs, 1.01 * mixed.designs[0].cut.beta)
    for before, after in zip(mixed.designs, other, strict=True):
        assert (after is before) is (before.rating is not None)


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
def test_what_is_missed_is_said(mixed: study.Study, language: str) -> None:
    say = Translator(language).say
    said = tables.remarks(mixed, say)
    assert any("Pr | Nd" in line and say("the split") in line for line in said)
    titles = {title: rows for title, _, rows in tables.tables(mixed, say)}
    assert any("80" in title and len(rows) == 2 for title, rows in titles.items())
    assert len(titles[say("Cuts that stand: what they reach")]) == 1
    assert len(titles[say("Cuts that stand: what a change would bring")]) == 6


@pytest.mark.parametrize("off", [0.003, 0.02])
def test_a_split_that_no_meter_holds_is_said_to_be_one(mixed: study.Study, off: float) -> None:
    d = next(d for d in mixed.designs if d.rating)
    assert d.rating is not None
    near = replace(d, rating=replace(d.rating, best_scrub=d.scrub * (1 + off)))
    (said,) = rating_tables.remarks([near], ["x"], str)
    assert ("W is off by 0.3 %" in said) is (off < 0.005)


def test_a_designed_plant_has_no_such_table(small: study.Study) -> None:
    assert list(rating_tables.tables(small.designs, ["x"], "over", str)) == []
    assert list(rating_tables.remarks(small.designs, ["x"], str)) == []
