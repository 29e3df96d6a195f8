"""What a question asks for, and whether a passage supplies it: such a figure or name, of that subject.

A passage may be near to a question in meaning and not answer it. It is held to what the question names and to
the kind of answer that its words call for; a question that calls for none is answered by what is near.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mine2magnet.claims.cues import cues
from mine2magnet.claims.quantities import quantities
from mine2magnet.claims.units import factor
from mine2magnet.core.errors import UserError
from mine2magnet.core.thesaurus import Mention, Thesaurus
from mine2magnet.digests import names
from mine2magnet.search.fusion import language as script

WHOSE = ("country", "place", "company", "organisation")  # kinds that something may be said of
_SUBJECTS = (*WHOSE, "person", "material", "product")
_SOMEBODY = ("person", "company", "organisation", "country")
# What the field's texts are about anyway, and name by any of these.
_WIDE = frozenset(
    ["world", "rest_of_world", "the_west", "rare_earths", "permanent_magnet", "rare_earth_magnet", "ndfeb"]
)
# What a text may name either by: one country's exports are another's imports.
_ALIKE = (frozenset({"europe", "european_union"}), frozenset({"exports", "imports"}))

_HOW_LONG = re.compile(
    r"how long|how soon|how many (?:days|weeks|months|years)|多久|多长时间|[几多][少]?个?(?:天|日|周|月|年)|"
    r"何(?:日|週間|[かカヶ]月|年)(?!に)|いつまで|どのくらい(?:の期間|もつ|持つ)|どれくらい(?:の期間|もつ|持つ)",
    re.IGNORECASE,
)
ARTICLE = 20_000  # characters of an article in which its subject is looked for
_MONEY = "money"
# Words that call for a figure, by its dimension as `claims.units.factor` names it.
_FIGURES = {
    kind: re.compile(words, re.IGNORECASE)
    for kind, words in {
        "[person]": r"how many (?:people|persons|workers|staff|employees|jobs|miners)\b"
        r"|[多几][少]?(?:个|名)?(?:人|员工|工人)|何[人名]",
        "[mass]": r"how many (?:\w+ )?(?:tonnes|tons|kilograms|kilos|grams|pounds)\b"
        r"|[多几]少?万?(?:吨|公斤|千克|克)|何万?(?:トン|キログラム|キロ|グラム)",
        _MONEY: r"\bhow much\b[^?]*\b(?:costs?|paid|pay|earn)\b"
        r"|\bwhat (?:does|do|did|will|would|might)\b[^?]*\bcost\b"
        r"|\bwhat\b[^?]*\b(?:price|salary|wages?|profit|revenue|turnover)\b"
        r"|\bhow (?:large|big|much) is the loan"
        r"|\b(?:dollars?|euros?|yuan|yen|pounds)\b[^?]*\?"
        r"|[多几何](?:少)?(?:万|亿|億|千万)?(?:美元|欧元|日元|元|円|ドル|ユーロ)"
        r"|多少(?:美元|欧元|日元|元|钱)|(?:价格|價格|利润|营收|工资)(?:是|为|有)?多少|いくら|何(?:ドル|円|ユーロ|元)",
        "[time]": _HOW_LONG.pattern,
        "%": r"\bwhat (?:share|percentage|proportion)|百分之几|[多几][少大]?的?比[例重]|占比(?:是|为)?多少"
        r"|何(?:％|%|パーセント|割)",
        "[temperature]": r"\bhow hot\b|\bwhat temperature|多少(?:摄氏)?度|何度",
    }.items()
}
_TELLING = ("%", "[time]")  # figures that tell by themselves what they measure
_OF_WHAT = re.compile(
    r"\bhow (?:much|many) (?!of\b|does\b|do\b|did\b|is\b|are\b|was\b|were\b|more\b|less\b)([a-z]{3,})"
)
_AND = re.compile(
    r"\s*(?:,\s*(?:and|or)?|and|or|&|/|、|，|和|与|與|及|以及|或|と|や|および|または)\s*", re.IGNORECASE
)
_WHO = re.compile(r"\b(?:who|whom|whose)\b|[谁誰]|だれ", re.IGNORECASE)
_OFFICE = re.compile(
    r"\b(?:chief executive|ceo|chair(?:s|ed|man|woman|person)?|president|founders?|founded)\b"
    r"|\b(?:director|minister)\b"
    r"|\bhead of\b|\bwho (?:heads|leads)\b|创始人|創辦人|创办|董事长|董事長|总裁|總裁|总经理|首席执行官"
    r"|会長|社長|創業者|代表取締役|最高経営責任者",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Requirements:
    """`subjects` and `measures` are thesaurus ids. An answer has a figure of one of the dimensions in
    `figures`, is about `thing` (an English word), names somebody if `who`, and a person if `office`. Of
    subjects told in a row (Germany and Japan), each set of `rows` has those of which one will do."""

    subjects: frozenset[str]
    rows: tuple[frozenset[str], ...]
    measures: frozenset[str]
    figures: frozenset[str]
    thing: str
    who: bool
    office: bool


def read(text: str, thesaurus: Thesaurus) -> Requirements:
    """
    >>> from mine2magnet.core import thesaurus
    >>> asked = read("How many people does Lynas employ?", thesaurus.load())
    >>> sorted(asked.subjects), sorted(asked.figures)
    (['lynas'], ['[person]'])
    """
    said = cues(text, thesaurus, script(text))
    figures = frozenset(kind for kind, words in _FIGURES.items() if words.search(text))
    known = thesaurus.find(text)
    thing = None if figures else _OF_WHAT.search(text.lower())
    if thing and any(m.start <= thing.start(1) < m.end for m in known):
        thing = None  # it may be named in other words
    return Requirements(
        subjects=frozenset(c.id for c in said if c.kind in _SUBJECTS) - _WIDE,
        rows=tuple(_rows(text, known)),
        measures=frozenset(m.concept.id for m in known if m.concept.kind == "measure"),
        figures=figures,
        thing=thing[1] if thing else "",
        who=bool(_WHO.search(text)),
        office=bool(_OFFICE.search(text)),
    )


def figure_words(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of the words of a question that call for a figure: how many tonnes, 多少万吨.

    Parameters
    ----------
    text : str
    """
    return [m.span() for words in _FIGURES.values() for m in words.finditer(text) if m.end() - m.start() < 24]


