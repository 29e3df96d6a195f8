"""The command line: one command per verb."""

from __future__ import annotations

import os
import signal
from importlib import import_module
from pathlib import Path

import click

from mine2magnet import __version__
from mine2magnet.cli.options import Verbs
from mine2magnet.core.settings import load
from mine2magnet.model import LANGUAGES

VERBS = {  # verb → the file of this room that has it; loaded only when the verb is asked for
    "read": "read",
    "sources": "read",
    "search": "search",
    "claims": "claims",
    "ask": "ask",
    "digest": "ask",
    "export": "ask",
    "topic": "topic",
    "discover": "discover",
    "brief": "brief",
    "translate": "translate",
    "remove": "read",
    "index": "read",
    "serve": "serve",
    "watch": "watch",
    "inbox": "watch",
    "stress": "stress",
    "company": "company",
    "separate": "separate",
    "calibrate": "calibrate",
    "key": "key",
    "account": "account",
    "audit": "audit",
    "move": "move",
    "backup": "backup",
    "restore": "backup",
    "mcp": "mcp",
}


class Main(Verbs):
    """The verbs, each loaded when it is asked for."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        command: click.Command = getattr(import_module(f"mine2magnet.cli.{VERBS[name]}"), name)
        return command


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
@click.option("--folder", type=click.Path(path_type=Path), help="The library's folder.")
@click.option("--language", type=click.Choice(LANGUAGES), help="What headings read in.")
@click.option(
    "--claims-threshold",
    type=float,
    metavar="NUMBER",
    help="How sure claims must be to be used: 0 to 1, by default 0.5.",
)
@click.pass_context
def main(
    context: click.Context, folder: Path | None, language: str | None, claims_threshold: float | None
) -> None:
    """The mine-to-magnet supply chain on your own machine.

    Read sources in Chinese, English and Japanese; search them across languages; follow topics whose
    documents carry digests with citations.

    \b
      mine2magnet serve                            the topic pages, in a browser
      mine2magnet discover "Dysprosium"            a topic that fills itself from the news
      mine2magnet read https://example.com/feed    add a source
      mine2magnet search "稀土 库存"                search in any of the languages

    Settings are read from settings.toml in the user's configuration folder, then from environment
    variables (MINE2MAGNET_FOLDER …), then from the flags.
    """
    if os.getpid() == 1:  # of a container, where the system does not end it by default
        signal.signal(signal.SIGTERM, lambda *_: os._exit(128 + signal.SIGTERM))
    context.obj = load({"folder": folder, "language": language, "claims_threshold": claims_threshold})
