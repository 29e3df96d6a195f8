"""The companies that a caller follows, by symbol."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mine2magnet.core.errors import NotFound
from mine2magnet.model import Follow
from mine2magnet.web.reportify import companies, shapes, symbols
from mine2magnet.web.reportify.request import Call, route


def followed(asked: Call) -> dict[str, datetime]:
    """Symbols → since when."""
    return asked.library.store.follows.followed(asked.caller.owner, "company")


def _shape(asked: Call, symbol: str, since: datetime) -> dict[str, Any]:
    """A symbol that the table of companies does not have is its own name, and no document names it."""
    company = symbols.company(symbol)
    return {
        "symbol": symbol,
        "name": asked.library.thesaurus.label(company, asked.language) if company else symbol,
        "company_id": company,
        "logo": None,
        "doc_count": len(companies.documents(asked.library, [company])) if company else 0,
        "followed_at": shapes.when(since),
    }


def listed(asked: Call) -> dict[str, Any]:
    return {"companies": [_shape(asked, symbol, since) for symbol, since in followed(asked).items()]}


def follow(asked: Call) -> dict[str, Any]:
    symbol = symbols.symbol(asked.needed("symbol"), "symbol")
    asked.library.store.follows.follow(asked.caller.owner, Follow("company", symbol))
    return _shape(asked, symbol, followed(asked)[symbol])


def unfollow(asked: Call) -> dict[str, Any]:
    symbol = symbols.symbol(asked.needed("symbol"), "symbol")
    if not asked.library.store.follows.unfollow(asked.caller.owner, Follow("company", symbol)):
        raise NotFound(f"{symbol} is not followed", where="symbol")
    return {"message": "not followed any more", "symbol": symbol}


ROUTES = [
    route("/v1/tools/user/followed-companies", listed),
    route("/v1/tools/user/follow-company", follow, "POST", "write"),
    route("/v1/tools/user/unfollow-company", unfollow, "POST", "write"),
]
