"""Which aspect of the field a statement speaks to: strategy, controls, supply, prices … of the thesaurus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from mine2magnet.model import Group, Point
from mine2magnet.thesaurus import Thesaurus

OTHER = "aspect.other"
CONTEXT = (
    0.5  # what title, paragraph and like statements say of an aspect, against a statement's own concepts
)
EVIDENCE = 0.3  # of context, below which a statement that names no aspect has none
RARITY = 0.5  # how much more an aspect tells that fewer statements name: 1 + RARITY ln(all / those)
OTHER_HEADING = {"en": "Further points", "zh": "其他要点", "ja": "その他の要点"}

Vectors = npt.NDArray[np.float64]


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


def assign(
    title: Counter[str],
    told: Sequence[Counter[str]],
    paragraphs: Sequence[int],
    scores: Vectors,
    likeness: Vectors,
    main: int,
    fill: int,
) -> tuple[list[str], list[bool]]:
    """For each of n statements its aspect, OTHER if there is no sign of any, and whether that is among the
    document's `main` most important ones.

    `title` and `told` count the concepts of title and statements by aspect, `paragraphs` says where each
    stands, `scores` (n) what it is worth, `likeness` (n, n) how near others are, and `fill` how many points
    a group can hold. A statement that names aspects falls under a main one of them, if it can, and rather
    under that of which title, paragraph and its like speak, too; one that names none falls under theirs.
    """
    names = sorted({aspect for counts in told for aspect in counts})
    own = np.array([[counts[name] for name in names] for counts in told], dtype=np.float64)
    own *= 1 + RARITY * np.log(len(told) / np.maximum((own > 0).sum(axis=0), 1))
    titled = np.array([float(name in title) for name in names])
    together = np.equal.outer(paragraphs, paragraphs).astype(np.float64)
    beside = (together / together.sum(axis=1, keepdims=True) + likeness) @ own
    said = own + CONTEXT * (beside + titled)
    cover = _cover(own * (1 + titled), scores, main, fill)
    assigned, is_main = [], []
    for i in range(len(told)):
        named = np.flatnonzero(own[i] if own[i].any() else said[i] > EVIDENCE)
        open_to = [a for a in named if a in cover] or list(named)
        best = max(open_to, key=lambda a: said[i, a], default=None)
        assigned.append(OTHER if best is None else names[best])
        is_main.append(best in cover)
    return assigned, is_main


def _cover(own: Vectors, scores: Vectors, main: int, fill: int) -> list[int]:
    """Columns of the aspects that hold the best statements, each chosen for what those before it leave."""
    total = own.sum(axis=1, keepdims=True)
    share = np.sqrt(np.divide(own, total, out=np.zeros_like(own), where=total > 0))
    left = np.clip(scores, 0.0, None)
    chosen: list[int] = []
    while len(chosen) < min(main, own.shape[1]):
        worth = np.sort(share * left[:, None], axis=0)[-fill:].sum(axis=0)
        best = int(worth.argmax())
        if worth[best] <= 0:
            break
        chosen.append(best)
        left[own[:, best] > 0] = 0.0
    return chosen


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
