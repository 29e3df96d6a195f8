"""A figure while it is read: a number and its unit, before ranges and bounds are told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Draft:
    """A number from `low` to `high` in `unit` at characters [start, end) of a text.

    `step` is the size of its last stated digit, `scale` that of its multiplier, `coefficient` the number
    before it (1.2 of 1.2 million). `changed`: the word itself tells a change ("doubled", 减半).
    """

    low: float
    high: float
    unit: str
    start: int
    end: int
    step: float
    scale: float = 1.0
    approx: str = ""
    changed: bool = False
    script: str = "arabic"
    coefficient: float = 0.0
    bare: bool = False  # its unit is not its own, but told elsewhere
    many: float = 1.0  # of what a price is per, as written: 10 of 10キロ当たり
