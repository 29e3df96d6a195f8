"""The models that are run as jobs: what each is asked, what comes of it, and how that is kept."""

from __future__ import annotations

import hashlib
import io
import pickle
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, is_dataclass, replace
from functools import cache
from importlib import import_module, resources
from typing import Any

import msgspec

from mine2magnet import __version__
from mine2magnet.bridges import plant_to_network
from mine2magnet.bridges.stress import StressComparison, StressTest
from mine2magnet.chain import Network, Trace, simulate
from mine2magnet.chain.exposure import Exposure, exposures
from mine2magnet.chain.io import provenance, tables
from mine2magnet.chain.io.company_request import CompanyRequest
from mine2magnet.chain.report import charts, company, comparison, criticality, sources
from mine2magnet.chain.report import result as chain_result
from mine2magnet.chain.report.criticality import Concentration, Critical
from mine2magnet.chain.report.result import Result
from mine2magnet.charts.world import FlowMap
from mine2magnet.core.compiled import COMPILING, compiling
from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import plain
from mine2magnet.core.schema import Input
from mine2magnet.model import Job, JobKind, JobState
from mine2magnet.separation.report import calibration_tables, flowsheet_result
from mine2magnet.separation.report import result as separation_result
from mine2magnet.separation.study import calibrate, flowsheets, study
from mine2magnet.separation.study.design_basis import DesignBasis
from mine2magnet.separation.study.flowsheet_schema import FlowsheetCase
from mine2magnet.separation.study.schema import CalibrationRequest, Case
from mine2magnet.separation.study.study import TRIED
from mine2magnet.store import Store

MOST_WORK = 60.0  # s of one core for a case
SIZING, FOLLOWING, DRAWING = 0.4, 0.6, 0.0007  # s a cut takes: in each plan; to start up and to be tried at
# other separation factors; for a draw of the Monte Carlo at a site
ASSURING = 6.0  # s a cut takes to be made to hold with certainty

Tell = Callable[[float, str], None]  # how large a part is done, and what is being done


class RiskRequest(Input, frozen=True, kw_only=True):
    """The built-in network's nodes and materials at risk: there is nothing to choose."""


@dataclass(frozen=True, slots=True)
class RiskReport:
    """Exposure to each node, concentration by stage, criticality by material."""

    nodes: tuple[Exposure, ...]
    stages: tuple[Concentration, ...]
    materials: tuple[Critical, ...]


@dataclass(frozen=True, slots=True)
class StressRun:
    """What a page shows of a stress test: `change` is what an added plant changes."""

    result: Result
    maps: tuple[FlowMap, ...]
    change: plant_to_network.PlantEffect | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """`run(input, tell)` gives what the API answers, and what a page is drawn of. `check(input)` raises
    UserError for what is more than a service takes on."""

    input: type[Input]
    run: Callable[[Any, Tell], tuple[Any, Any]]
    check: Callable[[Any], object] = lambda _: None


# --- a job of one


def ask(
    store: Store,
    kind: JobKind,
    input: Input,
    *,
    owner: str = "",
    page: str = "",
    instead: Collection[JobState] = ("queued", "running", "done"),
    may_start: bool = True,
) -> tuple[Job, bool]:
    """Queue a run, unless the same was asked before and is in one of the states `instead`.

    Returns
    -------
    Job
    bool
        Whether it is new.

    Raises
    ------
    UserError
        If it is more than a service takes on.
    Busy
        If too many wait.
    Forbidden
        If nobody has asked for it before, and who asks may not start one.
    """
    MODELS[kind].check(input)
    text = msgspec.json.encode(input).decode()
    same = hashlib.sha256(f"{kind} {text}".encode()).hexdigest()[:32]
    return store.jobs.put(
        kind, text, f"{maker()}-{same}", owner=owner, page=page, instead=instead, may_start=may_start
    )


