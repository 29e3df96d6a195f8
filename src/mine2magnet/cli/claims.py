"""`mine2magnet claims`."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

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


@click.command()
@click.argument("what", metavar="TOPIC|DOC|FILE|-")
@options_of(ClaimFilter)
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
    from mine2magnet.cli.terminal import err, out
    from mine2magnet.figures import rows as claim_rows

    where = claim_rows.with_ids(library.thesaurus, declared(ClaimFilter, filters), "--")
    rows = _claims_of(library, what, where)
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
    """What stands on standard input, its blocks as paragraphs."""
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
    for head in ("subject", "measure", "stage", "material", "value", "as of", "kind", "said by", "document"):
        table.add_column(head, overflow="fold")
    for row in rows:
        claim = row.claim
        kind = claim.direction + ("" if claim.modality == "reported" else f", {claim.modality}")
        kind += f"; disputed: {', '.join(claim.disputed)}" if claim.disputed else ""
        place = f"digest, point {claim.point}" if claim.point else f"¶{claim.paragraph}"
        table.add_row(
            named(*claim.subjects),
            named(claim.measure),
            named(claim.stage),
            named(*claim.materials),
            Text(amount(claim, language).replace("\u00a0", " "), "bold"),
            claim.period or "",
            kind,
            named(claim.said_by),
            Text(f"{claim.document} {place}".strip()),
        )
    return table
