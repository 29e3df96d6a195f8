"""`mine2magnet account`: who has logged in by an OpenID provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mine2magnet.cli.options import as_json_option, with_library
from mine2magnet.core.errors import NotFound
from mine2magnet.core.json import as_json

if TYPE_CHECKING:
    from mine2magnet.library.library import Library


@click.group()
def account() -> None:
    """List and remove the accounts of people who log in by an OpenID provider.

    An account is made when they first do, with the role that the settings or the provider give.
    """


@account.command("list")
@as_json_option
@with_library
def listed(library: Library, json_: bool) -> None:
    """List the accounts and when they were last used."""
    from rich.table import Table
    from rich.text import Text

    from mine2magnet.cli.terminal import err, out

    held = library.store.accounts.held()
    if json_:
        click.echo(as_json(held))
        return
    if not held:
        err.print("nobody has logged in by an OpenID provider yet")
        return
    table = Table("account", "role", "provider", "last used", "id", box=None, header_style="bold")
    for one in held:
        used = f"{one.used:%Y-%m-%d %H:%M} UTC" if one.used else "-"
        table.add_row(Text(one.name), one.role, Text(one.issuer), used, one.id)
    out.print(table)


@account.command("remove")
@click.argument("name")
@with_library
def remove(library: Library, name: str) -> None:
    """End an account's log-ins on all devices. NAME is its name or id.

    What is theirs stays. Whom the provider and the settings let in can log in again.
    """
    ids = [one.id for one in library.store.accounts.held() if name in (one.name, one.id)]
    if not ids:
        raise NotFound(f"no account {name!r}", hint="`mine2magnet account list` shows them")
    for id in ids:
        library.store.accounts.remove(id)
