"""The queries of a topic: those that a name offers in each language, and what they ask of news searches."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mine2magnet.core.errors import UserError
from mine2magnet.core.thesaurus import Concept, Thesaurus
from mine2magnet.model import LANGUAGES, Topic
from mine2magnet.reading import language
from mine2magnet.reading.news import Terms, joined
from mine2magnet.search.query import And, Field, FreeWords, Node, Or, Phrase, Title, parse

NAMES = 4  # of a concept that a query offers, the label first
WORDS = 12  # words that a question holds; searches look at no more
_SHORT = 3  # letters of Latin names that mean too much else: Dy, REE


def offered(name: str, thesaurus: Thesaurus) -> dict[str, str]:
    """Return a query in each language for what a topic is called.

    Concepts of the thesaurus stand under their names in that language; words that it does not know only in
    the language that they are in.

    Parameters
    ----------
    name : str
    thesaurus : Thesaurus

    Returns
    -------
    dict of str to str
        By language; one in which nothing can be said is missing.

    Examples
    --------
    >>> from mine2magnet.core import thesaurus
    >>> offered("Dysprosium", thesaurus.load())
    {'en': 'dysprosium', 'zh': '镝', 'ja': 'ジスプロシウム OR ディスプロシウム'}
    """
    mentions = thesaurus.find(name)
    concepts = list(
        {m.concept.id: m.concept for m in mentions if m.concept.kind not in ("cue", "aspect")}.values()
    )
    rest = name
    for mention in reversed([m for m in mentions if m.concept in concepts]):
        rest = f"{rest[: mention.start]} {rest[mention.end :]}"
    words = [word for word in re.findall(r"[^\s\W][\w'’-]*", rest) if word.lower() not in _FILLERS]
    own = _language(name)
    found: dict[str, str] = {}
    for code in LANGUAGES:
        parts = [_alternatives(concept, code) for concept in concepts]
        if not all(parts) or (not parts and code != own):
            continue
        beside = [_written(word) for word in words] if code == own else []
        if whole := _all([*parts, *([one] for one in beside)]):
            found[code] = whole
    return found


def labels(name: str, thesaurus: Thesaurus) -> dict[str, str]:
    """Return what a topic is called in each language, where its name is that of a concept.

    Parameters
    ----------
    name : str
    thesaurus : Thesaurus
    """
    named = [m.concept for m in thesaurus.find(name) if (m.start, m.end) == (0, len(name))]
    return {code: names[0] for concept in named[:1] for code, names in concept.names.items() if code != "en"}


_FILLERS = frozenset("the a an and of in on for to from with news about".split())  # noqa: SIM905


def _alternatives(concept: Concept, code: str) -> list[str]:
    names = [n for n in concept.names.get(code, ()) if not (n.isascii() and len(n) <= _SHORT)]
    return [_written(name) for name in names[:NAMES]]


def _written(name: str) -> str:
    """A name as a query takes it: what is not one word is a phrase."""
    plain = re.fullmatch(r"[^\W_]+", name) and name not in ("AND", "OR", "NOT")
    return name if plain else f'"{name}"'


def _all(parts: list[list[str]]) -> str:
    several = len(parts) > 1
    groups = [f"({' OR '.join(g)})" if several and len(g) > 1 else " OR ".join(g) for g in parts]
    return " AND ".join(groups)


def _language(text: str) -> str:
    code = language.identify(text)
    return code if code in LANGUAGES else "en"


def asked(topic: Topic) -> dict[str, list[Terms]]:
    """Return what a topic's queries ask of news searches, by language.

    What a search cannot be asked (fields, days, what is left out) is left to the look at the text.

    Parameters
    ----------
    topic : Topic
    """
    found: dict[str, list[Terms]] = {}
    for query in topic.queries:
        try:
            tree = parse(query)
        except UserError:  # of a library that an older version wrote
            continue
        terms = _terms(tree)
        if terms and sum(map(len, terms)) <= WORDS:
            text = " ".join(word for group in terms for word in group)
            found.setdefault(_stated(tree) or _language(text), []).append(terms)
    return {code: joined(queries) for code, queries in found.items()}


def _stated(node: Node) -> str:
    """The language that a query names itself: lang:ja."""
    parts = node.parts if isinstance(node, And) else (node,)
    fields = (part for part in parts if isinstance(part, Field) and part.name == "lang")
    return next((part.value.lower()[:2] for part in fields), "")


def _terms(node: Node) -> Terms:
    match node:
        case FreeWords(text):
            return tuple((word,) for word in text.replace(",", " ").split())
        case Phrase(text):
            return ((text,),)
        case Title(part):
            return _terms(part)
        case And(parts):
            return tuple(group for part in parts for group in _terms(part))
        case Or(parts):
            return _either(map(_terms, parts))
        case _:
            return ()


def _either(alternatives: Iterable[Terms]) -> Terms:
    """One group of all; of an alternative that wants several things the first stands for it, so that the
    search finds more, and the look at the text decides."""
    held = list(alternatives)
    if not all(held):
        return ()  # one of them cannot be asked, so any text may match
    return (tuple(dict.fromkeys(word for terms in held for word in terms[0])),)
