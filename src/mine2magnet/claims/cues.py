"""Words of `data/claim_cues.csv` and concepts of the thesaurus, placed in a paragraph."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from mine2magnet.core.text import fold
from mine2magnet.core.thesaurus import Concept, Mention, Thesaurus

_RATES = {"率", "rate"}
_INNER = {"measure", "stage", "policy", "technology", "cue"}  # kinds whose names hold names of others


_WHOLE = {
    "measure",
    "stage",
    "policy",
    "company",
    "organisation",
    "person",
}  # parts of their names say nothing


@dataclass(frozen=True, slots=True)
class Cue:
    """Characters [start, end) speak of `id` as a `kind`: a thesaurus kind, or one of the table's."""

    kind: str
    id: str
    start: int
    end: int


@cache
def _table(language: str) -> Thesaurus:
    table = (resources.files("mine2magnet") / "data" / "claim_cues.csv").read_text("utf-8")
    concepts = {}
    for row in csv.DictReader(io.StringIO(table)):
        if row["kind"] == "voices":
            continue
        key = f"{row['kind']}:{row['id']}"
        concepts[key] = Concept(key, row["kind"], {language: tuple(filter(None, row[language].split("|")))})
    return Thesaurus(concepts, "")


@cache
def voices() -> frozenset[str]:
    """Return the ids of those who report on others: press, price agencies, analysts, statistics.

    A figure beside one is said by it, not of it.
    """
    table = (resources.files("mine2magnet") / "data" / "claim_cues.csv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(table))
    return frozenset(id for row in rows if row["kind"] == "voices" for id in row["id"].split("|"))


@cache
def _letters(language: str) -> tuple[re.Pattern[str], Mapping[str, str]] | None:
    """Countries told by a letter of their names behind another: 对日, 対米 (`data/claim_letters.csv`)."""
    table = (resources.files("mine2magnet") / "data" / "claim_letters.csv").read_text("utf-8")
    rows = [row for row in csv.DictReader(io.StringIO(table)) if row["language"] == language]
    if not rows:
        return None
    sets = [row["before"].replace("|", "") for row in rows]
    ways = (
        f"(?<=[{marks}]){row['letter']}(?!{row['not_after']})" for row, marks in zip(rows, sets, strict=True)
    )
    return re.compile(f"(?<=[{''.join(sets)}])(?:{'|'.join(ways)})"), {r["letter"]: r["id"] for r in rows}


@cache
def _actors() -> Mapping[str, re.Pattern[str]]:
    """Those whom no thesaurus holds, told by a common noun: "magnet makers", 磁材厂, 部品大手."""
    table = (resources.files("mine2magnet") / "data" / "claim_actors.csv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(table))
    return {row["language"]: re.compile(row["pattern"]) for row in rows}


def actors(text: str, language: str) -> list[Cue]:
    """Return the actors of a text that have no name, each by its own words.

    Parameters
    ----------
    text : str
    language : {"en", "zh", "ja"}
    """
    return [Cue("actor", m[0].strip(), *m.span()) for m in _actors()[language].finditer(text)]


def cues(text: str, thesaurus: Thesaurus, language: str) -> list[Cue]:
    """Return every cue in a text, by place; those of one place together.

    Parameters
    ----------
    text : str
    thesaurus : Thesaurus
    language : str
        ISO 639-1. Where a word names two concepts of a kind, those that bear it in this language count.
    """
    found: list[Cue] = []
    length = [0] * len(text)  # of the thesaurus' name that a character is in
    stuff = [False] * len(text)  # in the name of a material
    for mention in thesaurus.find(text):
        found += _of_mention(mention, text, thesaurus, language)
        if mention.concept.kind == "material":
            stuff[mention.start : mention.end] = [True] * (mention.end - mention.start)
        if mention.concept.kind in _WHOLE:
            size = mention.end - mention.start
            length[mention.start : mention.end] = [size] * size
    table = _table(language)
    for mention in table.find(text):
        inside = min(length[mention.start : mention.end]) > mention.end - mention.start
        known = all(stuff[mention.start : mention.end])
        found += (
            c
            for c in _of_table(mention, thesaurus)
            if not (inside and c.kind in ("measure", "sign", "stage"))
            and not (known and c.kind == "material")
        )
        written = text[mention.start : mention.end]
        if (gap := written.find(" ")) > 0:  # "can separate" is a capacity, and separates
            for inner in table.find(written[gap + 1 :]):
                shift = mention.start + gap + 1
                for cue in _of_table(inner, thesaurus):
                    if cue.kind == "stage":
                        found.append(Cue(cue.kind, cue.id, cue.start + shift, cue.end + shift))
    if (letters := _letters(language)) is not None:
        pattern, ids = letters
        placed = {c.start for c in found if c.kind == "country"}
        found += (
            Cue("country", ids[m[0]], *m.span()) for m in pattern.finditer(text) if m.start() not in placed
        )
    found.sort(key=lambda c: (c.start, -c.end))
    return _longest(found)


def _longest(found: list[Cue]) -> list[Cue]:
    """Less the measures within the words of a longer one: "shares in" is no share."""
    kept: list[Cue] = []
    start = end = -1
    for c in found:
        if c.kind in ("measure", "sign"):
            if start <= c.start and c.end <= end and c.end - c.start < end - start:
                continue
            if c.end > end:
                start, end = c.start, c.end
        kept.append(c)
    return kept


def _of_table(mention: Mention, thesaurus: Thesaurus) -> Iterator[Cue]:
    for concept in (mention.concept, *mention.others):
        kind, _, id = concept.id.partition(":")
        if not id or id in thesaurus:
            yield Cue(kind, id, mention.start, mention.end)


def _of_mention(mention: Mention, text: str, thesaurus: Thesaurus, language: str) -> Iterator[Cue]:
    written = text[mention.start : mention.end]
    concepts = [mention.concept, *mention.others]
    if len(concepts) > 1:
        folded = fold(written)
        own = [c for c in concepts if any(fold(name) == folded for name in c.names.get(language, ()))]
        concepts = own or concepts
    kinds = {concept.kind for concept in concepts}
    for concept in concepts:
        yield Cue(concept.kind, concept.id, mention.start, mention.end)
    if kinds & _INNER:
        for kind, id, a, b in inside(written, thesaurus):
            if kind in kinds or ("cue" in kinds and kind != "measure"):
                continue
            # 精炼产能 is a stage and a measure; 回收率 is a rate only
            if "measure" not in kinds or written[b:].strip() not in _RATES:
                yield Cue(kind, id, mention.start + a, mention.start + b)


@lru_cache(maxsize=4096)
def inside(name: str, thesaurus: Thesaurus) -> tuple[tuple[str, str, int, int], ...]:
    """Return what a name's parts name: "refining capacity" holds refining and capacity.

    Parameters
    ----------
    name : str
    thesaurus : Thesaurus

    Returns
    -------
    tuple of (kind, id, start, end)
        Characters [start, end) of the name.
    """
    parts = {}
    starts = [0] + [i + 1 for i, c in enumerate(name) if c in " -" or not c.isascii()]
    ends = [len(name)] + [i for i, c in enumerate(name) if c in " -" or (i and not c.isascii())]
    for start, end in [(s, len(name)) for s in starts[1:]] + [(0, e) for e in ends[1:]]:
        if end - start < 2:
            continue
        for mention in thesaurus.find(name[start:end]):
            a, b = start + mention.start, start + mention.end
            parts[(mention.concept.kind, mention.concept.id)] = (a, b)
    return tuple((kind, id, a, b) for (kind, id), (a, b) in parts.items() if fold(name) != fold(name[a:b]))
