"""How well a query finds its documents in its own and in other languages.

    python benchmarks/search_quality.py            both halves, all ways of ranking
    python benchmarks/search_quality.py --json     the same as JSON
    python benchmarks/search_quality.py --milvus http://127.0.0.1:19530
                                                   the index in files and on that server, an empty database

Corpus: the starter documents. Queries and the documents that answer them: `queries.yaml`; its dev half
was looked at while choosing figures, its test half was not. For every pair of a query's language and a
document's, the relevant documents of that language are looked for in the one list over all languages
("mixed") and in the list of that language alone ("alone"): recall@1, recall@5 and MRR@10.

Ways of ranking: words, meaning (centred vectors) and hybrid are ours. Peers in the same run: vectors as
they come; reciprocal rank fusion of words with them, the usual hybrid; and routed fusion, in which the
query's language is ranked by words and centred vectors and the others by centred vectors, language by
language, and the lists are fused by reciprocal rank (k = 60; Cormack, Clarke and Büttcher 2009).

"refused": of the queries that nothing answers (`unanswered.yaml`), those that are told so, by words alone and
in full; "lost": of those above, the ones that are told so wrongly.

Then the judged set (`search_judged.py`): nDCG@10 and recall@10 over 392 whole documents, by words alone, by
meaning alone, by both and by the peer, plain BM25 over words and bigrams; how many of its queries that
nothing answers are refused; and how far the hands that judged agree.

`--means` writes anew the mean vectors that are shipped, from the starter documents and the dev queries.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import search_judged as judged_set
import yaml
from rich.console import Console
from rich.progress import Progress
from rich.table import Table as Printed

from mine2magnet.core.settings import Settings
from mine2magnet.encoder.encode import Vectors, embed_passages, embed_query
from mine2magnet.library.library import Library
from mine2magnet.model import LANGUAGES
from mine2magnet.search.fusion import language
from mine2magnet.search.table import Scores
from mine2magnet.search.view import IndexView

QUERIES = Path(__file__).with_name("queries.yaml")
UNANSWERED = QUERIES.with_name("unanswered.yaml")
MEANS = Path(__file__).parents[1] / "src" / "mine2magnet" / "search" / "means.npz"
MEASURES = ("recall@1", "recall@5", "MRR@10")
K = 60  # of reciprocal rank fusion

Ranking: TypeAlias = list[str]  # ids, best first
Figures: TypeAlias = dict[str, dict[str, list[float]]]  # pair → mixed or alone → the measures


def stems(library: Library) -> dict[str, str]:
    """The id of each starter document by its file's name."""
    folder = resources.files("mine2magnet") / "data" / "starter"
    by_title = {library.store.document(row).title: row for row in ids(library)}
    found = {}
    for file in folder.iterdir():
        if file.name.endswith(".md"):
            title = yaml.safe_load(file.read_text("utf-8").split("---\n")[1])["title"]
            found[file.name.removesuffix(".md")] = by_title[title]
    return found


def ids(library: Library) -> list[str]:
    view = library.index.view()
    assert view is not None
    return [id for id, alive in zip(view.table.ids, view.table.alive, strict=True) if alive]


@cache
def vector(text: str) -> Vectors:
    return np.asarray(embed_passages([text])[0])


def vectors(groups: Sequence[Sequence[str]]) -> Iterator[Vectors]:
    """Those of each group of texts; each text is embedded once, in however many indexes it is."""
    return (np.stack([vector(text) for text in texts]) for texts in groups)


def embed(library: Library) -> None:
    embedded, total = library.index.pending()
    with Progress(transient=True) as bar:
        task = bar.add_task("embedding", total=total, completed=embedded)
        while done := library.index.embed(8, vectors):
            bar.advance(task, done)


def hits(library: Library, query: str) -> Ranking:
    """What is found; where that is said to answer nothing, what comes nearest."""
    found = library.index.search(query, limit=1000)
    return [hit.document for hit in found.hits or found.nearest]


def by_score(view: IndexView, scores: Scores) -> Ranking:
    rows = np.flatnonzero(view.table.alive)
    return [view.table.ids[row] for row in rows[np.argsort(-scores[rows], kind="stable")]]


def centred(view: IndexView, query: str) -> Ranking:
    every = np.ones(view.table.size, bool)
    near = view.passages.nearness(embed_query(query), language(query), every, every)
    return by_score(view, near.of(np.arange(view.table.size, dtype=np.int32)))


def uncentred(view: IndexView, query: str) -> Ranking:
    known, every = view.passages, np.ones(view.table.size, bool)
    far = known.records.distances(embed_query(query), known, every, every)[known.record]
    scores = np.full(view.table.size, -np.inf)
    scores[known.row] = -np.minimum.reduceat(far, known.starts[:-1])
    return by_score(view, scores)


def fused(*rankings: Ranking) -> Ranking:
    scores: dict[str, float] = defaultdict(float)
    for ranking in rankings:
        for rank, id in enumerate(ranking, 1):
            scores[id] += 1 / (K + rank)
    return sorted(scores, key=lambda id: -scores[id])


