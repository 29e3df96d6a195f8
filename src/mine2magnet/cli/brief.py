"""`mine2magnet brief`."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from mine2magnet.cli.declared import declared, options_of
from mine2magnet.cli.options import with_library
from mine2magnet.model import BriefRequest, BriefSchedule, Topic
from mine2magnet.model.searches import seconds

if TYPE_CHECKING:
    from mine2magnet.core.settings import Settings
    from mine2magnet.library.library import Library

CONNECT = 0.5  # s for a server on this machine or near it to answer


@click.command()
@click.argument("topic")
@options_of(BriefRequest)
@click.option("--format", "format_", type=click.Choice(("md", "html", "atom", "json")), default="md")
@click.option("--mail", is_flag=True, help="Send it to mail_to of the settings, by smtp_host.")
@options_of(BriefSchedule, leave=("language",))
@click.option("--stop", is_flag=True, help="Send it by itself no more.")
@with_library
def brief(library: Library, topic: str, format_: str, mail: bool, stop: bool, **given: Any) -> None:
    """Tell what is new in a topic: documents, figures that moved, new conflicts, each with its source.

    \b
      mine2magnet brief dysprosium --since 1d
      mine2magnet brief dysprosium --mail                         now
      mine2magnet brief dysprosium --at 07:30 --days weekdays     by itself, while `serve` runs
    """
    from mine2magnet.alerts import brief_text
    from mine2magnet.alerts import schedule as schedules
    from mine2magnet.alerts.brief import brief as made_of
    from mine2magnet.cli.terminal import err
    from mine2magnet.core.json import as_json
    from mine2magnet.core.messages import Translator

    about, now = library.store.topic(topic), datetime.now(UTC)
    if stop or any(given[name] for name in ("at", "days", "zone", "to")):
        err.print(_scheduled(library, about, stop, given), markup=False, highlight=False, soft_wrap=True)
        return
    asked = declared(BriefRequest, {name: given[name] for name in ("since", "language")})
    language = asked.language or library.settings.language
    library.index.update()
    made = made_of(library, about, now - timedelta(seconds=seconds(asked.since)), now, language)
    t, words, home = Translator(language), library.thesaurus, library.home
    if mail:
        went = schedules.post(library.settings, made, words, t, home)
        err.print(f"sent to {', '.join(went)}", markup=False, highlight=False, soft_wrap=True)
    elif format_ == "json":
        click.echo(as_json({"brief": made, "lines": brief_text.lines(made, words, t)}))
    elif format_ == "atom":
        path = f"/topics/{about.slug}/brief.atom"
        click.echo(brief_text.as_atom(made, words, t, home, path).decode())
    else:
        make = brief_text.as_html if format_ == "html" else brief_text.as_markdown
        click.echo(make(made, words, t, home if _served(library.settings) else None), nl=False)


def _served(settings: Settings) -> bool:
    """Return whether something answers where the settings say that the pages are: else links lead nowhere."""
    try:
        socket.create_connection((settings.host, settings.port), CONNECT).close()
    except OSError:
        return False
    return True


def _scheduled(library: Library, topic: Topic, stop: bool, given: dict[str, Any]) -> str:
    """Sets or ends a topic's mail; says how it is now."""
    from mine2magnet.alerts import schedule as schedules

    if stop:
        was = library.store.brief_mails.remove(topic.slug)
        return "the brief is sent by itself no more" if was else "the brief was not sent by itself"
    names = ("at", "days", "zone", "to", "language")
    made = schedules.schedule(library, topic, declared(BriefSchedule, {name: given[name] for name in names}))
    when = f"{made.due.astimezone():%Y-%m-%d %H:%M %Z}"
    return f"the brief goes out next at {when}, while `mine2magnet serve` runs"
