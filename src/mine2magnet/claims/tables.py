"""Tables in text: which unit, column and row a bare number in a cell has.

A table is a run of paragraphs, or of lines in one, whose cells are parted by " | " or a tab. Its unit stands
in the head of a column, in a column of units, or in a caption before it: "(t)", 単位：百万円.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from mine2magnet.claims import rates, units
from mine2magnet.claims.drafts import Draft

_BACK = 2  # paragraphs before a table in which its caption may stand
_PART = re.compile(r"\s*\|\s*|\t+")
_DIGIT = re.compile(r"[0-9]")
_NAMED = re.compile(
    r"(?P<column>[^、。,，;；:\s]{2,8})は(?P<unit>[^、。,，;；]{1,16}?)(?:\([A-Z]{2,4}\))?(?=[、。,，;；]|$)"
)
_YEARLY = re.compile(
    r"年産|年产|年產|生産能力|产能|產能|年間能力|\bcapacity\b|\bper year\b|\ba year\b", re.IGNORECASE
)
_STANDS = re.compile(
    r"\b(?:up|down)\s(?:by\s)?$|\b(?:at|against|from|to|was|is|of|reached|hit|around|about|near|between|and)\s(?:about\s|around\s)?$"
)
_HEADING = 90  # characters that a heading does not exceed
_SENTENCE = re.compile(r"[.。!！?？;；]\s*$")
_ASKED = re.compile(  # what does a kilo cost you?
    r"\b(?:a|per|the|one)\s(?P<a>kilo|kilogram|kg|tonne|ton|pound)\b[^.]{0,30}\b(?:cost|price|pay|fetch)|"
    r"\b(?:cost|price|pay|fetch)\w*\b[^.]{0,30}\b(?:a|per)\s(?P<b>kilo|kilogram|kg|tonne|ton|pound)\b",
    re.IGNORECASE,
)
_SCALES = {
    "'000": 1e3, "’000": 1e3, "thousand": 1e3, "thousands": 1e3, "千": 1e3, "万": 1e4, "萬": 1e4, "百万": 1e6,
    "m": 1e6, "mn": 1e6, "million": 1e6, "millions": 1e6, "亿": 1e8, "億": 1e8, "十億": 1e9, "十亿": 1e9,
    "bn": 1e9, "billion": 1e9,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """What a bare number is told in: `factor` times `unit`."""

    unit: str
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell at characters [start, end) of a paragraph, with the heads of its column and row and its caption.

    `unit` is what a bare number in it is told in, None where nothing tells.
    """

    start: int
    end: int
    column: str
    row: str
    caption: str
    unit: Unit | None


def cells(paragraphs: Sequence[str]) -> list[list[Cell]]:
    """Return the cells of the tables in a document's paragraphs, for each paragraph in order; heads are none.

    Parameters
    ----------
    paragraphs : sequence of str
        As `numerals.narrow` gives them.

    Examples
    --------
    >>> found = cells(["Exports (t)", "Country | 2023 | 2024", "Japan | 1,204 | 1,377"])
    >>> [(c.row, c.column, c.unit.unit) for c in found[2]]
    [('Japan', '2023', 't'), ('Japan', '2024', 't')]
    """
    found: list[list[Cell]] = [[] for _ in paragraphs]
    for first, last in _runs(paragraphs):
        lines = list(_lines(paragraphs, first, last))
        caption = [p for p in paragraphs[max(0, first - _BACK) : first] if not _is_row(p)]
        for number, cell in _table(lines, caption):
            found[number].append(cell)
    return found


def _is_row(paragraph: str) -> bool:
    return " | " in paragraph or "\t" in paragraph


