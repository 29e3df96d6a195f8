"""Which aspect of the field a statement speaks to: strategy, controls, supply, prices … of the thesaurus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import Group, Point

OTHER = "aspect.other"
LEAST = 0.35  # how likely a heading must be for a statement to stand under it
NEAR = 0.6  # of the likeliest heading's chance, that one with more points must have to take one more
MOST_GROUPS = 6  # beside the one of what is left over
OTHER_HEADING = {"en": "Further points", "zh": "其他要点", "ja": "その他の要点"}


def told(concepts: Iterable[str], thesaurus: Thesaurus) -> Counter[str]:
    """How many of the concepts speak to which aspect."""
    return Counter(aspect for c in concepts if (aspect := _of_concept(c, thesaurus)))


def _of_concept(concept: str, thesaurus: Thesaurus) -> str | None:
    """The aspect a concept speaks to: its own, or that of the nearest broader concept that has one."""
    level = [concept]
    while level:
        for id in level:
            if (aspect := thesaurus[id].aspect) is not None:
                return aspect
        level = [broader for id in level for broader in thesaurus[id].broader]
    return None


def assign(chances: Sequence[Mapping[str, float]]) -> list[str]:
    """For each of n points its aspect, by how likely each is: the likeliest of the `MOST_GROUPS` that most
    points stand under, or one nearly as likely that more stand under; `OTHER` where none is likely."""
    likeliest = [max(of, key=of.__getitem__, default=OTHER) for of in chances]
    held = Counter(best for best, of in zip(likeliest, chances, strict=True) if of.get(best, 0.0) >= LEAST)
    open_to = [aspect for aspect, _ in held.most_common(MOST_GROUPS)]
    assigned = []
    for best, of in zip(likeliest, chances, strict=True):
        near = [a for a in open_to if of and of[a] >= NEAR * of[best] and held[a] > held[best]]
        chosen = max(near or open_to, key=lambda a: of.get(a, 0.0), default=OTHER)
        assigned.append(chosen if of.get(chosen, 0.0) >= LEAST else OTHER)
    return assigned


def heading(given: str, aspect: str | None, thesaurus: Thesaurus, language: str) -> str:
    """The heading of a group in a language: of its aspect, of what is left over, or as it was given."""
    if aspect is not None and aspect in thesaurus:
        return thesaurus.label(aspect, language)
    if given in OTHER_HEADING.values():
        return OTHER_HEADING.get(language, OTHER_HEADING["en"])
    return given


def groups(points: Sequence[tuple[str, Point]], thesaurus: Thesaurus, language: str) -> tuple[Group, ...]:
    """Points by aspect, in the order in which the document comes to them; what is left over is last."""
    by_aspect: dict[str, list[Point]] = {}
    for aspect, point in sorted(points, key=lambda pair: pair[0] == OTHER):
        by_aspect.setdefault(aspect, []).append(point)
    return tuple(
        Group(thesaurus.label(aspect, language), tuple(listed), aspect)
        if aspect in thesaurus
        else Group(OTHER_HEADING.get(language, OTHER_HEADING["en"]), tuple(listed))
        for aspect, listed in by_aspect.items()
    )
