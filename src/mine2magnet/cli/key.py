"""`mine2magnet key`: who may ask the API, and the pages where they are served to other machines."""

from __future__ import annotations

from datetime import datetime

import click

from mine2magnet.cli.options import as_json_option, opened
from mine2magnet.core import api_keys
from mine2magnet.core.api_keys import PER_MINUTE
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings
from mine2magnet.model import SCOPES, Key

MOST = 1_000_000  # requests a minute: as good as no bound


@click.group()
def key() -> None:
    """Make, list and revoke the keys of the API.

    A running server knows of a change at once.
    """


@key.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    help="Its role, which may do what those before it may: write runs models and reads, admin also sees the "
    "settings, the audit log and what others keep private.  [default: read]",
)
@click.option(
    "--per-minute",
    type=click.IntRange(1, MOST),
    default=PER_MINUTE,
    show_default=True,
    help="Requests, at most.",
)
@as_json_option
@click.pass_obj
def create(settings: Settings, name: str, scopes: tuple[str, ...], per_minute: int, json_: bool) -> None:
    """Make a key and print it, this once: only its hash is kept.

    \b
      mine2magnet key create notebook
      mine2magnet key create uploads --scope write --per-minute 60
    """
    from mine2magnet.cli.terminal import err

    secret, made = api_keys.new(name, scopes, per_minute)
    opened(settings).store.keys.put(made)
    if json_:
        click.echo(as_json(_shown(made) | {"key": secret}))
        return
    click.echo(secret)
    err.print("it is not shown again; send it as: Authorization: Bearer KEY", highlight=False)


@key.command("list")
@as_json_option
@click.pass_obj
def listed(settings: Settings, json_: bool) -> None:
    """List the keys and when they were last used."""
    from rich.table import Table
    from rich.text import Text

    from mine2magnet.cli.terminal import err, out

    held = opened(settings).store.keys.held()
    if json_:
        click.echo(as_json([_shown(one) | {"made": one.made, "used": one.used} for one in held]))
        return
    if not held:
        err.print("there are no keys yet: mine2magnet key create NAME")
        return
    table = Table("key", "may", "per minute", "made", "last used", box=None, header_style="bold")
    for one in held:
        may = ", ".join(sorted(one.scopes))
        table.add_row(Text(one.name), may, str(one.per_minute), _minute(one.made), _minute(one.used))
    out.print(table)


@key.command("revoke")
@click.argument("name")
@click.pass_obj
def revoke(settings: Settings, name: str) -> None:
    """Take a key back: from the next request on it opens nothing."""

    opened(settings).store.keys.revoke(name)


def _shown(key: Key) -> dict[str, object]:
    return {"name": key.name, "scopes": key.scopes, "per_minute": key.per_minute}


def _minute(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC" if time else "-"
