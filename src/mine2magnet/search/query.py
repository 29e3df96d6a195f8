"""What may be typed into the search box, and the tree it means.

    stock levels in Europe              words: documents with most of them, best first
    "export licence" 欧洲               a quoted phrase is required as it stands
    稀土 AND (库存 OR inventory)        AND, OR, NOT, -word and brackets mean what they say
    title:磁体 lang:zh since:2025-04    fields narrow: title source lang category tag since until

Full-width quotes, brackets, colons and spaces count as their narrow forms. `parse` refuses what it cannot
understand, as what is saved to be asked again must; `read` takes all of that for free words.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from mine2magnet.core.errors import UserError
from mine2magnet.core.schema import LONGEST_QUERY
from mine2magnet.model import QueryFault

FIELDS = ("title", "source", "lang", "category", "tag", "since", "until")
DEEPEST = 20  # brackets within brackets


@dataclass(frozen=True, slots=True)
class FreeWords:
    """Free words. `every`: all of them are required, not just most."""

    text: str
    every: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand together in this order."""

    text: str


@dataclass(frozen=True, slots=True)
class Title:
    """Words or a phrase of the title."""

    part: FreeWords | Phrase


@dataclass(frozen=True, slots=True)
class Field:
    """A field (source, lang, category or tag) that has this value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Days:
    """Published from `first` to `last`, both inclusive, as years × 10,000 + months × 100 + days."""

    first: int = 0
    last: int = 99999999


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts; without parts, everything."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


Node: TypeAlias = FreeWords | Phrase | Title | Field | Days | Not | And | Or

_PIECE = re.compile(
    r"""\s*(?:
    (?P<open>[(\uff08])
  | (?P<close>[)\uff09])
  | (?P<minus>[-\u2212\uff0d](?=[^\s\d\-\u2212\uff0d]))
  | (?P<field>[A-Za-z_]+)[:\uff1a](?!//)(?=\S)
  | (?P<quote>["“”„‟\uff02「『«])
  | (?P<operator>AND|OR|NOT)(?=[\s()\uff08\uff09"“「『]|$)
  | (?P<word>[^\s()\uff08\uff09"“”„‟\uff02「」『』«»]+)
  | (?P<stray>.)
    )""",
    re.VERBOSE,
)
_CLOSING = {"「": "」", "『": "』", "«": "»"}  # other quotes close with any quote
_QUOTES = '"“”„‟\uff02'
_ENDS = " \t\r\n\u3000()\uff08\uff09"
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")


class BadQuery(UserError):
    """A query whose signs cannot be understood; `fault` says which kind of them."""

    def __init__(self, fault: QueryFault, what: str, hint: str, where: str = "query") -> None:
        super().__init__(what, where=where, hint=hint)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class QueryReading:
    """What a query is taken for. `strict`: its parts that every document must satisfy though free words might
    have been meant, as they are written; `fault`: what of its signs could not be understood, so that all of
    it is free words, "" if nothing."""

    tree: Node
    strict: tuple[str, ...] = ()
    fault: QueryFault = ""


def read(query: str, loose: bool = False) -> QueryReading:
    """Return what a query is taken for: whatever a person pastes is searched.

    Parameters
    ----------
    query : str
    loose : bool
        Whether phrases, operators and excluded words are free words as well; fields narrow all the same.

    Raises
    ------
    BadQuery
        For one that is too long.

    Examples
    --------
    >>> read("Bloomberg\uff1a镝价上涨")
    QueryReading(tree=FreeWords(text='Bloomberg\uff1a镝价上涨', every=False), strict=(), fault='field')
    >>> read('"tit-for-tat" licences').strict
    ('"tit-for-tat"',)
    """
    try:
        tree = parse(query)
    except BadQuery as error:
        if error.fault == "length":
            raise
        return QueryReading(FreeWords(query), fault=error.fault)
    plain = loosened(tree)
    if loose:
        return QueryReading(plain)
    return QueryReading(tree, () if plain == tree else _written(tree))


def parse(query: str) -> Node:
    """Return the tree of a query.

    Parameters
    ----------
    query : str

    Raises
    ------
    BadQuery
        With one line that names what is wrong.

    Examples
    --------
    >>> parse("稀土 库存")
    FreeWords(text='稀土 库存', every=False)
    >>> parse('"export licence" -Japan')
    And(parts=(Phrase(text='export licence'), Not(part=FreeWords(text='Japan', every=True))))
    """
    if len(query) > LONGEST_QUERY:
        raise BadQuery("length", f"the query has {len(query):,} characters", f"use at most {LONGEST_QUERY:,}")
    parser = _Parser(query)
    tree = parser.alternatives(0)
    if parser.kind == "close":
        raise BadQuery(
            "bracket", "a bracket closes that was not opened", "add the opening one, or quote the text"
        )
    if tree != And(()) and not _finds(tree):
        raise BadQuery("operator", "NOT alone finds nothing", "say what to look for as well")
    return required(tree) if parser.strict else tree


class _Parser:
    """Recursive descent; `kind` and `value` are the piece ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.strict = False  # whether AND or OR was used
        self.kind = self.value = ""
        self._advance()

    def _advance(self) -> None:
        match = _PIECE.match(self._text, self._at)
        if match is None:  # nothing but space is left
            self.kind, self.value = "end", ""
            return
        self.kind = match.lastgroup or ""
        self.value = match[self.kind]
        self._at = match.end()

    def alternatives(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while self.kind == "operator" and self.value == "OR":
            self.strict = True
            if parts[-1] == And(()):
                raise BadQuery(
                    "operator", "nothing stands before OR", 'write OR between two words, or quote it: "OR"'
                )
            self._advance()
            parts.append(self._all(depth))
            if parts[-1] == And(()):
                raise BadQuery(
                    "operator", "nothing stands after OR", 'write OR between two words, or quote it: "OR"'
                )
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self, depth: int) -> Node:
        parts: list[Node] = []
        free: list[str] = []  # runs of free words: together they are one part
        adjacent = False  # whether the last piece was a free word
        while not (self.kind in ("end", "close") or (self.kind, self.value) == ("operator", "OR")):
            if (self.kind, self.value) == ("operator", "AND"):
                self._and(first=not (parts or free))
                adjacent = False
                continue
            part = self._one(depth)
            if isinstance(part, FreeWords):
                if adjacent:
                    free[-1] += f" {part.text}"
                else:
                    free.append(part.text)
            elif part is not None:
                parts.append(part)
            adjacent = isinstance(part, FreeWords)
        if free:
            parts.insert(0, FreeWords(", ".join(free)))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _and(self, first: bool) -> None:
        hint = 'write AND between two words, or quote it: "AND"'
        if first:
            raise BadQuery("operator", "nothing stands before AND", hint)
        self.strict = True
        self._advance()
        if self.kind in ("end", "close") or (self.kind == "operator" and self.value != "NOT"):
            raise BadQuery("operator", "nothing stands after AND", hint)

    def _one(self, depth: int) -> Node | None:
        kind, value = self.kind, self.value
        if kind == "quote":
            return Phrase(self._quoted())
        self._advance()
        if kind == "word":
            return FreeWords(value)
        if kind == "field":
            return self._field(value)
        if kind in ("minus", "operator"):
            if self.kind in ("end", "close", "operator", "minus"):
                raise BadQuery(
                    "operator", "nothing stands after NOT", "write NOT before a word, a phrase or a bracket"
                )
            part = self._one(depth)
            return None if part is None else Not(required(part))
        if kind == "open":
            return self._bracket(depth + 1)
        return None  # a stray closing quote

    def _bracket(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise BadQuery("bracket", "too many brackets within brackets", f"use at most {DEEPEST}")
        inner = self.alternatives(depth)
        if self.kind != "close":
            raise BadQuery("bracket", "a bracket is not closed", "add the closing one, or quote the text")
        if inner == And(()):
            raise BadQuery("bracket", "there is nothing between the brackets", "fill them, or leave them out")
        self._advance()
        return inner

    def _quoted(self) -> str:
        closing = _CLOSING.get(self.value, _QUOTES)
        start = self._at
        end = next((i for i in range(start, len(self._text)) if self._text[i] in closing), None)
        if end is None:
            raise BadQuery(
                "quote", "a quotation mark is not closed", "add the closing one, or leave the first out"
            )
        text = self._text[start:end].strip()
        if not text:
            raise BadQuery(
                "quote", "there is nothing between the quotation marks", "fill them, or leave them out"
            )
        self._at = end + 1
        self._advance()
        return text

    def _field(self, name: str) -> Node:
        name = name.lower()
        if name not in FIELDS:
            raise BadQuery(
                "field",
                f"unknown field {name}:",
                f"fields are {' '.join(f + ':' for f in FIELDS)}; quote text that holds a colon",
            )
        part: FreeWords | Phrase
        if self.kind == "quote":
            part = Phrase(self._quoted())
        elif self.kind in ("word", "field", "operator"):
            part = FreeWords(self._unspaced(), every=True)
        else:
            raise BadQuery("field", f"nothing stands after {name}:", f"write {name}:value")
        if name == "title":
            return Title(part)
        if name in ("since", "until"):
            return _days(name, part.text)
        return Field(name, part.text)

    def _unspaced(self) -> str:
        """All up to the next space or bracket, even if it holds a colon."""
        start = self._at - len(self.value) - (self.kind == "field")
        self._at = next((i for i in range(start, len(self._text)) if self._text[i] in _ENDS), len(self._text))
        text = self._text[start : self._at]
        self._advance()
        return text


def required(node: Node) -> Node:
    """Return the tree with every free word required, as after AND and OR, and as a topic takes it.

    Parameters
    ----------
    node : Node
    """
    if isinstance(node, FreeWords):
        return FreeWords(node.text, every=True)
    if isinstance(node, Not):
        return Not(required(node.part))
    if isinstance(node, And | Or):
        return type(node)(tuple(required(part) for part in node.parts))
    return node


def loosened(node: Node) -> Node:
    """Return the tree with all of its words free, those excluded among them; fields narrow all the same.

    Parameters
    ----------
    node : Node
    """
    parts = node.parts if isinstance(node, And) else (node,)
    fields = [part for part in parts if isinstance(part, Field | Days)]
    free = ", ".join(words for part in parts if (words := " ".join(_words(part))))
    loose = (FreeWords(free), *fields) if free else tuple(fields)
    return loose[0] if len(loose) == 1 else And(loose)


def _words(node: Node) -> list[str]:
    """All words and phrases of a tree, in their order."""
    match node:
        case FreeWords(text) | Phrase(text) | Title(FreeWords(text) | Phrase(text)):
            return [text]
        case Not(part):
            return _words(part)
        case And(parts) | Or(parts):
            return [word for part in parts for word in _words(part)]
    return []


def _written(node: Node) -> tuple[str, ...]:
    """Return what every document must satisfy, as it would be typed."""
    match node:
        case FreeWords(text, every):
            return (text,) if every else ()
        case Phrase(text):
            return (f'"{text}"',)
        case Title(part):
            return (f"title:{_one(part)}",)
        case Field(name, value):
            return (f"{name}:{value}",)
        case Days(first, last):
            return (f"since:{_day(first)}",) if first else (f"until:{_day(last)}",)
        case Not(part):
            return (f"-{_one(part)}",)
        case Or():
            return (_one(node),)
        case And(parts):
            return tuple(one for part in parts for one in _written(part))


def _one(node: Node) -> str:
    """A tree as one piece of a query."""
    if isinstance(node, Or):
        return f"({' OR '.join(map(_one, node.parts))})"
    pieces = _written(node)
    return pieces[0] if len(pieces) == 1 else f"({' AND '.join(pieces)})"


def _day(number: int) -> str:
    return f"{number // 10000:04}-{number // 100 % 100:02}-{number % 100:02}"


def parted(node: Node) -> tuple[FreeWords | None, Node]:
    """Return the free words of which most will do, and what is required beside them.

    Parameters
    ----------
    node : Node
    """
    parts = node.parts if isinstance(node, And) else (node,)
    free = next((part for part in parts if isinstance(part, FreeWords) and not part.every), None)
    return free, And(tuple(part for part in parts if part is not free))


def fields_only(node: Node) -> bool:
    """Return whether a tree only narrows by fields and days.

    Parameters
    ----------
    node : Node
    """
    parts = node.parts if isinstance(node, And | Or) else (node,)
    return all(
        isinstance(part, Field | Days) or (isinstance(part, And | Or) and fields_only(part)) for part in parts
    )


def _finds(node: Node) -> bool:
    """Return whether the tree says what to look for, not only what to leave out."""
    if isinstance(node, And):
        return any(map(_finds, node.parts))
    if isinstance(node, Or):
        return all(map(_finds, node.parts))
    return not isinstance(node, Not)


def _days(name: str, value: str) -> Days:
    match = _DATE.fullmatch(value)
    try:
        if match is None:
            raise ValueError
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        first = date(year, month or 1, day or 1)
        last = date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    except ValueError:
        hint = f"write {name}:2025, {name}:2025-04 or {name}:2025-04-09"
        raise BadQuery("date", f"not a date: {value!r}", hint, where=name) from None
    return Days(first=_number(first)) if name == "since" else Days(last=_number(last))


def _number(day: date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


def free_text(node: Node) -> str:
    """Return the words and phrases that a query asks for, without what it excludes and its fields.

    Parameters
    ----------
    node : Node
    """
    if isinstance(node, FreeWords | Phrase):
        return node.text
    if isinstance(node, Title):
        return node.part.text
    if isinstance(node, And | Or):
        return " ".join(filter(None, map(free_text, node.parts)))
    return ""


def positives(node: Node) -> Sequence[FreeWords | Phrase | Title]:
    """Return the leaves that a query asks for: what is scored and highlighted.

    Parameters
    ----------
    node : Node
    """
    if isinstance(node, FreeWords | Phrase | Title):
        return (node,)
    if isinstance(node, And | Or):
        return [leaf for part in node.parts for leaf in positives(part)]
    return ()
