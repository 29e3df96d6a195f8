"""`mine2magnet watch` and `mine2magnet inbox`: what is looked out for, and what has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mine2magnet.cli.declared import declared, options_of
from mine2magnet.cli.options import as_json_option, with_library
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.model import ClaimFilter, Watch, WatchRequest

if TYPE_CHECKING:
    from mine2magnet.library.library import Library


def _condition(watch: Watch, library: Library) -> str:
    from mine2magnet.alerts.describe import condition

    said = condition(watch, library.store, library.thesaurus, library.settings.language)
    return said.replace("\u00a0", " ")


@click.group()
def watch() -> None:
    """Watch a topic, a query or a kind of claim.

    What matches from then on appears once each in the inbox, in its feed and at a webhook.
    """


@watch.command("add")
@click.argument("name")
@options_of(
    WatchRequest,
    {"query": ("-q", "--query"), "shared": ("--shared/--private",)},
    leave=("name", "claims", "bound"),
)
@options_of(ClaimFilter)
@click.option("--below", metavar="FIGURE", help='Claims below a figure, e.g. "6 weeks".')
@click.option("--above", metavar="FIGURE", help='Claims above a figure, e.g. "40 %".')
@click.option("--allow-private", is_flag=True, default=None, help="The webhook may be on this machine.")
@as_json_option
@with_library
def add(
    library: Library, below: str | None, above: str | None, allow_private: bool | None, json_: bool,
    **given: Any,
) -> None:  # fmt: skip
    """Look out for something from now on.

    All that is given must hold. Narrower subjects and materials count: Germany for Europe, terbium for
    heavy rare earths. A claim whose sentence gives no subject is taken to be about whom the sentence
    names, else the title.

    \b
      mine2magnet watch add "European stocks" --measure "stock cover" --subject Europe --below "6 weeks"
      mine2magnet watch add controls --topic heavy-rare-earth-controls --webhook https://example.com/hook
    """
    from mine2magnet.alerts import watches
    from mine2magnet.cli.terminal import err
    from mine2magnet.figures.rows import with_ids

    if below and above:
        raise UserError("both --below and --above", where="watch add", hint="make two watches")
    limit = watches.bound("below", below) if below else watches.bound("above", above) if above else None
    slots = {name: given.pop(name) for name in ClaimFilter.__struct_fields__}
    asked = declared(ClaimFilter, slots)
    if asked.narrows:
        given["claims"] = with_ids(library.thesaurus, asked, "--")
    elif not (given["topic"] or given["query"]):
        raise UserError(
            "nothing to look out for", where="watch add", hint="give --topic, --query, --measure or the like"
        )
    elif limit:
        raise UserError("a figure of what?", where="watch add", hint="give --measure, --subject or the like")
    made = watches.add(
        library.store,
        declared(WatchRequest, {**given, "bound": limit}),
        allow_private=library.settings.allow_private if allow_private is None else allow_private,
    )
    if json_:
        click.echo(as_json(made))
        return
    err.print(f"watching: {_condition(made, library)}", markup=False, highlight=False, soft_wrap=True)
    if made.webhook:
        err.print(f"deliveries are signed; the secret: mine2magnet watch secret {made.id}", highlight=False)


@watch.command("list")
@as_json_option
@with_library
def listed(library: Library, json_: bool) -> None:
    """List what is watched, and how its deliveries go."""
    from rich.table import Table
    from rich.text import Text

    from mine2magnet.cli.terminal import err, out

    held, waiting = library.store.watches(), library.store.waiting()
    if json_:
        click.echo(as_json(held))
        return
    if not held:
        err.print("nothing is watched yet: mine2magnet watch add NAME --topic TOPIC")
        return
    table = Table("watch", "what", "matches", "unread", "webhook", "state", box=None, header_style="bold")
    for one in held:
        count, reason = waiting.get(one.id, (0, ""))
        state = f"{count} waiting" + (f": {reason}" if reason else "") if count else ""
        table.add_row(
            Text(one.name),
            Text(_condition(one, library)),
            str(library.store.count_matches(one.id)),
            str(library.store.count_matches(one.id, unread=True)),
            Text(one.webhook),
            Text(state, "red" if reason else ""),
        )
    out.print(table)


@watch.command("remove")
@click.argument("name")
@with_library
def remove(library: Library, name: str) -> None:
    """Stop watching; its matches go, too. NAME is its name or id."""
    id = library.store.watch(name).id
    with library.store.writing() as writer:
        writer.remove_watch(id)


@watch.command("share")
@click.argument("name")
@click.option(
    "--shared/--private", default=True, help="Whether all who may read see it; else its owner alone."
)
@with_library
def share(library: Library, name: str, shared: bool) -> None:
    """Share a watch with all who may read, or (--private) keep it for its owner. NAME is its name or id."""
    id = library.store.watch(name).id
    with library.store.writing() as writer:
        writer.share_watch(id, shared)


@watch.command("secret")
@click.argument("name")
@with_library
def secret(library: Library, name: str) -> None:
    """Print the secret that signs a watch's deliveries (Standard Webhooks)."""
    click.echo(library.store.secret(library.store.watch(name).id))


@click.command()
@click.option("--watch", "name", help="Of this watch only.")
@click.option("--all", "all_", is_flag=True, help="Those that were read, too.")
@click.option("--keep", is_flag=True, help="Leave them unread.")
@click.option("-n", "limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@as_json_option
@with_library
def inbox(library: Library, name: str | None, all_: bool, keep: bool, limit: int, json_: bool) -> None:
    """Show what the watches have found, latest first, and mark it as read."""
    from rich.text import Text

    from mine2magnet.background.worker import look_out
    from mine2magnet.cli.terminal import err, out

    library.index.update()
    look_out(library)
    id = library.store.watch(name).id if name else None
    found = library.store.matches(id, unread=not all_, limit=limit)
    if json_:
        click.echo(as_json(found))
    names = {one.id: one.name for one in library.store.watches()}
    for match in () if json_ else found:
        sentence = Text(match.sentence)
        sentence.stylize("black on yellow", match.start - match.offset, match.end - match.offset)
        out.print(Text(f"{names[match.watch]}: ", "bold").append_text(sentence))
        place = f"digest, point {match.point}" if match.point else f"¶{match.paragraph}"
        date = match.published.date().isoformat() if match.published else "-"
        out.print(Text(f"    {match.source} · {date} · {match.document} {place} · {match.title}", "dim"))
    if not found:
        err.print("nothing new" if not all_ else "nothing yet")
    if not keep:
        with library.store.writing() as writer:
            writer.mark_read([match.id for match in found])
