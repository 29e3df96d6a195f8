"""Claims as rows: each with the sentence it came from, in words, as CSV and as Parquet."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mine2magnet.claims import units
from mine2magnet.core.errors import UserError
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.library.topics import published_digest
from mine2magnet.model import WRONG, Claim, ClaimFilter, Digest, Document
from mine2magnet.store import Store

CONCEPTS = (  # slots that are asked for by name, too
    "subject",
    "counterparty",
    "measure",
    "stage",
    "material",
)
PARTIES = ("subject", "counterparty")  # that may be words, which the thesaurus does not have
_SIGNS = {"about": "≈", "nearly": "≲", "over": ">", "at least": "≥", "under": "<", "at most": "≤"}
_MYRIAD = {"zh": ((1e8, "亿"), (1e4, "万")), "ja": ((1e8, "億"), (1e4, "万"))}
_NOUNS = frozenset(("hour", "day", "week", "month", "year", "vehicle"))
_LATIN = ((1e9, " billion"), (1e6, " million"))


@dataclass(frozen=True, slots=True)
class Cited:
    """A claim with the sentence it came from; `figure` are the figure's characters in that sentence, and
    `language` is what it is written in."""

    claim: Claim
    sentence: str
    figure: tuple[int, int]
    title: str
    source: str
    published: datetime | None
    url: str | None
    language: str


def cited(store: Store, claims: Sequence[Claim]) -> list[Cited]:
    """The claims with their sentences, in their order; those of documents removed meanwhile are left out."""
    ids = list(dict.fromkeys(claim.document for claim in claims))
    documents = store.documents(ids)
    digests = store.digests(list({claim.document for claim in claims if claim.point}))
    return [
        one
        for claim in claims
        if claim.document in documents
        and (one := cite(claim, documents[claim.document], digests.get(claim.document, ())))
    ]


def cite(claim: Claim, document: Document, digests: Iterable[Digest] = ()) -> Cited | None:
    """A claim with its sentence; None if the document has no such place."""
    found = _text(claim, document, digests)
    if found is None:
        return None
    text, language = found
    start, end = claim.sentence
    return Cited(
        claim=claim,
        sentence=text[start:end],
        figure=(claim.start - start, claim.end - start),
        title=document.title,
        source=document.source,
        published=document.published,
        url=document.url,
        language=language,
    )


def as_evidence(cited: Cited | None) -> str:
    """A claim as a line of a file: its sentence, and where and when it stands."""
    if cited is None:
        return ""
    day = f"{cited.published:%Y-%m-%d}, " if cited.published else ""
    return f"“{cited.sentence}” ({cited.source}, {day}{cited.claim.document} ¶{cited.claim.paragraph})"


def _text(claim: Claim, document: Document, digests: Iterable[Digest]) -> tuple[str, str] | None:
    """The paragraph that the claim came from, or the point of the published digest, and its language."""
    if not claim.point:
        texts = [(paragraph.text, document.language) for paragraph in document.paragraphs]
        return texts[claim.paragraph - 1] if claim.paragraph <= len(texts) else None
    digest = published_digest(digests)
    texts = [(point.text, digest.language) for point in digest.points] if digest else []
    return texts[claim.point - 1] if claim.point <= len(texts) else None


def matches(claim: Claim, where: ClaimFilter, threshold: float = 0.0) -> bool:
    """Return whether a claim at hand is one that `Store.claims` would give."""
    if claim.confidence < where.least(threshold) or not (where.all or tells(claim)):
        return False
    slots = {
        "subject": _folded(claim.subjects),
        "counterparty": _folded(claim.counterparties),
        "material": _folded(claim.materials),
        "measure": (claim.measure,),
        "stage": (claim.stage,),
        "unit": (claim.quantity.unit,),
        "direction": (claim.direction,),
        "modality": (claim.modality,),
    }
    wanted = {name: getattr(where, name) for name in slots}
    for name in (*PARTIES, "material"):
        wanted[name] = _folded(wanted[name])
    return all(not wanted[name] or not set(wanted[name]).isdisjoint(own) for name, own in slots.items())


def tells(claim: Claim) -> bool:
    """Return whether it says more than a number, and nobody has marked it as wrong."""
    return not claim.bare and claim.judged != WRONG


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.casefold() for name in names)


def with_ids(thesaurus: Thesaurus, where: ClaimFilter, place: str = "") -> ClaimFilter:
    """Return the slots with the ids of the concepts that they name in any language.

    Parties may be words. Raises UserError for another name that the thesaurus does not have, and for an
    unknown unit, with `place` before its slot.
    """
    slots = {name: getattr(where, name) for name in ClaimFilter.__struct_fields__}
    for unit in where.unit:
        if not units.is_unit(unit):
            hint = "as claims show it: week, t, %, USD/kg"
            raise UserError(f"unknown unit {unit!r:.40}", where=f"{place}unit", hint=hint)
    for name in CONCEPTS:
        try:
            slots[name] = resolved(thesaurus, name, slots[name])
        except UserError as error:
            raise UserError(error.what, where=place + name, hint=error.hint) from error
    return ClaimFilter(**slots)


def facets(claims: Iterable[Claim]) -> dict[str, dict[str, int]]:
    """Count the claims that have each value of the fields of a ClaimFilter, the most frequent first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for claim in claims:
        counts["subject"].update(claim.subjects)
        counts["counterparty"].update(claim.counterparties)
        counts["material"].update(claim.materials)
        for field in ("measure", "stage", "direction", "modality"):
            if value := getattr(claim, field):
                counts[field][value] += 1
    return {field: dict(values.most_common()) for field, values in counts.items()}


# --- in words


