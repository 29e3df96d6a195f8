"""Claims and figures in the reader's words: names, amounts with their units, times, titles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mine2magnet.claims import compare
from mine2magnet.core.messages import Translator, messages
from mine2magnet.figures import rows
from mine2magnet.model import Claim
from mine2magnet.thesaurus import Thesaurus


@dataclass(frozen=True, slots=True)
class Wording:
    """What templates and plots say of claims, in the language of `t`."""

    t: Translator
    thesaurus: Thesaurus

    def name(self, id: str | None) -> str:
        return self.thesaurus.label(id, self.t.language) if id else ""

    def names(self, ids: Iterable[str]) -> str:
        return self.t("list.comma").join(map(self.name, ids))

    def unit(self, unit: str, n: float = 2) -> str:
        """ "t/year" → "t/year", "t/年"; symbols and currency codes are the same everywhere."""
        above, slash, below = unit.partition("/")
        keys = [f"unit.{part}" for part in ((above, below) if slash else (above,))]
        numbers = (n, 1)
        parts = [
            self.t(key, n=number) if key in messages() else key.removeprefix("unit.")
            for key, number in zip(keys, numbers, strict=False)
        ]
        return "/".join(parts)

    def amount(self, claim: Claim) -> str:
        """As the claim states it, in its own unit."""
        return rows.amount(claim, self.t.language, self.unit)

    def range(self, low: float | None, high: float | None, unit: str, change: bool = False) -> str:
        return rows.stated(low, high, unit, "", change, self.t.language, self.unit)

    def number(self, value: float) -> str:
        return rows.number(value, self.t.language)

    def title(self, scope: compare.Scope) -> str:
        """ "China · share · refining (heavy rare earths)"."""
        said = [self.names(scope.subjects), self.name(scope.measure)]
        if scope.direction == "change":
            said.append(self.t("direction.change"))
        materials = self.names(scope.materials)
        stage = self.name(scope.stage)
        if stage and materials:
            said.append(self.t("in.brackets", of=stage, what=materials))
        else:
            said.append(stage or materials)
        return " · ".join(filter(None, said))

    def difference(self, a: Claim, b: Claim) -> str:
        return compare.difference(a, b, self.thesaurus, self.t.language)

    def kind(self, claim: Claim) -> str:
        """Level or change, and how sure, unless it is reported."""
        kinds = [self.t(f"direction.{claim.direction}")]
        if claim.modality != "reported":
            kinds.append(self.t(f"modality.{claim.modality}"))
        return self.t("list.comma").join(kinds)

    def period(self, period: str | None) -> str:
        """An ISO 8601 date, month, year or interval of them."""
        return self.t.period(period) if period else ""


def place(claim: Claim) -> str:
    """The address at which a claim's sentence stands open, with its figure marked."""
    at = f"/documents/{claim.document}?version={claim.version}&figure="
    if claim.point:
        return f"{at}d{claim.point}.{claim.start}-{claim.end}#figure"
    return f"{at}p{claim.paragraph}.{claim.start}-{claim.end}#p{claim.paragraph}"
