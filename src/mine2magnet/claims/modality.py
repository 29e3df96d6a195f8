"""How sure a figure is: reported, forecast, plan, threatened or denied."""

from __future__ import annotations

from mine2magnet.claims.context import DocumentContext
from mine2magnet.claims.evidence import Candidates
from mine2magnet.claims.measures import group
from mine2magnet.claims.periods import span
from mine2magnet.claims.relations import FigureContext, step


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
    pieces = ["all", group(measure)]
    for c in s.cues:
        if c.kind in ("forecast", "plan", "possible", "threatened", "denied"):
            side = "before" if c.end <= f.start else "after"
            same = "clause" if view.clause[0] <= c.start and c.end <= view.clause[1] else "apart"
            word = s.text[c.start : c.end].lower()
            pieces += [
                f"{c.kind}:{side}",
                f"{c.kind}:{side}:{same}",
                f"{c.kind}:{side}:{step(s, abs(c.start - f.start))}",
                f"word:{word}",
            ]
            pieces.append(f"{c.kind}:{side}:{'own' if view.left <= c.start <= view.right else 'over'}")
    if period:
        pieces += span(period, s.today)
    else:
        pieces.append("span:none")
    if s.language == "ja":
        tail = s.text[max(s.start, s.end - 8) : s.end].rstrip("。」")
        pieces += [f"end:{tail[-2:]}", f"end:{tail[-3:]}", f"end:{tail[-1:]}"]
    if doc.told is not None:
        before = doc.told.slots.get("modality", ("",))[0]
        pieces += [f"told:{doc.told_at()}:{before}", f"told:{doc.row}:{before}"]
    if said:
        pieces.append("said")
    pieces = list(dict.fromkeys(pieces))
    return {
        (name,): [f"{name}={piece}" for piece in pieces]
        for name in ("reported", "forecast", "plan", "threatened", "denied")
    }


