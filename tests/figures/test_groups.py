from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mine2magnet.claims.times import bounds
from mine2magnet.core import thesaurus
from mine2magnet.core.errors import UserError
from mine2magnet.figures import groups as figures
from mine2magnet.figures import rows as claim_rows
from mine2magnet.figures.reference import Reference, references
from mine2magnet.library.library import Library
from mine2magnet.model import Claim, ClaimFilter, Document, Paragraph, Quantity, Read

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
    claims = library.claims(None)
    published = library.store.published({claim.document for claim in claims})
    groups = figures.group(claims, published=published)
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
        told = {
            (mark.low, mark.what.period) for mark in figure.references if isinstance(mark.what, Reference)
        }
        usgs = {(270_000, "2024"), (255_000, "2023")}
        assert told == (usgs if figure.scope.measure == "production" else set())


def test_a_reference_of_another_time_is_left_out(library: Library) -> None:
    (figure,) = kept(library, "In 2010 China produced 130,000 tonnes of rare earths.")
    assert figure.references == ()


def test_a_year_is_not_set_beside_a_month(library: Library) -> None:
    (figure,) = kept(library, "In May 2025 China exported 1,240 tonnes of rare earth magnets.")
    months = {mark.what.period for mark in figure.references if isinstance(mark.what, Reference)}
    assert "2025-05" in months
    assert all(len(month) == len("2025-05") for month in months)


def test_the_reference_table_is_sound() -> None:
    concepts = thesaurus.load().concepts
    rows = references()
    assert len({(r.subject, r.measure, r.stage, r.material, r.unit, r.period) for r in rows}) == len(rows)
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


@pytest.mark.parametrize(
    ("value", "language", "said"),
    [
        (0, "en", "0"),
        (0.000123456, "en", "0.000123"),
        (8.7499, "en", "8.75"),
        (999, "en", "999"),
        (999.4, "en", "999"),
        (1000, "en", "1,000"),
        (1234.5, "en", "1,234.5"),
        (99_999.5, "en", "99,999.5"),
        (100_000.5, "en", "100,000"),
        (999_999, "en", "999,999"),
        (1e6, "en", "1 million"),
        (1.5e9, "en", "1.5 billion"),
        (-2e6, "en", "−2 million"),
        (-3, "en", "−3"),
        (9_999, "zh", "9,999"),
        (1e4, "zh", "1万"),
        (2.5e8, "zh", "2.5亿"),
        (2.5e8, "ja", "2.5億"),
    ],
)
def test_numbers_in_words(value: float, language: str, said: str) -> None:
    assert claim_rows.number(value, language) == said


def of(measure: str = "price", low: float = 1.0, unit: str = "USD/kg", **more: Any) -> Claim:
    slots: dict[str, Any] = {"subjects": ("china",), "materials": ("dysprosium",)} | more
    return Claim(Quantity(low, low, unit), 0, 1, (0, 2), measure=measure, **slots)


def test_facets_count_the_values_of_each_slot() -> None:
    counted = claim_rows.facets(
        [of(), of(subjects=("japan", "china")), of("stock_cover", stage="mining", subjects=())]
    )
    assert counted == {
        "subject": {"china": 2, "japan": 1},
        "counterparty": {},
        "material": {"dysprosium": 3},
        "measure": {"price": 2, "stock_cover": 1},
        "stage": {"mining": 1},
        "direction": {"level": 3},
        "modality": {"reported": 3},
    }


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (ClaimFilter(), True),
        (ClaimFilter(subject=("japan", "china")), True),
        (ClaimFilter(subject=("japan",)), False),
        (ClaimFilter(measure=("price",), material=("dysprosium",)), True),
        (ClaimFilter(measure=("price",), material=("terbium",)), False),
        (ClaimFilter(unit=("t",)), False),
        (ClaimFilter(stage=("mining",)), False),
        (ClaimFilter(modality=("reported",), direction=("level",)), True),
    ],
)
def test_a_filter_combines_fields_of_alternatives(where: ClaimFilter, found: bool) -> None:
    assert claim_rows.matches(of(), where) is found


def test_families_are_of_one_measure_of_somebody() -> None:
    pair = [of(materials=("terbium",)), of()]
    three = [of("stock_cover", 1, "week", materials=(m,)) for m in ("gallium", "terbium", "dysprosium")]
    alone = [of("capacity", 1, "t")]
    nobody = [of(materials=(m,), subjects=()) for m in ("gallium", "terbium")]
    found = figures.families(figures.group([*pair, *three, *alone, *nobody]))
    assert [len(family) for family in found] == [3, 2]
    assert {g.scope.measure for g in found[0]} == {"stock_cover"}


def test_groups_with_conflicts_come_first_then_those_of_most_sources_then_of_somebody_then_the_largest() -> (
    None
):
    def by(*documents: str, low: float = 1.0, **slots: Any) -> list[Claim]:
        return [
            replace(of(low=low, **slots), document=document, start=i, sentence=(0, 9), end=9, precision=0.1)
            for i, document in enumerate(documents)
        ]

    conflict = [*by("a", period="2024"), *by("b", low=9, period="2024")]
    three = by("a", "b", "c", low=5, materials=("terbium",))
    one = by("a", materials=("gallium",))
    twice = by("a", "a", "a", "a", materials=("holmium",))
    nobody = by("a", "a", "a", "a", subjects=(), materials=("erbium",), measure="stock_cover")
    order = [g.claims[0].claim for g in figures.group([*nobody, *one, *twice, *three, *conflict])]
    assert order == [conflict[0], three[0], twice[0], one[0], nobody[0]]


def test_copies_are_one_source() -> None:
    def by(document: str, start: int) -> Claim:
        return replace(of(), document=document, start=start, end=start + 1, sentence=(0, 9))

    (group,) = figures.group([by("a", 0), by("b", 0), by("c", 1), by("c", 2)])
    assert figures.sources(group.claims) == 2