def routed(words: Ranking, meaning: Ranking, own: str, language_of: dict[str, str]) -> Ranking:
    def only(ranking: Ranking, code: str) -> Ranking:
        return [id for id in ranking if language_of[id] == code]

    others = [code for code in LANGUAGES if code != own]
    return fused(fused(only(words, own), only(meaning, own)), *(only(meaning, code) for code in others))


def measures(ranking: Ranking, relevant: Sequence[str]) -> list[float]:
    places = [ranking.index(id) + 1 for id in relevant if id in ranking]
    first = min(places, default=11)
    return [
        sum(place <= 1 for place in places) / len(relevant),
        sum(place <= 5 for place in places) / len(relevant),
        1 / first if first <= 10 else 0.0,
    ]


def judged(
    rank: Callable[[dict[str, Any]], Ranking],
    queries: Sequence[dict[str, Any]],
    id_of: dict[str, str],
    language_of: dict[str, str],
) -> Figures:
    """The measures for each pair of languages, and for "same" and "cross" over all pairs."""
    found: dict[str, dict[str, list[list[float]]]] = defaultdict(lambda: defaultdict(list))
    for query in queries:
        ranking = rank(query)
        for code, names in query["relevant"].items():
            relevant = [id_of[name] for name in names]
            alone = [id for id in ranking if language_of[id] == code]
            kind = "same" if code == query["language"] else "cross"
            for pair in (f"{query['language']} → {code}", kind):
                found[pair]["mixed"].append(measures(ranking, relevant))
                found[pair]["alone"].append(measures(alone, relevant))
    return {
        pair: {where: np.mean(values, axis=0).round(3).tolist() for where, values in lists.items()}
        for pair, lists in sorted(found.items(), key=lambda item: ("→" not in item[0], item[0]))
    }


def measure() -> tuple[dict[str, dict[str, Figures]], dict[str, dict[str, float]]]:
    queries = yaml.safe_load(QUERIES.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Settings(folder=Path(folder)))
        library.load_starter()
        words = {query["id"]: hits(library, query["query"]) for query in queries}  # no vectors yet
        embed(library)
        view = library.index.view()
        assert view is not None
        id_of = stems(library)
        language_of = {id: library.store.document(id).language for id in ids(library)}
        ways: dict[str, Callable[[dict[str, Any]], Ranking]] = {
            "words": lambda q: words[q["id"]],
            "meaning": lambda q: centred(view, q["query"]),
            "hybrid": lambda q: hits(library, q["query"]),
            "peer: raw vectors": lambda q: uncentred(view, q["query"]),
            "peer: plain RRF": lambda q: fused(words[q["id"]], uncentred(view, q["query"])),
            "peer: routed RRF": lambda q: routed(
                words[q["id"]], centred(view, q["query"]), language(q["query"]), language_of
            ),
        }
        found = {
            half: {
                way: judged(rank, [q for q in queries if q["split"] == half], id_of, language_of)
                for way, rank in ways.items()
            }
            for half in ("dev", "test")
        }
        return found, refused(library)


def refused(library: Library) -> dict[str, dict[str, float]]:
    """The share of queries that are said to have no answer, by half, kind and language."""
    found: dict[str, dict[str, list[bool]]] = {"dev": defaultdict(list), "test": defaultdict(list)}

    def told(query: str) -> bool:
        return not library.index.search(query, limit=1).total

    for code, kinds in yaml.safe_load(UNANSWERED.read_text("utf-8")).items():
        for kind, texts in kinds.items():
            for n, text in enumerate(texts):
                found[("dev", "test")[n % 2]][f"refused, {kind}, {code}"].append(told(str(text)))
    for query in yaml.safe_load(QUERIES.read_text("utf-8")):
        found[query["split"]][f"lost, {query['language']}"].append(told(query["query"]))
    return {
        half: {kind: round(float(np.mean(values)), 3) for kind, values in sorted(kinds.items())}
        for half, kinds in found.items()
    }


def on_judged_set(folder: Path) -> dict[str, dict[str, dict[str, list[float]]]]:
    """nDCG@10, recall@10 and the share said to have no answer, by half, ranking and language. A query counts
    for the first two if something answers it, for the last as "none" if nothing does."""
    library, name = judged_set.filled(folder)
    peer = judged_set.bm25(judged_set.documents())
    grades = judged_set.grades_of_both()
    found: dict[str, dict[str, dict[str, list[list[float]]]]] = {
        half: defaultdict(lambda: defaultdict(list)) for half in ("dev", "test")
    }
    for query in judged_set.queries():
        mine, answers = found[query.split], grades[query.id]
        rankings = {"peer: BM25": (peer(query.query), False)}
        for by in judged_set.BY:
            results = library.index.search(query.query, limit=judged_set.DEPTH, by=by)
            ids = [name[hit.document] for hit in results.hits or results.nearest]
            rankings["hybrid" if by == "both" else by] = ids, not results.total
        for way, (ranking, refused) in rankings.items():
            values = [judged_set.ndcg(ranking, answers), judged_set.recall(ranking, answers), float(refused)]
            for group in ("all", query.language) if answers else ("none",):
                mine[way][group].append(values)
    return {
        half: {
            way: {group: np.mean(values, axis=0).round(3).tolist() for group, values in groups.items()}
            for way, groups in ways.items()
        }
        for half, ways in found.items()
    }


