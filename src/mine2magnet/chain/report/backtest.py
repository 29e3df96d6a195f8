"""The model beside a record: what was published of a crisis, and what the chain says of it."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import yaml
from msgspec import Meta

from mine2magnet.chain import Network, Outcome, Scenario, Trace, draw, simulate, trace
from mine2magnet.chain.io import scenarios, tables
from mine2magnet.chain.io.tables import WEEKS_A_YEAR, reference
from mine2magnet.chain.simulate import market_names
from mine2magnet.core.decode import decode
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.schema import Input
from mine2magnet.model.draws import OF_HISTORY

TRACED = 50  # of them, for exports: a full record of each is kept
LARGEST = 1_000_000  # bytes of a record
LONGEST = 10_000  # rows of a record
MEASURES = ("exports", "price", "first stop")
COLUMNS = ("measure", "of", "when", "low", "high", "unit", "source", "note")
FITTED = "fitted"  # in a column `use` that a record may have: something of the model was set by the figure


class History(Input, frozen=True):
    """A crisis that was recorded: `history.yaml` of a folder, beside `record.csv` and tables of a network."""

    title: Annotated[str, Meta(max_length=200, description="What happened.")]
    begin: Annotated[str, Meta(description="The Monday with which week 0 begins, as 2025-01-06.")]
    since: Annotated[float, Meta(ge=0, le=5200, description="The week from which first stops count.")] = 0.0
    preset: Annotated[str, Meta(max_length=100, description="A scenario of the program.")] = ""
    scenario: Annotated[Scenario | None, Meta(description="Or the scenario itself.")] = None
    caveat: Annotated[
        Mapping[Annotated[str, Meta(max_length=10)], Annotated[str, Meta(max_length=2000)]],
        Meta(description="What of it was set by who knew the record, by language: en, zh, ja."),
    ] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BacktestFigure:
    """One published figure (a range) and the model's (10 %, most likely or median, 90 %)."""

    measure: str
    of: str
    when: str
    unit: str
    low: float
    high: float
    model: float
    model_low: float
    model_high: float
    source: str
    note: str
    fitted: bool = False  # something of the model was set by it

    @property
    def agrees(self) -> bool:
        """True where the record lies within the model's range, or the ranges meet."""
        return self.model_low <= self.high and self.low <= self.model_high


def histories() -> dict[str, Path]:
    """Return the folders of the crises that come with the program, by name."""
    return {f.name: f for f in sorted((reference() / "histories").iterdir()) if f.is_dir()}


def find(name: str) -> Path:
    """Return the folder of a recorded crisis.

    Parameters
    ----------
    name : str
        One of `histories`, or the path of a folder.

    Returns
    -------
    Path
        A folder.

    Raises
    ------
    NotFound
        If it is neither.
    """
    held = histories()
    if name in held:
        return held[name]
    if not Path(name).is_dir():
        raise NotFound(f"no history {name!r:.80}", hint=f"a folder, or one of {', '.join(held)}")
    return Path(name)


def compare(folder: Path, network: Network | None = None, draws: int = OF_HISTORY) -> list[BacktestFigure]:
    """Run a recorded crisis and set each published figure beside it.

    Exports are of the most likely run with the range of the first draws; prices and stops of all.

    Parameters
    ----------
    folder : Path
        With history.yaml, record.csv and, unless it is the built-in network's, the tables of a network.
    network : Network
        In place of the folder's.
    draws : int
        Number of draws.

    Returns
    -------
    list of BacktestFigure
        In the order of the record.

    Raises
    ------
    UserError
        Naming file, row and column, for anything missing, unknown or out of range.
    """
    history, scenario = _history(folder)
    own = (folder / "nodes.csv").is_file()
    network = network or tables.load(folder if own else None)
    record = _record(folder, history, scenario, network)
    drawn = draw(network, scenario, draws)
    months = any(r["measure"] == "exports" and "-" in r["when"] for r in record)
    some = [draw(network, scenario, 0), *(drawn.part(slice(k, k + 1)) for k in range(min(TRACED, draws)))]
    traced = [trace(network, scenario, one) for one in (some if months else [])]
    run = _Run(network, history, simulate(network, scenario, drawn, kept=draws), traced)
    found = []
    for row in record:
        middle, low, high = run.model(row)
        given = row["measure"], row["of"], row["when"], row["unit"], float(row["low"]), float(row["high"])
        found.append(
            BacktestFigure(*given, middle, low, high, row["source"], row["note"], row.get("use") == FITTED)
        )
    return found


def caveat(folder: Path, language: str) -> str:
    """Return what of a recorded crisis was set by who knew the record, in a language or else in English.

    Parameters
    ----------
    folder : Path
        With history.yaml.
    language : str
        en, zh or ja.

    Returns
    -------
    str
        Empty if the history says nothing of it.
    """
    said = _history(folder)[0].caveat
    return said.get(language, said.get("en", ""))


def coverage(figures: Sequence[BacktestFigure]) -> tuple[int, int]:
    """Return how many figures lie in the model's range, and how many there are.

    Parameters
    ----------
    figures : sequence of BacktestFigure
        Of a record.

    Returns
    -------
    tuple of int
        Within P10 to P90, and all.
    """
    return sum(f.agrees for f in figures), len(figures)


