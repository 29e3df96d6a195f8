"""Words that stand for an actor named before: "the company", 该国, 同社."""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources

from mine2magnet.claims.cues import Cue, voices
from mine2magnet.claims.layout import Sentence

_KINDS = ("company", "country", "organisation", "place")


@cache
def _patterns() -> Mapping[str, list[tuple[str, str, re.Pattern[str]]]]:
    """The rows of `data/claim_anaphora.csv` by language: kind of actor, its id if it has one, pattern."""
    table = (resources.files("mine2magnet") / "data" / "claim_anaphora.csv").read_text("utf-8")
    found: dict[str, list[tuple[str, str, re.Pattern[str]]]] = {}
    for row in csv.DictReader(io.StringIO(table)):
        found.setdefault(row["language"], []).append((row["kind"], row["id"], re.compile(row["pattern"])))
    return found


def resolved(sentences: Sequence[Sentence], hero: str) -> list[Sentence]:
    """Return sentences with the cues of those whom they name by such words alone.

    It is the actor of that kind named last before them in their paragraph; else, of a company, the one that
    the document is about; else the one named last.

    Parameters
    ----------
    sentences : sequence of Sentence
        Of one document, in order.
    hero : str
        The id of the company that the document is about, "" for none.
    """
    found: list[Sentence] = []
    last: dict[str, str] = {}
    here: dict[str, str] = {}
    for number, s in enumerate(sentences):
        if not number or s.paragraph != sentences[number - 1].paragraph:
            here = {}
        words = dict.fromkeys(_words(s))  # in order
        cues: list[Cue] = []
        for c in sorted((*s.cues, *words), key=_place) if words else s.cues:
            if c in words:
                about = hero if c.kind == "company" else ""
                if id := c.id or here.get(c.kind) or about or last.get(c.kind, ""):
                    cues.append(Cue(c.kind, id, c.start, c.end))
                continue
            if c.kind in _KINDS and c.id and c.id not in voices():
                last[c.kind] = here[c.kind] = c.id
            cues.append(c)
        refers = frozenset(c.start for c in words)
        found.append(replace(s, cues=cues, refers=refers) if words else s)
    return found


def _place(c: Cue) -> tuple[int, int]:
    return c.start, -c.end


def _words(s: Sentence) -> Iterator[Cue]:
    """Give the words of a sentence that stand for an actor, less those within a name."""
    names = [c for c in s.cues if c.kind in _KINDS]
    starts = [c.start for c in names]
    for kind, id, pattern in _patterns().get(s.language, ()):
        for m in pattern.finditer(s.text, s.start, s.end):
            i = bisect_left(starts, m.end()) - 1
            if i < 0 or names[i].end <= m.start():
                yield Cue(kind, id, *m.span())
