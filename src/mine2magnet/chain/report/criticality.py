"""Concentration and criticality of the network's stages and elements, beside what has been published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mine2magnet.chain import Network
from mine2magnet.chain.criticality import (
    IMPORTANCE_LIMIT,
    SUPPLY_RISK_LIMIT,
    hhi,
    hhi_wgi,
    scaled_governance,
    shares,
    supply_risk,
)
from mine2magnet.chain.io.tables import rows
from mine2magnet.core.errors import UserError

REGION = "Europe"  # whose risk it is: the published values are the European Commission's
IMPORTED = 1.0  # import reliance of the EU for rare earths (EC 2023: 100 % at both stages)
STAGES = {"mine": "extraction", "separation": "processing", "metal": "", "magnet": ""}  # as the EC calls them


@dataclass(frozen=True, slots=True)
class Concentration:
    """A stage of the network, of one element or of all materials by weight (element "").

    `hhi` is 0 to 10,000; `risk` the supply risk by the EC's method, None where a country's governance or the
    element's recycling is not known; `published` the EC's value of 2023 for the stage.
    """

    stage: str
    element: str
    first: str
    share: float
    hhi: float
    risk: float | None = None
    published: float | None = None


@dataclass(frozen=True, slots=True)
class Critical:
    """One material by the EC's study of 2023, and the larger of the stages' risks reckoned here."""

    material: str
    risk: float | None
    published: float
    importance: float

    @property
    def critical(self) -> bool:
        """True where the published values are at or above both limits."""
        return self.published >= SUPPLY_RISK_LIMIT and self.importance >= IMPORTANCE_LIMIT


def governance() -> dict[str, float]:
    """Return each country's governance of 2022, from 0 (best) to 10 (worst).

    Returns
    -------
    dict of str to float
        By country.
    """
    return {r["country"]: scaled_governance(float(r["estimate"])) for r in rows("governance")}


def concentrations(network: Network) -> list[Concentration]:
    """Reckon the concentration of each stage, of all materials and of each element.

    Parameters
    ----------
    network : Network
        Checked tables.

    Returns
    -------
    list of Concentration
        All materials by stage first.
    """
    ruled = governance()
    published = {r["material"]: r for r in rows("criticality")}
    return [
        _of(network, stage, element, ruled, published.get(element, {}))
        for element in ("", *network.elements)
        for stage in STAGES
        if shares(network, stage, element)
    ]


def _of(
    network: Network, stage: str, element: str, ruled: Mapping[str, float], published: Mapping[str, str]
) -> Concentration:
    world = shares(network, stage, element)
    sourced = shares(network, stage, element, REGION) or world  # what Europe buys from that stage itself
    first = next(iter(world))
    risk = stated = None
    if published.get("SI_SR") and {*world, *sourced} <= set(ruled):
        risk = supply_risk(
            hhi_wgi(world, ruled),
            hhi_wgi(sourced, ruled),
            IMPORTED,
            float(published["EoL_RIR_percent"]) / 100,
            float(published["SI_SR"]),
        )
    if value := published.get(f"SR_{STAGES[stage]}"):
        stated = float(value)
    return Concentration(stage, element, first, world[first] / sum(world.values()), hhi(world), risk, stated)


def criticality(network: Network) -> list[Critical]:
    """Set each material's reckoned risk beside the published values, the most at risk first.

    Parameters
    ----------
    network : Network
        Checked tables.

    Returns
    -------
    list of Critical
        Every material of the Commission's table.

    Raises
    ------
    UserError
        If there are no published values.
    """
    found = concentrations(network)

    def reckoned(material: str) -> float | None:
        risks = [c.risk for c in found if c.element == material and STAGES[c.stage] and c.risk is not None]
        return max(risks, default=None)

    made = [
        Critical(r["material"], reckoned(r["material"]), float(r["SR"]), float(r["EI"]))
        for r in rows("criticality")
    ]
    if not made:
        raise UserError("no published values", where="criticality.csv")
    return sorted(made, key=lambda c: -c.published)
