"""How many draws an ensemble of a stress test has; light to load, so that help can say it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta

DRAWS = 200  # about a second on one core
OF_HISTORY = 1000  # of a recorded crisis: fewer, and P10 and P90 pass a record that is near them by chance
FEWEST_OF_COMPANY, MOST_OF_COMPANY = 10, 1000  # draws of which the weekly prices are kept
DrawCount: TypeAlias = Annotated[
    int, Meta(ge=0, le=100_000, description="Draws of the ensemble; 0: one run, all values most likely.")
]
