"""Claims and figures in the reader's words: names, amounts with their units, times, titles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from mine2magnet.claims import compare
from mine2magnet.claims.compare import Scope
from mine2magnet.core.messages import Translator, messages
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.figures import rows
from mine2magnet.figures.groups import Figure
from mine2magnet.figures.spans import Span
from mine2magnet.model import Claim, Correction
from mine2magnet.translate import gloss

SURE, LIKELY = 0.9, 0.5  # confidence from which a claim is called so
PLAIN_KINDS = {
    kind: len(date) for kind, date in (("year", "2025"), ("month", "2025-07"), ("day", "2025-07-14"))
}


@dataclass(frozen=True, slots=True)
class Wording:
    """What templates and plots say of claims, in the language of `t`."""

    t: Translator
    thesaurus: Thesaurus

    def name(self, id: str | None) -> str:
        """A concept's name; a common noun that stands for a party in the reader's language, too."""
        return gloss.party(id, self.t.language, self.thesaurus) if id else ""

    def tag(self, tag: str) -> str:
        """A tag in the reader's language, if it names a concept or is a common word; else as it is."""
        language = self.t.language
        if language == "en" and tag.isascii():
            return tag
        for mention in self.thesaurus.find(tag):
            if (mention.start, mention.end) == (0, len(tag)) and mention.concept.kind != "cue":
                return self.thesaurus.label(mention.concept.id, language)
        said = self.t.say(tag)
        return said if said != tag else gloss.noun(tag, language) or tag

    def names(self, ids: Iterable[str]) -> str:
        return self.t("list.comma").join(map(self.name, ids))

    def unit(self, unit: str, n: float = 2) -> str:
        return self.t.unit(unit, n)

    def amount(self, claim: Claim) -> str:
        """Write the amount as the claim states it, in its own unit."""
        return rows.amount(claim, self.t.language, self.unit)

    def range(self, low: float | None, high: float | None, unit: str, change: bool = False) -> str:
        return rows.stated(low, high, unit, "", change, self.t.language, self.unit)

    def number(self, value: float) -> str:
        return rows.number(value, self.t.language)

    def axis(self, unit: str, change: bool = False) -> str:
        """A unit in words, for the axis of a plot: "tonnes", "change in US dollars per kilogram"."""
        above, _, below = (unit, "", "") if f"axis.{unit}" in messages() else unit.partition("/")
        words = self._unit_word(above, 2)
        if below:
            words = self.t("axis.per", a=words, b=self._unit_word(below, 1))
        return self.t("axis.change", unit=words) if change else words

    def _unit_word(self, unit: str, n: int) -> str:
        key = f"axis.{unit}"
        return self.t(key, n=n) if key in messages() else self.unit(unit, n)

    def titles(self, figures: Sequence[Figure]) -> dict[str, str]:
        """Titles by the figures' ids; those that read alike say in what they are told as well."""
        said = {figure.id: self.title(figure) for figure in figures}
        often = Counter(said.values())
        return {
            figure.id: said[figure.id]
            if often[said[figure.id]] == 1
            else self.t("in.brackets", of=said[figure.id], what=self.axis(figure.unit))
            for figure in figures
        }

    def title(self, figure: Figure) -> str:
        """ "China · exports to Japan · permanent magnet · Jul 2025": whose, what, of what, and when if all
        claims are of one time."""
        scope = figure.scope
        told = figure.marks[0].what.claim if figure.marks else None
        said = [self.names(told.subjects if told else scope.subjects), self._measured(scope, told)]
        if scope.direction == "change":
            said.append(
                self.t("list.comma").join(filter(None, (self.t("direction.change"), self.basis(scope.basis))))
            )
        elif scope.basis:
            said.append(self.basis(scope.basis))
        materials, stage = self.names(scope.materials), self.name(scope.stage)
        if scope.form:
            form = self.t(f"form.{scope.form}")
            materials = self.t("in.brackets", of=materials, what=form) if materials else form
        if stage and materials:
            said.append(self.t("in.brackets", of=stage, what=materials))
        else:
            said.append(stage or materials)
        said.append(self.period(figure.period))
        return " · ".join(filter(None, said))

    def _measured(self, scope: Scope, told: Claim | None) -> str:
        """The measure, with to or from whom."""
        measure = self.name(scope.measure)
        if not scope.counterparties:
            return measure
        who = self.names(told.counterparties if told else scope.counterparties)
        key = f"differs.with.{scope.measure}"
        return self.t(key if key in messages() else "differs.with", what=measure, who=who)

    def difference(self, a: Claim, b: Claim) -> str:
        return compare.difference(a, b, self.thesaurus, self.t.language)

    def kind(self, claim: Claim) -> str:
        """Level or change, and how sure, unless it is reported."""
        kinds = [self.t(f"direction.{claim.direction}")]
        if claim.modality != "reported":
            kinds.append(self.t(f"modality.{claim.modality}"))
        return self.t("list.comma").join(kinds)

    def parties(self, claim: Claim) -> str:
        """Who or where, and to or from whom: "China → Japan"."""
        of, other = self.names(claim.subjects), self.names(claim.counterparties)
        if of and other:
            return f"{of} → {other}"
        return of or (self.t("party.with", b=other) if other else "")

    def substance(self, claim: Claim) -> str:
        """The material with its form: "dysprosium (oxide)"; a form that its name tells is not said again."""
        materials = self.names(claim.materials)
        form = self.t(f"form.{claim.form}") if claim.form else ""
        if not (materials and form) or any(claim.form in id for id in claim.materials if claim.form):
            return materials or form
        return self.t("in.brackets", of=materials, what=form)

    def basis(self, basis: str | None) -> str:
        """Say what a change is against: "year on year", "since Apr 2025", "against the Chinese price"."""
        if not basis:
            return ""
        kind, colon, what = basis.partition(":")
        if not colon:
            return self.t(f"basis.{kind}") if f"basis.{kind}" in messages() else kind.replace("_", " ")
        return (
            self.t("basis.since", time=self.period(what))
            if kind == "since"
            else self.t("basis.than", what=what)
        )

    def sureness(self, claim: Claim) -> str:
        """The key of how sure a claim is: "right" and "wrong" are a person's word."""
        if claim.judged:
            return claim.judged
        return "sure" if claim.confidence >= SURE else "likely" if claim.confidence >= LIKELY else "unsure"

    def disputed(self, claim: Claim) -> str:
        """Say what a model and the built-in reader read differently and nobody has judged; "" for nothing."""
        settled = {one.slot for one in claim.corrections}
        slots = [self.t(f"slot.{slot}") for slot in claim.disputed if slot not in settled]
        if claim.judged or not slots:
            return ""
        return self.t("claim.disputed", slots=self.t("list.comma").join(slots))

    def corrected(self, claim: Claim) -> str:
        """Say by whom a claim was corrected, and what of it; "" if it was not."""
        said: dict[str, list[str]] = {}
        lines = []
        for one in claim.corrections:
            who = one.by or self.t("corrected.reader")
            if one.slot == "claim":
                lines.append(self.t(f"corrected.{one.new}", who=who))
            else:
                said.setdefault(who, []).append(self.t(f"slot.{one.slot}"))
        lines += [
            self.t("corrected.by", who=who, slots=self.t("list.comma").join(slots))
            for who, slots in said.items()
        ]
        return self.t("list.comma").join(lines)

    def correction(self, one: Correction) -> str:
        """Say what was corrected, from what, by whom and when."""
        who, time = one.by or self.t("corrected.reader"), self.t.when(one.made)
        if one.slot == "claim":
            return self.t("in.brackets", of=self.t(f"corrected.{one.new}", who=who), what=time)
        old, new = (self.slot(one.slot, text) for text in (one.old, one.new))
        return self.t("corrected.one", slot=self.t(f"slot.{one.slot}"), new=new, old=old, who=who, time=time)

    def slot(self, slot: str, text: str) -> str:
        """A slot's text as a reader reads it, and may write it: names for ids, the parts with "; "."""
        if slot in ("form", "period_kind", "direction", "modality") and text:
            return self.t(f"{slot}.{text}")
        if slot in ("value", "period", "basis"):
            return text or "–"
        return "; ".join(self.name(id) for id in text.split("|")) or "–"

    def period(self, period: str | None) -> str:
        """An ISO 8601 date, month, year or interval of them."""
        return self.t.period(period) if period else ""

    def span(self, of: Span) -> str:
        """How long the time is that figures are of: "per month", "10 months"; "" for any."""
        return self.t(f"span.{of.length}", n=of.months) if of.length else ""

    def when(self, claim: Claim) -> str:
        """A claim's period, and its kind where that is not plain: "Jan – Oct 2025 (year to date)"."""
        period, kind = claim.period, claim.period_kind
        if not period or not kind or PLAIN_KINDS.get(kind) == len(period):
            return self.period(period)
        if kind == "as_of":
            return self.t("period.asof", time=self.period(period))
        if kind == "span" and "/" in period:
            return self.period(period)
        return self.t("in.brackets", of=self.period(period), what=self.t(f"period_kind.{kind}"))


def concept_path(id: str) -> str:
    """Return the address of a concept's page.

    >>> concept_path("mp_materials")
    '/concepts/mp-materials'
    """
    return f"/concepts/{quote(id.replace('_', '-'))}"


def place(claim: Claim) -> str:
    """The address at which a claim's sentence stands open, with its figure marked."""
    at = f"/documents/{claim.document}?version={claim.version}&figure="
    if claim.point:
        return f"{at}d{claim.point}.{claim.start}-{claim.end}#figure"
    return f"{at}p{claim.paragraph}.{claim.start}-{claim.end}#p{claim.paragraph}"
