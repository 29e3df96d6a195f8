"""`mine2magnet search`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from mine2magnet.cli.declared import declared, options_of
from mine2magnet.cli.options import as_json_option, with_library
from mine2magnet.core.json import as_json
from mine2magnet.core.messages import Translator
from mine2magnet.model import DocumentFilter, Filters, Passage

if TYPE_CHECKING:
    from rich.text import Text

    from mine2magnet.library.library import Library, Progress
    from mine2magnet.library.topics import Card, TopicPage


@click.command()
@click.argument("query", nargs=-1, required=True)
@options_of(DocumentFilter, {"language": ("--lang",)})
@click.option("--newest", is_flag=True, help="Newest first instead of best first.")
@click.option("--loose", is_flag=True, help="Quotes, operators and excluded words are words as well.")
@click.option("--topic", help="Only in this topic.")
@click.option("-n", "limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, help="Skip so many.")
@as_json_option
@with_library
def search(
    library: Library,
    query: tuple[str, ...],
    newest: bool,
    loose: bool,
    topic: str | None,
    limit: int,
    offset: int,
    json_: bool,
    **filters: Any,
) -> None:
    """Search in any language over documents in all languages.

    "Quoted phrases", AND, OR, NOT, (brackets) and the fields title: source: lang: category: tag:
    since: until: work inside QUERY. What cannot be understood as such is searched as plain words.
    """
    from mine2magnet.cli.terminal import err
    from mine2magnet.library import topics

    library.index.update()
    page = topics.page(
        library.store,
        library.index,
        library.store.topic(topic) if topic else None,
        " ".join(query),
        Filters.of(declared(DocumentFilter, filters)),
        "newest" if newest else "best",
        offset,
        limit,
        loose,
    )
    if json_:
        click.echo(as_json(page))
        return
    for rank, card in enumerate(page.cards, offset + 1):
        _print_card(rank, card)
    for line in _remarks(page):
        err.print(line, markup=False, highlight=False)
    for rank, card in enumerate(page.nearest, 1):
        _print_card(rank, card)
    if not page.cards and not page.nearest:
        err.print("nothing found")
    elif not page.cards:
        pass
    elif page.total > offset + len(page.cards):
        err.print(f"{len(page.cards)} of {page.total}; more with -n or --offset", highlight=False)
    _say_what_is_not_ready(library.progress())


def _say_what_is_not_ready(progress: Progress) -> None:
    from mine2magnet.cli.terminal import err

    if progress.embedded < progress.passages:
        err.print(
            f"search by meaning is ready for {progress.embedded} of {progress.passages} passages "
            "(`mine2magnet index` makes the rest)",
            highlight=False,
        )


def _remarks(page: TopicPage) -> Iterator[str]:
    """Yield what is to be known of how the query was taken, and of what it found."""
    t = Translator("en")
    if page.fault:
        yield t("query.plain", why=t(f"query.fault.{page.fault}"))
    for one in page.respelt:
        yield t("query.respelt", name=one.name, typed=one.typed)
    if page.strict:
        yield t("query.strict", parts=t("list.comma").join(page.strict))
        if page.looser:
            yield f"{t('none.strict')} {t('query.loosen.n', n=page.looser)}: --loose"
    if page.nearest:
        yield t("none.says")


def _print_card(rank: int, card: Card) -> None:
    from rich.text import Text

    from mine2magnet.cli.terminal import day, out

    document = card.document
    title = Text(f"{rank:2}. {document.title}", "bold")
    for a, b in card.title_highlights:
        title.stylize("black on yellow", a + 4, b + 4)
    out.print(title)
    folded = f" · {_also_in(card)}" if card.copies else ""
    meta = f"    {document.source} · {day(document.published)} · {document.language} · {document.id}{folded}"
    out.print(Text(meta, "dim"))
    for passage in card.translated:
        out.print(_highlighted(passage).append(" (translated)", "dim"))
    for passage in card.passages[:2]:
        out.print(_highlighted(passage))
    out.print()


def _also_in(card: Card) -> str:
    t = Translator("en")
    return t("copies", reports=t.reports(copy.language for copy in card.copies))


def _highlighted(passage: Passage) -> Text:
    """The passage around its first highlight, at most about 240 characters of it."""
    from rich.text import Text

    first = passage.highlights[0][0] if passage.highlights else 0
    start = max(0, first - 80)
    end = start + 240
    number = f"[{passage.paragraph}] " if passage.paragraph else ""
    text = Text(f"    {number}{'…' if start else ''}")
    body = Text(passage.text[start:end])
    for a, b in passage.highlights:
        if start <= a and b <= end:
            body.stylize("black on yellow", a - start, b - start)
    text.append_text(body)
    return text.append("…") if end < len(passage.text) else text
