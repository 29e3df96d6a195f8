from __future__ import annotations

from collections import Counter

from mine2magnet.core import thesaurus
from mine2magnet.digests import aspects
from mine2magnet.model import Point

WORDS = thesaurus.load()


def test_concepts_speak_to_their_own_aspect_or_that_of_a_broader_one() -> None:
    known = thesaurus.parse(
        "id,kind,broader,aspect,en,zh,ja\n"
        "aspect.a,aspect,,,A,,\naspect.b,aspect,,,B,,\n"
        "wide,measure,,aspect.a,wide,,\nnarrow,measure,wide,,narrow,,\nown,measure,wide,aspect.b,own,,\n"
        "none,measure,,,none,,\n"
    )
    assert aspects.told(["wide", "narrow", "own", "none"], known) == Counter({"aspect.a": 2, "aspect.b": 1})


def test_a_point_stands_under_its_likeliest_aspect_or_under_none() -> None:
    assert aspects.assign([{"a": 0.6, "b": 0.4}, {"a": 0.1, "b": 0.9}, {"a": 0.19, "b": 0.19}, {}]) == [
        "a", "b", aspects.OTHER, aspects.OTHER,
    ]  # fmt: skip


def test_one_nearly_as_likely_takes_a_point_that_would_stand_alone() -> None:
    many = [{"a": 0.9, "b": 0.1}, {"a": 0.8, "b": 0.2}]
    assert aspects.assign([*many, {"a": 0.38, "b": 0.62}]) == ["a", "a", "a"]  # 0.38 ≥ 0.6 × 0.62
    assert aspects.assign([*many, {"a": 0.37, "b": 0.63}]) == ["a", "a", "b"]


def test_no_more_groups_than_a_reader_takes_in() -> None:
    names = [f"aspect{n}" for n in range(aspects.MOST_GROUPS + 2)]
    sure = [{name: 0.7 if name == one else 0.3 / len(names) for name in names} for one in names]
    under = aspects.assign([*sure, *sure[:-1]])
    assert under[:-1].count(aspects.OTHER) >= 2
    assert len(set(under) - {aspects.OTHER}) == aspects.MOST_GROUPS
    assert names[-1] not in under


def test_groups_come_in_the_documents_order_and_the_rest_last() -> None:
    known = thesaurus.parse("id,kind,broader,aspect,en,zh,ja\naspect.a,aspect,,,A,,\naspect.b,aspect,,,B,,\n")
    order = ["aspect.b", aspects.OTHER, "aspect.a", "aspect.b"]
    made = aspects.groups([(a, Point(str(i))) for i, a in enumerate(order)], known, "en")
    assert [(g.heading, [p.text for p in g.points]) for g in made] == [
        ("B", ["0", "3"]),
        ("A", ["2"]),
        ("Further points", ["1"]),
    ]


def test_what_is_left_over_is_headed_in_the_reader_s_language() -> None:
    assert aspects.heading("その他の要点", None, WORDS, "en") == "Further points"
    assert aspects.heading("Further points", None, WORDS, "zh") == "其他要点"
    assert aspects.heading("Our own words", None, WORDS, "zh") == "Our own words"
    assert aspects.heading("", "aspect.prices", WORDS, "en") == WORDS.label("aspect.prices", "en")
