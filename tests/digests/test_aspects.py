from __future__ import annotations

from collections import Counter

import numpy as np

from mine2magnet import thesaurus
from mine2magnet.digests import aspects
from mine2magnet.model import Point

APART = np.zeros((4, 4))
ONE = np.ones(4)


def test_concepts_speak_to_their_own_aspect_or_that_of_a_broader_one() -> None:
    known = thesaurus.parse(
        "id,kind,broader,aspect,en,zh,ja\n"
        "aspect.a,aspect,,,A,,\naspect.b,aspect,,,B,,\n"
        "wide,measure,,aspect.a,wide,,\nnarrow,measure,wide,,narrow,,\nown,measure,wide,aspect.b,own,,\n"
        "none,measure,,,none,,\n"
    )
    assert aspects.told(["wide", "narrow", "own", "none"], known) == Counter({"aspect.a": 2, "aspect.b": 1})


def test_a_statement_falls_under_the_main_one_of_its_aspects() -> None:
    told = [Counter(a=1, b=1), Counter(a=1), Counter(a=1), Counter(c=1)]
    under, is_main = aspects.assign(Counter(), told, [1, 2, 3, 4], ONE, APART, main=1, fill=3)
    assert under == ["a", "a", "a", "c"]
    assert is_main == [True, True, True, False]


def test_a_statement_without_aspects_falls_under_its_paragraphs_or_none() -> None:
    told = [Counter(a=2), Counter[str](), Counter(b=2), Counter[str]()]
    under, is_main = aspects.assign(Counter(), told, [1, 1, 2, 3], ONE, APART, main=2, fill=3)
    assert under == ["a", "a", "b", aspects.OTHER]
    assert is_main == [True, True, True, False]


def test_a_statement_without_aspects_falls_under_those_of_its_like() -> None:
    told = [Counter(a=1), Counter[str](), Counter(b=1), Counter[str]()]
    likeness = APART.copy()
    likeness[3, 2] = likeness[2, 3] = 0.9
    under, _ = aspects.assign(Counter(), told, [1, 2, 3, 4], ONE, likeness, main=2, fill=3)
    assert under == ["a", aspects.OTHER, "b", "b"]


def test_the_title_decides_between_equals() -> None:
    told = [Counter(a=1, b=1), Counter(a=1, b=1), Counter(a=1, b=1), Counter(a=1, b=1)]
    for title in ("a", "b"):
        under, _ = aspects.assign(Counter([title]), told, [1, 2, 3, 4], ONE, APART, main=1, fill=3)
        assert under == [title] * 4


def test_groups_come_in_the_documents_order_and_the_rest_last() -> None:
    known = thesaurus.parse("id,kind,broader,aspect,en,zh,ja\naspect.a,aspect,,,A,,\naspect.b,aspect,,,B,,\n")
    order = ["aspect.b", aspects.OTHER, "aspect.a", "aspect.b"]
    made = aspects.groups([(a, Point(str(i))) for i, a in enumerate(order)], known, "en")
    assert [(g.heading, [p.text for p in g.points]) for g in made] == [
        ("B", ["0", "3"]),
        ("A", ["2"]),
        ("Further points", ["1"]),
    ]
