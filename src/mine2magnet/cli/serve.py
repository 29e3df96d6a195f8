"""`mine2magnet serve`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from mine2magnet.cli.options import overridden, tell_read_only
from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import DEFAULTS, PREFIX, Settings, load

if TYPE_CHECKING:
    from socket import socket

    from mine2magnet.library.library import Library

BACKLOG = 2048  # connections that may wait to be taken up; the system may allow fewer


@click.command()
@click.option("--host", help="Address to bind to.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="[default: 8000]")
@click.option("--starter", is_flag=True, help="Load the starter documents into an empty library first.")
@click.option("--open", "open_", is_flag=True, help="Open the page in a browser.")
@click.option(
    "--allow-private", is_flag=True, default=None, help="Read from private and loopback addresses too."
)
@click.option(
    "--workers", type=int, help="Processes that run models.  [default: 0, one less than cores, at least one]"
)
@click.option("--processes", type=int, help="Processes that answer requests.  [default: 1]")
@click.option("--tls-certificate", metavar="FILE", help="Speak https, with the certificate of a PEM file.")
@click.option("--tls-key", metavar="FILE", help="The PEM file of its private key, if that is another.")
@click.option("--access-log", is_flag=True, default=None, help="Print a line of JSON for each request.")
@click.pass_obj
def serve(
    settings: Settings,
    host: str | None,
    port: int | None,
    starter: bool,
    open_: bool,
    allow_private: bool | None,
    workers: int | None,
    processes: int | None,
    tls_certificate: str | None,
    tls_key: str | None,
    access_log: bool | None,
) -> None:
    """Serve the topic pages to a browser, and the API to programs.

    On this machine, that is; with --host also to others, who need a key.
    """
    from mine2magnet.background.model_workers import ModelWorkers, default_count
    from mine2magnet.background.worker import Worker
    from mine2magnet.cli.terminal import err
    from mine2magnet.cli.work import show_progress
    from mine2magnet.core import memory, openid
    from mine2magnet.library.library import Library
    from mine2magnet.web.processes import VARIABLE, answer
    from mine2magnet.web.server import server
    from mine2magnet.web.settings_file import SettingsFile

    given = {
        "host": host,
        "port": port,
        "allow_private": allow_private,
        "workers": workers,
        "processes": processes,
        "tls_certificate": tls_certificate,
        "tls_key": tls_key,
        "access_log": access_log,
    }
    settings = overridden(settings, given)
    flags = _flags(settings)
    openid.check(settings)
    memory.bound_arenas()
    library = Library.open(settings)
    if VARIABLE in os.environ:
        answer(library, os.environ[VARIABLE])
        return
    if not settings.loopback:
        _check_keys(library)
    models = ModelWorkers(
        library.store, settings.workers or default_count()
    )  # before the server looks for them
    served = server(library)
    sock = _bound(settings.host, settings.port)
    if starter and not library.store.last_change():
        with err.status("loading the starter documents"):
            report = library.load_starter()
        err.print(f"starter documents: {report}", highlight=False)
    tell_read_only(library)
    worker = Worker(library)
    if not library.store.read_only:
        worker.start()
        models.start()
        threading.Thread(target=show_progress, args=(library,), daemon=True).start()
    SettingsFile(library, lambda: load(flags)).start()
    sock.listen(BACKLOG)  # from now on who connects is kept waiting, not refused
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http{'s' if settings.tls_certificate else ''}://{host}:{sock.getsockname()[1]}/"
    err.print(f"mine2magnet at [bold]{url}[/bold]   (Ctrl-C ends it)", highlight=False)
    if open_ and (sys.platform != "linux" or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()):
        import webbrowser

        threading.Timer(1.0, webbrowser.open, [url]).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # after the server, so that `finally` is reached
    try:
        if settings.processes > 1:
            _several(settings, flags, sock)
        else:
            served.run([sock])
    finally:
        models.stop()
        worker.stop()


def _flags(settings: Settings) -> dict[str, Any]:
    """Return what flags have given, of the settings in force."""
    found = load()
    return {name: value for name in DEFAULTS if (value := getattr(settings, name)) != getattr(found, name)}


def _several(settings: Settings, flags: Mapping[str, Any], sock: socket) -> None:
    """Has children answer, under the settings in force, until this process is told to end."""
    from mine2magnet.web.processes import WebProcesses

    if sys.platform == "win32":
        raise UserError("needs a system that hands sockets down", where="processes", hint="use 1")
    told = {PREFIX + name.upper(): str(value) for name, value in flags.items()}
    command = [sys.executable, "-m", "mine2magnet", "serve"]
    WebProcesses(command, os.environ | told, sock, settings.processes).run()


def _check_keys(library: Library) -> None:
    if not (library.store.keys.held() or library.settings.oidc_issuer):
        raise UserError(
            f"{library.settings.host} is reached from other machines, and there is no key to ask them for",
            where="--host",
            hint="make one: mine2magnet key create NAME --scope write",
        )


def _bound(host: str, port: int) -> socket:
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Said to be TCP, so that asyncio sends what is small at once: else each answer waits some 40 ms.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise UserError(
            f"cannot bind to {host}:{port}: {error.strerror}",
            where="--port",
            hint="choose another with --port 8001",
        ) from error
    return sock
