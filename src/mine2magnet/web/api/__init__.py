"""The HTTP API under /api/: the domain as JSON, described at /api/openapi.json, with no knowledge of its own.

Every operation is one function in a table (`operation.TABLE`); it is routed, checked, described and offered
to assistants from there.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from mine2magnet.web.api import audit as audit
from mine2magnet.web.api import claims as claims
from mine2magnet.web.api import documents as documents
from mine2magnet.web.api import guide, openapi, respond
from mine2magnet.web.api import jobs as jobs
from mine2magnet.web.api import models as models
from mine2magnet.web.api import questions as questions
from mine2magnet.web.api import searches as searches
from mine2magnet.web.api import service as service
from mine2magnet.web.api import sources as sources
from mine2magnet.web.api import topics as topics
from mine2magnet.web.api import watches as watches
from mine2magnet.web.api.operation import TABLE, Operation
from mine2magnet.web.kit.permissions import require


def mounted() -> Mount:
    by_path: dict[str, dict[str, Operation]] = defaultdict(dict)
    for one in TABLE.values():
        by_path[one.path][one.method] = one
    routes: list[BaseRoute] = [
        Route("/", guide.guide),
        Route("/openapi.json", description),
        *(
            Route(path, respond.ApiEndpoint(operations).__call__, methods=list(operations))
            for path, operations in by_path.items()
        ),
    ]
    return Mount(respond.PREFIX, routes=routes)


def description(request: Request) -> Response:
    require(request, "read")
    return respond.with_etag(request, msgspec.json.encode(openapi.description()), "application/json")
