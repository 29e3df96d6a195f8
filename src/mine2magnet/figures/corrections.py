"""Corrections of claims: what a person may say of a slot; all of them as a table, as labelled documents."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import structs

from mine2magnet.claims.quantities import quantities
from mine2magnet.claims.times import bounds
from mine2magnet.claims.units import factor
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import plain
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.figures.rows import csv_text, resolved
from mine2magnet.library.topics import published_digest
from mine2magnet.model import (
    DIRECTIONS,
    FORMS,
    MODALITIES,
    PERIOD_KINDS,
    RIGHT,
    WRONG,
    Claim,
    Correction,
    CorrectionRequest,
    Digest,
    Document,
)
from mine2magnet.store import EVERY_CLAIM, Store
from mine2magnet.store.mended import quantity_of, quantity_text

CHOICES: Mapping[str, Sequence[str]] = {  # slots of a few words
    "form": FORMS,
    "period_kind": PERIOD_KINDS,
    "direction": DIRECTIONS,
    "modality": MODALITIES,
    "claim": (RIGHT, WRONG),
}
NEVER_EMPTY = ("value", "direction", "modality", "claim")
BASES = ("year_on_year", "quarter_on_quarter", "month_on_month", "week_on_week", "day_on_day")
COLUMNS = (
    "id", "document", "version", "paragraph", "point", "start", "end", "figure", "slot", "old", "new", "by",
    "made",
)  # fmt: skip
_DATE = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_PERIOD = re.compile(rf"{_DATE}(?:/(?:{_DATE}|\.\.))?|\.\./{_DATE}", re.ASCII)
_OTHER_BASIS = re.compile(rf"since:{_DATE}|than:\S.*", re.ASCII)
_PARTS = re.compile(r"\s*[|;；]\s*")
_KIND_BY_LENGTH = {len("2025"): "year", len("2025-07"): "month", len("2025-07-14"): "day"}


def checked(thesaurus: Thesaurus, asked: CorrectionRequest) -> CorrectionRequest:
    """Return what is asked for as it is kept: names as ids, a value as `quantity_text` writes it.

    Raises UserError, with the slot as its place, for what the slot cannot hold.
    """
    text = " ".join(asked.value.split())
    try:
        value = _value(thesaurus, asked.slot, text)
    except UserError as error:
        raise UserError(error.what, where=asked.slot, hint=error.hint) from error
    return structs.replace(asked, value=value, by=" ".join(asked.by.split()))


def _value(thesaurus: Thesaurus, slot: str, text: str) -> str:
    if not text:
        if slot in NEVER_EMPTY:
            raise UserError("cannot be empty", hint="mark the claim as wrong instead")
        return ""
    if slot == "value":
        return _quantity(text)
    if choices := CHOICES.get(slot):
        if text not in choices:
            raise UserError(f"cannot be {text[:40]!r}", hint="one of " + ", ".join(choices))
        return text
    if slot == "period":
        return _period(text)
    if slot == "basis":
        if text not in BASES and not _OTHER_BASIS.fullmatch(text):
            raise UserError(
                f"no basis {text[:40]!r}", hint=f"{', '.join(BASES)}, since:2025-04 or than:the words"
            )
        return text
    several = slot in ("subject", "counterparty", "material")
    names = list(filter(None, _PARTS.split(text))) if several else [text]
    return "|".join(dict.fromkeys(resolved(thesaurus, "subject" if slot == "said_by" else slot, names)))


def _quantity(text: str) -> str:
    value = quantity_of(text)
    if value is None:
        found = quantities(text)
        value = found[0].quantity if len(found) == 1 else None
    try:
        if value is not None:
            factor(value.unit)
            return quantity_text(value)
    except UserError:
        pass
    raise UserError(f"no figure with a unit: {text[:40]!r}", hint="e.g. 420 t, 85.6 USD/kg, 4..6 week")


def _period(text: str) -> str:
    try:
        if not _PERIOD.fullmatch(text):
            raise ValueError
        first, last = bounds(text)
        if first > last:
            raise ValueError
    except ValueError as error:
        raise UserError(
            f"no period {text[:40]!r}", hint="write it as 2025, 2025-07, 2025-07/2025-09 or 2025-04/.."
        ) from error
    return text


# --- all of them


def as_csv(corrections: Iterable[Correction]) -> str:
    """Return the corrections as CSV, a row each."""
    return csv_text(COLUMNS, ([plain(getattr(one, name)) for name in COLUMNS] for one in corrections))


def export(store: Store, file: Path) -> int:
    """Write all corrections to a file and say how many they are.

    A name in .csv gets a row a correction; any other a labelled document a line, as `labelled` gives them.
    Raises UserError if the file cannot be written.
    """
    made = store.corrections()
    text = as_csv(made) if file.suffix.lower() == ".csv" else "".join(map(_line, labelled(store, made)))
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise UserError(error.strerror or str(error), where=str(file), hint="choose another file") from error
    return len(made)


def _line(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False) + "\n"


def labelled(store: Store, made: Sequence[Correction]) -> Iterator[dict[str, Any]]:
    """Yield the corrected documents as benchmarks/claims/guide.md labels them.

    Only claims of which a person has said something are among their `claims`, with the slots that were
    settled in `checked`; those marked as wrong are in `rejected`, and `partial` says that there may be more.
    """
    hands: dict[str, dict[str, None]] = defaultdict(dict)
    for one in made:
        hands[one.document][one.by or "reader"] = None
    documents, digests = store.documents(list(hands)), store.digests(list(hands))
    claims: dict[str, list[Claim]] = defaultdict(list)
    for claim in store.claims(list(hands), EVERY_CLAIM):
        if claim.corrections:
            claims[claim.document].append(claim)
    for id, document in documents.items():
        texts = _texts(document, digests.get(id, ()))
        yield {
            "id": id,
            "hand": ", ".join(hands[id]),
            "language": document.language,
            "genre": document.category or "press",
            "published": document.published.date().isoformat() if document.published else "",
            "title": document.title,
            "paragraphs": texts,
            "facts": [],
            "partial": True,
            "claims": [_label(claim, texts) for claim in claims[id] if claim.judged != WRONG],
            "rejected": [_place(claim, texts) for claim in claims[id] if claim.judged == WRONG],
        }


def _texts(document: Document, held: Iterable[Digest]) -> list[str]:
    if document.paragraphs:
        return [paragraph.text for paragraph in document.paragraphs]
    digest = published_digest(held)
    return [point.text for point in digest.points] if digest else []


def _place(claim: Claim, texts: Sequence[str]) -> dict[str, Any]:
    number = claim.point or claim.paragraph
    text = texts[number - 1]
    figure = text[claim.start : claim.end]
    place = {"paragraph": number, "figure": figure}
    if text.count(figure) > 1:
        place["nth"] = text[: claim.start].count(figure) + 1
    return place


def _label(claim: Claim, texts: Sequence[str]) -> dict[str, Any]:
    kind = claim.period_kind or (
        "span" if claim.period and "/" in claim.period else _KIND_BY_LENGTH.get(len(claim.period or ""))
    )
    return {
        **_place(claim, texts),
        "low": claim.quantity.low,
        "high": claim.quantity.high,
        "unit": claim.quantity.unit,
        "subject": list(claim.subjects),
        "counterparty": list(claim.counterparties),
        "measure": claim.measure,
        "stage": claim.stage,
        "material": list(claim.materials),
        "form": claim.form,
        "period": claim.period,
        "period_kind": kind if claim.period else None,
        "basis": claim.basis,
        "direction": claim.direction,
        "modality": claim.modality,
        "said_by": claim.said_by,
        "checked": [one.slot for one in claim.corrections],
    }
