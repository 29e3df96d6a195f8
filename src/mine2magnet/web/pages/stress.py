"""The page with sliders: a scenario, what is done about it, and what comes of it; its address keeps all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from msgspec import Struct, structs
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.bridges import plant_to_network
from mine2magnet.bridges.stress import AddedPlant, StressTest
from mine2magnet.chain import Event, Mitigation, Network, Scenario, Trace, simulate
from mine2magnet.chain.io import scenarios, tables
from mine2magnet.chain.report import charts, result
from mine2magnet.charts.chart import Chart
from mine2magnet.charts.world import FlowMap
from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.messages import Translator
from mine2magnet.model.draws import DRAWS
from mine2magnet.model.ranges import Range
from mine2magnet.web.kit import separation_jobs
from mine2magnet.web.kit.compute_lock import turn
from mine2magnet.web.kit.responses import reply, translator
from mine2magnet.web.pages import separation

ELEMENTS = ("Nd", "Dy")  # of which flows are drawn
SHOWN = 15  # end uses in the table
ABROAD = ("Europe", "United States", "Japan", "Rest of Asia")


@dataclass(frozen=True, slots=True)
class Slider:
    """A number that may be moved, from `low` to `high` by hand; its address takes all that the field of
    `owner` takes."""

    name: str
    owner: type[Struct]
    of: str  # the field
    low: float
    high: float
    step: float
    scale: float = 1.0  # shown value = scale × the field's

    @property
    def kind(self) -> Any:
        return fields_of(self.owner)[self.of].type


RESERVE = Slider("reserve", Mitigation, "amount", 0, 26, 1)
SLIDERS = (
    Slider("start", Event, "start", 0, 52, 1),
    Slider("weeks", Event, "weeks", 1, 104, 1),
    Slider("strength", Event, "strength", 0, 100, 5, 100),
    Slider("processing", Event, "processing", 0, 180, 5, 7),
    Slider("approval", Event, "approval", 5, 100, 5, 100),
)
DECIDED = Slider("decided", AddedPlant, "decided", -520, 52, 4)  # only where there is a plant


@dataclass(frozen=True, slots=True)
class StressForm:
    """What the address says: a stress test of a preset, and sliders moved from where the preset has them."""

    test: StressTest
    preset: str
    moved: Mapping[str, float]
    decided: float


def stress(request: Request) -> Response:
    form = _form(request.query_params)
    scenario, plant, change = form.test.mitigated(), _plant(request.query_params), None
    if plant is None:
        found, maps = outcome(scenario, form.test.draws)
    else:
        found, maps, change = with_plant(scenario, plant, form.decided, form.test.draws)
    content = {
        "scenario": form.preset,
        "moved": form.moved,
        "sets": form.test.mitigations,
        "result": found,
        **({"plant": change} if change else {}),
    }
    return reply(
        request,
        "stress.html",
        content,
        presets={name: scenarios.read(file).name for name, file in scenarios.presets().items()},
        sliders=_shown_sliders(form, plant is not None),
        all_sets=list(scenarios.mitigation_sets()),
        draws=form.test.draws if form.test.draws != DRAWS else None,
        plant_query=request.query_params.get("plant", "") if plant else "",
        plant_site=plant.site if plant else "",
        **shown(translator(request), found, maps, change),
    )


def shown(
    t: Translator,
    found: result.Result,
    maps: Sequence[FlowMap],
    change: plant_to_network.PlantEffect | None = None,
) -> dict[str, Any]:
    """What the part of a page that shows a result needs."""
    prices = {m.name: m.price / 1000 for m in network().materials}  # USD/kg
    return {
        "change": change,
        "prices": prices,
        "compared": change.ends[:SHOWN] if change else (),
        "ends": [e for e in found.ends if e.loss[1] > 0][:SHOWN],
        "fans": [charts.fan(s, t.say) for s in (*found.served[:4], *found.prices[:4])],
        "maps": [replace(one, say=t.say) for one in maps],
    }


def charts_of(request: Request) -> list[Chart]:
    """Return the charts of the result that an address asks for."""
    form, plant = _form(request.query_params), _plant(request.query_params)
    scenario, draws = form.test.mitigated(), form.test.draws
    if plant is None:
        found, maps = outcome(scenario, draws)
    else:
        found, maps, _ = with_plant(scenario, plant, form.decided, draws)
    return drawn(translator(request), found, maps)


def drawn(t: Translator, found: result.Result, maps: Sequence[FlowMap]) -> list[Chart]:
    """Return the charts of a result."""
    held = shown(t, found, maps)
    return [*held["fans"], *held["maps"]]


def outcome(scenario: Scenario, draws: int = DRAWS) -> tuple[result.Result, tuple[FlowMap, ...]]:
    """A run on the built-in network, and maps of the most likely one; the latest are kept."""
    with turn():  # a slider that is dragged asks often
        return _run(scenarios.text(scenario), draws)


def with_plant(
    scenario: Scenario, plant: plant_to_network.NewPlant, decided: float, draws: int = DRAWS
) -> tuple[result.Result, tuple[FlowMap, ...], plant_to_network.PlantEffect]:
    """As `outcome`, with a separation plant decided in some week, and what that changes."""
    with turn():
        return _run_with(scenarios.text(scenario), plant, decided, draws)


def _plant(asked: QueryParams) -> plant_to_network.NewPlant | None:
    """The plant of the separation page whose query is in the address."""
    if not asked.get("plant"):
        return None
    case = separation.case(QueryParams(asked["plant"]))
    return plant_to_network.of(separation_jobs.solved(case), asked.get("plant_site", ""))


def _form(query: QueryParams) -> StressForm:
    """The address, decoded to the types of a stress test. Raises UserError naming what cannot be."""
    name = query.get("scenario", "licence-delay")
    preset = scenarios.preset(name)
    moved = {}
    for slider in (*_sliders(preset), *([DECIDED] if query.get("plant") else [])):
        if given := query.get(slider.name, ""):
            value = decode(float, given, slider.name, written=True)
            decode(slider.kind, value / slider.scale, slider.name)
            if value != _standing(slider, preset):
                moved[slider.name] = value
    given_test = {"scenario": _moved(preset, moved), "mitigations": query.getlist("do")}
    if query.get("draws"):
        given_test["draws"] = query["draws"]
    test = decode(StressTest, given_test, written=True).within_service()
    return StressForm(test, name, moved, moved.get(DECIDED.name, 0.0))


def _moved(scenario: Scenario, moved: Mapping[str, float]) -> Scenario:
    """The scenario with its events where the sliders are; a slider that was moved leaves no range."""
    fields = {s.of: Range.of(moved[s.name] / s.scale) for s in SLIDERS if s.name in moved}
    events = tuple(structs.replace(event, **fields) for event in scenario.events)
    reserve = moved.get(RESERVE.name)
    where = {"stage": ("end use",), "region": ABROAD}
    held = [Mitigation("stockpile", where, reserve)] if reserve else []
    return structs.replace(scenario, events=events).with_(*held)


def _shown_sliders(form: StressForm, plant: bool) -> list[dict[str, Any]]:
    """Each as far as its value, which an address may put beyond where people drag it."""
    preset = scenarios.preset(form.preset)
    rows = []
    for slider in (*_sliders(preset), *([DECIDED] if plant else [])):
        value = form.moved.get(slider.name, _standing(slider, preset))
        wide = replace(slider, low=min(slider.low, value), high=max(slider.high, value))
        rows.append({"slider": wide, "value": value})
    return rows


def _sliders(scenario: Scenario) -> list[Slider]:
    """Those that mean something here: a scenario of several events keeps its own times and strengths."""
    if len(scenario.events) != 1:
        return [RESERVE]
    kind = scenario.events[0].kind
    unused = {"strength"} if kind == "licence" else {"processing", "approval"}
    return [*(s for s in SLIDERS if s.of not in unused), RESERVE]


def _standing(slider: Slider, scenario: Scenario) -> float:
    """Where the preset has it, at a step of the slider."""
    if slider.owner is not Event:
        return 0.0
    held: Range | None = getattr(scenario.events[0], slider.of)
    value = held.likely * slider.scale if held else slider.high
    steps = round((min(max(value, slider.low), slider.high) - slider.low) / slider.step)
    return slider.low + steps * slider.step


@lru_cache(maxsize=1)
def network() -> Network:
    return tables.load()


@lru_cache(maxsize=64)
def _run(text: str, draws: int) -> tuple[result.Result, tuple[FlowMap, ...]]:
    found, _, likely = result.run(network(), scenarios.parse(text), draws)
    return found, _maps(network(), likely)


@lru_cache(maxsize=64)
def _run_with(
    text: str, plant: plant_to_network.NewPlant, decided: float, draws: int
) -> tuple[result.Result, tuple[FlowMap, ...], plant_to_network.PlantEffect]:
    scenario = scenarios.parse(text)
    grown, posed = plant_to_network.posed(network(), scenario, plant, decided)
    found, after, likely = result.run(grown, posed, draws)
    change = plant_to_network.change(grown, posed, plant, simulate(grown, scenario, draws), after)
    return found, _maps(grown, likely), change


def _maps(network: Network, likely: Trace) -> tuple[FlowMap, ...]:
    flow = charts.worst_half_year(likely)
    return tuple(charts.world(network, flow, element, element) for element in ELEMENTS)
