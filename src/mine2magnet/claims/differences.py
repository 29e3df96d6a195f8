"""What tells two claims apart, in one plain sentence of the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from mine2magnet.claims import scopes
from mine2magnet.claims.times import bounds
from mine2magnet.core.messages import Translator, messages
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import Claim

_Names: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]

_NAMED = 2  # slots named in a sentence, the foremost


def difference(a: Claim, b: Claim, thesaurus: Thesaurus, language: str = "en") -> str:
    """Return in words what the first claim is, as against the second: "" if both are of the same.

    The first two slots that differ are named, in the order who, with whom, what is measured, stage, material,
    form, time and modality, level or change, basis, unit. Names that contain one another are said to.

    Parameters
    ----------
    a, b : Claim
    thesaurus : Thesaurus
    language : {"en", "zh", "ja"}

    Examples
    --------
    >>> from mine2magnet.core import thesaurus
    >>> from mine2magnet.model import Quantity
    >>> exports = Claim(Quantity(5577, 5577, "t"), 0, 1, (0, 2), subjects=("china",), measure="exports")
    >>> to_japan = Claim(exports.quantity, 0, 1, (0, 2), ("china",), ("japan",), "exports")
    >>> difference(to_japan, exports, thesaurus.load())
    'exports to Japan, not all exports'
    """
    words = _Words(Translator(language), thesaurus)
    parts = (
        words.names("subject", *((scopes.market(one), one.subjects) for one in (a, b))),
        words.counterparties(a, b),
        words.plain("measure", a.measure, b.measure) if _measure(a) != _measure(b) else "",
        words.plain("stage", scopes.scope(a).stage, scopes.scope(b).stage),
        words.names("material", *((scopes.scope(one).materials, one.materials) for one in (a, b))),
        words.keyed("form", "form", scopes.scope(a).form, scopes.scope(b).form),
        words.times(a, b),
        words.keyed("direction", "differs.direction", a.direction, b.direction),
        words.bases(a, b),
        words.units(a, b),
    )
    return words.t("differs.and").join([part for part in parts if part][:_NAMED])


def _measure(claim: Claim) -> str | None:
    return scopes.scope(claim).measure


class _Words:
    """The wording of each slot; "" if both tell the same."""

    def __init__(self, t: Translator, thesaurus: Thesaurus) -> None:
        self.t = t
        self.thesaurus = thesaurus

    def names(self, slot: str, a: _Names, b: _Names) -> str:
        """Whose, or of what, as compared and as told: one name may contain the other."""
        (first, told), (second, other) = a, b
        if first == second:
            return ""
        here, there = self._labels(told or first), self._labels(other or second)
        for key, how in (
            ("part", scopes.wider(first).get(second)),
            ("whole", scopes.wider(second).get(first)),
        ):
            if how:
                return self.t(f"differs.{'one' if how == 'one' else key}", a=here, b=there)
        return self._told(slot, here, there)

    def plain(self, slot: str, a: str | None, b: str | None) -> str:
        """A concept of the thesaurus."""
        return self._told(slot, *(self._labels(filter(None, (one,))) for one in (a, b)))

    def keyed(self, slot: str, keys: str, a: str | None, b: str | None) -> str:
        """A word of a list: its message bears its name."""
        return self._told(slot, *(self.t(f"{keys}.{one}") if one else "" for one in (a, b)))

    def counterparties(self, a: Claim, b: Claim) -> str:
        """Exports to somebody are not all exports."""
        if scopes.scope(a).counterparties == scopes.scope(b).counterparties:
            return ""
        first, second = (self._flow(one) if one.counterparties else "" for one in (a, b))
        if first and second:
            return self.t("differs.not", a=first, b=second)
        key, part = ("some", first) if first else ("all", second)
        return self.t(f"differs.{key}", part=part, all=self._flow_of(a if first else b))

    def times(self, a: Claim, b: Claim) -> str:
        """When, and whether it was so, is to be, or is expected."""
        alike = _days(a) == _days(b)
        if a.modality == b.modality:
            return "" if alike else self._periods(a, b)
        first, second = (self._modality(one, alike) for one in (a, b))
        return self.t("differs.not", a=first, b=second)

    def bases(self, a: Claim, b: Claim) -> str:
        """What a change is against."""
        if a.direction != b.direction:
            return ""
        return self._told("basis", self._basis(a), self._basis(b))

    def units(self, a: Claim, b: Claim) -> str:
        """Units that cannot be brought to one another."""
        if scopes.scope(a).dimension == scopes.scope(b).dimension:
            return ""
        first, second = (one.quantity.unit or self.t("differs.number") for one in (a, b))
        return self.t(
            "differs.not", a=self.t("differs.unit", unit=first), b=self.t("differs.unit", unit=second)
        )

    def _told(self, slot: str, a: str, b: str) -> str:
        if a == b:
            return ""
        if a and b:
            return self.t("differs.not", a=a, b=b)
        what = self.t(f"differs.slot.{slot}")
        return self.t("differs.here", a=a, slot=what) if a else self.t("differs.there", b=b, slot=what)

    def _labels(self, ids: Iterable[str]) -> str:
        return self.t("list.comma").join(self.thesaurus.label(id, self.t.language) for id in ids)

    def _flow(self, claim: Claim) -> str:
        who = self._labels(claim.counterparties)
        key = f"differs.with.{claim.measure}"
        if key not in messages():
            key = "differs.with"
        return self.t(key, what=self._flow_of(claim), who=who)

    def _flow_of(self, claim: Claim) -> str:
        key = f"differs.flow.{claim.measure}"
        return self.t(key) if key in messages() else self._labels(filter(None, (claim.measure,)))

    def _periods(self, a: Claim, b: Claim) -> str:
        first, second = (self.t.period(one.period) if one.period else "" for one in (a, b))
        if first and second:
            return self.t("differs.not_for", a=first, b=second)
        return self._told("period", first, second)

    def _modality(self, claim: Claim, undated: bool) -> str:
        said = self.t(f"differs.told.{claim.modality}")
        if undated or not claim.period:
            return said
        return self.t("differs.told", what=said, when=self.t.period(claim.period))

    def _basis(self, claim: Claim) -> str:
        basis = scopes.basis(claim) or ""
        kind, _, words = basis.partition(":")
        if kind == "since":
            return self.t("basis.since", time=self.t.period(words))
        if kind == "than":
            return self.t("basis.than", what=words)
        return self.t(f"basis.{kind}") if f"basis.{kind}" in messages() else basis


def _days(claim: Claim) -> object:
    return bounds(claim.period) if claim.period else None
