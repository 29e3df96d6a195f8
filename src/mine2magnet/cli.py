"""The command line: one command per verb."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from mine2magnet import __version__, bulk, chat, claim_rows, digests, export, reading, thesaurus, topics
from mine2magnet.cli_parts import as_json_option, with_library
from mine2magnet.digests.written import Usage
from mine2magnet.errors import NotFound, UserError
from mine2magnet.keeping import title_key, url_key
from mine2magnet.model import (
    CATEGORIES,
    LANGUAGES,
    ClaimFilter,
    Digest,
    Document,
    Filters,
    Paragraph,
    Passage,
    Read,
    Topic,
)
from mine2magnet.pipeline import BATCH, Library, Report, Worker
from mine2magnet.pipeline import Progress as Made
from mine2magnet.plain import as_json
from mine2magnet.reading.language import identify
from mine2magnet.settings import Settings, load

BACKLOG = 2048  # connections that may wait to be taken up; the system may allow fewer

out = Console()
err = Console(stderr=True)


class Verbs(click.Group):
    """Verbs in the order of their definition, and every user error as one line."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except UserError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)


class Main(Verbs):
    """Verbs in files of their own are loaded only when they are asked for: SciPy takes most of a second."""

    LATER: ClassVar = {
        "watch": "mine2magnet.cli_watch",
        "inbox": "mine2magnet.cli_watch",
        "stress": "mine2magnet.cli_stress",
        "separate": "mine2magnet.cli_separate",
        "key": "mine2magnet.cli_key",
        "move": "mine2magnet.cli_move",
        "mcp": "mine2magnet.cli_mcp",
    }

    def list_commands(self, context: click.Context) -> list[str]:
        return [*super().list_commands(context), *self.LATER]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in self.LATER:
            command: click.Command = getattr(import_module(self.LATER[name]), name)
            return command
        return super().get_command(context, name)


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
@click.option("--folder", type=click.Path(path_type=Path), help="The library's folder.")
@click.option("--language", type=click.Choice(LANGUAGES), help="What headings read in.")
@click.pass_context
def main(context: click.Context, folder: Path | None, language: str | None) -> None:
    """The mine-to-magnet supply chain on your own machine.

    Read sources in Chinese, English and Japanese; search them across languages; follow topics whose
    documents carry digests with citations.

    \b
      mine2magnet serve                            the topic pages, in a browser
      mine2magnet read https://example.com/feed    add a source
      mine2magnet search "稀土 库存"                search in any of the languages

    Settings are read from settings.toml in the user's configuration folder, then from environment
    variables (MINE2MAGNET_FOLDER …), then from the flags.
    """
    context.obj = load({"folder": folder, "language": language})


def _overridden(settings: Settings, flags: dict[str, Any]) -> Settings:
    return replace(settings, **{name: value for name, value in flags.items() if value is not None})


def day(time: datetime | None) -> str:
    """A time as it was stated, zone and all."""
    return time.strftime("%Y-%m-%d %H:%M %Z") if time else "-"


