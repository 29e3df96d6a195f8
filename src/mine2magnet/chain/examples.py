"""Small made-up networks, to learn the model on and to test it with."""

from __future__ import annotations

from mine2magnet.chain.network import Arc, Demand, Make, Material, Network, Node, Use
from mine2magnet.model.ranges import Range

of = Range.of


def line(stock: float, *, lead: float = 1.0, capacity: float = 50.0, spare: float = 4.0) -> Network:
    """Build one mine and one plant that wants 10 t a week of its ore.

    Parameters
    ----------
    stock : float
        Cover of the plant, weeks.
    lead : float
        Weeks from dispatch to arrival.
    capacity : float
        Of the mine, t a week.
    spare : float
        Cover of the mine's output, weeks.

    Returns
    -------
    Network
        Of two nodes.
    """
    return Network(
        (Material("ore", {"Dy": 0.1}, 1000.0),),
        (
            Node("mine", "mine", "Farland", "Farland", capacity),
            Node("plant", "end use", "Home", "Home", 12.5),
        ),
        (Use("plant", "ore", 1.0, of(stock)),),
        (Make("mine", "ore", 1.0, of(spare)),),
        (Arc("mine", "plant", "ore", 1.0, of(lead)),),
        (Demand("plant", 10.0, 100.0),),
    )


def joint(dy_stock: float = 4.0) -> Network:
    """Build two mines, a separation plant with joint products, two makers that share Nd, two end uses.

    Parameters
    ----------
    dy_stock : float
        Cover of Dy oxide at the maker that takes it, weeks.

    Returns
    -------
    Network
        Of seven nodes.
    """
    return Network(
        (
            Material("ore", {"Nd": 0.2, "Dy": 0.02}),
            Material("Nd oxide", {"Nd": 0.85}, 50_000.0),
            Material("Dy oxide", {"Dy": 0.87}, 260_000.0),
            Material("hot magnet", {"Nd": 0.28, "Dy": 0.02}, 60_000.0),
            Material("plain magnet", {"Nd": 0.3}, 40_000.0),
        ),
        (
            Node("clay", "mine", "China", "China", 80.0),
            Node("hill", "mine", "Burma", "Burma", 80.0),
            Node("works", "separation", "China", "China", 140.0),
            Node("hot maker", "magnet", "China", "China", 14.0),
            Node("plain maker", "magnet", "Japan", "Japan", 14.0),
            Node("cars", "end use", "Europe", "Europe", 12.0),
            Node("toys", "end use", "Europe", "Europe", 12.0),
        ),
        (
            Use("works", "ore", 1.0, of(4)),
            Use("hot maker", "Nd oxide", 0.4, of(4)),
            Use("hot maker", "Dy oxide", 0.03, of(dy_stock), 0.3, 8.0, 8.0),
            Use("plain maker", "Nd oxide", 0.42, of(4)),
            Use("cars", "hot magnet", 1.0, Range(2, 4, 8)),
            Use("toys", "plain magnet", 1.0, Range(2, 4, 8)),
        ),
        (
            Make("clay", "ore", 1.0),
            Make("hill", "ore", 1.0),
            Make("works", "Nd oxide", 0.2),
            Make("works", "Dy oxide", 0.02, driving=False),
            Make("hot maker", "hot magnet", 1.0),
            Make("plain maker", "plain magnet", 1.0),
        ),
        (
            Arc("clay", "works", "ore", 0.5, of(1)),
            Arc("hill", "works", "ore", 0.5, of(2)),
            Arc("works", "hot maker", "Nd oxide", 1.0, of(1)),
            Arc("works", "hot maker", "Dy oxide", 1.0, of(1)),
            Arc("works", "plain maker", "Nd oxide", 1.0, Range(2, 3, 5)),
            Arc("hot maker", "cars", "hot magnet", 1.0, of(6)),
            Arc("plain maker", "toys", "plain magnet", 1.0, of(6)),
        ),
        (Demand("cars", 10.0, 1_000_000.0, 0.05), Demand("toys", 8.0, 10_000.0, 0.3, priority=1)),
    )