def asked(kind: JobKind, input: str) -> Any:
    """Return the input of a job, as its declared type."""
    return decode(MODELS[kind].input, msgspec.json.decode(input))


def computed(kind: JobKind, input: str, tell: Tell) -> tuple[bytes, bytes]:
    """Run a model.

    Returns
    -------
    bytes
        What the API answers, as JSON.
    bytes
        What a page is drawn of, for `restored`.

    Raises
    ------
    UserError
        For what is amiss with the input.
    """
    with compiling(lambda begun, done: tell(0.0, COMPILING) if done < begun else None):
        answer, kept = MODELS[kind].run(asked(kind, input), tell)
    return msgspec.json.encode(plain(answer)), zlib.compress(pickle.dumps(kept), 1)


def restored(job: Job, kept: bytes) -> Any:
    """Return what a page is drawn of. Raises UserError if another version of the program has kept it."""
    if not job.fingerprint.startswith(maker() + "-"):
        raise UserError("this result is of another version of the program", hint="run it again")
    return _Values(io.BytesIO(zlib.decompress(kept))).load()


class _Values(pickle.Unpickler):
    """Reads values and nothing that acts: whoever may write to the database may not run code here."""

    def find_class(self, module: str, name: str) -> Any:
        found = getattr(import_module(module), name) if _is_known(module) else None
        if isinstance(found, type) and (is_dataclass(found) or issubclass(found, msgspec.Struct | tuple)):
            return found
        if (module, name) in _BUILDERS:
            return getattr(import_module(module), name)
        raise pickle.UnpicklingError(f"{module}.{name} is no value")


