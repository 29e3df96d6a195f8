"""`client.search`: documents of all categories or of some, best first, by words and meaning in any
language."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

from msgspec import structs

from mine2magnet.core.errors import UserError
from mine2magnet.model import Filters
from mine2magnet.web.reportify import fiscal, shapes
from mine2magnet.web.reportify.filters import filters, spoken
from mine2magnet.web.reportify.request import Call, route, shown

Order = Literal["best", "newest", "oldest"]
_YEAR = re.compile("[12][0-9]{3}")
_QUARTERS = ("Q1", "Q2", "Q3", "Q4")
_ORDERS: dict[str, Order] = {"date_desc": "newest", "date_asc": "oldest", "relevance": "best"}


def everything(asked: Call) -> dict[str, Any]:
    """Search all that is held, web pages and files among it, if no categories are asked for."""
    return _best(asked, filters(asked))


def of(*words: str, needs_symbols: bool = False) -> Callable[[Call], dict[str, Any]]:
    """The search within these categories."""

    def search(asked: Call) -> dict[str, Any]:
        if needs_symbols:
            _need_symbols(asked)
        return _best(asked, filters(asked, words, among=words))

    return search


def of_earnings(*words: str) -> Callable[[Call], dict[str, Any]]:
    """The search within these categories by company and fiscal period; without a query, by date."""

    def search(asked: Call) -> dict[str, Any]:
        _need_symbols(asked)
        narrowed = filters(asked, words, among=words)
        year, quarter = asked.text("fiscal_year"), asked.choice("fiscal_quarter", ("", *_QUARTERS), "")
        if year and not _YEAR.fullmatch(year):
            raise UserError(f"cannot be {shown(year)}", where="fiscal_year", hint="write it as 2025")
        if year or quarter:
            narrowed = structs.replace(narrowed, documents=_of_period(asked, narrowed, year, quarter))
        query = asked.text("query").strip()
        order = _ORDERS[asked.choice("sort_by", tuple(_ORDERS), "relevance" if query else "date_desc")]
        return {"docs": found(asked, query, narrowed, order, asked.num())[0]}

    return search


def found(
    asked: Call,
    query: str,
    narrowed: Filters,
    order: Order,
    limit: int,
    offset: int = 0,
    marked: bool = False,
    **how: Any,
) -> tuple[list[dict[str, Any]], int]:
    """Documents as lists show them, and how many there are; without a query, "best" is "newest".
    `marked` adds the passages that matched, with <em> around what did. `how`: see `Index.search`."""
    library, spoken_query = asked.library, spoken(query)
    if order == "oldest":  # the index knows the other way round: take the end of its list
        total = library.index.search(spoken_query, narrowed, order="newest", limit=0, **how).total
        last = max(total - offset, 0)
        first = max(last - limit, 0)
        results = library.index.search(
            spoken_query, narrowed, order="newest", limit=last - first, offset=first, **how
        )
        hits = results.hits[::-1]
    else:
        results = library.index.search(spoken_query, narrowed, order=order, limit=limit, offset=offset, **how)
        hits = results.hits
    held = library.store.documents([hit.document for hit in hits])
    by_id = {hit.document: hit for hit in hits}
    shown = shapes.docs(library, held.values(), by_id)
    if marked:
        for shape in shown:
            shape |= shapes.highlights(held[shape["id"]], by_id[shape["id"]])
    return shown, results.total


def _best(asked: Call, narrowed: Filters) -> dict[str, Any]:
    return {"docs": found(asked, asked.needed("query"), narrowed, "best", asked.num())[0]}


def _need_symbols(asked: Call) -> None:
    if not asked.texts("symbols"):
        raise UserError("is missing", where="symbols", hint="name at least one, e.g. US:MP")


def _of_period(asked: Call, narrowed: Filters, year: str, quarter: str) -> frozenset[str]:
    store = asked.library.store
    ids = sorted(asked.library.index.passing(narrowed))
    uploads = {one.document: one for one in store.uploads.of_documents(ids)}
    return frozenset(
        id
        for id, document in store.documents(ids).items()
        if fiscal.passes(document, uploads.get(id), year, quarter)
    )


ROUTES = [
    route(f"/v2/search{path}", handler, "POST")
    for path, handler in {
        "": everything,
        "/news": of("news"),
        "/reports": of("reports", "global_research"),
        "/filings": of("filings", needs_symbols=True),
        "/conference-calls": of_earnings("conference_calls"),
        "/earnings-pack": of_earnings("financials"),
        "/minutes": of("minutes"),
        "/socials": of("socials"),
        "/webpages": of("webpages"),
    }.items()
]
