"""How sure a figure is: reported, forecast, plan, threatened or denied."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mine2magnet.claims.context import DocumentContext
from mine2magnet.claims.cues import Cue
from mine2magnet.claims.evidence import Candidates
from mine2magnet.claims.measures import group
from mine2magnet.claims.periods import span
from mine2magnet.claims.relations import FigureContext, step
from mine2magnet.claims.tenses import tense


def modalities(
    view: FigureContext, doc: DocumentContext, measure: str, period: str, said: bool
) -> Candidates:
    """Return how sure the figure may be: reported, forecast, plan, threatened, denied.

    Parameters
    ----------
    view : FigureContext
    doc : DocumentContext
    measure, period : str
        The figure's, "" for none.
    said : bool
        Whether somebody says it.
    """
    s, f = view.s, view.figure
    pieces = ["all", group(measure), f"is:{measure}", f"tense:{tense(view)}"]
    found = [c for c in s.cues if c.kind in _KINDS]
    for c in found:
        side = "before" if c.end <= f.start else "after"
        same = "clause" if view.clause[0] <= c.start and c.end <= view.clause[1] else "apart"
        pieces += [
            f"{c.kind}:{side}",
            f"{c.kind}:{side}:{same}",
            f"{c.kind}:{side}:{step(s, abs(c.start - f.start))}",
            f"word:{s.text[c.start : c.end].lower()}",
            f"{c.kind}:{side}:{'own' if view.left <= c.start <= view.right else 'over'}",
        ]
    pieces += _nearest(view, found)
    when = span(period, s.today) if period else ("span:none",)
    pieces += when
    pieces += [
        f"{word}&{where}" for word in _standing(view) for where in ("all", when[min(1, len(when) - 1)])
    ]
    if s.language == "ja":
        tail = s.text[max(s.start, s.end - 8) : s.end].rstrip("。」")
        pieces += [f"end:{tail[-2:]}", f"end:{tail[-3:]}", f"end:{tail[-1:]}"]
    if doc.told is not None:
        before = doc.told.slots.get("modality", ("",))[0]
        same = "same" if doc.told.slots.get("period") == ((period,) if period else ()) else "other"
        pieces += [
            f"told:{doc.told_at()}:{before}",
            f"told:{doc.row}:{before}",
            f"told:{before}:period {same}",
        ]
        pieces.append(f"told:{before}:{when[min(1, len(when) - 1)]}")
    pieces += _around(doc)
    if said:
        pieces.append("said")
    pieces = list(dict.fromkeys(pieces))
    names = ["reported", "forecast", "plan", "threatened", "denied"]
    if _contrasted(view):
        names = ["denied"]
    elif set(pieces) >= _MAY and any(f"nearest:before:{word}" in pieces for word in _MAY_WORDS):
        names.remove("reported")  # what may be is not reported, and no threat unless one is told
        if not any(c.kind == "threatened" for c in found):
            names.remove("threatened")
    return {(name,): [f"{name}={piece}" for piece in pieces] for name in names}


_MAY = {"possible:before:own", "possible:before:clause"}
_MAY_WORDS = ("may", "might", "可能", "或", "或将", "恐", "恐将")


_NOT = {  # what something is not: "two weeks, not six"
    "en": re.compile(
        r"(?:[,—–:]|\b(?:is|are|was|were))\snot\s(?:(?:the|a|about|some)\s)?\S?$", re.IGNORECASE
    ),
    "zh": re.compile('(?:并非|而非|不是|绝非)(?:约|近|过去的|此前的|外界所说的|所谓的)?[“"]?$'),
}
_NOT_BEHIND = re.compile(r"(?:分|前後|程度|台)?」?(?:では(?:なく|ない|ありません)|じゃない|でなく)")


def _contrasted(view: FigureContext) -> bool:
    """Return whether the figure is what something is said not to be."""
    s, f = view.s, view.figure
    if s.language == "ja":
        return bool(_NOT_BEHIND.match(s.text, f.end))
    return bool(_NOT[s.language].search(s.text, s.start, f.start))


_KINDS = ("forecast", "plan", "possible", "threatened", "denied")
_STANDING = {  # how the figure itself is told
    "from": re.compile(r"\b(?:from|against|compared with|above|below)\s(?:about\s|around\s|just\s|"
        r"some\s)?$|[从由较比](?:约|近|[^，。；]{0,8}的)?$", re.IGNORECASE),
    "now": re.compile(r"\b(?:now|currently|today|already|current|existing)\b|目前|现有|现在|当前|已(?!知)|"
        r"現在|いま|今の|"
        r"現状|足元|既存"),
    "if": re.compile(r"\b(?:if|unless|should|were to|otherwise)\b|如果|若(?!干)|倘|一旦|否则|なければ|"
        r"れば|場合|たら"),
    "quoted": re.compile(r"[“\"「『][^”\"」』]*$"),
    "reports": re.compile(r"\breports?\b|\brumou?rs?\b|报道|传闻|外传|报导|報道|報じ|うわさ", re.IGNORECASE),
}  # fmt: skip
_FROM_BEHIND = re.compile(r"(?:台|程度|前後)?から|より")


def _nearest(view: FigureContext, found: Sequence[Cue]) -> list[str]:
    """The last cue before the figure and the first behind."""
    before = [c for c in found if c.end <= view.figure.start]
    after = [c for c in found if c.start >= view.figure.end]
    pieces = [] if found else ["no cue"]
    for side, cues in (("before", before[-1:]), ("after", after[:1])):
        for c in cues:
            pieces += [f"nearest:{side}:{c.kind}", f"nearest:{side}:{view.s.text[c.start : c.end].lower()}"]
        if not cues:
            pieces.append(f"nearest:{side}:none")
    return pieces


def _standing(view: FigureContext) -> list[str]:
    s, f = view.s, view.figure
    head = s.text[max(s.start, view.left, view.clause[0]) : f.start]
    found = [name for name, pattern in _STANDING.items() if pattern.search(head)]
    if s.language == "ja" and _FROM_BEHIND.match(s.text, f.end):
        found.append("from")
    return found


def _around(doc: DocumentContext) -> list[str]:
    """What title, lead, heading and the sentences beside tell."""
    found = set()
    for where, other in doc.around():
        if where in ("title", "lead", "heading", "prev"):
            found |= {f"at:{where}:{c.kind}" for c in other.cues if c.kind in _KINDS}
    after = doc.sentences[doc.at + 1] if doc.at + 1 < len(doc.sentences) else None
    if after is not None and after.paragraph == doc.sentences[doc.at].paragraph:
        found |= {f"next:{c.kind}" for c in after.cues if c.kind in ("denied", "threatened")}
    return sorted(found)