def agreement() -> float | None:
    """How far the two hands of the judged set agree; None while there is one."""
    ours, theirs = (judged_set.judgements(hand) for hand in judged_set.HANDS)
    return round(judged_set.kappa(ours, theirs, judged_set.pool()), 3) if ours and theirs else None


def held(rankings: dict[str, Ranking]) -> Callable[[dict[str, Any]], Ranking]:
    return lambda query: rankings[query["id"]]


def compared(url: str) -> dict[str, dict[str, Figures]]:
    """Our ways of ranking, by the index in files and by one on the server at `url`."""
    queries = yaml.safe_load(QUERIES.read_text("utf-8"))
    found: dict[str, dict[str, Figures]] = {"dev": {}, "test": {}}
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Settings(folder=Path(folder)))
        library.load_starter()
        served = replace(library.settings, search_url=url)
        for where, one in (("files", library), ("Milvus", Library.open(served))):
            one.index.update()
            words = {query["id"]: hits(one, query["query"]) for query in queries}  # no vectors yet
            embed(one)
            both = {query["id"]: hits(one, query["query"]) for query in queries}
            id_of = stems(one)
            language_of = {id: one.store.document(id).language for id in ids(one)}
            for way, rankings in (("words", words), ("hybrid", both)):
                for half, ways in found.items():
                    mine = [q for q in queries if q["split"] == half]
                    ways[f"{way}, {where}"] = judged(held(rankings), mine, id_of, language_of)
    return found


def write_means() -> None:
    """The mean of each language's passages, and of its queries: of the dev queries of this field and of those
    of other subjects (`unanswered.yaml`), each counting the same."""
    others = yaml.safe_load(UNANSWERED.read_text("utf-8"))
    queries = [q for q in yaml.safe_load(QUERIES.read_text("utf-8")) if q["split"] == "dev"]
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Settings(folder=Path(folder)))
        library.load_starter()
        embed(library)
        view = library.index.view()
        assert view is not None
        known = view.passages
        of = view.table.codes["language"].numbers
        language_of = np.repeat(known.language, np.diff(known.starts))
        means = {
            code: known.records.vectors(known.record[language_of == of[code]]).mean(0) for code in LANGUAGES
        }
    for code in LANGUAGES:
        asked = [embed_query(q["query"]) for q in queries if q["language"] == code]
        apart = [embed_query(text) for text in others[code]["apart"][::2]]
        means[f"queries-{code}"] = (np.mean(asked, axis=0) + np.mean(apart, axis=0)) / 2
        means[f"unanswered-{code}"] = np.array(apart)
    np.savez(MEANS, **{name: mean.astype(np.float16) for name, mean in means.items()})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--milvus", metavar="URL", help="compare with the index on that server instead")
    parser.add_argument(
        "--folder", type=Path, help="keep the library of the judged set there between two runs"
    )
    parser.add_argument("--means", action="store_true", help=f"write {MEANS.name} anew and stop")
    options = parser.parse_args()
    if options.means:
        write_means()
        return
    found, told = (compared(options.milvus), None) if options.milvus else measure()
    with tempfile.TemporaryDirectory() as folder:
        whole = {} if options.milvus else on_judged_set(options.folder or Path(folder))
    if options.json:
        rest = {"said to have no answer": told, "judged set": whole, "agreement of hands": agreement()}
        print(json.dumps(found | rest, ensure_ascii=False, indent=1))
        return
    for half, ways in found.items():
        table = Printed(title=f"{half} half", box=None)
        table.add_column("ranked by", no_wrap=True)
        table.add_column("query → document", no_wrap=True)
        for where in ("mixed", "alone"):
            for name in MEASURES:
                table.add_column(f"{where}\n{name}", justify="right")
        for way, figures in ways.items():
            for pair, lists in figures.items():
                values = [*lists["mixed"], *lists["alone"]]
                table.add_row(way, pair, *(f"{value:.3f}" for value in values))
            table.add_section()
        Console().print(table)
        for kind, share in (told or {}).get(half, {}).items():
            Console().print(f"{kind}: {share:.3f}")
    for half, rankings in whole.items():
        table = Printed(
            "ranked by", "queries", "nDCG@10", "recall@10", "refused", title=f"judged set, {half}", box=None
        )
        for way, groups in rankings.items():
            for group, values in groups.items():
                scores = ["", ""] if group == "none" else [f"{value:.3f}" for value in values[:2]]
                table.add_row(way, group, *scores, f"{values[2]:.3f}")
            table.add_section()
        Console().print(table)
    if whole:
        Console().print(f"agreement of the hands (quadratic kappa): {agreement() or 'one hand only'}")


if __name__ == "__main__":
    main()
