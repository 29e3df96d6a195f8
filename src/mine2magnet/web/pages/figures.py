"""A topic's figures: claims about the same thing together in a plot, conflicts and look-alikes in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.charts.points import PointChart
from mine2magnet.claims import compare
from mine2magnet.figures import groups as figures
from mine2magnet.figures import rows
from mine2magnet.figures.spans import unclear
from mine2magnet.library.library import Library
from mine2magnet.model import WRONG
from mine2magnet.store import Store
from mine2magnet.web.kit import query_params
from mine2magnet.web.kit.responses import library, reply, translator
from mine2magnet.web.kit.wording import Wording
from mine2magnet.web.pages.claims import Shown
from mine2magnet.web.pages.time_plot import charts

PAGE = 12  # figures on a page
FAMILIES = 8  # families of look-alikes on a page, the largest
MEMBERS = 12  # figures of one family that are shown


def of_topic(request: Request) -> Response:
    held, asked = library(request), request.query_params
    topic = held.store.topic(request.path_params["slug"])
    words = Wording(translator(request), held.thesaurus)
    shown_claims = Shown.of(held, topic, query_params.sure_claims(asked, words.t))
    groups, drawn = _grouped(held, shown_claims)
    offset = query_params.offset(asked)
    shown = figures.figures(held.store, drawn[offset : offset + PAGE], groups)
    return reply(
        request,
        "figures.html",
        {
            "topic": topic,
            "figures": shown,
            "alike": [] if offset else _families(held.store, groups),
            "total": len(drawn),
            "single": len(groups) - len(drawn),
            "offset": offset,
            "limit": PAGE,
            "facets": rows.facets(shown_claims.claims),
            "hidden": shown_claims.hidden,
        },
        words=words,
        plots={figure.id: charts(figure, words) for figure in shown},
        unclear={figure.id: len(unclear(figure)) for figure in shown},
        titles=words.titles(shown),
        filtered=shown_claims.where.narrows,
        shown=shown_claims,
        all=len(shown_claims.claims),
    )


def charts_of(request: Request, id: str) -> list[PointChart]:
    """Return the charts of one figure of a topic, by its id or that of one of its charts."""
    held = library(request)
    topic = held.store.topic(request.path_params["slug"])
    words = Wording(translator(request), held.thesaurus)
    groups, drawn = _grouped(
        held, Shown.of(held, topic, query_params.sure_claims(request.query_params, words.t))
    )
    found = [g for g in drawn if figures.figure_id(g.scope) == id.partition("-")[0]]
    made = figures.figures(held.store, found, groups)
    return [chart for figure in made for _, chart in charts(figure, words)]


def _grouped(held: Library, shown: Shown) -> tuple[list[compare.ClaimGroup], list[compare.ClaimGroup]]:
    """All groups of the claims shown, and those of them that are drawn."""
    wanted = [claim for claim in shown.found if claim.judged != WRONG]
    groups = figures.group(
        wanted,
        least=held.settings.claims_threshold,
        published=held.store.published({claim.document for claim in wanted}),
        beside=(claim for claim in shown.every if claim.judged != WRONG),
    )
    return groups, [g for g in groups if len(g.claims) > 1 or figures.beside(g, ())]


def _families(store: Store, groups: Sequence[compare.ClaimGroup]) -> list[dict[str, Any]]:
    """Look-alikes by whose and what measure they are: of each group the claim made last."""
    found = [family[:MEMBERS] for family in figures.families(groups)[:FAMILIES]]
    last = [g.claims[-1].claim for family in found for g in family]
    by_claim = {one.claim: one for one in rows.cited(store, last)}
    return [
        {
            "scope": family[0].scope,
            "members": [
                {
                    "scope": g.scope,
                    "unit": g.unit,
                    "claims": len(g.claims),
                    "last": by_claim[g.claims[-1].claim],
                }
                for g in family
                if g.claims[-1].claim in by_claim
            ],
        }
        for family in found
    ]
