"""Claims read from labelled documents, beside their labels."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import claims_labels as labels

from mine2magnet.claims import confidence
from mine2magnet.claims.extract import judged as read
from mine2magnet.claims.quantities import QuantityMention
from mine2magnet.model import Claim

HERE = Path(__file__).parent / "claims"
SENTENCES = ("dev", "roles", "wire", *(f"wire{i}" for i in range(2, 11)))
SLOTS = {"subject": "subjects", "counterparty": "counterparties", "material": "materials",
         "measure": "measure", "stage": "stage", "form": "form", "period": "period",
         "period_kind": "period_kind", "basis": "basis",
         "direction": "direction", "modality": "modality", "said_by": "said_by"}  # fmt: skip
OPTIONAL = ("stage", "form", "period_kind", "said_by")
Row = dict[str, Any]


def documents(half: str) -> list[Row]:
    """The labelled documents of one half, "dev" or "test"."""
    return [
        row for file in sorted((HERE / "documents").glob(f"{half}-*.jsonl")) for row in labels.documents(file)
    ]


def sentences() -> list[Row]:
    """The labelled sentences, as documents of a paragraph that know nothing of the newer slots."""
    return [_document(row) for split in SENTENCES for row in labels.documents(HERE / f"{split}.jsonl")]


def _document(row: Row) -> Row:
    only = ("measure", "material", "subject", "stage", "period", "modality", "said_by", "worth")
    claims = []
    for claim in row["claims"]:
        listed = {slot: _ids(claim[slot]) for slot in ("subject", "material")}
        known = {slot: claim[slot] if claim[slot] in labels.TERMS else None for slot in ("measure", "stage")}
        modality = {"forecast": ["plan"], "threatened": ["forecast"]}.get(claim["modality"], [])
        own = {"period": claim["as_of"], "paragraph": 1, "only": only, "counterparty": []}
        claims.append({**claim, **listed, **known, **own, "alternatives": {"modality": modality}})
    return {"id": row["id"], "hand": "sentences", "language": row["language"], "published": row["published"],
            "title": "", "paragraphs": [row["text"]], "claims": claims}  # fmt: skip


def _ids(value: Any) -> list[str]:
    listed = [] if value is None else [value] if isinstance(value, str) else value
    return [id for id in listed if id in labels.TERMS]


class Matcher:
    """Finds the label of a figure: the one whose characters it shares, else the one of its value."""

    def __init__(self, document: Row) -> None:
        self._placed = [(claim, labels.span(document, claim)) for claim in document["claims"]]

    def label(self, paragraph: int, figure: QuantityMention | Claim) -> Row | None:
        best: tuple[int, Row] | None = None
        claim: Row
        for claim, span in self._placed:
            if claim["paragraph"] != paragraph:
                continue
            if span is None:
                q = figure.quantity
                if any(_sizes(q.low, q.high, q.unit) == _sizes(*wanted) for wanted in _stated(claim)):
                    return claim
            elif (shared := min(span[1], figure.end) - max(span[0], figure.start)) > 0 and (
                best is None or shared > best[0]
            ):
                best = shared, claim
        return best[1] if best else None


def _stated(claim: Row) -> Iterator[tuple[float | None, float | None, str]]:
    yield claim["low"], claim["high"], claim["unit"]


def _sizes(low: float | None, high: float | None, unit: str) -> tuple[frozenset[float], str]:
    a, b, dimension = labels.figure(low, high, unit)
    return frozenset(abs(end) for end in (a, b) if end is not None), dimension


@dataclass
class Judged:
    """A claim read, its label if it has one, and which slots are right."""

    document: Row
    claim: Claim
    label: Row | None
    score: float
    slots: dict[str, str]  # slot → "right", "wrong", "missing", "extra", "empty"
    figure: bool
    signs: dict[str, float]

    @property
    def usable(self) -> bool:
        if self.label is None or not self.figure:
            return False
        return all(
            state in ("right", "empty") or (state == "missing" and slot in OPTIONAL)
            for slot, state in self.slots.items()
        )


def judge(document: Row, choose: Any = None) -> list[Judged]:
    """Every claim read from a document, judged by its labels."""
    match = Matcher(document)
    return [judged(document, claim, signs, match) for claim, signs in read(document, labels.TERMS, choose)]


def judged(document: Row, claim: Claim, signs: dict[str, float], match: Matcher | None = None) -> Judged:
    """One claim beside its label."""
    label = (match or Matcher(document)).label(claim.paragraph, claim)
    q = claim.quantity
    value = label is not None and _agrees(q.low, q.high, q.unit, label)
    slots = {slot: _state(slot, getattr(claim, name), label) for slot, name in SLOTS.items()} if label else {}
    if label and slots["period"] == "right":
        first = {**label, "alternatives": {}}
        if not labels.right("period", claim.period, first):
            slots["period_kind"] = "right"  # the kind labelled is that of the first period, of no other
    return Judged(document, claim, label, confidence.score(signs), slots, value, signs)


def _agrees(low: float | None, high: float | None, unit: str, label: Row) -> bool:
    try:
        found = labels.figure(low, high, unit)
        return any(_close(found, wanted) for wanted in labels.figures(label))
    except Exception:
        return False


def _close(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """A third may be told as 33.33."""
    if a[2] != b[2]:
        return False
    return all(
        x == y or (None not in (x, y) and abs(x - y) <= 2e-3 * abs(y))
        for x, y in zip(a[:2], b[:2], strict=True)
    )


def _state(slot: str, value: Any, label: Row) -> str:
    if labels.right(slot, value, label):
        return "right" if value else "empty"
    if not value:
        return "missing"
    if slot == "form" and not any(labels.accepted(slot, label)):
        return "empty"
    return "wrong" if any(labels.accepted(slot, label)) else "extra"


def report(held: list[Judged], labelled: int) -> None:
    """Prints what share of claims can be used as they stand, and each slot."""
    found = [one for one in held if one.label is not None]
    exact = [one for one in found if one.figure]
    precision, recall = len(exact) / max(1, len(held)), len(exact) / max(1, labelled)
    print(f"{len(held)} claims read of {labelled} labelled, {len(found)} of them where a label is; "
          f"value and unit right: precision {precision:.3f}, recall {recall:.3f}")  # fmt: skip
    for language in ("en", "zh", "ja"):
        own = [one for one in held if one.document["language"] == language]
        if own:
            print(f"  {language}: usable {sum(o.usable for o in own) / len(own):.3f} of {len(own)}, "
                  f"value and unit {sum(o.figure for o in own) / len(own):.3f}")  # fmt: skip
    print(f"usable as they stand {sum(o.usable for o in held) / len(held):.3f}")
    ranked = sorted(held, key=lambda o: -o.score)
    for part in (0.2, 0.3, 0.4, 0.5, 0.6, 0.8):
        top = ranked[: int(len(ranked) * part)]
        print(f"  the surest {part:.0%}: {sum(o.usable for o in top) / max(1, len(top)):.3f}", end="")
    print("\nslot          precision recall  (of claims whose figure is right)")
    for slot in SLOTS:
        states = Counter(one.slots[slot] for one in exact)
        told = states["right"] + states["wrong"] + states["extra"]
        wanted = states["right"] + states["wrong"] + states["missing"]
        precision, recall = states["right"] / max(1, told), states["right"] / max(1, wanted)
        print(f"{slot:13} {precision:6.3f} {recall:7.3f}   {dict(states)}")
    alone: Counter[str] = Counter()
    for one in exact:
        bad = [
            slot
            for slot, state in one.slots.items()
            if state not in ("right", "empty") and not (state == "missing" and slot in OPTIONAL)
        ]
        if len(bad) == 1:
            alone[bad[0]] += 1
    print("not usable for one slot alone:", dict(alone.most_common()))


def errors(held: list[Judged]) -> None:
    """Prints what is wrong in each claim that cannot be used."""
    for one in held:
        if one.usable:
            continue
        text = one.document["paragraphs"][one.claim.paragraph - 1]
        start, end = one.claim.start, one.claim.end
        print(f"\n{one.document['id']} ¶{one.claim.paragraph} «{text[start:end]}» {one.score:.3f}")
        print(f"   … {text[max(0, start - 80) : end + 50]}")
        if one.label is None:
            print("   not labelled", one.claim.quantity)
            continue
        if not one.figure:
            low, high, unit = (one.label[key] for key in ("low", "high", "unit"))
            print(f"   figure {one.claim.quantity} for {low} {high} {unit}")
        for slot, state in one.slots.items():
            if state not in ("right", "empty") and not (state == "missing" and slot in OPTIONAL):
                wanted = labels.accepted(slot, one.label)
                print(f"   {slot} {state}: {getattr(one.claim, SLOTS[slot])!r} for {wanted}")


def dump(held: list[Judged], file: Path) -> None:
    """Keeps what was judged, for reading."""
    file.write_text(
        "\n".join(json.dumps({"id": o.document["id"], "usable": o.usable, "slots": o.slots}) for o in held),
        "utf-8",
    )