def _history(folder: Path) -> tuple[History, Scenario]:
    file = folder / "history.yaml"
    if not file.is_file() or file.stat().st_size > LARGEST:
        raise UserError("no history.yaml, or a larger one than a page", where=str(folder))
    try:
        given = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"not YAML: {error}", where=file.name) from error
    if isinstance(given, dict) and isinstance(given.get("begin"), date):
        given["begin"] = given["begin"].isoformat()
    history = decode(History, given, file.name)
    _date(history.begin, f"{file.name} begin")
    if (history.scenario is None) == (not history.preset):
        raise UserError("a history has either a scenario or a preset", where=file.name)
    return history, history.scenario or scenarios.preset(history.preset)


def _date(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{text!r:.40} is no date", where=where, hint="write 2025-01-06") from None


def _record(folder: Path, history: History, scenario: Scenario, network: Network) -> list[dict[str, str]]:
    """The rows of record.csv, checked."""
    file = folder / "record.csv"
    if not file.is_file() or file.stat().st_size > LARGEST:
        raise UserError("no record.csv, or one larger than 1,000,000 bytes", where=str(folder))
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [dict(r) for r in csv.DictReader(line for line in lines if not line.startswith("#"))]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"not a CSV table in UTF-8: {error}", where=file.name) from error
    if len(rows) > LONGEST:
        raise UserError(f"more than {LONGEST:,} rows", where=file.name)
    known = {"price": market_names(network), "first stop": [d.node for d in network.demands]}
    for number, row in enumerate(rows, 2):
        where = f"{file.name} row {number}"
        if missing := [c for c in COLUMNS if row.get(c) is None]:
            raise UserError(f"no column {missing[0]}", where=where, hint="columns are " + ", ".join(COLUMNS))
        if row["measure"] not in MEASURES:
            hint = "one of " + ", ".join(MEASURES)
            raise UserError(f"{row['measure']!r:.40} is no measure", where=f"{where} measure", hint=hint)
        if row["of"] not in known.get(row["measure"], [row["of"]]):
            raise UserError(f"nobody is called {row['of']!r:.80}", where=f"{where} of")
        for column in ("low", "high"):
            try:
                float(row[column])
            except ValueError:
                what = f"{row[column]!r:.40} is not a number"
                raise UserError(what, where=f"{where} {column}") from None
        year_alone = row["measure"] == "exports" and len(row["when"]) == 4
        when = _date(f"{row['when']}-15" if not year_alone else f"{row['when']}-01-01", f"{where} when")
        week = (when - date.fromisoformat(history.begin)).days // 7
        if row["measure"] == "price" and not 0 <= week < scenario.weeks:
            raise UserError(f"{row['when']} is outside the scenario", where=f"{where} when")
    return rows


@dataclass(frozen=True, slots=True)
class _Run:
    """A crisis as run."""

    network: Network
    history: History
    ensemble: Outcome
    traced: list[Trace]  # the most likely draw, and the first ones

    def model(self, row: dict[str, str]) -> tuple[float, float, float]:
        """The model's figure for a row of the record: middle, P10, P90."""
        if row["measure"] == "exports":
            return self._exports(row)
        if row["measure"] == "price":
            days = (date.fromisoformat(f"{row['when']}-15") - date.fromisoformat(self.history.begin)).days
            values = self.ensemble.price[days // 7, market_names(self.network).index(row["of"])]
        else:
            stops = self.ensemble.first_stop[self.ensemble.ends.index(row["of"])] - self.history.since
            values = stops
        values = np.where(np.isnan(values), np.inf, values)  # no stop; at no price
        low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], method="inverted_cdf")
        return float(middle), float(low), float(high)

    def _exports(self, row: dict[str, str]) -> tuple[float, float, float]:
        """Return what left the country in a month, or in a normal year: the likely amount, P10 and P90."""
        abroad = _abroad(self.network, row["of"])
        year, _, month = row["when"].partition("-")
        if not month:
            normal = float(self.network.flow[abroad].sum()) * WEEKS_A_YEAR
            return normal, normal, normal
        when = int(year), int(month)
        begin = date.fromisoformat(self.history.begin)
        likely, *drawn = (_monthly(t, abroad, begin)[when] for t in self.traced)
        low, high = np.quantile(drawn or [likely], [0.1, 0.9])
        return likely, float(low), float(high)


def _abroad(network: Network, of: str) -> list[int]:
    """Arcs that carry a material, or the goods of a stage ("magnets"), out of China or another country."""
    nodes = [network.nodes[network.node_index[a.supplier]] for a in network.arcs]
    buyers = [network.nodes[network.node_index[a.buyer]] for a in network.arcs]
    return [
        i
        for i, (x, y) in enumerate(zip(nodes, buyers, strict=True))
        if x.country != y.country
        and (network.arcs[i].material == of or (x.stage == of.removesuffix("s") and x.country == "China"))
    ]


def _monthly(run: Trace, arcs: list[int], begin: date) -> dict[tuple[int, int], float]:
    """Tonnes that left by calendar month; each week is spread over its days."""
    months: dict[tuple[int, int], float] = defaultdict(float)
    for week, tonnes in enumerate(run.shipped[:, arcs].sum(axis=1).tolist()):
        for day in range(7):
            when = begin + timedelta(weeks=week, days=day)
            months[when.year, when.month] += tonnes / 7
    return months
