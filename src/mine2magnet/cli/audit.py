"""`mine2magnet audit`: who did what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mine2magnet.cli.declared import declared, options_of
from mine2magnet.cli.options import as_json_option, with_library
from mine2magnet.core.json import as_json
from mine2magnet.model import AuditFilter

if TYPE_CHECKING:
    from mine2magnet.library.library import Library

MOST = 1_000_000  # lines at once


@click.command()
@options_of(AuditFilter)
@click.option(
    "-n", "limit", type=click.IntRange(1, MOST), help="So many lines.  [default: 50; all with --csv]"
)
@click.option("--csv", "csv_", is_flag=True, help="Print CSV.")
@as_json_option
@with_library
def audit(library: Library, limit: int | None, csv_: bool, json_: bool, **given: Any) -> None:
    """Show who did what, the latest first.

    \b
      mine2magnet audit --who alice --action topic
      mine2magnet audit --since 2026-04-01 --csv > audit.csv
    """
    from rich.table import Table
    from rich.text import Text

    from mine2magnet.cli.terminal import err, out
    from mine2magnet.library.audit import as_csv

    found = library.store.audit.entries(declared(AuditFilter, given), limit or (MOST if csv_ else 50))
    if csv_:
        click.echo(as_csv(found), nl=False)
    elif json_:
        click.echo(as_json(found))
    elif found:
        table = Table("when (UTC)", "who", "from", "what", "to what", "", box=None, header_style="bold")
        for one in found:
            cells = (one.who, one.address, one.action, one.target, one.detail)
            table.add_row(f"{one.at:%Y-%m-%d %H:%M:%S}", *map(Text, cells))
        out.print(table)
    else:
        err.print("nothing is noted")