def _runs(paragraphs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The paragraphs [first, last) of each table."""
    first = -1
    for i, paragraph in enumerate((*paragraphs, "")):
        if _is_row(paragraph):
            first = i if first < 0 else first
        elif first >= 0:
            yield first, i
            first = -1


Line = tuple[int, list[tuple[int, int, str]]]  # its paragraph, and each cell: start, end, text


def _lines(paragraphs: Sequence[str], first: int, last: int) -> Iterator[Line]:
    for number in range(first, last):
        at = 0
        for line in paragraphs[number].split("\n"):
            if parts := _parts(line, at):
                yield number, parts
            at += len(line) + 1


def _parts(line: str, at: int) -> list[tuple[int, int, str]]:
    found, start = [], 0
    for m in _PART.finditer(line):
        found.append((at + start, at + m.start(), line[start : m.start()].strip()))
        start = m.end()
    found.append((at + start, at + len(line), line[start:].strip()))
    return found if len(found) > 1 else []


def _table(lines: list[Line], caption: Sequence[str]) -> Iterator[tuple[int, Cell]]:
    told = next((u for text in reversed(caption) if (u := captioned(text))), None)
    if told and told.unit in rates.MASSES and (m := _for_each().search(caption[-1])):
        told = replace(told, unit=f"{told.unit}/{units.named(m['ja'] or m['en'] or m['zh']).unit}")
    named = _columns_named(caption)
    about = caption[-1] if caption else ""
    heads: list[str] = []
    first = ""
    for number, parts in lines:
        if _is_head(parts):
            heads, first = [text for _, _, text in parts], parts[0][2]
            continue
        own = next(
            (
                u
                for _, _, text in parts
                if not _DIGIT.search(text.replace("'000", "")) and (u := _headed(text))
            ),
            None,
        )
        row = parts[0][2]
        for i, (start, end, text) in enumerate(parts):
            if i == 0 or not _DIGIT.search(text.replace("'000", "")):
                continue
            column = heads[i] if i < len(heads) else ""
            unit = (
                own
                or _headed(column)
                or _of_column(column, named)
                or _headed(first)
                or told
                or _changed(column, heads)
            )
            heads_of = f"{first} {column} {about}" if unit is told else f"{first} {column}"
            yield number, Cell(start, end, column, row, about, _yearly(unit, heads_of))


@cache
def _for_each() -> re.Pattern[str]:
    """What a caption says that all is per: 設備容量1ギガワット当たり, per megawatt."""
    power = "|".join(re.escape(name) for name, unit in units.names().items() if unit.unit in rates.POWERS)
    return re.compile(rf"1?(?P<ja>{power})(?:当たり|当り|あたり)|\bper\s(?P<en>{power})\b|每(?P<zh>{power})")


def _is_head(parts: list[tuple[int, int, str]]) -> bool:
    """Whether a line only names columns: years, dates and words, no figures."""
    return all(
        not _DIGIT.search(text)
        or _DATE.fullmatch(text)
        or (_LABEL.search(text) and not _NUMBER_FIRST.match(text))
        for _, _, text in parts[1:]
    )


def _changed(column: str, heads: Sequence[str]) -> Unit | None:
    """The unit of a column of changes: that of the levels beside it."""
    return next((u for head in heads if (u := _headed(head))), None) if _CHANGE_HEAD.search(column) else None


_CHANGE_HEAD = re.compile(r"change|\bdiff|\+/-|±|w/w|涨跌|漲跌|増減|前週比|前日比", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"\W?[0-9][0-9,.]*\s?(?:[(（]|$)")
_DATE = re.compile(
    r"(?:(?:FY|H[12]|Q[1-4]|[12]H|End|end|Mid|mid)[ /-]?(?:19|20)?[0-9]{2}|(?:19|20)[0-9]{2}|"
    r"[0-9]{2}(?=年))(?:[/-][0-9]{2,4})?"
    r"(?:年度?|E|e|F|f|A)?(?:[0-9]{1,2}月(?:[0-9]{1,2}日|期)?)?|"
    r"(?:[0-9]{1,2}\s)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|"
    r"Dec)[a-z]*\.?(?:\s[0-9]{1,2})?(?:,?\s(?:19|20)?[0-9]{2})?|"
    r"[0-9]{1,2}月(?:[0-9]{1,2}日)?|(?:Q[1-4]|H[12]|[12]H)\s?(?:FY)?(?:19|20)?[0-9]{0,2}"
)
_LABEL = re.compile(
    r"(?:19|20)[0-9]{2}年|[0-9]{1,2}[~-][0-9]{1,2}月|[年月季期Q](?:度)?[^\W\d]{2,}|^[A-Za-z][^|]*\b(?:19|20)[0-9]{2}\b|[0-9]{4}\s[A-Za-z]{3,}|第[0-9]"
)


def _columns_named(caption: Sequence[str]) -> dict[str, Unit]:
    """数量はトン、単価は1キロ当たり円: units of columns, told in words before the table."""
    return {m["column"]: unit for text in caption for m in _NAMED.finditer(text) if (unit := read(m["unit"]))}


def _of_column(column: str, named: dict[str, Unit]) -> Unit | None:
    return next(
        (unit for name, unit in named.items() if column and (name.endswith(column) or column in name)), None
    )


def _headed(column: str) -> Unit | None:
    """The unit in a column's head: Price (USD/kg), Share, %."""
    for m in (
        *re.finditer(r"[(（]([^()（）]{1,30})[)）]", column),
        *re.finditer(r"[,，]\s?([^,，]{1,24})$", column),
    ):
        if unit := read(m[1]):
            return unit
    unit = read(column)
    return unit if unit and unit.unit != "count" else None  # 項目 heads a column of words


def _yearly(unit: Unit | None, heads: str) -> Unit | None:
    if unit is not None and unit.unit in rates.MASSES and _YEARLY.search(heads):
        return replace(unit, unit=unit.unit + "/year")
    return unit


def captioned(text: str) -> Unit | None:
    """Return the unit that a caption or heading tells: in brackets, behind 単位 or "in", or at its end.

    Parameters
    ----------
    text : str
        Narrowed.

    Examples
    --------
    >>> captioned("Spot, cif Rotterdam, $/kg"), captioned("1.連結業績予想(単位:百万円)")
    (Unit(unit='USD/kg', factor=1.0), Unit(unit='JPY', factor=1000000.0))
    """
    text = text[-400:]
    for m in re.finditer(
        r"(?:単位|单位|單位)\s?[:：はは为為]\s?([^。，,、;；)）\s]{1,24})|\bunits?\s?(?:[:：]|"
        r"in)\s?([^.,;)]{1,24})",
        text,
    ):
        if unit := read(m[1] or m[2]):
            return unit
    for m in re.finditer(r"[(（\[]([^()（）\[\]]{1,80})[)）\]]", text):
        for piece in re.split("[、,，;；]", m[1]):
            if unit := read(_UNLESS.sub("", piece)):
                return unit
    tail = re.search(r"(?:[,，]|\bin|\s-)\s?([^,，()。]{1,28})\s*$", text)
    return read(tail[1]) if tail else None


_UNLESS = re.compile(
    r"^(?:data|figures|prices|amounts|all)\s(?:are\s)?in\s|(?:\sof\s(?!REO|TREO|"
    r"rare)[A-Za-z0-9 -]+)?(?:\sunless.*)?$",
    re.IGNORECASE,
)


@cache
def _written() -> re.Pattern[str]:
    scale = "|".join(map(re.escape, sorted(_SCALES, key=len, reverse=True)))
    return re.compile(
        rf"(?:1\s?(?P<first>{units.pattern()})(?:当たり|当り|あたり|"
        rf"につき)\s?)?(?P<sign>{units.sign_pattern()})?\s?"
        rf"(?P<scale>{scale})?\s?(?P<unit>{units.pattern()})?"
        rf"(?:\s?(?P<scale_behind>{scale})(?![A-Za-z]))?(?:{rates.PER}(?P<per>{units.pattern()}))?"
        r"(?:\s(?:of\s)?(?:REO|TREO|rare earth oxides?)(?P<reo>)(?:\sequivalent|\scontent)?)?"
    )


_AROUND = re.compile(  # what stands about a unit: in $/kg fob China, wt%
    r"^(?:in|as|単位|单位)\s?[:：]?\s?|^(?:wt|mass|vol|at)[ .-]?(?=%)|"
    r"\s?(?:equivalent|\b(?:CIF|FOB|EXW|DDP|ex[- ]works|delivered|in[- ]warehouse)\b.*)$",
    re.IGNORECASE,
)


@cache
def read(text: str) -> Unit | None:
    """Return the unit that a short text names and nothing else, None where it does not.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> read("Rmb '000/t"), read("1キロ当たり円"), read("tonnes of REO equivalent"), read("Country")
    (Unit(unit='CNY/t', factor=1000.0), Unit(unit='JPY/kg', factor=1.0), Unit(unit='t REO', factor=1.0), None)
    """
    text = _AROUND.sub("", text.strip())
    m = _written().fullmatch(text) if 0 < len(text) <= 40 else None
    if m is None or not (m["sign"] or m["unit"]):
        return None
    factor = _SCALES.get(m["scale"] or "", 1.0) * _SCALES.get(m["scale_behind"] or "", 1.0)
    name = units.named(m["unit"]) if m["unit"] else units.UnitName(units.signed_by(m["sign"]), 1.0)
    unit = "t REO" if m["reo"] is not None and name.unit == "t" else name.unit
    if m["sign"] and m["unit"] and name.unit not in units.currencies():
        return None
    per = m["per"] or m["first"]
    if per is None:
        return Unit(unit, factor * name.factor)
    below = units.named(per)
    return Unit(f"{unit}/{below.unit}", factor * name.factor / below.factor)


def filled(figures: Sequence[Draft], found: Sequence[Cell]) -> list[Draft]:
    """Return a paragraph's figures, bare numbers in cells in the unit that their table tells.

    Parameters
    ----------
    figures : sequence of Draft
        Left to right.
    found : sequence of Cell
        The paragraph's, left to right.
    """
    done, i = [], 0
    for figure in figures:
        while i < len(found) and found[i].end < figure.end:
            i += 1
        cell = found[i] if i < len(found) and found[i].start <= figure.start else None
        done.append(_told_in(figure, cell.unit) if cell and cell.unit and not figure.unit else figure)
    return done


def _told_in(figure: Draft, unit: Unit) -> Draft:
    return replace(
        figure, low=figure.low * unit.factor, high=figure.high * unit.factor, step=figure.step * unit.factor,
        unit=unit.unit, bare=True,
    )  # fmt: skip


def stated_unit(paragraph: str) -> Unit | None:
    """Return the price that a sentence says all are told in: 単位はドル/kg, "prices are in $/kg".

    Parameters
    ----------
    paragraph : str
        Narrowed.
    """
    for m in _STATED.finditer(paragraph):
        if (unit := read(m[1])) and "/" in unit.unit and unit.unit.partition("/")[0] in units.currencies():
            return unit
    return None


_STATED = re.compile(
    r"(?:(?:単位|单位|單位)\s?[:：はは为為]\s?|\bprices?\s(?:are\s|is\s|quoted\s|given\s|below\s|here\s){0,3}in\s)"
    r"([^。，,、;；)）\s]{1,24})"
)


def heading_unit(paragraph: str) -> Unit | None:
    """Return the price that a heading says is told under it: "Spot, cif Rotterdam, $/kg".

    Parameters
    ----------
    paragraph : str
        Narrowed.
    """
    if len(paragraph) > _HEADING or _SENTENCE.search(paragraph) or _is_row(paragraph):
        return None
    unit = captioned(paragraph)
    return unit if unit and "/" in unit.unit and unit.unit.partition("/")[0] in units.currencies() else None


def asked_per(paragraph: str) -> str:
    """Return the mass that a question asks the price of: kg for "What does a kilo cost you?", "" for none.

    Parameters
    ----------
    paragraph : str
    """
    m = _ASKED.search(paragraph) if len(paragraph) <= _HEADING else None
    return units.named((m["a"] or m["b"]).lower()).unit if m else ""


def under_heading(text: str, figures: Sequence[Draft], unit: Unit) -> list[Draft]:
    """Return a paragraph's figures, ranges and prices without a unit in the one that its heading tells.

    Parameters
    ----------
    text : str
    figures : sequence of Draft
    unit : Unit
    """
    return [_told_in(f, unit) if not f.unit and _stands(text, f) else f for f in figures]


def _stands(text: str, f: Draft) -> bool:
    """Whether a bare number stands where a price does: a range, behind "at", between Chinese and a comma."""
    if f.low != f.high or _STANDS.search(text, max(0, f.start - 16), f.start):
        return True
    line = text[text.rfind("\n", 0, f.start) + 1 : f.start]
    if _LABELLED.fullmatch(line) or _IN_BRACKETS.search(line):
        return True
    before = line[-2:].strip()
    return bool(before) and before[-1] >= "\u3040" and bool(_STOPS.match(text, f.end))


_LABELLED = re.compile(
    r"[^\d\n]{2,24}(?:\([^()]{1,8}\))?[\s:：]+[+▲△-]?"
)  # a line's name: ガリウム(4N)  1,150
_IN_BRACKETS = re.compile(r"\d\s?\([+▲△±-]$")  # 1,150(+50)
_STOPS = re.compile(r"$|[，。,;；、\s]|から|へ|まで|の大台|前後|近辺|近く")
