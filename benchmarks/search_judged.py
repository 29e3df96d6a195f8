"""The judged set of search: queries in three languages over whole documents, judged by hand.

    python benchmarks/search_judged.py pool            write pool.jsonl anew: what the rankings have in front
    python benchmarks/search_judged.py sheet [NEED …]  print needs with the documents of their pool, to judge
    python benchmarks/search_judged.py check           say what is wrong with the judgements of a hand

Documents: those of `claims/documents`. Files, in `search_judged/` (its README is the guide of the hands):
`queries.jsonl`, written before any ranking was looked at; `pool.jsonl`, for each need the first ten of words,
meaning, both and plain BM25 for the query of each language, in an order that tells nothing of theirs;
`hand-a.jsonl` and `hand-b.jsonl`, the judgements of two hands that do not see each other's.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

import msgspec

from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import Document, Paragraph, Read
from mine2magnet.search.tokens import tokens

FOLDER = Path(__file__).with_name("search_judged")
DOCUMENTS = Path(__file__).parent / "claims" / "documents"
HANDS = ("a", "b")
BY: tuple[Literal["words", "meaning", "both"], ...] = ("words", "meaning", "both")
DEPTH = 10  # of each ranking that is judged
K1, B = 1.2, 0.75  # of BM25

Grade: TypeAlias = Literal[0, 1, 2]
Grades: TypeAlias = dict[str, dict[str, int]]  # of each query, of each document that is not 0
Ranking: TypeAlias = list[str]  # ids, best first
_T = TypeVar("_T")


class Query(msgspec.Struct, frozen=True):
    """`kind`: what is peculiar about its wording; "none" where nothing should answer it."""

    id: str
    language: str
    split: Literal["dev", "test"]
    kind: str
    query: str

    @property
    def need(self) -> str:
        """What is wanted: asked in three languages, sometimes of three sides of it."""
        return self.id.removeprefix(f"{self.language}-")


class Pooled(msgspec.Struct, frozen=True):
    need: str
    documents: list[str]


class Judged(msgspec.Struct, frozen=True):
    """A need by one hand, as it is asked in some languages: the documents that answer it (2) or touch it (1);
    the rest of its pool is 0."""

    need: str
    languages: list[str]
    grades: dict[str, Grade] = {}


class _Written(msgspec.Struct):
    """A document of `claims/documents`, of which only the text counts here."""

    id: str
    language: str
    published: str
    title: str
    paragraphs: list[str]


def queries() -> list[Query]:
    return _lines(FOLDER / "queries.jsonl", Query)


def pool() -> dict[str, list[str]]:
    """Return the documents to judge, of each query."""
    pooled = {line.need: line.documents for line in _lines(FOLDER / "pool.jsonl", Pooled)}
    return {query.id: pooled[query.need] for query in queries()}


def judgements(hand: str) -> Grades:
    """Return what a hand found, empty if it has not judged yet."""
    file = FOLDER / f"hand-{hand}.jsonl"
    lines = _lines(file, Judged) if file.exists() else []
    return {f"{language}-{line.need}": dict(line.grades) for line in lines for language in line.languages}


def documents() -> dict[str, Document]:
    """Return the documents by their ids in `claims/documents`."""
    found = {}
    for file in sorted(DOCUMENTS.glob("*.jsonl")):
        for line in _lines(file, _Written):
            found[line.id] = Document(
                title=line.title,
                source=f"Exercise {line.id}",
                fetched=datetime(2026, 5, 1, tzinfo=UTC),
                language=line.language,
                paragraphs=tuple(Paragraph(n, text) for n, text in enumerate(line.paragraphs, 1)),
                url=f"https://exercises.example/{line.id}",
                published=datetime.fromisoformat(line.published).replace(tzinfo=UTC),
            )
    return found


def filled(folder: Path) -> tuple[Library, dict[str, str]]:
    """Return a library with all documents and their vectors, made in `folder` if it is not there yet, and
    their ids in `claims/documents` by those in the library."""
    library = Library.open(Settings(folder=folder))
    texts = documents()
    report = library.keep(Read(document) for document in texts.values())
    while library.index.embed(16):
        pass
    return library, dict(zip(report.ids, texts, strict=True))


def bm25(texts: dict[str, Document]) -> Callable[[str], Ranking]:
    """Return the peer: BM25 over words and bigrams, and nothing else (Robertson and Zaragoza 2009)."""
    counts = {id: Counter(tokens(f"{d.title}\n{d.text}")) for id, d in texts.items()}
    length = {id: count.total() for id, count in counts.items()}
    usual = sum(length.values()) / len(length)
    having = Counter(token for count in counts.values() for token in count)

    def rank(query: str) -> Ranking:
        scores: dict[str, float] = defaultdict(float)
        for token in tokens(query):
            n = having[token]
            rarity = math.log(1 + (len(counts) - n + 0.5) / (n + 0.5))
            for id, count in counts.items():
                if f := count[token]:
                    scores[id] += rarity * f * (K1 + 1) / (f + K1 * (1 - B + B * length[id] / usual))
        return sorted(scores, key=lambda id: -scores[id])

    return rank


def ndcg(ranking: Sequence[str], grades: dict[str, int], depth: int = DEPTH) -> float:
    """Return nDCG with gains 2ᵍ − 1 (Järvelin and Kekäläinen 2002; Burges et al. 2005)."""

    def gain(found: Iterable[int]) -> float:
        return math.fsum((2.0**g - 1.0) / math.log2(rank + 1) for rank, g in enumerate(found, 1))

    best = gain(sorted(grades.values(), reverse=True)[:depth])
    return gain(grades.get(id, 0) for id in ranking[:depth]) / best if best else 0.0


def recall(ranking: Sequence[str], grades: dict[str, int], depth: int = DEPTH) -> float:
    """Return the share of what answers (2), or of what touches where nothing answers, that is in front;
    more than `depth` cannot be, so that many are all."""
    best = max(grades.values(), default=0)
    wanted = {id for id, grade in grades.items() if grade == best}
    return len(wanted & set(ranking[:depth])) / min(len(wanted), depth) if wanted else 0.0


def kappa(ours: Grades, theirs: Grades, pooled: dict[str, list[str]]) -> float:
    """Return how far two hands agree beyond chance: Cohen's kappa, the grades' distance squared (1968)."""
    pairs = [
        (ours[query].get(id, 0), theirs[query].get(id, 0))
        for query, ids in pooled.items()
        if query in ours and query in theirs
        for id in ids
    ]
    mine, yours = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    seen = sum((a - b) ** 2 for a, b in pairs) / len(pairs)
    chance = sum((a - b) ** 2 * mine[a] * yours[b] for a in mine for b in yours) / len(pairs) ** 2
    return 1 - seen / chance if chance else 1.0


def grades_of_both() -> Grades:
    """Return the mean of the hands, rounded down: what only one of them found is worth one less."""
    hands = [grades for hand in HANDS if (grades := judgements(hand))]
    return {
        query: {
            id: grade
            for id in dict.fromkeys(id for hand in hands for id in hand.get(query, {}))
            if (grade := sum(hand.get(query, {}).get(id, 0) for hand in hands) // len(hands))
        }
        for query in (q.id for q in queries())
    }


def write_pool(folder: Path) -> None:
    peer = bm25(documents())
    library, name = filled(folder)
    found: dict[str, set[str]] = defaultdict(set)
    for query in queries():
        found[query.need] |= set(peer(query.query)[:DEPTH])
        for by in BY:
            results = library.index.search(query.query, limit=DEPTH, by=by)
            found[query.need] |= {name[hit.document] for hit in results.hits or results.nearest}
    lines = [Pooled(need, sorted(ids, key=lambda id: _mixed(need, id))) for need, ids in found.items()]
    (FOLDER / "pool.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, lines)) + b"\n")


def _mixed(need: str, id: str) -> bytes:
    return hashlib.sha256(f"{need} {id}".encode()).digest()


def print_sheet(wanted: Sequence[str], longest: int) -> None:
    texts = documents()
    pooled = pool()
    asked: dict[str, list[Query]] = defaultdict(list)
    for query in queries():
        asked[query.need].append(query)
    for need, group in asked.items():
        if need in wanted or not wanted:
            print(f"\n# {need}", *(f"{query.language}: {query.query}" for query in group), sep="\n# ")
            for id in pooled[group[0].id]:
                text = " ".join(paragraph.text for paragraph in texts[id].paragraphs)
                print(f"{id} {texts[id].published:%Y-%m-%d} {texts[id].title} | {text[:longest]}")


def check() -> int:
    """Print what is wrong with the judgements; return how much that is."""
    pooled, faults = pool(), []
    for hand in HANDS:
        found = judgements(hand)
        faults += [f"hand {hand}: {query} is no query" for query in found.keys() - pooled.keys()]
        if found:
            faults += [f"hand {hand}: {query} is not judged" for query in pooled.keys() - found.keys()]
        for query in found.keys() & pooled.keys():
            strange = found[query].keys() - set(pooled[query])
            faults += [f"hand {hand}: {query}: {id} is not in its pool" for id in strange]
    print("\n".join(sorted(faults)) or "nothing is wrong")
    return len(faults)


def _lines(file: Path, type: type[_T]) -> list[_T]:
    decoder = msgspec.json.Decoder(type)
    return [decoder.decode(line) for line in file.read_bytes().splitlines() if line.strip()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("pool", "sheet", "check"))
    parser.add_argument("needs", nargs="*", metavar="NEED", help="needs; all if none")
    parser.add_argument("--longest", type=int, default=600, help="characters of a document on a sheet")
    parser.add_argument("--folder", type=Path, help="keep the library there between two runs")
    options = parser.parse_args()
    match options.what:
        case "sheet":
            print_sheet(options.needs, options.longest)
        case "check":
            raise SystemExit(check() > 0)
        case _:
            with tempfile.TemporaryDirectory() as folder:
                write_pool(options.folder or Path(folder))


if __name__ == "__main__":
    main()
