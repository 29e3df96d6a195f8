"""What people have corrected, laid over what was read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mine2magnet.model import RIGHT, WRONG, Claim, Correction, Quantity

Place = tuple[int, int]  # paragraph and point
ATTRIBUTES = {
    "value": "quantity",
    "subject": "subjects",
    "counterparty": "counterparties",
    "material": "materials",
}  # of a claim, where they are not called as the slot
SEVERAL = ("subject", "counterparty", "material")
# The slots whose chances multiply to a claim's confidence. Their single chances are not kept: each is taken
# to have the same part in it, so a claim of confidence c with k of them corrected has c ** (1 - k / 7).
WEIGHED = ("value", "subject", "counterparty", "measure", "material", "period", "modality")


@dataclass(frozen=True, slots=True)
class Kept:
    """A correction with the hash of its paragraph's text and the claim as it was read when it was made."""

    correction: Correction
    text: str
    claim: Claim


@dataclass(frozen=True, slots=True)
class Mended:
    """A claim as it is shown, and as it was read if that is another. `lost`: it is no longer read, and stands
    by its corrections alone."""

    claim: Claim
    read: Claim | None = None
    lost: bool = False


def text_key(text: str) -> str:
    """Return the hash by which a paragraph is known again in another version."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def mended(found: Sequence[Claim], kept: Sequence[Kept], texts: Mapping[Place, str]) -> list[Mended]:
    """Return the claims with their corrections, in the order of the text.

    Parameters
    ----------
    found : sequence of Claim
        As read from one version of a document.
    kept : sequence of Kept
        The corrections of the document, the oldest first.
    texts : mapping of (paragraph, point) to str
        The hash of each paragraph, or point of the published digest, of that version.

    Returns
    -------
    list of Mended
        With those that are no longer read, unless they were marked as wrong or their paragraph has changed.
    """
    by_claim: dict[int, list[Correction]] = {}
    alone: dict[tuple[str, int, int], list[Kept]] = {}
    for one in kept:
        at = _best(found, one, texts)
        if at is None:
            alone.setdefault((one.text, one.correction.start, one.correction.end), []).append(one)
        else:
            by_claim.setdefault(at, []).append(one.correction)
    shown = [
        Mended(corrected(claim, by_claim[i]), claim) if i in by_claim else Mended(claim)
        for i, claim in enumerate(found)
    ]
    for group in alone.values():
        if place := _place(group[0], texts):
            read = replace(group[0].claim, paragraph=place[0], point=place[1])
            claim = corrected(read, [one.correction for one in group])
            if claim.judged != WRONG:
                shown.append(Mended(claim, read, lost=True))
    return sorted(shown, key=lambda one: (one.claim.point, one.claim.paragraph, one.claim.start))


def _best(found: Sequence[Claim], one: Kept, texts: Mapping[Place, str]) -> int | None:
    """The claim of the same text that shares most of the figure's characters."""
    made = one.correction

    def shared(claim: Claim) -> int:
        if texts.get((claim.paragraph, claim.point)) != one.text:
            return 0
        return min(claim.end, made.end) - max(claim.start, made.start)

    def near(i: int) -> tuple[int, bool, int]:
        claim = found[i]
        same = (claim.paragraph, claim.point) == (made.paragraph, made.point)
        return shared(claim), same, -(claim.end - claim.start)

    candidates = [i for i, claim in enumerate(found) if shared(claim) > 0]
    return max(candidates, key=near, default=None)


def _place(one: Kept, texts: Mapping[Place, str]) -> Place | None:
    """Return where its text stands now."""
    own = (one.correction.paragraph, one.correction.point)
    if texts.get(own) == one.text:
        return own
    return next((place for place, key in texts.items() if key == one.text), None)


def corrected(claim: Claim, made: Sequence[Correction]) -> Claim:
    """Return a claim with its slots as people have corrected them.

    A slot that was corrected counts as sure; a claim that was marked as right has confidence 1, one marked
    as wrong 0.
    """
    slots = {one.slot: one for one in made}
    changes: dict[str, Any] = {
        ATTRIBUTES.get(slot, slot): value_of(slot, one.new) for slot, one in slots.items() if slot != "claim"
    }
    if "claim" in slots:
        confidence = float(slots["claim"].new == RIGHT)
    else:
        settled = sum(slot in slots for slot in WEIGHED)
        confidence = claim.confidence ** (1 - settled / len(WEIGHED))
    return replace(claim, **changes, confidence=confidence, corrections=tuple(made))


# --- slots as texts

_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_VALUE = re.compile(
    rf"(?P<low>{_NUMBER})?(?:(?P<range>\.\.)(?P<high>{_NUMBER})?)?(?: (?P<unit>.+))?", re.ASCII
)


def text_of(claim: Claim, slot: str) -> str:
    """Return a slot as a text: ids or words parted by "|", a value with its unit, "" if it is empty.

    >>> text_of(Claim(Quantity(4, 6, "week"), 0, 1, (0, 1), ("china", "Toy Works")), "subject")
    'china|Toy Works'
    >>> text_of(Claim(Quantity(4, 6, "week"), 0, 1, (0, 1)), "value")
    '4..6 week'
    """
    value = claim.judged if slot == "claim" else getattr(claim, ATTRIBUTES.get(slot, slot))
    if isinstance(value, Quantity):
        return quantity_text(value)
    return "|".join(value) if isinstance(value, tuple) else value or ""


def quantity_text(value: Quantity) -> str:
    """Return a quantity as a text: "420 t", "4..6 week", "40.. t", "..300 t"."""
    low, high = ("" if end is None else f"{end:.15g}" for end in (value.low, value.high))
    return f"{low if low == high else f'{low}..{high}'} {value.unit}".rstrip()


def quantity_of(text: str) -> Quantity | None:
    """Return the quantity that `quantity_text` has written; None for another text.

    >>> quantity_of("40.. t"), quantity_of("some")
    (Quantity(low=40.0, high=None, unit='t', approx=''), None)
    """
    match = _VALUE.fullmatch(text)
    if not match or not (match["low"] or match["high"]):
        return None
    low, high = (float(match[end]) if match[end] else None for end in ("low", "high"))
    high = high if match["range"] else low
    if low is not None and high is not None and low > high:
        return None
    return Quantity(low, high, match["unit"] or "")


def value_of(slot: str, text: str) -> Any:
    """Return the value of a claim's slot that `text_of` has written."""
    if slot == "value":
        return quantity_of(text)
    if slot in SEVERAL:
        return tuple(filter(None, text.split("|")))
    return text or None
