"""Which documents name which listed companies, by any of their names in any language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mine2magnet.core.thesaurus import listings
from mine2magnet.library.library import Library


def documents(library: Library, companies: Iterable[str]) -> frozenset[str]:
    """Ids of the documents that name at least one of the companies (thesaurus ids)."""
    return frozenset().union(*(_naming(library, company) for company in companies))


def of_documents(library: Library, ids: Sequence[str]) -> dict[str, list[str]]:
    """The symbols of the companies that each document names."""
    named: dict[str, list[str]] = {id: [] for id in ids}
    for listing in listings():
        for id in _naming(library, listing.company) & named.keys():
            named[id].append(listing.symbol)
    return named


def _naming(library: Library, company: str) -> frozenset[str]:
    """One of its names stands for all; the index remembers what it found as long as nothing changes."""
    return library.index.matching((library.thesaurus.label(company, "en"),), ())
