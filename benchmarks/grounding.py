"""How well grounding tells true points from points with a planted error, in three languages.

True points and their denials are written by hand (`grounding_points.yaml`); the other errors are planted
in the true points by rule: a figure changed, a unit, a country or another subject swapped for one of the
same kind (of the cited paragraph or the document where it has one), the citation moved to another
paragraph. Prints the share caught, and the share of true points wrongly rejected.

    python benchmarks/grounding.py [--half dev|test] [--misses]
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import yaml

from mine2magnet.claims import times, units
from mine2magnet.claims.numerals import numbers
from mine2magnet.claims.quantities import quantities
from mine2magnet.core import thesaurus
from mine2magnet.digests.grounded_text import Tools
from mine2magnet.digests.grounding import Finding, Grounding
from mine2magnet.model import Document, Paragraph, Point
from mine2magnet.search import embed_passages

GOAL_CAUGHT, GOAL_REJECTED = 0.95, 0.03
KINDS = ("wrong figure", "wrong unit", "swapped country", "swapped subject", "negation", "wrong citation")
_UNITS = {
    "en": "tonnes>kilograms weeks>months months>weeks week>month days>weeks dollar>yen $>€ "
    "%>_percentage_points",
    "zh": "吨>公斤 一周>一个月 四周>四个月 45天>45周 美元>日元 澳元>美元 %>个百分点",
    "ja": "トン>キログラム 週間>か月 か月>週間 日分>週分 豪ドル>円 ドル>円 ％>ポイント",
}
_WIDE = {"world", "rest_of_world", "the_west", "rare_earths"}  # may stand for any of their kind: no swap
_SUBJECTS = ("company", "organisation", "person", "material")


@dataclass(frozen=True, slots=True)
class Case:
    document: str
    language: str
    point: Point
    error: str = ""  # "" for a true point


def documents() -> dict[str, Document]:
    read = {}
    for path in (resources.files("mine2magnet") / "data" / "starter").iterdir():
        if path.name.endswith(".md"):
            _, head, body = path.read_text("utf-8").split("---\n", 2)
            about = yaml.safe_load(head)
            texts = [text.strip() for text in body.strip().split("\n\n")]
            read[path.name.removesuffix(".md")] = Document(
                title=about["title"],
                source=about["source"],
                published=datetime.fromisoformat(about["published"]),
                fetched=datetime.now(UTC),
                language=about["language"],
                paragraphs=tuple(Paragraph(i, text) for i, text in enumerate(texts, 1)),
            )
    return read


def cases(half: str, which: str) -> Iterator[Case]:
    held = documents()
    listed = yaml.safe_load((Path(__file__).parent / "grounding_points.yaml").read_text("utf-8"))
    names = sorted({name for _, name, *_ in listed["fresh"]})
    fresh = [p for p in listed["fresh"] if names.index(p[1]) % 2 == (half == "test")]
    for language, name, citations, true, denied in {
        "first": listed[half],
        "fresh": fresh,
        "both": listed[half] + fresh,
    }[which]:
        dice = random.Random(true)
        point = Point(true, tuple(citations))
        yield Case(name, language, point)
        yield Case(name, language, replace(point, text=denied), "negation")
        planted = {
            "wrong figure": _wrong_figure(true, dice),
            "wrong unit": _wrong_unit(true, language),
            "swapped country": _swapped(true, language, ("country",), held[name], citations, dice),
            "swapped subject": _swapped(true, language, _SUBJECTS, held[name], citations, dice),
        }
        for error, text in planted.items():
            if text is not None:
                yield Case(name, language, replace(point, text=text), error)
        others = [p.number for p in held[name].paragraphs[:-1] if p.number not in citations]
        yield Case(name, language, replace(point, citations=(dice.choice(others),)), "wrong citation")


def _wrong_figure(text: str, dice: random.Random) -> str | None:
    """One figure in digits made larger or smaller by up to a half, in the same form."""
    marked = [m for m in quantities(text) if re.search(r"\d", text[m.start : m.end])]
    if not marked:
        return None
    mention = dice.choice(marked)
    number = re.search(r"\d[\d,.]*\d|\d", text[mention.start : mention.end])
    assert number
    value = float(number[0].replace(",", ""))
    decimals = len(number[0].partition(".")[2])
    changed = round(value * dice.choice((0.55, 0.8, 0.9, 1.1, 1.25, 1.5)), decimals)
    changed = changed if changed != value else value + 1
    written = f"{changed:,.{decimals}f}" if "," in number[0] else f"{changed:.{decimals}f}"
    start = mention.start + number.start()
    return text[:start] + written + text[start + len(number[0]) :]


def _wrong_unit(text: str, language: str) -> str | None:
    text = text.replace("per cent", "%")
    pairs = (pair.replace("_", " ").split(">") for pair in _UNITS[language].split())
    return next((text.replace(right, wrong, 1) for right, wrong in pairs if right in text), None)


def _swapped(
    text: str,
    language: str,
    kinds: Sequence[str],
    document: Document,
    citations: Sequence[int],
    dice: random.Random,
) -> str | None:
    """One name for another of its kind: of the cited paragraphs, else of the document, else any."""
    words = thesaurus.load()
    mentions = [
        m
        for m in words.find(text)
        if m.concept.kind in kinds and m.concept.id not in ("rare_earths", "world")
    ]
    if not mentions:
        return None
    mention = dice.choice(mentions)
    said = {m.concept.id for m in words.find(text)}

    def alternatives(source: str) -> list[str]:
        return sorted(
            {m.concept.id for m in words.find(source) if m.concept.kind == mention.concept.kind}
            - _WIDE
            - {id for id in words.concepts if any(words.is_a(id, s) or words.is_a(s, id) for s in said)}
        )

    cited = " ".join(p.text for p in document.paragraphs if p.number in citations)
    everywhere = sorted(c.id for c in words.of_kind(mention.concept.kind))
    for options in (alternatives(cited), alternatives(document.text), everywhere):
        if options:
            label = words.label(dice.choice(options), language)
            return text[: mention.start] + label + text[mention.end :]
    return None


def tools() -> Tools:
    return Tools(
        thesaurus.load(), quantities, numbers, units.convert, times.find, times.bounds, embed_passages
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--half", choices=("dev", "test"), default="test")
    parser.add_argument(
        "--points", choices=("first", "fresh", "both"), default="both", help="which were written when"
    )
    parser.add_argument("--misses", action="store_true", help="list what is told wrongly")
    options = parser.parse_args()
    held = documents()
    grounds: dict[str, Grounding] = {}
    outcomes: list[tuple[Case, Finding]] = []
    began = time.perf_counter()
    for case in cases(options.half, options.points):
        grounding = grounds.setdefault(case.document, Grounding(held[case.document], tools()))
        outcomes.append((case, grounding.check(case.point)))
    seconds = time.perf_counter() - began
    print(f"{options.half} half: {len(outcomes)} points, {len(outcomes) / seconds:.1f} points/s\n")
    print(f"{'':18}{'en':>12}{'zh':>12}{'ja':>12}{'all':>15}")
    for error in (*KINDS, "all errors", "true, rejected", "true, unchecked"):
        print(f"{error:18}" + "".join(_row(outcomes, error)))
    print(f"\ngoals: caught ≥ {GOAL_CAUGHT}, true points rejected ≤ {GOAL_REJECTED}")
    if options.misses:
        for case, finding in outcomes:
            if (finding.verdict == "fails") != bool(case.error):
                print(
                    f"\n{case.error or 'TRUE'}: {case.document} {case.point.citations}\n  {case.point.text}"
                )
                print(f"  → {finding.verdict}: {finding.reason}")


def _row(outcomes: Sequence[tuple[Case, Finding]], error: str) -> Iterator[str]:
    verdict = "unchecked" if error == "true, unchecked" else "fails"
    for language in ("en", "zh", "ja", ""):
        told = [
            finding.verdict == verdict
            for case, finding in outcomes
            if language in ("", case.language)
            and (case.error == error if error in KINDS else bool(case.error) == (error == "all errors"))
        ]
        counts = f"{sum(told)}/{len(told)}"
        yield f"{counts:>12}" if language else f"{counts:>9} {sum(told) / max(len(told), 1):.3f}"


if __name__ == "__main__":
    main()
