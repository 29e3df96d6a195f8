"""A library in a notebook: what is held as frames, with the fields and limits that every other door has.

from mine2magnet import open_library

with open_library("magnets", starter=True) as magnets:
    magnets.search("稀土 库存", language=["zh"])
    magnets.claims(measure=["stock_cover"], unit=["week"])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from msgspec import structs

from mine2magnet.ask.answer import Answer
from mine2magnet.charts.frames import frame
from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import plain
from mine2magnet.core.progress import notebook_bar
from mine2magnet.core.schema import Input, Page, Paged
from mine2magnet.core.settings import load
from mine2magnet.figures.groups import AnyMark, Figure
from mine2magnet.figures.rows import Cited
from mine2magnet.library.library import Library
from mine2magnet.model import LANGUAGES, Question
from mine2magnet.store.sqlite import FILE
from mine2magnet.web.api import claims, documents, questions, topics
from mine2magnet.web.api.schema.claims import ClaimList, Figures
from mine2magnet.web.api.schema.documents import DocumentList, SearchHit, SearchQuery

if TYPE_CHECKING:
    from polars import DataFrame

T = TypeVar("T")
Asked = TypeVar("Asked", bound=Input)
Row: TypeAlias = Mapping[str, Any]
AT_ONCE = 16  # documents, or passages, between two looks at the bar
MOST = 1000  # rows of a frame, unless more are asked for
HIT = (
    "title", "source", "published", "language", "category", "tags", "copies", "url", "document", "paragraph",
    "passage",
)  # fmt: skip
CLAIM = (
    "low", "high", "unit", "subject", "measure", "material", "counterparty", "stage", "form", "period",
    "basis", "direction", "modality", "said by", "confidence", "sentence", "source", "published", "title",
    "document", "paragraph",
)  # fmt: skip
MARK = (
    "figure", "subject", "measure", "material", "low", "high", "unit", "since", "until", "kind", "sources",
    "conflicts", "sentence", "source",
)  # fmt: skip
SOURCE = (
    "number", "title", "source", "published", "language", "paragraph", "passage", "relevance", "document",
)  # fmt: skip


def open_library(folder: str | Path | None = None, *, starter: bool = False) -> NotebookLibrary:
    """Open a library, and bring its index and claims up to date; a bar shows how far that is.

    Parameters
    ----------
    folder : str or Path
        Of the library; without it, the one of the settings.
    starter : bool
        Whether to make it, with the documents that come with the program, if there is none.

    Returns
    -------
    NotebookLibrary
        A context manager; closed at the end of its block, or by `close`.

    Raises
    ------
    UserError
        If there is no library, or it cannot be used.
    """
    settings = load({"folder": None if folder is None else Path(folder).expanduser()})
    new = not settings.store and not (settings.folder / FILE).is_file()
    if new and not starter:
        hint = "mine2magnet --folder FOLDER read SOURCE makes one, as does open_library(FOLDER, starter=True)"
        raise UserError("no library there", where=str(settings.folder), hint=hint)
    library = Library.open(settings)
    with notebook_bar("opening the library") as tell:
        if new:
            tell(None, "reading the starter documents")
            library.load_starter()
        if not library.store.read_only:
            library.index.update()
            documents = library.store.count()
            while library.index.embed(AT_ONCE):
                embedded, passages = library.index.pending()
                tell(embedded / max(passages, 1), "reading for meaning")
            while library.claim(AT_ONCE):
                waiting = library.store.count_unclaimed(*library.claimers)
                tell(1 - waiting / max(documents, 1), "taking claims")
    return NotebookLibrary(library)


class NotebookLibrary:
    """An open library. What it gives are frames of polars; `to_pandas()` of one gives one of pandas.

    Fields that narrow (`language`, `since`, `measure`, `unit` …) are those of the command line and the API,
    with the same limits; a name that is unknown is told with those that there are. Frames have a row for
    each hit, claim or figure, and say in the columns `unit` what their values are in.

    Parameters
    ----------
    library : Library
    """

    def __init__(self, library: Library) -> None:
        self.library = library

    def __enter__(self) -> NotebookLibrary:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<library {self.library.store.where}: {self.library.store.count():,} documents>"

    def close(self) -> None:
        """Close the library."""
        self.library.store.close()

    def search(self, query: str, *, most: int = 20, **narrowed: Any) -> DataFrame:
        """Search in any language over documents in all languages, best first.

        Parameters
        ----------
        query : str
            Words, "phrases", AND, OR, NOT, (brackets) and fields, as on the command line.
        most : int
            Rows at most.
        **narrowed
            Fields of a search: topic, order, language, source, category, tag, since, until …

        Returns
        -------
        DataFrame
            A row for each document, with the passage that answers best, and the number of its paragraph.

        Raises
        ------
        UserError
            If a field is unknown or out of its limits.
        """
        asked = _decoded(SearchQuery, {"q": query, **narrowed})
        return frame([_hit(one) for one in self._all(documents.search, asked, most)] or _none(HIT))

    def documents(self, *, most: int = MOST, **narrowed: Any) -> DataFrame:
        """List the documents, newest first.

        Parameters
        ----------
        most : int
            Rows at most.
        **narrowed
            Fields of a document filter: language, source, category, tag, since, until …

        Returns
        -------
        DataFrame
            A row for each document.

        Raises
        ------
        UserError
            If a field is unknown or out of its limits.
        """
        asked = _decoded(DocumentList, narrowed)
        rows = [_hit(one) for one in self._all(documents.documents, asked, most)]
        return frame(rows or _none(HIT)).drop("paragraph", "passage")

    def claims(self, *, most: int = MOST, **slots: Any) -> DataFrame:
        """List the figures that documents state, newest first.

        Parameters
        ----------
        most : int
            Rows at most.
        **slots
            Fields of a claim filter: topic, document, subject, measure, material, unit, since, confidence …

        Returns
        -------
        DataFrame
            A row for each claim: `low` to `high` in `unit`, what it is of, when, by whom, and its sentence.

        Raises
        ------
        UserError
            If a field, a unit or a name is unknown.
        """
        asked = _decoded(ClaimList, slots)
        return frame([self._claim(one) for one in self._all(claims.claims, asked, most)] or _none(CLAIM))

    def figures(self, topic: str, *, most: int = MOST, **slots: Any) -> DataFrame:
        """List a topic's figures: claims about the same thing together, in one unit, by time.

        Parameters
        ----------
        topic : str
            Its slug.
        most : int
            Figures at most.
        **slots
            Fields of a claim filter, and `single` for those with a single claim, too.

        Returns
        -------
        DataFrame
            A row for each mark: `low` to `high` in `unit` at a time; `figure` is the same for those of one
            thing, and `conflicts` counts the pairs of it that cannot both hold.

        Raises
        ------
        UserError
            If there is no such topic, or a field, a unit or a name is unknown.
        """
        asked = _decoded(Figures, {"slug": topic, **slots})
        found = self._all(claims.topic_figures, asked, most)
        return frame([row for one in found for row in self._marks(one)] or _none(MARK))

    def topics(self) -> DataFrame:
        """List the topics, each with how many documents it holds.

        Returns
        -------
        DataFrame
            A row for each topic.
        """
        found = self._all(topics.topics, Paged(), MOST)
        rows = [
            {
                "slug": one.topic.slug,
                "name": one.topic.name,
                **{f"name, {language}": one.topic.names.get(language) for language in LANGUAGES},
                "documents": one.documents,
            }
            for one in found
        ]
        return frame(rows or _none(("slug", "name", "documents")))

    def ask(self, question: str, *, topic: str = "", language: str = "en") -> AnswerFrame:
        """Answer a question from what is held, with citations.

        Parameters
        ----------
        question : str
        topic : str
            Only in this topic.
        language : str
            Of what the program itself says: en, zh or ja.

        Returns
        -------
        AnswerFrame
            The passages that answer; it shows itself in a notebook.

        Raises
        ------
        UserError
            If the question is empty or endless, or there is no such topic.
        """
        asked = decode(Question, {"question": question, "topic": topic, "language": language})
        return AnswerFrame(questions.ask(self.library, asked))

    def _all(self, run: Callable[[Library, Any], Page[T]], asked: Any, most: int) -> Iterator[T]:
        """The items of a list, page after page, as the API gives them."""
        self.library.index.update()
        kind: type[Input] = type(asked)
        known = next(m.le for m in fields_of(kind)["limit"].type.__metadata__ if m.le)
        while most > 0:
            page = run(self.library, structs.replace(asked, limit=min(most, known)))
            yield from page.items
            most -= len(page.items)
            if not page.next:
                return
            asked = structs.replace(asked, cursor=page.next)

    def _labels(self, ids: Iterable[str]) -> str:
        return "; ".join(self.library.thesaurus.label(id, "en") for id in ids)

    def _label(self, id: str | None) -> str:
        return self._labels([id] if id else [])

    def _claim(self, one: Cited) -> Row:
        claim = one.claim
        quantity = claim.quantity
        return {
            "low": quantity.low, "high": quantity.high, "unit": quantity.unit,
            **self._scope(claim.subjects, claim.measure, claim.materials),
            "counterparty": self._labels(claim.counterparties), "stage": self._label(claim.stage),
            "form": claim.form, "period": claim.period, "basis": claim.basis, "direction": claim.direction,
            "modality": claim.modality, "said by": self._label(claim.said_by),
            "confidence": claim.confidence, "sentence": one.sentence, "source": one.source,
            "published": one.published, "title": one.title, "document": claim.document,
            "paragraph": claim.paragraph,
        }  # fmt: skip

    def _scope(self, subjects: Sequence[str], measure: str | None, materials: Sequence[str]) -> Row:
        return {
            "subject": self._labels(subjects),
            "measure": self._label(measure),
            "material": self._labels(materials),
        }

    def _marks(self, figure: Figure) -> Iterator[Row]:
        scope = figure.scope
        marks: tuple[AnyMark, ...] = (*figure.marks, *figure.references)
        for mark in marks:
            told = mark.what
            sentence = told.sentence if isinstance(told, Cited) else ""
            yield {
                "figure": figure.id, **self._scope(scope.subjects, scope.measure, scope.materials),
                "low": mark.low, "high": mark.high, "unit": figure.unit,
                "since": mark.since, "until": mark.until,
                "kind": "claim" if isinstance(told, Cited) else "reference",
                "sources": figure.sources, "conflicts": len(figure.conflicts), "sentence": sentence,
                "source": told.source,
            }  # fmt: skip


class AnswerFrame:
    """An answer: `answer` is the value itself, `sources` a frame of the passages that it rests on.

    Parameters
    ----------
    answer : Answer
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.answered = bool(answer.sources or answer.claims)
        rows = [
            {
                "number": number, "title": one.document.title, "source": one.document.source,
                "published": one.document.published, "language": one.document.language,
                "paragraph": one.passage.paragraph, "passage": one.passage.text, "relevance": one.relevance,
                "document": one.document.id,
            }
            for number, one in enumerate(answer.sources or answer.near, 1)
        ]  # fmt: skip
        self.sources = frame(rows or _none(SOURCE))

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        answer = self.answer
        lines = [f"{one.text} {''.join(f'[{n}]' for n in one.sources)}" for one in answer.statements]
        if not self.answered:
            lines = ["Nothing that is held answers this; nearest to it:"]
        lines += [
            f"[{number}] {row['passage']} ({row['source']}, ¶{row['paragraph']})"
            for number, row in enumerate(self.sources.iter_rows(named=True), 1)
        ]
        return [answer.question, *lines]

    def _repr_html_(self) -> str:
        first, *lines = map(escape, self._lines())
        return f"<p><strong>{first}</strong></p>" + "".join(f"<p>{line}</p>" for line in lines)


def _decoded(kind: type[Asked], given: dict[str, Any]) -> Asked:
    """Decode what narrows a list; how it is paged is the frame's own."""
    for name in ("limit", "cursor"):
        if name in given:
            raise UserError(f"no field {name!r}", where=name, hint="`most` says how many rows")
    return decode(kind, plain(given), written=True)  # days and times as they are written


def _hit(one: SearchHit) -> Row:
    held, best = one.document, next(iter(one.passages), None)
    return {
        "title": held.title, "source": held.source, "published": held.published, "language": held.language,
        "category": held.category, "tags": list(held.tags), "copies": len(one.copies), "url": held.url,
        "document": held.id, "paragraph": best.paragraph if best else None,
        "passage": best.text if best else None,
    }  # fmt: skip


def _none(columns: Sequence[str]) -> dict[str, list[Any]]:
    """A table without rows still says which columns it would have."""
    return {name: [] for name in columns}
