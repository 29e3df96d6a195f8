"""Claims as people judge them who would use them: a sheet of claims drawn at random, and its tally.

    python benchmarks/claims_judged.py sheet ARTICLES.jsonl … --out SHEET.txt [--claims 120] [--part 0.9]
    python benchmarks/claims_judged.py tally SHEET.csv JUDGE.csv …

Articles are rows of id, language, published, title and paragraphs that nobody has labelled. Of the claims
read from them the surest `--part` is drawn from. A judge, who is not shown how sure they are (that goes
beside the sheet, as .csv), writes a row a claim: its number, 1 or 0 for usable, and of each slot whether it
is ok, wrong or missing. The tally tells each judge's share, with its interval (Wilson 1927), the slots that
are wrong or missing, the share among the surer, and how far judges agree beyond chance (Cohen's kappa, 1960).
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import Counter
from itertools import combinations
from pathlib import Path
from statistics import NormalDist
from typing import Any

import claims_labels as labels

from mine2magnet.claims.extract import judged
from mine2magnet.model import Claim

SLOTS = ("value", "subject", "counterparty", "measure", "material", "period", "basis", "other")
SURE = (0.5, 0.8)  # confidences at which the tally parts the claims


def told(claim: Claim) -> str:
    """The slots of a claim that are told, a line each."""
    q = claim.quantity
    ends = [None if end is None else f"{end:g}" for end in (q.low, q.high)]
    value = (
        f"up to {ends[1]}" if ends[0] is None else f"from {ends[0]}" if ends[1] is None
        else " … ".join(dict.fromkeys(filter(None, ends)))
    )  # fmt: skip
    period = f"{claim.period} ({claim.period_kind})" if claim.period_kind else claim.period
    slots = {
        "value & unit": f"{value} {q.unit}",
        "subject": ", ".join(claim.subjects),
        "counterparty": ", ".join(claim.counterparties),
        "measure": claim.measure,
        "stage": claim.stage,
        "material": ", ".join(claim.materials),
        "form": claim.form,
        "period": period,
        "basis": claim.basis,
        "direction": claim.direction,
        "modality": claim.modality,
        "said by": claim.said_by,
    }
    return "\n".join(f"   {name}: {slot}" for name, slot in slots.items() if slot)


def sheet(files: list[Path], count: int, part: float, seed: int, out: Path) -> None:
    """Writes the claims to be judged, numbered, and beside them how sure each is."""
    held: list[tuple[dict[str, Any], Claim]] = []
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            held += [(row, claim) for claim, _ in judged(row, labels.TERMS)]
    held.sort(key=lambda one: -one[1].confidence)
    drawn = random.Random(seed).sample(held[: round(part * len(held))], count)
    drawn.sort(key=lambda one: one[0]["id"])
    found = [f"{len(held)} claims read; of the surest {part:.0%} these {count} were drawn at random.\n"]
    for number, (row, claim) in enumerate(drawn, 1):
        text = row["paragraphs"][claim.paragraph - 1]
        marked = f"{text[: claim.start]}«{text[claim.start : claim.end]}»{text[claim.end :]}"
        head = f"{number}. {row['id']} {row['published']} {row['title']}"
        found.append(f"{head}\n   ¶{claim.paragraph}: {marked}\n{told(claim)}\n")
    out.write_text("\n".join(found), "utf-8")
    with out.with_suffix(".csv").open("w", encoding="utf-8", newline="") as key:
        csv.writer(key).writerows(
            [("n", "id", "confidence"), *((n, r["id"], c.confidence) for n, (r, c) in enumerate(drawn, 1))]
        )


def interval(right: int, of: int) -> str:
    """A share with its interval of 95 %."""
    z = NormalDist().inv_cdf(0.975)
    middle, spread = (
        (right + z * z / 2) / (of + z * z),
        z * (right * (of - right) / of + z * z / 4) ** 0.5 / (of + z * z),
    )
    return f"{right} of {of}, {right / of:.2f} ({middle - spread:.2f} … {middle + spread:.2f})"


def rows_of(file: Path) -> dict[int, dict[str, str]]:
    """A CSV by its number."""
    with file.open(encoding="utf-8") as held:
        return {int(row["n"]): row for row in csv.DictReader(held)}


def tally(key: Path, files: list[Path]) -> None:
    """Prints what each judge found, and how far they agree."""
    claims = {n: (row["id"], float(row["confidence"])) for n, row in rows_of(key).items()}
    judges = {file.stem: rows_of(file) for file in files}
    for name, rows in judges.items():
        usable = {n for n, row in rows.items() if row["usable"].strip() == "1"}
        print(f"{name}: usable {interval(len(usable), len(rows))}")
        for language in ("en", "zh", "ja"):
            if own := [n for n in rows if claims[n][0].startswith(language)]:
                print(f"  {language}: {interval(len(usable & set(own)), len(own))}")
        for sure in SURE:
            if own := [n for n in rows if claims[n][1] >= sure]:
                print(f"  confidence of {sure} and more: {interval(len(usable & set(own)), len(own))}")
        states = {slot: Counter(row[slot].strip() for row in rows.values()) for slot in SLOTS}
        print("  " + "; ".join(f"{s} {c['wrong']} wrong, {c['missing']} missing" for s, c in states.items()))
    for one, other in combinations(judges, 2):
        both = sorted(set(judges[one]) & set(judges[other]))
        a, b = ([judges[name][n]["usable"].strip() == "1" for n in both] for name in (one, other))
        same = sum(x == y for x, y in zip(a, b, strict=True)) / len(both)
        chance = sum(a) * sum(b) / len(both) ** 2 + (1 - sum(a) / len(both)) * (1 - sum(b) / len(both))
        kappa = (same - chance) / (1 - chance)
        print(f"{one} and {other} agree on {same:.2f} of {len(both)}, kappa {kappa:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    drawing, counting = verbs.add_parser("sheet"), verbs.add_parser("tally")
    drawing.add_argument("articles", nargs="+", type=Path)
    drawing.add_argument("--out", type=Path, required=True)
    drawing.add_argument("--claims", type=int, default=120)
    drawing.add_argument("--part", type=float, default=0.9, help="the surest part that is drawn from")
    drawing.add_argument("--seed", type=int, default=0)
    counting.add_argument("key", type=Path, help="the CSV beside the sheet")
    counting.add_argument("judges", nargs="+", type=Path)
    given = parser.parse_args()
    if given.verb == "sheet":
        sheet(given.articles, given.claims, given.part, given.seed, given.out)
    else:
        tally(given.key, given.judges)


if __name__ == "__main__":
    main()
