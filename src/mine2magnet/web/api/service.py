"""The service itself."""

from __future__ import annotations

from dataclasses import asdict

from mine2magnet import __version__
from mine2magnet.figures.precision import right_above
from mine2magnet.library.library import Library
from mine2magnet.web.api.operation import operation
from mine2magnet.web.api.schema.models import Status


@operation("GET", "/status")
def status(held: Library) -> Status:
    """Say what is held and how far the work on it has come."""
    threshold = held.settings.claims_threshold
    return Status(
        __version__,
        **asdict(held.progress()),
        claims_threshold=threshold,
        claims_right=right_above(threshold),
    )
