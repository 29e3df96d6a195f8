"""What it does to us and what replacing it would take: stress tests and separation plants."""

from __future__ import annotations

from mine2magnet.background import models
from mine2magnet.bridges.stress import StressComparison, StressTest
from mine2magnet.chain.io import scenarios as scenario_files
from mine2magnet.chain.io.company_request import CompanyRequest
from mine2magnet.chain.report.company import CompanyReport
from mine2magnet.chain.report.comparison import ComparisonReport
from mine2magnet.chain.report.result import Result
from mine2magnet.library.library import Library
from mine2magnet.separation.report.flowsheet_schema import FlowsheetReport
from mine2magnet.separation.report.schema import CalibrationReport, SeparationReport
from mine2magnet.separation.study import reference_data
from mine2magnet.separation.study.flowsheet_schema import FlowsheetCase
from mine2magnet.separation.study.schema import CalibrationRequest, Case
from mine2magnet.web.api.operation import Queued, operation
from mine2magnet.web.api.schema.models import Presets, Scenarios
from mine2magnet.web.kit.permissions import Caller

BUSY = {409: "The run was cancelled.", 503: "Too many runs wait already; try again in a minute."}


@operation("GET", "/scenarios")
def scenarios(held: Library) -> Scenarios:
    """List the scenarios and sets of mitigations that come with the program."""
    return Scenarios(
        {name: scenario_files.read(file).name for name, file in scenario_files.presets().items()},
        tuple(scenario_files.mitigation_sets()),
    )


@operation("POST", "/stress", scope="run", errors={404: "There is no such scenario.", **BUSY})
def stress(held: Library, body: StressTest, caller: Caller) -> Queued[Result]:
    """Run a stress test on the built-in mine-to-magnet network.

    Gives losses in USD, which end uses stop in which share of draws and when first (weeks from 0), why
    (`stops`), and by week the share of need served and prices as multiples of normal; always at 10, 50 and
    90 % of the draws. The same request gives the same result. A `plant` is what a separation plant's design
    lists as `new_capacity`.
    """
    return Queued(*models.ask(held.store, "stress", body, owner=caller.owner))


@operation("POST", "/comparison", scope="run", errors={404: "There is no such scenario.", **BUSY})
def comparison(held: Library, body: StressComparison, caller: Caller) -> Queued[ComparisonReport]:
    """Set two or three stress tests side by side on the same draws.

    Gives the inputs that differ, what each loses, and how much less than the first, draw by draw, with a 95 %
    interval of the mean: what is uncertain in all alike does not blur it.
    """
    return Queued(*models.ask(held.store, "comparison", body, owner=caller.owner))


@operation("POST", "/company", scope="run", errors={404: "There is no such scenario.", **BUSY})
def company(held: Library, body: CompanyRequest, caller: Caller) -> Queued[CompanyReport]:
    """Put a company's own parts, stocks and suppliers under a scenario.

    Its tables are those of `mine2magnet company init`; all mistakes in them are told at once. Gives which
    parts stop when and why, what is at risk in millions of the company's currency, how many days of stock
    are enough, what is best bought with the budget, and what the loss hangs on. The tables stay on the
    server, with the result, as long as that is kept.
    """
    return Queued(*models.ask(held.store, "company", body, owner=caller.owner))


@operation("GET", "/separation")
def separation_presets(held: Library) -> Presets:
    """List the feeds, extractants and sites that a plant may name."""
    names = reference_data.extractants()
    return Presets(
        dict(reference_data.feeds()),
        {name: list(reference_data.extractant(name).order) for name in names},
        list(reference_data.sites()),
    )


@operation("POST", "/calibration", scope="run", errors=BUSY)
def calibration(held: Library, body: CalibrationRequest, caller: Caller) -> Queued[CalibrationReport]:
    """Fit separation factors, stage efficiency and entrainment to assays of a cut that runs.

    The case states the stages and flows of the cut in `cuts`. What the assays do not identify is named, and
    outliers are; `set` goes into a case as `calibrated`.
    """
    return Queued(*models.ask(held.store, "calibration", body, owner=caller.owner))


@operation("POST", "/flowsheet", scope="run", errors=BUSY)
def flowsheet(held: Library, body: FlowsheetCase, caller: Caller) -> Queued[FlowsheetReport]:
    """Solve a flowsheet of several solvent-extraction trains.

    Each train has its own extractant and a closed organic loop that comes back with what stripping left on
    it; streams are named `train.raffinate`, `train.liquor` and so on, and go to other trains, back, or to
    products that are precipitated and calcined. Gives every stream, what each train and product reaches,
    reagents and effluent, equipment, and cost at each site. One that does not settle says which stream.
    """
    return Queued(*models.ask(held.store, "flowsheet", body, owner=caller.owner))


@operation("POST", "/separation", scope="run", errors=BUSY)
def separation(held: Library, body: Case, caller: Caller) -> Queued[SeparationReport]:
    """Design a rare-earth separation plant by solvent extraction.

    Finds the order of cuts, sizes each (stages, flows, purities), follows its start-up and costs the plant
    at each site, with ranges and what they depend on most. Each product takes some seconds.
    """
    return Queued(*models.ask(held.store, "separation", body, owner=caller.owner))
