"""The field's concepts with their names in Chinese, English and Japanese, found in running text.

The concepts are rows of `data/thesaurus.csv`. Names are compared folded (`text.fold`), so one Chinese
spelling stands for simplified, traditional and shinjitai forms.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from mine2magnet.model import LANGUAGES
from mine2magnet.text import fold, fold_with_offsets

KINDS = (
    "material",  # elements, element groups, compounds, ores, alloys, magnet types
    "stage",  # steps of the chain, mining to end use
    "measure",  # what a figure measures
    "country",  # and regions and country groups
    "place",  # mines, plants, cities, provinces
    "company",
    "organisation",  # ministries, agencies, institutes, associations
    "person",
    "policy",  # laws, controls, programmes
    "product",  # end uses
    "technology",
    "aspect",  # what a group of a digest is about; its names are headings
)
_CASED = 3  # Latin names this short (Nd, US, MP) count only as they are written
_HYPHENS = str.maketrans("-\u2010\u2011", "   ")  # rare-earth is rare earth
_END = ""  # key of a trie node at which names end


@dataclass(frozen=True, slots=True)
class Concept:
    """`names` maps a language to its names, the label first; `broader` are ids; `aspect` is the id of
    the aspect a sentence with this concept speaks to, if it tells."""

    id: str
    kind: str
    names: Mapping[str, tuple[str, ...]]
    broader: tuple[str, ...] = ()
    aspect: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept named at characters [start, end) of a text. `others` are further concepts that bear
    the same name."""

    concept: Concept
    start: int
    end: int
    others: tuple[Concept, ...] = ()


@dataclass(frozen=True, slots=True)
class _Name:
    concept: Concept
    cased: str  # the spelling required, or "" when folding decides


class Thesaurus:
    """Concepts by id, and a trie of their folded names. `version` changes with the data."""

    def __init__(self, concepts: Mapping[str, Concept], version: str) -> None:
        self.concepts = MappingProxyType(dict(concepts))
        self.version = version
        self._trie: dict[str, object] = {}
        for concept in self.concepts.values():
            if concept.kind != "aspect":
                for name in {name for names in concept.names.values() for name in names}:
                    self._add(name, concept)

    def _add(self, name: str, concept: Concept) -> None:
        folded = fold(name).translate(_HYPHENS)
        node = self._trie
        for character in folded:
            node = node.setdefault(character, {})  # type: ignore[assignment]
        cased = name if folded.isascii() and len(folded) <= _CASED else ""
        ends: list[_Name] = node.setdefault(_END, [])  # type: ignore[assignment]
        ends.append(_Name(concept, cased))

    def __getitem__(self, id: str) -> Concept:
        return self.concepts[id]

    def __contains__(self, id: object) -> bool:
        return id in self.concepts

    def of_kind(self, kind: str) -> tuple[Concept, ...]:
        return tuple(c for c in self.concepts.values() if c.kind == kind)

    def label(self, id: str, language: str) -> str:
        """The concept's name in a language; in English if it has none there, else its id."""
        concept = self.concepts.get(id)
        if concept is None:
            return id
        return next(
            (concept.names[code][0] for code in (language, *LANGUAGES) if concept.names.get(code)), id
        )

    def is_a(self, id: str, ancestor: str) -> bool:
        """Whether `ancestor` is the concept itself or is reached by going broader."""
        return id == ancestor or any(self.is_a(b, ancestor) for b in self.concepts[id].broader)

    def find(self, text: str) -> list[Mention]:
        """The concepts named in `text`, left to right: the longest name at each place, none overlapping.

        A Latin name stands between word boundaries and may take a plural s.
        """
        folded, offsets = fold_with_offsets(text)
        folded = folded.translate(_HYPHENS)
        mentions: list[Mention] = []
        i, size = 0, len(folded)
        while i < size:
            found = self._longest(folded, i, text, offsets)
            if found is None:
                i += 1
                continue
            names, end = found
            concepts = tuple(dict.fromkeys(name.concept.id for name in names))
            first, *others = (self.concepts[id] for id in concepts)
            mentions.append(Mention(first, offsets[i], offsets[end], tuple(others)))
            i = end
        return mentions

    def _longest(
        self, folded: str, start: int, text: str, offsets: list[int]
    ) -> tuple[list[_Name], int] | None:
        if start and _joined(folded[start - 1], folded[start]):
            return None
        node: Mapping[str, object] = self._trie
        best: tuple[list[_Name], int] | None = None
        for i in range(start, len(folded)):
            found = node.get(folded[i])
            if found is None:
                break
            node = found  # type: ignore[assignment]
            ends: list[_Name] | None = node.get(_END)  # type: ignore[assignment]
            if not ends:
                continue
            end = i + 1
            if end < len(folded) and _joined(folded[i], folded[end]):
                if folded[end] != "s" or (end + 1 < len(folded) and _joined("s", folded[end + 1])):
                    continue
                end += 1
            written = text[offsets[start] : offsets[i + 1]]
            if names := [name for name in ends if not name.cased or name.cased == written]:
                best = names, end
        return best


def _joined(a: str, b: str) -> bool:
    """Whether two neighbouring characters belong to one Latin word or number."""
    return a.isascii() and b.isascii() and a.isalnum() and b.isalnum()


def parse(table: str) -> Thesaurus:
    """Reads the table: columns id, kind, broader, aspect, en, zh, ja; names parted by "|", label first.

    Raises ValueError naming the row that is wrong.
    """
    concepts: dict[str, Concept] = {}
    for row in csv.DictReader(io.StringIO(table)):
        id = row["id"]
        if id in concepts:
            raise ValueError(f"thesaurus: {id} stands twice")
        if row["kind"] not in KINDS:
            raise ValueError(f"thesaurus: {id} has the unknown kind {row['kind']!r}")
        names = {code: _parts(row[code]) for code in LANGUAGES if _parts(row[code])}
        if not names:
            raise ValueError(f"thesaurus: {id} has no name")
        concepts[id] = Concept(id, row["kind"], names, _parts(row["broader"]), row["aspect"].strip() or None)
    for concept in concepts.values():
        for other in filter(None, (*concept.broader, concept.aspect)):
            if other not in concepts:
                raise ValueError(f"thesaurus: {concept.id} refers to {other!r}, which is no concept")
    return Thesaurus(concepts, hashlib.sha256(table.encode()).hexdigest()[:12])


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part for part in (p.strip() for p in cell.split("|")) if part)


@cache
def load() -> Thesaurus:
    """The thesaurus that comes with the package."""
    return parse((resources.files("mine2magnet") / "data" / "thesaurus.csv").read_text("utf-8"))
