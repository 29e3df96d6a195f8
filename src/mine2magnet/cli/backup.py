"""`mine2magnet backup` and `restore`: the library as one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mine2magnet.cli.options import as_json_option
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings

if TYPE_CHECKING:
    from mine2magnet.library.backup import Manifest, Tell

_file = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@_file
@click.option("--check", "check_", is_flag=True, help="Look over a backup that there is, instead.")
@click.option("--secrets", is_flag=True, help="Put keys and passwords of the settings in, too.")
@as_json_option
@click.pass_obj
def backup(settings: Settings, file: Path, check_: bool, secrets: bool, json_: bool) -> None:
    """Write the library into one file, also while it is served.

    The file has one state of the library, its index, and your settings without what is secret. What is
    searched for, read or corrected meanwhile goes on; what comes in after the start is not in it. Whoever has
    the file can read the library: only its owner may, at first.

    \b
      mine2magnet backup magnets.zip
      mine2magnet backup --check magnets.zip       digests, integrity, rows, whether it opens and is searched
      mine2magnet restore magnets.zip FOLDER
    """
    from mine2magnet.cli.terminal import err
    from mine2magnet.library import backup as made
    from mine2magnet.library.library import Library

    with _told(json_) as tell:
        if check_:
            found = made.check(file, tell)
            manifest = found.manifest
        else:
            library = Library.open(settings)
            with closing(library.store):
                manifest = made.backup(library, file, secrets=secrets, progress=tell)
    _show(manifest, json_)
    if check_:
        err.print(
            f"{file}: digests, integrity and rows hold; {found.documents:,} documents, all found",
            markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip
    else:
        err.print(f"written to {file}", markup=False, highlight=False, soft_wrap=True)


@click.command()
@_file
@click.argument("folder", type=click.Path(path_type=Path))
@as_json_option
@click.pass_obj
def restore(settings: Settings, file: Path, folder: Path, json_: bool) -> None:
    """Lay a backup into a folder that is empty or not there: all of it or, if it is no good, nothing.

    Its settings lie in the folder as settings.toml, for you to take over. `move` brings it into a database.

    \b
      mine2magnet restore magnets.zip library
      mine2magnet --folder library serve
    """
    from mine2magnet.cli.terminal import err
    from mine2magnet.library import backup as made

    if "://" in str(folder).replace(":/", "://"):
        raise UserError("a backup is restored into a folder", where="FOLDER", hint="then `mine2magnet move`")
    with _told(json_) as tell:
        manifest = made.restore(file, folder, tell)
    _show(manifest, json_)
    err.print(f"restored to {folder}", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _told(quiet: bool) -> Iterator[Tell]:
    """A bar."""
    from mine2magnet.cli.terminal import bar

    with bar(disable=quiet) as shown:
        task = shown.add_task("", total=None)
        yield lambda doing, done, total: shown.update(task, description=doing, completed=done, total=total)


def _show(manifest: Manifest, json_: bool) -> None:
    from rich.table import Table

    from mine2magnet.cli.terminal import out

    if json_:
        click.echo(as_json(manifest))
        return
    table = Table("table", "rows", box=None, header_style="bold")
    for name, rows in manifest.tables.items():
        if rows:
            table.add_row(name, f"{rows:,}")
    out.print(table)
    size = sum(file.size for file in manifest.files) / 1e6
    out.print(
        f"made {manifest.made} by {manifest.program}: {len(manifest.files)} files, {size:,.1f} MB unpacked"
    )
