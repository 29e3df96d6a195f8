"""The equipment of a flowsheet unit by unit, sized and priced by the same rates as the plant's cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mine2magnet.separation.costing import EFFLUENT, LINE
from mine2magnet.separation.plant import HOURS, CutLoad
from mine2magnet.separation.study.flowsheets import DEPTH, FlowsheetSite, FlowsheetStudy, loads_of


@dataclass(frozen=True, slots=True)
class EquipmentItem:
    """`count` equal pieces of a `size`; `usd` is what all cost, purchased, at the site."""

    unit: str
    item: str
    count: int
    size: float
    size_unit: str
    usd: float


def equipment_list(study: FlowsheetStudy, site: FlowsheetSite) -> list[EquipmentItem]:
    """Return the equipment of a flowsheet at a site.

    Parameters
    ----------
    study : FlowsheetStudy
    site : FlowsheetSite

    Returns
    -------
    list of EquipmentItem
        Their cost sums to what `costing.equipment` gives by area, times the site's construction cost.
    """
    basis, rates, q = study.basis, site.rates, site.quantities
    made: list[EquipmentItem] = []
    for given, load in zip(basis.case.trains, loads_of(basis, study.state, rates), strict=True):
        made += _mixer_settlers(given.name, load, basis.throughput, basis.oxide, rates)
    made.append(EquipmentItem("tank farm", "tank", 1, q.tanks, "m3", rates["tank_cost"] * q.tanks))
    power = rates["plant_exponent"]
    dissolving = rates["dissolving_cost"] * (basis.throughput / LINE) ** power
    made.append(EquipmentItem("feed", "dissolving and clarifying", 1, basis.throughput, "t/y", dissolving))
    for p in basis.case.products:
        amount = float(study.state.ports[p.name, "oxide"][: basis.rare] @ basis.tonnes)
        line = f"{p.precipitant} precipitation, filter, kiln, packing"
        cost = rates["finishing_cost"] * (amount / LINE) ** power
        made.append(EquipmentItem(p.name, line, 1, amount, "t/y", cost))
    hourly = q.effluent * basis.throughput / (HOURS * rates["uptime"])
    cost = rates["effluent_cost"] * (hourly / EFFLUENT) ** power
    made.append(EquipmentItem("effluent", "treatment", 1, hourly, "m3/h", cost))
    return [replace(one, usd=one.usd * rates["construction"]) for one in made]


def _mixer_settlers(
    name: str, load: CutLoad, throughput: float, oxide: float, rates: Mapping[str, float]
) -> Iterator[EquipmentItem]:
    feed_rate = throughput / oxide / (HOURS * rates["uptime"])  # kmol/h
    flow = feed_rate * load.volume_flow(rates)  # m3/h
    settler = flow * rates["settling_time"] / 60
    each = flow * (rates["mixing_time"] + rates["settling_time"]) / 60
    cost = rates["mixer_settler_cost"] * each ** rates["size_exponent"]
    soap = round(rates["saponification_stages"])
    for item, count in (
        ("extraction and scrub", load.stages),
        ("strip and wash", load.strip),
        ("saponification", soap),
    ):
        if count:
            yield EquipmentItem(
                name,
                f"mixer-settler, {item} (settler {settler / DEPTH:.2g} m2)",
                count,
                each,
                "m3",
                count * cost,
            )
