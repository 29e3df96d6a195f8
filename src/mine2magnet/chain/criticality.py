"""Concentration and criticality: HHI, and the European Commission's supply risk and economic importance.

Method: European Commission, Methodology for establishing the EU list of critical raw materials, 2017,
as applied in the Study on the critical raw materials for the EU 2023 (Grohol & Veeh).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mine2magnet.chain.network import Network

SUPPLY_RISK_LIMIT, IMPORTANCE_LIMIT = 1.0, 2.8  # a material is critical at or above both (EC 2017)
LIGHT = ("La", "Ce", "Pr", "Nd", "Sm")
HEAVY = ("Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y")


def hhi(amounts: Sequence[float] | Mapping[str, float]) -> float:
    """Herfindahl-Hirschman index of amounts in any unit: the sum of squared percentage shares, up to 10,000.

    >>> round(hhi([50, 50]))
    5000
    """
    values = np.array(list(amounts.values() if isinstance(amounts, Mapping) else amounts), dtype=float)
    if not len(values) or (values < 0).any() or values.sum() <= 0:
        raise ValueError("shares are not negative, and not all nought")
    return float(((values / values.sum() * 100) ** 2).sum())


def hhi_wgi(
    shares: Mapping[str, float], governance: Mapping[str, float], trade: Mapping[str, float] | None = None
) -> float:
    """Σ S_c² · WGI_c · t_c, with S_c as fractions; governance from 0 (best) to 10 (worst).

    `trade` is the parameter t_c: above 1 for export restrictions, below for agreements; 1 if not given.
    """
    total = sum(shares.values())
    return sum(
        (amount / total) ** 2 * governance[country] * (trade or {}).get(country, 1.0)
        for country, amount in shares.items()
    )


def scaled_governance(wgi: float) -> float:
    """The World Bank's −2.5 (worst) … 2.5 (best) as 10 … 0, as the EU method takes it."""
    return (2.5 - wgi) * 2.0


def supply_risk(
    global_supply: float, eu_sourcing: float, import_reliance: float, recycling: float, substitution: float
) -> float:
    """SR of one stage: [HHI_GS · IR/2 + HHI_EU · (1 − IR/2)] · (1 − EoL_RIR) · SI_SR.

    The first two are `hhi_wgi` values; import reliance and end-of-life recycling input rate are fractions.
    """
    mixed = global_supply * import_reliance / 2 + eu_sourcing * (1 - import_reliance / 2)
    return mixed * (1 - recycling) * substitution


def economic_importance(
    uses: Sequence[tuple[float, float]], substitution: float, largest: float | None = None
) -> float:
    """EI = Σ A_s · Q_s · SI_EI over (share of use, value added of the sector), the largest sector at 10.

    `largest`: the value added of the largest manufacturing sector; without it, values count as scaled.
    """
    raw = sum(share * value for share, value in uses) * substitution
    return raw * (10.0 / largest) if largest else raw


@dataclass(frozen=True, slots=True)
class Criticality:
    """One material's figures; stages None where the study gives none."""

    material: str
    supply_risk: float
    importance: float

    @property
    def critical(self) -> bool:
        return self.supply_risk >= SUPPLY_RISK_LIMIT and self.importance >= IMPORTANCE_LIMIT


def of_stages(material: str, stages: Mapping[str, float], importance: float) -> Criticality:
    """The stage with the larger supply risk decides."""
    return Criticality(material, max(stages.values()), importance)


def of_group(name: str, members: Sequence[Criticality]) -> Criticality:
    """A group, such as the light rare earths: the mean of its members, as the study reports groups."""
    return Criticality(
        name,
        float(np.mean([m.supply_risk for m in members])),
        float(np.mean([m.importance for m in members])),
    )


def shares(network: Network, stage: str, element: str = "", buyers: str = "") -> dict[str, float]:
    """What each country's nodes at a stage ship in normal times, t a week, largest first: of one element, or
    of all materials by weight; to all, or to the nodes of one region."""
    supplier, buyer = (network.places("arcs", side) for side in ("supplier", "buyer"))
    shipped = network.flow
    if element:
        shipped = (
            shipped * network.content[network.places("arcs", "material"), network.elements.index(element)]
        )
    found: dict[str, float] = {}
    for a, b, tonnes in zip(supplier, buyer, shipped, strict=True):
        node = network.nodes[a]
        if node.stage == stage and tonnes > 0 and buyers in ("", network.nodes[b].region):
            found[node.country] = found.get(node.country, 0.0) + float(tonnes)
    return dict(sorted(found.items(), key=lambda item: -item[1]))
