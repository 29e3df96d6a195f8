"""The page with sliders: a scenario, what is done about it, and what comes of it; its address keeps all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from msgspec import structs
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.bridges import plant_to_network
from mine2magnet.chain import Event, Mitigation, Network, Scenario, Trace, simulate
from mine2magnet.chain.io import scenarios, tables
from mine2magnet.chain.report import charts, map, result
from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range
from mine2magnet.web.kit import separation_jobs
from mine2magnet.web.kit.compute_lock import turn
from mine2magnet.web.kit.responses import reply
from mine2magnet.web.pages import separation

DRAWS = 200  # about a second on one core
ELEMENTS = ("Nd", "Dy")  # of which flows are drawn
SHOWN = 15  # end uses in the table
ABROAD = ("Europe", "United States", "Japan", "Rest of Asia")


@dataclass(frozen=True, slots=True)
class Slider:
    """A number that may be moved; `of` names the event's field, or is empty for the reserve."""

    name: str
    low: float
    high: float
    step: float
    of: str = ""
    scale: float = 1.0  # shown value = scale × the event's


RESERVE = Slider("reserve", 0, 26, 1)
SLIDERS = (
    Slider("start", 0, 52, 1, "start"),
    Slider("weeks", 1, 104, 1, "weeks"),
    Slider("strength", 0, 100, 5, "strength", 100),
    Slider("processing", 0, 180, 5, "processing", 7),
    Slider("approval", 5, 100, 5, "approval", 100),
)


DECIDED = Slider("decided", -520, 52, 4)  # only where there is a plant


@dataclass(frozen=True, slots=True)
class StressForm:
    """What the address says: a preset, sliders moved from where it has them, and sets of mitigations."""

    scenario: str
    moved: tuple[tuple[str, float], ...]
    sets: tuple[str, ...]

    @property
    def decided(self) -> float:
        return dict(self.moved).get(DECIDED.name, 0.0)


def stress(request: Request) -> Response:
    asked = _asked(request)
    scenario = scenarios.find(asked.scenario)
    plant, change = _plant(request.query_params), None
    if plant is None:
        found, maps = outcome(_posed(asked))
    else:
        found, maps, change = with_plant(_posed(asked), plant, asked.decided)
    sliders = [
        {"slider": s, "value": dict(asked.moved).get(s.name, _standing(s, scenario))}
        for s in (*_sliders(scenario), *([DECIDED] if plant else []))
    ]
    content = {"scenario": asked.scenario, "moved": dict(asked.moved), "sets": asked.sets, "result": found}
    return reply(
        request,
        "stress.html",
        {**content, **({"plant": change} if change else {})},
        presets={name: scenarios.read(file).name for name, file in scenarios.presets().items()},
        sliders=sliders,
        all_sets=list(scenarios.mitigation_sets()),
        plant_query=request.query_params.get("plant", "") if plant else "",
        plant_site=plant.site if plant else "",
        **shown(found, maps, change),
    )


def shown(
    found: result.Result, maps: Sequence[str], change: plant_to_network.PlantEffect | None = None
) -> dict[str, Any]:
    """What the part of a page that shows a result needs."""
    prices = {m.name: m.price / 1000 for m in network().materials}  # USD/kg
    return {
        "change": change,
        "prices": prices,
        "compared": change.ends[:SHOWN] if change else (),
        "ends": [e for e in found.ends if e.loss[1] > 0][:SHOWN],
        "fans": [charts.fan(s.name, s.unit, s.weekly) for s in (*found.served[:4], *found.prices[:4])],
        "maps": maps,
    }


def outcome(scenario: Scenario) -> tuple[result.Result, tuple[str, ...]]:
    """DRAWS draws on the built-in network, and maps of the most likely one; the latest are kept."""
    with turn():  # a slider that is dragged asks often
        return _run(scenarios.text(scenario))


def with_plant(
    scenario: Scenario, plant: plant_to_network.NewPlant, decided: float
) -> tuple[result.Result, tuple[str, ...], plant_to_network.PlantEffect]:
    """As `outcome`, with a separation plant decided in some week, and what that changes."""
    with turn():
        return _run_with(scenarios.text(scenario), plant, decided)


