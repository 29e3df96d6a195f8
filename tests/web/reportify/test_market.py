"""Every call of the client's market-data side says that there is no market data."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from reportify_sdk.exceptions import APIError, AuthenticationError
from reportify_sdk.macro import MacroModule
from reportify_sdk.quant import QuantModule
from reportify_sdk.stock import StockModule

from tests.web.reportify.conftest import Connect

MODULES = {"stock": StockModule, "quant": QuantModule, "macro": MacroModule}
CALLS = [
    (module, name)
    for module, kind in MODULES.items()
    for name, method in inspect.getmembers(kind, inspect.isfunction)
    if not name.startswith("_")
]
WORDS: dict[str, Any] = {"symbols": ["US:MP"], "file_content": b"x", "initial_cash": 1.0}


def needed(method: Any) -> dict[str, Any]:
    """A value for each parameter that has no default, and for those of which one must be given."""
    parameters = inspect.signature(method).parameters
    return {
        name: WORDS.get(name, "x")
        for name, parameter in parameters.items()
        if parameter.default is parameter.empty or name in ("file_content", "symbols")
    }


def test_the_client_has_these_calls() -> None:
    assert len(CALLS) >= 28


@pytest.mark.parametrize(("module", "name"), CALLS)
def test_market_data_is_refused_in_words(connect: Connect, module: str, name: str) -> None:
    method = getattr(getattr(connect("reader", "read"), module), name)
    with pytest.raises(APIError, match=r"market data .* is not offered") as error:
        method(**needed(method))
    assert error.value.status_code == 501


def test_without_a_key_nothing_is_said(connect: Connect) -> None:
    client = connect()
    client._client.headers["Authorization"] = "Bearer wrong"
    with pytest.raises(AuthenticationError):
        client.stock.quote("US:MP")
