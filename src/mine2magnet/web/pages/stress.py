"""The page with sliders: a scenario, what is done about it, and what comes of it; its address keeps all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from msgspec import Struct, structs
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.background import models
from mine2magnet.bridges import plant_to_network
from mine2magnet.bridges.stress import AddedPlant, StressTest
from mine2magnet.chain import Event, Mitigation, Scenario
from mine2magnet.chain.io import scenarios
from mine2magnet.chain.report import charts, result
from mine2magnet.charts.chart import Chart
from mine2magnet.charts.world import FlowMap
from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.model import Job
from mine2magnet.model.draws import DRAWS
from mine2magnet.model.ranges import Range
from mine2magnet.web.kit import jobs
from mine2magnet.web.kit.responses import library, reply, translator, wants_json
from mine2magnet.web.pages import separation

PRESET = "licence-delay"
MOST_FIELDS = 100  # of a form; it has some twenty
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


async def stress(request: Request) -> Response:
    return await page(request, request.query_params)


async def run(request: Request) -> Response:
    """Have the form's test run, and go to where it is shown; what cannot be run is told beside the form."""
    sent = await request.form(max_fields=MOST_FIELDS)
    query = QueryParams([(name, value) for name, value in sent.multi_items() if isinstance(value, str)])
    address = jobs.address("/stress", query)
    try:
        form = _form(query)
        test, plant = await _with_plant(request, form, query)
        if test is None or (plant is not None and not plant.ended):
            return RedirectResponse(address, 303)  # which says how far the plant is
        job, _ = await jobs.put(request, "stress", test, page=address, anew=True)
    except UserError as error:
        return await _told(request, query, error)
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def page(request: Request, query: QueryParams, job: Job | None = None) -> Response:
    """The form as the query has it, and what comes of it: of `job` if it is named, else of a run of it."""
    try:
        if job is not None and "job" in query:  # a program has asked: no form stands for that
            return await run_in_threadpool(_page, request, query, None, job)
        form = _form(query)
        if job is None:
            test, plant = await _with_plant(request, form, query)
            if test is None:
                return await run_in_threadpool(_page, request, query, form, plant)
            job = await jobs.asked(request, "stress", test, page=jobs.address("/stress", query))
        return await run_in_threadpool(_page, request, query, form, job)
    except UserError as error:
        return await _told(request, query, error)


async def _told(request: Request, query: QueryParams, error: UserError) -> Response:
    """The form as far as it can be read, with what is amiss."""
    if wants_json(request):
        raise error
    return await run_in_threadpool(_page, request, query, _readable(query), None, error)


def _page(
    request: Request,
    query: QueryParams,
    form: StressForm | None,
    job: Job | None,
    error: UserError | None = None,
) -> Response:
    store, t = library(request).store, translator(request)
    found: models.StressRun | None = None
    if job is not None and job.ended and error is None:
        try:
            found = jobs.result(store, job) if job.kind == "stress" else None
        except UserError as failed:
            error = failed
            if wants_json(request):
                raise
    content: dict[str, Any] = {"result": found.result if found else None}
    if form is not None:
        content |= {"scenario": form.preset, "moved": form.moved, "sets": form.test.mitigations}
    if found and found.change:
        content["plant"] = found.change
    state = jobs.shown(store, job, t) if job else None
    return reply(
        request,
        "stress.html",
        content,
        status=error.status if error else 202 if state and state["waits"] else 200,
        job=state,
        limits=jobs.limits(),
        error=jobs.worded(error, t) if error else None,
        charts_at="/stress/charts",
        charts_query=str(query),
        **_form_shown(form, query),
        **(shown(t, found.result, found.maps, found.change) if found else {}),
    )


def _form_shown(form: StressForm | None, query: QueryParams) -> dict[str, Any]:
    if form is None:
        return {"sliders": None}
    plant = bool(query.get("plant"))
    return {
        "presets": {name: scenarios.read(file).name for name, file in scenarios.presets().items()},
        "sliders": _shown_sliders(form, plant),
        "all_sets": list(scenarios.mitigation_sets()),
        "draws": form.test.draws if form.test.draws != DRAWS else None,
        "plant_query": query.get("plant", ""),
        "plant_site": query.get("plant_site", ""),
    }


