"""Claims about the same thing brought to one unit: what agrees, what conflicts, what only looks alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import inf

from mine2magnet.claims.times import bounds
from mine2magnet.claims.units import factor
from mine2magnet.model import Claim
from mine2magnet.thesaurus import Thesaurus

_YEARLY = frozenset(
    [
        "production",
        "capacity",
        "demand",
        "exports",
        "imports",
        "quota",
        "supply",
        "sales_volume",
        "vehicle_output",
    ]
)
_PERIODS = {"/year": 1.0, "/month": 12.0, "/week": 365.25 / 7, "/day": 365.25}  # to a year
_ALIKE = 2  # slots in which look-alikes may differ; more is another subject altogether
_PAIRS = 100  # look-alikes named of one subject; a page shows fewer

# What differs, in the reader's language.
_SLOTS = {
    "en": {"subject": "who or where", "measure": "what is measured", "stage": "stage", "material": "material",
           "period": "time", "direction": "level or change", "modality": "reported or not", "unit": "unit"},
    "zh": {"subject": "主体", "measure": "指标", "stage": "环节", "material": "材料", "period": "时间",
           "direction": "水平或变化", "modality": "语气", "unit": "单位"},
    "ja": {"subject": "主体", "measure": "指標", "stage": "工程", "material": "材料", "period": "時点",
           "direction": "水準か変化か", "modality": "確からしさ", "unit": "単位"},
}  # fmt: skip
_UNSAID = {"en": "not said", "zh": "未说明", "ja": "明示なし"}
_WORDS = {
    "zh": {"level": "水平", "change": "变化", "reported": "已报道", "forecast": "预测",
           "threatened": "威胁或风险", "denied": "否认"},
    "ja": {"level": "水準", "change": "変化", "reported": "報道", "forecast": "予測",
           "threatened": "恐れ", "denied": "否定"},
}  # fmt: skip
_COLON = {"en": ": ", "zh": "：", "ja": "："}
_VERSUS = {"en": " against ", "zh": " 对 ", "ja": " と "}
_JOIN = {"en": "; ", "zh": "；", "ja": "；"}


@dataclass(frozen=True, slots=True)
class Scope:
    """What claims must share to be about the same thing; `dimension` is that of their units."""

    subjects: tuple[str, ...]
    measure: str | None
    stage: str | None
    materials: tuple[str, ...]
    direction: str
    dimension: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A claim with its ends in the group's unit, an open end infinite, and the slack of its precision."""

    claim: Claim
    low: float
    high: float
    slack: float


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """Claims about the same thing in one unit, by time. `conflicts` are pairs whose values are apart by
    more than their stated precision though they speak of the same time."""

    scope: Scope
    unit: str
    claims: tuple[Placed, ...]
    conflicts: tuple[tuple[Claim, Claim], ...]

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest finite end stated, in the group's unit."""
        ends = [end for p in self.claims for end in (p.low, p.high) if abs(end) != inf]
        return min(ends), max(ends)

    @property
    def agreed(self) -> tuple[float, float] | None:
        """The range that every reported claim allows, None if they leave none."""
        stated = [p for p in self.claims if p.claim.modality == "reported"]
        if not stated or self.conflicts:
            return None
        low, high = max(p.low - p.slack for p in stated), min(p.high + p.slack for p in stated)
        return (low, high) if low <= high else None


