from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mine2magnet import thesaurus
from mine2magnet.core.errors import UserError
from mine2magnet.figures import groups as figures
from mine2magnet.figures import rows as claim_rows
from mine2magnet.figures.reference import Reference, references
from mine2magnet.library.library import Library
from mine2magnet.model import Claim, Document, Paragraph, Quantity, Read

DAY = datetime(2025, 6, 1, tzinfo=UTC)


def kept(library: Library, *texts: str) -> list[figures.Figure]:
    """The figures of documents of one paragraph, each a day after the other."""
    library.keep(
        Read(
            Document(
                f"Note {i}", f"Post {i}", DAY, "en", (Paragraph(1, text),), published=DAY + timedelta(days=i)
            )
        )
        for i, text in enumerate(texts)
    )
    while library.claim(50):
        pass
    groups = figures.group(library.claims(None))
    return figures.figures(library.store, groups, groups)


def test_a_conflict_comes_first_with_both_sentences(library: Library) -> None:
    found = kept(
        library,
        "In 2024 China produced 270,000 tonnes of rare earths.",
        "By its own count, in 2024 China produced 270,000 tonnes of rare earths.",
        "All told, in 2024 China produced 270 kt of rare earths.",
        "European carmakers have stocks of magnets for four to six weeks.",
        "European carmakers have stocks of magnets for two to three months.",
    )
    first, second = found[:2]
    ((a, b),) = first.conflicts
    assert {a.sentence[slice(*a.figure)], b.sentence[slice(*b.figure)]} == {
        "four to six weeks",
        "two to three months",
    }
    assert {mark.since for mark in first.marks} == {(DAY + timedelta(days=n)).date() for n in (3, 4)}
    assert (second.conflicts, len(second.marks), second.unit) == ((), 3, "t")
    assert second.agreed is not None


def test_one_sentence_does_not_contradict_itself(library: Library) -> None:
    (figure,) = kept(
        library, "Gallium stocks in Japan last 20 days at one plant and 60 days at another plant."
    )
    assert len(figure.marks) == 2
    assert figure.conflicts == ()


def test_what_is_said_of_nobody_is_no_conflict(library: Library) -> None:
    found = kept(library, "Stocks of magnets last two weeks.", "Stocks of magnets last three months.")
    assert [figure.conflicts for figure in found] == [()]


def test_a_reprinted_sentence_is_one_mark(library: Library) -> None:
    (figure,) = kept(library, *["The inventory of European carmakers ends in five weeks, it is said."] * 3)
    assert len(figure.marks) == 1


def test_lookalikes_are_named_with_what_tells_them_apart(library: Library) -> None:
    found = kept(
        library, "China controls 87% of global rare earth processing capacity and 91% of refining capacity."
    )
    assert [len(figure.marks) for figure in found] == [1, 1]
    (alike,) = found[0].alike
    assert alike.figure == found[1].id
    assert alike.own != alike.other.claim
    assert len(figures.families(figures.group(library.claims(None)))) == 1


def test_a_reference_figure_stands_beside_what_it_speaks_of(library: Library) -> None:
    found = kept(
        library,
        "In 2024 China produced 270,000 tonnes of rare earths.",
        "In 2024 Brazil had 5% of the world's gallium stocks.",
    )
    for figure in found:
        told = {(mark.low, mark.what.as_of) for mark in figure.references if isinstance(mark.what, Reference)}
        usgs = {(270_000, "2024"), (255_000, "2023")}
        assert told == (usgs if figure.scope.measure == "production" else set())


def test_a_reference_of_another_time_is_left_out(library: Library) -> None:
    (figure,) = kept(library, "In 2010 China produced 130,000 tonnes of rare earths.")
    assert figure.references == ()


def test_a_year_is_not_set_beside_a_month(library: Library) -> None:
    (figure,) = kept(library, "In May 2025 China exported 1,240 tonnes of rare earth magnets.")
    months = {mark.what.as_of for mark in figure.references if isinstance(mark.what, Reference)}
    assert "2025-05" in months
    assert all(len(month) == len("2025-05") for month in months)


def test_the_reference_table_is_sound() -> None:
    concepts = thesaurus.load().concepts
    rows = references()
    assert len({(r.subject, r.measure, r.stage, r.material, r.unit, r.as_of) for r in rows}) == len(rows)
    for row in rows:
        assert {row.subject, row.measure, row.material, *filter(None, [row.stage])} <= set(concepts)
        assert concepts[row.measure].kind == "measure"
        assert 0 < row.low <= row.high
        assert row.source
        assert row.url.startswith("https://")


def claim(quantity: Quantity, direction: str = "level") -> Claim:
    return Claim(quantity, 0, 1, (0, 2), direction=direction)


@pytest.mark.parametrize(
    ("quantity", "direction", "said"),
    [
        (Quantity(4, 6, "week"), "level", "4–6\u00a0weeks"),
        (Quantity(1, 1, "week"), "level", "1\u00a0week"),
        (Quantity(40, 50, "%"), "change", "+40–50\u00a0%"),
        (Quantity(-6.1, -6.1, "%"), "change", "−6.1\u00a0%"),
        (Quantity(2, 2, "x"), "change", "×2"),
        (Quantity(40, None, "%", "over"), "level", ">40\u00a0%"),
        (Quantity(None, 89, "%"), "level", "<89\u00a0%"),
        (Quantity(12_000, 12_000, "t/year", "about"), "level", "≈12,000\u00a0t/year"),
        (Quantity(0.25, 0.25, "kg"), "level", "0.25\u00a0kg"),
        (Quantity(3, 3, ""), "level", "3"),
    ],
)
def test_amounts_in_words(quantity: Quantity, direction: str, said: str) -> None:
    assert claim_rows.amount(claim(quantity, direction)) == said


def test_csv_holds_no_formula(library: Library) -> None:
    library.keep([Read(Document("=1+1", "@evil", DAY, "en", (Paragraph(1, "=cmd|' Stocks last 5 weeks."),)))])
    library.claim(9)
    text = claim_rows.as_csv(claim_rows.cited(library.store, library.claims(None)))
    assert "'=1+1" in text
    assert "'@evil" in text
    assert "\"'=cmd" in text or "'=cmd" in text


def test_parquet_without_pyarrow_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, library: Library
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(UserError, match="pyarrow") as caught:
        claim_rows.write_parquet([], library.settings.folder / "x.parquet")
    assert "mine2magnet[parquet]" in caught.value.hint
