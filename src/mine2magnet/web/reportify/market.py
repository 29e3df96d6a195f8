"""The market-data side of the client, which there is not: each of its calls is told so."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mine2magnet.core.errors import UserError
from mine2magnet.web.kit.permissions import require

PREFIXES = ("/v1/stock", "/v1/quant")  # macro asks below stock
_METHODS = ["GET", "POST", "PUT", "DELETE"]


class NoMarketData(UserError):
    """Quotes, statements and backtests are not offered."""

    status = 501


def refused(request: Request) -> Response:
    require(request, "read")
    raise NoMarketData(
        "market data (stock, quant, macro) is not offered here",
        where=request.url.path,
        hint="ask what has been read for figures: chat.completion, search.all",
    )


ROUTES = [Route(f"{prefix}/{{rest:path}}", refused, methods=_METHODS) for prefix in PREFIXES]
