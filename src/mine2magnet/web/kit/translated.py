"""Documents as a reader reads them: titles and points in their language where a translation carries them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mine2magnet.library.library import Library
from mine2magnet.library.translations import digest_key
from mine2magnet.model import Digest, Document, Point, Rendered, Translation


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """A point with its translation; None where it reads as it is."""

    point: Point
    rendered: Rendered | None = None


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Points under one heading, as they are shown."""

    heading: str
    aspect: str | None
    points: tuple[ShownPoint, ...]


@dataclass(frozen=True, slots=True)
class ShownDigest:
    """A digest as it is shown: what reads in the reader's language first, `rest` what does not."""

    viewpoint: tuple[ShownPoint, ...]
    groups: tuple[ShownGroup, ...]
    rest: tuple[Point, ...] = ()
    translated: bool = False


def shown(digest: Digest, translation: Translation | None) -> ShownDigest:
    """Return a digest with its translation, if it is of this digest and carries any of its points.

    A viewpoint that it does not carry is stood in for by the first point that it does.

    Parameters
    ----------
    digest : Digest
    translation : Translation or None

    Returns
    -------
    ShownDigest
    """
    of_it = translation is not None and translation.digest == digest_key(digest) and translation.read
    if translation is None or not of_it:
        groups = (ShownGroup(g.heading, g.aspect, tuple(map(ShownPoint, g.points))) for g in digest.groups)
        return ShownDigest(tuple(map(ShownPoint, digest.viewpoint)), tuple(groups))
    paired = [ShownPoint(point, one) for point, one in zip(digest.points, translation.points, strict=True)]
    split = len(digest.viewpoint)
    viewpoint = [one for one in paired[:split] if one.rendered]
    groups_, at = list[ShownGroup](), split
    for group in digest.groups:
        own = tuple(one for one in paired[at : at + len(group.points)] if one.rendered)
        at += len(group.points)
        if not viewpoint and own:
            viewpoint, own = [own[0]], own[1:]
        if own:
            groups_.append(ShownGroup(group.heading, group.aspect, own))
    rest = tuple(one.point for one in paired if not one.rendered)
    return ShownDigest(tuple(viewpoint), tuple(groups_), rest, translated=True)


def translations(
    library: Library, documents: Iterable[Document], reads: Iterable[str]
) -> dict[str, Translation]:
    """Return by id the translations of those documents that are in no language the reader reads.

    Parameters
    ----------
    library : Library
    documents : iterable of Document
    reads : iterable of str
        The first is what they are translated into.

    Returns
    -------
    dict of str to Translation
    """
    language, *others = reads
    foreign = [one.id for one in documents if one.language not in (language, *others)]
    return library.store.translations(foreign, language)