def group(claims: Iterable[Claim]) -> tuple[ClaimGroup, ...]:
    """Return claims of the same scope together, the largest group first.

    A claim that names neither who nor what is measured stands in no group. Times a year and per year are one
    for
    production and the like; a change in times is one in per cent (doubled is +100 %). Time is that of
    sorting.

    Parameters
    ----------
    claims : iterable of Claim
    """
    scopes: dict[Scope, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.measure is not None and (claim.subjects or claim.materials or claim.stage):
            scopes[scope(claim)].append(claim)
    groups = [_group(key, members) for key, members in scopes.items()]
    return tuple(sorted(groups, key=lambda g: -len(g.claims)))


def scope(claim: Claim) -> Scope:
    """Return what other claims must share to be about the same thing.

    Parameters
    ----------
    claim : Claim
    """
    return Scope(
        tuple(sorted(claim.subjects)),
        claim.measure,
        claim.stage,
        tuple(sorted(claim.materials)),
        claim.direction,
        factor(_yearless(claim)[0])[0],
    )


def _yearless(claim: Claim) -> tuple[str, float]:
    """The unit, with what it is multiplied by to be one of a year where flows are told by the year."""
    unit = claim.quantity.unit
    if claim.measure in _YEARLY:
        for ending, times_a_year in _PERIODS.items():
            if unit.endswith(ending):
                return unit.removesuffix(ending), times_a_year
    return unit, 1.0


def _group(key: Scope, members: Sequence[Claim]) -> ClaimGroup:
    units = Counter(_yearless(c)[0] for c in members)
    unit = "%" if key.dimension == "dimensionless" else units.most_common(1)[0][0]
    placed = sorted((_place(c, unit) for c in members), key=lambda p: (_period(p.claim)[0], p.low))
    return ClaimGroup(key, unit, tuple(placed), tuple(_conflicts(placed)))


def _place(claim: Claim, unit: str) -> Placed:
    q = claim.quantity
    own, yearly = _yearless(claim)
    size = factor(own)[1] * yearly / factor(unit)[1]
    less = 100.0 if own == "x" and claim.direction == "change" else 0.0  # doubled is 100 % more
    low = -inf if q.low is None else q.low * size - less
    high = inf if q.high is None else q.high * size - less
    # a figure stands for all that rounds to it, "about" it for a whole step more; a range says its own
    steps = 0.0 if low != high else 1.5 if q.approx in ("about", "nearly") else 0.5
    slack = claim.precision * size * steps
    return Placed(claim, low, high, slack)


def _period(claim: Claim) -> tuple[date, date]:
    return bounds(claim.period) if claim.period else (date.max, date.max)


def _conflicts(placed: Sequence[Placed]) -> Iterator[tuple[Claim, Claim]]:
    """Neighbouring clusters of values of one time that do not touch, a pair of claims for each."""
    for members in _by_time(p for p in placed if p.claim.modality != "denied"):
        ordered = sorted(members, key=lambda p: p.low - p.slack)
        top = ordered[0]
        for p in ordered[1:]:
            if p.low - p.slack > top.high + top.slack:
                yield top.claim, p.claim
                top = p
            elif p.high + p.slack > top.high + top.slack:
                top = p


def _by_time(placed: Iterable[Placed]) -> Iterable[list[Placed]]:
    """Claims of one period together, named alike: 2024 with 2024, unsaid with unsaid; what is foreseen
    apart from what is."""
    periods: dict[tuple[str | None, bool], list[Placed]] = defaultdict(list)
    for p in placed:
        periods[p.claim.period, p.claim.modality == "forecast"].append(p)
    return periods.values()


def conflicts(claims: Iterable[Claim]) -> list[tuple[Claim, Claim]]:
    """Return every conflict among the claims, of all groups.

    Parameters
    ----------
    claims : iterable of Claim
    """
    return [pair for g in group(claims) for pair in g.conflicts]


def lookalikes(groups: Iterable[ClaimGroup]) -> list[tuple[ClaimGroup, ClaimGroup]]:
    """Return groups of one subject and one kind of unit whose scopes differ in one or two slots.

    Their figures could be mistaken for one another.

    Parameters
    ----------
    groups : iterable of ClaimGroup
    """
    alike: dict[tuple[object, ...], list[ClaimGroup]] = defaultdict(list)
    for g in groups:
        alike[(g.scope.subjects, g.scope.dimension, g.scope.direction)].append(g)
    found = []
    for members in alike.values():
        near = (pair for pair in combinations(members, 2) if 0 < _apart(*pair) <= _ALIKE)
        found += [pair for pair, _ in zip(near, range(_PAIRS), strict=False)]
    return found


def _apart(a: ClaimGroup, b: ClaimGroup) -> int:
    return sum(getattr(a.scope, name) != getattr(b.scope, name) for name in ("measure", "stage", "materials"))


def difference(a: Claim, b: Claim, thesaurus: Thesaurus, language: str = "en") -> str:
    """Return the slots in which two claims differ, in words of the reader's language; "" if in none.

    Parameters
    ----------
    a, b : Claim
    thesaurus : Thesaurus
    language : {"en", "zh", "ja"}
    """
    pairs = {
        "subject": (a.subjects, b.subjects),
        "measure": (a.measure, b.measure),
        "stage": (a.stage, b.stage),
        "material": (a.materials, b.materials),
        "period": (a.period, b.period),
        "direction": (a.direction, b.direction),
        "modality": (a.modality, b.modality),
        "unit": (factor(_yearless(a)[0])[0], factor(_yearless(b)[0])[0]),
    }
    parts = []
    for slot, (left, right) in pairs.items():
        if left != right:
            if slot == "unit":
                left, right = a.quantity.unit, b.quantity.unit
            words = [_said(value, thesaurus, language) for value in (left, right)]
            parts.append(_SLOTS[language][slot] + _COLON[language] + _VERSUS[language].join(words))
    return _JOIN[language].join(parts)


def _said(value: str | tuple[str, ...] | None, thesaurus: Thesaurus, language: str) -> str:
    if not value:
        return _UNSAID[language]
    ids = (value,) if isinstance(value, str) else value
    return ", ".join(_WORDS.get(language, {}).get(id) or thesaurus.label(id, language) for id in ids)
