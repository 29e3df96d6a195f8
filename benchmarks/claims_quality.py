"""Claims read from labelled documents: what share can be used as they stand, each slot, peers, speed.

    python benchmarks/claims_quality.py [--half test] [--before COMMIT] [--errors]

The documents (`benchmarks/claims/documents`) were written and labelled by hands that did not see how claims
are read, nor each other's, by the guide beside them (`claims/guide.md`); a file is one hand. Weights are
fitted on the dev hands (`scripts/fit-claims`, which measures them on dev hands left out in turn); the test
hands are never fitted or tuned on, and measured rarely: write the result down (docs/claims.md). Of dev
documents the figures here are of what was fitted on, so of the test half only they say what to expect.

A claim can be used as it stands if its value and unit are right, every slot that is told is right, and none
of subject, counterparty, measure, material, period and basis is missing that the label holds. `--before
COMMIT` reads the documents with the package as it was at a commit, judged alike. The peers tell value and
unit only: open bounds, ranges given as two figures or as mean and spread, and falls without a sign all
count as found for them, and for us in the same column; on English paragraphs and headlines. Peers that are
not installed are said to be so: pip install quantulum3 recognizers-text-number-with-unit 'emoji<2' CQE
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import claims_labels as labels
import claims_score as score

from mine2magnet.claims.extract import judged
from mine2magnet.claims.quantities import quantities
from mine2magnet.core.text import sentences
from mine2magnet.model import LANGUAGES, Claim, Quantity

ROOT = Path(__file__).resolve().parent.parent
SURE, LIKELY = 0.9, 0.5  # confidences at which shares are printed
Row = dict[str, Any]
Found = tuple[frozenset[float], str]  # the ends of a figure, in base units, and its dimension


@dataclass
class Count:
    """True positives, false positives, false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __str__(self) -> str:
        precision = self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0
        recall = self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0
        return f"{precision:6.3f} {recall:6.3f} {self.f1:6.3f}"

    @property
    def f1(self) -> float:
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp else 0.0


def loose(low: float | None, high: float | None, unit: str) -> Found:
    """A figure without its sign and without which end is open: all that the peers can tell."""
    a, b, dimension = labels.figure(low, high, unit)
    return frozenset(float(f"{abs(end):.4g}") for end in (a, b) if end is not None), dimension


def overlap(count: Count, wanted: Iterable[Found], found: list[Found]) -> None:
    found = list(found)
    for item in wanted:
        if item in found:
            found.remove(item)
            count.tp += 1
        else:
            count.fn += 1
    count.fp += len(found)


# --- peers ------------------------------------------------------------------------------------------

QUANTULUM_UNITS = {
    "percentage": "%", "week": "week", "day": "day", "month": "month", "year": "year", "hour": "hour",
    "tonne": "t", "ton": "t", "metric ton": "t", "kilogram": "kg", "gram": "g", "dollar": "USD",
    "euro": "EUR", "yuan": "CNY", "japanese yen": "JPY", "yen": "JPY", "australian dollar": "AUD",
    "canadian dollar": "CAD",
    "megawatt": "MW", "kilowatt": "kW", "gigawatt": "GW", "gigawatt-hour": "GWh", "gigawatt hour": "GWh",
    "kilooersted": "kOe", "oersted": "kOe", "degree celsius": "degC", "square kilometre": "km2",
    "square kilometer": "km2", "dollar per kilogram": "USD/kg", "euro per kilogram": "EUR/kg",
    "tonne per year": "t/year", "kilotonne per year": "t/year", "person": "person",
    "euro per day": "EUR/day",
}  # fmt: skip
RECOGNIZERS_UNITS = {
    "Ton": "t", "Metric ton": "t", "Kilogram": "kg", "Gram": "g", "Dollar": "USD",
    "United States dollar": "USD",
    "Euro": "EUR", "Chinese yuan": "CNY", "Japanese yen": "JPY", "Australian dollar": "AUD",
    "Canadian dollar": "CAD", "Week": "week", "Day": "day", "Month": "month", "Year": "year",
    "Hour": "hour", "C": "degC",    "Square kilometer": "km2", "Megawatt": "MW",
}  # fmt: skip
Peer = Callable[[str, str], list[Found]]


