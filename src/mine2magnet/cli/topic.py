"""`mine2magnet topic`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mine2magnet.cli.declared import declared, options_of
from mine2magnet.cli.options import Verbs, as_json_option, with_library
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.model import TopicRequest

if TYPE_CHECKING:
    from mine2magnet.library.library import Library


@click.group(cls=Verbs)
def topic() -> None:
    """Topics: saved searches that watch."""


@topic.command("list")
@as_json_option
@with_library
def topic_list(library: Library, json_: bool) -> None:
    """List the topics."""
    from rich.table import Table
    from rich.text import Text

    from mine2magnet.cli.terminal import out
    from mine2magnet.library import topics

    held = library.store.topics()
    if json_:
        click.echo(as_json(held))
        return
    library.index.update()
    table = Table("topic", "name", "documents", "queries", "tags", box=None, header_style="bold")
    for t in held:
        count = len(topics.members(library.store, library.index, t))
        table.add_row(t.slug, Text(t.name), str(count), Text("; ".join(t.queries)), ", ".join(t.tags))
    out.print(table)


@topic.command("new")
@click.argument("name")
@options_of(
    TopicRequest,
    {"queries": ("-q", "--query"), "tags": ("--tag",), "shared": ("--shared/--private",)},
    leave=("name",),
)
@with_library
def topic_new(library: Library, name: str, **given: Any) -> None:
    """Make a topic, or change the one of that name.

    A name alone offers its queries: its names in each language, as the thesaurus has them.
    `mine2magnet discover` then asks news searches for it.
    """
    from mine2magnet.cli.terminal import err
    from mine2magnet.library import topics
    from mine2magnet.library.topic_queries import labels, offered
    from mine2magnet.reading import news

    if not name.strip():
        raise UserError("a topic needs a name", where="NAME", hint='e.g. mine2magnet topic new "Dysprosium"')
    alone = not (given["queries"] or given["tags"])
    if alone:
        given["queries"] = tuple(offered(name, library.thesaurus).values()) or (name,)
        given["names"] = given["names"] or tuple(
            f"{c}={n}" for c, n in labels(name, library.thesaurus).items()
        )
    asked = declared(TopicRequest, {"name": name, **given})
    made = topics.save(library.store, topics.requested(topics.slug(name), asked))
    held = len(topics.members(library.store, library.index, made))
    err.print(f"topic {made.slug}: {held} documents", markup=False, highlight=False)
    for query in made.queries if alone else ():
        err.print(f"  query: {query}", markup=False, highlight=False, soft_wrap=True)
    searches = ", ".join(one.name for one in news.services(library.settings).values())
    if searches:
        err.print(
            f"fill it from {searches}: mine2magnet discover {made.slug}",
            markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip


@topic.command("remove")
@click.argument("slug")
@with_library
def topic_remove(library: Library, slug: str) -> None:
    """Remove a topic; its documents stay."""
    with library.store.writing() as writer:
        writer.remove_topic(library.store.topic(slug).slug)


@topic.command("show")
@click.argument("slug")
@click.option("-n", "limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@as_json_option
@with_library
def topic_show(library: Library, slug: str, limit: int, json_: bool) -> None:
    """Show a topic's newest documents with their digests."""
    from mine2magnet import digests
    from mine2magnet.library import topics

    library.index.update()
    page = topics.page(library.store, library.index, library.store.topic(slug), limit=limit)
    if json_:
        click.echo(as_json(page))
        return
    for card in page.cards:
        made = card.digests or tuple(filter(None, [library.digest(card.document.id)]))
        for one in made[:1]:
            click.echo(digests.as_text(card.document, one, library.settings.language) + "\n")
