"""`mine2magnet ask`, `digest`, `export`: what the library says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mine2magnet.cli.declared import declared, options_of
from mine2magnet.cli.options import as_json_option, find_document, model_options, with_library
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.messages import Translator
from mine2magnet.library import EXPORT_FORMATS
from mine2magnet.model import Digest, Document, Question

if TYPE_CHECKING:
    from mine2magnet.library.library import Library


@click.command()
@click.argument("question", nargs=-1, required=True)
@options_of(Question, leave=("question", "language"))
@model_options
@as_json_option
@with_library
def ask(library: Library, question: tuple[str, ...], json_: bool, **given: Any) -> None:
    """Answer a question from what has been read, with citations.

    Without a model the passages that answer best are listed; with one, set or given, it writes
    statements, of which those are kept that hold against the passages they cite.
    """
    from rich.text import Text

    from mine2magnet.ask.ask import ask as answered
    from mine2magnet.cli.terminal import day, err, out
    from mine2magnet.figures import rows

    library.index.update()
    put = declared(Question, {**given, "question": " ".join(question), "language": library.settings.language})
    within = library.store.topic(put.topic) if put.topic else None
    answer = answered(library, put.question, put.language, within)
    if json_:
        click.echo(as_json(answer))
        return
    if answer.note:
        err.print(answer.note, markup=False, highlight=False)
    if not (answer.sources or answer.claims):
        err.print("nothing that has been read answers this")
    if answer.near:
        err.print("related, but does not say:")
    for cited in rows.cited(library.store, answer.claims):
        amount = rows.amount(cited.claim, library.settings.language).replace("\u00a0", " ")
        unsure = "" if cited.claim.confidence >= library.settings.claims_threshold else " (less sure)"
        out.print(Text(f"{amount}{unsure}: ", "bold").append_text(Text(cited.sentence, "")))
        out.print(Text(f"    {cited.source} · {day(cited.published)} · {cited.claim.document}", "dim"))
    if answer.conflicts:
        err.print(f"{len(answer.conflicts)} of these figures contradict each other", highlight=False)
    if answer.claims:
        out.print()
    for statement in answer.statements:
        out.print(Text("- " + statement.text + " " + "".join(f"[{n}]" for n in statement.sources)))
    if answer.statements:
        out.print()
    for number, source in enumerate(answer.sources or answer.near, 1):
        document = source.document
        mark = "~" if answer.near else f"[{number}]"
        out.print(Text(f"{mark} {source.passage.text}"))
        paragraph = f"¶{source.passage.paragraph} " if source.passage.paragraph else ""
        origin = (
            f"    {document.source} · {day(document.published)} · {paragraph}{document.id} · {document.title}"
        )
        out.print(Text(origin, "dim"))
        if source.older:
            newest = Translator(library.settings.language)("ask.newest", n=source.older)
            out.print(Text(f"    {newest}", "dim"))


@click.command()
@click.argument("doc")
@click.option(
    "--source", "published", is_flag=True, help="The digest that came with the source, if there is one."
)
@model_options
@as_json_option
@with_library
def digest(library: Library, doc: str, published: bool, json_: bool) -> None:
    """Print a document's digest. DOC is its id, URL or title.

    With a model, set or given, it is written by that in --language, and each point is checked against
    the paragraphs that it cites; without one it is made of the document's own sentences.
    """
    from mine2magnet import digests

    id = find_document(library, doc)
    document = library.store.document(id)
    made: Digest | None = None
    if document.paragraphs and not published:
        made = _written(library, document) or library.digest(id)
    else:
        library.checker.check(id)
        made = next((d for d in library.store.digests([id]).get(id, ()) if d.method == "source"), None)
    if made is None:
        raise NotFound(f"{document.title}: no such digest", where=id, hint="try it with or without --source")
    if json_:
        click.echo(
            as_json({"document": id, "version": document.version, "title": document.title, "digest": made})
        )
    else:
        click.echo(digests.as_text(document, made, library.settings.language))


def _written(library: Library, document: Document) -> Digest | None:
    """The digest by the model of the settings, if there is one and what it writes holds."""
    from mine2magnet.cli.terminal import err
    from mine2magnet.core import llm

    endpoint = llm.endpoint(library.settings)
    if endpoint is None:
        return None
    with err.status(f"{endpoint.model} writes"), llm.Chat(endpoint) as client:
        made = library.checker.write(document, library.settings.language, client)
    for point, reason in made.dropped:
        err.print(f"dropped: {point.text} ({reason})", markup=False, highlight=False, soft_wrap=True)
    if made.reason:
        err.print(f"the digest is not the model's: {made.reason}", markup=False, highlight=False)
    err.print(f"{endpoint.model}: {made.usage}", markup=False, highlight=False)
    return made.digest


@click.command("export")
@click.argument("topic")
@click.option("--format", "format_", type=click.Choice(EXPORT_FORMATS), default="md", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File to write; standard output otherwise."
)
@with_library
def export(library: Library, topic: str, format_: str, output: Path | None) -> None:
    """Export a topic: its documents, newest first, with their digests."""
    from mine2magnet.cli.terminal import err
    from mine2magnet.library.export import export

    library.index.update()
    data = export(library, library.store.topic(topic), format_, library.settings.language)
    if output is None:
        if format_ == "pdf" and sys.stdout.isatty():
            raise UserError(
                "a PDF is not for a terminal", where="export", hint="name a file with -o topic.pdf"
            )
        sys.stdout.buffer.write(data)
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise UserError(
            error.strerror or str(error), where=str(output), hint="choose another file"
        ) from error
    err.print(f"wrote {output} ({len(data):,} bytes)", markup=False, highlight=False)