def model_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options that name the model of an OpenAI-compatible endpoint, over the settings."""

    @click.option("--model", metavar="NAME", help="A model of an OpenAI-compatible endpoint.")
    @click.option("--model-url", metavar="URL", help="Its base URL, e.g. http://127.0.0.1:8080/v1.")
    @wraps(command)
    @click.pass_context
    def run(context: click.Context, /, model: str | None, model_url: str | None, **options: Any) -> None:
        context.obj = _overridden(context.obj, {"model": model, "model_url": model_url})
        context.invoke(command, **options)

    return run


# --- read


def _seconds(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", value.strip())
    if not match or not float(match[1]):
        raise click.BadParameter(f"{value!r} is not a time: write 90s, 30m, 6h or 1d")
    return float(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


@main.command()
@click.argument("what", nargs=-1)
@click.option("--watch", metavar="TIME", callback=_seconds, help="Keep polling, e.g. every 30m, 6h, 1d.")
@click.option(
    "--allow-private", is_flag=True, default=None, help="Fetch from private and loopback addresses too."
)
@click.option("--max-megabytes", type=click.IntRange(1), help="Bound on one page or file.  [default: 20]")
@as_json_option
@click.pass_obj
def read(
    settings: Settings,
    what: tuple[str, ...],
    watch: float | None,
    allow_private: bool | None,
    max_megabytes: int | None,
    json_: bool,
) -> None:
    """Read sources into the library.

    WHAT is a web page, an RSS, Atom or JSON feed, a sitemap, a PDF, a saved topic page, or a file or
    folder of .html, .txt, .md, .pdf, .jsonl, .warc(.gz). With --watch the sources are polled until
    Ctrl-C, together with those watched before; `mine2magnet serve` goes on with them, too.
    """
    if not what and watch is None:
        raise UserError("nothing to read", where="read", mend="name a URL, a file or a folder")
    library = Library.open(
        _overridden(settings, {"allow_private": allow_private, "max_megabytes": max_megabytes})
    )
    failed = 0
    results = []
    for one in what:
        report, problem = _read_one(library, one, watch)
        failed += bool(problem) or (bool(report.failures) and not report.documents)
        results.append((one, report, problem))
    if json_:
        click.echo(
            as_json(
                [
                    {
                        "what": one,
                        **dict(report.outcomes),
                        "failures": [asdict(f) for f in report.failures],
                        "topics": report.topics,
                        **({"error": problem} if problem else {}),
                    }
                    for one, report, problem in results
                ]
            )
        )
    if watch is not None:
        _watch(library)
        return
    _derive(library, quiet=json_)
    if failed:
        sys.exit(1)


def _read_one(library: Library, what: str, watch: float | None) -> tuple[Report, str]:
    problem = ""
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err, transient=True
    ) as bar:
        task = bar.add_task(f"reading {escape(what)}")
        report = Report()

        def show(so_far: Report) -> None:
            nonlocal report
            report = so_far
            bar.update(task, description=f"reading {escape(what)}: {so_far}")

        try:
            report = library.read(what, interval=watch, progress=show)
        except UserError as error:
            problem = str(error)
    err.print(f"{what}: {problem or report}", markup=False, highlight=False, soft_wrap=True)
    for failure in report.failures[:20]:
        err.print(f"  {failure.where}: {failure.reason}", markup=False, highlight=False, soft_wrap=True)
    if len(report.failures) > 20:
        err.print(f"  … and {len(report.failures) - 20} more (--json lists all)")
    for name, slug in report.topics.items():
        err.print(f"  topic {name}: mine2magnet topic show {slug}", markup=False, highlight=False)
    return report, problem


def _derive(library: Library, quiet: bool = False) -> None:
    """Vectors, digests and claims, with a bar; Ctrl-C leaves the rest for later."""
    start = library.progress()
    todo = _left(start)
    if not todo:
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=quiet,
    ) as bar:
        task = bar.add_task("meaning, digests and claims (Ctrl-C to leave this for later)", total=todo)
        try:
            derive = bulk.derive if library.settings.ray else Library.derive
            derive(library, lambda p: bar.update(task, completed=todo - _left(p)))
        except KeyboardInterrupt:
            err.print("left for later: search by words works; `mine2magnet serve` or the next read goes on")


def _left(p: Made) -> int:
    """How many pieces of background work are left."""
    return p.passages - p.embedded + p.undigested + p.unclaimed


def _write(library: Library) -> None:
    """Digests by the model of the settings, with a bar and what they cost."""
    endpoint = chat.endpoint(library.settings)
    if endpoint is None:
        return
    spent, made = Usage(), 0
    with (
        Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True) as bar,
        chat.Chat(endpoint) as client,
    ):
        task = bar.add_task(f"{endpoint.model} writes")
        for written in library.write(client, set()):
            spent += written.usage
            made += written.digest is not None
            bar.update(task, description=f"{endpoint.model} writes: {made} digests, {spent}")
            if written.reason:
                err.print(f"not written: {written.reason}", markup=False, highlight=False, soft_wrap=True)
    err.print(f"{endpoint.model}: {made} digests, {spent}", markup=False, highlight=False)


def _watch(library: Library) -> None:
    watched = [s for s in library.store.sources() if s.interval]
    err.print(f"watching {len(watched)} sources; Ctrl-C ends it, the sources stay watched")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        while not stop.is_set():
            for what, outcome in library.poll(stop):
                stamp = datetime.now().astimezone().isoformat(timespec="seconds")
                err.print(f"{stamp} {what}: {outcome}", markup=False, highlight=False, soft_wrap=True)
            library.derive()
            stop.wait(1)
    except KeyboardInterrupt:
        pass


@main.command()
@click.option("--remove", metavar="WHAT", help="Stop reading this source; its documents stay.")
@as_json_option
@with_library
def sources(library: Library, remove: str | None, json_: bool) -> None:
    """List the sources read and watched, and how each went."""
    if remove is not None:
        with library.store.writing() as writer:
            writer.remove_source(remove)
    held = library.store.sources()
    if json_:
        click.echo(as_json(held))
        return
    if not held:
        err.print("no sources yet: mine2magnet read URL")
        return
    table = Table(
        "source", "every", "last read", "next", "new documents", "state", box=None, header_style="bold"
    )
    for s in held:
        every = f"{s.interval / 60:g} min" if s.interval else "once"
        state = Text(s.reason, "red") if s.reason else Text("ok" if s.checked else "not yet read")
        table.add_row(Text(s.what), every, day(s.checked), day(s.due), str(s.documents), state)
    out.print(table)


# --- search


def _date(_: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        given = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a date: write 2025-06-01") from error
    if parameter.name == "until" and "T" not in value and " " not in value:
        given = given.replace(hour=23, minute=59, second=59)
    return given if given.tzinfo else given.astimezone()


@main.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--source", multiple=True, help="Publisher (may be repeated, as all filters).")
@click.option("--lang", "language", multiple=True, help="Language of the document: zh, en, ja …")
@click.option("--category", multiple=True, type=click.Choice(CATEGORIES))
@click.option("--tag", multiple=True)
@click.option("--since", callback=_date, metavar="DATE", help="Published on or after.")
@click.option("--until", callback=_date, metavar="DATE", help="Published on or before.")
@click.option("--newest", is_flag=True, help="Newest first instead of best first.")
@click.option("--topic", help="Only in this topic.")
@click.option("-n", "limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, help="Skip so many.")
@as_json_option
@with_library
def search(
    library: Library,
    query: tuple[str, ...],
    newest: bool,
    topic: str | None,
    limit: int,
    offset: int,
    json_: bool,
    **filters: Any,
) -> None:
    """Search in any language over documents in all languages.

    "Quoted phrases", AND, OR, NOT, (brackets) and the fields title: source: lang: category: tag:
    since: until: work inside QUERY.
    """
    library.index.update()
    page = topics.page(
        library.store,
        library.index,
        library.store.topic(topic) if topic else None,
        " ".join(query),
        Filters(**filters),
        "newest" if newest else "best",
        offset,
        limit,
    )
    if json_:
        click.echo(as_json(page))
        return
    for rank, card in enumerate(page.cards, offset + 1):
        _print_card(rank, card)
    if not page.cards:
        err.print("nothing found")
    elif page.total > offset + len(page.cards):
        err.print(f"{len(page.cards)} of {page.total}; more with -n or --offset", highlight=False)
    progress = library.progress()
    if progress.embedded < progress.passages:
        err.print(
            f"search by meaning is ready for {progress.embedded} of {progress.passages} passages "
            "(`mine2magnet index` makes the rest)",
            highlight=False,
        )


def _print_card(rank: int, card: topics.Card) -> None:
    document = card.document
    title = Text(f"{rank:2}. {document.title}", "bold")
    for a, b in card.title_highlights:
        title.stylize("black on yellow", a + 4, b + 4)
    out.print(title)
    folded = f" · also in {len(card.copies)} others" if card.copies else ""
    meta = f"    {document.source} · {day(document.published)} · {document.language} · {document.id}{folded}"
    out.print(Text(meta, "dim"))
    for passage in card.passages[:2]:
        out.print(_highlighted(passage))
    out.print()


def _highlighted(passage: Passage) -> Text:
    """The passage around its first highlight, at most about 240 characters of it."""
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


# --- claims


def _concepts(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    kind = "" if parameter.name == "subject" else str(parameter.name)
    return claim_rows.resolved(thesaurus.load(), kind, given)


@main.command()
@click.argument("what", metavar="TOPIC|DOC|FILE|-")
@click.option("--subject", multiple=True, callback=_concepts, help="Who or where (may be repeated, as all).")
@click.option("--measure", multiple=True, callback=_concepts, help="share, stock cover, 产量, 価格 …")
@click.option("--stage", multiple=True, callback=_concepts, help="mining, separation, 精炼 …")
@click.option("--material", multiple=True, callback=_concepts, help="rare earths, 镝, NdFeB …")
@click.option("--csv", "csv_", is_flag=True, help="Print CSV.")
@click.option("--parquet", type=click.Path(path_type=Path), metavar="FILE", help="Write a Parquet file.")
@as_json_option
@with_library
def claims(
    library: Library, what: str, csv_: bool, parquet: Path | None, json_: bool, **filters: tuple[str, ...]
) -> None:
    """List the figures that are claimed, each with who, what, when and where it stands.

    Of a topic (slug or name), of a document (id, URL or title), or of a file or standard input (-), which
    are read but not kept. Filters take ids or names of the thesaurus in any of its languages.
    """
    rows = _claims_of(library, what, ClaimFilter(**filters))
    if parquet is not None:
        claim_rows.write_parquet(rows, parquet)
        err.print(f"wrote {parquet} ({len(rows)} claims)", markup=False, highlight=False)
    elif json_:
        click.echo(as_json(rows))
    elif csv_:
        click.echo(claim_rows.as_csv(rows), nl=False)
    elif rows:
        out.print(_claims_table(library, rows))
    else:
        err.print("no claims found")


def _claims_of(library: Library, what: str, where: ClaimFilter) -> list[claim_rows.Cited]:
    if what == "-" or Path(what).is_file():
        reads = [Read(_standard_input())] if what == "-" else _read_file(library, what)
        return [
            one
            for read in reads
            for claim in library.claims_in(read.document, filter(None, [read.digest]))
            if claim_rows.matches(claim, where)
            and (one := claim_rows.cite(claim, read.document, filter(None, [read.digest])))
        ]
    library.index.update()
    if waiting := library.progress().unclaimed:
        with err.status(f"taking claims from {waiting} documents"):
            while library.claim(BATCH):
                pass
    try:
        about: Topic | str = library.store.topic(what)
    except NotFound:
        about = find_document(library, what)
    return claim_rows.cited(library.store, library.claims(about, where))


def _read_file(library: Library, file: str) -> list[Read]:
    with library.fetcher() as fetcher:
        return [item for item in reading.read(file, fetcher) if isinstance(item, Read)]


def _standard_input() -> Document:
    """What stands on standard input, its blocks as paragraphs."""
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    blocks = [block for block in (" ".join(b.split()) for b in re.split(r"\n\s*\n", text)) if block]
    if not blocks:
        raise UserError("nothing on standard input", where="-", mend="pipe text into it, or name a file")
    return Document(
        "standard input",
        "standard input",
        datetime.now(UTC),
        identify(text),
        tuple(Paragraph(i, block) for i, block in enumerate(blocks, 1)),
    )


def _claims_table(library: Library, rows: list[claim_rows.Cited]) -> Table:
    language = library.settings.language

    def named(*ids: str | None) -> Text:
        return Text(", ".join(library.thesaurus.label(id, language) for id in ids if id))

    table = Table(box=None, header_style="bold")
    for head in ("subject", "measure", "stage", "material", "value", "as of", "kind", "said by", "document"):
        table.add_column(head, overflow="fold")
    for row in rows:
        claim = row.claim
        kind = claim.direction + ("" if claim.modality == "reported" else f", {claim.modality}")
        place = f"digest, point {claim.point}" if claim.point else f"¶{claim.paragraph}"
        table.add_row(
            named(*claim.subjects),
            named(claim.measure),
            named(claim.stage),
            named(*claim.materials),
            Text(claim_rows.amount(claim, language).replace("\u00a0", " "), "bold"),
            claim.as_of or "",
            kind,
            named(claim.said_by),
            Text(f"{claim.document} {place}".strip()),
        )
    return table


# --- ask


@main.command()
@click.argument("question", nargs=-1, required=True)
@click.option("--topic", help="Only from this topic.")
@model_options
@as_json_option
@with_library
def ask(library: Library, question: tuple[str, ...], topic: str | None, json_: bool) -> None:
    """Answer a question from what has been read, with citations.

    Without a model the passages that answer best are listed; with one, set or given, it writes
    statements, of which those are kept that hold against the passages they cite.
    """
    library.index.update()
    within = library.store.topic(topic) if topic else None
    answer = library.ask(" ".join(question), library.settings.language, within)
    if json_:
        click.echo(as_json(answer))
        return
    if answer.note:
        err.print(answer.note, markup=False, highlight=False)
    if not (answer.sources or answer.claims):
        err.print("nothing that has been read answers this")
    if answer.near:
        err.print("related, but does not say:")
    for cited in claim_rows.cited(library.store, answer.claims):
        amount = claim_rows.amount(cited.claim, library.settings.language).replace("\u00a0", " ")
        out.print(Text(f"{amount}: ", "bold").append_text(Text(cited.sentence, "")))
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


# --- digest, export


def find_document(library: Library, given: str) -> str:
    """The id of a document named by its id, the beginning of its id, its URL or its title."""
    ids = library.store.named(given, url_key(given), title_key(given))
    if not ids:
        raise NotFound(f"no document {given!r}", where="DOC", mend="`mine2magnet search` shows ids")
    if len(ids) > 1:
        raise UserError(
            f"{given!r} names {len(ids)} documents", where="DOC", mend="one of " + ", ".join(ids[:5])
        )
    return ids[0]


@main.command()
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
    id = find_document(library, doc)
    document = library.store.document(id)
    made: Digest | None = None
    if document.paragraphs and not published:
        made = _written(library, document) or library.digest(id)
    else:
        library.checker.check(id)
        made = next((d for d in library.store.digests([id]).get(id, ()) if d.method == "source"), None)
    if made is None:
        raise NotFound(f"{document.title}: no such digest", where=id, mend="try it with or without --source")
    if json_:
        click.echo(
            as_json({"document": id, "version": document.version, "title": document.title, "digest": made})
        )
    else:
        click.echo(digests.as_text(document, made, library.settings.language))


def _written(library: Library, document: Document) -> Digest | None:
    """The digest by the model of the settings, if there is one and what it writes holds."""
    endpoint = chat.endpoint(library.settings)
    if endpoint is None:
        return None
    with err.status(f"{endpoint.model} writes"), chat.Chat(endpoint) as client:
        made = library.checker.write(document, library.settings.language, client)
    for point, reason in made.dropped:
        err.print(f"dropped: {point.text} ({reason})", markup=False, highlight=False, soft_wrap=True)
    if made.reason:
        err.print(f"the digest is not the model's: {made.reason}", markup=False, highlight=False)
    err.print(f"{endpoint.model}: {made.usage}", markup=False, highlight=False)
    return made.digest


@main.command("export")
@click.argument("topic")
@click.option("--format", "format_", type=click.Choice(export.FORMATS), default="md", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File to write; standard output otherwise."
)
@with_library
def export_(library: Library, topic: str, format_: str, output: Path | None) -> None:
    """Export a topic: its documents, newest first, with their digests."""
    library.index.update()
    data = export.export(library, library.store.topic(topic), format_, library.settings.language)
    if output is None:
        if format_ == "pdf" and sys.stdout.isatty():
            raise UserError(
                "a PDF is not for a terminal", where="export", mend="name a file with -o topic.pdf"
            )
        sys.stdout.buffer.write(data)
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise UserError(
            error.strerror or str(error), where=str(output), mend="choose another file"
        ) from error
    err.print(f"wrote {output} ({len(data):,} bytes)", markup=False, highlight=False)


# --- topics


@main.group(cls=Verbs)
def topic() -> None:
    """Topics: saved searches that watch."""


@topic.command("list")
@as_json_option
@with_library
def topic_list(library: Library, json_: bool) -> None:
    """List the topics."""
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
@click.option("-q", "--query", "queries", multiple=True, help="A query; documents that match any belong.")
@click.option("--tag", "tags", multiple=True, help="Documents with this tag belong.")
@with_library
def topic_new(library: Library, name: str, queries: tuple[str, ...], tags: tuple[str, ...]) -> None:
    """Make a topic, or change the one of that name."""
    made = topics.save(library.store, Topic(topics.slug(name), name, queries or (name,), tags))
    err.print(f"topic {made.slug}: {len(topics.members(library.store, library.index, made))} documents")


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
    library.index.update()
    page = topics.page(library.store, library.index, library.store.topic(slug), limit=limit)
    if json_:
        click.echo(as_json(page))
        return
    for card in page.cards:
        made = card.digests or tuple(filter(None, [library.digest(card.document.id)]))
        for one in made[:1]:
            click.echo(digests.as_text(card.document, one, library.settings.language) + "\n")


# --- upkeep


@main.command()
@click.argument("doc")
@click.confirmation_option(prompt="Remove the document with all its versions?")
@with_library
def remove(library: Library, doc: str) -> None:
    """Remove a document from the library."""
    with library.store.writing() as writer:
        writer.remove(find_document(library, doc))
    library.index.update()


@main.command()
@click.option("--rebuild", is_flag=True, help="Make it anew from the store.")
@click.option("--ray", metavar="ADDRESS", help="Do it on a Ray cluster: host:6379, ray://host:10001, auto.")
@click.pass_obj
def index(settings: Settings, rebuild: bool, ray: str | None) -> None:
    """Bring words, vectors, digests and claims up to date with the store.

    A model of the settings writes the digests that are lacking, too.
    """
    library = Library.open(_overridden(settings, {"ray": ray}))
    if rebuild:
        library.index.rebuild()
    library.index.update()
    _derive(library)
    _write(library)
    progress = library.progress()
    err.print(
        f"{progress.documents} documents, {progress.passages} passages: all up to date", highlight=False
    )


@main.command()
@click.option("--host", help="Address to bind to.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="[default: 8000]")
@click.option("--starter", is_flag=True, help="Load the starter documents into an empty library first.")
@click.option("--open", "open_", is_flag=True, help="Open the page in a browser.")
@click.option(
    "--allow-private", is_flag=True, default=None, help="Read from private and loopback addresses too."
)
@click.option("--access-log", is_flag=True, default=None, help="Print a line of JSON for each request.")
@click.pass_obj
def serve(
    settings: Settings,
    host: str | None,
    port: int | None,
    starter: bool,
    open_: bool,
    allow_private: bool | None,
    access_log: bool | None,
) -> None:
    """Serve the topic pages to a browser, and the API to programs.

    On this machine, that is; with --host also to others, who need a key.
    """
    from mine2magnet.web.serving import server

    given = {"host": host, "port": port, "allow_private": allow_private, "access_log": access_log}
    settings = _overridden(settings, given)
    library = Library.open(settings)
    if not settings.loopback:
        _check_keys(library)
    sock = _bound(settings.host, settings.port)
    if starter and not library.store.last_change():
        with err.status("loading the starter documents"):
            report = library.load_starter()
        err.print(f"starter documents: {report}", highlight=False)
    worker = Worker(library)
    worker.start()
    sock.listen(BACKLOG)  # from now on who connects is kept waiting, not refused
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{sock.getsockname()[1]}/"
    err.print(f"mine2magnet at [bold]{url}[/bold]   (Ctrl-C ends it)", highlight=False)
    if open_ and (sys.platform != "linux" or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()):
        threading.Timer(1.0, webbrowser.open, [url]).start()
    threading.Thread(target=_show_progress, args=(library,), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # after the server, so that `finally` is reached
    try:
        server(library).run([sock])
    finally:
        worker.stop()


def _check_keys(library: Library) -> None:
    if not library.store.keys.held():
        raise UserError(
            f"{library.settings.host} is reached from other machines, and there is no key to ask them for",
            where="--host",
            mend="make one: mine2magnet key create NAME --scope write",
        )


def _bound(host: str, port: int) -> socket.socket:
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
            mend="choose another with --port 8001",
        ) from error
    return sock


def _show_progress(library: Library) -> None:
    """A bar on the terminal until vectors and digests are made."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        console=err,
        transient=True,
    ) as bar:
        task = bar.add_task("search by meaning and digests in the making; words are searchable now")
        while True:
            p = library.progress()
            if _left(p) <= 0:
                break
            total = p.passages + 2 * p.documents  # a digest and the claims of each
            bar.update(task, completed=total - _left(p), total=total)
            time.sleep(1)
    err.print("search by meaning and digests: all ready")