def quantulum() -> Peer | None:
    try:
        from quantulum3 import parser  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None

    def read(text: str, language: str) -> list[Found]:
        found = []
        for q in parser.parse(text):
            unit = QUANTULUM_UNITS.get(q.unit.name)
            if unit is not None:
                spread = q.uncertainty or 0.0
                found.append(loose(q.value - spread, q.value + spread, unit))
        return found

    return read


def recognizers() -> Peer | None:
    try:
        from recognizers_number import recognize_percentage  # type: ignore[import-not-found, unused-ignore]
        from recognizers_number_with_unit import (  # type: ignore[import-not-found, unused-ignore]
            recognize_age,
            recognize_currency,
            recognize_dimension,
        )
        from recognizers_text import Culture  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    cultures = {"en": Culture.English, "zh": Culture.Chinese, "ja": Culture.Japanese}

    def read(text: str, language: str) -> list[Found]:
        found = []
        for recognize in (recognize_percentage, recognize_dimension, recognize_currency, recognize_age):
            try:
                results = recognize(text, cultures[language])
            except Exception:
                continue
            for result in results:
                value = str((result.resolution or {}).get("value") or "")
                number = re.match(r"-?\d+(?:\.\d+)?(?:E[+-]?\d+)?", value)
                unit = (
                    "%" if value.endswith("%") else RECOGNIZERS_UNITS.get(str(result.resolution.get("unit")))
                )
                if number and unit:
                    found.append(loose(float(number[0]), float(number[0]), unit))
        return found

    return read


def ours(text: str, language: str) -> list[Found]:
    """What the package finds, of figures alone."""
    found = (m.quantity for m in quantities(text) if m.quantity.unit)
    return [loose(q.low, q.high, q.unit) for q in found]


def cqe() -> Peer | None:
    """CQE (Almasian, Kazakova and Gertz 2023)."""
    try:
        from CQE import CQE  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    parser = CQE.CQE()

    def read(text: str, language: str) -> list[Found]:
        found = []
        for q in parser.parse(text):
            unit = QUANTULUM_UNITS.get(str(q.unit.norm_unit).lower())
            if unit is not None:
                found.append(loose(float(q.value.value), float(q.value.value), unit))
        return found

    return read


def peer_score(peer: Peer, texts: Sequence[tuple[str, str, list[Row]]]) -> tuple[Count, float]:
    """Value and unit, and paragraphs a second. A range that the peer gives as two figures is one."""
    count = Count()
    peer(texts[0][0], texts[0][1])  # tables are built once
    start = time.perf_counter()
    answers = [peer(text, language) for text, language, _ in texts]
    seconds = time.perf_counter() - start
    for (_, _, claims), found in zip(texts, answers, strict=True):
        wanted = [loose(c["low"], c["high"], c["unit"]) for c in claims]
        for ends, dimension in wanted:
            halves = [(frozenset((end,)), dimension) for end in ends]
            if len(ends) > 1 and (ends, dimension) not in found and all(half in found for half in halves):
                for half in halves:
                    found.remove(half)
                found.append((ends, dimension))
        overlap(count, wanted, found)
    return count, len(texts) / seconds


# --- the package as it was ---------------------------------------------------------------------------

_READ = """
import json, sys
from dataclasses import asdict
from datetime import date
from mine2magnet.claims import extract_text
try:
    from mine2magnet.core import thesaurus
except ImportError:
    from mine2magnet import thesaurus
terms = thesaurus.load()
for line in sys.stdin:
    row = json.loads(line)
    day = date.fromisoformat(row["published"][:10])
    found = [
        [asdict(c) for c in extract_text(t, language=row["language"], published=day, thesaurus=terms)]
        for t in row["paragraphs"]
    ]
    print(json.dumps(found))
"""


