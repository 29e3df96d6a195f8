"""The field's concepts with their names in Chinese, English and Japanese, found in running text.

The concepts are rows of `data/thesaurus.csv`. Names are compared folded (`text.fold`), so one Chinese
spelling stands for simplified, traditional and shinjitai forms.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from mine2magnet.core.text import fold, fold_with_offsets
from mine2magnet.model import LANGUAGES

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
    "aspect",  # what a group of a digest is about; its names are headings and not looked for in text
    "cue",  # words that tell a sentence's aspect and name nothing
    "noise",  # spellings in which names stand by chance (发展中国家); found, never reported
)
_CASED = 3  # Latin names this short (Nd, US, MP) count only as they are written
_WHOLE = 2  # katakana names this short (タイ) are no beginnings of longer katakana words (タイヤ)
_ALIKE = str.maketrans("-\u2010\u2011\n·•‧’", "    ・・・'")  # rare-earth is rare earth


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


class Thesaurus:
    """Concepts by id, and a lookup of their folded names. `version` changes with the data."""

    def __init__(self, concepts: Mapping[str, Concept], version: str) -> None:
        self.concepts = MappingProxyType(dict(concepts))
        self.version = version
        # The concepts that bear a folded name, by the exact spelling they require ("" for none).
        self._names: dict[str, dict[str, tuple[Concept, ...]]] = {}
        lengths: dict[str, set[int]] = {}
        for concept in self.concepts.values():
            if concept.kind != "aspect":
                for name, cased in set(_spellings(concept)):
                    bearers = self._names.setdefault(name, {})
                    bearers[cased] = (*bearers.get(cased, ()), concept)
                    lengths.setdefault(name[:2], set()).add(len(name))
        # How long the names are that begin with these two characters (or are this one), longest first.
        self._lengths = {
            start: sorted(sizes | lengths.get(start[0], set()), reverse=True)
            for start, sizes in lengths.items()
        }

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
        """Return whether `ancestor` is the concept itself or is reached by going broader."""
        return id == ancestor or any(self.is_a(b, ancestor) for b in self.concepts[id].broader)

    def find(self, text: str) -> list[Mention]:
        """The concepts named in `text`, left to right: the longest name at each place, none overlapping.

        A Latin name stands between word boundaries and may be a plural; a katakana name begins a
        katakana word, or follows another name within it.
        """
        folded, offsets = fold_with_offsets(text)
        folded = folded.translate(_ALIKE)
        mentions: list[Mention] = []
        lengths_of, names_of, size = self._lengths.get, self._names.get, len(folded)
        free = 0  # where the last mention ends
        for i in range(size):
            if i < free:
                continue
            lengths = lengths_of(folded[i : i + 2]) or lengths_of(folded[i])
            if not lengths or (i > free and _joined(folded[i - 1], folded[i])):
                continue
            for length in lengths:
                end = i + length
                bearers = names_of(folded[i:end])
                if bearers is None or end > size or (end < size and _goes_on(folded, i, end)):
                    continue
                if offsets[i - 1] == offsets[i] or offsets[end - 1] == offsets[end]:
                    continue  # within a character that folds to several, such as ㍿
                start, stop = offsets[i], offsets[end]
                if concepts := bearers.get("") or bearers.get(
                    unicodedata.normalize("NFKC", text[start:stop])
                ):
                    if concepts[0].kind != "noise":
                        mentions.append(Mention(concepts[0], start, stop, concepts[1:]))
                    free = end
                    break
        return mentions


def _joined(a: str, b: str) -> bool:
    """Return whether two neighbouring characters belong to one Latin word or number, or one katakana word."""
    return (_is_latin(a) and _is_latin(b)) or (_is_katakana(a) and _is_katakana(b))


def _goes_on(text: str, start: int, end: int) -> bool:
    """Return whether the name [start, end) is but the beginning of a word."""
    if not _joined(text[end - 1], text[end]):
        return False
    return not _is_katakana(text[end]) or end - start <= _WHOLE


def _is_latin(character: str) -> bool:
    return character < "\u0250" and character.isalnum()  # up to Latin Extended-B


def _is_katakana(character: str) -> bool:
    return "ァ" <= character <= "ー" and character != "・"


def _spellings(concept: Concept) -> Iterator[tuple[str, str]]:
    """Each way of writing the concept's names, folded, with the exact spelling required, if any."""
    for name in {name for names in concept.names.values() for name in names}:
        cased = name.isascii() and len(name) <= _CASED
        for written in {name, _plural(name), name.replace("・", "")}:
            yield fold(written).translate(_ALIKE), written if cased else ""


def _plural(name: str) -> str:
    """The English plural of a Latin name; the name itself if it is none or looks plural already."""
    if not name[-1].isascii() or not name[-1].isalpha():
        return name
    if name.endswith(("ss", "x", "ch", "sh")):
        return name + "es"
    if name[-1] in "sS":
        return name
    return re.sub("(?<=[^aeiou])y$", "ie", name) + "s"


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


@dataclass(frozen=True, slots=True)
class Listing:
    """A company (a concept) under one symbol, market:ticker; `source` is where the exchange shows it."""

    symbol: str
    company: str
    name: str
    source: str


@cache
def listings() -> tuple[Listing, ...]:
    """All rows of data/symbols.csv; a company listed at several exchanges has several."""
    table = (resources.files("mine2magnet") / "data" / "symbols.csv").read_text("utf-8")
    return tuple(Listing(**row) for row in csv.DictReader(table.splitlines()))
