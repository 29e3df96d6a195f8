"""What a call narrows its documents to: every parameter filters as it is named, and they combine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mine2magnet.core.errors import UserError
from mine2magnet.core.text import fold
from mine2magnet.library.library import Library
from mine2magnet.model import Filters
from mine2magnet.search import parse
from mine2magnet.web.reportify import categories, channels, companies, symbols
from mine2magnet.web.reportify.request import Call, mapping, shown, text

_SPANS = {"h": 1 / 24, "d": 1, "w": 7, "m": 30, "y": 365}  # days of a `date_range`
_OWN_TAGS = ("tag", "tags")  # keys under which a document's own tags are meant
_FIELDS = ("source", "language", "category", "tag", "title")
_OPERATORS = ("eq", "in", "ne", "not_in")
_METADATA = "metadata."
_QUOTE = '"'


def filters(asked: Call, default: Sequence[str] = (), among: Sequence[str] = categories.KNOWN) -> Filters:
    """The filters of all parameters that are given. `default` are the categories if none is asked for, out
    of `among`. Raises UserError naming the parameter that cannot be understood."""
    library = asked.library
    sets: list[frozenset[str]] = []
    words = asked.texts("categories") or tuple(default)
    for word in words:
        if word not in among:
            raise UserError(f"no category {shown(word)}", where="categories", hint="use " + ", ".join(among))
    whole = categories.whole(words)
    if whole is None:
        sets.append(_of_categories(library, words))
    if given := asked.texts("symbols"):
        named = map(symbols.company, map(symbols.symbol, given))
        sets.append(companies.documents(library, filter(None, named)))
    if given := asked.texts("markets"):
        listed = {one.company for market in given for one in symbols.of_market(market)}
        sets.append(companies.documents(library, sorted(listed)))
    if given := asked.texts("industries"):
        sets.append(library.index.matching(tuple(map(spoken, given)), ()))
    if given := asked.texts("institutions"):
        sources = _sources_named(library, given)
        sets.append(library.index.passing(Filters(source=sources)) if sources else frozenset())
    if given := asked.texts("channel_ids"):
        known = channels.every(library, asked.language)
        sets.append(channels.documents(library, [known[id] for id in given if id in known]))
    if given := asked.texts("folder_ids"):
        sets.append(frozenset(one.document for one in library.store.uploads.all(given) if one.document))
    if given := asked.texts("doc_ids"):
        sets.append(frozenset(library.store.uploads.resolved(given).values()))
    own, others = _tags(asked.mapping("tags"))
    sets += (library.store.uploads.tagged(key, values) for key, values in others.items())
    sets += (_extended(library, one) for one in asked.several("extended_filters"))
    since, until = asked.since("start_datetime", "start_date"), asked.until("end_datetime", "end_date")
    if span := asked.text("date_range"):
        asked.choice("date_range", tuple(_SPANS), "")
        recent = datetime.now(UTC) - timedelta(days=_SPANS[span])
        since = max(since, recent) if since else recent
    return Filters(
        category=whole or (),
        tag=own,
        since=since,
        until=until,
        documents=frozenset.intersection(*sets) if sets else None,
        apart=bool(asked.texts("folder_ids") or others),
    )


def spoken(query: str) -> str:
    """A query as people and programs write it: where its signs mean nothing in our language of queries,
    they count as spaces."""
    try:
        parse(query)
    except UserError:
        plain = "".join(c if c.isalnum() or c in "-&.'" else " " for c in query)
        return " ".join(word.lower() if word in ("AND", "OR", "NOT") else word for word in plain.split())
    return query


def _of_categories(library: Library, words: Sequence[str]) -> frozenset[str]:
    found = categories.documents(library.index, words)
    if categories.FILES in words:
        found |= {one.document for one in library.store.uploads.all() if one.document}
    return found


def _sources_named(library: Library, institutions: Sequence[str]) -> tuple[str, ...]:
    """Sources that bear such a name, or have it in theirs; case, width and script do not count."""
    wanted = [fold(name) for name in institutions]
    sources = library.index.search("", limit=0).facets.get("source", {})
    return tuple(name for name in sources if any(one in fold(name) for one in wanted))


def _tags(given: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, list[str]]]:
    """Values of a document's own tags, and those of other keys, that uploads have."""
    own: list[str] = []
    others: dict[str, list[str]] = {}
    for key, values in given.items():
        several = [str(value) for value in (values if isinstance(values, list) else [values])]
        if key in _OWN_TAGS:
            own += several
        else:
            others[key] = several
    return tuple(own), others


def _extended(library: Library, given: Any) -> frozenset[str]:
    """Documents that pass {"field": …, "operator": "eq", "value": …}: a field of `_FIELDS`, or
    "metadata.KEY" of what an upload was given. A list of values is one of alternatives."""
    where = "extended_filters"
    condition = mapping(given, where)
    field, operator = text(condition.get("field"), f"{where}.field"), condition.get("operator", "eq")
    if operator not in _OPERATORS:
        hint = "use " + ", ".join(_OPERATORS)
        raise UserError(f"no operator {shown(operator)}", where=where, hint=hint)
    value = condition.get("value", condition.get("values"))
    values = tuple(str(one) for one in (value if isinstance(value, list) else [value]) if one is not None)
    if not values:
        raise UserError("has no value", where=where)
    index = library.index
    if field.startswith(_METADATA):
        found = library.store.uploads.tagged(field.removeprefix(_METADATA), values)
    elif field == "category":
        found = categories.documents(index, values) | index.passing(_of({"category": values}))
    elif field == "title":
        found = index.matching([f'title:"{one.replace(_QUOTE, " ")}"' for one in values], ())
    elif field in _FIELDS:
        found = index.passing(_of({field: values}))
    else:
        known = ", ".join((*_FIELDS, f"{_METADATA}KEY"))
        raise UserError(f"no field {shown(field)}", where=where, hint=f"use {known}")
    return index.passing(Filters()) - found if operator in ("ne", "not_in") else found


def _of(narrowed: Mapping[str, Any]) -> Filters:
    """Return filters by values that need not be held, or be known."""
    return Filters(**narrowed)
