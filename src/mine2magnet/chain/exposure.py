"""How long a network survives without a node, what its loss costs, and what one more week of stock is worth.

Linear programmes after Simchi-Levi et al., Interfaces 45(5), 2015, and Harvard Business Review 92(1-2),
2014 (time-to-survive TTS, time-to-recover TTR), solved by HiGHS (Huangfu & Hall 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy

from mine2magnet.chain.network import Floats, Network
from mine2magnet.core.errors import UserError

INFINITE = 1e6  # weeks; a node that can be missed for longer can be missed for ever


@dataclass(frozen=True, slots=True)
class Exposure:
    """Without `node`: weeks until the first end use falls short, and the loss until it is back.

    `survives` is inf if never. `loss` is USD over `recovers` weeks, `index` the loss as a share of
    the largest in the ranking (risk exposure index).
    """

    node: str
    stage: str
    country: str
    survives: float
    recovers: float
    loss: float
    index: float = 0.0


def single_tier(
    capacity: Sequence[float],
    demand: Sequence[float],
    stock: Sequence[float],
    loss: Sequence[float],
    weeks: float,
    without: int | None = None,
) -> tuple[float, float]:
    """Return the least loss and the time-to-survive of suppliers that can each serve every product.

    The model of time-to-recover of Simchi-Levi et al. (2015) with one tier.

    Parameters
    ----------
    capacity : sequence of float
        Of each supplier, units a week.
    demand : sequence of float
        For each product, units a week.
    stock : sequence of float
        Of each product, units.
    loss : sequence of float
        USD per unit of each product.
    weeks : float
        How long the supplier is away.
    without : int
        Index of the supplier that is away; without it, none is.

    Returns
    -------
    tuple of float
        Least loss over `weeks`, USD; time-to-survive, weeks, inf if for ever.

    >>> single_tier((30, 45, 60), (75, 50), (20, 25), (5000, 6500), 2, without=1)
    (125000.0, 1.2857142857142858)
    """
    c = np.array(capacity, dtype=float)
    if without is not None:
        c[without] = 0.0
    d, s, f = (np.asarray(x, dtype=float) for x in (demand, stock, loss))
    n, j = len(c), len(d)
    # Variables: y (supplier × product), lost (product).
    supply = np.kron(np.eye(n), np.ones(j))
    meet = np.kron(np.ones(n), np.eye(j))
    least = scipy.optimize.linprog(
        np.concatenate([np.zeros(n * j), f]),
        A_ub=np.block([[supply, np.zeros((n, j))], [-meet, -np.eye(j)]]),
        b_ub=np.concatenate([c * weeks, s - d * weeks]),
        method="highs",
    )
    # The same without losses; time is the variable.
    survive = scipy.optimize.linprog(
        np.concatenate([np.zeros(n * j), [-1.0]]),
        A_ub=np.block([[supply, -c[:, None]], [-meet, d[:, None]]]),
        b_ub=np.concatenate([np.zeros(n), s]),
        method="highs",
    )
    unbounded = survive.status == 3
    return round(float(least.fun), 6), np.inf if unbounded else float(-survive.fun)


@dataclass(frozen=True, slots=True)
class _Static:
    """The whole network over one period: levels x, arc flows y, shortfalls l; stocks may be used up.

    rows: inputs (use − Σ arriving ≤ stock), outputs (Σ leaving − made ≤ stock), ends (wanted − made ≤ l).
    """

    matrix: scipy.sparse.csr_array  # rows × (nodes + arcs + ends)
    stock: Floats  # right-hand side apart from time
    wanted: Floats  # by end, per week


def _static(network: Network) -> _Static:
    sparse = scipy.sparse
    n, a, u = len(network.nodes), len(network.arcs), len(network.demands)
    i, o = len(network.uses), len(network.makes)
    use_node, make_node = network.places("uses", "node"), network.places("makes", "node")
    amount, made = network.column("uses", "amount"), network.column("makes", "amount")
    arcs = np.arange(a)
    inputs = sparse.hstack(
        [
            sparse.coo_array((amount, (np.arange(i), use_node)), (i, n)),
            sparse.coo_array((-np.ones(a), (network.arc_use, arcs)), (i, a)),
            sparse.coo_array((i, u)),
        ]
    )
    outputs = sparse.hstack(
        [
            sparse.coo_array((-made, (np.arange(o), make_node)), (o, n)),
            sparse.coo_array((np.ones(a), (network.arc_make, arcs)), (o, a)),
            sparse.coo_array((o, u)),
        ]
    )
    end = network.places("demands", "node")
    shortfall = sparse.hstack(
        [
            sparse.coo_array((-np.ones(u), (np.arange(u), end)), (u, n)),
            sparse.coo_array((u, a)),
            sparse.coo_array((-np.ones(u), (np.arange(u), np.arange(u))), (u, u)),
        ]
    )
    cover, cover_out = network.column("uses", "cover"), network.column("makes", "cover")
    sold = np.bincount(network.arc_make, network.flow, minlength=o)
    # What is under way counts as stock of the buyer: it arrives whatever happens to the supplier.
    lead = np.maximum(np.rint(network.column("arcs", "lead")), 1)
    under_way = np.bincount(network.arc_use, network.flow * lead, i)
    stock = np.concatenate(
        [cover * amount * network.level[use_node] + under_way, cover_out * sold, np.zeros(u)]
    )
    return _Static(
        sparse.csr_array(sparse.vstack([inputs, outputs, shortfall])),
        stock,
        network.column("demands", "rate"),
    )


def exposures(
    network: Network, nodes: Sequence[str] | None = None, weeks: float | None = None
) -> list[Exposure]:
    """Rank nodes by what their absence costs, largest loss first.

    The static limit of the weekly model: stocks and goods under way can be used where they are
    needed, others step in up to their capacity, and it is known at once who will be missing.

    Parameters
    ----------
    network : Network
        Checked tables.
    nodes : sequence of str
        Names; without them, all that do anything and take time to recover.
    weeks : float
        In place of each node's own time-to-recover.

    Returns
    -------
    list of Exposure
        Time-to-survive in weeks, loss in USD, risk exposure index.

    Raises
    ------
    UserError
        For an unknown node.
    """
    static = _static(network)
    working = zip(network.nodes, network.level, strict=True)
    names = [x.name for x, level in working if level > 0 and x.recovery > 0] if nodes is None else nodes
    found = []
    for name in names:
        if name not in network.node_index:
            raise UserError(f"unknown node {name!r}")
        k = network.node_index[name]
        node = network.nodes[k]
        recovers = node.recovery if weeks is None else weeks
        loss, _ = _least_loss(network, static, recovers, k)
        found.append(Exposure(name, node.stage, node.country, _survival(network, static, k), recovers, loss))
    largest = max((e.loss for e in found), default=0.0) or 1.0
    ranked = sorted(found, key=lambda e: (-e.loss, e.survives, e.node))
    return [replace(e, index=e.loss / largest) for e in ranked]


def _capacities(network: Network, without: int | None) -> Floats:
    capacity = network.column("nodes", "capacity").copy()
    if without is not None:
        capacity[without] = 0.0
    return capacity


def _least_loss(network: Network, static: _Static, weeks: float, without: int | None) -> tuple[float, Floats]:
    """USD lost at best over `weeks`, and what one more tonne of each stock would save (inputs)."""
    n, a, u = len(network.nodes), len(network.arcs), len(network.demands)
    right = static.stock.copy()
    right[-u:] -= static.wanted * weeks
    cap = _capacities(network, without) * weeks
    value = network.column("demands", "value")
    top = np.concatenate([cap, np.full(a, np.inf), static.wanted * weeks])
    scale = max(float((value * static.wanted).max()), 1.0)
    solved = scipy.optimize.linprog(
        np.concatenate([np.zeros(n + a), value / scale]),
        A_ub=static.matrix,
        b_ub=right,
        bounds=np.column_stack([np.zeros(len(top)), top]),
        method="highs",
    )
    if solved.status != 0:
        raise UserError(f"the linear programme was not solved: {solved.message}")
    loss = float(solved.fun) * scale
    return (loss if loss > 1e-6 * scale else 0.0), -solved.ineqlin.marginals[: len(network.uses)] * scale


def _survival(network: Network, static: _Static, without: int) -> float:
    """The longest time without any shortfall: a linear programme in which time itself is a variable."""
    sparse = scipy.sparse
    n, a, u = len(network.nodes), len(network.arcs), len(network.demands)
    cap = _capacities(network, without)
    limited = np.flatnonzero(np.isfinite(cap))
    kept = static.matrix[:, : n + a]
    time = np.concatenate([np.zeros(len(static.stock) - u), static.wanted])
    upper = sparse.coo_array(
        (np.ones(len(limited)), (np.arange(len(limited)), limited)), (len(limited), n + a)
    )
    matrix = sparse.vstack(
        [sparse.hstack([kept, time[:, None]]), sparse.hstack([upper, -cap[limited][:, None]])]
    )
    solved = scipy.optimize.linprog(
        np.concatenate([np.zeros(n + a), [-1.0]]),
        A_ub=sparse.csr_array(matrix),
        b_ub=np.concatenate([static.stock, np.zeros(len(limited))]),
        bounds=[(0, None)] * (n + a) + [(0, INFINITE)],
        method="highs",
    )
    weeks = float(-solved.fun)
    return np.inf if weeks >= INFINITE * (1 - 1e-9) else weeks


@dataclass(frozen=True, slots=True)
class Worth:
    """What one more week of stock of `material` at `node` saves, USD, and what that stock costs."""

    node: str
    material: str
    saves: float
    costs: float


def worth_of_stock(network: Network, without: str, weeks: float) -> list[Worth]:
    """Value one more week of each input's stock while a node is away, by shadow prices.

    Parameters
    ----------
    network : Network
        Checked tables.
    without : str
        The node.
    weeks : float
        How long it is away.

    Returns
    -------
    list of Worth
        USD saved and cost, most saved first; inputs that save nothing are left out.
    """
    static = _static(network)
    _, price = _least_loss(network, static, weeks, network.node_index[without])
    need = network.column("uses", "amount") * network.level[network.places("uses", "node")]
    cost = network.column("materials", "price")[network.places("uses", "material")] * need
    rows = [
        Worth(u.node, u.material, float(p * q), float(c))
        for u, p, q, c in zip(network.uses, price, need, cost, strict=True)
        if p * q > 0
    ]
    return sorted(rows, key=lambda w: -w.saves)


def least_loss(network: Network, blocked: Floats) -> float:
    """Return what is lost at best, planned with foresight week by week (the time-expanded form).

    No policy, the weekly simulation's included, can lose less from the same stocks, unless it designs
    inputs out. Normal flow is under way at the start; leads and covers are the most likely ones.

    Parameters
    ----------
    network : Network
        Checked tables.
    blocked : array of shape (weeks, arcs)
        Share of each arc that may not leave in each week; anything above nought counts as all.

    Returns
    -------
    float
        USD.

    Raises
    ------
    UserError
        If the linear programme is not solved.
    """
    sparse = scipy.sparse
    weeks = len(blocked)
    n, i, o, a, u = (
        len(x) for x in (network.nodes, network.uses, network.makes, network.arcs, network.demands)
    )
    balances, right = _balances(network, weeks)
    picks = sparse.coo_array((np.ones(u), (np.arange(u), network.places("demands", "node"))), (u, n))
    meets = sparse.hstack(
        [
            sparse.kron(sparse.eye_array(weeks), picks),
            sparse.coo_array((weeks * u, weeks * a)),
            sparse.eye_array(weeks * u),
        ]
    )
    meets = sparse.hstack([meets, sparse.coo_array((weeks * u, weeks * (i + o)))])
    width = weeks * (n + a + u + i + o)
    cost, most = np.zeros(width), np.full(width, np.inf)
    cost[weeks * (n + a) : weeks * (n + a + u)] = np.tile(network.column("demands", "value"), weeks)
    most[: weeks * n] = np.tile(network.column("nodes", "capacity"), weeks)
    most[weeks * n : weeks * (n + a)] = np.where(blocked > 0, 0.0, np.inf).ravel()
    solved = scipy.optimize.linprog(
        cost,
        A_ub=sparse.csr_array(-meets),
        b_ub=-np.tile(network.column("demands", "rate"), weeks),
        A_eq=sparse.csr_array(balances),
        b_eq=right,
        bounds=np.column_stack([np.zeros(width), most]),
        method="highs",
    )
    if solved.status != 0:
        raise UserError(f"the linear programme was not solved: {solved.message}")
    return float(solved.fun)


def _balances(network: Network, weeks: int) -> tuple[scipy.sparse.coo_array, Floats]:
    """Balances of inputs and outputs, week by week: matrix · x = right-hand side.

    x are, week by week within each, levels, shipments, shortfalls, input stocks and output stocks.
    """
    sparse = scipy.sparse
    n, i, o, a, u = (
        len(x) for x in (network.nodes, network.uses, network.makes, network.arcs, network.demands)
    )
    use_node, make_node = network.places("uses", "node"), network.places("makes", "node")
    amount, made, level = network.column("uses", "amount"), network.column("makes", "amount"), network.level
    lead = np.maximum(np.rint(network.column("arcs", "lead")).astype(int), 1)
    each_week, change = sparse.eye_array(weeks), sparse.eye_array(weeks) - sparse.eye_array(weeks, k=-1)
    takes = sparse.coo_array((amount, (np.arange(i), use_node)), (i, n))
    gives = sparse.coo_array((made, (np.arange(o), make_node)), (o, n))
    sends = sparse.coo_array((np.ones(a), (network.arc_make, np.arange(a))), (o, a))
    arrives = sparse.coo_array((weeks * i, weeks * a))
    sent_before = np.zeros((weeks, i))  # normal flow of the weeks before the start, as it arrives
    for late in np.unique(lead):
        arcs = np.flatnonzero(lead == late)
        brings = sparse.coo_array((np.ones(len(arcs)), (network.arc_use[arcs], arcs)), (i, a))
        arrives = arrives + sparse.kron(sparse.eye_array(weeks, k=-int(late)), brings)
        sent_before[:late] += brings @ network.flow
    no_shortfall = sparse.coo_array((weeks * i, weeks * u))
    matrix = sparse.block_array(
        [
            [
                sparse.kron(each_week, takes),
                -arrives,
                no_shortfall,
                sparse.kron(change, sparse.eye_array(i)),
                None,
            ],
            [
                -sparse.kron(each_week, gives),
                sparse.kron(each_week, sends),
                None,
                None,
                sparse.kron(change, sparse.eye_array(o)),
            ],
        ]
    )
    sent_before[0] += network.column("uses", "cover") * amount * level[use_node]
    stock_out = np.zeros((weeks, o))
    stock_out[0] = network.column("makes", "cover") * np.bincount(network.arc_make, network.flow, minlength=o)
    return matrix, np.concatenate([sent_before.ravel(), stock_out.ravel()])
