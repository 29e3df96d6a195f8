"""What the commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from mine2magnet.pipeline import Library
from mine2magnet.settings import Settings

as_json_option = click.option("--json", "json_", is_flag=True, help="Print JSON.")


def with_library(command: Callable[..., None]) -> Callable[..., None]:
    """Opens the library that the settings name and hands it to the command."""

    @click.pass_obj
    @wraps(command)
    def run(settings: Settings, *args: Any, **options: Any) -> None:
        command(Library.open(settings), *args, **options)

    return run
