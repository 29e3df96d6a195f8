"""What a claim says as a sentence of any of the three languages, from templates over its slots."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from mine2magnet.core.messages import Translator, messages
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import Claim
from mine2magnet.translate.amounts import amount
from mine2magnet.translate.gloss import party

_SHARES = {
    "share": "", "market_share": "market", "share_of_capacity": "capacity", "share_of_production": "output",
}  # fmt: skip


_PARTED = {"en": " ", "zh": "", "ja": "・"}  # between the parts of a whole


def sayable(claim: Claim, named: Collection[str], threshold: float) -> bool:
    """Return whether a claim can be said by itself: it tells what is measured, and its slots are sure.

    They are if the claim is, or if each of them is named in its own sentence and nothing else of its kind
    is, so that no other could be meant.

    Parameters
    ----------
    claim : Claim
    named : collection of str
        Ids of the concepts that its sentence names.
    threshold : float
        How sure a claim must be, 0 to 1.

    Returns
    -------
    bool
    """
    if not claim.measure or claim.judged == "wrong":
        return False
    if not (claim.subjects or claim.materials or claim.stage):
        return False
    if claim.confidence >= threshold:
        return True
    parties = (*claim.subjects, *claim.counterparties)
    told = {*parties, *claim.materials, claim.measure, *filter(None, (claim.stage, claim.said_by))}
    return told <= set(named) and len(parties) <= 1 and not claim.disputed


def statement(claim: Claim, t: Translator, words: Thesaurus) -> str:
    """Return what a claim says in a sentence without its stop.

    Parameters
    ----------
    claim : Claim
        With a measure.
    t : Translator
        Of the language that is written.
    words : Thesaurus

    Returns
    -------
    str
        "China holds 87 % of rare-earth processing capacity".

    Raises
    ------
    ValueError
        If the claim does not tell what is measured.
    """
    if not claim.measure:
        raise ValueError("a claim without a measure says no sentence")
    who = _names(claim.subjects, t, words)
    if claim.measure in _SHARES and claim.direction == "level" and who and not claim.counterparties:
        of = _whole(claim, t, words)
        if of and claim.quantity.unit == "%":
            return _framed(
                claim, t(f"say.share.{_mood(claim)}", who=who, x=_amount(claim, t), of=of), t, words
            )
    what = _measured(claim, t, words)
    about = t("say.of", who=who, what=what) if who else what
    key = f"say.{_move(claim)}.{_mood(claim)}"
    return _framed(claim, t(key, about=about, x=_amount(claim, t)), t, words)


def _amount(claim: Claim, t: Translator) -> str:
    quantity, change = claim.quantity, claim.direction == "change"
    if change and quantity.low is None and quantity.high is not None and quantity.high < 0:
        quantity = replace(quantity, low=-quantity.high, high=None)  # at most -5 is down by at least 5
    return amount(quantity, t, change=change)


def _move(claim: Claim) -> str:
    if claim.direction == "level":
        return "level"
    if claim.quantity.unit == "x":
        return "fold"
    value = claim.quantity.low if claim.quantity.low is not None else claim.quantity.high
    return "fall" if value is not None and value < 0 else "rise" if value else "same"


def _mood(claim: Claim) -> str:
    """Reported things were where a time is told, and are where none is."""
    if claim.modality != "reported":
        return claim.modality
    return "was" if claim.period and claim.period_kind != "as_of" else "is"


def _whole(claim: Claim, t: Translator, words: Thesaurus) -> str:
    """Say of what a share is: "rare-earth processing capacity"."""
    kind = _SHARES[claim.measure or ""]
    parts = [_names(claim.materials, t, words), words.label(claim.stage, t.language) if claim.stage else ""]
    if not any(parts):
        return ""
    parts.append(t(f"say.whole.{kind}") if kind else "")
    return _PARTED[t.language].join(filter(None, parts))


def _measured(claim: Claim, t: Translator, words: Thesaurus) -> str:
    """The measure, of which material, with whom."""
    said = words.label(claim.measure or "", t.language)
    if claim.counterparties:
        key = f"differs.with.{claim.measure}"
        who = _names(claim.counterparties, t, words)
        said = t(key if key in messages() else "differs.with", what=said, who=who)
    material = _names(claim.materials, t, words)
    if claim.form and not any(claim.form in id for id in claim.materials):
        form = t(f"form.{claim.form}")
        material = t("in.brackets", of=material, what=form) if material else form
    if material:
        said = t("say.what", measure=said, material=material)
    if claim.stage and claim.stage not in (claim.measure, *claim.materials):
        said = t("in.brackets", of=said, what=words.label(claim.stage, t.language))
    return said


def _names(ids: Iterable[str], t: Translator, words: Thesaurus) -> str:
    return t("list.comma").join(party(id, t.language, words) for id in ids)


def _framed(claim: Claim, said: str, t: Translator, words: Thesaurus) -> str:
    """With when, against what, and who says so."""
    asides = []
    if claim.period:
        when = t.period(claim.period)
        asides.append(t("period.asof", time=when) if claim.period_kind == "as_of" else when)
        if claim.period_kind == "year_to_date":
            asides.append(t("period_kind.year_to_date"))
    if claim.basis:
        asides.append(_basis(claim.basis, t))
    if asides:
        said = t("say.aside", said=said, aside=t("list.comma").join(asides))
    if claim.said_by:
        said = t("say.by", said=said, who=party(claim.said_by, t.language, words))
    return said[:1].upper() + said[1:]


def _basis(basis: str, t: Translator) -> str:
    kind, _, what = basis.partition(":")
    if kind == "since":
        return t("basis.since", time=t.period(what))
    if kind == "than":
        return t("basis.than", what=what)
    return t(f"basis.{kind}") if f"basis.{kind}" in messages() else kind.replace("_", " ")
