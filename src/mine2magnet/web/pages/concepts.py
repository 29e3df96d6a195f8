"""The page of one thing: a material, a company, a person, a country: its names and all that is held of it."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.background.models import network
from mine2magnet.chain.network import Network, Node
from mine2magnet.core.errors import NotFound
from mine2magnet.core.thesaurus import Concept, Thesaurus
from mine2magnet.figures import groups as figures
from mine2magnet.figures import rows
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import LANGUAGES, WRONG, Claim, ClaimFilter, Topic
from mine2magnet.web.kit.responses import library, reads, reply, translator
from mine2magnet.web.kit.translated import translations
from mine2magnet.web.kit.wording import Wording
from mine2magnet.web.pages.time_plot import charts

DOCUMENTS, FIGURES, CLAIMS = 10, 4, 12  # shown of each
MOST_CLAIMS = 2000  # those published last, that are put together in figures
_SLOTS = {"material": ("material",), "stage": ("stage",), "measure": ("measure",)}
_PARTIES = ("subject", "counterparty")
_PAGELESS = ("aspect", "cue", "noise")


def concept(request: Request) -> Response:
    held = library(request)
    one = named(held.thesaurus, request.path_params["name"])
    t = translator(request)
    words = Wording(t, held.thesaurus)
    query, reading = query_of(one), reads(request)
    page = topics.page(held.store, held.index, None, query, order="newest", limit=DOCUMENTS, reads=reading)
    claims = claims_of(held, one)
    groups = figures.group(
        claims[:MOST_CLAIMS],
        least=held.settings.claims_threshold,
        published=held.store.published({claim.document for claim in claims[:MOST_CLAIMS]}),
    )
    drawn = [g for g in groups if len(g.claims) > 1][:FIGURES]
    shown = figures.figures(held.store, drawn, [])
    return reply(
        request,
        "concept.html",
        {
            "concept": one,
            "names": {code: one.names.get(code, ()) for code in LANGUAGES},
            "documents": [card.document for card in page.cards],
            "total": page.total,
            "claims": rows.cited(held.store, claims[:CLAIMS]),
            "figures": shown,
            "chain": places(network(), one),
            "topics": [topic.slug for topic in held.store.topics() if watches(topic, one, held.thesaurus)],
        },
        translated=translations(held, (card.document for card in page.cards), reading),
        words=words,
        plots={figure.id: charts(figure, words) for figure in shown},
        titles=words.titles(shown),
        narrower=[other for other in held.thesaurus.concepts.values() if one.id in other.broader],
        query=query_of(one),
        claims_total=len(claims),
    )


def named(words: Thesaurus, name: str) -> Concept:
    """Return the concept of an address: its id with hyphens, or any of its names.

    Parameters
    ----------
    words : Thesaurus
    name : str

    Returns
    -------
    Concept

    Raises
    ------
    NotFound
        If there is none.
    """
    found = words.concepts.get(name) or words.concepts.get(name.replace("-", "_").lower())
    if found is None:
        for text in (name, name.replace("-", " ")):
            whole = [m.concept for m in words.find(text) if (m.start, m.end) == (0, len(text))]
            found = found or next(iter(whole), None)
    if found is None or found.kind in _PAGELESS:
        raise NotFound(f"nothing is called {name[:80]!r} here", hint="search for it")
    return found


def query_of(concept: Concept) -> str:
    """Return the query that finds the documents which name a concept, in any of its languages."""
    labels = dict.fromkeys(names[0] for names in concept.names.values())
    return " OR ".join(f'"{label}"' for label in labels)


def claims_of(library: Library, concept: Concept) -> list[Claim]:
    """Return the claims that a concept has a slot in, those published last first."""
    found: dict[Claim, None] = {}
    for slot in _SLOTS.get(concept.kind, _PARTIES):
        where: dict[str, tuple[str, ...]] = {slot: (concept.id,)}
        found.update(dict.fromkeys(library.store.claims(None, ClaimFilter(**where))))  # type: ignore[arg-type]
    return [claim for claim in found if claim.judged != WRONG]


def places(network: Network, concept: Concept) -> list[Node]:
    """Return the nodes of the built-in network that a concept runs, lies at, or is made by."""
    names = {name.casefold() for name in concept.names.get("en", ())}
    makers = {make.node for make in network.makes if _is(make.material, names)}
    return [
        node
        for node in network.nodes
        if node.name in makers
        or _is(node.operator, names)
        or (concept.kind == "country" and _is(node.country, names))
    ]


def _is(text: str, names: Iterable[str]) -> bool:
    return text.casefold() in names


def watches(topic: Topic, concept: Concept, words: Thesaurus) -> bool:
    """Return whether a topic's name or queries name a concept."""
    texts = (topic.name, *topic.names.values(), *topic.queries)
    return any(m.concept.id == concept.id for text in texts for m in words.find(text))
