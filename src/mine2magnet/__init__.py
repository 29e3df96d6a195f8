"""The mine-to-magnet supply chain: what is being said, what it does to us, what replacing it takes."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load what a notebook begins with where it is asked for: no room knows of it, and help comes at once."""
    if name == "open_library":
        return import_module("mine2magnet.client.notebook").open_library
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
