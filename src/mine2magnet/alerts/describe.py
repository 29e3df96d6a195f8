"""What a watch looks out for, in words."""

from __future__ import annotations

from collections.abc import Callable

from mine2magnet.core.errors import NotFound
from mine2magnet.core.messages import Translator
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.figures.rows import english, stated
from mine2magnet.model import Bound, Watch
from mine2magnet.store import Store


def condition(
    watch: Watch,
    store: Store,
    thesaurus: Thesaurus,
    language: str = "en",
    unit: Callable[[str, float], str] = english,
) -> str:
    """ "High-performance magnets · Europe · stock cover · <6 weeks"; `unit` names units."""
    said = []
    if watch.topic:
        said.append(_topic(store, watch.topic, language))
    if watch.query:
        said.append(f"“{watch.query}”")
    if claims := watch.claims:
        said += [
            " / ".join(thesaurus.label(id, language) for id in ids)
            for ids in (claims.subject, claims.counterparty, claims.measure, claims.stage, claims.material)
            if ids
        ]
        t = Translator(language)
        if claims.confidence is not None:
            said.append(t("watch.sure", n=f"{claims.confidence:g}"))
        elif claims.all:
            said.append(t("watch.sure.any"))
    if watch.bound:
        said.append(amount(watch.bound, language, unit))
    return " · ".join(said)


def amount(bound: Bound, language: str = "en", unit: Callable[[str, float], str] = english) -> str:
    ends = (None, bound.value) if bound.side == "below" else (bound.value, None)
    low, high = ends
    return stated(low, high, bound.unit, language=language, name=unit)


def _topic(store: Store, slug: str, language: str) -> str:
    try:
        topic = store.topic(slug)
    except NotFound:  # removed meanwhile
        return slug
    return topic.names.get(language, topic.name)
