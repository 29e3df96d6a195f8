"""Claims read by a model beside the built-in reader: asked by section, checked, and the two brought together.

How sure a claim is follows a rule set by hand, not measured, since it depends on the model. With c the
confidence of the built-in reader:

- both readers have the figure and fill every slot alike: half of the doubt goes, 1 - (1 - c) / 2;
- one fills a slot that the other leaves empty, and none is filled differently: c;
- a slot is filled differently, the claim is disputed and has the model's: c / 2;
- only the model has the figure: 0.5; only the built-in reader has it: c.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from mine2magnet.claims import by_model_prompt as prompt
from mine2magnet.claims.by_model_checks import Checks, FigureRead, Rejected
from mine2magnet.claims.layout import lay_out
from mine2magnet.claims.measures import fits
from mine2magnet.core.llm import ChatError, CutShort, Message, Usage
from mine2magnet.core.prompts import json_object
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import Claim, Document, Quantity

ALONE = 0.5  # how sure a claim is that only the model has
FIELDS = {  # of a claim that a model fills, and what the slot is called
    "quantity": "value", "subjects": "subject", "counterparties": "counterparty", "measure": "measure",
    "stage": "stage", "materials": "material", "form": "form", "period": "period",
    "period_kind": "period_kind", "basis": "basis", "direction": "direction", "modality": "modality",
    "said_by": "said_by",
}  # fmt: skip
_FOLLOWS = {"form": "materials", "period_kind": "period"}  # differ by themselves only where these do not

Ask: TypeAlias = Callable[[Sequence[Message], Mapping[str, Any], int], tuple[str, Usage]]


@dataclass(frozen=True, slots=True)
class ReadByModel:
    """The claims of a document by both readers, and how it went.

    `dropped` are entries of answers whose figure does not stand, each with why; `emptied` counts slots that
    do not; `unread` the sections without a usable answer. With a `reason`, the claims are the built-in
    reader's as they were.
    """

    claims: list[Claim]
    usage: Usage
    reason: str = ""
    dropped: tuple[tuple[str, str], ...] = ()
    emptied: int = 0
    unread: int = 0

    @property
    def disputed(self) -> int:
        """Return how many of the claims are disputed."""
        return sum(bool(claim.disputed) for claim in self.claims)

    def __str__(self) -> str:
        unread = f", {self.unread} sections unread" if self.unread else ""
        return (
            f"{len(self.claims)} claims, {self.disputed} disputed; {len(self.dropped)} figures and "
            f"{self.emptied} slots did not stand{unread}; {self.usage}"
        )


def maker(model: str) -> str:
    """Return the version of what reads with this model.

    Parameters
    ----------
    model : str
    """
    return f"read {prompt.VERSION} {model}"


def read(
    document: Document,
    found: Sequence[Claim],
    *,
    thesaurus: Thesaurus,
    ask: Ask,
    at_once: int = 1,
    section: int = prompt.SECTION,
) -> ReadByModel:
    """Return the claims of a document by a model and by the built-in reader.

    An endpoint that fails is a reason, not an error.

    Parameters
    ----------
    document : Document
    found : sequence of Claim
        The built-in reader's.
    thesaurus : Thesaurus
    ask : callable
        Gives a model's answer to messages, as JSON of a schema where it can be brought to it, within so many
        tokens, and what that took. Raises ChatError.
    at_once : int
        Requests at once.
    section : int
        Tokens of the document in one request.
    """
    published = document.published.date() if document.published else None
    texts = [paragraph.text for paragraph in document.paragraphs]
    sentences = lay_out(
        document.title, texts, language=document.language, today=published, thesaurus=thesaurus
    )
    asked = prompt.sections(document, sentences, section)[: prompt.MOST_SECTIONS]
    if not asked:
        return ReadByModel(list(found), Usage())
    reader = _Reader(document, thesaurus, Checks(document, sentences, found, thesaurus), ask)
    try:
        with ThreadPoolExecutor(at_once) as pool:
            read = [one for of_section in pool.map(reader.section, asked) for one in of_section]
    except ChatError as error:
        return ReadByModel(list(found), reader.usage, str(error))
    return ReadByModel(
        merged(document, found, read),
        reader.usage,
        dropped=tuple(reader.dropped),
        emptied=sum(len(one.emptied) for one in read),
        unread=reader.unread,
    )


class _Reader:
    """One document being read."""

    def __init__(self, document: Document, thesaurus: Thesaurus, checks: Checks, ask: Ask) -> None:
        self._document = document
        self._thesaurus = thesaurus
        self._checks = checks
        self._ask = ask
        self._spent: list[Usage] = []
        self.dropped: list[tuple[str, str]] = []
        self.unread = 0

    @property
    def usage(self) -> Usage:
        return sum(self._spent, Usage())

    def section(self, section: prompt.Section) -> list[FigureRead]:
        """The figures of a section that stand, each once."""
        standing: dict[tuple[int, int], FigureRead] = {}
        for entry in self._entries(section):
            try:
                one = self._checks.check(entry, section.shown)
            except Rejected as rejected:
                words = entry.get("figure") if isinstance(entry, dict) else entry
                self.dropped.append((str(words)[: prompt.LONGEST_FIGURE], str(rejected)))
                continue
            standing.setdefault((one.paragraph, one.figure.start), one)
        return list(standing.values())

    def _entries(self, section: prompt.Section) -> list[Any]:
        """What a usable answer lists; nothing if there is none after a second try."""
        messages = prompt.question(self._document, section, self._checks.materials, self._thesaurus)
        schema = prompt.schema(section, self._thesaurus)
        for _ in range(2):
            try:
                text, usage = self._ask(messages, schema, section.answer)
            except CutShort:
                break
            self._spent.append(usage)
            entries = json_object(text).get("claims")
            if isinstance(entries, list):
                return entries[: prompt.most_claims(section)]
            messages = [
                *messages,
                {"role": "assistant", "content": text[: 4 * section.answer]},
                {"role": "user", "content": prompt.AGAIN},
            ]
        self.unread += 1
        return []


def merged(document: Document, found: Sequence[Claim], read: Sequence[FigureRead]) -> list[Claim]:
    """Return the claims of both readers, in the order of the text.

    Parameters
    ----------
    document : Document
    found : sequence of Claim
        The built-in reader's.
    read : sequence of FigureRead
        What stands of the model's.
    """
    by_paragraph: dict[int, list[FigureRead]] = defaultdict(list)
    for one in read:
        by_paragraph[one.paragraph].append(one)
    claims: list[Claim] = []
    taken: set[int] = set()
    for claim in found:
        same = next(
            (
                one
                for one in by_paragraph[claim.paragraph]
                if one.figure.start < claim.end and claim.start < one.figure.end and id(one) not in taken
            ),
            None,
        )
        if same:
            taken.add(id(same))
        claims.append(together(claim, same) if same else claim)
    claims += [alone(document, one) for one in read if id(one) not in taken]
    place = {paragraph.number: i for i, paragraph in enumerate(document.paragraphs)}
    return sorted(claims, key=lambda claim: (place.get(claim.paragraph, 0), claim.start))


def alone(document: Document, read: FigureRead) -> Claim:
    """Return the claim of a figure that only the model has.

    Parameters
    ----------
    document : Document
    read : FigureRead
    """
    slots: dict[str, Any] = {name: value for name, value in read.slots.items() if value}
    return Claim(
        quantity=read.quantity,
        start=read.figure.start,
        end=read.figure.end,
        sentence=read.sentence.span,
        confidence=ALONE,
        precision=read.figure.step,
        document=document.id,
        version=document.version,
        paragraph=read.paragraph,
        **slots,
    )


def together(claim: Claim, read: FigureRead) -> Claim:
    """Return a claim with what a model read of its figure.

    Parameters
    ----------
    claim : Claim
        The built-in reader's.
    read : FigureRead

    Returns
    -------
    Claim
        A slot that one of them fills is filled, one that both fill has the model's.
    """
    slots: dict[str, Any] = {name: read.slots.get(name) for name in FIELDS}
    slots["quantity"] = read.quantity
    ours: dict[str, Any] = {name: getattr(claim, name) for name in slots}
    differ = {name for name in slots if ours[name] and slots[name] and not _alike(ours[name], slots[name])}
    differ -= {name for name, of in _FOLLOWS.items() if of in differ}
    filled: dict[str, Any] = {name: slots[name] or ours[name] for name in slots}
    one_sided = any(bool(ours[name]) != bool(slots[name]) for name in slots)
    if "quantity" in differ and (priced := _priced(claim.quantity, read.quantity)):
        filled["quantity"], one_sided = priced, True
        differ.remove("quantity")
    if not slots["period"]:
        filled["period_kind"] = ours["period_kind"]
    measure, unit = filled["measure"], filled["quantity"].unit
    if measure and not fits(measure, unit, filled["direction"]):
        filled["measure"] = None
    if filled["direction"] == "level" and unit != "x":
        filled["basis"] = None
    filled["counterparties"] = tuple(
        name for name in filled["counterparties"] if name not in filled["subjects"]
    )
    sure = claim.confidence
    if differ:
        sure /= 2
    elif not one_sided:
        sure = 1 - (1 - sure) / 2
    disputed = tuple(slot for name, slot in FIELDS.items() if name in differ)
    return replace(claim, **filled, confidence=round(sure, 3), disputed=disputed)


def _priced(a: Quantity, b: Quantity) -> Quantity | None:
    """The one of two quantities that says per what it is, where the other says the same without."""
    for full, bare in ((a, b), (b, a)):
        head, per, _ = full.unit.partition("/")
        if per and replace(full, unit=head) == bare:
            return full
    return None


def _alike(a: object, b: object) -> bool:
    return set(a) == set(b) if isinstance(a, tuple) and isinstance(b, tuple) else a == b