def test_how_easily_groups_are_mistaken_is_told_by_their_middles() -> None:
    a, b = (figures.group([of(low=low, unit=unit)])[0] for low, unit in ((10, "USD/kg"), (8000, "USD/t")))
    assert figures._distance(a, b) == pytest.approx(0.2)
    assert figures._distance(b, a) == pytest.approx(0.2)
    nothing = figures.group([of(low=0)])[0]
    assert figures._distance(nothing, nothing) == 0


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("2024", (date(2024, 1, 1), date(2024, 12, 31))),
        ("2024/..", (date(2024, 1, 1), date(2024, 1, 1))),
        ("../2024", (date(2024, 12, 31), date(2024, 12, 31))),
        (None, (DAY.date(), DAY.date())),
    ],
)
def test_the_days_that_a_claim_speaks_of(period: str | None, days: tuple[date, date]) -> None:
    assert figures._days(period, DAY) == days
    assert figures._days(None, None) == (None, None)


@pytest.mark.parametrize(
    ("said", "beside"),
    [
        ({}, True),
        ({"subjects": ("japan",)}, False),
        ({"subjects": ()}, True),
        ({"subjects": (), "materials": ()}, False),
        ({"measure": "capacity"}, False),
        ({"unit": "USD"}, False),
        ({"direction": "change"}, False),
        ({"stage": "recycling"}, False),
    ],
)
def test_a_reference_says_at_most_one_thing_more(said: dict[str, Any], beside: bool) -> None:
    one = next(
        r for r in references() if r.measure == "production" and r.subject == "china" and r.unit == "t"
    )
    slots = {"subjects": (one.subject,), "stage": one.stage or None, "materials": (one.material,)} | said
    claim = of(
        slots.pop("measure", one.measure), one.low, slots.pop("unit", one.unit), period=one.period, **slots
    )
    since, until = bounds(one.period)
    mark: Any = figures.Mark(None, one.low, one.low, since, until)
    (group,) = figures.group([claim])
    assert any(found.what == one for found in figures.beside(group, [mark])) is beside


@pytest.mark.parametrize(
    ("years", "near"), [((2, 2), True), ((3, 3), False), ((-2, -2), True), ((-3, -3), False), ((-3, 3), True)]
)
def test_a_reference_is_of_the_time_of_the_claims(years: tuple[int, int], near: bool) -> None:
    one = next(
        r for r in references() if r.measure == "production" and r.subject == "china" and r.unit == "t"
    )
    (group,) = figures.group(
        [
            of(
                "production",
                1,
                "t",
                subjects=(one.subject,),
                materials=(one.material,),
                stage=one.stage or None,
            )
        ]
    )
    year = bounds(one.period)[0].year
    marks: list[Any] = [figures.Mark(None, 1, 1, date(year + n, 1, 1), date(year + n, 12, 31)) for n in years]
    assert any(found.what == one for found in figures.beside(group, marks)) is near


@pytest.mark.parametrize(("days", "alike"), [(100, True), (51, True), (50, False), (199, True), (200, False)])
def test_periods_are_as_long_if_neither_is_twice_the_other(days: int, alike: bool) -> None:
    mark: Any = figures.Mark(None, 1, 1, date(2024, 1, 1), date(2024, 1, 1) + timedelta(days))
    assert figures._as_long(timedelta(100), [mark]) is alike
    undated: Any = figures.Mark(None, 1, 1, date(2024, 1, 1), date(2024, 1, 1))
    assert figures._as_long(timedelta(100), [undated])


def drawn(*claims: Claim) -> list[float | None]:
    (one,) = figures.group(claims)
    return [p.claim.quantity.low for p in one.claims]


def test_what_all_of_them_weigh_does_not_stand_beside_what_each_does() -> None:
    each = [of("weight_per_unit", low, "kg", document=f"d{low}") for low in (2.0, 4.0)]
    of_all = of("weight_per_unit", 3200.0, "t", document="d", period="2030")
    assert drawn(*each, replace(of_all, modality="forecast")) == [2, 4]
    assert drawn(*each, of("weight_per_unit", 110.0, "kg", document="d")) == [2, 4, 110]
    totals = [of("production", low, "t", document=f"d{low}", period="2025") for low in (2.0, 3200.0)]
    assert drawn(*totals) == [2, 3200], "of two sites, say"


def test_a_document_gives_one_value_of_a_time() -> None:
    def exports(low: float, confidence: float, **more: Any) -> Claim:
        return of(
            "exports", low, "t", **{"document": "d", "period": "2025", "confidence": confidence, **more}
        )

    sure, carried = exports(22319.0, 0.8), exports(58152.0, 0.7)
    assert drawn(sure, carried) == [22319]
    assert drawn(carried, sure) == [22319]
    assert sorted(filter(None, drawn(sure, replace(carried, period="2024")))) == [22319, 58152]
    assert drawn(sure, exports(22319.0, 0.6)) == [22319, 22319]
    assert len(drawn(sure, replace(carried, modality="plan"))) == 2
    prices = [of(low=low, document="d", period="2025") for low in (1.0, 2.0)]
    assert len(drawn(*prices)) == 2


def test_what_conflicts_is_drawn() -> None:
    published = {"d": DAY.date(), "e": DAY.date()}
    slots = {"period": "2024", "subjects": ("china",), "materials": ("rare_earths",), "confidence": 0.9}
    told = [of("exports", low, "t", document=d, **slots) for d, low in (("d", 10.0), ("e", 20.0))]
    (one,) = figures.group(told, published=published)
    assert len(one.conflicts) == 1
    assert len(one.claims) == 2
