"""`mine2magnet translate`: models that translate on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mine2magnet.cli.options import as_json_option
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings
from mine2magnet.model import LANGUAGES

if TYPE_CHECKING:
    from rich.progress import Progress

_language = click.Choice(LANGUAGES)
_folder = click.option(
    "--folder", type=click.Path(path_type=Path), help="Where models lie.  [default: translation_models]"
)


@click.group()
def translate() -> None:
    """Translate documents on this machine: the models, some 30 MB a direction.

    Without any, points are made from claims and word for word; where settings name a model at an endpoint,
    that translates. A running server uses models that are added when it starts again.
    """


@translate.command("add")
@click.argument("source", type=_language)
@click.argument("target", type=_language)
@_folder
@click.option("--mirror", help="Address of a mirror of the models.  [default: translation_mirror]")
@click.pass_obj
def add(settings: Settings, source: str, target: str, folder: Path | None, mirror: str | None) -> None:
    """Fetch the model that translates SOURCE into TARGET.

    \b
      mine2magnet translate add zh en
      mine2magnet translate add ja zh --mirror https://models.example.org
    """
    from mine2magnet.cli.terminal import err
    from mine2magnet.core.errors import UserError
    from mine2magnet.translate import models

    if source == target:
        raise UserError("from a language into itself", where="translate add", hint="name two languages")
    place = folder or settings.translation_models
    with _bar() as shown:
        task = shown.add_task(f"{source} → {target}", total=None)
        pairs = models.add(
            place,
            source,
            target,
            settings.translation_mirror if mirror is None else mirror,
            lambda done, of: shown.update(task, completed=done, total=of),
        )
    err.print(f"{', '.join(pairs)} in {place}", highlight=False, soft_wrap=True)


@translate.command("list")
@_folder
@as_json_option
@click.pass_obj
def list_(settings: Settings, folder: Path | None, json_: bool) -> None:
    """List the models that are there."""
    from mine2magnet.translate import models

    place = folder or settings.translation_models
    held = models.held(place)
    if json_:
        click.echo(as_json([{"source": source, "target": target} for source, target in held]))
    elif held:
        click.echo("\n".join(f"{source} → {target}" for source, target in held))
    else:
        click.echo(f"no models in {place}: mine2magnet translate add zh en", err=True)


@translate.command("remove")
@click.argument("source", type=_language)
@click.argument("target", type=_language)
@_folder
@click.pass_obj
def remove(settings: Settings, source: str, target: str, folder: Path | None) -> None:
    """Remove the model that translates SOURCE into TARGET."""
    from mine2magnet.translate import models

    models.remove(folder or settings.translation_models, source, target)


def _bar() -> Progress:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    from mine2magnet.cli.terminal import err

    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    return Progress(*columns, console=err, transient=True)
