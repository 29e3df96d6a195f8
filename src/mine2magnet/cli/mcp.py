"""`mine2magnet mcp`: the library as tools for assistants."""

from __future__ import annotations

import threading

import click

from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings
from mine2magnet.model import Actor


@click.command()
@click.option(
    "--http", "port", type=click.IntRange(1, 65535), metavar="PORT", help="By HTTP, on this machine."
)
@click.option("--starter", is_flag=True, help="Load the starter documents into an empty library first.")
@click.option("--key", metavar="NAME", help="Whose private topics it sees, by the name of a key.")
@click.pass_obj
def mcp(settings: Settings, port: int | None, starter: bool, key: str | None) -> None:
    """Serve the library to assistants, by the Model Context Protocol.

    An assistant starts this itself and speaks to it on standard input and output. Nothing that it can ask
    for changes what is held. Needs: pip install 'mine2magnet[mcp]'.
    """
    try:
        from mine2magnet.web.api import mcp
    except ImportError as error:
        raise UserError(
            "the package mcp is not installed", where="mcp", hint="pip install 'mine2magnet[mcp]'"
        ) from error
    from mine2magnet.background import worker
    from mine2magnet.cli.terminal import err
    from mine2magnet.library.library import Library

    library = Library.open(settings)
    if starter and not library.store.last_change():
        library.load_starter()
    # What is lacking of vectors, digests and claims is made meanwhile; `status` tells how far that is.
    threading.Thread(target=worker.derive, args=(library,), name="deriving", daemon=True).start()
    library = library.acting(Actor(key or "", key or "assistant"))
    if port is None:
        mcp.serve(library)
        return
    err.print(f"mine2magnet for assistants at http://127.0.0.1:{port}/mcp", highlight=False)
    mcp.serve_http(library, port)