def _plant(asked: QueryParams) -> plant_to_network.NewPlant | None:
    """The plant of the separation page whose query is in the address."""
    if not asked.get("plant"):
        return None
    case = separation.case(QueryParams(asked["plant"]))
    return plant_to_network.of(separation_jobs.solved(case), asked.get("plant_site", ""))


def _asked(request: Request) -> StressForm:
    query = request.query_params
    name = query.get("scenario", "licence-delay")
    if name not in scenarios.presets():
        raise UserError(f"no scenario {name!r}", where="scenario")
    scenario = scenarios.find(name)
    moved = []
    for slider in (*_sliders(scenario), *([DECIDED] if query.get("plant") else [])):
        given = query.get(slider.name, "")
        if not given:
            continue
        try:
            value = float(given)
        except ValueError:
            raise UserError(f"{given!r} is not a number", where=slider.name) from None
        if not slider.low <= value <= slider.high:
            raise UserError(f"{given} is not between {slider.low:g} and {slider.high:g}", where=slider.name)
        if value != _standing(slider, scenario):
            moved.append((slider.name, value))
    sets = tuple(dict.fromkeys(query.getlist("do")))
    known = scenarios.mitigation_sets()
    if unknown := next((s for s in sets if s not in known), None):
        raise UserError(f"no set of mitigations {unknown!r}", where="do")
    return StressForm(name, tuple(moved), sets)


def _sliders(scenario: Scenario) -> list[Slider]:
    """Those that mean something here: a scenario of several events keeps its own times and strengths."""
    if len(scenario.events) != 1:
        return [RESERVE]
    kind = scenario.events[0].kind
    unused = {"strength"} if kind == "licence" else {"processing", "approval"}
    return [*(s for s in SLIDERS if s.of not in unused), RESERVE]


def _standing(slider: Slider, scenario: Scenario) -> float:
    """Where the preset has it, at a step of the slider."""
    if not slider.of:
        return 0.0
    held: Range | None = getattr(scenario.events[0], slider.of)
    value = held.likely * slider.scale if held else slider.high
    steps = round((min(max(value, slider.low), slider.high) - slider.low) / slider.step)
    return slider.low + steps * slider.step


@lru_cache(maxsize=1)
def network() -> Network:
    return tables.load()


@lru_cache(maxsize=64)
def _run(text: str) -> tuple[result.Result, tuple[str, ...]]:
    found, _, likely = result.run(network(), scenarios.parse(text), DRAWS)
    return found, _maps(network(), likely)


@lru_cache(maxsize=64)
def _run_with(
    text: str, plant: plant_to_network.NewPlant, decided: float
) -> tuple[result.Result, tuple[str, ...], plant_to_network.PlantEffect]:
    scenario = scenarios.parse(text)
    grown, posed = plant_to_network.posed(network(), scenario, plant, decided)
    found, after, likely = result.run(grown, posed, DRAWS)
    change = plant_to_network.change(grown, posed, plant, simulate(grown, scenario, DRAWS), after)
    return found, _maps(grown, likely), change


def _maps(network: Network, likely: Trace) -> tuple[str, ...]:
    return tuple(map.world(network, charts.worst_half_year(likely), element, element) for element in ELEMENTS)


def _posed(asked: StressForm) -> Scenario:
    scenario = scenarios.find(asked.scenario)
    moved = dict(asked.moved)
    known = scenarios.mitigation_sets()
    mitigations = [m for name in asked.sets for m in known[name]]
    if reserve := moved.get(RESERVE.name):
        mitigations.append(Mitigation("stockpile", {"stage": ("end use",), "region": ABROAD}, reserve))
    events = tuple(_set(e, moved) for e in scenario.events)
    return structs.replace(scenario, events=events).with_(*mitigations)


def _set(event: Event, moved: dict[str, float]) -> Event:
    """The event with its fields where the sliders are; a slider that was moved leaves no range."""
    fields = {s.of: Range.of(moved[s.name] / s.scale) for s in SLIDERS if s.name in moved}
    return structs.replace(event, **fields)
