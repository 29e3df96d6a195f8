"""Texts as tokens: bigrams for Chinese, Japanese and Korean runs, whole words and numbers for the rest.

Texts are folded first (`text.fold`), so simplified and traditional Chinese give the same tokens.
Bigrams need no dictionary and lose no word (Nie et al. 2000, "On the use of words and n-grams for
Chinese information retrieval"); English words are stemmed (Porter 2001, Snowball).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, takewhile
from operator import add

from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

from mine2magnet.core.text import fold

VERSION = "1"  # raised when the same text would give other tokens
SHORT = 3  # characters of a Latin name that counts only as it is written: Nd, US, MP (`thesaurus`)
LONGEST = 64  # characters of a token; longer ones are noise such as encoded data
PARAGRAPH = "\x1f"  # a token between paragraphs, so that no phrase runs across them

# 々〇, kana without the dots that part words, Han with its extensions, Hangul
CJK = (
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(
    rf"(?P<run>[{CJK}]+)"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)+)"
    rf"|(?P<word>[^\W_{CJK}]+)(?:['’]s\b)?"
)
_LATIN = re.compile("[A-Za-z0-9]+")
_CJK = re.compile(f"[{CJK}]")
_RUN = re.compile(f"[{CJK}]+")
_ACCENTED = re.compile(rf"[^\W_{CJK}\x00-\x7f]")
_JOINED = re.compile("[a-z0-9.,'’]")  # what may stand within a token
_FIGURE = re.compile(r"(\d{4,15})((?:\.\d+)*)")
_stemmer = TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer("english")).build()


def spans(folded: str, start: int = 0) -> Iterator[tuple[str, int, int]]:
    """Give (token, start, end) in a folded text, left to right.

    Parameters
    ----------
    folded : str
    start : int
        Where to begin.

    Examples
    --------
    >>> list(spans("稀土库存 rare earths"))
    [('稀土', 0, 2), ('土库', 1, 3), ('库存', 2, 4), ('rare', 5, 9), ('earth', 10, 16)]
    """
    for match in _TOKEN.finditer(folded, start):
        start, end = match.span(match.lastgroup or 0)
        piece = match[match.lastgroup or 0]
        if match.lastgroup == "word":
            yield stem(piece), start, end
        elif match.lastgroup == "number":
            yield piece.replace(",", "")[:LONGEST], start, end
        elif end - start == 1:
            yield piece, start, end
        else:
            for i in range(end - start - 1):
                yield piece[i : i + 2], start + i, start + i + 2


def places(folded: str, wanted: Sequence[str], begun: bool = False) -> Iterator[tuple[int, int]]:
    """Give (start, end) of where tokens stand in a row in a folded text, left to right.

    As `spans` has them, but tokens are made only where the first one may begin.

    Parameters
    ----------
    folded : str
    wanted : sequence of str
    begun : bool
        Whether the last one need only begin so.

    Examples
    --------
    >>> list(places("inventories fell; an inventory", ["inventori"]))
    [(0, 11), (21, 30)]
    """
    run = "" if begun else _run(tuple(wanted))
    for at, end in _firsts(folded, wanted[0]):
        if len(wanted) == 1:
            yield at, end
            continue
        if run and folded.startswith(run, at):
            yield at, at + len(run)
            continue
        row = list(islice(spans(folded, at), len(wanted)))
        found = [token for token, _, _ in row]
        if found == list(wanted):
            yield at, row[-1][2]
        elif begun and found[:-1] == [*wanted[:-1]] and found[-1].startswith(wanted[-1]):
            yield at, row[-1][1] + len(wanted[-1])


@lru_cache(maxsize=256)
def _firsts(folded: str, first: str) -> list[tuple[int, int]]:
    """(start, end) of a token in a folded text: the names of a concept often begin alike."""
    if not _CJK.match(first) and _accented(folded):
        return [(start, end) for token, start, end in _whole(folded) if token == first]
    if len(first) > 1 and _RUN.fullmatch(first):
        return [(at, at + len(first)) for at in _found(first, folded)]
    starts = (at for hint in hints(first) for at in _found(hint, folded) if not _amid(folded, at, first))
    return [
        (start, end) for at in starts for token, start, end in islice(spans(folded, at), 1) if token == first
    ]


@lru_cache(maxsize=16)
def _whole(folded: str) -> list[tuple[str, int, int]]:
    return list(spans(folded))


@lru_cache(maxsize=1 << 12)
def _run(wanted: tuple[str, ...]) -> str:
    """The characters in a row that give bigrams, "" if these are not of one run."""
    whole = wanted[0] + "".join(token[1:] for token in wanted[1:])
    return (
        whole
        if len(whole) > 1 and [*map(add, whole, whole[1:])] == [*wanted] and _RUN.fullmatch(whole)
        else ""
    )


def possible(folded: str, token: str) -> bool:
    """Return whether a token may stand in a folded text; much quicker than to look where.

    Parameters
    ----------
    folded, token : str

    Examples
    --------
    >>> possible("inventories fell", "inventori"), possible("inventories fell", "stock")
    (True, False)
    """
    for hint in hints(token):
        if hint in folded:
            return True
    return not _CJK.match(token) and _accented(folded)


@lru_cache(maxsize=64)
def _accented(folded: str) -> bool:
    return not folded.isascii() and _ACCENTED.search(folded) is not None


@lru_cache(maxsize=1 << 12)
def hints(token: str) -> tuple[str, ...]:
    """Return how the stretches of a folded text begin that give a token; those with accents apart.

    Parameters
    ----------
    token : str

    Examples
    --------
    >>> hints("inventori"), hints("1200"), hints("库存")
    (('inventor',), ('1200', '1,200'), ('库存',))
    """
    if figure := _FIGURE.fullmatch(token):
        return token, f"{int(figure[1]):,}{figure[2]}"
    if token.isascii() and token.isalpha() and len(token) > 2:
        return (token[:-1],)  # a stem may end on another letter
    return (token,)


def _found(part: str, text: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _amid(folded: str, at: int, token: str) -> bool:
    """Return whether no token begins at a place where one like `token` might."""
    if not token.isascii():  # in a run one begins at each character but the last
        return len(token) == 1 and at > 0 and _CJK.match(folded, at - 1) is not None
    first = at
    while first and at - first < LONGEST and _JOINED.match(folded, first - 1):
        first -= 1
    return first != at and all(
        start != at for _, start, _ in takewhile(lambda span: span[1] <= at, spans(folded, first))
    )


def tokens(text: str) -> list[str]:
    """Return the tokens of a text as it comes.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> tokens("釹鐵硼 1,200 t in China’s stocks")
    ['钕铁', '铁硼', '1200', 't', 'in', 'china', 'stock']
    """
    return of_folded(fold(text))


def of_folded(folded: str) -> list[str]:
    """Return the tokens of `spans`, faster.

    Parameters
    ----------
    folded : str
    """
    found: list[str] = []
    for match in _TOKEN.finditer(folded):
        kind = match.lastgroup
        if kind == "run":
            run = match[0]
            found += map(add, run, run[1:]) if len(run) > 1 else run
        elif kind == "word":
            found.append(stem(match["word"]))
        else:
            found.append(match[0].replace(",", "")[:LONGEST])
    return found


def marks(text: str, folded: str) -> set[str]:
    """Return what bigrams and folding hide: each Han character, and short Latin names as written.

    Parameters
    ----------
    text, folded : str

    Examples
    --------
    >>> sorted(marks("氧化鏑 from the US", "氧化镝 from the us"))
    ['US', '化', '氧', '镝']
    """
    names = {name for name in _LATIN.findall(text) if len(name) <= SHORT and name != name.lower()}
    return names | {c for c in set(folded) if "\u3400" <= c <= "\u9fff"}


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return the stem of an English word; other words without their accents.

    Parameters
    ----------
    word : str
    """
    if not word.isascii():
        decomposed = unicodedata.normalize("NFD", word)
        word = "".join(c for c in decomposed if not unicodedata.combining(c)) or word
    stemmed: list[str] = _stemmer.analyze(word[:LONGEST]) if word.isalpha() else [word[:LONGEST]]
    return stemmed[0] if stemmed else word[:LONGEST]
