"""`mine2magnet brief`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from mine2magnet.cli.declared import declared, options_of
from mine2magnet.cli.options import with_library
from mine2magnet.model import BriefRequest
from mine2magnet.model.searches import seconds

if TYPE_CHECKING:
    from mine2magnet.library.library import Library


@click.command()
@click.argument("topic")
@options_of(BriefRequest)
@click.option("--format", "format_", type=click.Choice(("md", "html", "atom", "json")), default="md")
@click.option("--mail", is_flag=True, help="Send it to mail_to of the settings, by smtp_host.")
@with_library
def brief(library: Library, topic: str, format_: str, mail: bool, **given: Any) -> None:
    """Tell what is new in a topic: documents, figures that moved, new conflicts, each with its source.

    \b
      mine2magnet brief dysprosium --since 1d
      mine2magnet brief dysprosium --mail          every morning from cron, say
    """
    from mine2magnet.alerts import brief_text
    from mine2magnet.alerts import mail as post
    from mine2magnet.alerts.brief import brief as made_of
    from mine2magnet.cli.terminal import err
    from mine2magnet.core.json import as_json
    from mine2magnet.core.messages import Translator

    asked = declared(BriefRequest, given)
    about, now = library.store.topic(topic), datetime.now(UTC)
    language = asked.language or library.settings.language
    library.index.update()
    made = made_of(library, about, now - timedelta(seconds=seconds(asked.since)), now, language)
    t, words, home = Translator(language), library.thesaurus, library.home
    if mail:
        text, html = (make(made, words, t, home) for make in (brief_text.as_markdown, brief_text.as_html))
        went = post.send(library.settings, brief_text.title(made, t), text, html)
        err.print(f"sent to {', '.join(went)}", markup=False, highlight=False, soft_wrap=True)
    elif format_ == "json":
        click.echo(as_json({"brief": made, "lines": brief_text.lines(made, words, t)}))
    elif format_ == "atom":
        path = f"/topics/{about.slug}/brief.atom"
        click.echo(brief_text.as_atom(made, words, t, home, path).decode())
    else:
        make = brief_text.as_html if format_ == "html" else brief_text.as_markdown
        click.echo(make(made, words, t, home), nl=False)
