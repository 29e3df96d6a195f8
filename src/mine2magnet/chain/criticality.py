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
    """Return the Herfindahl-Hirschman index: the sum of squared percentage shares.

    Parameters
    ----------
    amounts : sequence or mapping of float
        In any one unit.

    Returns
    -------
    float
        Above 0, up to 10,000.

    Raises
    ------
    ValueError
        If an amount is negative, or all are nought.

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
    """Return the concentration weighted by governance, Σ S_c² · WGI_c · t_c.

    Parameters
    ----------
    shares : mapping of str to float
        Amounts by country, in any one unit; S_c are their fractions.
    governance : mapping of str to float
        By country, from 0 (best) to 10 (worst).
    trade : mapping of str to float
        t_c: above 1 for export restrictions, below for agreements; 1 where nothing is given.

    Returns
    -------
    float
        From 0 to 10 without trade parameters.

    European Commission 2017, equation of HHI_WGI-t.
    """
    total = sum(shares.values())
    return sum(
        (amount / total) ** 2 * governance[country] * (trade or {}).get(country, 1.0)
        for country, amount in shares.items()
    )


def scaled_governance(wgi: float) -> float:
    """Scale the World Bank's governance estimate as the EU's method takes it.

    Parameters
    ----------
    wgi : float
        From −2.5 (worst) to 2.5 (best).

    Returns
    -------
    float
        From 10 (worst) to 0 (best).
    """
    return (2.5 - wgi) * 2.0


def supply_risk(
    global_supply: float, eu_sourcing: float, import_reliance: float, recycling: float, substitution: float
) -> float:
    """Return the supply risk of one stage.

    Parameters
    ----------
    global_supply : float
        HHI_GS: `hhi_wgi` of the world's supply.
    eu_sourcing : float
        HHI_EU: `hhi_wgi` of what the EU buys.
    import_reliance : float
        IR, a fraction.
    recycling : float
        EoL_RIR, end-of-life recycling input rate, a fraction.
    substitution : float
        SI_SR, substitution index.

    Returns
    -------
    float
        [HHI_GS · IR/2 + HHI_EU · (1 − IR/2)] · (1 − EoL_RIR) · SI_SR.

    European Commission 2017.
    """
    mixed = global_supply * import_reliance / 2 + eu_sourcing * (1 - import_reliance / 2)
    return mixed * (1 - recycling) * substitution


def economic_importance(
    uses: Sequence[tuple[float, float]], substitution: float, largest: float | None = None
) -> float:
    """Return the economic importance, Σ A_s · Q_s · SI_EI.

    Parameters
    ----------
    uses : sequence of tuple of float
        Share of use A_s and value added Q_s of each sector.
    substitution : float
        SI_EI, substitution index.
    largest : float
        Value added of the largest manufacturing sector, which comes to 10; without it, values are scaled.

    Returns
    -------
    float
        Up to 10.

    European Commission 2017.
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
        """True at or above both limits."""
        return self.supply_risk >= SUPPLY_RISK_LIMIT and self.importance >= IMPORTANCE_LIMIT


def of_stages(material: str, stages: Mapping[str, float], importance: float) -> Criticality:
    """Return the criticality of a material whose stages differ: the larger supply risk decides.

    Parameters
    ----------
    material : str
        Its name.
    stages : mapping of str to float
        Supply risk by stage.
    importance : float
        Economic importance.

    Returns
    -------
    Criticality
        Of the material.
    """
    return Criticality(material, max(stages.values()), importance)


def of_group(name: str, members: Sequence[Criticality]) -> Criticality:
    """Return the criticality of a group, such as the light rare earths: the mean of its members.

    Parameters
    ----------
    name : str
        Of the group.
    members : sequence of Criticality
        Its materials.

    Returns
    -------
    Criticality
        Of the group, as the study reports groups.
    """
    return Criticality(
        name,
        float(np.mean([m.supply_risk for m in members])),
        float(np.mean([m.importance for m in members])),
    )


def shares(network: Network, stage: str, element: str = "", buyers: str = "") -> dict[str, float]:
    """Sum up what each country's nodes at a stage ship in normal times.

    Parameters
    ----------
    network : Network
        Checked tables.
    stage : str
        Of the nodes that ship.
    element : str
        Whose weight counts; without it, all materials by weight.
    buyers : str
        The region of the nodes that buy; without it, all.

    Returns
    -------
    dict of str to float
        t a week by country, largest first.
    """
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
