"""Labelled documents: what is wrong in a file of them, and how far two hands agree.

python benchmarks/claims_labels.py check FILE ...
python benchmarks/claims_labels.py agree FIRST SECOND
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mine2magnet.claims.times import bounds
from mine2magnet.claims.units import factor
from mine2magnet.core import thesaurus

Row = dict[str, Any]
TERMS = thesaurus.load()
LISTS = ("subject", "counterparty", "material")
KINDS = {"day", "week", "month", "quarter", "half", "year", "year_to_date", "as_of", "span", None}
FORMS = {"ore", "concentrate", "carbonate", "oxide", "metal", "alloy", "powder", "magnet", "scrap", None}
MODALITIES = {"reported", "forecast", "plan", "threatened", "denied"}
_BASIS = re.compile(r"(?:year|quarter|month|week|day)_on_(?:year|quarter|month|week|day)|since:.+|than:.+")
_DATE = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_PERIOD = re.compile(rf"{_DATE}(?:/(?:{_DATE}|\.\.))?|\.\./{_DATE}")
SLOTS = (
    "subject", "counterparty", "measure", "stage", "material", "form", "period", "period_kind", "basis",
    "direction", "modality", "said_by",
)  # fmt: skip


def documents(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


def wrong(document: Row) -> Iterator[str]:
    for field in ("id", "hand", "language", "genre", "published", "title", "paragraphs", "claims"):
        if field not in document:
            yield f"{field} is missing"
            return
    for number, claim in enumerate(document["claims"], 1):
        for text in _wrong(document, claim):
            yield f"claim {number} ({claim.get('figure')!r}): {text}"


def _wrong(document: Row, claim: Row) -> Iterator[str]:
    for field in ("paragraph", "figure", "low", "high", "unit", *SLOTS):
        if field not in claim:
            yield f"{field} is missing"
            return
    if not 1 <= claim["paragraph"] <= len(document["paragraphs"]):
        yield f"there is no paragraph {claim['paragraph']}"
    elif (times := document["paragraphs"][claim["paragraph"] - 1].count(claim["figure"])) < claim.get(
        "nth", 1
    ):
        yield f"the figure does not stand in paragraph {claim['paragraph']} ({times} times)"
    elif times > 1 and "nth" not in claim:
        yield f"the figure stands {times} times in its paragraph: say which by nth"
    if claim["low"] is None and claim["high"] is None:
        yield "neither low nor high"
    elif None not in (claim["low"], claim["high"]) and claim["low"] > claim["high"]:
        yield "low is above high"
    try:
        factor(claim["unit"])
    except Exception:
        if claim["unit"] != "TWD":
            yield f"unknown unit {claim['unit']!r}"
    for slot in SLOTS:
        values = [claim[slot], *claim.get("alternatives", {}).get(slot, [])]
        for value in values:
            if text := _slot(slot, value):
                yield text
    for slot in claim.get("alternatives", {}):
        if slot not in SLOTS and slot not in ("low", "high", "unit"):
            yield f"alternatives for the unknown slot {slot!r}"
    if (claim["period"] is None) != (claim["period_kind"] is None):
        yield "period and period_kind must both be null or both be told"


def _slot(slot: str, value: object) -> str:
    if slot in LISTS:
        if not isinstance(value, list):
            return f"{slot} must be a list, in alternatives a list of lists"
        if slot == "material":
            return next((f"unknown material {v!r}" for v in value if v not in TERMS), "")
        return next(
            (f"{v!r} looks like an id, but is none" for v in value if "_" in v and v not in TERMS), ""
        )
    if slot in ("measure", "stage") and value is not None:
        known = isinstance(value, str) and value in TERMS and TERMS[value].kind == slot
        return "" if known else f"unknown {slot} {value!r}"
    if slot == "period" and value is not None and not _PERIOD.fullmatch(str(value)):
        return f"period {value!r} is no ISO date or interval"
    if slot == "basis" and value is not None and not _BASIS.fullmatch(str(value)):
        return f"unknown basis {value!r}"
    allowed: dict[str, set[Any]] = {
        "period_kind": KINDS,
        "form": FORMS,
        "modality": MODALITIES,
        "direction": {"level", "change"},
    }
    return f"unknown {slot} {value!r}" if slot in allowed and value not in allowed[slot] else ""


NEAR = (  # measures that count as one
    ("share", "share_of_capacity", "share_of_production", "share_of_imports", "market_share",
     "concentration"),
    ("jobs", "employees"), ("production", "vehicle_output"),
    ("price", "price_change", "price_floor", "premium"), ("investment", "cost"),
    ("exports", "value_of_trade"), ("imports", "value_of_trade"), ("lead_time", "delay", "licence_time"),
    ("capacity", "installed_capacity", "supply_growth"), ("revenue", "sales_volume"),
    ("supply", "offtake", "orders"), ("inventory", "stock_cover"), ("demand", "sales_volume"),
)  # fmt: skip
MATTERS = (
    "subject",
    "counterparty",
    "measure",
    "material",
    "period",
    "basis",
)  # missing, a claim is not usable
_PAIRS = {"dysprosium_terbium": ("dysprosium", "terbium"), "ndpr": ("neodymium", "praseodymium")}


def accepted(slot: str, claim: Row) -> list[Any]:
    """The values of a slot that count as right."""
    return [claim[slot], *claim.get("alternatives", {}).get(slot, [])]


def right(slot: str, value: Any, claim: Row) -> bool:
    """Whether a value of a slot, a tuple for parties and materials, is one that the label accepts."""
    return any(_same(slot, value, wanted) for wanted in accepted(slot, claim))


def _same(slot: str, value: Any, wanted: Any) -> bool:
    if slot in LISTS:
        return _alike(slot, tuple(value), tuple(wanted or ()))
    if value is None or wanted is None:
        return value is wanted
    if slot == "period":
        return _days(value) == _days(wanted)
    if slot == "measure":
        return value == wanted or any(value in group and wanted in group for group in NEAR)
    if slot == "stage":
        return value == wanted or TERMS.is_a(value, wanted) or TERMS.is_a(wanted, value)
    if slot == "basis":
        if value[:6] == wanted[:6] == "since:":
            return _overlap(value[6:], wanted[6:])
        return bool(value == wanted or value[:5] == wanted[:5] == "than:")
    if slot == "said_by":
        return _words(value, wanted)
    return bool(value == wanted)


def _days(period: str) -> tuple[object, object]:
    try:
        return bounds(period)
    except ValueError:
        return period, None


def _overlap(a: str, b: str) -> bool:
    try:
        (low, high), (other_low, other_high) = bounds(a), bounds(b)
    except ValueError:
        return a == b
    return low <= other_high and other_low <= high


def _alike(slot: str, value: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    if slot == "material":
        value, wanted = (tuple(p for id in ids for p in _PAIRS.get(id, (id,))) for ids in (value, wanted))
    if len(value) != len(wanted):
        return False
    return all(any(_one(slot, v, w) for w in wanted) for v in value) and all(
        any(_one(slot, v, w) for v in value) for w in wanted
    )


def _one(slot: str, a: str, b: str) -> bool:
    if a == b:
        return True
    if a in TERMS and b in TERMS:
        if not (TERMS.is_a(a, b) or TERMS.is_a(b, a)):
            return False
        if slot == "material":  # dysprosium and its oxide, magnets and sintered ones
            return a.startswith(b) or b.startswith(a) or all("magnet" in id or "ndfeb" in id for id in (a, b))
        return TERMS[a].kind != TERMS[b].kind  # a plant and its company
    return slot != "material" and _words(a, b)


def _words(a: str, b: str) -> bool:
    """Whether one holds the other, ids by any of their names."""
    left, right_ = (_names(x) for x in (a, b))
    return any(x in y or y in x for x in left for y in right_)


def _names(value: str) -> list[str]:
    if value in TERMS:
        return [value, *(n.lower() for names in TERMS[value].names.values() for n in names)]
    return [value.lower().strip()]


def figure(low: float | None, high: float | None, unit: str) -> tuple[float | None, float | None, str]:
    """The ends in base units, to six figures."""
    dimension, size = factor(unit) if unit != "TWD" else ("[TWD]", 1.0)
    ends = (None if end is None else float(f"{end * size:.6g}") for end in (low, high))
    return (*ends, dimension)  # type: ignore[return-value]


def figures(claim: Row) -> set[tuple[float | None, float | None, str]]:
    """Each figure that a label accepts."""
    return {
        figure(low, high, unit)
        for low in accepted("low", claim)
        for high in accepted("high", claim)
        for unit in accepted("unit", claim)
    }


def span(document: Row, claim: Row) -> tuple[int, int] | None:
    """The characters of a label's figure in its paragraph; None where the label does not tell."""
    if "figure" not in claim:
        return None
    text, at = document["paragraphs"][claim["paragraph"] - 1], -1
    for _ in range(claim.get("nth", 1)):
        at = text.find(claim["figure"], at + 1)
    return at, at + len(claim["figure"])