def number(value: float, language: str = "en") -> str:
    """A number as the language groups it.

    >>> number(270000), number(2.86e9), number(270000, "zh"), number(8.7499)
    ('270,000', '2.86 billion', '27万', '8.75')
    """
    for size, name in _MYRIAD.get(language, _LATIN):
        if abs(value) >= size:
            return f"{_plain(value / size)}{name}".replace("-", "−")
    return _plain(value).replace("-", "−")


def _plain(value: float) -> str:
    whole = round(value)
    if abs(value) >= 1000 or abs(value - whole) < 1e-9:
        return f"{whole:,}" if abs(value - whole) < 1e-9 or abs(value) >= 1e5 else f"{value:,.10g}"
    return f"{value:.3g}"


def english(unit: str, n: float) -> str:
    """The unit's name for n of it; symbols and codes have no plural.

    >>> english("week", 4), english("t/year", 2), english("year", 1)
    ('weeks', 't/year', 'year')
    """
    return f"{unit}s" if unit in _NOUNS and n != 1 else unit


def amount(claim: Claim, language: str = "en", unit: Callable[[str, float], str] = english) -> str:
    """Write what a claim states, in its own unit: "4–6 weeks", "≈12,000 t", "+40 %"."""
    q = claim.quantity
    return stated(q.low, q.high, q.unit, q.approx, claim.direction == "change", language, unit)


def stated(
    low: float | None,
    high: float | None,
    unit: str,
    approx: str = "",
    change: bool = False,
    language: str = "en",
    name: Callable[[str, float], str] = english,
) -> str:
    """The range in words; `name` gives the unit's name for a number of it."""

    ends = list(dict.fromkeys(end for end in (low, high) if end is not None))
    sign = _SIGNS.get(approx, "") or (">" if high is None else "<" if low is None else "")
    if change and unit != "x" and ends[0] >= 0:
        sign += "+"
    values = "–".join(("−" if end < 0 else "") + number(abs(end), language) for end in ends)
    if unit == "x":
        return f"{sign}×{values}"
    return f"{sign}{values}\u00a0{name(unit, ends[-1])}".rstrip("\u00a0")


# --- as a table

COLUMNS = (
    "subjects", "counterparties", "measure", "stage", "materials", "form", "low", "high", "unit", "approx",
    "period", "period_kind", "basis", "direction", "modality", "said_by", "confidence", "corrected",
    "disputed", "document", "version", "paragraph", "point", "figure", "sentence", "title", "source",
    "published", "url", "language",
)  # fmt: skip
_NUMBERS = {
    "low": float, "high": float, "confidence": float, "version": int, "paragraph": int, "point": int,
}  # fmt: skip


def record(one: Cited) -> dict[str, str | float | int | None]:
    """One row of COLUMNS: thesaurus ids or words, several of them parted by "|"; times in ISO 8601;
    `corrected` are the slots that people have corrected, `disputed` those that readers fill differently."""
    claim, quantity = one.claim, one.claim.quantity
    values = (
        "|".join(claim.subjects), "|".join(claim.counterparties), claim.measure, claim.stage,
        "|".join(claim.materials), claim.form, quantity.low, quantity.high, quantity.unit, quantity.approx,
        claim.period, claim.period_kind, claim.basis, claim.direction, claim.modality, claim.said_by,
        claim.confidence, "|".join(correction.slot for correction in claim.corrections),
        "|".join(claim.disputed), claim.document, claim.version, claim.paragraph, claim.point,
        one.sentence[slice(*one.figure)], one.sentence, one.title, one.source,
        one.published.isoformat() if one.published else None, one.url, one.language,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def as_csv(rows: Iterable[Cited]) -> str:
    return csv_text(COLUMNS, (record(row).values() for row in rows))


def csv_text(columns: Iterable[str], rows: Iterable[Iterable[str | float | int | None]]) -> str:
    """A table as CSV that a spreadsheet takes for what it is."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: str | float | int | None) -> str | float | int | None:
    """Text that a spreadsheet would take for a formula is quoted: what was read may be hostile."""
    return (
        "'" + value
        if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
        else value
    )


def write_parquet(rows: Sequence[Cited], file: Path) -> None:
    """Raises UserError if pyarrow is not installed or the file cannot be written."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UserError(
            "Parquet needs pyarrow",
            where="--parquet",
            hint="pip install 'mine2magnet[parquet]', or use --csv",
        ) from error
    types = {float: pyarrow.float64(), int: pyarrow.int64(), str: pyarrow.string()}
    schema = pyarrow.schema([(name, types[_NUMBERS.get(name, str)]) for name in COLUMNS])
    table = pyarrow.Table.from_pylist([record(row) for row in rows], schema=schema)
    try:
        pyarrow.parquet.write_table(table, file)
    except OSError as error:
        raise UserError(error.strerror or str(error), where=str(file), hint="choose another file") from error


def resolved(thesaurus: Thesaurus, slot: str, given: Iterable[str]) -> tuple[str, ...]:
    """Thesaurus ids of concepts given by id or by a name in any language. Words that name none stand for
    parties; as the name of a measure, a stage or a material they are a UserError."""
    return tuple(_resolved(thesaurus, slot, name) for name in given)


def _resolved(thesaurus: Thesaurus, slot: str, name: str) -> str:
    if name in thesaurus.concepts:
        return name
    for mention in thesaurus.find(name):
        for concept in (mention.concept, *mention.others):
            if (mention.start, mention.end) == (0, len(name)) and (slot in PARTIES or slot == concept.kind):
                return concept.id
    if slot in PARTIES:
        return name
    raise UserError(
        f"{name[:60]!r} is no {slot} of the thesaurus",
        where=f"--{slot}",
        hint="use a name or an id as the table of claims shows it",
    )