_BUILDERS = (
    ("msgspec._utils", "rebuild"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy.core.multiarray", "_reconstruct"),  # as NumPy before 2 calls them
    ("numpy.core.multiarray", "scalar"),
    ("_codecs", "encode"),
    ("copyreg", "_reconstructor"),
    ("builtins", "object"),
    ("builtins", "str"),  # what a chart's words are left by, until it is drawn in somebody's language
)


def _is_known(module: str) -> bool:
    return module.startswith("mine2magnet.")


@cache
def maker() -> str:
    """Return what names the models as they are: it changes with their code and data."""
    made = hashlib.sha256(__version__.encode())
    root = resources.files("mine2magnet")
    for room in ("model", "chain", "separation", "bridges", "charts", "data/chain", "data/separation"):
        for file in sorted(_files(root.joinpath(room)), key=str):
            made.update(file.name.encode() + file.read_bytes())
    made.update(root.joinpath("background/models.py").read_bytes())
    return made.hexdigest()[:12]


def _files(folder: Any) -> list[Any]:
    found: list[Any] = []
    for one in folder.iterdir():
        if one.is_dir():
            found += _files(one)
        elif one.name.endswith((".py", ".csv", ".yaml")):
            found.append(one)
    return found


# --- the models


@cache
def network() -> Network:
    """Return the built-in network."""
    return tables.load()


def _stress(test: StressTest, tell: Tell) -> tuple[Result, StressRun]:
    tell(0.0, "running the draws")
    if test.plant is None:
        found, _, likely = chain_result.run(network(), test.mitigated(), test.draws)
        return found, StressRun(found, _maps(network(), likely))
    scenario = test.mitigated()
    plant = plant_to_network.at(test.plant.capacity, test.plant.site, "plant")
    grown, posed = plant_to_network.posed(network(), scenario, plant, test.plant.decided)
    found, after, likely = chain_result.run(grown, posed, test.draws)
    tell(0.5, "running the draws without the plant")
    change = plant_to_network.change(grown, posed, plant, simulate(grown, scenario, test.draws), after)
    return found, StressRun(found, _maps(grown, likely), change)


def _maps(network: Network, likely: Trace) -> tuple[FlowMap, ...]:
    flow = charts.worst_half_year(likely)
    return tuple(charts.world(network, flow, element, element) for element in charts.MAPPED)


def _risk(_: RiskRequest, tell: Tell) -> tuple[RiskReport, RiskReport]:
    """A linear programme for each node: some two seconds."""
    tell(0.0, "taking each node away")
    held = network()
    found = RiskReport(
        tuple(exposures(held)),
        tuple(criticality.concentrations(held)),
        tuple(criticality.criticality(held)),
    )
    return found, found


def _comparison(asked: StressComparison, tell: Tell) -> tuple[Any, comparison.ComparisonReport]:
    tell(0.0, "running the draws")
    grown, scenarios = asked.posed(network())
    found = comparison.compared(grown, scenarios, asked.names(), asked.tests[0].draws)
    return found, found


@cache
def _figures() -> tuple[provenance.SourcedFigure, ...]:
    return tuple(provenance.figures())


def _drivers(test: StressTest, tell: Tell) -> tuple[Any, tuple[sources.SourcedDriver, ...]]:
    tell(0.0, company.STEPS[2])
    found = tuple(sources.traced(network(), test.mitigated(), _figures()))
    return found, found


def _company(asked: CompanyRequest, tell: Tell) -> tuple[company.CompanyReport, company.CompanyReport]:
    def say(what: str) -> None:
        tell(company.STEPS.index(what) / len(company.STEPS), what)

    money = None if asked.budget is None else asked.budget * company.M
    found = company.report(asked.placed(network()), asked.posed(), asked.draws, money, say=say)
    return found, found


def _separation(case: Case, tell: Tell) -> tuple[Any, study.Study]:
    basis = DesignBasis.of(case)
    steps = 3 + len(basis.sites) + 2 * TRIED * case.fuzzy + sum(
        map(bool, (case.startup_days, case.change, basis.chemistry, case.draws, case.certainty))
    )  # fmt: skip
    begun = 0

    def say(what: str) -> None:
        nonlocal begun
        tell(min(begun / steps, 0.95), what)
        begun += 1

    found = study.solve(basis, say)
    sites = tuple(replace(site, sample=None) for site in found.sites)  # megabytes that no page is drawn of
    return separation_result.report(found), replace(found, sites=sites)


def _check_separation(case: Case) -> None:
    """Every door of the service refuses the same cases, which the command line takes."""
    basis = DesignBasis.of(case)
    cuts = len(basis.products) - 1
    plans = 2 * TRIED if case.fuzzy else 1
    each = plans * SIZING + FOLLOWING + case.draws * len(basis.sites) * DRAWING
    seconds = cuts * (each + ASSURING * bool(case.certainty))
    if seconds > MOST_WORK:
        raise UserError(
            f"{cuts} cuts and {case.draws:,} draws at {len(basis.sites)} sites are some {seconds:.0f} s of "
            f"computing, more than the {MOST_WORK:.0f} that the service takes",
            where="draws" if case.draws else "products",
            hint="ask for fewer, or use the command line: mine2magnet separate",
        )


def _flowsheet(case: FlowsheetCase, tell: Tell) -> tuple[Any, flowsheets.FlowsheetStudy]:
    found = flowsheets.solve(case, say=lambda what: tell(0.0, what))
    return flowsheet_result.report(found), found


def _calibration(request: CalibrationRequest, tell: Tell) -> tuple[Any, None]:
    tell(0.0, "fitting the assays")
    return calibration_tables.report(calibrate.requested(request)), None


MODELS: Mapping[JobKind, Model] = {
    "stress": Model(StressTest, _stress, StressTest.within_service),
    "comparison": Model(StressComparison, _comparison, StressComparison.within_service),
    "drivers": Model(StressTest, _drivers),
    "risk": Model(RiskRequest, _risk),
    "company": Model(CompanyRequest, _company, lambda asked: asked.within_service(network())),
    "separation": Model(Case, _separation, _check_separation),
    "flowsheet": Model(FlowsheetCase, _flowsheet, flowsheets.within_service),
    "calibration": Model(CalibrationRequest, _calibration),
}