def before(commit: str, documents: Sequence[Row]) -> list[score.Judged]:
    """The documents read by the package as it was at a commit."""
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", commit, "src"], cwd=ROOT, capture_output=True, check=True)
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
        lines = "\n".join(json.dumps(row) for row in documents)
        read = subprocess.run(
            [sys.executable, "-c", _READ], input=lines, text=True, capture_output=True, check=True,
            env={"PYTHONPATH": f"{folder}/src", "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
    found = []
    for document, line in zip(documents, read.stdout.splitlines(), strict=True):
        for number, claims in enumerate(json.loads(line), 1):
            found += [score.judged(document, _claim(c, number), {}) for c in claims]
    return found


def _claim(row: Row, paragraph: int) -> Claim:
    known = {
        k: v for k, v in row.items() if k in Claim.__dataclass_fields__ and k not in ("quantity", "paragraph")
    }
    lists = {k: tuple(v) for k, v in known.items() if isinstance(v, list)}
    period = row.get("as_of", row.get("period"))
    return Claim(
        **{**known, **lists, "period": period}, quantity=Quantity(**row["quantity"]), paragraph=paragraph
    )


# --- speed -------------------------------------------------------------------------------------------


def work(documents: Sequence[Row]) -> int:
    return sum(1 for row in documents for _ in judged(row, labels.TERMS))


def speed(documents: list[Row], repeat: int) -> tuple[float, float]:
    """Sentences a second in one process, and in two."""
    count = repeat * sum(
        len(sentences(text)) for row in documents for text in (row["title"], *row["paragraphs"])
    )
    many = documents * repeat
    work(documents)  # tables are built once
    start = time.perf_counter()
    work(many)
    one = count / (time.perf_counter() - start)
    with Pool(2) as pool:
        pool.map(work, [documents, documents])
        start = time.perf_counter()
        pool.map(work, [many, many])
        two = 2 * count / (time.perf_counter() - start)
    return one, two


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--half", choices=("dev", "test"), default="dev")
    parser.add_argument("--before", metavar="COMMIT", help="read with the package as it was, too")
    parser.add_argument("--errors", action="store_true", help="print what is wrong (dev only)")
    parser.add_argument("--repeat", type=int, default=2, help="rounds of the speed test")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    documents = score.documents(options.half)
    labelled = sum(len(row["claims"]) for row in documents)
    held = [one for row in documents for one in score.judge(row)]
    print(f"{options.half}: {len(documents)} documents of {len({row['hand'] for row in documents})} hands")
    score.report(held, labelled)
    for least in (SURE, LIKELY):
        shown = [one for one in held if one.claim.confidence >= least]
        print(f"confidence of {least} and more: {sum(o.usable for o in shown) / max(1, len(shown)):.3f} "
            f"usable, "
              f"{len(shown) / max(1, len(held)):.3f} of all")  # fmt: skip
    if options.errors and options.half == "dev":
        score.errors(held)
    if options.before:
        print(f"\nas it was at {options.before}:")
        score.report(before(options.before, documents), labelled)
    texts = [
        (text, row["language"], [c for c in row["claims"] if c["paragraph"] == number])
        for row in documents
        for number, text in enumerate(row["paragraphs"], 1)
    ]
    print(f"\nvalue and unit, loosely{'':6}{'prec':>6} {'recall':>6} {'F1':>6}")
    peers = {"ours": ours, "quantulum3": quantulum(), "recognizers-text": recognizers(), "CQE": cqe()}
    for language in LANGUAGES:
        own = [text for text in texts if text[1] == language]
        for name, peer in peers.items():
            if peer is None:
                print(f"  {language} {name:22}not installed")
            elif name in ("ours", "recognizers-text") or language == "en":
                count, rate = peer_score(peer, own)
                print(f"  {language} {name:22}{count}   {rate:,.0f} paragraphs/s")
    one, two = speed(documents, options.repeat)
    print(f"\n{one:,.0f} sentences/s in one process, {two:,.0f} in two")


if __name__ == "__main__":
    main()
