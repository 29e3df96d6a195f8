"""Which figures are claims: not spans of time that only say when, nor counts in passing."""

from __future__ import annotations

import re

from mine2magnet.claims.candidates import beside
from mine2magnet.claims.evidence import Candidates
from mine2magnet.claims.measures import TIME, sort
from mine2magnet.claims.relations import FigureContext

_SPAN_BEFORE = re.compile(
    r"(?:\b(?:past|last|next|within|coming|previous|recent|every|further|another)\s(?:the\s)?(?:about\s|"
    r"around\s)?|"
    r"\b(?:over|in|for|during)\s(?:the\s)?(?:past\s|last\s|next\s|coming\s)|\b(?P<word>in|within|over|after|"
    r"for)\s(?:about\s|around\s|some\s|just\s|only\s|under\s|less than\s|more than\s|nearly\s|a\s)?|"
    r"过去|過去|近|未来|最近|今后|今後|每隔|直近|向こう|この|ここ|用|连续|連続|第)$",
    re.IGNORECASE,
)
_SPAN_AFTER = re.compile(
    r"\s?(?P<word>ago|earlier|later|old|from now|before|into\b|on end|in a row|straight|of\b|to\b|"
    r"前(?!後)|新[低高]|后|後|内|"
    r"之内|以内(?!に.{0,3}尽)|来|以来|之间|ぶり|たち|間|间|で|期间|连续|連続|分|期|的)"
)
_SPEAKER = re.compile(r"\s(?:traders?|analysts?|sources?|people|executives?|officials?|buyers?)\b")


def worth(view: FigureContext, measure: str) -> Candidates:
    """Return whether a figure is a claim: the candidates are ("claim",) and ().

    Parameters
    ----------
    view : FigureContext
    measure : str
        The figure's, "" for none.
    """
    s, f = view.s, view.figure
    unit = f.quantity.unit
    pieces = [
        "all",
        sort(unit),
        f"{sort(unit)}&{measure or 'none'}",
        f"measured&{sort(unit)}" if measure else f"bare&{sort(unit)}",
    ]
    if unit in TIME:
        before = _SPAN_BEFORE.search(s.text[max(s.start, f.start - 30) : f.start])
        after = _SPAN_AFTER.match(s.text, f.end, s.end)
        if before:
            pieces += [
                "span before",
                f"span before:{(before['word'] or before[0]).strip().lower()}",
                f"span before&{measure or 'none'}",
            ]
        if after:
            pieces += ["span after", f"span after:{after['word']}", f"span after&{measure or 'none'}"]
    if s.spoken_at(f.start):
        pieces += ["spoken", f"spoken&{sort(unit)}"]
    if unit in ("count", "person"):
        pieces.append(f"word:{s.text[f.start : f.end].split()[-1][-8:].lower()}")
        if f.quantity.low is not None and f.quantity.low <= 2:
            pieces.append("few")
        if _SPEAKER.match(s.text, f.end - 1):
            pieces.append("speakers")
    pieces += beside(view)
    if view.bracketed:
        pieces.append("bracketed")
    if s.standing == "heading":
        pieces.append("heading")
    return {("claim",): pieces, (): []}
