"""The figures of a whole document: what tables, headings and earlier prices add to each paragraph's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mine2magnet.claims import rates, tables, times, units
from mine2magnet.claims.drafts import Draft
from mine2magnet.claims.quantities import QuantityMention, drafts, mentions

_SHORT = 90  # characters of a heading, and of a question


def document_figures(
    paragraphs: Sequence[str], known: Sequence[Sequence[times.Time]], home: Mapping[str, str]
) -> list[list[QuantityMention]]:
    """Return the figures of each paragraph of a document, in order.

    Parameters
    ----------
    paragraphs : sequence of str
        As `numerals.narrow` gives them, Chinese simplified.
    known : sequence of sequence of Time
        The times named in each.
    home : mapping of str to str
        What $ and 元 are, as `currencies.home` tells of the texts as they are written.
    """
    cells = tables.cells(paragraphs)
    prices: dict[str, Draft] = {}
    headed: tables.Unit | None = None
    asked = ""
    found = []
    for i, text in enumerate(paragraphs):
        figures = tables.filled(drafts(text, known[i], home), cells[i])
        if _heading(text):
            headed, asked = tables.heading_unit(text), tables.asked_per(text)
        elif stated := tables.stated_unit(text):
            headed = stated
        elif headed:
            figures = tables.under_heading(text, figures, headed)
        if asked and not _heading(text):
            _answer(text, figures, asked)
        if cells[i]:
            prices |= {
                f.unit.partition("/")[0]: f for f in figures if f.bare and f.unit.endswith(("/kg", "/t"))
            }
        else:
            rates.completed(text, figures, prices)
        found.append(mentions(text, figures))
    return found


def _heading(text: str) -> bool:
    return 0 < len(text) <= _SHORT and text[-1] not in ".。!！;；" and "|" not in text and "\t" not in text


def _answer(text: str, figures: Sequence[Draft], per: str) -> None:
    """Money in the answer to "What does a kilo cost?" is per kilogram."""
    for figure in figures:
        if figure.unit in units.currencies() and figure.scale == 1.0:
            figure.unit += "/" + per
