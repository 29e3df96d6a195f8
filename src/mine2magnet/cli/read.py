"""`mine2magnet read`, `sources`, `remove`, `index`: what comes into the library and goes out of it."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from mine2magnet.cli.options import as_json_option, find_document, opened, overridden, with_library
from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings
from mine2magnet.model import Minutes

if TYPE_CHECKING:
    from mine2magnet.library.library import Library


def _seconds(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", value.strip())
    if not match or not float(match[1]):
        raise click.BadParameter(f"{value!r} is not a time: write 90s, 30m, 6h or 1d")
    minutes = float(match[1]) * {"s": 1 / 60, "m": 1, "h": 60, "d": 1440}[match[2]]
    return decode(Minutes, minutes, "--watch") * 60


@click.command()
@click.argument("what", nargs=-1)
@click.option("--watch", metavar="TIME", callback=_seconds, help="Keep polling, every 1m to 7d.")
@click.option(
    "--allow-private", is_flag=True, default=None, help="Fetch from private and loopback addresses too."
)
@click.option("--max-megabytes", type=click.IntRange(1), help="Bound on one page or file.  [default: 20]")
@as_json_option
@click.pass_obj
def read(
    settings: Settings,
    what: tuple[str, ...],
    watch: float | None,
    allow_private: bool | None,
    max_megabytes: int | None,
    json_: bool,
) -> None:
    """Read sources into the library.

    WHAT is a web page, an RSS, Atom or JSON feed, a sitemap, a PDF, a saved topic page, or a file or
    folder of .html, .txt, .md, .pdf, .jsonl, .warc(.gz). With --watch the sources are polled until
    Ctrl-C, together with those watched before; `mine2magnet serve` goes on with them, too.
    """
    if not what and watch is None:
        raise UserError("nothing to read", where="read", hint="name a URL, a file or a folder")
    from mine2magnet.cli import work

    library = opened(overridden(settings, {"allow_private": allow_private, "max_megabytes": max_megabytes}))
    failed = 0
    results = []
    for one in what:
        report, problem = work.read(library, one, watch)
        failed += bool(problem) or (bool(report.failures) and not report.documents)
        results.append((one, report, problem))
    if json_:
        click.echo(
            as_json(
                [
                    {
                        "what": one,
                        **dict(report.outcomes),
                        "failures": [asdict(f) for f in report.failures],
                        "topics": report.topics,
                        **({"error": problem} if problem else {}),
                    }
                    for one, report, problem in results
                ]
            )
        )
    if watch is not None:
        work.watch(library)
        return
    if failed < len(what):  # else others' work would be waited for
        work.derive(library, quiet=json_)
    if failed:
        sys.exit(1)


@click.group(invoke_without_command=True)
@click.option("--remove", metavar="WHAT", help="Stop reading this source; its documents stay.")
@as_json_option
@click.pass_context
def sources(context: click.Context, remove: str | None, json_: bool) -> None:
    """List the sources read and watched, and how each went; take feeds over from a feed reader."""
    if context.invoked_subcommand is None:
        context.invoke(_listed, remove=remove, json_=json_)


@sources.command("import")
@click.argument("file")
@click.option(
    "--watch", metavar="TIME", default="1d", show_default=True, callback=_seconds, help="How often."
)
@with_library
def import_(library: Library, file: str, watch: float) -> None:
    """Watch the feeds of an OPML file, as feed readers export them.

    `mine2magnet serve` and `mine2magnet read --watch` read them. A feed that is watched already stays as it
    is.
    """
    from mine2magnet.cli.terminal import err
    from mine2magnet.reading import opml
    from mine2magnet.reading.confined import CONFINED

    try:
        with open(file, "rb") as stream:
            body = stream.read(opml.MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=file) from None
    listed = CONFINED.run(opml.read, body, where=file)
    new = library.follow(listed, watch)
    err.print(f"{len(listed)} feeds, {new} of them new: mine2magnet serve reads them", highlight=False)


@sources.command()
@with_library
def export(library: Library) -> None:
    """Print the sources on the web as OPML, for a feed reader or another library."""
    from mine2magnet.reading import opml

    click.echo(opml.write(library.store.sources()), nl=False)


@with_library
def _listed(library: Library, remove: str | None, json_: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from mine2magnet.cli.terminal import day, err, out

    if remove is not None:
        with library.store.writing() as writer:
            writer.remove_source(remove)
    held = library.store.sources()
    if json_:
        click.echo(as_json(held))
        return
    if not held:
        err.print("no sources yet: mine2magnet read URL")
        return
    table = Table(
        "source", "every", "last read", "next", "new documents", "state", box=None, header_style="bold"
    )
    for s in held:
        every = f"{s.interval / 60:g} min" if s.interval else "once"
        state = Text(s.reason, "red") if s.reason else Text("ok" if s.checked else "not yet read")
        table.add_row(Text(s.what), every, day(s.checked), day(s.due), str(s.documents), state)
    out.print(table)


@click.command()
@click.argument("doc")
@click.confirmation_option(prompt="Remove the document with all its versions?")
@with_library
def remove(library: Library, doc: str) -> None:
    """Remove a document from the library."""
    with library.store.writing() as writer:
        writer.remove(find_document(library, doc))
    library.index.update()


@click.command()
@click.option("--rebuild", is_flag=True, help="Make it anew from the store.")
@click.option("--ray", metavar="ADDRESS", help="Do it on a Ray cluster: host:6379, ray://host:10001, auto.")
@click.pass_obj
def index(settings: Settings, rebuild: bool, ray: str | None) -> None:
    """Bring words, vectors, digests and claims up to date with the store.

    A model of the settings writes the digests that are lacking, too, and reads claims if the setting
    claims_by_model says so.
    """
    from mine2magnet.cli import work
    from mine2magnet.cli.terminal import err

    library = opened(overridden(settings, {"ray": ray}))
    if rebuild:
        library.index.rebuild()
    library.index.update()
    work.derive(library)
    work.write(library)
    work.read_claims(library)
    progress = library.progress()
    err.print(
        f"{progress.documents} documents, {progress.passages} passages: all up to date", highlight=False
    )