def shown(
    t: Translator,
    found: result.Result,
    maps: Sequence[FlowMap],
    change: plant_to_network.PlantEffect | None = None,
) -> dict[str, Any]:
    """Return what the part of a page that shows a result needs."""
    prices = {m.name: m.price / 1000 for m in models.network().materials}  # USD/kg
    return {
        "change": change,
        "prices": prices,
        "compared": change.ends[:SHOWN] if change else (),
        "ends": [e for e in found.ends if e.loss[1] > 0][:SHOWN],
        "fans": [
            charts.fan(s, t.say) for s in (*found.served[: charts.SHOWN], *found.prices[: charts.SHOWN])
        ],
        "maps": [replace(one, say=t.say) for one in maps],
    }


async def charts_of(request: Request) -> list[Chart]:
    """Return the charts of the result that an address asks for, or of the run that it names."""
    store, query = library(request).store, request.query_params
    if "job" in query:
        job = await run_in_threadpool(store.jobs.get, query["job"])
    else:
        test, _ = await _with_plant(request, _form(query), query, to_end=True)
        if test is None:  # the server is ending
            return []
        job = await jobs.asked(request, "stress", test, to_end=True)
    run: models.StressRun = await run_in_threadpool(jobs.result, store, job)
    return drawn(translator(request), run.result, run.maps)


def drawn(t: Translator, found: result.Result, maps: Sequence[FlowMap]) -> list[Chart]:
    """Return the charts of a result."""
    held = shown(t, found, maps)
    return [*held["fans"], *held["maps"]]


async def _with_plant(
    request: Request, form: StressForm, query: QueryParams, *, to_end: bool = False
) -> tuple[StressTest | None, Job | None]:
    """The test with the plant of the separation page whose query is in the address, and the run that works
    the plant out; no test as long as that has not ended."""
    if not query.get("plant"):
        return form.test, None
    asked = QueryParams(query["plant"])
    case = await run_in_threadpool(separation.case_asked, library(request).store, asked)
    page = "" if "job" in asked else f"/separation?{query['plant']}"
    job = await jobs.asked(request, "separation", case, page=page, to_end=to_end)
    if not job.ended:
        return None, job
    if (error := jobs.failure(job)) is not None:
        raise error
    answer, _ = await run_in_threadpool(library(request).store.jobs.result, job.id)
    given = {
        "capacity": msgspec.json.decode(answer)["new_capacity"],
        "site": query.get("plant_site", ""),
        "decided": form.decided,
    }
    return structs.replace(form.test, plant=decode(AddedPlant, given, "plant")), job


def _form(query: QueryParams) -> StressForm:
    """The address, decoded to the types of a stress test. Raises UserError naming what cannot be."""
    name = query.get("scenario", PRESET)
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


def _readable(query: QueryParams) -> StressForm:
    """The form of a query that cannot be run: what is right in it stays."""
    name = query.get("scenario", "")
    name = name if name in scenarios.presets() else PRESET
    preset = scenarios.preset(name)
    sets = tuple(one for one in query.getlist("do") if one in scenarios.mitigation_sets())
    moved = {}
    for slider in (*_sliders(preset), DECIDED):
        with suppress(UserError, KeyError):
            value = decode(float, query[slider.name], slider.name, written=True)
            decode(slider.kind, value / slider.scale, slider.name)
            moved[slider.name] = value
    return StressForm(
        StressTest(scenario=preset, mitigations=sets), name, moved, moved.get(DECIDED.name, 0.0)
    )


def _moved(scenario: Scenario, moved: Mapping[str, float]) -> Scenario:
    """The scenario with its events where the sliders are; a slider that was moved leaves no range."""
    fields = {s.of: Range.of(moved[s.name] / s.scale) for s in SLIDERS if s.name in moved}
    events = tuple(structs.replace(event, **fields) for event in scenario.events)
    reserve = moved.get(RESERVE.name)
    where = {"stage": ("end use",), "region": ABROAD}
    held = [Mitigation("stockpile", where, reserve)] if reserve else []
    return structs.replace(scenario, events=events).with_(*held)


def asked_test(query: QueryParams) -> StressTest:
    """Return the test that an address says. Raises UserError as `_form` does."""
    if query.get("plant"):
        raise UserError(
            "a plant of the separation page is compared on the page of its stress test", where="plant"
        )
    return _form(query).test


def asked_scenario(query: QueryParams) -> Scenario:
    """The scenario that an address says, with sliders and mitigations. Raises UserError as `_form` does."""
    return _form(query).test.mitigated()


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
    """Return where the preset has it, at a step of the slider."""
    if slider.owner is not Event:
        return 0.0
    held: Range | None = getattr(scenario.events[0], slider.of)
    value = held.likely * slider.scale if held else slider.high
    steps = round((min(max(value, slider.low), slider.high) - slider.low) / slider.step)
    return slider.low + steps * slider.step
