"""How a name or a time stands to a figure: pieces of evidence that all slots share."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import NamedTuple

from mine2magnet.claims.cues import Cue
from mine2magnet.claims.evidence import Candidates
from mine2magnet.claims.layout import Sentence
from mine2magnet.claims.quantities import QuantityMention

_STEPS = {"en": (2, 8, 20, 45, 90), "zh": (1, 4, 10, 22, 45), "ja": (1, 4, 10, 22, 45)}  # characters
_OF = re.compile(r"\s?(?:or so\s)?(?:of|in|for|worth of)\s|的|の(?!増|減|上昇|下落|伸び)|分の", re.IGNORECASE)
_STRONG = re.compile(r"[;；。]|\b(?:while|whereas|but)\b|而(?!成)|一方|\s-\s", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:the|its|their|an?|our|neighbouring|mainland)\s$", re.IGNORECASE)
_BEFORE = 24  # characters before a name in which its preposition stands


class Cast(NamedTuple):
    """The actors about a figure; both of its parties are chosen among them."""

    found: list[Cue]  # in its sentence
    pieces: list[list[str]]  # what speaks for each
    flags: list[str]  # what the choice hangs on
    elsewhere: Candidates  # those that the rest of the document names


@dataclass(slots=True)
class FigureContext:
    """A figure and its surroundings: the sentence between its neighbours, and its clause."""

    s: Sentence
    figure: QuantityMention
    left: int  # the end of the figure before it, or of the sentence's start
    right: int  # the start of the figure after it, or the sentence's end
    number: int  # which figure of its sentence, from 0
    clause: tuple[int, int] = (0, 0)
    of: bool = False  # "87 % of …"
    tense: str | None = None  # of its verb, once looked for
    cast: Cast | None = None  # once it is read
    hints: list[str] | None = None  # of what it measures, by words near it, once they are read
    named: dict[str, list[str]] = field(default_factory=dict)  # what each actor's name tells, once it is read

    def __post_init__(self) -> None:
        self.clause = self.s.clause(self.figure)
        self.of = bool(_OF.match(self.s.text, self.figure.end))

    @property
    def bracketed(self) -> bool:
        """True if the figure stands in brackets."""
        text, start = self.s.text, self.s.start
        return text.rfind("(", start, self.figure.start) > text.rfind(")", start, self.figure.start)


@cache
def _marks(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The words that mark a name's role, before it and behind it (`data/claim_marks.csv`)."""
    table = (resources.files("mine2magnet") / "data" / "claim_marks.csv").read_text("utf-8")
    sides = {
        row["side"]: sorted(row["marks"].split("|"), key=len, reverse=True)
        for row in csv.DictReader(io.StringIO(table))
        if row["language"] == language
    }
    before, after = ("|".join(map(re.escape, sides[side])) for side in ("before", "after"))
    if language == "en":
        return re.compile(rf"\b({before})\s$", re.IGNORECASE), re.compile(rf"\s?({after})(?![a-z])")
    return re.compile(rf"({before})$"), re.compile(rf"\s?({after})")


def marks(s: Sentence, start: int, end: int) -> tuple[str, str]:
    """Return the words that mark the role of what stands at [start, end), before and behind, "" for none.

    Parameters
    ----------
    s : Sentence
    start, end : int
    """
    if (start, end) not in s.marked:
        before, after = _marks(s.language)
        head = s.text[max(s.start, start - _BEFORE) : start]
        left = before.search(_ARTICLE.sub("", head) if s.language == "en" else head)
        right = after.match(s.text, end, min(s.end, end + _BEFORE))
        first = "^" if start == s.start else ""
        s.marked[start, end] = (left[1].lower() if left else first, right[1] if right else "")
    return s.marked[start, end]


def step(s: Sentence, gap: int) -> int:
    """Return how far apart two places stand, from 0 (adjacent) to 5 (far).

    Parameters
    ----------
    s : Sentence
    gap : int
        Characters.
    """
    return next((i for i, most in enumerate(_STEPS[s.language]) if gap <= most), 5)


def within(view: FigureContext, start: int, end: int) -> list[str]:
    """Return the evidence of what stands at [start, end) in the figure's own sentence.

    Parameters
    ----------
    view : FigureContext
    start, end : int
    """
    s, f = view.s, view.figure
    ahead = end <= f.start
    low, high = (end, f.start) if ahead else (f.end, start)
    if start < f.end and end > f.start:
        return ["in", "inside"]
    side = "before" if ahead else "after"
    same = view.clause[0] <= start and end <= view.clause[1]
    own = view.left <= start if ahead else end <= view.right
    pieces = [
        "in",
        side,
        f"{side}:{step(s, high - low)}",
        f"{side}:{'clause' if same else 'apart'}:{'own' if own else 'over'}",
    ]
    if _STRONG.search(s.text, low, high):
        pieces.append(f"{side}:strong")
    if view.of:
        pieces.append(f"{side}:of")
    if view.bracketed:
        pieces.append(f"{side}:bracketed")
    if not ahead and not own:
        pieces.append("after:next" if _leads_up(s, end, view.right) else "after:past")
    return pieces


_LEADS_UP = re.compile(
    r"\s(?:of|to|at|was|is|were|reached|hit)\s(?:about\s|around\s|nearly\s)?|[^，。、,;；\s]{0,4}(?:的|"
    r"为|達|达|は|の)(?:约|約|近)?",
    re.IGNORECASE,
)


def _leads_up(s: Sentence, end: int, right: int) -> bool:
    """Whether a name leads up to the next figure: "$400 million and set a price of $110"."""
    return right < s.end and bool(_LEADS_UP.fullmatch(s.text, end, right))


def marked(s: Sentence, start: int, end: int, cross: Sequence[str] = ()) -> list[str]:
    """Return the evidence of the words beside a name, each also crossed with other words given.

    Parameters
    ----------
    s : Sentence
    start, end : int
    cross : sequence of str
        For example the group of the figure's measure.
    """
    left, right = marks(s, start, end)
    found = [f"{left}<", f">{right}"]
    return [*found, *(f"{piece}&{word}" for piece in found for word in cross)]