def _rows(text: str, known: Sequence[Mention]) -> Iterator[frozenset[str]]:
    """Subjects of one kind with nothing between them but commas and an and."""
    row: list[Mention] = []
    for mention in sorted((m for m in known if m.concept.kind in _SUBJECTS), key=lambda m: m.start):
        joined = row and row[-1].concept.kind == mention.concept.kind
        if not (joined and _AND.fullmatch(text[row[-1].end : mention.start])):
            if len(row) > 1:
                yield frozenset(m.concept.id for m in row)
            row = []
        row.append(mention)
    if len(row) > 1:
        yield frozenset(m.concept.id for m in row)


def answers(asked: Requirements, passage: str, beside: str, article: str, thesaurus: Thesaurus) -> bool:
    """Return whether a passage has what is asked for. `beside` is what may name its subject: the title, the
    paragraph before; companies and places are set once for an article, and may stand anywhere in it."""
    there = cues(passage, thesaurus, script(passage))
    named = {c.id for c in (*there, *cues(beside, thesaurus, script(beside)))}

    def is_named(id: str) -> bool:
        return any(_covers(id, other, thesaurus) for other in named)

    spared = {id for row in asked.rows if any(map(is_named, row)) for id in row}
    missing = [id for id in asked.subjects - spared if not is_named(id)]
    if any(thesaurus[id].kind not in WHOSE for id in missing):
        return False
    if missing:
        set_once = {mention.concept.id for mention in thesaurus.find(article[:ARTICLE])}
        if not all(any(_covers(id, other, thesaurus) for other in set_once) for id in missing):
            return False
    if asked.figures and not any(dimension(f.quantity.unit) in asked.figures for f in quantities(passage)):
        return False
    if asked.measures and not asked.figures & set(_TELLING) and not any(map(is_named, asked.measures)):
        return False
    if asked.thing and script(passage) == "en" and asked.thing.removesuffix("s") not in passage.lower():
        return False
    if asked.office:
        return any(c.kind == "person" for c in there) or _OFFICE.search(passage) is not None
    others = any(c.kind in _SOMEBODY and c.id not in asked.subjects for c in there)
    return not asked.who or others or bool(names.unknown(passage, []))


def _covers(wanted: str, there: str, thesaurus: Thesaurus) -> bool:
    """Return whether what is named there is what is wanted, or narrower, or what it is a form of."""
    if there == wanted or {wanted, there} in _ALIKE:
        return True
    if there not in thesaurus or wanted not in thesaurus:
        return False
    wider = thesaurus[wanted].kind in ("measure", "material") and there in thesaurus[wanted].broader
    return thesaurus.is_a(there, wanted) or (
        wider and thesaurus.label(there, "en") in thesaurus.label(wanted, "en")
    )


def dimension(unit: str) -> str:
    if unit == "%":
        return unit
    above = unit.partition("/")[0]
    if re.fullmatch("[A-Z]{3}", above):
        return _MONEY
    try:
        return factor(above)[0]  # of kg/MW, the mass
    except UserError:
        return factor(unit)[0]
