"""Listed companies of the chain: their symbols, as market:ticker, and the thesaurus concepts behind them."""

from __future__ import annotations

import re

from mine2magnet.core.errors import UserError
from mine2magnet.core.thesaurus import Listing, listings

MARKETS = {  # → the prefixes of its exchanges
    "cn": ("SH", "SZ"),
    "hk": ("HK",),
    "us": ("US",),
    "jp": ("JP",),
    "au": ("AU",),
    "ca": ("CA",),
    "gb": ("GB",),
}
_SYMBOL = re.compile(r"[A-Z]{2}:[A-Z0-9.\-]{1,12}")


def symbol(given: str, where: str = "symbols") -> str:
    """A symbol in its one way of writing. Raises UserError for what cannot be one.

    >>> symbol("us:mp"), symbol("HK:6680")
    ('US:MP', 'HK:06680')
    """
    written = given.strip().upper()
    if not _SYMBOL.fullmatch(written):
        raise UserError(f"no symbol: {given[:40]!r}", where=where, hint="write market:ticker, e.g. US:MP")
    market, ticker = written.split(":")
    return f"{market}:{ticker.zfill(5)}" if market == "HK" and ticker.isdecimal() else written


def company(symbol: str) -> str | None:
    """The thesaurus id of the company of a symbol; None if the table does not have it."""
    return next((one.company for one in listings() if one.symbol == symbol), None)


def of_market(market: str, where: str = "markets") -> tuple[Listing, ...]:
    """The listings of a market. Raises UserError for one that is not known."""
    prefixes = MARKETS.get(market.strip().lower())
    if prefixes is None:
        raise UserError(f"no market {market[:40]!r}", where=where, hint="use " + ", ".join(MARKETS))
    return tuple(one for one in listings() if one.symbol.split(":")[0] in prefixes)
