"""`mine2magnet move`: the library into a database of a server, or back into a folder."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from mine2magnet.cli.options import as_json_option
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings


@click.command()
@click.option("--to", required=True, metavar="WHERE", help="A postgresql:// URL, or a folder.")
@as_json_option
@click.pass_obj
def move(settings: Settings, to: str, json_: bool) -> None:
    """Copy the library into an empty database or folder, and check that all of it is there.

    The library that the settings name stays as it is. A move that was stopped goes on where it was when
    it is run again; until it is done and checked, nothing opens the new library. A password is better
    kept out of the URL: PGPASSWORD or ~/.pgpass may hold it.

    \b
      mine2magnet move --to postgresql://magnets@db.example.org/magnets
      mine2magnet --folder library move --to another-folder
    """
    from rich.table import Table

    from mine2magnet.cli.terminal import bar, err, out
    from mine2magnet.search.vectors import carry
    from mine2magnet.store import Store

    target = (
        replace(settings, store=to)
        if "://" in to
        else replace(settings, store="", folder=Path(to).expanduser())
    )
    with closing(Store(settings.folder, settings.store)) as source, bar(disable=json_) as rows:
        task = rows.add_task("moving rows", total=None)
        moved = source.move(
            target.folder, target.store, lambda done, total: rows.update(task, completed=done, total=total)
        )
        with closing(Store(target.folder, target.store)) as made:
            carry(source.index_folder, made.index_folder)
            where = made.where
    if json_:
        click.echo(as_json({"where": where, "tables": moved}))
        return
    table = Table("table", "rows", "checksum", box=None, header_style="bold")
    for one in moved:
        table.add_row(one.table, f"{one.rows:,}", one.checksum[:16])
    out.print(table)
    setting = "store" if target.store else "folder"
    err.print(
        f"moved to {where} and checked; the setting `{setting}` makes it the library in use",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    err.print("`mine2magnet index` makes its index, which is not moved", markup=False, highlight=False)
