"""The best mix of stock, second sources, redesign and recycling within a budget.

A stochastic programme with the draws as its scenarios (sample average approximation; Shapiro, Dentcheva &
Ruszczyński 2021, Lectures on Stochastic Programming, ch. 5). Of each part one combination of its measures is
chosen, and how many weeks of stock are bought. What is lost in each draw with each combination is simulated;
a week of stock saves a week of what is then short. The tail is the conditional value at risk in the linear
form of Rockafellar & Uryasev 2000 (J. Risk 2(3)). HiGHS solves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import scipy

from mine2magnet.chain.company.placement import PlacedCompany, cost_of_stock
from mine2magnet.chain.company.schema import Measure
from mine2magnet.chain.company.stock import with_stock
from mine2magnet.chain.network import Floats
from mine2magnet.chain.scenario import Draws, Scenario
from mine2magnet.chain.simulate import simulate
from mine2magnet.core.errors import UserError

TAIL = 0.95  # the worst 5 % of draws are the tail
THRIFT = 1e-6  # of what is spent, in the objective: of mixes that save the same, the cheapest
SECONDS = 60.0  # for a solver


@dataclass(frozen=True, slots=True)
class Mix:
    """What is bought: stock in weeks of need by part, and measures by name; what it costs, and what is lost.

    `mean` and `tail` are the mean loss and that of the worst 5 % of draws, as simulated; `planned` is what
    the programme took its objective to be. `shadow` is what one more unit of money would save. All in the
    company's currency.
    """

    stock: dict[str, float]
    measures: tuple[str, ...]
    spent: float
    mean: float
    tail: float
    planned: float | None = None
    shadow: float | None = None


def tail_mean(losses: Floats, tail: float = TAIL) -> float:
    """Return the mean of the worst draws, the conditional value at risk.

    Parameters
    ----------
    losses : array
        One a draw.
    tail : float
        Share of draws that are better.

    Examples
    --------
    >>> round(tail_mean(np.arange(1.0, 101.0)), 6), tail_mean(np.array([0.0, 10.0]), 0.75)
    (98.0, 10.0)
    """
    worst = np.sort(losses)[::-1]
    left = (1 - tail) * len(worst) - np.arange(len(worst))
    weight = np.clip(left, 0.0, 1.0)
    return float(worst @ weight / weight.sum())


def losses(placed: PlacedCompany, scenario: Scenario, draws: Draws, workers: int = 1) -> Floats:
    """Run a scenario and return what the company loses.

    Parameters
    ----------
    placed : PlacedCompany
        The company in the network.
    scenario : Scenario
        What happens and what is done about it.
    draws : Draws
        Of its ensemble.
    workers : int
        Threads.

    Returns
    -------
    array of shape (parts, draws)
        In the company's currency.
    """
    outcome = simulate(placed.network, scenario, draws, workers=workers)
    lost: Floats = outcome.loss[placed.parts] / placed.company.usd
    return lost


class Portfolio:
    """What every combination of measures leaves to be lost, simulated once, and mixes chosen among them."""

    def __init__(self, placed: PlacedCompany, scenario: Scenario, draws: Draws, workers: int = 1) -> None:
        self.placed, self.scenario, self.draws, self.workers = placed, scenario, draws, workers
        company = placed.company
        self.choices = [_combinations(company.measures, p.name) for p in company.parts]
        #: what a week of each part's stock costs, and what a week of its output is worth
        self.price = np.array([cost_of_stock(placed.network, company, p.name) for p in company.parts])
        self.worth = np.array([p.pieces * p.value for p in company.parts])
        self.left = self._simulated()  # of each part combinations × draws

    def _simulated(self) -> list[Floats]:
        """All parts try their combinations side by side: what one does is nothing to another."""
        runs = []
        for k in range(max(map(len, self.choices))):
            tried = [m for held in self.choices for m in held[min(k, len(held) - 1)]]
            runs.append(losses(self.placed, self._with(tried), self.draws, self.workers))
        return [np.array([runs[k][p] for k in range(len(held))]) for p, held in enumerate(self.choices)]

    def _with(self, measures: Sequence[Measure]) -> Scenario:
        return self.scenario.with_(*(one for m in measures for one in self.placed.done(m)))

    def simulated(self, mix: Mix) -> Mix:
        """Return a mix with what is lost when it is simulated.

        Parameters
        ----------
        mix : Mix
            Stock and measures.
        """
        chosen = [m for m in self.placed.company.measures if m.name in mix.measures]
        scenario = with_stock(self.placed, self._with(chosen), mix.stock)
        lost = losses(self.placed, scenario, self.draws, self.workers).sum(axis=0)
        return replace(mix, mean=float(lost.mean()), tail=tail_mean(lost))

    def singles(self, budget: float) -> list[Mix]:
        """Return each measure alone, and all money in the stock of one part, as far as the budget goes.

        Parameters
        ----------
        budget : float
            In the company's currency.
        """
        base = np.array([held[0] for held in self.left])
        found = []
        for p, part in enumerate(self.placed.company.parts):
            for held, lost in zip(self.choices[p], self.left[p], strict=True):
                if len(held) == 1 and held[0].cost <= budget:
                    total = base.sum(axis=0) - base[p] + lost
                    found.append(
                        Mix({}, (held[0].name,), held[0].cost, float(total.mean()), tail_mean(total))
                    )
            most = float(base[p].max() / self.worth[p]) if self.worth[p] else 0.0
            weeks = float(min(budget / self.price[p], most)) if self.price[p] else most
            if weeks > 0:
                spent = weeks * float(self.price[p])
                found.append(self.simulated(Mix({part.name: weeks}, (), spent, np.nan, np.nan)))
        return found

    def best(self, budget: float, aversion: float, singles: Sequence[Mix]) -> Mix:
        """Return the mix that loses least, by the programme and by simulation of what it proposes.

        Parameters
        ----------
        budget : float
            In the company's currency.
        aversion : float
            Weight of the tail: 0 for the expected loss, 1 for the conditional value at risk.
        singles : sequence of Mix
            Simulated; one of them is taken if it is better.

        Raises
        ------
        UserError
            If the programme is not solved.
        """
        proposed = self.simulated(self._solved(budget, aversion))

        def loss(mix: Mix) -> float:
            return (1 - aversion) * mix.mean + aversion * mix.tail

        better = min(singles, key=loss, default=proposed)
        if loss(better) < loss(proposed) - 1e-9 * abs(loss(proposed)):
            return replace(better, planned=proposed.planned, shadow=proposed.shadow)
        return proposed

    def _solved(self, budget: float, aversion: float) -> Mix:
        """The mix that the programme proposes; what more money would save is its dual, combinations fixed."""
        sparse = scipy.sparse
        unit = 1e6  # so that numbers are of one size
        counts = [len(held) for held in self.choices]
        n, parts = sum(counts), len(counts)
        costs = [sum(m.cost for m in c) for held in self.choices for c in held]
        money = np.concatenate([costs, self.price]) / unit
        matrix, least = self._rows(money, budget / unit, unit)
        s = self.draws.size
        objective = np.concatenate([
            THRIFT * money, np.full(parts * s, (1 - aversion) / s), [aversion],
            np.full(s, aversion / ((1 - TAIL) * s)),
        ])  # fmt: skip
        most = [float(held.max()) / w if w else 0.0 for held, w in zip(self.left, self.worth, strict=True)]
        top = np.concatenate([np.ones(n), most, np.full(len(objective) - n - parts, np.inf)])
        one_each = sparse.hstack([sparse.block_diag([np.ones((1, k)) for k in counts]),
                                  sparse.csr_array((parts, len(objective) - n))])  # fmt: skip
        within = scipy.optimize.LinearConstraint
        solved = scipy.optimize.milp(
            objective,
            integrality=np.concatenate([np.ones(n), np.zeros(len(objective) - n)]),
            bounds=(np.zeros(len(top)), top),
            constraints=[
                within(matrix, least, np.inf), within(sparse.csr_array(one_each), 1, 1)
            ],
            options={"time_limit": SECONDS, "mip_rel_gap": 1e-6},
        )  # fmt: skip
        if solved.x is None:
            raise UserError(f"the programme was not solved: {solved.message}")
        chosen = np.round(solved.x[:n])
        low, high = np.zeros(len(top)), top.copy()
        low[:n] = high[:n] = chosen
        fixed = scipy.optimize.linprog(
            objective, A_ub=-matrix, b_ub=-least, bounds=np.column_stack([low, high]), method="highs"
        )
        if fixed.status != 0:
            raise UserError(f"the programme was not solved: {fixed.message}")
        flat = [c for held in self.choices for c in held]
        taken = [m.name for c, y in zip(flat, chosen, strict=True) if y for m in c]
        weeks = dict(zip((p.name for p in self.placed.company.parts), fixed.x[n : n + parts], strict=True))
        spent = float(money @ fixed.x[: n + parts]) * unit
        return Mix(
            {part: float(w) for part, w in weeks.items() if w > 1e-9}, tuple(taken), spent, np.nan, np.nan,
            float(fixed.fun) * unit - THRIFT * spent, float(-fixed.ineqlin.marginals[-1]),
        )  # fmt: skip

    def _rows(self, money: Floats, budget: float, unit: float) -> tuple[scipy.sparse.csr_array, Floats]:
        """Rows that are to be at least a right-hand side: what each part loses in each draw, what each draw
        loses beyond the value at risk, and the budget. Columns: combinations, weeks of stock, losses of part
        and draw, the value at risk, what each draw loses beyond it."""
        sparse = scipy.sparse
        parts, s = len(self.choices), self.draws.size
        n = len(money)
        # Not less than what the combination leaves, less what stock saves.
        lost = sparse.hstack([
            -sparse.block_diag([held.T / unit for held in self.left]),
            sparse.block_diag([np.full((s, 1), w / unit) for w in self.worth]),
            sparse.eye_array(parts * s), sparse.csr_array((parts * s, 1 + s)),
        ])  # fmt: skip
        beyond = sparse.hstack([
            sparse.csr_array((s, n)), sparse.hstack([-sparse.eye_array(s)] * parts),
            sparse.csr_array(np.ones((s, 1))), sparse.eye_array(s),
        ])  # fmt: skip
        spent = sparse.hstack([sparse.csr_array(-money[None]), sparse.csr_array((1, parts * s + 1 + s))])
        least = np.concatenate([np.zeros(parts * s + s), [-budget]])
        return sparse.csr_array(sparse.vstack([lost, beyond, spent])), least


def _combinations(measures: Sequence[Measure], part: str) -> list[tuple[Measure, ...]]:
    own = [m for m in measures if m.part == part]
    return [held for k in range(len(own) + 1) for held in combinations(own, k)]
