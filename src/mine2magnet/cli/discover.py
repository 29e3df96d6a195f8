"""`mine2magnet discover`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from mine2magnet.cli.declared import declared, options_of
from mine2magnet.cli.options import as_json_option, opened, overridden
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings
from mine2magnet.model import DiscoverRequest, Topic, TopicRequest

if TYPE_CHECKING:
    from mine2magnet.library.discover import DiscoverReport, SearchOutcome
    from mine2magnet.library.library import Library


@click.command()
@click.argument("topic")
@options_of(DiscoverRequest, {"searches": ("--search",)})
@click.option(
    "--allow-private", is_flag=True, default=None, help="Fetch from private and loopback addresses too."
)
@as_json_option
@click.pass_obj
def discover(
    settings: Settings, /, topic: str, allow_private: bool | None, json_: bool, **given: Any
) -> None:
    """Ask news searches for a topic, and keep what belongs to it.

    Each search is asked for the topic's queries in their language; what it finds is fetched and read, and
    kept if the text matches the topic. What cannot be read stays as title, source, time and link. A run that
    was stopped goes on where it was. A topic that there is not yet is made, with the queries that its name
    offers.

    \b
      mine2magnet discover "Dysprosium"
      mine2magnet discover dysprosium --since 2d --search gdelt --search google --every 6h
    """
    from mine2magnet.cli import work
    from mine2magnet.library import discover as discovery

    asked = declared(DiscoverRequest, given)
    library = opened(overridden(settings, {"allow_private": allow_private}))
    about = _topic(library, topic)
    report = work.discover(library, about, discovery.follow(library, about, asked, due=False))
    if json_:
        click.echo(as_json({"topic": about.slug, "states": report.states, "searches": report.outcomes}))
    else:
        _show(library, about, report)
    work.derive(library, quiet=json_)
    if report.outcomes and all(one.problem for one in report.outcomes):
        sys.exit(1)


def _topic(library: Library, name: str) -> Topic:
    """The topic of this slug or name, made now if there is none."""
    from mine2magnet.cli.terminal import err
    from mine2magnet.library import topics
    from mine2magnet.library.topic_queries import labels, offered

    if not name.strip():
        raise UserError("a topic needs a name", where="TOPIC", hint='e.g. mine2magnet discover "Dysprosium"')
    try:
        return library.store.topic(name)
    except NotFound:
        queries = tuple(offered(name, library.thesaurus).values()) or (name,)
        names = tuple(f"{code}={label}" for code, label in labels(name, library.thesaurus).items())
        asked = declared(TopicRequest, {"name": name, "queries": queries, "names": names})
        made = topics.save(library.store, topics.requested(topics.slug(name), asked))
        said = "; ".join(queries)
        err.print(f"new topic {made.slug}: {said}", markup=False, highlight=False, soft_wrap=True)
        return made


def _show(library: Library, topic: Topic, report: DiscoverReport) -> None:
    from rich.table import Table
    from rich.text import Text

    from mine2magnet.cli.terminal import err, out
    from mine2magnet.reading import news

    names = {name: one.name for name, one in news.services(library.settings).items()}
    table = Table("search", "in", "query", "found", "new", "what came of them", box=None, header_style="bold")
    for one in report.outcomes:
        table.add_row(
            names[one.search.service],
            one.search.language,
            Text(one.search.query, overflow="ellipsis", no_wrap=True),
            str(one.found),
            str(one.found - one.known),
            Text(one.problem, "red") if one.problem else Text(_said(one)),
        )
    out.print(table)
    kept, titles = report.states["kept"], report.states["title"]
    err.print(
        f"{topic.slug}: {kept} documents, {titles} titles: mine2magnet topic show {topic.slug}",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip


def _said(one: SearchOutcome) -> str:
    return ", ".join(f"{n} {state}" for state, n in one.states.most_common() if n) or "nothing new"