def check(files: list[Path]) -> int:
    faults = 0
    for file in files:
        rows = documents(file)
        for row in rows:
            for text in wrong(row):
                faults += 1
                print(f"{file.name} {row.get('id')}: {text}")
        genres = Counter(row["genre"] for row in rows)
        print(
            f"{file.name}: {len(rows)} documents, {sum(len(r['claims']) for r in rows)} claims, "
            f"{dict(genres)}"
        )
    return faults


def agree(first: Path, second: Path) -> None:
    """Prints how far two hands agree: per slot and on whole claims, of the figures that both label.

    They agree on a slot if either's value is one that the other accepts.
    """
    others = {row["id"]: row for row in documents(second)}
    slots: Counter[str] = Counter()
    both = whole = one = 0
    for row in documents(first):
        if (other := others.get(row["id"])) is None:
            continue
        pairs = [(a, b) for a in row["claims"] for b in other["claims"] if _meet(row, a, b)]
        both += len(pairs)
        one += len(row["claims"]) + len(other["claims"]) - 2 * len(pairs)
        for a, b in pairs:
            states = {"value": bool(figures(a) & figures(b))}
            states |= {
                slot: right(slot, _first(slot, a), b) or right(slot, _first(slot, b), a) for slot in SLOTS
            }
            slots.update(slot for slot, same in states.items() if same)
            whole += all(
                same
                for slot, same in states.items()
                if slot not in ("form", "period_kind", "stage", "said_by")
            )
    print(f"{both} figures labelled by both, {one} by one; whole claims {whole / max(1, both):.3f}")
    print("  ".join(f"{slot} {slots[slot] / max(1, both):.3f}" for slot in ("value", *SLOTS)))


def _first(slot: str, claim: Row) -> Any:
    return claim[slot] or (() if slot in LISTS else None)


def _meet(row: Row, a: Row, b: Row) -> bool:
    if a["paragraph"] != b["paragraph"]:
        return False
    left, right_ = span(row, a), span(row, b)
    return left is not None and right_ is not None and left[0] < right_[1] and right_[0] < left[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check").add_argument("files", nargs="+", type=Path)
    pair = commands.add_parser("agree")
    pair.add_argument("first", type=Path)
    pair.add_argument("second", type=Path)
    args = parser.parse_args()
    if args.command == "agree":
        agree(args.first, args.second)
        return
    sys.exit(check(args.files) > 0)


if __name__ == "__main__":
    main()
