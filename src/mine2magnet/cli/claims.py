"""`mine2magnet claims`."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mine2magnet.cli.declared import declared, options_of
from mine2magnet.cli.options import as_json_option, find_document, with_library
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.json import as_json
from mine2magnet.model import ClaimFilter, Document, Paragraph, Read, Topic

if TYPE_CHECKING:
    from rich.table import Table

    from mine2magnet.figures.rows import Cited
    from mine2magnet.library.library import Library


CORRECTIONS = "corrections"  # in place of a topic or a document


@click.command()
@click.argument("what", metavar="TOPIC|DOC|FILE|-|corrections")
@options_of(ClaimFilter)
@click.option("--csv", "csv_", is_flag=True, help="Print CSV.")
@click.option("--parquet", type=click.Path(path_type=Path), metavar="FILE", help="Write a Parquet file.")
@click.option(
    "--export",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Of corrections: write them as a table (.csv), or as labelled documents, one a line.",
)
@click.option("--undo", metavar="ID", help="Of corrections: take one back.")
@as_json_option
@with_library
def claims(
    library: Library, what: str, csv_: bool, parquet: Path | None, export: Path | None, undo: str | None,
    json_: bool, **filters: Any,
) -> None:  # fmt: skip
    """List the figures that are claimed, each with who, what, when and where it stands.

    Of a topic (slug or name), of a document (id, URL or title), or of a file or standard input (-), which
    are read but not kept. Filters take ids or names of the thesaurus in any of its languages; parties may be
    words. Claims less sure than the setting claims_threshold are left out unless --all is given.

    `mine2magnet claims corrections` lists what people have corrected.

    \b
      mine2magnet claims magnets --subject China --counterparty Japan --confidence 0.9
      mine2magnet claims corrections --export corrections.jsonl
    """
    from mine2magnet.cli.terminal import err, out
    from mine2magnet.figures import rows as claim_rows

    if what == CORRECTIONS:
        _corrections(library, csv_, export, undo, json_)
        return
    for option, given in (("--export", export), ("--undo", undo)):
        if given is not None:
            raise UserError(
                "only of corrections", where=option, hint=f"mine2magnet claims corrections {option} …"
            )
    where = claim_rows.with_ids(library.thesaurus, declared(ClaimFilter, filters), "--")
    every = _claims_of(library, what, where.with_all)
    threshold = library.settings.claims_threshold
    rows = [one for one in every if claim_rows.matches(one.claim, where, threshold)]
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
    if hidden := len(every) - len(rows):
        err.print(_left_out(hidden, where.least(threshold)), markup=False, highlight=False, soft_wrap=True)


def _left_out(hidden: int, least: float) -> str:
    from mine2magnet.figures.precision import right_above

    right = right_above(least)
    measured = (
        "no claim of the labelled documents was as sure"
        if right is None
        else f"of labelled claims as sure, {right:.0%} were right"
    )
    return f"{hidden} more below a confidence of {least:g}, or a number alone: --all ({measured})"


def _corrections(library: Library, csv_: bool, export: Path | None, undo: str | None, json_: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from mine2magnet.cli.terminal import err, out
    from mine2magnet.figures import corrections

    if undo is not None:
        with library.store.writing() as writer:
            one = writer.remove_correction(undo)
        err.print(
            f"taken back: {one.slot} of {one.figure!r} in {one.document}", markup=False, highlight=False
        )
        return
    if export is not None:
        count = corrections.export(library.store, export)
        err.print(f"wrote {export} ({count} corrections)", markup=False, highlight=False)
        return
    made = library.store.corrections()
    if json_:
        click.echo(as_json(made))
    elif csv_:
        click.echo(corrections.as_csv(made), nl=False)
    elif made:
        table = Table(
            "id", "document", "figure", "slot", "was", "is", "by", "when", box=None, header_style="bold"
        )
        for one in made:
            when = f"{one.made:%Y-%m-%d %H:%M}" if one.made else ""
            cells = (
                one.id,
                f"{one.document} ¶{one.paragraph}",
                one.figure,
                one.slot,
                one.old,
                one.new,
                one.by,
            )
            table.add_row(*map(Text, (*cells, when)))
        out.print(table)
    else:
        err.print("nothing was corrected yet: the page of claims has a form for it")


def _claims_of(library: Library, what: str, where: ClaimFilter) -> list[Cited]:
    from mine2magnet.cli import work
    from mine2magnet.cli.terminal import err
    from mine2magnet.figures import rows as claim_rows
    from mine2magnet.library.library import BATCH

    if what == "-" or Path(what).is_file():
        reads = [Read(_standard_input())] if what == "-" else _read_file(library, what)
        return [
            one
            for read, claims in zip(reads, work.read_at_hand(library, reads), strict=True)
            for claim in claims
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
        work.read_document(library, about)
    return claim_rows.cited(library.store, library.claims(about, where))


def _read_file(library: Library, file: str) -> list[Read]:
    from mine2magnet import reading

    with library.fetcher() as fetcher:
        return [item for item in reading.read(file, fetcher) if isinstance(item, Read)]


def _standard_input() -> Document:
    """Read what stands on standard input, its blocks as paragraphs."""
    from mine2magnet.reading.language import identify

    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    blocks = [block for block in (" ".join(b.split()) for b in re.split(r"\n\s*\n", text)) if block]
    if not blocks:
        raise UserError("nothing on standard input", where="-", hint="pipe text into it, or name a file")
    return Document(
        "standard input",
        "standard input",
        datetime.now(UTC),
        identify(text),
        tuple(Paragraph(i, block) for i, block in enumerate(blocks, 1)),
    )


def _claims_table(library: Library, rows: list[Cited]) -> Table:
    from rich.table import Table
    from rich.text import Text

    from mine2magnet.figures.rows import amount

    language = library.settings.language

    def named(*ids: str | None) -> Text:
        return Text(", ".join(library.thesaurus.label(id, language) for id in ids if id))

    table = Table(box=None, header_style="bold")
    heads = ("subject", "counterparty", "measure", "stage", "material", "form", "value", "basis", "period")
    for head in (*heads, "kind", "said by", "sure", "document"):
        table.add_column(head, overflow="fold")
    for row in rows:
        claim = row.claim
        kind = claim.direction + ("" if claim.modality == "reported" else f", {claim.modality}")
        kind += f"; disputed: {', '.join(claim.disputed)}" if claim.disputed else ""
        place = f"digest, point {claim.point}" if claim.point else f"¶{claim.paragraph}"
        period = _worded(claim.period_kind) if claim.period_kind in ("as_of", "year_to_date") else ""
        table.add_row(
            named(*claim.subjects),
            named(*claim.counterparties),
            named(claim.measure),
            named(claim.stage),
            named(*claim.materials),
            claim.form or "",
            Text(amount(claim, language).replace("\u00a0", " "), "bold"),
            Text(_worded(claim.basis)),
            f"{claim.period or ''} {period}".strip(),
            kind,
            named(claim.said_by),
            Text(f"{claim.confidence:.2f}" + (" (corrected)" if claim.corrections else "")),
            Text(f"{claim.document} {place}".strip()),
        )
    return table


def _worded(name: str | None) -> str:
    return (name or "").replace("_", " ")
