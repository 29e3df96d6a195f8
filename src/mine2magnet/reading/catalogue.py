"""Well-known public sources on rare earths: `data/sources.csv`.

`status` says where an address is from: "recalled" from memory, not looked at when the row was written;
whether it can be reached is known once it has been read. `licence` is what the publisher's own terms were
known to say, as a key: what is read stays in one person's library in any case.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mine2magnet.model import LANGUAGES

KINDS = (
    "ministry", "agency", "survey", "statistics", "exchange", "association", "company", "press",
)  # fmt: skip
LICENCES = (
    "public_domain",  # works of the US government (17 U.S.C. § 105)
    "cc_by",  # Creative Commons Attribution 4.0: European Commission (Decision 2011/833/EU), Australia
    "pdl",  # Public Data License 1.0 of Japan's government (2024), compatible with CC BY 4.0
    "terms",  # the site's own terms; quoting with the source named is usual
    "reserved",  # all rights reserved
)
STATUSES = ("found", "recalled")


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A source that can be followed. `name` is its own, `english` what it is called in English; `country` is
    an ISO 3166 code, "eu", or "" for none."""

    id: str
    name: str
    english: str
    url: str
    kind: str
    language: str
    country: str
    licence: str
    status: str

    def __post_init__(self) -> None:
        for value, known in (
            (self.kind, KINDS),
            (self.language, LANGUAGES),
            (self.licence, LICENCES),
            (self.status, STATUSES),
        ):
            if value not in known:
                raise ValueError(f"sources: {self.id} has the unknown {value!r}")


@cache
def catalogue() -> tuple[CatalogueEntry, ...]:
    """Return the sources in the order of the table."""
    table = (resources.files("mine2magnet") / "data" / "sources.csv").read_text("utf-8")
    return tuple(CatalogueEntry(**row) for row in csv.DictReader(table.splitlines()))
