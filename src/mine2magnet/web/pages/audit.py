"""The audit log on a page, for who may do all: who did what, narrowed; and as CSV."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.core.errors import UserError
from mine2magnet.library.audit import as_csv
from mine2magnet.model import ACTIONS, AuditFilter
from mine2magnet.web.kit import query_params
from mine2magnet.web.kit.limits import longest, told
from mine2magnet.web.kit.permissions import require
from mine2magnet.web.kit.responses import library, reply, translator, wants_json

PAGE = 50  # lines on a page
MOST = 100_000  # lines of a file


def shown(request: Request) -> Response:
    require(request, "admin")
    audit, asked = library(request).store.audit, request.query_params
    t, offset, error, where = translator(request), query_params.offset(asked), None, AuditFilter()
    try:
        where = query_params.read(AuditFilter, asked)
    except UserError as wrong:
        if wants_json(request):
            raise
        error = told(wrong, t)
    if asked.get("format") == "csv":
        return Response(
            "\ufeff" + as_csv(audit.entries(where, MOST)),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": "attachment; filename=audit.csv"},
        )
    entries = [] if error else audit.entries(where, PAGE, offset)
    return reply(
        request,
        "audit.html",
        {
            "entries": entries,
            "total": 0 if error else audit.count(where),
            "offset": offset,
            "limit": PAGE,
        },
        status=error.status if error else 200,
        error=error,
        actions=ACTIONS,
        kinds=sorted({action.partition(".")[0] for action in ACTIONS}, key=lambda one: t(f"audit.of.{one}")),
        longest={"who": longest(AuditFilter, "who")},
        days=library(request).settings.audit_days,
    )
